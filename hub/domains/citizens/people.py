"""Changes of people in the register: check, change, record."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from hub.domains.citizens import errors, events, policy, staying, vault
from hub.domains.citizens.finding import (
    HEAD,
    both_homes,
    ended_person,
    home_for,
    home_of,
    person_for,
    refuse_strangers,
    still_in,
)
from hub.domains.citizens.households import after_leaving, put_head, refuse_wrong_head, reopen
from hub.domains.citizens.model import Citizen, CitizenNameToken, CitizenSensitive, EndReason, Household, NikStatus
from hub.domains.citizens.numbers import refuse_older_nik
from hub.domains.citizens.telling import Values, about, differences, first_told, times
from hub.journal.model import Effect
from hub.journal.record import Changes, record
from hub.kernel import names
from hub.kernel.errors import DateInFuture
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.kernel.register_codes import BaseStatus, FamilyRelation, Sex
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

SOURCE = "HUB"
CONSTRAINTS = {
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
_CITIZENS, _TOKENS = table(Citizen), table(CitizenNameToken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What an officer tells of a person: only what is in a mapping was told.

    `columns` are plain columns, `numbers` any of `father_nik`, `mother_nik` (Nik) and `phone` (E.164), `sensitive`
    columns of the specific personal data; None where it was not mentioned at all.
    """

    columns: Values = field(default_factory=dict)
    numbers: Values = field(default_factory=dict)
    sensitive: Values | None = None


async def register_citizen(unit: Unit, keys: KeyRing, *, household: UUID, nik: Nik | None, person: Person) -> Citizen:
    """Enter a person into a household: its head first, everybody else after."""
    refuse_strangers(unit)
    _refuse_unfit(unit, person)
    home = await home_for(unit, household, "household")
    await refuse_wrong_head(unit, home, person.columns["family_relation"])
    await refuse_older_nik(unit, home.village_id, nik, keys)

    citizen = _new_citizen(unit, keys, home, nik, person)
    with translating(CONSTRAINTS, path=("nik",)):
        await unit.add(citizen)
    await unit.add_all(vault.name_tokens(citizen))
    await unit.add(_sensitive_row(unit, citizen, person.sensitive or {}))
    await staying.enter(unit, [citizen])
    if citizen.family_relation == HEAD:
        await put_head(unit, keys, home, citizen.id)

    told: Values = {**person.columns, **(person.sensitive or {}), **_masked_numbers(person.numbers), "nik": _shown(nik)}
    event = events.CitizenRegistered(**about(citizen), effect=Effect.CREATED, personal=first_told(told))
    await record(unit, event, keys)
    return citizen


async def update_citizen(unit: Unit, keys: KeyRing, *, citizen: UUID, expected: int, person: Person) -> Citizen:
    """Change what is told about a person and leave the rest."""
    refuse_strangers(unit)
    _refuse_unfit(unit, person)
    found = await person_for(unit, citizen, "citizen")
    if not (person.columns or person.numbers or person.sensitive):
        raise errors.NothingToChange
    _refuse_head_change(found, person.columns.get("family_relation"))

    with translating(CONSTRAINTS, path=("birthDate",)):
        changed = await unit.change(found, expected=expected, **_changed_columns(keys, found, person))
    if changed.full_name != found.full_name:
        await _renew_tokens(unit, changed)
    if staying.changed(found, changed):
        await staying.follow(unit, [changed])
    before = await _change_sensitive(unit, changed, person.sensitive)

    changes = {
        **differences(found, person.columns),
        **{name: (None, value) for name, value in _masked_numbers(person.numbers).items()},
        **{name: (before.get(name), value) for name, value in (person.sensitive or {}).items()},
    }
    await record(unit, events.CitizenUpdated(**about(changed), personal=changes), keys)
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
    refuse_strangers(unit)
    home, target = await both_homes(unit, citizen, household)
    person = await still_in(unit, home, citizen)
    if target.village_id != person.village_id:
        raise errors.OtherVillage(path=("household",))
    await refuse_wrong_head(unit, target, relation.value)

    with translating(CONSTRAINTS, path=("familyRelation",)):
        moved = await unit.change(person, expected=expected, household_id=target.id, family_relation=relation.value)
    await staying.follow(unit, [moved])
    await after_leaving(unit, keys, home, [person], new_head)
    if relation is FamilyRelation.HEAD:
        target = await put_head(unit, keys, target, moved.id)

    told: Changes = {
        "household_id": (home.id, target.id),
        "family_relation": (person.family_relation, relation.value),
    }
    await record(unit, events.CitizenChangedHousehold(**about(moved), personal=told), keys)
    return moved, target


async def end_citizen(
    unit: Unit, keys: KeyRing, *, citizen: UUID, status: BaseStatus, on: date, new_head: UUID | None, expected: int
) -> tuple[Citizen, Household]:
    """End a person's record. Whom a head leaves behind need a `new_head`; an empty household ends too."""
    refuse_strangers(unit)
    if status not in ENDS:
        raise errors.NotAnEnd(path=("status",))
    if on > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("on",))
    home = await home_of(unit, citizen)
    person = await still_in(unit, home, citizen)
    values = {
        "base_status": status.value,
        "end_reason": ENDS[status].value,
        "ended_at": unit.now.instant,
        "ended_on": on,
    }

    ended = await unit.change(person, expected=expected, **values)
    await staying.follow(unit, [ended])
    left = await after_leaving(unit, keys, home, [person], new_head, on=on)

    told = differences(person, {name: values[name] for name in ("base_status", "end_reason", "ended_on")})
    await record(unit, events.CitizenEnded(**about(ended), effect=Effect.ENDED, personal=told), keys)
    return ended, left


async def restore_citizen(
    unit: Unit, keys: KeyRing, *, citizen: UUID, relation: FamilyRelation, expected: int
) -> tuple[Citizen, Household]:
    """Let a person live again whose end was recorded by mistake, in the household they were in; it opens again too."""
    refuse_strangers(unit)
    home, person = await ended_person(unit, citizen)
    if home.ended_at is not None:
        home = await reopen(unit, home)
    await refuse_wrong_head(unit, home, relation.value)
    await refuse_older_nik(unit, home.village_id, vault.open_nik(keys, person), keys, but=person.id)
    values: Values = {
        "base_status": BaseStatus.ALIVE.value,
        "family_relation": relation.value,
        "end_reason": None,
        "ended_at": None,
        "ended_on": None,
    }

    with translating(CONSTRAINTS, path=("citizen",)):
        restored = await unit.change(person, expected=expected, **values)
    await staying.follow(unit, [restored])
    if relation is FamilyRelation.HEAD:
        home = await put_head(unit, keys, home, restored.id)

    told = differences(person, {name: value for name, value in values.items() if name != "ended_at"})
    await record(unit, events.CitizenRestored(**about(restored), personal=told), keys)
    return restored, home


# Checks


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
        **times(unit),
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
        **times(unit),
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


# Telling


def _masked_numbers(numbers: Values) -> Values:
    """Numbers as the journal keeps them: masked, a telephone number not at all."""
    return {name: None if name == "phone" else _shown(value) for name, value in numbers.items()}


def _shown(nik: Nik | None) -> str | None:
    return None if nik is None else str(nik)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
