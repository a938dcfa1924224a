"""Who is told numbers unusually often: counted by principal and day, and told to the camat.

A key belongs to a principal, so further keys of the same one count together; of several principals the whole
kecamatan's count tells. Counting takes the same statements whatever the answer was.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from hub.domains.citizens import events
from hub.domains.citizens.model import AlarmKind, DisclosureAlarm, DisclosureTally
from hub.journal.idempotency import NOBODY
from hub.journal.model import Effect
from hub.journal.record import Changes, record
from hub.kernel.ids import new_id
from hub.store.base import table
from hub.store.unit import Unit

_TALLY, _ALARM = table(DisclosureTally), table(DisclosureAlarm)
_COUNTED = ("revealed", "asked", "missed")


@dataclass(frozen=True, slots=True)
class Watch:
    """From how many in a day an alarm is raised, and how many this process has raised, by kind."""

    revealed: int = 30
    missed: int = 10
    office: int = 200
    raised: Counter[str] = field(default_factory=Counter)


async def count(unit: Unit, watch: Watch, *, revealed: int = 0, asked: int = 0, missed: int = 0) -> None:
    """Count what a principal was told or guessed; raise the alarms that are due, each once a day."""
    who, day = unit.scope.principal_id or NOBODY, unit.now.today(unit.tenant.zone)
    own = await _add(unit, who, day, dict(zip(_COUNTED, (revealed, asked, missed), strict=True)))
    office = await unit.value(
        select(func.sum(_TALLY.c.revealed + _TALLY.c.missed)).where(
            _TALLY.c.tenant_id == unit.tenant.id, _TALLY.c.day == day
        )
    )
    for kind, whose, number, threshold in (
        (AlarmKind.REVEALED, who, own["revealed"], watch.revealed),
        (AlarmKind.MISSED, who, own["missed"], watch.missed),
        (AlarmKind.OFFICE, NOBODY, int(office), watch.office),
    ):
        if number >= threshold and (revealed or missed):
            await _raise(unit, watch, kind=kind, day=day, principal=whose, number=number, threshold=threshold)


async def _add(unit: Unit, who: UUID, day: date, numbers: dict[str, int]) -> Any:
    """The row after adding."""
    fresh = insert(_TALLY).values(tenant_id=unit.tenant.id, principal_id=who, day=day, **numbers)
    more = {name: _TALLY.c[name] + fresh.excluded[name] for name in _COUNTED}
    keys = ["tenant_id", "principal_id", "day"]
    return await unit.row(
        fresh.on_conflict_do_update(index_elements=keys, set_=more).returning(*(_TALLY.c[name] for name in _COUNTED))
    )


async def _raise(
    unit: Unit, watch: Watch, *, kind: AlarmKind, day: date, principal: UUID, number: int, threshold: int
) -> None:
    """Raise an alarm unless it was raised before."""
    key, whole = new_id(), kind is AlarmKind.OFFICE
    row = {
        "tenant_id": unit.tenant.id,
        "id": key,
        "version": 1,
        "created_at": unit.now.instant,
        "updated_at": unit.now.instant,
        "kind": kind.value,
        "day": day,
        "principal_id": principal,
        "grant_id": None if whole else unit.scope.grant_id,
        "role": unit.scope.role,
        "number": number,
        "threshold": threshold,
    }
    made = insert(_ALARM).values(**row).on_conflict_do_nothing(constraint="uq_disclosure_alarm_once")
    if await unit.row(made.returning(_ALARM.c.id)) is None:
        return
    watch.raised[kind.value] += 1
    told: Changes = {"kind": (None, kind.value), "number": (None, number), "threshold": (None, threshold)}
    await record(
        unit,
        events.DisclosureAlarmRaised(type_name="DisclosureAlarm", object_id=key, effect=Effect.CREATED, changes=told),
    )
