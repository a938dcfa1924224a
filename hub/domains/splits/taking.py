"""In the kecamatan that the villages come to: families registered anew with all that is theirs, once."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, text

from hub.domains.citizens import staying
from hub.domains.citizens.model import (
    Citizen,
    CitizenNameToken,
    CitizenSensitive,
    FormerCard,
    FormerNik,
    Household,
)
from hub.domains.documents.model import PopulationDocument
from hub.domains.moves.events import ArrivalBySplit
from hub.domains.moves.model import Arrival, ArrivalPerson, ArrivalState, MoveReason
from hub.domains.splits.events import TakenOver
from hub.domains.splits.going import Going, Pair, Row, among, carried
from hub.domains.splits.sending import Load
from hub.domains.vulnerabilities.model import Vulnerability
from hub.journal.record import Event, record_all
from hub.kernel import names
from hub.kernel.keyring import KeyRing
from hub.kernel.register_codes import BaseStatus
from hub.store.base import table
from hub.store.bulk import insert_many
from hub.store.unit import Unit

_ARRIVALS = table(Arrival)
_LIVING: Row = {
    "base_status": BaseStatus.ALIVE.value,
    "ended_at": None,
    "ended_on": None,
    "end_reason": None,
    "row_digest": None,  # of another tenant's key: the next file is compared anew
}
_ALONE = text("select pg_advisory_xact_lock(hashtextextended(:split, 0))")


async def take_in(unit: Unit, keys: KeyRing, going: Going, pair: Pair, given: Load) -> None:
    """Register these families, but for those that are here already; a number that is taken raises the constraint.

    Two processes wait for each other here, so that the second one sees what the first has brought.
    """
    await unit.rows(_ALONE.bindparams(split=str(going.id)))
    there = await _arrived(unit, [going.move(each["id"]) for each in given.homes])
    homes = [each for each in given.homes if going.move(each["id"]) not in there]
    known = {each["id"] for each in homes}
    people = [each for each in given.people if each["household_id"] in known]
    who = {each["id"] for each in people}
    if not homes:
        return

    def over(table_name: str, row: Row, **more: Any) -> Row:
        return carried(unit, keys, going, table_name, row, village_id=pair.to_village, **more)

    def over_if(key: UUID | None) -> UUID | None:
        return going.over(key) if key is not None and (key in who or key in known) else None

    living = [
        over("citizen", each, household_id=going.over(each["household_id"]), counted_from=_from(going, given, each))
        | _LIVING
        for each in people
    ]
    cards = [
        over("household", each, head_id=over_if(each["head_id"]), ended_at=None, end_reason=None) for each in homes
    ]
    await insert_many(unit, Household, cards)
    await insert_many(unit, Citizen, living)
    days = {each["id"]: each["counted_from"] or each["birth_date"] for each in living}
    await staying.enter_rows(unit, living, since=days)
    await insert_many(unit, CitizenNameToken, [token for each in living for token in _tokens(each)])
    await insert_many(
        unit, CitizenSensitive, [over("citizen_sensitive", each) for each in given.sensitive if each["id"] in who]
    )
    await insert_many(
        unit,
        FormerNik,
        [
            over("former_nik", each, citizen_id=going.over(each["citizen_id"]))
            for each in given.niks
            if each["citizen_id"] in who
        ],
    )
    await insert_many(
        unit,
        FormerCard,
        [
            over("former_card", each, household_id=going.over(each["household_id"]))
            for each in given.cards
            if each["household_id"] in known
        ],
    )
    vulnerable = [
        over(
            "vulnerability",
            each,
            citizen_id=over_if(each["citizen_id"]),
            household_id=over_if(each["household_id"]),
            proposed_by_id=None,  # principals of the other office; their roles stay told
            verified_by_id=None,
        )
        for each in given.vulnerabilities
        if each["citizen_id"] in who or each["household_id"] in known
    ]
    await insert_many(unit, Vulnerability, vulnerable)
    documents = [
        over(
            "population_document",
            each,
            citizen_id=over_if(each["citizen_id"]),
            household_id=over_if(each["household_id"]),
            file_id=None,  # a file stays where it was uploaded
        )
        for each in given.documents
        if each["citizen_id"] in who or each["household_id"] in known
    ]
    await insert_many(unit, PopulationDocument, documents)
    arrivals = [_arrival(unit, going, pair, each) for each in homes]
    await insert_many(unit, Arrival, arrivals)
    await insert_many(unit, ArrivalPerson, [_comer(unit, going, pair, given, each) for each in people])

    told: list[Event] = [
        ArrivalBySplit(object_id=each["id"], village_id=pair.to_village, changes={"state": (None, each["state"])})
        for each in arrivals
    ]
    told += [taken_over("Household", each, pair) for each in cards]
    told += [taken_over("Citizen", each, pair, subject=each["id"]) for each in living]
    told += [taken_over("Vulnerability", each, pair, subject=each["citizen_id"]) for each in vulnerable]
    told += [taken_over("PopulationDocument", each, pair, subject=each["citizen_id"]) for each in documents]
    await record_all(unit, told)


def taken_over(kind: str, row: Row, pair: Pair, *, subject: UUID | None = None) -> TakenOver:
    """The entry of a row that was brought."""
    return TakenOver(type_name=kind, object_id=row["id"], village_id=pair.to_village, subject_id=subject)


async def _arrived(unit: Unit, moves: Sequence[UUID]) -> set[UUID]:
    own = _ARRIVALS.c
    found = select(own.id).where(own.tenant_id == unit.tenant.id, among(own.id, list(moves)))
    return {row["id"] for row in await unit.rows(found)}


def _from(going: Going, given: Load, person: Row) -> date | None:
    """The first day on which somebody counts here; a birth after the split speaks for itself."""
    born: date | None = person["birth_date"]
    first = max(going.day, given.begun.get(person["id"], going.day))
    return first if born is None or born < first else None


def _tokens(person: Row) -> list[Row]:
    return [
        {
            "tenant_id": person["tenant_id"],
            "citizen_id": person["id"],
            "village_id": person["village_id"],
            "sort_key": person["sort_key"],
            "token": each.token,
            "initial": each.initial,
            "covered": each.covered,
            "heard": each.heard,
        }
        for each in names.name_tokens(person["full_name"])
    ]


def _arrival(unit: Unit, going: Going, pair: Pair, home: Row) -> Row:
    now = unit.now.instant
    return {
        "tenant_id": unit.tenant.id,
        "id": going.move(home["id"]),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "village_id": pair.to_village,
        "household_id": going.over(home["id"]),
        "state": ArrivalState.ACCEPTED.value,
        "reason": MoveReason.REGION_SPLIT.value,
        "from_tenant": going.here.id,
        "from_code": going.here.code,
        "departed_on": going.day,
        "arrived_on": going.day,
        "expires_on": going.day,
    }


def _comer(unit: Unit, going: Going, pair: Pair, given: Load, person: Row) -> Row:
    now, move = unit.now.instant, going.move(person["household_id"])
    position, relation = given.relations[person["id"]]
    return {
        "tenant_id": unit.tenant.id,
        "id": uuid5(move, str(position)),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "arrival_id": move,
        "village_id": pair.to_village,
        "position": position,
        "full_name": person["full_name"],
        "sex": person["sex"],
        "birth_date": person["birth_date"],
        "family_relation": relation,
        "departed_id": person["id"],
        "citizen_id": going.over(person["id"]),
    }
