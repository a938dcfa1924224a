"""What can be done with templates of answers: check, change, record."""

from typing import Any
from uuid import UUID

from hub.domains.answer_templates import events, policy
from hub.domains.answer_templates.model import AnswerTemplate
from hub.journal.model import Effect
from hub.journal.record import record
from hub.store.unit import Unit


async def write(unit: Unit, values: dict[str, Any]) -> AnswerTemplate:
    """A new template."""
    policy.require(unit.scope)
    made = AnswerTemplate(tenant_id=unit.tenant.id, **values, created_at=unit.now.instant, updated_at=unit.now.instant)
    await unit.add(made)
    await record(unit, events.of(events.AnswerTemplateWritten, made, effect=Effect.CREATED))
    return made


async def update(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> AnswerTemplate:
    """Other words, or for other feedback."""
    before = await _found(unit, key)
    after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of(events.AnswerTemplateUpdated, after, before))
    return after


async def end(unit: Unit, key: UUID, *, expected: int) -> AnswerTemplate:
    """Offered no longer."""
    before = await _found(unit, key)
    after = await unit.change(before, expected=expected, ended_at=unit.now.instant)
    await record(unit, events.of(events.AnswerTemplateEnded, after, before))
    return after


async def _found(unit: Unit, key: UUID) -> AnswerTemplate:
    policy.require(unit.scope)
    found = await unit.find(AnswerTemplate, key, path=("template",))
    policy.require(unit.scope, found)
    return found
