"""Coming: people are taken into a village and a household, or sent back with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from hub.domains.citizens import households, people
from hub.domains.citizens.finding import HEAD, home_for
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.telling import Values
from hub.domains.moves import errors, events, parcels, policy
from hub.domains.moves.model import Arrival, ArrivalPerson, ArrivalState
from hub.domains.moves.policy import MoveAction
from hub.domains.vital_events import recording
from hub.domains.vital_events.keeping import Happening
from hub.domains.vital_events.model import SubjectPart, VitalEventType
from hub.domains.vital_events.recording import Changing, Other
from hub.journal.record import record
from hub.kernel.errors import DateInFuture
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber
from hub.kernel.register_codes import FamilyRelation
from hub.store.base import table
from hub.store.unit import StaleVersion, Unit

_PEOPLE = table(ArrivalPerson)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where people will live: a household that is there, or a new one in a village.

    Without a village it is the one the arrival names, without a card number the family's own, where all of it comes.
    """

    household: UUID | None = None
    village: UUID | None = None
    kk: KkNumber | None = None
    place: Values = field(default_factory=dict)
    relations: Mapping[UUID, FamilyRelation] = field(default_factory=dict)


async def accept(
    unit: Unit, keys: KeyRing, key: UUID, home: Home, *, expected: int, arrived_on: date | None = None
) -> Arrival:
    """Register the people here: new records with new ids, the NIK stays. Recorded as MOVE_IN_PERMANENT."""
    arrival = await _open(unit, key, MoveAction.ACCEPT, expected)
    today = unit.now.today(unit.tenant.zone)
    day = arrived_on or today
    if arrival.expires_on < today:
        raise errors.ArrivalExpired(path=("arrival",))
    if day > today:
        raise DateInFuture(path=("arrivedOn",))
    if day < arrival.departed_on:
        raise errors.BeforeDeparture(path=("arrivedOn",))
    target = await _home(unit, keys, arrival, home)

    come = [
        await _register(unit, keys, target, each, home.relations)
        for each in sorted(await people_of(unit, arrival.id), key=lambda one: _relation(one, home.relations) != HEAD)
    ]
    await _tell_event(unit, keys, come, day)
    changed = await unit.change(
        arrival,
        state=ArrivalState.ACCEPTED.value,
        village_id=target.village_id,
        household_id=target.id,
        arrived_on=day,
        kk_sealed=None,
    )
    await record(unit, events.of_arrival(changed, arrival.state))
    return changed


async def reject(unit: Unit, key: UUID, *, expected: int, reason: str) -> Arrival:
    """Do not take the people; the kecamatan of departure hears the reason."""
    arrival = await _open(unit, key, MoveAction.REJECT, expected)
    return await close(unit, arrival, ArrivalState.REJECTED, answer=reason)


async def close(unit: Unit, arrival: Arrival, state: ArrivalState, *, answer: str | None = None) -> Arrival:
    """An arrival that brings nobody: what was told of the people is blotted out."""
    for each in await people_of(unit, arrival.id):
        await unit.change(each, full_name=None, birth_date=None, told_sealed=None)
    changed = await unit.change(arrival, state=state.value, answer=answer, kk_sealed=None)
    await record(unit, events.of_arrival(changed, arrival.state))
    return changed


async def people_of(unit: Unit, arrival: UUID) -> list[ArrivalPerson]:
    """Who comes, in order."""
    own = _PEOPLE.c
    found = select(_PEOPLE).where(own.tenant_id == unit.tenant.id, own.arrival_id == arrival)
    return await unit.all(found.order_by(own.position, own.id), ArrivalPerson)


async def _open(unit: Unit, key: UUID, action: MoveAction, expected: int) -> Arrival:
    arrival = await unit.find(Arrival, key, path=("arrival",))
    policy.require(unit.scope, arrival, action)
    if expected != arrival.version:
        raise StaleVersion(current=arrival.version, path=("expectedVersion",))
    return arrival


async def _home(unit: Unit, keys: KeyRing, arrival: Arrival, home: Home) -> Household:
    if home.household is not None:
        return await home_for(unit, home.household, "household")
    village = home.village or arrival.village_id
    kk = home.kk
    if kk is None and arrival.kk_sealed is not None:
        kk = parcels.open_kk(keys, arrival.kk_sealed, tenant=arrival.tenant_id, arrival=arrival.id)
    if village is None or kk is None:
        raise errors.HomeNeeded(path=("village",) if village is None else ("kkNumber",))
    return await households.register_household(unit, keys, village=village, kk=kk, place=home.place)


async def _register(
    unit: Unit, keys: KeyRing, home: Household, row: ArrivalPerson, relations: Mapping[UUID, FamilyRelation]
) -> Citizen:
    person, nik = parcels.opened(keys, row, _relation(row, relations))
    made = await people.register_citizen(unit, keys, household=home.id, nik=nik, person=person)
    await unit.change(row, citizen_id=made.id, village_id=home.village_id, told_sealed=None)
    return made


def _relation(row: ArrivalPerson, relations: Mapping[UUID, FamilyRelation]) -> str:
    return relations[row.id].value if row.id in relations else row.family_relation


async def _tell_event(unit: Unit, keys: KeyRing, come: Sequence[Citizen], day: date) -> None:
    first, *rest = come
    await recording.record_other(
        unit,
        keys,
        VitalEventType.MOVE_IN_PERMANENT,
        Happening(occurred_on=day),
        Changing(citizen=first.id, expected=first.version),
        others=[Other(citizen=each.id, part=SubjectPart.SUBJECT) for each in rest],
        told={},
    )
