"""What recording and correcting have in common: dates that can be, people who can take part, rows that are kept."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hub.domains.citizens.errors import CitizenEnded
from hub.domains.citizens.model import Citizen
from hub.domains.vital_events import errors, events, policy
from hub.domains.vital_events.model import SubjectPart, VitalEvent, VitalEventSubject
from hub.domains.vital_events.watching import Seen, effects
from hub.journal.record import record
from hub.kernel.errors import DateInFuture, Forbidden, HubError
from hub.kernel.keyring import KeyRing
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {
    "uq_vital_event_death": errors.DeathExists,
    "uq_vital_event_subject_once": errors.PartUnfit,
    "uq_vital_event_correction": errors.EventNotInForce,
}


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
    await unit.add_all(await effects(unit, event, before))
    await record(unit, events.recorded(event), keys)
    return event


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
