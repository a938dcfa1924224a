"""Leaving: people are sent off, called back, or registered again where they had gone from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from hub.domains.citizens import people
from hub.domains.citizens.errors import CitizenEnded
from hub.domains.citizens.finding import HEAD, home_for, living, living_head
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.telling import times
from hub.domains.moves import errors, events, policy
from hub.domains.moves.model import (
    Departure,
    DeparturePerson,
    DepartureState,
    MoveDestination,
    MoveReason,
)
from hub.domains.moves.policy import MoveAction
from hub.domains.villages.errors import OnlyBySplit
from hub.journal.record import record
from hub.kernel.errors import DateInFuture, Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.register_codes import BaseStatus, FamilyRelation
from hub.store.base import table
from hub.store.unit import StaleVersion, Unit
from hub.tenants.model import Tenant, TenantKind, TenantStatus

PATIENCE = timedelta(days=30)  # for so long the other kecamatan may answer
_TENANTS, _CITIZENS, _PEOPLE = table(Tenant), table(Citizen), table(DeparturePerson)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Somebody who leaves, at the version that was read."""

    citizen: UUID
    expected: int
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to: a kecamatan of the hub by its code, with the village where it is known; else a place in words."""

    kind: MoveDestination
    kecamatan: str | None = None
    village: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A move as it is told. `people` is empty where the whole household goes."""

    household: UUID | None
    people: Sequence[Leaving]
    to: Destination
    reason: MoveReason
    departed_on: date
    note: str | None = None
    new_head: UUID | None = None


async def start(unit: Unit, keys: KeyRing, move: Start) -> Departure:
    """People leave: their records end at the day of departure; the worker tells the kecamatan they go to."""
    if not policy.may_move(unit.scope):
        raise Forbidden
    if move.reason is MoveReason.REGION_SPLIT:
        raise OnlyBySplit(path=("reason",))
    today = unit.now.today(unit.tenant.zone)
    if move.departed_on > today:
        raise DateInFuture(path=("departedOn",))
    home, leaving = await _movers(unit, move)
    tenant = await _tenant_of(unit, move.to)
    hub = move.to.kind is MoveDestination.KECAMATAN
    departure = Departure(
        tenant_id=unit.tenant.id,
        village_id=home.village_id,
        household_id=home.id,
        state=(DepartureState.SENT if hub else DepartureState.GONE).value,
        reason=move.reason.value,
        note=move.note,
        departed_on=move.departed_on,
        destination=move.to.kind.value,
        to_tenant=tenant,
        to_code=move.to.kecamatan,
        to_village_code=move.to.village,
        place=move.to.place,
        whole=move.household is not None,
        expires_on=today + PATIENCE if hub else None,
        **times(unit),
    )
    await unit.add(departure)
    await unit.add_all([_person(unit, departure, each, position) for position, each in enumerate(leaving)])

    for each in sorted(leaving, key=lambda one: one.family_relation == HEAD):  # the head last, when all is clear
        await people.end_citizen(
            unit,
            keys,
            citizen=each.id,
            status=BaseStatus.MOVED,
            on=move.departed_on,
            new_head=move.new_head if each.family_relation == HEAD else None,
            expected=each.version,
        )
    await record(unit, events.of_departure(departure))
    return departure


async def cancel(unit: Unit, key: UUID, *, expected: int) -> Departure:
    """Call people back before they are accepted. Whether it came in time, the other kecamatan's record decides."""
    departure = await unit.find(Departure, key, path=("departure",))
    policy.require(unit.scope, departure, MoveAction.CANCEL)
    return await step(unit, departure, DepartureState.CANCELLING, expected=expected)


async def reopen(unit: Unit, keys: KeyRing, key: UUID, *, expected: int, head_as: FamilyRelation | None) -> Departure:
    """Register the people again in the household they left; `head_as` is for a head who was replaced meanwhile."""
    departure = await unit.find(Departure, key, path=("departure",))
    policy.require(unit.scope, departure, MoveAction.REOPEN)
    if expected != departure.version:
        raise StaleVersion(current=departure.version, path=("expectedVersion",))
    rows = await people_of(unit, departure.id)

    home = await unit.find(Household, departure.household_id)
    replaced = await living_head(unit, home) is not None
    for each in sorted(rows, key=lambda one: one.family_relation != HEAD):
        citizen = await unit.see(Citizen, each.citizen_id)
        if citizen.ended_at is None:
            continue  # somebody was quicker
        before = FamilyRelation(each.family_relation)
        relation = head_as if before is FamilyRelation.HEAD and replaced and head_as is not None else before
        await people.restore_citizen(unit, keys, citizen=citizen.id, relation=relation, expected=citizen.version)
    return await step(unit, departure, DepartureState.REOPENED)


async def people_of(unit: Unit, departure: UUID) -> list[DeparturePerson]:
    """Who leaves, in order."""
    own = _PEOPLE.c
    found = select(_PEOPLE).where(own.tenant_id == unit.tenant.id, own.departure_id == departure)
    return await unit.all(found.order_by(own.position, own.id), DeparturePerson)


async def step(
    unit: Unit, departure: Departure, to: DepartureState, *, expected: int | None = None, answer: str | None = None
) -> Departure:
    """Another state, and the journal told."""
    changed = await unit.change(departure, expected=expected, state=to.value, answer=answer)
    await record(unit, events.of_departure(changed, departure.state))
    return changed


async def _movers(unit: Unit, move: Start) -> tuple[Household, list[Citizen]]:
    """The household, locked, and who leaves it."""
    if move.household is not None:
        home = await home_for(unit, move.household, "household")
        everybody = await unit.all(living(unit, home).order_by(_CITIZENS.c.id), Citizen)
        if not everybody:
            raise errors.MoversNeeded(path=("household",))
        return home, sorted(everybody, key=lambda one: one.family_relation != HEAD)
    found = [await _mover(unit, each) for each in move.people]
    if not found or len({each.id for each in found}) < len(found) or len({each.household_id for each in found}) > 1:
        raise errors.MoversNeeded(path=("people",))
    return await home_for(unit, found[0].household_id, "people"), found


async def _mover(unit: Unit, leaving: Leaving) -> Citizen:
    found = await unit.see(Citizen, leaving.citizen, path=leaving.path)
    if found.ended_at is not None:
        raise CitizenEnded(path=leaving.path)
    if found.version != leaving.expected:
        raise StaleVersion(current=found.version, path=(*leaving.path[:-1], "expectedVersion"))
    return found


async def _tenant_of(unit: Unit, to: Destination) -> int | None:
    """The tenant of a kecamatan of the hub; DestinationUnfit where what was told does not fit together."""
    if to.kind is not MoveDestination.KECAMATAN:
        if to.place is None or to.village is not None:
            raise errors.DestinationUnfit(path=("to", "place"))
        return None
    if to.kecamatan is None or (to.village is not None and not to.village.startswith(f"{to.kecamatan}.")):
        raise errors.DestinationUnfit(path=("to", "kecamatan"))
    own = _TENANTS.c
    found: int | None = await unit.value(
        select(own.id).where(
            own.region_code == to.kecamatan,
            own.kind == TenantKind.KECAMATAN.value,
            own.status == TenantStatus.ACTIVE.value,
        )
    )
    if found is None:
        raise errors.DestinationUnfit(path=("to", "kecamatan"))
    return found


def _person(unit: Unit, departure: Departure, citizen: Citizen, position: int) -> DeparturePerson:
    return DeparturePerson(
        tenant_id=departure.tenant_id,
        departure_id=departure.id,
        citizen_id=citizen.id,
        village_id=citizen.village_id,
        position=position,
        family_relation=citizen.family_relation,
        **times(unit),
    )
