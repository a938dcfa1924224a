"""Changes of households, and of who heads them: check, change, record."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import LargeBinary, select

from hub.domains.citizens import errors, events, policy, staying, vault
from hub.domains.citizens.finding import HEAD, among, home_for, living_head, member_of, members_of, refuse_strangers
from hub.domains.citizens.model import Citizen, EndReason, Household
from hub.domains.citizens.telling import Values, about, about_home, differences, times
from hub.domains.villages.standing import must_stand
from hub.journal.model import Effect
from hub.journal.record import Changes, Event, record
from hub.kernel.errors import NotFound
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber
from hub.kernel.register_codes import FamilyRelation
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

CONSTRAINTS = {"uq_household_kk": errors.KkExists, "uq_citizen_head": errors.HeadExists}
_HOUSEHOLDS = table(Household)


async def register_household(unit: Unit, keys: KeyRing, *, village: UUID, kk: KkNumber, place: Values) -> Household:
    """Enter a household, empty as yet: its head is the first to be registered into it."""
    refuse_strangers(unit)
    if not policy.serves(unit.scope, village):
        raise NotFound(path=("village",))
    await must_stand(unit, village, "village")
    return await enter_household(unit, keys, village=village, kk=kk, place=place)


async def update_household(unit: Unit, keys: KeyRing, *, household: UUID, expected: int, place: Values) -> Household:
    """Correct address, hamlet, RW or RT."""
    refuse_strangers(unit)
    home = await home_for(unit, household, "household")
    if not place:
        raise errors.NothingToChange

    changed = await unit.change(home, expected=expected, **place)

    await record(unit, home_event(events.HouseholdUpdated, changed, differences(home, place)), keys)
    return changed


async def set_household_head(
    unit: Unit, keys: KeyRing, *, household: UUID, citizen: UUID, former: FamilyRelation, expected: int
) -> Household:
    """Make a member the head. `former` is what the present head becomes; it cannot be HEAD."""
    refuse_strangers(unit)
    home = await home_for(unit, household, "household")
    if former is FamilyRelation.HEAD:
        raise errors.HeadChange(path=("formerHeadRelation",))
    if expected != home.version:
        raise StaleVersion(current=home.version, path=("expectedVersion",))
    chosen = await member_of(unit, home, citizen, "citizen")
    if chosen.family_relation == HEAD:
        raise errors.HeadExists(path=("citizen",))

    head = await living_head(unit, home)
    if head is not None:
        await _change_relation(unit, keys, head, former.value)
    await _change_relation(unit, keys, chosen, HEAD)
    return await put_head(unit, keys, home, chosen.id)


# Whoever comes, goes or is made the head


async def enter_household(unit: Unit, keys: KeyRing, *, village: UUID, kk: KkNumber, place: Values) -> Household:
    """A new card in a village that the caller has looked at."""
    home = Household(
        tenant_id=unit.tenant.id, village_id=village, kk_sealed=b"", kk_bidx=b"", kk_prefix="", **times(unit), **place
    )
    vault.seal_kk(keys, home, kk)
    await refuse_older_kk(unit, keys, village, kk)

    with translating(CONSTRAINTS, path=("kkNumber",)):
        await unit.add(home)

    told = dict.fromkeys(("kk_number", *place), (None, None))
    await record(unit, events.HouseholdRegistered(**about_home(home), effect=Effect.CREATED, changes=told))
    return home


async def put_head(unit: Unit, keys: KeyRing, home: Household, head: UUID) -> Household:
    changed = await unit.change(home, head_id=head)
    event = events.HouseholdHeadSet(**about_home(changed), subject_id=head, personal={"head_id": (home.head_id, head)})
    await record(unit, event, keys)
    return changed


async def _change_relation(
    unit: Unit, keys: KeyRing, citizen: Citizen, relation: str, on: date | None = None
) -> Citizen:
    with translating(CONSTRAINTS, path=("citizen",)):
        changed = await unit.change(citizen, family_relation=relation)
    await staying.follow(unit, [changed], on=on)
    told = {"family_relation": (citizen.family_relation, relation)}
    await record(unit, events.CitizenUpdated(**about(changed), personal=told), keys)
    return changed


async def after_leaving(
    unit: Unit,
    keys: KeyRing,
    home: Household,
    leavers: Iterable[Citizen],
    new_head: UUID | None,
    *,
    end: EndReason = EndReason.EMPTY,
    on: date | None = None,
) -> Household:
    """What becomes of the household that people left: another head where its own went, an end, or nothing.

    `on` is the day they left, where that is not today.
    """
    left = await members_of(unit, home)
    if not left:
        return await _end_household(unit, home, end)
    if all(each.family_relation != HEAD for each in leavers):
        return home
    if new_head is None:
        raise errors.HeadNeeded(path=("newHead",))
    chosen = next((each for each in left if each.id == new_head), None)
    if chosen is None:
        raise errors.NotAMember(path=("newHead",))
    await _change_relation(unit, keys, chosen, HEAD, on)
    return await put_head(unit, keys, home, chosen.id)


async def _end_household(unit: Unit, home: Household, reason: EndReason) -> Household:
    ended = await unit.change(home, ended_at=unit.now.instant, end_reason=reason.value)
    told: Changes = {"end_reason": (None, reason.value)}
    await record(unit, events.HouseholdEnded(**about_home(ended), effect=Effect.ENDED, changes=told))
    return ended


async def reopen(unit: Unit, home: Household) -> Household:
    """A household that ended, locked by the caller, exists again; KkExists where its number was given anew."""
    await must_stand(unit, home.village_id, "household")
    with translating(CONSTRAINTS, path=("household",)):
        opened = await unit.change(home, ended_at=None, end_reason=None)
    await record(unit, events.HouseholdReopened(**about_home(opened)))
    return opened


async def refuse_wrong_head(unit: Unit, home: Household, relation: str) -> None:
    headed = await living_head(unit, home) is not None
    if relation == HEAD and headed:
        raise errors.HeadExists(path=("familyRelation",))
    if relation != HEAD and not headed:
        raise errors.HeadNeeded(path=("familyRelation",))


async def refuse_older_kk(unit: Unit, keys: KeyRing, village: UUID, kk: KkNumber) -> None:
    """The constraint sees numbers blinded by the same key; while keys rotate, the others are looked for here."""
    older = vault.blinds_of(keys, kk, tenant=unit.tenant.id)[1:]
    if not older:
        return
    own = _HOUSEHOLDS.c
    same = select(own.id).where(
        own.tenant_id == unit.tenant.id,
        own.kk_bidx == among(older, LargeBinary()),
        own.village_id == village,
        own.ended_at.is_(None),
    )
    if await unit.value(same) is not None:
        raise errors.KkExists(path=("kkNumber",))


def home_event(kind: type[Event], home: Household, told: Changes) -> Event:
    """Where a family lives is personal: kept under the head's key, and by the fields' names where there is no head."""
    if home.head_id is None:
        return kind(**about_home(home), changes=dict.fromkeys(told, (None, None)))
    return kind(**about_home(home), subject_id=home.head_id, personal=told)
