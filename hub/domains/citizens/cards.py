"""What happens to whole family cards: one is split, two become one, a number gives way to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.domains.citizens import errors, events, staying, vault
from hub.domains.citizens.finding import home_for, living_head, members_of, refuse_strangers, two_homes
from hub.domains.citizens.households import (
    CONSTRAINTS,
    after_leaving,
    enter_household,
    home_event,
    put_head,
    refuse_older_kk,
)
from hub.domains.citizens.model import CardChange, Citizen, EndReason, FormerCard, Household
from hub.domains.citizens.telling import Values, about, times
from hub.journal.record import Changes, record
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber
from hub.kernel.register_codes import FamilyRelation
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

PLACE = ("address", "hamlet", "rw", "rt")


@dataclass(frozen=True, slots=True)
class Moving:
    """A member who goes to another card, and as what; `path` is where the input speaks of them."""

    citizen: UUID
    relation: FamilyRelation
    path: tuple[str, ...]


async def split_household(
    unit: Unit,
    keys: KeyRing,
    *,
    household: UUID,
    expected: int,
    kk: KkNumber,
    moving: Sequence[Moving],
    new_head: UUID | None,
    place: Values,
) -> tuple[Household, Household]:
    """Members go to a new card of the village, one of them as its head; the new card and the former.

    The new one lives where the former does unless `place` says otherwise. Whom a head leaves behind need a `new_head`.
    """
    refuse_strangers(unit)
    _refuse_wrong_heads(moving)
    home = await home_for(unit, household, "household")
    _refuse_stale(home, expected)
    members = _chosen(await members_of(unit, home), moving)

    where = {name: getattr(home, name) for name in PLACE} | dict(place)
    made = await enter_household(unit, keys, village=home.village_id, kk=kk, place=where)
    await _move(unit, keys, members, moving, made)
    former = await after_leaving(unit, keys, home, members.values(), new_head)
    head = next(each.citizen for each in moving if each.relation is FamilyRelation.HEAD)
    return await put_head(unit, keys, made, head), former


async def merge_households(
    unit: Unit, keys: KeyRing, *, household: UUID, into: UUID, expected: int, moving: Sequence[Moving]
) -> tuple[Household, Household]:
    """All members go to another card of the village, which keeps its head; that card, and the one that ended.

    `moving` must name every member, so that nobody is taken along who was not thought of.
    """
    refuse_strangers(unit)
    home, target = await two_homes(unit, (household, "household"), (into, "into"))
    if home.id == target.id:
        raise errors.IntoItself(path=("into",))
    if home.village_id != target.village_id:
        raise errors.OtherVillage(path=("into",))
    _refuse_stale(home, expected)
    if await living_head(unit, target) is None:
        raise errors.HeadNeeded(path=("into",))
    for each in moving:
        if each.relation is FamilyRelation.HEAD:
            raise errors.HeadExists(path=(*each.path, "familyRelation"))
    living = await members_of(unit, home)
    members = _chosen(living, moving)
    if len(members) < len(living):
        raise errors.MemberUnnamed(path=("members",))

    await _move(unit, keys, members, moving, target)
    return target, await after_leaving(unit, keys, home, members.values(), None, end=EndReason.MERGED)


async def replace_household_card(
    unit: Unit, keys: KeyRing, *, household: UUID, expected: int, kk: KkNumber, reason: CardChange
) -> Household:
    """Put another number on a card; the former one stays known as the card's."""
    refuse_strangers(unit)
    home = await home_for(unit, household, "household")
    _refuse_stale(home, expected)
    former = vault.open_kk(keys, home)
    if former.digits == kk.digits:
        raise errors.SameCard(path=("kkNumber",))
    await refuse_older_kk(unit, keys, home.village_id, kk)

    columns = vault.kk_columns(keys, kk, tenant=home.tenant_id, household=home.id)
    with translating(CONSTRAINTS, path=("kkNumber",)):
        changed = await unit.change(home, expected=expected, **columns)
    await unit.add(_former_card(unit, keys, home, former, reason))

    told: Changes = {"kk_number": (None, None), "reason": (None, reason.value)}
    await record(unit, home_event(events.HouseholdCardReplaced, changed, told), keys)
    return changed


def _refuse_wrong_heads(moving: Sequence[Moving]) -> None:
    if not moving:
        raise errors.NobodyMoves(path=("members",))
    heads = [each for each in moving if each.relation is FamilyRelation.HEAD]
    if not heads:
        raise errors.HeadNeeded(path=("members",))
    if len(heads) > 1:
        raise errors.HeadExists(path=(*heads[1].path, "familyRelation"))


def _refuse_stale(home: Household, expected: int) -> None:
    if expected != home.version:
        raise StaleVersion(current=home.version, path=("expectedVersion",))


def _chosen(living: Sequence[Citizen], moving: Sequence[Moving]) -> Mapping[UUID, Citizen]:
    """Those who go, each of them a member and named once."""
    members, found = {each.id: each for each in living}, dict[UUID, Citizen]()
    for each in moving:
        if each.citizen in found:
            raise errors.MemberTwice(path=(*each.path, "citizen"))
        if each.citizen not in members:
            raise errors.NotAMember(path=(*each.path, "citizen"))
        found[each.citizen] = members[each.citizen]
    return found


async def _move(
    unit: Unit, keys: KeyRing, members: Mapping[UUID, Citizen], moving: Sequence[Moving], target: Household
) -> None:
    moved = []
    for each in moving:
        person, relation = members[each.citizen], each.relation.value
        came = await unit.change(person, household_id=target.id, family_relation=relation)
        moved.append(came)
        told: Changes = {
            "household_id": (person.household_id, target.id),
            "family_relation": (person.family_relation, relation),
        }
        await record(unit, events.CitizenChangedHousehold(**about(came), personal=told), keys)
    await staying.follow(unit, moved)


def _former_card(unit: Unit, keys: KeyRing, home: Household, kk: KkNumber, reason: CardChange) -> FormerCard:
    made = FormerCard(
        tenant_id=home.tenant_id,
        household_id=home.id,
        village_id=home.village_id,
        kk_sealed=b"",
        kk_bidx=b"",
        kk_prefix="",
        reason=reason.value,
        **times(unit),
    )
    vault.seal_former_kk(keys, made, kk)
    return made
