"""Saying what happened, in the transaction in which it happens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import JSON, Text, bindparam, insert, select
from sqlalchemy import cast as sql_cast

from hub.journal.chain import COVERED
from hub.journal.model import Effect, JournalEntry, Pending
from hub.journal.personal import PersonKeys, key_for, seal_values
from hub.kernel.errors import Faulty
from hub.kernel.ids import new_id
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Unit

Value = str | int | bool | Decimal | date | datetime | UUID | Sequence["Value"] | None
Changes = Mapping[str, tuple[Value, Value]]

_ENTRY, _PENDING = table(JournalEntry), table(Pending)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to one object. Subclass it per event; the class name is the kind of the entry.

    `changes` must hold nothing about a person: it stays for ever and is readable by whoever may read the journal.
    What a person may have erased goes into `personal`, with `subject_id`. `village_id` and `parties` (organizations,
    agencies) say who besides the tenant's own offices hears of it; `published` says that everyone does.
    """

    kind: ClassVar[str] = "EVENT"

    type_name: str
    object_id: UUID
    version: int = 1
    effect: Effect = Effect.CHANGED
    village_id: UUID | None = None
    parties: tuple[UUID, ...] = ()
    published: bool = False
    changes: Changes = field(default_factory=dict)
    subject_id: UUID | None = None
    personal: Changes = field(default_factory=dict)
    captured_at: datetime | None = None
    purpose: str | None = None  # what it was for, where the act itself asks; else what the request gave
    channel: str = "API"

    def __init_subclass__(cls) -> None:
        """CommitmentSigned -> COMMITMENT_SIGNED."""
        cls.kind = _WORD.sub("_", cls.__name__).upper()


@dataclass(frozen=True, kw_only=True)
class LeftScope(Event):
    """The object is no longer a matter of `village_id` or of `parties`: whoever reads as one of them drops it.

    Record it beside the event of the move itself, with the old village or the former parties.
    """

    effect: Effect = Effect.LEFT


def _insertion() -> sql.Statement:
    """Entry and queue row in one statement, without RETURNING: readers that may only insert can run it."""
    values: dict[str, Any] = {name: bindparam(name, type_=_ENTRY.c[name].type) for name in COVERED}
    values["payload"] = sql_cast(bindparam("payload", type_=Text), JSON)  # our text, character for character
    entry = insert(_ENTRY).values(values).cte("entry")
    columns = [column.name for column in _PENDING.c]
    waiting = {
        "tenant_id": bindparam("tenant_id", type_=_ENTRY.c.tenant_id.type),
        "entry_id": bindparam("id", type_=_ENTRY.c.id.type),
        "happened_at": bindparam("happened_at", type_=_ENTRY.c.happened_at.type),
    }
    row = select(*(waiting[name] for name in columns))
    return sql.prepare(insert(_PENDING).from_select(columns, row).add_cte(entry))


_INSERT = _insertion()


async def record(unit: Unit, event: Event, keys: PersonKeys | None = None) -> None:
    """Insert what happened; it is sealed within seconds after the commit, and vanishes with a rollback.

    One statement; one or two more where the event has personal values (then `keys` is needed).
    """
    entry = await _entry(unit, event, keys)
    unit.statements += 1
    await unit.connection.fetch(_INSERT.text, *_INSERT.arguments(entry))


async def record_all(unit: Unit, events: Sequence[Event], keys: PersonKeys | None = None) -> None:
    """The same for many events, in their order and in one round trip: for imports."""
    entries = [_INSERT.arguments(await _entry(unit, event, keys)) for event in events]
    unit.statements += 1
    connection = cast("asyncpg.Connection[asyncpg.Record]", unit.connection)
    await sql.repeat(connection, _INSERT.text, entries)


async def _entry(unit: Unit, event: Event, keys: PersonKeys | None) -> dict[str, Any]:
    scope, key = unit.scope, new_id()
    return {
        "tenant_id": unit.tenant.id,
        "id": key,
        "kind": event.kind,
        "effect": event.effect.value,
        "type_name": event.type_name,
        "object_id": event.object_id,
        "version": event.version,
        "village_id": event.village_id,
        "subject_id": event.subject_id,
        "parties": list(event.parties),
        "published": event.published,
        "fields": sorted({*event.changes, *event.personal}),
        "payload": _text(event.changes).decode(),
        "personal": await _sealed(unit, event, key, keys),
        "principal_id": scope.principal_id,
        "grant_id": scope.grant_id,
        "role": scope.role,
        "purpose": event.purpose or scope.purpose,
        "request_id": scope.request_id,
        "channel": event.channel,
        "happened_at": unit.now.instant,
        "captured_at": event.captured_at,
    }


async def _sealed(unit: Unit, event: Event, entry: UUID, keys: PersonKeys | None) -> bytes | None:
    if not event.personal:
        return None
    if keys is None or event.subject_id is None:
        raise Faulty(problem=f"{event.kind} has personal values but no key or no person to keep them for")
    key = await key_for(unit, event.subject_id, keys)
    values = _text(event.personal)
    return seal_values(values, key=key, tenant=unit.tenant.id, subject=event.subject_id, entry=entry)


def _text(changes: Changes) -> bytes:
    return orjson.dumps(dict(changes), default=str, option=orjson.OPT_SORT_KEYS)
