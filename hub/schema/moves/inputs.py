"""What officers send about moves, parsed once."""

from collections.abc import Mapping
from uuid import UUID

import strawberry

from hub.domains.moves import departing
from hub.domains.moves.arriving import Home
from hub.domains.moves.departing import Leaving, Start
from hub.domains.moves.model import MoveDestination, MoveReason
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date, RegionCode
from hub.graph.scalars import KkNumber as KkScalar
from hub.kernel import written
from hub.kernel.nik import KkNumber
from hub.kernel.register_codes import FamilyRelation as Relation
from hub.schema.citizens.inputs import PLACE
from hub.schema.citizens.words import FamilyRelation
from hub.schema.given import OneOfNeeded, TooMany, about, code, present, values_of

MOST_PEOPLE = 30

for _words in (MoveDestination, MoveReason):
    exposed(_words)


@strawberry.input(description="Somebody who moves away.")
class MoverInput:
    """One person."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The person's version you read.")


@strawberry.input(description="Where people move to.")
class DestinationInput:
    """A kecamatan of the hub, or anywhere else."""

    kind: MoveDestination = about("What kind of place.")
    kecamatan: RegionCode | None = about("KECAMATAN: its code. It hears of the move and answers.")
    village: RegionCode | None = about("KECAMATAN: the code of the village, where it is known.")
    place: str | None = about("OUTSIDE and ABROAD: the place in words.")


@command
class StartMoveInput:
    """People of one family move away (pindah). Their records here end at the day of departure."""

    household: strawberry.ID | None = about("The family, where all of it moves.")
    people: list[MoverInput] | None = about("Who moves, where some of the family stay.")
    to: DestinationInput = about("Where to (tujuan).")
    reason: MoveReason = about("Why (alasan pindah).")
    departed_on: Date = about("Day of departure (tanggal pindah); not in the future.")
    new_head: strawberry.ID | None = about("Who heads those who stay, where the head leaves.")
    note: str | None = about("Note, such as the number of the moving letter (SKPWNI).")


@command
class CancelMoveInput:
    """People do not move after all, before the other kecamatan has accepted them."""

    departure: strawberry.ID = about("The departure.")
    expected_version: int = about("Its version as you read it.")


@command
class ReopenMoveInput:
    """People who were refused elsewhere, or never left, are registered here again."""

    departure: strawberry.ID = about("The departure.")
    expected_version: int = about("Its version as you read it.")
    family_relation: FamilyRelation | None = about("What the former head becomes where the family has another by now.")


@strawberry.input(description="A person's relation to the head in the family that takes them in.")
class ArrivingInput:
    """One person."""

    person: strawberry.ID = about("The person of the arrival.")
    family_relation: FamilyRelation = about("Relation to the head (SHDK).")


@command
class AcceptMoveInput:
    """People are registered here: into a family that is there, or as a new one."""

    arrival: strawberry.ID = about("The arrival.")
    expected_version: int = about("Its version as you read it.")
    arrived_on: Date | None = about("Day of arrival (tanggal datang); today where left out.")
    household: strawberry.ID | None = about("The family that takes them in; left out for a new one.")
    village: strawberry.ID | None = about("The village of a new family; the arrival's own where left out.")
    kk_number: KkScalar | None = about("The new family's card number; the former one where left out and all came.")
    address: str | None = about("The new family's street address (alamat).")
    hamlet: str | None = about("The new family's hamlet (dusun).")
    rw: str | None = about("The new family's RW.")
    rt: str | None = about("The new family's RT.")
    people: list[ArrivingInput] | None = about("Relations to the head, where they are others than before.")


@command
class RejectMoveInput:
    """People are not taken; the kecamatan they come from hears why."""

    arrival: strawberry.ID = about("The arrival.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why (alasan penolakan).")


def start(act: Act, given: StartMoveInput) -> Start:
    """A move as it is told."""
    household = act.maybe_key(given.household, "Household", "household")
    new_head = act.maybe_key(given.new_head, "Citizen", "newHead")
    people = present(given.people)
    if (household is None) == (people is None):
        raise OneOfNeeded(path=("household",), fields="household, people")
    if people is not None and len(people) > MOST_PEOPLE:
        raise TooMany(path=("people",), most=MOST_PEOPLE)
    note = present(given.note)
    return Start(
        household=household,
        people=[_leaving(act, each, index) for index, each in enumerate(people or [])],
        to=_destination(given.to),
        reason=MoveReason[code(given.reason)],
        departed_on=given.departed_on,
        note=None if note is None else written.paragraph(note, "note"),
        new_head=new_head,
    )


def home(act: Act, given: AcceptMoveInput) -> Home:
    """Where people will live."""
    kk = present(given.kk_number)
    return Home(
        household=act.maybe_key(given.household, "Household", "household"),
        village=act.maybe_key(given.village, "Village", "village"),
        kk=None if kk is None else KkNumber(kk),
        place=values_of(given, PLACE),
        relations=_relations(act, given),
    )


def relation(given: ReopenMoveInput) -> Relation | None:
    """What a former head becomes."""
    found = present(given.family_relation)
    return None if found is None else Relation(code(found))


def _leaving(act: Act, given: MoverInput, index: int) -> Leaving:
    path = ("people", str(index), "citizen")
    return Leaving(citizen=act.key(given.citizen, "Citizen", *path), expected=given.expected_version, path=path)


def _destination(given: DestinationInput) -> departing.Destination:
    place = present(given.place)
    return departing.Destination(
        kind=MoveDestination[code(given.kind)],
        kecamatan=present(given.kecamatan),
        village=present(given.village),
        place=None if place is None else written.line(place, "to", "place"),
    )


def _relations(act: Act, given: AcceptMoveInput) -> Mapping[UUID, Relation]:
    people = present(given.people) or []
    if len(people) > MOST_PEOPLE:
        raise TooMany(path=("people",), most=MOST_PEOPLE)
    return {
        act.key(each.person, "ArrivalPerson", "people", str(index), "person"): Relation(code(each.family_relation))
        for index, each in enumerate(people)
    }
