"""Recording events: check, change the register by its own actions, keep what happened.

The households concerned are locked first, then their people; so the register's actions find them as they were seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from hub.domains.citizens import households, people, vault
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.people import Person
from hub.domains.citizens.telling import Values
from hub.domains.vital_events import errors
from hub.domains.vital_events.keeping import (
    Happening,
    Taking,
    keep,
    living,
    of_unit,
    refuse_absent,
    refuse_strangers,
    reported,
    under,
)
from hub.domains.vital_events.kinds import HOUSEHOLD_PLACE, KINDS, Kind
from hub.domains.vital_events.model import SubjectPart, VitalEvent, VitalEventType
from hub.domains.vital_events.watching import Seen, look
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.kernel.register_codes import BaseStatus, Citizenship, FamilyRelation, MaritalStatus, Sex
from hub.store.unit import StaleVersion, Unit

_SEXES = {SubjectPart.MOTHER: Sex.FEMALE.value, SubjectPart.FATHER: Sex.MALE.value}
MARRIED = MaritalStatus.MARRIED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where a person lives from now on, as far as it was told."""

    household: UUID | None = None
    relation: FamilyRelation | None = None
    new_head: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """A person whom an event changes, at the version that was read, and where the person goes.

    `path` names the input field of the person; version and placing stand beside it.
    """

    citizen: UUID
    expected: int
    placing: Placing = field(default_factory=Placing)
    path: tuple[str, ...] = ()

    def beside(self, name: str) -> tuple[str, ...]:
        """The path of a field beside the person's."""
        return (*self.path[:-1], name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody else who takes part."""

    citizen: UUID
    part: SubjectPart
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A child and whose it is. Without a household it is the mother's."""

    child: Person
    nik: Nik | None = None
    mother: UUID | None = None
    father: UUID | None = None
    household: UUID | None = None


async def record_birth(unit: Unit, keys: KeyRing, happening: Happening, birth: Birth) -> VitalEvent:
    """A child enters the register."""
    refuse_strangers(unit)
    mother = await _parent(unit, birth.mother, SubjectPart.MOTHER)
    father = await _parent(unit, birth.father, SubjectPart.FATHER)
    parents = [each for each in (mother, father) if each is not None]
    day = reported(unit, happening, (each.citizen for each in parents))
    if mother is not None and _dead_before(mother.citizen, happening.occurred_on):
        raise errors.AfterDeath(path=("occurredOn",))
    home = birth.household or (mother.citizen.household_id if mother else None)
    if home is None:
        raise errors.HouseholdNeeded(path=("household",))

    before = await look(unit, [home], [])
    told = _of_parents(keys, birth.child, mother, father, happening.occurred_on)
    child = await people.register_citizen(unit, keys, household=home, nik=birth.nik, person=told)

    event = _event(unit, VitalEventType.BIRTH, happening, day, child, home)
    return await keep(unit, keys, event, [Taking(child, SubjectPart.CHILD), *parents], before)


async def record_death(
    unit: Unit,
    keys: KeyRing,
    happening: Happening,
    deceased: Changing,
    *,
    widowed: Changing | None = None,
) -> VitalEvent:
    """A person's record ends. `widowed` was married to the deceased; whom a head leaves behind need a new one."""
    refuse_strangers(unit)
    person = await living(unit, deceased.citizen, *deceased.path)
    spouse = None if widowed is None else await living(unit, widowed.citizen, *widowed.path)
    await refuse_absent(unit, deceased.placing.new_head, *deceased.beside("newHead"))
    day = reported(unit, happening, [person])
    concerned = [person] if spouse is None else [person, spouse]
    before = await _seen(unit, concerned)

    ended, _ = await people.end_citizen(
        unit,
        keys,
        citizen=person.id,
        status=BaseStatus.DEAD,
        on=happening.occurred_on,
        new_head=deceased.placing.new_head,
        expected=deceased.expected,
    )
    taking = [Taking(ended, SubjectPart.DECEASED)]
    if widowed is not None and spouse is not None:
        _refuse_stale(before, widowed)
        _refuse_unmarried(before.people[spouse.id], widowed.path)
        taking.append(Taking(spouse, SubjectPart.SPOUSE))
        await _tell(unit, keys, spouse.id, {"marital_status": MaritalStatus.WIDOWED.value})

    event = _event(unit, VitalEventType.DEATH, happening, day, ended, person.household_id)
    return await keep(unit, keys, event, taking, before)


async def record_marriage(
    unit: Unit, keys: KeyRing, happening: Happening, spouses: Sequence[Changing], *, certificate: str | None
) -> VitalEvent:
    """One or two people of the register are married now; each may go to another household."""
    told = {"marital_status": MARRIED, "married_on": happening.occurred_on, "marriage_certificate": certificate}
    return await _couple(unit, keys, VitalEventType.MARRIAGE, happening, spouses, told)


async def record_divorce(
    unit: Unit, keys: KeyRing, happening: Happening, spouses: Sequence[Changing], *, certificate: str | None
) -> VitalEvent:
    """One or two people of the register are divorced now; each may go to another household."""
    told = {
        "marital_status": MaritalStatus.DIVORCED.value,
        "divorced_on": happening.occurred_on,
        "divorce_certificate": certificate,
    }
    return await _couple(unit, keys, VitalEventType.DIVORCE, happening, spouses, told)


async def record_name_change(
    unit: Unit, keys: KeyRing, happening: Happening, subject: Changing, *, full_name: str
) -> VitalEvent:
    """A person is called otherwise; the former name stays with the event."""
    refuse_strangers(unit)
    person = await living(unit, subject.citizen, *subject.path)
    day = reported(unit, happening, [person])
    before = await _seen(unit, [person])
    _refuse_stale(before, subject)

    await _tell(unit, keys, person.id, {"full_name": full_name})

    event = _event(unit, VitalEventType.NAME_CHANGE, happening, day, person, person.household_id)
    return await keep(unit, keys, event, [Taking(person, SubjectPart.SUBJECT)], before)


async def record_other(
    unit: Unit,
    keys: KeyRing,
    kind: VitalEventType,
    happening: Happening,
    subject: Changing,
    *,
    others: Sequence[Other],
    told: Values,
) -> VitalEvent:
    """Any event without an action of its own. `told` are columns of the person, and of the household's address."""
    refuse_strangers(unit)
    if kind not in KINDS:
        raise errors.OwnMutation(path=("type",))
    rule = KINDS[kind]
    person = await living(unit, subject.citizen, *subject.path)
    besides = [await _besides(unit, rule, each) for each in others]
    await refuse_absent(unit, subject.placing.new_head, *subject.beside("newHead"))
    day = reported(unit, happening, [person, *(each.citizen for each in besides)])
    _refuse_fields(rule, told, subject)
    _refuse_part(person, rule.main, subject.path)
    before = await _seen(unit, [person], subject)
    _refuse_stale(before, subject)
    if rule.foreign and before.people[person.id].citizenship != Citizenship.FOREIGN.value:
        raise errors.NotForeign(path=subject.path)

    columns = {name: value for name, value in told.items() if name not in HOUSEHOLD_PLACE}
    await _tell(unit, keys, person.id, columns)
    await _place(unit, keys, subject)
    place = {name: value for name, value in told.items() if name in HOUSEHOLD_PLACE}
    if place:
        await _readdress(unit, keys, person.id, place)

    event = _event(unit, kind, happening, day, person, person.household_id)
    return await keep(unit, keys, event, [Taking(person, rule.main), *besides], before)


# Couples


async def _couple(
    unit: Unit,
    keys: KeyRing,
    kind: VitalEventType,
    happening: Happening,
    spouses: Sequence[Changing],
    told: Values,
) -> VitalEvent:
    refuse_strangers(unit)
    found = [await living(unit, each.citizen, *each.path) for each in spouses]
    for each in spouses:
        await refuse_absent(unit, each.placing.new_head, *each.beside("newHead"))
    if len({each.id for each in found}) < len(found):
        raise errors.PartUnfit(path=spouses[-1].path)
    day = reported(unit, happening, found)
    before = await _seen(unit, found, *spouses)
    refuse = _refuse_unmarried if kind is VitalEventType.DIVORCE else _refuse_married
    for spouse in spouses:
        _refuse_stale(before, spouse)
        refuse(before.people[spouse.citizen], spouse.path)

    for spouse in spouses:
        await _tell(unit, keys, spouse.citizen, told)
        await _place(unit, keys, spouse)

    event = _event(unit, kind, happening, day, found[0], found[0].household_id)
    return await keep(unit, keys, event, [Taking(each, SubjectPart.SPOUSE) for each in found], before)


def _refuse_married(person: Citizen, path: tuple[str, ...]) -> None:
    """A man may have leave of the court for a further marriage, which the register does not see; a woman may not."""
    if person.sex == Sex.FEMALE.value and person.marital_status == MARRIED:
        raise errors.AlreadyMarried(path=path)


def _refuse_unmarried(person: Citizen, path: tuple[str, ...]) -> None:
    if person.marital_status != MARRIED:
        raise errors.NotMarried(path=path)


# Parents and others


async def _parent(unit: Unit, key: UUID | None, part: SubjectPart) -> Taking | None:
    """A parent, who may have died or moved since."""
    if key is None:
        return None
    found = await unit.see(Citizen, key, path=(part.value.lower(),))
    _refuse_part(found, part, (part.value.lower(),))
    return Taking(found, part)


async def _besides(unit: Unit, rule: Kind, other: Other) -> Taking:
    found = await unit.see(Citizen, other.citizen, path=other.path)
    if other.part not in rule.others:
        raise errors.PartUnfit(path=other.path)
    _refuse_part(found, other.part, other.path)
    return Taking(found, other.part)


def _refuse_part(person: Citizen, part: SubjectPart, path: tuple[str, ...]) -> None:
    if person.sex != _SEXES.get(part, person.sex):
        raise errors.PartUnfit(path=path)


def _dead_before(mother: Citizen, day: date) -> bool:
    dead = mother.base_status == BaseStatus.DEAD.value
    return dead and mother.ended_on is not None and mother.ended_on < day


def _of_parents(keys: KeyRing, child: Person, mother: Taking | None, father: Taking | None, born: date) -> Person:
    """The child with its parents' names and numbers; a number passes from one sealed column to another, unseen."""
    columns, numbers = {"birth_date": born, **child.columns}, dict(child.numbers)
    for parent in (mother, father):
        if parent is None:
            continue
        name = parent.part.value.lower()
        columns[f"{name}_name"] = parent.citizen.full_name
        if (nik := vault.open_nik(keys, parent.citizen)) is not None:
            numbers[f"{name}_nik"] = nik
    return Person(columns=columns, numbers=numbers, sensitive=child.sensitive)


# Changing the register


async def _seen(unit: Unit, persons: Sequence[Citizen], *changing: Changing) -> Seen:
    """Who is concerned, locked: their households and those they go to, with everybody there."""
    homes = {each.household_id for each in persons}
    homes |= {each.placing.household for each in changing if each.placing.household is not None}
    return await look(unit, homes, [each.id for each in persons])


async def _tell(unit: Unit, keys: KeyRing, citizen: UUID, columns: Values) -> None:
    """Change columns of a person, where there are any."""
    if columns:
        now = await unit.see(Citizen, citizen)
        await people.update_citizen(unit, keys, citizen=citizen, expected=now.version, person=Person(columns=columns))


async def _place(unit: Unit, keys: KeyRing, subject: Changing) -> None:
    """Move a person to another household, or change the relation within the present one."""
    placing = subject.placing
    if placing.household is None and placing.relation is None:
        return
    if placing.relation is None:
        raise errors.RelationNeeded(path=subject.beside("familyRelation"))
    with under(subject.beside("")[:-1]):
        if placing.household is None:
            await _tell(unit, keys, subject.citizen, {"family_relation": placing.relation.value})
            return
        now = await unit.see(Citizen, subject.citizen)
        await people.change_household(
            unit,
            keys,
            citizen=subject.citizen,
            household=placing.household,
            relation=placing.relation,
            new_head=placing.new_head,
            expected=now.version,
        )


async def _readdress(unit: Unit, keys: KeyRing, citizen: UUID, place: Values) -> None:
    """Change the address of the household where a person lives now."""
    person = await unit.see(Citizen, citizen)
    home = await unit.see(Household, person.household_id)
    await households.update_household(unit, keys, household=home.id, expected=home.version, place=place)


def _refuse_stale(seen: Seen, subject: Changing) -> None:
    version = seen.people[subject.citizen].version
    if version != subject.expected:
        raise StaleVersion(current=version, path=subject.beside("expectedVersion"))


def _refuse_fields(rule: Kind, told: Values, subject: Changing) -> None:
    """What this type of event does not change, or must."""
    placing = subject.placing
    given = set(told)
    given |= {"household"} if placing.household is not None else set()
    given |= {"family_relation"} if placing.relation is not None else set()
    given |= {"new_head"} if placing.new_head is not None and "household" not in rule.fields else set()
    for name in sorted(given - rule.fields):
        raise errors.FieldUnfit(path=(_camel(name),))
    for name in rule.needed:
        if told.get(name) is None:
            raise errors.FieldNeeded(path=(_camel(name),))


def _event(
    unit: Unit, kind: VitalEventType, happening: Happening, day: date, about: Citizen, household: UUID
) -> VitalEvent:
    return VitalEvent(
        **of_unit(unit),
        type=kind.value,
        occurred_on=happening.occurred_on,
        reported_on=day,
        village_id=about.village_id,
        citizen_id=about.id,
        household_id=household,
        place=happening.place,
        note=happening.note,
        captured_at=happening.captured_at,
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
