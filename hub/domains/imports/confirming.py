"""A word on what a file lets suppose: confirmed, it is recorded as an event by the actions that record any other.

All of the named proposals or none: what one of them refuses names its place in the list. Who arrives comes before who
is born, heads before their families, and who goes goes last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, func, select

from hub.domains.citizens import households, people, vault
from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen, Household
from hub.domains.citizens.people import Person
from hub.domains.imports import events
from hub.domains.imports.errors import AbsenceUnanswered, EventDayNeeded, ProposalClosed, ProposalsNeeded
from hub.domains.imports.known import HOME, PLAIN
from hub.domains.imports.model import AbsentAs, BatchState, ImportBatch, ProposedEvent, ProposedKind, ProposedState
from hub.domains.imports.staging import open_values
from hub.domains.moves import departing
from hub.domains.moves.departing import Destination, Leaving, Start
from hub.domains.moves.model import Departure, MoveDestination, MoveReason
from hub.domains.vital_events import recording
from hub.domains.vital_events.keeping import Happening, under
from hub.domains.vital_events.model import VitalEvent, VitalEventType
from hub.domains.vital_events.policy import may_record
from hub.domains.vital_events.recording import Birth, Changing
from hub.journal.record import Event, record
from hub.kernel.errors import Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import FamilyRelation, Sex
from hub.store.base import table
from hub.store.unit import Unit

PLACE = "Tidak disebut (berkas desa)"  # where somebody went whom the file only calls gone

_PROPOSED, _CITIZEN, _HOME = table(ProposedEvent), table(Citizen), table(Household)
_K = ProposedKind
_ORDER = (_K.ARRIVAL, _K.BIRTH, _K.NAME_CHANGE, _K.MARRIAGE, _K.DIVORCE, _K.DEATH, _K.DEPARTURE)
_ORDERED = {kind.value: number for number, kind in enumerate(_ORDER)}
_SHOWN = frozenset((BatchState.WAITING.value, BatchState.DONE.value, BatchState.ABANDONED.value))
_OF_HUB = frozenset(("base_status", "ended_on"))  # what recording an event decides itself
_PARENTS = (("mother", Sex.FEMALE.value), ("father", Sex.MALE.value))
_COUPLES: Mapping[str, tuple[Callable[..., Any], str]] = {
    _K.MARRIAGE.value: (recording.record_marriage, "marriage_certificate"),
    _K.DIVORCE.value: (recording.record_divorce, "divorce_certificate"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the officer says besides: the day where a file tells none, what became of the absent, where they went."""

    occurred_on: date | None = None
    absent_as: AbsentAs | None = None
    place: str | None = None
    note: str | None = None


@dataclass(slots=True)
class _Item:
    """A proposal that is being answered."""

    row: ProposedEvent
    path: tuple[str, ...]
    kind: str
    values: Mapping[str, Any] = field(repr=False)
    citizen: UUID | None = None
    household: UUID | None = None
    sex: str = ""
    happened: dict[str, UUID] = field(default_factory=dict)  # what was made of it, by column


async def confirm(unit: Unit, keys: KeyRing, batch: UUID, proposals: Sequence[UUID], word: Word) -> ImportBatch:
    """Record what the named proposals of a batch suppose. A refusal names the proposal by its place in the list."""
    found = await _batch(unit, batch)
    items = [_item(keys, unit, row, number, word) for number, row in await _open(unit, found, proposals)]
    await _know(unit, items)

    for group in _groups(items):
        with under(group[0].path):
            await _record(unit, keys, group, word)
    for each in items:
        made = {"citizen_id": each.citizen, **each.happened}
        await _answer(unit, each.row, ProposedState.CONFIRMED, events.ProposalConfirmed, **made)
    return found


async def decline(unit: Unit, batch: UUID, proposals: Sequence[UUID]) -> ImportBatch:
    """None of these happened. The register stays as it is; `confirmImport` may still take the file's word over."""
    found = await _batch(unit, batch)
    for _, row in await _open(unit, found, proposals):
        await _answer(unit, row, ProposedState.DECLINED, events.ProposalDeclined)
    return found


# Finding


async def _batch(unit: Unit, batch: UUID) -> ImportBatch:
    if not may_record(unit.scope):
        raise Forbidden
    found = await unit.see(ImportBatch, batch, path=("importBatch",))
    if found.state not in _SHOWN:
        raise ProposalClosed(path=("importBatch",))
    return found


async def _open(unit: Unit, batch: ImportBatch, wanted: Sequence[UUID]) -> list[tuple[int, ProposedEvent]]:
    """The proposals in the order in which they were named, locked."""
    if not wanted or len(set(wanted)) < len(wanted):
        raise ProposalsNeeded(path=("proposals",))
    own = _PROPOSED.c
    statement = select(_PROPOSED).where(
        own.tenant_id == unit.tenant.id, own.batch_id == batch.id, own.id == among(wanted, Uuid())
    )
    rows = {row.id: row for row in await unit.all(statement.order_by(own.id).with_for_update(), ProposedEvent)}
    for number, key in enumerate(wanted):
        if key not in rows or rows[key].state != ProposedState.OPEN:
            raise ProposalClosed(path=("proposals", str(number)))
    return [(number, rows[key]) for number, key in enumerate(wanted)]


def _item(keys: KeyRing, unit: Unit, row: ProposedEvent, number: int, word: Word) -> _Item:
    path, kind, values = ("proposals", str(number)), row.kind, dict[str, Any]()
    if kind == _K.ABSENCE:
        if word.absent_as is None:
            raise AbsenceUnanswered(path=("absentAs",))
        kind = word.absent_as.value
    if row.occurred_on is None and word.occurred_on is None:
        raise EventDayNeeded(path=("occurredOn",))
    if row.sealed is not None:
        values = open_values(keys, row.sealed, tenant=unit.tenant.id, table=_PROPOSED.name, row=row.id)
    return _Item(row, path, kind, values, citizen=row.citizen_id)


async def _know(unit: Unit, items: Sequence[_Item]) -> None:
    """Where the known ones live, for those that belong together."""
    own, known = _CITIZEN.c, [each.citizen for each in items if each.citizen is not None]
    rows = await unit.rows(
        select(own.id, own.household_id, own.sex).where(own.tenant_id == unit.tenant.id, own.id == among(known, Uuid()))
    )
    found = {row["id"]: row for row in rows}
    for each in items:
        if each.citizen in found:
            each.household, each.sex = found[each.citizen]["household_id"], found[each.citizen]["sex"]


def _groups(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """What is one event: a couple's word, a family's leaving; everything else by itself. In the order of recording."""
    together: dict[tuple[object, ...], list[_Item]] = {}
    for each in sorted(items, key=lambda item: (_ORDERED[item.kind], not _is_head(item))):
        same: tuple[object, ...] = (each.row.id,)
        if each.kind == _K.DEPARTURE:
            same = (each.kind, each.household)
        elif each.kind in _COUPLES:
            same = (each.kind, each.household, each.row.occurred_on)
        together.setdefault(same, []).append(each)
    for group in together.values():
        if group[0].kind in _COUPLES and not _is_couple(group):
            yield from ([each] for each in group)
        else:
            yield group


def _is_head(item: _Item) -> bool:
    return item.values.get("family_relation") == FamilyRelation.HEAD.value


def _is_couple(group: Sequence[_Item]) -> bool:
    return sorted(each.sex for each in group) == [Sex.FEMALE.value, Sex.MALE.value]


# Recording


async def _record(unit: Unit, keys: KeyRing, group: Sequence[_Item], word: Word) -> None:
    first = group[0]
    if first.kind == _K.DEPARTURE:
        made = await _depart(unit, keys, group, word)
        for each in group:
            each.happened["departure_id"] = made.id
        return
    event = await _event(unit, keys, group, word)
    for each in group:
        each.happened["vital_event_id"] = event.id
    if first.citizen is None:
        first.happened["citizen_id"] = event.citizen_id


async def _event(unit: Unit, keys: KeyRing, group: Sequence[_Item], word: Word) -> VitalEvent:
    first = group[0]
    happening = Happening(occurred_on=_day(first, word), note=word.note)
    if first.kind == _K.BIRTH:
        return await recording.record_birth(unit, keys, happening, await _birth(unit, keys, first))
    if first.kind == _K.ARRIVAL:
        come = await _register(unit, keys, first)
        return await recording.record_other(
            unit,
            keys,
            VitalEventType.MOVE_IN_PERMANENT,
            happening,
            Changing(citizen=come.id, expected=come.version),
            others=(),
            told={},
        )
    who = [await _changing(unit, each) for each in group]
    if first.kind in _COUPLES:
        tell, paper = _COUPLES[first.kind]
        papers = [each.values[paper] for each in group if paper in each.values]
        made: VitalEvent = await tell(unit, keys, happening, who, certificate=next(iter(papers), None))
        return made
    if first.kind == _K.NAME_CHANGE:
        name = first.row.full_name or ""
        return await recording.record_name_change(unit, keys, happening, who[0], full_name=name)
    return await recording.record_death(unit, keys, happening, who[0])


def _day(item: _Item, word: Word) -> date:
    day = item.row.occurred_on or word.occurred_on
    if day is None:
        raise EventDayNeeded
    return day


async def _changing(unit: Unit, item: _Item) -> Changing:
    person = await _person(unit, item)
    return Changing(citizen=person.id, expected=person.version)


async def _person(unit: Unit, item: _Item) -> Citizen:
    if item.citizen is None:
        raise ProposalClosed
    return await unit.see(Citizen, item.citizen)


async def _depart(unit: Unit, keys: KeyRing, group: Sequence[_Item], word: Word) -> Departure:
    """Who leaves one household leaves it together; a file does not say where to."""
    leaving = [await _person(unit, each) for each in group]
    own, home = _CITIZEN.c, leaving[0].household_id
    living = await unit.value(
        select(func.count()).where(own.tenant_id == unit.tenant.id, own.household_id == home, own.ended_at.is_(None))
    )
    whole = living == len(leaving)
    move = Start(
        household=home if whole else None,
        people=() if whole else [Leaving(citizen=each.id, expected=each.version) for each in leaving],
        to=Destination(kind=MoveDestination.OUTSIDE, place=word.place or PLACE),
        reason=MoveReason.OTHER,
        departed_on=_day(group[0], word),
        note=word.note,
    )
    return await departing.start(unit, keys, move)


# Who is new


async def _birth(unit: Unit, keys: KeyRing, item: _Item) -> Birth:
    mother, father = [await _parent(unit, keys, item, name, sex) for name, sex in _PARENTS]
    home = await _home(unit, keys, item)
    return Birth(child=_told(item), nik=item.values.get("nik"), mother=mother, father=father, household=home)


async def _register(unit: Unit, keys: KeyRing, item: _Item) -> Citizen:
    home = await _home(unit, keys, item)
    return await people.register_citizen(unit, keys, household=home, nik=item.values.get("nik"), person=_told(item))


def _told(item: _Item) -> Person:
    columns = {name: item.values[name] for name in PLAIN if name in item.values and name not in _OF_HUB}
    columns.setdefault("family_relation", FamilyRelation.OTHER.value)
    numbers = {name: item.values[name] for name in ("father_nik", "mother_nik") if name in item.values}
    return Person(columns=columns, numbers=numbers)


async def _home(unit: Unit, keys: KeyRing, item: _Item) -> UUID:
    """The family with the card that the file tells, made where there is none."""
    kk: KkNumber = item.values["kk_number"]
    own = _HOME.c
    found: UUID | None = await unit.value(
        select(own.id).where(
            own.tenant_id == unit.tenant.id,
            own.village_id == item.row.village_id,
            own.kk_bidx == among(vault.blinds_of(keys, kk, tenant=unit.tenant.id), LargeBinary()),
            own.ended_at.is_(None),
        )
    )
    if found is not None:
        return found
    place = {name: item.values[name] for name in HOME if name in item.values}
    return (await households.register_household(unit, keys, village=item.row.village_id, kk=kk, place=place)).id


async def _parent(unit: Unit, keys: KeyRing, item: _Item, name: str, sex: str) -> UUID | None:
    """The parent whom the file names by number, where this village knows exactly one."""
    nik: Nik | None = item.values.get(f"{name}_nik")
    if nik is None:
        return None
    own = _CITIZEN.c
    rows = await unit.rows(
        select(own.id).where(
            own.tenant_id == unit.tenant.id,
            own.village_id == item.row.village_id,
            own.nik_bidx == among(vault.blinds_of(keys, nik, tenant=unit.tenant.id), LargeBinary()),
            own.sex == sex,
            own.ended_at.is_(None),
        )
    )
    return UUID(str(rows[0]["id"])) if len(rows) == 1 else None


async def _answer(
    unit: Unit, row: ProposedEvent, state: ProposedState, said: Callable[..., Event], **made: Any
) -> None:
    gone: dict[str, Any] = {"full_name": None, "birth_date": None, "sealed": None}
    after = await unit.change(row, state=state.value, **gone, **made)
    told: dict[str, Any] = {"state": (row.state, after.state), "kind": (None, row.kind)}
    await record(unit, said(object_id=row.id, version=after.version, village_id=row.village_id, changes=told))
