"""Taking an event back: what it changed goes back through the register's own actions, and a counter-event says so.

Only what is still as the event left it goes back; what was changed since is not overwritten (ChangedSince).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hub.domains.citizens import households, people
from hub.domains.citizens.errors import HeadExists
from hub.domains.citizens.finding import HEAD, living, living_head
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.people import Person
from hub.domains.vital_events import errors, events
from hub.domains.vital_events.keeping import (
    CONSTRAINTS,
    Happening,
    Taking,
    keep,
    of_unit,
    refuse_absent,
    refuse_strangers,
    reported,
)
from hub.domains.vital_events.model import (
    ChangedField,
    SubjectPart,
    VitalEvent,
    VitalEventEffect,
    VitalEventState,
    VitalEventSubject,
    VitalEventType,
)
from hub.domains.vital_events.watching import OF_HOUSEHOLDS, OF_PEOPLE, look, present, read
from hub.journal.record import record
from hub.kernel.keyring import KeyRing
from hub.kernel.register_codes import BaseStatus, FamilyRelation
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

_SUBJECTS, _EFFECTS = table(VitalEventSubject), table(VitalEventEffect)
# A household's head and end follow from its people; who lives where goes back by a move.
_PLACED = (ChangedField.HOUSEHOLD_ID, ChangedField.FAMILY_RELATION)
_ENDING = (ChangedField.BASE_STATUS, ChangedField.ENDED_ON)
_TOLD = tuple(each for each in OF_PEOPLE if each not in _PLACED + _ENDING)
_PLACE = tuple(each for each in OF_HOUSEHOLDS if each not in (ChangedField.HEAD_ID, ChangedField.END_REASON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Why an event is taken back. `relation` is for who returns to a household that has another head by now."""

    expected: int
    reason: str
    reported_on: date | None = None
    relation: FamilyRelation | None = None
    new_head: UUID | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undoing:
    """An event on its way back, with its people and what it changed."""

    event: VitalEvent
    taking: Sequence[Taking]
    effects: Sequence[VitalEventEffect]
    correction: Correction

    def of_person(self, citizen: UUID) -> Mapping[ChangedField, VitalEventEffect]:
        """What the event changed of one person."""
        return {ChangedField[each.field]: each for each in self.effects if each.citizen_id == citizen}


async def correct(unit: Unit, keys: KeyRing, key: UUID, correction: Correction) -> tuple[VitalEvent, VitalEvent]:
    """Take an event back: the counter-event, and the event as it is then."""
    refuse_strangers(unit)
    event = await unit.find(VitalEvent, key, path=("event",))
    if correction.expected != event.version:
        raise StaleVersion(current=event.version, path=("expectedVersion",))
    if event.state != VitalEventState.RECORDED:
        raise errors.EventNotInForce(path=("event",))
    happening = Happening(occurred_on=event.occurred_on, reported_on=correction.reported_on)
    day = reported(unit, happening, ())
    await refuse_absent(unit, correction.new_head, "newHead")

    undoing = await _undoing(unit, event, correction)
    before = await look(unit, _homes(undoing), [each.citizen.id for each in undoing.taking])
    await _undo(unit, keys, undoing)

    counter = _counter(unit, event, correction, day)
    await keep(unit, keys, counter, undoing.taking, before)
    with translating(CONSTRAINTS, path=("event",)):
        corrected = await unit.change(event, state=VitalEventState.CORRECTED.value, corrected_by_id=counter.id)
    await record(unit, events.corrected(corrected))
    return counter, corrected


async def _undo(unit: Unit, keys: KeyRing, undoing: Undoing) -> None:
    if undoing.event.type == VitalEventType.BIRTH:
        await _unbear(unit, keys, undoing)
        return
    for each in undoing.taking:
        if each.part is SubjectPart.DECEASED:
            await _revive(unit, keys, undoing, each.citizen.id)
        else:
            await _put_back(unit, keys, undoing, each.citizen.id)
    await _readdress(unit, keys, undoing)


# Births and deaths


async def _unbear(unit: Unit, keys: KeyRing, undoing: Undoing) -> None:
    """The child's record ends as one that should never have been."""
    child = await unit.see(Citizen, undoing.event.citizen_id)
    if child.ended_at is not None:
        raise errors.ChangedSince(path=("event",))
    await people.end_citizen(
        unit,
        keys,
        citizen=child.id,
        status=BaseStatus.INVALID,
        on=undoing.event.occurred_on,
        new_head=undoing.correction.new_head,
        expected=child.version,
    )


async def _revive(unit: Unit, keys: KeyRing, undoing: Undoing, citizen: UUID) -> None:
    """The deceased lives again in the household of then, as its head where nobody else has become that otherwise."""
    person = await unit.see(Citizen, citizen)
    if person.base_status != BaseStatus.DEAD.value:
        raise errors.ChangedSince(path=("event",))
    home = await unit.see(Household, person.household_id)
    returning = await _returning(unit, undoing, home, person.family_relation)

    await people.restore_citizen(unit, keys, citizen=citizen, relation=returning.relation, expected=person.version)
    await _give_headship_back(unit, keys, home.id, citizen, returning)


# What goes back to what it was


async def _put_back(unit: Unit, keys: KeyRing, undoing: Undoing, citizen: UUID) -> None:
    """A person's columns, then the household."""
    changed = {field: each for field, each in undoing.of_person(citizen).items() if not _headship(undoing, each)}
    if not changed:
        return
    person = await unit.see(Citizen, citizen)
    if any(present(person, field) != effect.after for field, effect in changed.items()):
        raise errors.ChangedSince(path=("event",))
    columns = {field.value.lower(): read(field, changed[field].before) for field in _TOLD if field in changed}
    if ChangedField.FAMILY_RELATION in changed and ChangedField.HOUSEHOLD_ID not in changed:
        columns["family_relation"] = changed[ChangedField.FAMILY_RELATION].before
    if columns:
        told = Person(columns=columns)
        person = await people.update_citizen(unit, keys, citizen=citizen, expected=person.version, person=told)
    if ChangedField.HOUSEHOLD_ID in changed:
        await _move_back(unit, keys, undoing, person, changed)


def _headship(undoing: Undoing, effect: VitalEventEffect) -> bool:
    """Whether somebody who stayed became or ceased to be the head: that follows from who comes back."""
    stayed = ChangedField.HOUSEHOLD_ID not in (
        each.field for each in undoing.effects if each.citizen_id == effect.citizen_id
    )
    return effect.field == ChangedField.FAMILY_RELATION and stayed and HEAD in (effect.before, effect.after)


async def _move_back(
    unit: Unit,
    keys: KeyRing,
    undoing: Undoing,
    person: Citizen,
    changed: Mapping[ChangedField, VitalEventEffect],
) -> None:
    key = read(ChangedField.HOUSEHOLD_ID, changed[ChangedField.HOUSEHOLD_ID].before)
    home = await unit.find(Household, key)
    relation = changed.get(ChangedField.FAMILY_RELATION)
    returning = await _returning(
        unit, undoing, home, person.family_relation if relation is None else str(relation.before)
    )
    if home.ended_at is not None:
        await households.reopen(unit, home)

    await people.change_household(
        unit,
        keys,
        citizen=person.id,
        household=home.id,
        relation=returning.relation,
        new_head=undoing.correction.new_head,
        expected=person.version,
    )
    await _give_headship_back(unit, keys, home.id, person.id, returning)


async def _readdress(unit: Unit, keys: KeyRing, undoing: Undoing) -> None:
    """The household's address as it was."""
    changed = {ChangedField[each.field]: each for each in undoing.effects if ChangedField[each.field] in _PLACE}
    if not changed:
        return
    key = next(each.household_id for each in changed.values())
    assert key is not None  # noqa: S101  # these fields are a household's
    home = await unit.find(Household, key)
    if any(present(home, field) != effect.after for field, effect in changed.items()):
        raise errors.ChangedSince(path=("event",))
    place = {field.value.lower(): effect.before for field, effect in changed.items()}
    await households.update_household(unit, keys, household=home.id, expected=home.version, place=place)


# Who comes back as what


@dataclass(frozen=True, slots=True)
class _Returning:
    """As what a person returns; `former` is what the present head becomes where the person heads it again."""

    relation: FamilyRelation
    former: FamilyRelation | None = None


async def _returning(unit: Unit, undoing: Undoing, home: Household, before: str) -> _Returning:
    """As what was told; else as before. A head gets the place back from whom the event itself put there."""
    told = undoing.correction.relation
    if told is not None:
        return _Returning(told)
    if await unit.row(living(unit, home).limit(1)) is None:
        return _Returning(FamilyRelation.HEAD)
    head = await living_head(unit, home)
    if before != HEAD or head is None:
        return _Returning(FamilyRelation(before))
    raised = undoing.of_person(head.id).get(ChangedField.FAMILY_RELATION)
    if raised is None or raised.before is None or raised.after != HEAD:
        raise HeadExists(path=("familyRelation",))
    return _Returning(FamilyRelation.OTHER_RELATIVE, FamilyRelation(raised.before))


async def _give_headship_back(unit: Unit, keys: KeyRing, home: UUID, citizen: UUID, returning: _Returning) -> None:
    if returning.former is None:
        return
    now = await unit.see(Household, home)
    await households.set_household_head(
        unit, keys, household=home, citizen=citizen, former=returning.former, expected=now.version
    )


# Rows


async def _undoing(unit: Unit, event: VitalEvent, correction: Correction) -> Undoing:
    who, what = _SUBJECTS.c, _EFFECTS.c
    subjects = await unit.all(
        unit.own(VitalEventSubject).where(who.event_id == event.id).order_by(who.position), VitalEventSubject
    )
    effects = await unit.all(
        unit.own(VitalEventEffect).where(what.event_id == event.id).order_by(what.position), VitalEventEffect
    )
    taking = [Taking(await unit.see(Citizen, each.citizen_id), SubjectPart[each.part]) for each in subjects]
    return Undoing(event, taking, effects, correction)


def _homes(undoing: Undoing) -> set[UUID]:
    """Where the people of an event live, and where they lived before it."""
    found = {each.citizen.household_id for each in undoing.taking} | {undoing.event.household_id}
    moves = [each.before for each in undoing.effects if each.field == ChangedField.HOUSEHOLD_ID]
    return found | {key for each in moves if (key := read(ChangedField.HOUSEHOLD_ID, each)) is not None}


def _counter(unit: Unit, event: VitalEvent, correction: Correction, day: date) -> VitalEvent:
    return VitalEvent(
        **of_unit(unit),
        type=event.type,
        state=VitalEventState.CORRECTION.value,
        occurred_on=event.occurred_on,
        reported_on=day,
        village_id=event.village_id,
        citizen_id=event.citizen_id,
        household_id=event.household_id,
        note=correction.reason,
        corrects_id=event.id,
        captured_at=correction.captured_at,
    )
