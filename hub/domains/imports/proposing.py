"""What a later file lets suppose: somebody was born, came, died, left, married, divorced, is called otherwise.

A file tells states, not what happened. So nothing of this is written by itself: each waits as a proposal until an
officer confirms it as an event (`confirming`) or says that it was none. Each comparison takes the place of the
village's open proposals; what was declined is not asked again while the file says the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from hub.domains.imports.model import ProposedEvent, ProposedKind, ProposedState
from hub.domains.imports.staging import seal_values
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing
from hub.kernel.names import sort_key
from hub.kernel.register_codes import BaseStatus, MaritalStatus
from hub.store.base import table
from hub.store.bulk import insert_many
from hub.store.unit import Session, Unit

NEWBORN = timedelta(days=365)  # who is new to the file and younger was born here, not moved here

Known = tuple[str, UUID | None, bytes | None]  # kind, person, digest of the row

_PROPOSED = table(ProposedEvent)
_OPEN = ProposedState.OPEN.value
_MARRIED, _DIVORCED = MaritalStatus.MARRIED.value, MaritalStatus.DIVORCED.value
_LEAVING = {
    BaseStatus.DEAD.value: ProposedKind.DEATH,
    BaseStatus.MOVED.value: ProposedKind.DEPARTURE,
    BaseStatus.MISSING.value: ProposedKind.ABSENCE,
    BaseStatus.LEFT.value: ProposedKind.ABSENCE,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal on its way into its row. `values`: what of the file is needed to record it."""

    kind: ProposedKind
    citizen: UUID | None = None
    digest: bytes | None = None
    occurred_on: date | None = None
    full_name: str | None = None
    birth_date: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def known(self) -> Known:
        """By what it is recognised when a later file says it again."""
        return (self.kind.value, self.citizen, self.digest)


def of_new(values: Mapping[str, Any], digest: bytes, today: date) -> Iterator[Draft]:
    """Somebody whom the register does not know: born within a year or come from elsewhere."""
    born: date | None = values.get("birth_date")
    if values.get("base_status", BaseStatus.ALIVE.value) != BaseStatus.ALIVE.value:
        return
    newborn = born is not None and born > today - NEWBORN
    yield Draft(
        ProposedKind.BIRTH if newborn else ProposedKind.ARRIVAL,
        digest=digest,
        occurred_on=born if newborn else None,
        full_name=values.get("full_name"),
        birth_date=born,
        values=values,
    )


def of_changes(citizen: UUID, digest: bytes, changes: Mapping[str, tuple[Any, Any]]) -> Iterator[Draft]:
    """Somebody of whom the file says something else: fields with what the register and the file say."""
    was, now = changes.get("base_status", (None, None))
    if was in (None, BaseStatus.ALIVE.value) and now in _LEAVING:
        yield Draft(_LEAVING[now], citizen, digest)
        return  # whatever else the file says of them, it is about a life that has ended here
    was, now = changes.get("marital_status", (None, None))
    if now == _MARRIED and was is not None:
        yield _of_couple(ProposedKind.MARRIAGE, citizen, digest, changes, "married_on", "marriage_certificate")
    if now == _DIVORCED and was == _MARRIED:
        yield _of_couple(ProposedKind.DIVORCE, citizen, digest, changes, "divorced_on", "divorce_certificate")
    was, now = changes.get("full_name", (None, None))
    if now is not None and was is not None and sort_key(was) != sort_key(now):
        yield Draft(ProposedKind.NAME_CHANGE, citizen, digest, full_name=now)


def of_missing(citizen: UUID) -> Draft:
    """Somebody whom the file does not name: it may hold one hamlet only."""
    return Draft(ProposedKind.ABSENCE, citizen)


def _of_couple(
    kind: ProposedKind, citizen: UUID, digest: bytes, changes: Mapping[str, tuple[Any, Any]], day: str, paper: str
) -> Draft:
    told = {name: changes[name][1] for name in (day, paper) if name in changes}
    return Draft(kind, citizen, digest, occurred_on=told.get(day), values=told)


async def declined(session: Session, village: UUID) -> set[Known]:
    """What was said to be no event in this village."""
    own, tenant = _PROPOSED.c, session.scope.tenant
    rows = await session.rows(
        select(own.kind, own.citizen_id, own.digest).where(
            own.tenant_id == (tenant.id if tenant else 0),
            own.village_id == village,
            own.state == ProposedState.DECLINED.value,
        )
    )
    return {(row["kind"], row["citizen_id"], row["digest"]) for row in rows}


async def keep(unit: Unit, keys: KeyRing, drafts: Iterable[Draft], *, batch: UUID, village: UUID) -> None:
    """Write proposals down; they are shown once the batch is."""
    tenant, now, rows = unit.tenant.id, unit.now.instant, list[dict[str, Any]]()
    for draft in drafts:
        key = new_id()
        values = draft.values and seal_values(keys, draft.values, tenant=tenant, table=_PROPOSED.name, row=key)
        rows.append(
            {
                "tenant_id": tenant,
                "id": key,
                "version": 1,
                "created_at": now,
                "updated_at": now,
                "village_id": village,
                "batch_id": batch,
                "citizen_id": draft.citizen,
                "kind": draft.kind.value,
                "state": _OPEN,
                "occurred_on": draft.occurred_on,
                "full_name": draft.full_name,
                "birth_date": draft.birth_date,
                "digest": draft.digest,
                "sealed": values or None,
            }
        )
    await insert_many(unit, ProposedEvent, rows)


async def replace(unit: Unit, batch: UUID, village: UUID) -> None:
    """This batch's proposals take the place of those that are open in the village."""
    own = _PROPOSED.c
    await unit.rows(
        delete(_PROPOSED).where(
            own.tenant_id == unit.tenant.id, own.village_id == village, own.state == _OPEN, own.batch_id != batch
        )
    )


async def drop(unit: Unit, batch: UUID) -> None:
    """What a batch proposed and nobody has answered goes with it."""
    own = _PROPOSED.c
    await unit.rows(delete(_PROPOSED).where(own.tenant_id == unit.tenant.id, own.batch_id == batch, own.state == _OPEN))
