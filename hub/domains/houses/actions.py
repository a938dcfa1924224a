"""What can be done with houses and their permits: check, change, record.

Whoever changes a house or its permits first locks the house.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select

from hub.domains.citizens import policy
from hub.domains.citizens.errors import HouseholdEnded, NothingToChange, OtherVillage
from hub.domains.citizens.finding import refuse_strangers
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.telling import Values, differences, first_told, times
from hub.domains.houses import errors, events
from hub.domains.houses.model import BuildingPermit, House, HouseEnd, PermitName
from hub.domains.villages.errors import OnlyBySplit
from hub.domains.villages.model import Village
from hub.journal.model import Effect
from hub.journal.record import Changes, Event, record
from hub.journal.telling import told
from hub.kernel.errors import DateInFuture, NotFound
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {"uq_building_permit_number": errors.PermitExists}
_PERMITS = table(BuildingPermit)


async def register_house(unit: Unit, keys: KeyRing, *, village: UUID, values: Values) -> House:
    """Enter a house. `values` are columns, `household_id` and `owner_id` among them."""
    refuse_strangers(unit)
    if not policy.serves(unit.scope, village):
        raise NotFound(path=("village",))
    await unit.see(Village, village, path=("village",))
    await _refuse_unfit(unit, village, values)
    _refuse_half_a_place(values)
    house = House(tenant_id=unit.tenant.id, village_id=village, **times(unit), **values)

    await unit.add(house)

    await record(unit, _event(events.HouseRegistered, house, first_told(values), effect=Effect.CREATED), keys)
    return house


async def update_house(unit: Unit, keys: KeyRing, *, house: UUID, expected: int, values: Values) -> House:
    """Change what is told about a house and leave the rest; null says that it is not known."""
    refuse_strangers(unit)
    before = await _standing(unit, house)
    if not values:
        raise NothingToChange
    await _refuse_unfit(unit, before.village_id, values)
    _refuse_half_a_place({**before.model_dump(), **values})

    changed = await unit.change(before, expected=expected, **values)

    await record(unit, _event(events.HouseUpdated, changed, differences(before, values)), keys)
    return changed


async def end_house(unit: Unit, *, house: UUID, expected: int, reason: HouseEnd) -> House:
    """A house is no longer there. Its permits stay as they are: they count with it no more."""
    refuse_strangers(unit)
    if reason is HouseEnd.REGION_SPLIT:
        raise OnlyBySplit(path=("reason",))
    before = await _standing(unit, house)

    ended = await unit.change(before, expected=expected, ended_at=unit.now.instant, end_reason=reason.value)

    why: Changes = {"end_reason": (None, reason.value)}
    await record(unit, events.HouseEnded(**_about(ended), effect=Effect.ENDED, changes=why))
    return ended


async def record_permit(
    unit: Unit, *, house: UUID, number: str, legal_name: PermitName, issued_on: date
) -> BuildingPermit:
    """Record a permit of a house; it may have several."""
    refuse_strangers(unit)
    if issued_on > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("issuedOn",))
    home = await _standing(unit, house)
    permit = BuildingPermit(
        tenant_id=unit.tenant.id,
        house_id=home.id,
        village_id=home.village_id,
        number=number,
        legal_name=legal_name.value,
        issued_on=issued_on,
        **times(unit),
    )

    with translating(CONSTRAINTS, path=("number",)):
        await unit.add(permit)
    await _follow(unit, home)

    event = events.BuildingPermitRecorded(**_about_permit(permit), effect=Effect.CREATED, changes=told(permit))
    await record(unit, event)
    return permit


async def take_back_permit(unit: Unit, *, permit: UUID, expected: int, reason: str) -> tuple[BuildingPermit, House]:
    """End a permit that was recorded wrongly; its house has no permit then, unless it has another."""
    refuse_strangers(unit)
    found = await unit.see(BuildingPermit, permit, path=("permit",))
    home = await unit.find(House, found.house_id)
    before = await unit.find(BuildingPermit, permit, path=("permit",))
    if before.ended_at is not None:
        raise errors.PermitTakenBack(path=("permit",))

    taken = await unit.change(before, expected=expected, ended_at=unit.now.instant, end_reason=reason)
    home = await _follow(unit, home)

    why = told(taken, before, wordless=("end_reason",))
    await record(unit, events.BuildingPermitTakenBack(**_about_permit(taken), effect=Effect.ENDED, changes=why))
    return taken, home


# Checks


async def _standing(unit: Unit, key: UUID) -> House:
    """A house that is in the register, locked."""
    found = await unit.find(House, key, path=("house",))
    if found.ended_at is not None:
        raise errors.HouseEnded(path=("house",))
    return found


async def _refuse_unfit(unit: Unit, village: UUID, values: Values) -> None:
    """A family that lives there is one of the village; an owner may live anywhere in the kecamatan."""
    if (household := values.get("household_id")) is not None:
        home = await unit.see(Household, household, path=("household",))
        if home.village_id != village:
            raise OtherVillage(path=("household",))
        if home.ended_at is not None:
            raise HouseholdEnded(path=("household",))
    if (owner := values.get("owner_id")) is not None:
        await unit.see(Citizen, owner, path=("owner",))


def _refuse_half_a_place(values: Values) -> None:
    missing = [name for name in ("latitude", "longitude") if values.get(name) is None]
    if len(missing) == 1:
        raise errors.PlaceIncomplete(path=(missing[0],))


# Changing


async def _follow(unit: Unit, house: House) -> House:
    """Let a locked house say whether it has a permit in force."""
    own = _PERMITS.c
    in_force = select(literal(1)).where(
        own.tenant_id == unit.tenant.id, own.house_id == house.id, own.ended_at.is_(None)
    )
    has_permit = await unit.value(in_force.limit(1)) is not None
    return house if house.has_permit == has_permit else await unit.change(house, has_permit=has_permit)


# Telling


def _about(house: House) -> dict[str, Any]:
    return {"type_name": "House", "object_id": house.id, "version": house.version, "village_id": house.village_id}


def _about_permit(permit: BuildingPermit) -> dict[str, Any]:
    return {
        "type_name": "BuildingPermit",
        "object_id": permit.id,
        "version": permit.version,
        "village_id": permit.village_id,
    }


def _event(kind: type[Event], house: House, changes: Changes, *, effect: Effect = Effect.CHANGED) -> Event:
    """A house is told of under its owner's key, and by the fields' names where no owner is known."""
    if house.owner_id is None:
        return kind(**_about(house), effect=effect, changes=dict.fromkeys(changes, (None, None)))
    return kind(**_about(house), effect=effect, subject_id=house.owner_id, personal=changes)
