"""What officers send about citizens and households, parsed once."""

from collections.abc import Mapping
from decimal import Decimal as PythonDecimal
from typing import Any

import strawberry

from hub.domains.citizens import errors
from hub.domains.citizens.cards import Moving
from hub.domains.citizens.people import Person
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date, Decimal, KkNumber, Nik
from hub.kernel import nik, register_codes, written
from hub.schema.citizens.words import (
    BaseStatus,
    BloodType,
    CardChange,
    Citizenship,
    Contraception,
    Disability,
    Education,
    EktpStatus,
    FamilyRelation,
    HealthInsurance,
    IdentityNumber,
    KtpRecordingStatus,
    MaritalStatus,
    Occupation,
    Pregnancy,
    Religion,
    Schooling,
    Sex,
)
from hub.schema.given import Parse, TooMany, about, as_it_is, code, present, values_of

Values = Mapping[str, Any]
MOST_OF_NAME = 100
MOST_MEMBERS = 100


def name(text: str, *path: str) -> str:
    """A person's name as registers take it."""
    clean = written.line(text, *path, most=MOST_OF_NAME)
    plain = all(char.isalpha() or char in " .,'-" for char in clean)
    if not plain or not any(char.isalpha() for char in clean):
        raise errors.NameCharacters(path=path)
    return clean


def line(text: str, *path: str) -> str | None:
    """A line; an empty one says that nothing is known, like null."""
    return written.line(text, *path) if text.strip() else None


def hamlet(text: str, *path: str) -> str | None:
    """A hamlet in capitals, as registers exchange it."""
    found = line(text, *path)
    return None if found is None else found.upper()


def degrees(most: int) -> Parse:
    """A parser of decimal degrees, kept as text so that nothing is lost."""

    def parse(value: PythonDecimal, *path: str) -> str:
        if abs(value) > most:
            raise errors.CoordinateRefused(path=path)
        return str(value)

    return parse


def number(digits: str, *_path: str) -> nik.Nik:
    """A NIK of the sixteen digits that its scalar let through."""
    return nik.Nik(digits)


PLACE: Mapping[str, Parse] = {"address": line, "hamlet": hamlet, "rw": line, "rt": line}
COLUMNS: Mapping[str, Parse] = {
    "full_name": name,
    "sex": code,
    "birth_place": line,
    "birth_date": as_it_is,
    "education": code,
    "schooling": code,
    "occupation": code,
    "marital_status": code,
    "family_relation": code,
    "citizenship": code,
    "father_name": line,
    "mother_name": line,
    "birth_certificate": line,
    "passport_number": line,
    "passport_expires_on": as_it_is,
    "kitas_number": line,
    "marriage_certificate": line,
    "married_on": as_it_is,
    "divorce_certificate": line,
    "divorced_on": as_it_is,
    "ektp_status": code,
    "ktp_recording_status": code,
    "current_address": line,
    "tag_id_card": line,
    "health_insurance": code,
    "insurance_number": line,
    "latitude": degrees(90),
    "longitude": degrees(180),
}
NUMBERS: Mapping[str, Parse] = {"father_nik": number, "mother_nik": number, "phone": written.phone}
SENSITIVE: Mapping[str, Parse] = {
    "religion": code,
    "ethnicity": line,
    "blood_type": code,
    "disability": code,
    "contraception": code,
    "pregnant": code,
}
REQUIRED = ("full_name", "sex", "family_relation")


@strawberry.input(description="Specific personal data (data pribadi spesifik); only who may see it may send it.")
class SensitiveInput:
    """Kept apart."""

    religion: Religion | None = about("Religion (agama).")
    ethnicity: str | None = about("Ethnic group (suku).")
    blood_type: BloodType | None = about("Blood type (golongan darah).")
    disability: Disability | None = about("Disability (penyandang disabilitas).")
    contraception: Contraception | None = about("Contraception (akseptor KB).")
    pregnant: Pregnancy | None = about("Pregnancy (hamil).")


@strawberry.input(description="What may be told of a person.")
class Telling:
    """What both registering and updating a person may tell; everything can be left out."""

    birth_place: str | None = about("Place of birth (tempat lahir).")
    birth_date: Date | None = about("Date of birth (tanggal lahir).")
    education: Education | None = about("Education on the family card (pendidikan dalam KK).")
    schooling: Schooling | None = about("Current schooling (pendidikan sedang ditempuh).")
    occupation: Occupation | None = about("Occupation (pekerjaan).")
    marital_status: MaritalStatus | None = about("Marital status (status perkawinan).")
    citizenship: Citizenship | None = about("Citizenship (kewarganegaraan).")
    father_nik: Nik | None = about("Father's NIK; shown masked ever after.")
    father_name: str | None = about("Father's name (nama ayah).")
    mother_nik: Nik | None = about("Mother's NIK; shown masked ever after.")
    mother_name: str | None = about("Mother's name (nama ibu).")
    birth_certificate: str | None = about("Number of the birth certificate (akta lahir).")
    passport_number: str | None = about("Passport number (nomor paspor).")
    passport_expires_on: Date | None = about("Expiry of the passport.")
    kitas_number: str | None = about("Stay permit (KITAS/KITAP).")
    marriage_certificate: str | None = about("Number of the marriage certificate (akta perkawinan).")
    married_on: Date | None = about("Date of marriage.")
    divorce_certificate: str | None = about("Number of the divorce certificate (akta perceraian).")
    divorced_on: Date | None = about("Date of divorce.")
    ektp_status: EktpStatus | None = about("Electronic identity card (KTP-el).")
    ktp_recording_status: KtpRecordingStatus | None = about(
        "Stage of recording for the identity card (status perekaman)."
    )
    current_address: str | None = about("Present address (alamat sekarang).")
    tag_id_card: str | None = about("Tag of the resident card.")
    health_insurance: HealthInsurance | None = about("Health insurance (asuransi kesehatan).")
    insurance_number: str | None = about("Insurance number.")
    latitude: Decimal | None = about("Latitude of the home (lintang).")
    longitude: Decimal | None = about("Longitude of the home (bujur).")
    phone: str | None = about("Telephone number, 08… or +62…; kept encrypted, never shown.")
    sensitive: SensitiveInput | None = about("Specific personal data; needs the right to see it.")


@command
class RegisterHouseholdInput:
    """A family with its card and address; register its head into it next."""

    village: strawberry.ID = about("Where the family lives.")
    kk_number: KkNumber = about("Family card number (nomor KK).")
    address: str | None = about("Street address (alamat).")
    hamlet: str | None = about("Hamlet (dusun).")
    rw: str | None = about("Community unit (RW).")
    rt: str | None = about("Neighbourhood unit (RT).")


@command
class UpdateHouseholdInput:
    """A family's address; what is left out stays, null empties."""

    household: strawberry.ID = about("The household.")
    expected_version: int = about("The version you read.")
    address: str | None = about("Street address (alamat).")
    hamlet: str | None = about("Hamlet (dusun).")
    rw: str | None = about("Community unit (RW).")
    rt: str | None = about("Neighbourhood unit (RT).")


@command
class SetHouseholdHeadInput:
    """Another head for a family."""

    household: strawberry.ID = about("The household.")
    expected_version: int = about("The household's version you read.")
    citizen: strawberry.ID = about("The member who becomes the head.")
    former_head_relation: FamilyRelation = strawberry.field(
        default=FamilyRelation.OTHER_RELATIVE, description="What the present head becomes to the new one."
    )


@strawberry.input(description="A member who goes to another family card.")
class MovingMemberInput:
    """One member."""

    citizen: strawberry.ID = about("The member.")
    family_relation: FamilyRelation = about("Relation to the head there (SHDK).")


@command
class SplitHouseholdInput:
    """Members who get a family card of their own (pecah KK)."""

    household: strawberry.ID = about("The household they leave.")
    expected_version: int = about("The household's version you read.")
    kk_number: KkNumber = about("Number of the new family card (nomor KK).")
    members: list[MovingMemberInput] = about("Who goes; exactly one of them as HEAD.")
    new_head: strawberry.ID | None = about("Who heads those who stay, where their head goes.")
    address: str | None = about("Street address of the new card; that of the former where left out.")
    hamlet: str | None = about("Hamlet (dusun), likewise.")
    rw: str | None = about("Community unit (RW), likewise.")
    rt: str | None = about("Neighbourhood unit (RT), likewise.")


@command
class MergeHouseholdsInput:
    """A family that joins another of the village (gabung KK); its card ends."""

    household: strawberry.ID = about("The household that ends.")
    expected_version: int = about("The version of the household that ends.")
    into: strawberry.ID = about("The household that takes them in and keeps its head.")
    members: list[MovingMemberInput] = about("Every living member of the household that ends; none as HEAD.")


@command
class ReplaceHouseholdCardInput:
    """Another number on a family card; the former one stays known."""

    household: strawberry.ID = about("The household.")
    expected_version: int = about("The version you read.")
    kk_number: KkNumber = about("The number from now on (nomor KK).")
    reason: CardChange = about("Why it has another number.")


@command
class RegisterCitizenInput(Telling):
    """A person who enters the register: born here, come here, or not yet written down."""

    household: strawberry.ID = about("The family the person belongs to.")
    nik: Nik | None = about("NIK where it is known; one that disagrees with birth date or sex is kept with a warning.")
    full_name: str = about("Full name (nama lengkap).")
    sex: Sex = about("Sex (jenis kelamin).")
    family_relation: FamilyRelation = about("Relation to the head of family (SHDK).")


@command
class UpdateCitizenInput(Telling):
    """What is left out stays; null empties."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The version you read.")
    full_name: str | None = about("Full name (nama lengkap).")
    sex: Sex | None = about("Sex (jenis kelamin).")
    family_relation: FamilyRelation | None = about(
        "Relation to the head of family (SHDK); the head changes by `setHouseholdHead`."
    )


@command
class AssignNikInput:
    """The NIK of a person who had a temporary one, or none."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The version you read.")
    nik: Nik = about("The registry's NIK; one that disagrees with birth date or sex is kept with a warning.")


@command
class CorrectNikInput:
    """Another NIK, or none, and why."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The version you read.")
    nik: Nik | None = about("The right NIK; null where it turned out not to be known.")
    reason: str | None = about("Why the present one is wrong (alasan); say it, though clients made before need not.")


@command
class ChangeHouseholdInput:
    """A person who goes to another family of the same village."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The person's version you read.")
    household: strawberry.ID = about("The family the person goes to.")
    family_relation: FamilyRelation = about("Relation to the head there.")
    new_head: strawberry.ID | None = about("Who heads the family left behind, where the person was its head.")


@command
class EndCitizenInput:
    """A person who died, moved away, went missing, left, or never was."""

    citizen: strawberry.ID = about("The person.")
    expected_version: int = about("The person's version you read.")
    status: BaseStatus = about("What became of the person: anything but ALIVE.")
    on: Date = about("The day it happened.")
    new_head: strawberry.ID | None = about("Who heads the family left behind, where the person was its head.")


@strawberry.input(description="Whose number is to be told, which one, and what for.")
class RevealIdentityInput:
    """One person."""

    citizen_id: strawberry.ID = about("The person.")
    field: IdentityNumber = about("Which number: the person's NIK or that of the family card (KK).")
    purpose: str = about("What it is needed for (keperluan); kept in the journal for good.")


@strawberry.input(description="Whose NIK it may be, and the digits as shown on the card.")
class ConfirmNikInput:
    """One person."""

    citizen_id: strawberry.ID = about("The person.")
    digits: Nik = about("All sixteen digits; they are neither stored nor repeated.")


@strawberry.input(description="A NIK as shown on the card, or as an old paper has it.")
class FindByNikInput:
    """One number."""

    nik: Nik = about("All sixteen digits; they are neither stored nor repeated.")


def place(given: Any) -> Values:
    """Address columns of a household that were sent."""
    return values_of(given, PLACE)


def moving(act: Act, given: Any) -> list[Moving]:
    """The members who go to another card."""
    if len(given.members) > MOST_MEMBERS:
        raise TooMany(path=("members",), most=MOST_MEMBERS)
    return [_moving(act, each, ("members", str(index))) for index, each in enumerate(given.members)]


def _moving(act: Act, given: MovingMemberInput, path: tuple[str, ...]) -> Moving:
    key = act.key(given.citizen, "Citizen", *path, "citizen")
    return Moving(key, register_codes.FamilyRelation(code(given.family_relation)), path)


def person(given: Any) -> Person:
    """What an input tells of a person."""
    sensitive = present(given.sensitive)
    return Person(
        columns=values_of(given, COLUMNS, required=REQUIRED),
        numbers=values_of(given, NUMBERS),
        sensitive=None if sensitive is None else values_of(sensitive, SENSITIVE, path=("sensitive",)),
    )


def maybe_reason(text: Any) -> str | None:
    """The reason where one was sent; never a blank one."""
    found = present(text)
    return None if found is None else written.line(found, "reason")


def maybe_number(digits: Any) -> nik.Nik | None:
    """The NIK where one was sent."""
    found = present(digits)
    return None if found is None else number(found)
