"""What officers send about events, parsed once."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from hub.domains.citizens.people import Person
from hub.domains.vital_events.correcting import Correction
from hub.domains.vital_events.keeping import Happening
from hub.domains.vital_events.model import SubjectPart, VitalEventType
from hub.domains.vital_events.recording import Birth, Changing, Other, Placing
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date, DateTime, Nik
from hub.kernel import written
from hub.kernel.register_codes import FamilyRelation as Relation
from hub.schema.citizens.inputs import COLUMNS, PLACE, maybe_number, name
from hub.schema.citizens.words import Citizenship, FamilyRelation, Sex
from hub.schema.given import Parse, TooMany, about, code, present, sent, values_of

MOST_OTHERS = 20
_CHILD = {each: COLUMNS[each] for each in ("full_name", "sex", "birth_place", "family_relation", "birth_certificate")}
_OTHER: Mapping[str, Parse] = {
    **{
        each: COLUMNS[each] for each in ("citizenship", "kitas_number", "current_address", "father_name", "mother_name")
    },
    **PLACE,
}

for _words in (VitalEventType, SubjectPart):
    exposed(_words)


@strawberry.input(description="When and where it happened, and when it was reported.")
class HappeningFields:
    """What every event tells."""

    occurred_on: Date = about("Day it happened (tanggal peristiwa); not in the future.")
    reported_on: Date | None = about("Day it was reported (tanggal pelaporan); today where left out.")
    place: str | None = about("Where it happened (tempat).")
    note: str | None = about("Note, such as the number of a court's decision.")
    captured_at: DateTime | None = about("When it was noted, where that was before it could be sent.")


@strawberry.input(description="A person of a couple, and where the person lives from now on, if that changes.")
class SpouseInput:
    """One spouse."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The person's version you read.")
    household: strawberry.ID | None = about("The household the person goes to; left out where the person stays.")
    family_relation: FamilyRelation | None = about("Relation to the head from now on (SHDK).")
    new_head: strawberry.ID | None = about("Who heads the household left behind, where the person was its head.")


@strawberry.input(description="The husband or wife of somebody who died.")
class WidowedInput:
    """Who is widowed."""

    citizen: strawberry.ID = about("The person; must be married in the register.")
    expected_version: int = about("The person's version you read.")


@strawberry.input(description="Somebody else who took part.")
class OtherSubjectInput:
    """One more person."""

    citizen: strawberry.ID = about("The person.")
    part: SubjectPart = about("The part (peran).")


@command
class RecordBirthInput(HappeningFields):
    """A birth (kelahiran): the child enters the household of the mother, or the one named. One for each twin."""

    mother: strawberry.ID | None = about("The mother, where she is in the register.")
    father: strawberry.ID | None = about("The father, where he is in the register.")
    household: strawberry.ID | None = about("The household; the mother's where left out.")
    full_name: str = about("The child's full name (nama lengkap).")
    sex: Sex = about("The child's sex (jenis kelamin).")
    family_relation: FamilyRelation = strawberry.field(
        default=FamilyRelation.CHILD, description="The child's relation to the head of the household."
    )
    nik: Nik | None = about("The child's NIK, where it was given already.")
    birth_place: str | None = about("Place of birth (tempat lahir).")
    birth_certificate: str | None = about("Number of the birth certificate (akta lahir).")


@command
class RecordDeathInput(HappeningFields):
    """A death (kematian): the record ends; an empty household ends too."""

    citizen: strawberry.ID = about("Who died.")
    expected_version: int = about("The person's version you read.")
    new_head: strawberry.ID | None = about("Who heads the household, where the deceased was its head.")
    widowed: WidowedInput | None = about("Whom the deceased was married to; becomes WIDOWED.")


@command
class RecordMarriageInput(HappeningFields):
    """A marriage (perkawinan). Give the second spouse too where both are in the register."""

    spouse: SpouseInput = about("One of the couple.")
    other_spouse: SpouseInput | None = about("The other, where in the register too.")
    certificate: str | None = about("Number of the certificate (akta perkawinan, buku nikah).")


@command
class RecordDivorceInput(HappeningFields):
    """A divorce (perceraian). Give the second spouse too where both are in the register."""

    spouse: SpouseInput = about("One of the couple.")
    other_spouse: SpouseInput | None = about("The other, where in the register too.")
    certificate: str | None = about("Number of the certificate (akta perceraian).")


@command
class RecordNameChangeInput(HappeningFields):
    """A change of name (perubahan nama); the former name is kept. A mistyped name is corrected by `updateCitizen`."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The person's version you read.")
    full_name: str = about("The name from now on.")


@command
class RecordOtherEventInput(HappeningFields):
    """Any event without a mutation of its own. A field that its type does not change is refused."""

    type: VitalEventType = about("Type (jenis peristiwa).")
    citizen: strawberry.ID = about("Whom it is about: the child, of a stillbirth the mother, else the person.")
    expected_version: int = about("The person's version you read.")
    others: list[OtherSubjectInput] | None = about("Others who took part.")
    citizenship: Citizenship | None = about("Citizenship from now on: CITIZENSHIP_CHANGE, LIMITED_STAY.")
    kitas_number: str | None = about("Stay permit (KITAS/KITAP) from now on.")
    current_address: str | None = about("Present address: ADDRESS_CHANGE and arrivals.")
    address: str | None = about("The household's street address: ADDRESS_CHANGE.")
    hamlet: str | None = about("The household's hamlet (dusun): ADDRESS_CHANGE.")
    rw: str | None = about("The household's RW: ADDRESS_CHANGE.")
    rt: str | None = about("The household's RT: ADDRESS_CHANGE.")
    father_name: str | None = about("The child's father from now on: adoption, acknowledgement, legitimation.")
    mother_name: str | None = about("The child's mother from now on: adoption, legitimation.")
    household: strawberry.ID | None = about("The household the person goes to.")
    family_relation: FamilyRelation | None = about("Relation to the head from now on (SHDK).")
    new_head: strawberry.ID | None = about("Who heads the household left behind, where the person was its head.")


@command
class CorrectEventInput:
    """That an event was recorded wrongly: what it changed goes back, and a counter-event says so."""

    event: strawberry.ID = about("The event.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why it is taken back.")
    reported_on: Date | None = about("Day the mistake was reported; today where left out.")
    family_relation: FamilyRelation | None = about(
        "Relation to the head for who returns to a household; needed where another head is there by now."
    )
    new_head: strawberry.ID | None = about("Who heads a household that is left again.")
    captured_at: DateTime | None = about("When it was noted, where that was before it could be sent.")


def happening(given: Any) -> Happening:
    """What every event tells."""
    place, note = present(given.place), present(given.note)
    return Happening(
        occurred_on=given.occurred_on,
        reported_on=present(given.reported_on),
        place=None if place is None else written.line(place, "place"),
        note=None if note is None else written.paragraph(note, "note"),
        captured_at=present(given.captured_at),
    )


def birth(act: Act, given: RecordBirthInput) -> Birth:
    """A child and whose it is."""
    return Birth(
        mother=act.maybe_key(given.mother, "Citizen", "mother"),
        father=act.maybe_key(given.father, "Citizen", "father"),
        household=act.maybe_key(given.household, "Household", "household"),
        nik=maybe_number(given.nik),
        child=Person(columns=values_of(given, _CHILD, required=("full_name", "sex", "family_relation"))),
    )


def person(act: Act, given: Any, *path: str) -> Changing:
    """A person whom an event changes, who stays where they are."""
    return Changing(
        citizen=act.key(given.citizen, "Citizen", *path, "citizen"),
        expected=given.expected_version,
        path=(*path, "citizen"),
    )


def bereaved(act: Act, given: RecordDeathInput) -> Changing:
    """Who died, and who heads the household then."""
    found = person(act, given)
    new_head = act.maybe_key(given.new_head, "Citizen", "newHead")
    return Changing(citizen=found.citizen, expected=found.expected, placing=Placing(new_head=new_head), path=found.path)


def widowed(act: Act, given: RecordDeathInput) -> Changing | None:
    """Who is widowed."""
    found = present(given.widowed)
    return None if found is None else person(act, found, "widowed")


def moving(act: Act, given: Any, *path: str) -> Changing:
    """A person whom an event changes, and where the person goes."""
    found = person(act, given, *path)
    relation = present(given.family_relation)
    placing = Placing(
        household=act.maybe_key(given.household, "Household", *path, "household"),
        relation=None if relation is None else Relation(code(relation)),
        new_head=act.maybe_key(given.new_head, "Citizen", *path, "newHead"),
    )
    return Changing(citizen=found.citizen, expected=found.expected, placing=placing, path=found.path)


def couple(act: Act, given: RecordMarriageInput | RecordDivorceInput) -> list[Changing]:
    """One or both of a couple."""
    other = present(given.other_spouse)
    found = [moving(act, given.spouse, "spouse")]
    return found if other is None else [*found, moving(act, other, "otherSpouse")]


def certificate(given: RecordMarriageInput | RecordDivorceInput) -> str | None:
    """The certificate's number."""
    found = present(given.certificate)
    return None if found is None else written.line(found, "certificate")


def others(act: Act, given: RecordOtherEventInput) -> Sequence[Other]:
    """Who else took part."""
    found = given.others if sent(given.others) and given.others is not None else []
    if len(found) > MOST_OTHERS:
        raise TooMany(path=("others",), most=MOST_OTHERS)
    return [_other(act, each, index) for index, each in enumerate(found)]


def told(given: RecordOtherEventInput) -> Mapping[str, Any]:
    """The fields that were sent."""
    return values_of(given, _OTHER)


def full_name(given: RecordNameChangeInput) -> str:
    """A name."""
    return name(given.full_name, "fullName")


def correction(act: Act, given: CorrectEventInput) -> Correction:
    """Why an event is taken back."""
    relation = present(given.family_relation)
    return Correction(
        expected=given.expected_version,
        reason=written.paragraph(given.reason, "reason"),
        reported_on=present(given.reported_on),
        relation=None if relation is None else Relation(code(relation)),
        new_head=act.maybe_key(given.new_head, "Citizen", "newHead"),
        captured_at=present(given.captured_at),
    )


def _other(act: Act, given: OtherSubjectInput, index: int) -> Other:
    path = ("others", str(index), "citizen")
    return Other(citizen=act.key(given.citizen, "Citizen", *path), part=SubjectPart[code(given.part)], path=path)
