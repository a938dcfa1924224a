"""What recording and correcting have in common: dates that can be, people who can take part, rows that are kept."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid

from hub.domains.citizens import staying
from hub.domains.citizens.errors import CitizenEnded
from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen
from hub.domains.vital_events import errors, events, policy
from hub.domains.vital_events.kinds import BEGINNINGS
from hub.domains.vital_events.model import (
    ChangedField,
    SubjectPart,
    VitalEvent,
    VitalEventEffect,
    VitalEventState,
    VitalEventSubject,
    VitalEventType,
)
from hub.domains.vital_events.watching import Seen, effects
from hub.journal.record import record
from hub.kernel.errors import DateInFuture, Forbidden, HubError
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {
    "uq_vital_event_death": errors.DeathExists,
    "uq_vital_event_subject_once": errors.PartUnfit,
    "uq_vital_event_correction": errors.EventNotInForce,
}


# BASE_STATUS: who lives again may have been another's heir for a moment before.
_OF_STAYS = frozenset(each.value for each in ChangedField if each.value.lower() in (*staying.KEPT, "base_status"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """When and where, and when it was reported: today where that is not told."""

    occurred_on: date
    reported_on: date | None = None
    place: str | None = None
    note: str | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """A person who takes part."""

    citizen: Citizen
    part: SubjectPart


def refuse_strangers(unit: Unit) -> None:
    """Forbidden where the grant does not carry recording."""
    if not policy.may_record(unit.scope):
        raise Forbidden


async def living(unit: Unit, key: UUID, *path: str) -> Citizen:
    """A person whose record has not ended; not locked yet."""
    found = await unit.see(Citizen, key, path=path)
    if found.ended_at is not None:
        raise CitizenEnded(path=path)
    return found


async def refuse_absent(unit: Unit, new_head: UUID | None, *path: str) -> None:
    """A new head that was named must be there, needed or not."""
    if new_head is not None:
        await living(unit, new_head, *path)


def reported(unit: Unit, happening: Happening, born: Iterable[Citizen]) -> date:
    """The day of the report. Refuses days that cannot be; `born` were alive by the day of the event."""
    today = unit.now.today(unit.tenant.zone)
    told = happening.reported_on or today
    if happening.occurred_on > today:
        raise DateInFuture(path=("occurredOn",))
    if told > today:
        raise DateInFuture(path=("reportedOn",))
    if told < happening.occurred_on:
        raise errors.ReportedBefore(path=("reportedOn",))
    if any(each.birth_date is not None and each.birth_date > happening.occurred_on for each in born):
        raise errors.BeforeBirth(path=("occurredOn",))
    return told


async def keep(unit: Unit, keys: KeyRing, event: VitalEvent, taking: Sequence[Taking], before: Seen) -> VitalEvent:
    """Write an event down with its people and its effects, once these have happened."""
    with translating(CONSTRAINTS):
        await unit.add(event)
        await unit.add_all([_subject(event, each, position) for position, each in enumerate(taking)])
    found = await effects(unit, event, before)
    await unit.add_all(found)
    await _date(unit, event, [each.citizen.id for each in taking], found)
    await record(unit, events.recorded(event), keys)
    return event


async def _date(unit: Unit, event: VitalEvent, taking: Sequence[UUID], found: Sequence[VitalEventEffect]) -> None:
    """Stays are of the day of the event that changed them, not of the day it was told."""
    counter = event.state == VitalEventState.CORRECTION.value
    if event.type in BEGINNINGS:
        came = taking[:1] if event.type == VitalEventType.BIRTH.value else taking
        begin = staying.begin_unknown if counter else staying.begin
        await begin(unit, await _people(unit, came), on=event.occurred_on)
    concerned = sorted({each.citizen_id for each in found if each.citizen_id and each.field in _OF_STAYS})
    if concerned:
        date = staying.take_back if counter else staying.date_back
        await date(unit, await _people(unit, concerned), on=event.occurred_on)


async def _people(unit: Unit, keys: Sequence[UUID]) -> list[Citizen]:
    return await unit.all(unit.own(Citizen).where(table(Citizen).c.id == among(keys, Uuid())), Citizen)


@contextmanager
def under(path: tuple[str, ...]) -> Iterator[None]:
    """Refusals of the register's actions name their own field; here it stands below `path`."""
    try:
        yield
    except HubError as refusal:
        refusal.path = (*path, *refusal.path)
        raise


def of_unit(unit: Unit) -> dict[str, Any]:
    """What every event has from its unit: where it is kept, when, and by whose grant."""
    return {
        "tenant_id": unit.tenant.id,
        "created_at": unit.now.instant,
        "updated_at": unit.now.instant,
        "grant_id": unit.scope.grant_id,
    }


def _subject(event: VitalEvent, taking: Taking, position: int) -> VitalEventSubject:
    return VitalEventSubject(
        tenant_id=event.tenant_id,
        created_at=event.created_at,
        updated_at=event.created_at,
        event_id=event.id,
        citizen_id=taking.citizen.id,
        village_id=taking.citizen.village_id,
        position=position,
        part=taking.part.value,
    )
