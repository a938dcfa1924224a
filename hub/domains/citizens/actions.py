"""Changes of the register: check, change, record.

Whoever changes who lives in a household first locks the household, then its people: two officers at two counters
wait for each other and never deadlock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, delete, literal, select
from sqlalchemy.types import TypeEngine

from hub.domains.citizens import errors, events, policy, vault
from hub.domains.citizens.model import (
    Citizen,
    CitizenNameToken,
    CitizenSensitive,
    EndReason,
    Household,
    NikStatus,
)
from hub.domains.villages.model import Village
from hub.journal.model import Effect
from hub.journal.record import Changes, record
from hub.kernel import names
from hub.kernel.errors import DateInFuture, Forbidden, NotFound
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import BaseStatus, FamilyRelation, Sex
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

Values = Mapping[str, Any]  # columns of a row, parsed by whoever calls
HEAD = FamilyRelation.HEAD.value
SOURCE = "HUB"
CONSTRAINTS = {
    "uq_household_kk": errors.KkExists,
    "uq_citizen_nik": errors.NikExists,
    "uq_citizen_head": errors.HeadExists,
    "ck_citizen_birth_date_plausible": errors.BirthDateImplausible,
}
ENDS = {
    BaseStatus.DEAD: EndReason.DIED,
    BaseStatus.MOVED: EndReason.MOVED,
    BaseStatus.MISSING: EndReason.MISSING,
    BaseStatus.LEFT: EndReason.LEFT,
    BaseStatus.INVALID: EndReason.INVALID,
}
_PAST = ("birth_date", "married_on", "divorced_on")
_CITIZENS, _HOUSEHOLDS = table(Citizen), table(Household)
_VILLAGES, _TOKENS = table(Village), table(CitizenNameToken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What an officer tells of a person: only what is in a mapping was told.

    `columns` are plain columns, `numbers` any of `father_nik`, `mother_nik` (Nik) and `phone` (E.164), `sensitive`
    columns of the specific personal data; None where it was not mentioned at all.
    """

    columns: Values = field(default_factory=dict)
    numbers: Values = field(default_factory=dict)
    sensitive: Values | None = None


# Households


async def register_household(unit: Unit, keys: KeyRing, *, village: UUID, kk: KkNumber, place: Values) -> Household:
    """Enter a household, empty as yet: its head is the first to be registered into it."""
    _refuse_strangers(unit)
    if not policy.serves(unit.scope, village) or not await _there(unit, village):
        raise NotFound(path=("village",))
    home = Household(
        tenant_id=unit.tenant.id, village_id=village, kk_sealed=b"", kk_bidx=b"", kk_prefix="", **_times(unit), **place
    )
    vault.seal_kk(keys, home, kk)
    await _refuse_older_kk(unit, village, vault.blinds_of(keys, kk, tenant=unit.tenant.id))

    with translating(CONSTRAINTS, path=("kkNumber",)):
        await unit.add(home)

    told = dict.fromkeys(("kk_number", *place), (None, None))
    await record(unit, events.HouseholdRegistered(**_about_home(home), effect=Effect.CREATED, changes=told))
    return home


async def update_household(unit: Unit, keys: KeyRing, *, household: UUID, expected: int, place: Values) -> Household:
    """Correct address, hamlet, RW or RT."""
    _refuse_strangers(unit)
    home = await _home(unit, household, "household")
    if not place:
        raise errors.NothingToChange

    changed = await unit.change(home, expected=expected, **place)

    await record(unit, _home_event(events.HouseholdUpdated, changed, _differences(home, place)), keys)
    return changed


async def set_household_head(
    unit: Unit, keys: KeyRing, *, household: UUID, citizen: UUID, former: FamilyRelation, expected: int
) -> Household:
    """Make a member the head. `former` is what the present head becomes; it cannot be HEAD."""
    _refuse_strangers(unit)
    home = await _home(unit, household, "household")
    if former is FamilyRelation.HEAD:
        raise errors.HeadChange(path=("formerHeadRelation",))
    if expected != home.version:
        raise StaleVersion(current=home.version, path=("expectedVersion",))
    chosen = await _member(unit, home, citizen, "citizen")
    if chosen.family_relation == HEAD:
        raise errors.HeadExists(path=("citizen",))

    head = await _living_head(unit, home)
    if head is not None:
        await _change_relation(unit, keys, head, former.value)
    await _change_relation(unit, keys, chosen, HEAD)
    return await _put_head(unit, keys, home, chosen.id)


# Citizens


async def register_citizen(unit: Unit, keys: KeyRing, *, household: UUID, nik: Nik | None, person: Person) -> Citizen:
    """Enter a person into a household: its head first, everybody else after."""
    _refuse_strangers(unit)
    _refuse_unfit(unit, person)
    home = await _home(unit, household, "household")
    await _refuse_wrong_head(unit, home, person.columns["family_relation"])
    await _refuse_older_nik(unit, home.village_id, nik, keys)

    citizen = _new_citizen(unit, keys, home, nik, person)
    with translating(CONSTRAINTS, path=("nik",)):
        await unit.add(citizen)
    await unit.add_all(vault.name_tokens(citizen))
    await unit.add(_sensitive_row(unit, citizen, person.sensitive or {}))
    if citizen.family_relation == HEAD:
        await _put_head(unit, keys, home, citizen.id)

    told: Values = {**person.columns, **(person.sensitive or {}), **_masked_numbers(person.numbers), "nik": _shown(nik)}
    event = events.CitizenRegistered(**_about(citizen), effect=Effect.CREATED, personal=_first(told))
    await record(unit, event, keys)
    return citizen


async def update_citizen(unit: Unit, keys: KeyRing, *, citizen: UUID, expected: int, person: Person) -> Citizen:
    """Change what is told about a person and leave the rest."""
    _refuse_strangers(unit)
    _refuse_unfit(unit, person)
    found = await _person(unit, citizen, "citizen")
    if not (person.columns or person.numbers or person.sensitive):
        raise errors.NothingToChange
    _refuse_head_change(found, person.columns.get("family_relation"))

    with translating(CONSTRAINTS, path=("birthDate",)):
        changed = await unit.change(found, expected=expected, **_changed_columns(keys, found, person))
    if changed.full_name != found.full_name:
        await _renew_tokens(unit, changed)
    before = await _change_sensitive(unit, changed, person.sensitive)

    differences = {
        **_differences(found, person.columns),
        **{name: (None, value) for name, value in _masked_numbers(person.numbers).items()},
        **{name: (before.get(name), value) for name, value in (person.sensitive or {}).items()},
    }
    await record(unit, events.CitizenUpdated(**_about(changed), personal=differences), keys)
    return changed


async def correct_nik(unit: Unit, keys: KeyRing, *, citizen: UUID, expected: int, nik: Nik | None) -> Citizen:
    """Put another NIK on a person, or none. One that disagrees with birth date or sex is kept with a warning."""
    _refuse_strangers(unit)
    found = await _person(unit, citizen, "citizen")
    await _refuse_older_nik(unit, found.village_id, nik, keys, but=found.id)

    columns = vault.nik_columns(
        keys, nik, tenant=found.tenant_id, citizen=found.id, birth_date=found.birth_date, sex=found.sex
    )
    with translating(CONSTRAINTS, path=("nik",)):
        changed = await unit.change(found, expected=expected, **columns)

    told = {"nik": (_prefix_shown(found), _shown(nik)), "nik_status": (found.nik_status, changed.nik_status)}
    await record(unit, events.CitizenNikCorrected(**_about(changed), personal=told), keys)
    return changed


async def change_household(
    unit: Unit,
    keys: KeyRing,
    *,
    citizen: UUID,
    household: UUID,
    relation: FamilyRelation,
    new_head: UUID | None,
    expected: int,
) -> tuple[Citizen, Household]:
    """Move a person to another household of the village. Whom a head leaves behind need a `new_head`."""
    _refuse_strangers(unit)
    home, target = await _both_homes(unit, citizen, household)
    person = await _still_in(unit, home, citizen)
    if target.village_id != person.village_id:
        raise errors.OtherVillage(path=("household",))
    await _refuse_wrong_head(unit, target, relation.value)

    with translating(CONSTRAINTS, path=("familyRelation",)):
        moved = await unit.change(person, expected=expected, household_id=target.id, family_relation=relation.value)
    await _after_leaving(unit, keys, home, person, new_head)
    if relation is FamilyRelation.HEAD:
        target = await _put_head(unit, keys, target, moved.id)

    told: Changes = {
        "household_id": (home.id, target.id),
        "family_relation": (person.family_relation, relation.value),
    }
    await record(unit, events.CitizenChangedHousehold(**_about(moved), personal=told), keys)
    return moved, target


async def end_citizen(
    unit: Unit, keys: KeyRing, *, citizen: UUID, status: BaseStatus, on: date, new_head: UUID | None, expected: int
) -> tuple[Citizen, Household]:
    """End a person's record. Whom a head leaves behind need a `new_head`; an empty household ends too."""
    _refuse_strangers(unit)
    if status not in ENDS:
        raise errors.NotAnEnd(path=("status",))
    if on > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("on",))
    home = await _home_of(unit, citizen)
    person = await _still_in(unit, home, citizen)
    values = {
        "base_status": status.value,
        "end_reason": ENDS[status].value,
        "ended_at": unit.now.instant,
        "ended_on": on,
    }

    ended = await unit.change(person, expected=expected, **values)
    left = await _after_leaving(unit, keys, home, person, new_head)

    told = _differences(person, {name: values[name] for name in ("base_status", "end_reason", "ended_on")})
    await record(unit, events.CitizenEnded(**_about(ended), effect=Effect.ENDED, personal=told), keys)
    return ended, left


# Checks


def _refuse_strangers(unit: Unit) -> None:
    if not policy.may_write(unit.scope):
        raise Forbidden


def _refuse_unfit(unit: Unit, person: Person) -> None:
    if person.sensitive and not policy.may_write_sensitive(unit.scope):
        raise errors.SensitiveForbidden(path=("sensitive",))
    today = unit.now.today(unit.tenant.zone)
    for name in _PAST:
        day = person.columns.get(name)
        if day is not None and day > today:
            raise DateInFuture(path=(_camel(name),))


def _refuse_head_change(found: Citizen, relation: str | None) -> None:
    if relation is not None and relation != found.family_relation and HEAD in (relation, found.family_relation):
        raise errors.HeadChange(path=("familyRelation",))


async def _refuse_wrong_head(unit: Unit, home: Household, relation: str) -> None:
    headed = await _living_head(unit, home) is not None
    if relation == HEAD and headed:
        raise errors.HeadExists(path=("familyRelation",))
    if relation != HEAD and not headed:
        raise errors.HeadNeeded(path=("familyRelation",))


async def _refuse_older_kk(unit: Unit, village: UUID, blinds: Sequence[bytes]) -> None:
    """The constraint sees numbers blinded by the same key; while keys rotate, the others are looked for here."""
    older = blinds[1:]
    if not older:
        return
    own = _HOUSEHOLDS.c
    same = select(own.id).where(
        own.tenant_id == unit.tenant.id,
        own.kk_bidx == _any(older, LargeBinary()),
        own.village_id == village,
        own.ended_at.is_(None),
    )
    if await unit.value(same) is not None:
        raise errors.KkExists(path=("kkNumber",))


async def _refuse_older_nik(
    unit: Unit, village: UUID, nik: Nik | None, keys: KeyRing, *, but: UUID | None = None
) -> None:
    older = vault.blinds_of(keys, nik, tenant=unit.tenant.id)[1:] if nik is not None else ()
    if not older:
        return
    own = _CITIZENS.c
    same = select(own.id).where(
        own.tenant_id == unit.tenant.id,
        own.nik_bidx == _any(older, LargeBinary()),
        own.village_id == village,
        own.ended_at.is_(None),
    )
    if await unit.value(same.where(own.id != but) if but else same) is not None:
        raise errors.NikExists(path=("nik",))


# Finding, with locks


async def _there(unit: Unit, village: UUID) -> bool:
    found = select(_VILLAGES.c.id).where(_VILLAGES.c.tenant_id == unit.tenant.id, _VILLAGES.c.id == village)
    return await unit.value(found) is not None


async def _home(unit: Unit, key: UUID, *path: str) -> Household:
    """A household that exists, locked."""
    home = await unit.first(_locked_homes(unit, [key]), Household)
    return _existing(home, *path)


def _existing(home: Household | None, *path: str) -> Household:
    if home is None:
        raise NotFound(path=path)
    if home.ended_at is not None:
        raise errors.HouseholdEnded(path=path)
    return home


def _locked_homes(unit: Unit, wanted: Sequence[UUID]) -> Any:
    own = _HOUSEHOLDS.c
    homes = select(_HOUSEHOLDS).where(own.tenant_id == unit.tenant.id, own.id == _any(wanted, Uuid()))
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


async def _home_of(unit: Unit, citizen: UUID) -> Household:
    return await _home(unit, await _home_id_of(unit, citizen), "citizen")


async def _both_homes(unit: Unit, citizen: UUID, target: UUID) -> tuple[Household, Household]:
    """The household a person leaves and the one they enter, both locked in one order."""
    own = await _home_id_of(unit, citizen)
    if own == target:
        raise errors.SameHousehold(path=("household",))
    homes = {home.id: home for home in await unit.all(_locked_homes(unit, [own, target]), Household)}
    return _existing(homes.get(own), "citizen"), _existing(homes.get(target), "household")


async def _person(unit: Unit, key: UUID, *path: str) -> Citizen:
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


async def _still_in(unit: Unit, home: Household, citizen: UUID) -> Citizen:
    """The person, locked, in the household that was locked before."""
    person = await _person(unit, citizen, "citizen")
    if person.household_id != home.id:
        raise errors.MembersMoved(path=("citizen",))
    return person


async def _member(unit: Unit, home: Household, citizen: UUID, *path: str) -> Citizen:
    person = await _person(unit, citizen, *path)
    if person.household_id != home.id:
        raise errors.NotAMember(path=path)
    return person


async def _living_head(unit: Unit, home: Household) -> Citizen | None:
    own = _CITIZENS.c
    return await unit.first(_living(unit, home).where(own.family_relation == HEAD).with_for_update(), Citizen)


def _living(unit: Unit, home: Household) -> Any:
    own = _CITIZENS.c
    return select(_CITIZENS).where(own.tenant_id == unit.tenant.id, own.household_id == home.id, own.ended_at.is_(None))


def _any(values: Iterable[Any], type_: TypeEngine[Any]) -> Any:
    return any_(literal(list(values), ARRAY(type_)))


# Changing


def _new_citizen(unit: Unit, keys: KeyRing, home: Household, nik: Nik | None, person: Person) -> Citizen:
    columns = person.columns
    citizen = Citizen(
        tenant_id=unit.tenant.id,
        village_id=home.village_id,
        household_id=home.id,
        nik_status=NikStatus.UNKNOWN.value,
        sort_key=names.sort_key(columns["full_name"]),
        base_status=BaseStatus.ALIVE.value,
        source=SOURCE,
        **_times(unit),
        **columns,
    )
    vault.seal_nik(keys, citizen, nik, birth_date=citizen.birth_date, sex=citizen.sex)
    numbers = person.numbers
    vault.seal_parents(keys, citizen, father=numbers.get("father_nik"), mother=numbers.get("mother_nik"))
    vault.seal_phone(keys, citizen, numbers.get("phone"))
    return citizen


def _changed_columns(keys: KeyRing, found: Citizen, person: Person) -> Values:
    """The columns of an update: those told, and what follows from them."""
    columns, numbers = dict(person.columns), person.numbers
    if "full_name" in columns:
        columns["sort_key"] = names.sort_key(columns["full_name"])
    if "birth_date" in columns or "sex" in columns:
        born, sex = columns.get("birth_date", found.birth_date), columns.get("sex", found.sex)
        columns["nik_status"] = vault.nik_status(vault.open_nik(keys, found), birth_date=born, sex=sex).value
    place: dict[str, Any] = {"tenant": found.tenant_id, "citizen": found.id}
    if "father_nik" in numbers:
        columns.update(vault.father_columns(keys, numbers["father_nik"], **place))
    if "mother_nik" in numbers:
        columns.update(vault.mother_columns(keys, numbers["mother_nik"], **place))
    if "phone" in numbers:
        columns.update(vault.phone_columns(keys, numbers["phone"], **place))
    return columns


async def _renew_tokens(unit: Unit, citizen: Citizen) -> None:
    own = _TOKENS.c
    await unit.rows(
        delete(_TOKENS)
        .where(own.tenant_id == citizen.tenant_id, own.citizen_id == citizen.id)
        .returning(own.citizen_id)
    )
    await unit.add_all(vault.name_tokens(citizen))


def _sensitive_row(unit: Unit, citizen: Citizen, told: Values) -> CitizenSensitive:
    return CitizenSensitive(
        tenant_id=citizen.tenant_id,
        id=citizen.id,
        village_id=citizen.village_id,
        **_times(unit),
        **_fit_sensitive(citizen, told),
    )


async def _change_sensitive(unit: Unit, citizen: Citizen, told: Values | None) -> Values:
    """Change the specific data; what it was before."""
    if not told:
        return {}
    own = table(CitizenSensitive)
    row = await unit.first(
        select(own).where(own.c.tenant_id == citizen.tenant_id, own.c.id == citizen.id).with_for_update(),
        CitizenSensitive,
    )
    if row is None:
        await unit.add(_sensitive_row(unit, citizen, told))
        return {}
    await unit.change(row, **_fit_sensitive(citizen, told))
    return row.model_dump(include=set(told))


def _fit_sensitive(citizen: Citizen, told: Values) -> Values:
    """A man is not asked whether he is pregnant."""
    return {**told, "pregnant": None} if citizen.sex == Sex.MALE and "pregnant" in told else told


async def _change_relation(unit: Unit, keys: KeyRing, citizen: Citizen, relation: str) -> Citizen:
    with translating(CONSTRAINTS, path=("citizen",)):
        changed = await unit.change(citizen, family_relation=relation)
    told = {"family_relation": (citizen.family_relation, relation)}
    await record(unit, events.CitizenUpdated(**_about(changed), personal=told), keys)
    return changed


async def _put_head(unit: Unit, keys: KeyRing, home: Household, head: UUID) -> Household:
    changed = await unit.change(home, head_id=head)
    event = events.HouseholdHeadSet(**_about_home(changed), subject_id=head, personal={"head_id": (home.head_id, head)})
    await record(unit, event, keys)
    return changed


async def _after_leaving(
    unit: Unit, keys: KeyRing, home: Household, leaver: Citizen, new_head: UUID | None
) -> Household:
    """What becomes of the household somebody left: another head, an end, or nothing."""
    staying = await unit.all(_living(unit, home).order_by(_CITIZENS.c.id).with_for_update(), Citizen)
    if not staying:
        return await _end_household(unit, home)
    if leaver.family_relation != HEAD:
        return home
    if new_head is None:
        raise errors.HeadNeeded(path=("newHead",))
    chosen = next((each for each in staying if each.id == new_head), None)
    if chosen is None:
        raise errors.NotAMember(path=("newHead",))
    await _change_relation(unit, keys, chosen, HEAD)
    return await _put_head(unit, keys, home, chosen.id)


async def _end_household(unit: Unit, home: Household) -> Household:
    ended = await unit.change(home, ended_at=unit.now.instant, end_reason=EndReason.EMPTY.value)
    await record(unit, events.HouseholdEnded(**_about_home(ended), effect=Effect.ENDED))
    return ended


# Telling


def _about(citizen: Citizen) -> dict[str, Any]:
    return {
        "type_name": "Citizen",
        "object_id": citizen.id,
        "version": citizen.version,
        "village_id": citizen.village_id,
        "subject_id": citizen.id,
    }


def _about_home(home: Household) -> dict[str, Any]:
    return {"type_name": "Household", "object_id": home.id, "version": home.version, "village_id": home.village_id}


def _home_event(kind: type[events.HouseholdUpdated], home: Household, told: Changes) -> events.HouseholdUpdated:
    """Where a family lives is personal: kept under the head's key, and by the fields' names where there is no head."""
    if home.head_id is None:
        return kind(**_about_home(home), changes=dict.fromkeys(told, (None, None)))
    return kind(**_about_home(home), subject_id=home.head_id, personal=told)


def _differences(row: Citizen | Household, told: Values) -> Changes:
    return {name: (getattr(row, name), value) for name, value in told.items() if getattr(row, name) != value}


def _first(told: Values) -> Changes:
    return {name: (None, value) for name, value in told.items() if value is not None}


def _masked_numbers(numbers: Values) -> Values:
    """Numbers as the journal keeps them: masked, a telephone number not at all."""
    return {name: None if name == "phone" else _shown(value) for name, value in numbers.items()}


def _shown(nik: Nik | None) -> str | None:
    return None if nik is None else str(nik)


def _prefix_shown(citizen: Citizen) -> str | None:
    return None if citizen.nik_prefix is None else citizen.nik_prefix + "............"


def _times(unit: Unit) -> dict[str, Any]:
    return {"created_at": unit.now.instant, "updated_at": unit.now.instant}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
