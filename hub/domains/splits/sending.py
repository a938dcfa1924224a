"""In the kecamatan that the villages leave: families sent off, read for the way, and noted as arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Table, Text, Uuid, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from hub.domains.citizens import staying
from hub.domains.citizens.finding import HEAD
from hub.domains.citizens.finding import among as any_of
from hub.domains.citizens.model import Citizen, CitizenSensitive, EndReason, FormerCard, FormerNik, Household
from hub.domains.documents.model import PopulationDocument
from hub.domains.moves.events import DepartureBySplit
from hub.domains.moves.model import Departure, DeparturePerson, DepartureState, MoveDestination, MoveReason
from hub.domains.splits.events import SplitOff
from hub.domains.splits.going import Going, Pair, Row, among
from hub.domains.vital_events.kinds import ARRIVALS
from hub.domains.vital_events.model import VitalEvent, VitalEventState, VitalEventSubject
from hub.domains.vulnerabilities.model import Vulnerability, VulnerabilityState
from hub.journal.record import Event, record_all
from hub.kernel.ids import new_id
from hub.kernel.register_codes import BaseStatus
from hub.store.base import table
from hub.store.bulk import insert_many
from hub.store.unit import Unit, built

SPLIT = EndReason.REGION_SPLIT.value
_ENDED = VulnerabilityState.ENDED.value
_PEOPLE, _HOMES = table(Citizen), table(Household)
_SENSITIVE, _FORMER_NIKS, _FORMER_CARDS = table(CitizenSensitive), table(FormerNik), table(FormerCard)
_MOVES, _MOVERS, _VULNERABLE = table(Departure), table(DeparturePerson), table(Vulnerability)
_EVENTS, _PARTS = table(VitalEvent), table(VitalEventSubject)
_DOCUMENTS = table(PopulationDocument)


@dataclass(frozen=True, slots=True, repr=False)
class Load:
    """Families on their way, with what is theirs; their numbers still sealed for where they come from."""

    homes: Sequence[Row]
    people: Sequence[Row]
    relations: dict[UUID, tuple[int, str]]  # place in the family and relation to its head
    begun: dict[UUID, date] = field(default_factory=dict)  # whose count began here on a day
    sensitive: Sequence[Row] = ()
    niks: Sequence[Row] = ()
    cards: Sequence[Row] = ()
    vulnerabilities: Sequence[Row] = ()
    documents: Sequence[Row] = ()


async def send_off(unit: Unit, going: Going, pair: Pair, *, size: int) -> int:
    """End the next families here, as left for the other kecamatan; how many cards were looked at.

    A card without people has nobody to go with: it ends as empty.
    """
    locked = await _homes(unit, pair, size)
    people = await _people(unit, [each["id"] for each in locked])
    inhabited = {each["household_id"] for each in people}
    # Another process may have ended some while we waited for them.
    homes = [each for each in locked if each["id"] in inhabited or each["ended_at"] is None]
    ended = await _end_people(unit, going, people)
    await _end_homes(unit, [each["id"] for each in homes if each["id"] in inhabited], SPLIT)
    await _end_homes(unit, [each["id"] for each in homes if each["id"] not in inhabited], EndReason.EMPTY.value)

    moves = [_departure(unit, going, pair, each) for each in sorted(inhabited)]
    await insert_many(unit, Departure, moves)
    await insert_many(unit, DeparturePerson, _movers(unit, going, people))
    events: list[Event] = [
        DepartureBySplit(object_id=each["id"], village_id=pair.from_village, changes={"state": (None, each["state"])})
        for each in moves
    ]
    events += [_off("Citizen", each["id"], ended[each["id"]], pair, subject=each["id"]) for each in people]
    events += [_off("Household", each["id"], each["version"] + 1, pair) for each in homes]
    await record_all(unit, events)
    return len(locked)


async def on_the_way(unit: Unit, pair: Pair, *, size: int, but: Sequence[UUID] = ()) -> list[UUID]:
    """Departures of whom it is not known yet that they arrived."""
    own, who = _MOVES.c, _MOVERS.c
    waiting = select(who.id).where(
        who.tenant_id == unit.tenant.id, who.departure_id == own.id, who.arrived_id.is_(None)
    )
    found = select(own.id).where(
        own.tenant_id == unit.tenant.id,
        own.village_id == pair.from_village,
        own.reason == MoveReason.REGION_SPLIT.value,
        own.state == DepartureState.ACCEPTED.value,
        waiting.exists(),
        ~among(own.id, list(but)),
    )
    return [row["id"] for row in await unit.rows(found.order_by(own.id).limit(size))]


async def load(unit: Unit, moves: Sequence[UUID]) -> Load:
    """All that goes with these families."""
    own = _MOVERS.c
    movers = await _rows(unit, _MOVERS, among(own.departure_id, list(moves)))
    gone = await _rows(unit, _MOVES, among(_MOVES.c.id, list(moves)))
    who, where = [each["citizen_id"] for each in movers], [each["household_id"] for each in gone]
    return Load(
        homes=await _rows(unit, _HOMES, among(_HOMES.c.id, where)),
        people=await _rows(unit, _PEOPLE, among(_PEOPLE.c.id, who)),
        relations={each["citizen_id"]: (each["position"], each["family_relation"]) for each in movers},
        begun=await _begun(unit, who),
        sensitive=await _rows(unit, _SENSITIVE, among(_SENSITIVE.c.id, who)),
        niks=await _rows(unit, _FORMER_NIKS, among(_FORMER_NIKS.c.citizen_id, who)),
        cards=await _rows(unit, _FORMER_CARDS, among(_FORMER_CARDS.c.household_id, where)),
        vulnerabilities=await _rows(
            unit, _VULNERABLE, and_(_VULNERABLE.c.state != _ENDED, _theirs(_VULNERABLE, who, where))
        ),
        documents=await _rows(unit, _DOCUMENTS, and_(_DOCUMENTS.c.ended_at.is_(None), _theirs(_DOCUMENTS, who, where))),
    )


async def note_arrived(unit: Unit, going: Going, pair: Pair, given: Load) -> None:
    """The families are there: their new records are named, and what was theirs here ends."""
    own, was = _MOVERS.c, _VULNERABLE.c
    fresh = {each["id"]: going.over(each["id"]) for each in given.people}
    pairs = func.unnest(literal(list(fresh), _uuids()), literal(list(fresh.values()), _uuids()))
    here = pairs.table_valued("left", "arrived").render_derived("given")
    await unit.rows(
        update(_MOVERS)
        .where(own.tenant_id == unit.tenant.id, own.citizen_id == here.c.left, own.arrived_id.is_(None))
        .values(arrived_id=here.c.arrived, version=own.version + 1, updated_at=unit.now.instant)
        .returning(own.id)
    )
    ended = await unit.rows(
        update(_VULNERABLE)
        .where(
            was.tenant_id == unit.tenant.id,
            among(was.id, [each["id"] for each in given.vulnerabilities]),
            was.state != _ENDED,
        )
        .values(
            state=_ENDED,
            until=func.greatest(was.since, literal(going.day, Date())),
            end_reason=EndReason.REGION_SPLIT.label_id,
            version=was.version + 1,
            updated_at=unit.now.instant,
        )
        .returning(was.id, was.version, was.citizen_id)
    )
    said = [_off("Vulnerability", each["id"], each["version"], pair, subject=each["citizen_id"]) for each in ended]
    said += await _end_documents(unit, pair, [each["id"] for each in given.documents])
    await record_all(unit, said)


async def _end_documents(unit: Unit, pair: Pair, documents: list[UUID]) -> list[SplitOff]:
    """They go on there with all that is known of them, and are counted there."""
    own = _DOCUMENTS.c
    ended = await unit.rows(
        update(_DOCUMENTS)
        .where(own.tenant_id == unit.tenant.id, among(own.id, documents), own.ended_at.is_(None))
        .values(
            ended_at=unit.now.instant,
            end_reason=EndReason.REGION_SPLIT.label_id,
            version=own.version + 1,
            updated_at=unit.now.instant,
        )
        .returning(own.id, own.version, own.citizen_id)
    )
    return [_off("PopulationDocument", each["id"], each["version"], pair, subject=each["citizen_id"]) for each in ended]


# Sending off


async def _homes(unit: Unit, pair: Pair, size: int) -> list[Row]:
    """Cards that are in force, or in which somebody lives all the same; locked."""
    own, who = _HOMES.c, _PEOPLE.c
    inhabited = select(who.id).where(
        who.tenant_id == unit.tenant.id, who.household_id == own.id, who.ended_at.is_(None)
    )
    found = select(_HOMES).where(
        own.tenant_id == unit.tenant.id,
        own.village_id == pair.from_village,
        or_(own.ended_at.is_(None), inhabited.exists()),
    )
    return [dict(row) for row in await unit.rows(found.order_by(own.id).limit(size).with_for_update())]


async def _people(unit: Unit, homes: list[UUID]) -> list[Row]:
    own = _PEOPLE.c
    found = select(_PEOPLE).where(
        own.tenant_id == unit.tenant.id, among(own.household_id, homes), own.ended_at.is_(None)
    )
    rows = [dict(row) for row in await unit.rows(found.order_by(own.id).with_for_update())]
    return sorted(rows, key=lambda row: (row["household_id"], row["family_relation"] != HEAD))


async def _end_people(unit: Unit, going: Going, people: Sequence[Row]) -> dict[UUID, int]:
    """Their versions afterwards. Who was born since the day of the split ends on the day of birth."""
    own = _PEOPLE.c
    rows = await unit.rows(
        update(_PEOPLE)
        .where(own.tenant_id == unit.tenant.id, among(own.id, [each["id"] for each in people]))
        .values(
            base_status=BaseStatus.MOVED.value,
            end_reason=SPLIT,
            ended_at=unit.now.instant,
            ended_on=func.greatest(literal(going.day, Date()), own.birth_date),
            version=own.version + 1,
            updated_at=unit.now.instant,
        )
        .returning(_PEOPLE)
    )
    await staying.follow(unit, [built(Citizen, row) for row in rows])
    return {row["id"]: row["version"] for row in rows}


async def _end_homes(unit: Unit, homes: list[UUID], reason: str) -> None:
    own = _HOMES.c
    if homes:
        await unit.rows(
            update(_HOMES)
            .where(own.tenant_id == unit.tenant.id, among(own.id, homes))
            .values(
                ended_at=func.coalesce(own.ended_at, unit.now.instant),
                end_reason=reason,
                version=own.version + 1,
                updated_at=unit.now.instant,
            )
            .returning(own.id)
        )


def _departure(unit: Unit, going: Going, pair: Pair, home: UUID) -> Row:
    return {
        **_fresh(unit),
        "id": going.move(home),
        "village_id": pair.from_village,
        "household_id": home,
        "state": DepartureState.ACCEPTED.value,  # by the decree: nobody is asked
        "reason": MoveReason.REGION_SPLIT.value,
        "note": going.decree,
        "departed_on": going.day,
        "destination": MoveDestination.KECAMATAN.value,
        "to_tenant": going.there.id,
        "to_code": going.there.code,
        "to_village_code": pair.to_code,
        "whole": True,
    }


def _movers(unit: Unit, going: Going, people: Sequence[Row]) -> list[Row]:
    found, places = list[Row](), dict[UUID, int]()
    for each in people:
        home = each["household_id"]
        places[home] = places.get(home, -1) + 1
        found.append(
            {
                **_fresh(unit),
                "id": new_id(),
                "departure_id": going.move(home),
                "citizen_id": each["id"],
                "village_id": each["village_id"],
                "position": places[home],
                "family_relation": each["family_relation"],
            }
        )
    return found


def _fresh(unit: Unit) -> Row:
    now = unit.now.instant
    return {"tenant_id": unit.tenant.id, "version": 1, "created_at": now, "updated_at": now}


def _off(kind: str, key: UUID, version: int, pair: Pair, *, subject: UUID | None = None) -> SplitOff:
    return SplitOff(type_name=kind, object_id=key, version=version, village_id=pair.from_village, subject_id=subject)


# Loading


async def _rows(unit: Unit, rows: Table, condition: Any) -> list[Row]:
    found = select(rows).where(rows.c.tenant_id == unit.tenant.id, condition).order_by(rows.c.id)
    return [dict(row) for row in await unit.rows(found)]


def _theirs(rows: Table, people: list[UUID], homes: list[UUID]) -> ColumnElement[bool]:
    return or_(among(rows.c.citizen_id, people), among(rows.c.household_id, homes))


async def _begun(unit: Unit, people: list[UUID]) -> dict[UUID, date]:
    """Since when those count here who came: by an arrival, or with an earlier split."""
    own, what, part = _PEOPLE.c, _EVENTS.c, _PARTS.c
    arrived = (
        select(part.citizen_id, func.max(what.occurred_on).label("day"))
        .select_from(_PARTS.join(_EVENTS, and_(what.tenant_id == part.tenant_id, what.id == part.event_id)))
        .where(
            part.tenant_id == unit.tenant.id,
            among(part.citizen_id, people),
            what.type == any_of(ARRIVALS, Text()),
            what.state == VitalEventState.RECORDED.value,
        )
        .group_by(part.citizen_id)
    )
    before = select(own.id, own.counted_from).where(
        own.tenant_id == unit.tenant.id, among(own.id, people), own.counted_from.is_not(None)
    )
    found = {row["id"]: row["counted_from"] for row in await unit.rows(before)}
    return found | {row["citizen_id"]: row["day"] for row in await unit.rows(arrived)}


def _uuids() -> Any:
    return ARRAY(Uuid())
