"""Where people lived on which day, as what and under which name: a person's stays follow every change of the row.

What is told holds from a day on, which is today unless an event says otherwise. Days, not hours: what held at no day's
end is replaced, never deleted. The rules work on one person's stays and know no database; see
docs/adr/0024-as-at-a-day.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, select, update

from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen, EndReason, Stay, StayBeginning, StayState
from hub.domains.citizens.telling import times
from hub.kernel.clock import Now
from hub.kernel.ids import new_id
from hub.store.base import table
from hub.store.bulk import insert_many, update_many
from hub.store.unit import Unit

KEPT = ("village_id", "household_id", "full_name", "sex", "family_relation", "marital_status")
HELD, REPLACED, INVALID = (each.value for each in (StayState.HELD, StayState.REPLACED, StayState.INVALID))
RECORDED, EVENT = (each.value for each in (StayBeginning.RECORDED, StayBeginning.EVENT))
_NEVER_HERE = (EndReason.INVALID.value, EndReason.UNDONE.value)
Stays = Sequence[Stay]  # of one person, those that hold or are of an invalid record, in the order of their days
Rule = Callable[[Citizen, Stays], Stays]  # gives those that changed, and those that are new
_STAYS = table(Stay)


def changed(before: Citizen, after: Citizen) -> bool:
    """Whether a change of a person's row changes where, as what or under which name they stay."""
    return not _same(before, after) or before.ended_at != after.ended_at


async def enter(unit: Unit, people: Iterable[Citizen], *, since: Mapping[UUID, date] | None = None) -> None:
    """The first stays of people who are new in the register; none for those who came with an end.

    They begin on the day `since` which somebody is known to be here, else today.
    """
    await enter_rows(unit, [each.model_dump() for each in people], since=since)


async def enter_rows(
    unit: Unit, people: Iterable[Mapping[str, Any]], *, since: Mapping[UUID, date] | None = None
) -> None:
    """The same for rows by column: thousands at once."""
    today, known, moment = unit.now.today(unit.tenant.zone), since or {}, unit.now.instant
    fresh = [
        {
            **{name: each[name] for name in KEPT},
            "tenant_id": each["tenant_id"],
            "id": new_id(),
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
            "citizen_id": each["id"],
            "from_on": known.get(each["id"], today),
            "beginning": EVENT if each["id"] in known else RECORDED,
            "state": HELD,
        }
        for each in people
        if each["ended_at"] is None
    ]
    await insert_many(unit, Stay, fresh)


async def follow(unit: Unit, people: Iterable[Citizen], *, on: date | None = None) -> None:
    """Stays as people's rows are now, since `on` or else since today; the rows are locked by the caller."""
    day = on or unit.now.today(unit.tenant.zone)
    await _rewrite(unit, people, lambda person, stays: followed(person, stays, day))


async def date_back(unit: Unit, people: Iterable[Citizen], *, on: date) -> None:
    """What was followed in this unit began with an event of that day."""
    await _rewrite(unit, people, lambda _, stays: dated_back(stays, on))


async def take_back(unit: Unit, people: Iterable[Citizen], *, on: date) -> None:
    """What was followed in this unit undoes an event of that day: it was never otherwise."""
    await _rewrite(unit, people, lambda _, stays: taken_back(stays, on))


async def begin(unit: Unit, people: Iterable[Citizen], *, on: date) -> None:
    """People were born or arrived on that day: they were not here before, and have been since."""
    await _rewrite(unit, people, lambda _, stays: begun(stays, on))


async def begin_unknown(unit: Unit, people: Iterable[Citizen], *, on: date) -> None:
    """A birth or an arrival of that day is taken back: people are known since they were registered."""
    zone = unit.tenant.zone
    await _rewrite(unit, people, lambda person, stays: unbegun(stays, on, Now(person.created_at).today(zone)))


async def disown(unit: Unit, people: Sequence[UUID]) -> None:
    """People were never here: their stays stay as those of an invalid record."""
    own = _STAYS.c
    await unit.rows(
        update(_STAYS)
        .where(own.tenant_id == unit.tenant.id, own.citizen_id == among(people, Uuid()), own.state == HELD)
        .values(state=INVALID, version=own.version + 1, updated_at=unit.now.instant)
    )


# The rules, for one person


def followed(person: Citizen, stays: Stays, day: date) -> Stays:
    """The person's row as it is now holds from that day on, but not from before the latest stay began."""
    if person.end_reason in _NEVER_HERE:
        return [_with(each, state=INVALID) for each in stays if each.state == HELD]
    now = _open(stays)
    if person.ended_at is not None:
        left = person.ended_on or day
        return [] if now is None else [_with(now, until_on=max(left, now.from_on), end_reason=person.end_reason)]
    if any(each.state == INVALID for each in stays):
        return _revalidated(person, stays, day)
    if now is None:
        return _returned(person, stays, day)
    if _same(now, person):
        return []
    day = max(day, now.from_on)
    beginning = now.beginning if day == now.from_on else RECORDED
    return [_cut(now, day), *_continued(person, stays, day, beginning)]


def dated_back(stays: Stays, day: date) -> Stays:
    """The latest stay begins on that day, at the cost of the one before, but not before that one began."""
    now = _open(stays)
    if now is None or now.from_on < day:
        return []
    if now.from_on == day:
        return [_with(now, beginning=EVENT)]
    former = _before(stays, now.from_on)
    if former is None:
        return []
    start = max(day, former.from_on)
    return [_cut(former, start), _with(now, from_on=start, beginning=EVENT)]


def taken_back(stays: Stays, day: date) -> Stays:
    """The latest stay takes the place of all that began with or after that day; it continues what was before."""
    now = _open(stays)
    if now is None:
        return []
    start, wrong = now.from_on, list[Stay]()
    while (former := _before(stays, start)) is not None and former.from_on >= day:
        start = former.from_on
        wrong.append(_with(former, state=REPLACED))
    former = _before(stays, start)
    if former is not None and _same(former, now):
        return [*wrong, _with(now, state=REPLACED), _with(former, until_on=None)]
    return [*wrong, _with(now, from_on=start)] if wrong else []


def begun(stays: Stays, day: date, beginning: str = EVENT) -> Stays:
    """The stay of that day, or the first after it, begins on it; nothing was before."""
    held = [each for each in stays if each.state == HELD]
    early = [each for each in held if each.until_on is not None and each.until_on <= day]
    first = next((each for each in held if each not in early), None)
    if first is None:
        return []
    return [*(_with(each, state=REPLACED) for each in early), _with(first, from_on=day, beginning=beginning)]


def unbegun(stays: Stays, day: date, known: date) -> Stays:
    """What began on that day is known from another."""
    held = [each for each in stays if each.state == HELD]
    if not held or held[0].from_on != day or held[0].beginning != EVENT:
        return []
    first, until = held[0], held[0].until_on
    return [_with(first, from_on=known if until is None else min(known, until), beginning=RECORDED)]


def _revalidated(person: Citizen, stays: Stays, day: date) -> Stays:
    """What an invalid record said holds again; what is different now, from that day on."""
    valid = [_with(each, state=HELD) if each.state == INVALID else each for each in stays]
    fresh = {each.id: each for each in (*valid, *followed(person, valid, day))}
    return list(fresh.values())


def _returned(person: Citizen, stays: Stays, day: date) -> Stays:
    """Somebody never left, or never died: the last stay goes on."""
    ended = [each for each in stays if each.end_reason is not None and each.until_on is not None]
    last = max(ended, key=lambda each: (each.until_on, each.from_on), default=None)
    if last is None:
        return [_stay(person, day, RECORDED)]
    if _same(last, person):
        return [_with(last, until_on=None, end_reason=None)]
    assert last.until_on is not None  # noqa: S101  # chosen so
    return [_with(last, end_reason=None), _stay(person, last.until_on, RECORDED)]


def _continued(person: Citizen, stays: Stays, day: date, beginning: str) -> Stays:
    """A stay from that day on: the one that ended there, where nothing differs from it."""
    former = _before(stays, day)
    if former is not None and _same(former, person):
        return [_with(former, until_on=None)]
    return [_stay(person, day, beginning)]


def _open(stays: Stays) -> Stay | None:
    return next((each for each in stays if each.until_on is None and each.state == HELD), None)


def _before(stays: Stays, day: date) -> Stay | None:
    """The stay that went over into another on that day."""
    return next(
        (
            each
            for each in stays
            if each.until_on == day and each.from_on < day and each.state == HELD and each.end_reason is None
        ),
        None,
    )


def _cut(stay: Stay, day: date) -> Stay:
    """A stay that another follows; replaced where it would hold on no day."""
    return _with(stay, state=REPLACED) if stay.from_on >= day else _with(stay, until_on=day)


def _same(one: Stay | Citizen, other: Stay | Citizen) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in KEPT)


def _with(stay: Stay, **values: Any) -> Stay:
    return stay.model_copy(update=values)


def _stay(person: Citizen, day: date, beginning: str) -> Stay:
    kept = {name: getattr(person, name) for name in KEPT}
    return Stay(tenant_id=person.tenant_id, citizen_id=person.id, from_on=day, beginning=beginning, **kept)


# Reading and writing


async def _rewrite(unit: Unit, people: Iterable[Citizen], rule: Rule) -> None:
    found = list(people)
    stays = await _stays(unit, [each.id for each in found])
    known = {each.id for own in stays.values() for each in own}
    told = [each for person in found for each in rule(person, stays.get(person.id, []))]
    again = [each for each in told if each.id in known]
    # One open stay of a person: what ends is written before what goes on, and that before what is new.
    await update_many(unit, Stay, _rows(unit, [each for each in again if not _goes_on(each)]))
    await update_many(unit, Stay, _rows(unit, [each for each in again if _goes_on(each)]))
    fresh = [{**each.model_dump(), **times(unit)} for each in told if each.id not in known]
    await insert_many(unit, Stay, fresh)


async def _stays(unit: Unit, people: Sequence[UUID]) -> dict[UUID, list[Stay]]:
    if not people:
        return {}
    own = _STAYS.c
    statement = (
        select(_STAYS)
        .where(
            own.tenant_id == unit.tenant.id,
            own.citizen_id == among(people, Uuid()),
            own.state == among((HELD, INVALID), Text()),
        )
        .order_by(own.from_on, own.until_on, own.id)
    )
    found: dict[UUID, list[Stay]] = {}
    for each in await unit.all(statement, Stay):
        found.setdefault(each.citizen_id, []).append(each)
    return found


def _goes_on(stay: Stay) -> bool:
    return stay.until_on is None and stay.state == HELD


def _rows(unit: Unit, stays: Stays) -> list[dict[str, Any]]:
    now = unit.now.instant
    return [{**each.model_dump(), "version": each.version + 1, "updated_at": now} for each in stays]
