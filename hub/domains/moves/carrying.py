"""The worker between two kecamatan: one tenant at a time, one transaction each, every step safe to repeat.

`carry` looks at a departure, does in the tenant of arrival what is missing there, and brings the answer back. It does
not remember how far it came: it looks. So it may die anywhere and be called again, by two workers at once too. What
decides is always the arrival's own row: a withdrawal that meets an accepted arrival came too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from hub.domains.citizens import vault
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.telling import times
from hub.domains.moves import arriving, departing, events, parcels
from hub.domains.moves.model import (
    Arrival,
    ArrivalPerson,
    ArrivalState,
    Departure,
    DepartureState,
)
from hub.domains.moves.parcels import Parcel
from hub.domains.villages.model import Village
from hub.journal import errands
from hub.journal.errands import Due
from hub.journal.following import Followed, follow
from hub.journal.record import record
from hub.kernel.clock import Clock, Now
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import TenantRef
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of

CONSUMER = ERRAND = "moves"

_VILLAGES = table(Village)
_FROM = "select id, from_tenant from arrival where tenant_id = $1 and id = any($2)"
_OPEN = frozenset({DepartureState.SENT.value, DepartureState.OFFERED.value, DepartureState.CANCELLING.value})
_ANSWERS = {
    ArrivalState.ACCEPTED.value: DepartureState.ACCEPTED,
    ArrivalState.REJECTED.value: DepartureState.REFUSED,
    ArrivalState.WITHDRAWN.value: DepartureState.CANCELLED,
    ArrivalState.EXPIRED.value: DepartureState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How an arrival stands."""

    state: str
    reason: str | None
    records: dict[UUID, UUID | None]  # the record of departure -> the record here


async def notice(connection: Connection, tenant: int, *, clock: Clock) -> int:
    """Make errands of what the tenant's journal says of moves; how many changes were looked at."""

    async def take(inside: Connection, home: int, changes: Sequence[Followed]) -> None:
        now = clock().instant
        changes = [each for each in changes if each.kind not in events.BY_SPLIT]  # these have no answer to carry
        left = [each.object_id for each in changes if each.type_name == "Departure"]
        await errands.want(inside, ERRAND, home, left, now=now)
        come = {each.object_id for each in changes if each.type_name == "Arrival"}
        for row in await inside.fetch(_FROM, home, sorted(come)) if come else ():
            await errands.want(inside, ERRAND, row["from_tenant"], [row["id"]], now=now)

    return await follow(connection, CONSUMER, tenant, take)


async def run_errand(connection: Connection, errand: Due, keys: KeyRing, *, clock: Clock) -> None:
    """Carry one move as far as it goes; what waits for an answer is looked at again when its time is over."""
    now = clock()
    waits = await carry(connection, errand.home_tenant, errand.object_id, keys, now)
    if waits is None:
        await errands.settled(connection, errand)
    else:
        await errands.later(connection, errand, waits)


async def carry(connection: Connection, tenant: int, key: UUID, keys: KeyRing, now: Now) -> datetime | None:
    """Bring the two sides of a move into agreement; when to look again, None where nothing is open."""
    home = await tenant_of(connection, tenant)
    async with acting(connection, home, now) as unit:
        departure = await unit.first(unit.own(Departure, key), Departure)
        if departure is None or departure.to_tenant is None or departure.state not in _OPEN:
            return None
        parcel = await _packed(unit, keys, departure)
    there = await tenant_of(connection, departure.to_tenant)
    async with acting(connection, there, now) as unit:
        answer = await _offer(unit, keys, home, departure, parcel)
    async with acting(connection, home, now) as unit:
        await _hear(unit, key, answer)
    if answer.state != ArrivalState.OFFERED or departure.expires_on is None:
        return None
    return now.instant + (departure.expires_on + timedelta(days=1) - now.today(there.zone))


async def _packed(unit: Unit, keys: KeyRing, departure: Departure) -> Parcel:
    """Everybody who leaves, opened. Nothing of it is needed where people are called back."""
    if departure.state == DepartureState.CANCELLING:
        return Parcel((), None)
    movers = []
    for each in await departing.people_of(unit, departure.id):
        citizen = await unit.see(Citizen, each.citizen_id)
        movers.append(parcels.mover(keys, citizen, each.family_relation))
    if not departure.whole:
        return Parcel(tuple(movers), None)
    kk = vault.open_kk(keys, await unit.see(Household, departure.household_id))
    return Parcel(tuple(movers), kk.digits)


async def _offer(unit: Unit, keys: KeyRing, home: TenantRef, departure: Departure, parcel: Parcel) -> Answer:
    """In the tenant of arrival: see that the arrival is there, and that it is not open when it must not be."""
    found = await unit.first(unit.own(Arrival, departure.id).with_for_update(), Arrival)
    withdrawn = departure.state == DepartureState.CANCELLING
    if found is None:
        found = await _enter(unit, keys, home, departure, parcel)
    if found.state == ArrivalState.OFFERED and withdrawn:
        found = await arriving.close(unit, found, ArrivalState.WITHDRAWN)
    if found.state == ArrivalState.OFFERED and found.expires_on < unit.now.today(unit.tenant.zone):
        found = await arriving.close(unit, found, ArrivalState.EXPIRED)
    records = {each.departed_id: each.citizen_id for each in await arriving.people_of(unit, found.id)}
    return Answer(found.state, found.answer, records)


async def _enter(unit: Unit, keys: KeyRing, home: TenantRef, departure: Departure, parcel: Parcel) -> Arrival:
    """A new arrival under the departure's id: a second one is refused by its key, and the errand repeated."""
    assert departure.expires_on is not None  # noqa: S101  # every departure to a kecamatan has one
    village = await _village(unit, departure.to_village_code)
    made = Arrival(
        tenant_id=unit.tenant.id,
        id=departure.id,
        village_id=village,
        state=ArrivalState.OFFERED.value,
        reason=departure.reason,
        from_tenant=home.id,
        from_code=home.code,
        departed_on=departure.departed_on,
        expires_on=departure.expires_on,
        **times(unit),
    )
    if parcel.kk is not None:
        made.kk_sealed = parcels.seal_kk(keys, parcel.kk, tenant=made.tenant_id, arrival=made.id)
    await unit.add(made)
    await unit.add_all([_person(unit, keys, made, each, position) for position, each in enumerate(parcel.movers)])
    await record(unit, events.of_arrival(made))
    return made


def _person(unit: Unit, keys: KeyRing, arrival: Arrival, mover: parcels.Mover, position: int) -> ArrivalPerson:
    row = uuid5(arrival.id, str(position))
    return ArrivalPerson(
        tenant_id=arrival.tenant_id,
        id=row,
        arrival_id=arrival.id,
        village_id=arrival.village_id,
        position=position,
        full_name=mover.columns["full_name"],
        sex=mover.columns["sex"],
        birth_date=mover.columns.get("birth_date"),
        family_relation=mover.family_relation,
        told_sealed=parcels.seal(keys, mover, tenant=arrival.tenant_id, row=row),
        departed_id=mover.departed_id,
        **times(unit),
    )


async def _hear(unit: Unit, key: UUID, answer: Answer) -> None:
    """In the tenant of departure: what the arrival says."""
    departure = await unit.find(Departure, key)
    if departure.state not in _OPEN:
        return
    if answer.state == ArrivalState.OFFERED:
        if departure.state == DepartureState.SENT:
            await departing.step(unit, departure, DepartureState.OFFERED)
        return
    for each in await departing.people_of(unit, departure.id):
        if (arrived := answer.records.get(each.citizen_id)) is not None:
            await unit.change(each, arrived_id=arrived)
    await departing.step(unit, departure, _ANSWERS[answer.state], answer=answer.reason)


async def _village(unit: Unit, code: str | None) -> UUID | None:
    if code is None:
        return None
    own = _VILLAGES.c
    found: UUID | None = await unit.value(select(own.id).where(own.tenant_id == unit.tenant.id, own.code == code))
    return found
