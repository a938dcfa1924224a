"""Finding whom a change is about, and locking them; what is not there to be changed is refused.

Whoever changes who lives in a household first locks the household, then its people: two officers at two counters
wait for each other and never deadlock.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.types import TypeEngine

from hub.domains.citizens import errors, policy
from hub.domains.citizens.model import Citizen, Household
from hub.kernel.errors import Forbidden, NotFound
from hub.kernel.register_codes import FamilyRelation
from hub.store.base import table
from hub.store.unit import Unit

HEAD = FamilyRelation.HEAD.value
_CITIZENS, _HOUSEHOLDS = table(Citizen), table(Household)


def refuse_strangers(unit: Unit) -> None:
    if not policy.may_write(unit.scope):
        raise Forbidden


async def home_of(unit: Unit, citizen: UUID) -> Household:
    return await home_for(unit, await _home_id_of(unit, citizen), "citizen")


async def home_for(unit: Unit, key: UUID, *path: str) -> Household:
    """A household that exists, locked."""
    home = await unit.first(_locked_homes(unit, [key]), Household)
    return _existing(home, *path)


async def both_homes(unit: Unit, citizen: UUID, target: UUID) -> tuple[Household, Household]:
    """The household a person leaves and the one they enter, both locked in one order."""
    own = await _home_id_of(unit, citizen)
    if own == target:
        raise errors.SameHousehold(path=("household",))
    return await two_homes(unit, (own, "citizen"), (target, "household"))


async def two_homes(unit: Unit, one: tuple[UUID, str], other: tuple[UUID, str]) -> tuple[Household, Household]:
    """Two households that exist, both locked in one order; each with the input field that speaks of it."""
    homes = {home.id: home for home in await unit.all(_locked_homes(unit, [one[0], other[0]]), Household)}
    return _existing(homes.get(one[0]), one[1]), _existing(homes.get(other[0]), other[1])


async def person_for(unit: Unit, key: UUID, *path: str) -> Citizen:
    """A living person, locked."""
    own = _CITIZENS.c
    found = await unit.first(
        select(_CITIZENS).where(own.tenant_id == unit.tenant.id, own.id == key).with_for_update(), Citizen
    )
    if found is None:
        raise NotFound(path=path)
    if found.ended_at is not None:
        raise errors.CitizenEnded(path=path)
    return found


async def ended_person(unit: Unit, key: UUID) -> tuple[Household, Citizen]:
    """A person whose record has ended and the household they were in, be it ended too; both locked."""
    own = _CITIZENS.c
    where = own.tenant_id == unit.tenant.id, own.id == key
    lived_in = await unit.value(select(own.household_id).where(*where))
    home = None if lived_in is None else await unit.first(_locked_homes(unit, [lived_in]), Household)
    person = await unit.first(select(_CITIZENS).where(*where).with_for_update(), Citizen)
    if home is None or person is None:
        raise NotFound(path=("citizen",))
    if person.ended_at is None:
        raise errors.CitizenLives(path=("citizen",))
    return home, person


async def still_in(unit: Unit, home: Household, citizen: UUID) -> Citizen:
    """The person, locked, in the household that was locked before."""
    person = await person_for(unit, citizen, "citizen")
    if person.household_id != home.id:
        raise errors.MembersMoved(path=("citizen",))
    return person


async def member_of(unit: Unit, home: Household, citizen: UUID, *path: str) -> Citizen:
    person = await person_for(unit, citizen, *path)
    if person.household_id != home.id:
        raise errors.NotAMember(path=path)
    return person


async def living_head(unit: Unit, home: Household) -> Citizen | None:
    own = _CITIZENS.c
    return await unit.first(living(unit, home).where(own.family_relation == HEAD).with_for_update(), Citizen)


async def members_of(unit: Unit, home: Household) -> list[Citizen]:
    """Who lives in a household that was locked before; locked too."""
    return await unit.all(living(unit, home).order_by(_CITIZENS.c.id).with_for_update(), Citizen)


def living(unit: Unit, home: Household) -> Any:
    own = _CITIZENS.c
    return select(_CITIZENS).where(own.tenant_id == unit.tenant.id, own.household_id == home.id, own.ended_at.is_(None))


def among(values: Iterable[Any], type_: TypeEngine[Any]) -> Any:
    return any_(literal(list(values), ARRAY(type_)))


def _existing(home: Household | None, *path: str) -> Household:
    if home is None:
        raise NotFound(path=path)
    if home.ended_at is not None:
        raise errors.HouseholdEnded(path=path)
    return home


def _locked_homes(unit: Unit, wanted: Sequence[UUID]) -> Any:
    own = _HOUSEHOLDS.c
    homes = select(_HOUSEHOLDS).where(own.tenant_id == unit.tenant.id, own.id == among(wanted, Uuid()))
    return homes.order_by(own.id).with_for_update()


async def _home_id_of(unit: Unit, citizen: UUID) -> UUID:
    """Where a person lives, without a lock."""
    own = _CITIZENS.c
    found = await unit.row(
        select(own.household_id, own.ended_at).where(own.tenant_id == unit.tenant.id, own.id == citizen)
    )
    if found is None:
        raise NotFound(path=("citizen",))
    if found["ended_at"] is not None:
        raise errors.CitizenEnded(path=("citizen",))
    home: UUID = found["household_id"]
    return home
