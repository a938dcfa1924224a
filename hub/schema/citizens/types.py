"""Citizens and households in the graph."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, false, func, literal_column, not_, select, true

from hub.domains.citizens.model import Citizen as CitizenModel
from hub.domains.citizens.model import CitizenSensitive as SensitiveModel
from hub.domains.citizens.model import DisclosureAlarm as AlarmModel
from hub.domains.citizens.model import FormerCard as FormerCardModel
from hub.domains.citizens.model import FormerNik as FormerNikModel
from hub.domains.citizens.model import Household as HouseholdModel
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    DataClass,
    column,
    computed,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.scalars import Date, DateTime, MaskedNumber
from hub.schema.citizens import search
from hub.schema.citizens.words import (
    AlarmKind,
    BaseStatus,
    BloodType,
    CardChange,
    Citizenship,
    Contraception,
    Disability,
    Education,
    EktpStatus,
    EndReason,
    FamilyRelation,
    HealthInsurance,
    KtpRecordingStatus,
    MaritalStatus,
    NikStatus,
    Occupation,
    Pregnancy,
    Religion,
    Schooling,
    Sex,
)
from hub.schema.villages.types import Village
from hub.store.base import table
from hub.tenants.model import Principal
from hub.tenants.permissions import Permission

IDENTITY = Permission.SEE_IDENTITY
REGISTER = Permission.READ_REGISTER
GENERAL = DataClass.GENERAL
SPECIFIC = DataClass.SPECIFIC
_PRINCIPALS = table(Principal)


def masked(prefix: Any) -> ColumnElement[str]:
    """The first four digits and twelve dots, nothing more."""
    shown: ColumnElement[str] = prefix.concat(literal_column("'............'", String))
    return shown


def _is(value: Any, word: str) -> ColumnElement[bool]:
    """Equality with a fixed word; an unknown value is not it."""
    same: ColumnElement[bool] = func.coalesce(value, literal_column("''", String)) == literal_column(
        f"'{word}'", String
    )
    return same


def _has_passport(c: Any, binds: Binds) -> ColumnElement[bool]:
    expired = and_(c.passport_expires_on.is_not(None), c.passport_expires_on < binds.today(c.tenant_id))
    return and_(c.passport_number.is_not(None), not_(expired))


def _who(c: Any, _binds: Binds) -> ColumnElement[str]:
    """The principal's name."""
    return (
        select(_PRINCIPALS.c.name)
        .where(_PRINCIPALS.c.tenant_id == c.tenant_id, _PRINCIPALS.c.id == c.principal_id)
        .correlate(c.id.table)
        .scalar_subquery()
    )


def _age_group(c: Any, binds: Binds) -> ColumnElement[str]:
    years = func.date_part(literal_column("'year'"), func.age(binds.today(c.tenant_id), c.birth_date))
    low = cast(func.floor(years / 5) * 5, Integer)
    return case(
        (c.birth_date.is_(None), None),
        (years >= 75, literal_column("'75+'", String)),  # noqa: PLR2004  # the open class of the figures
        else_=cast(low, String).concat(literal_column("'-'", String)).concat(cast(low + 4, String)),
    )


@node(
    HouseholdModel,
    filters=("hamlet",),
    orders={"ID": (), "VILLAGE": ("village_id",)},
)
class Household:
    """A family (keluarga) with its card and address."""

    version: int = column("Version, for `expectedVersion` of updates.")
    kk_number: MaskedNumber = computed(
        "Family card number (nomor KK), masked.", lambda c, _b: masked(c.kk_prefix), data=GENERAL
    )
    has_family_card: bool = computed(
        "Whether the card number is the registry's own; one that begins with 0 was made up until the card is issued.",
        lambda c, _b: not_(_is(func.left(c.kk_prefix, literal_column("1")), "0")),
    )
    address: str | None = column("Street address (alamat).", guard=IDENTITY, data=GENERAL)
    hamlet: str | None = column("Hamlet (dusun).")
    rw: str | None = column("Community unit (RW).")
    rt: str | None = column("Neighbourhood unit (RT).")
    ended_at: DateTime | None = column("When the household ended; null while it exists.")
    end_reason: EndReason | None = column("Why it ended.")
    village: Village = one("The village.", HouseholdModel.village_id)


@node(FormerCardModel)
class FormerCard:
    """A number that a family card had before (nomor KK lama)."""

    kk_number: MaskedNumber = computed("The former number, masked.", lambda c, _b: masked(c.kk_prefix), data=GENERAL)
    reason: CardChange = column("Why it gave way to another.")
    replaced_at: DateTime = column("When it did.", FormerCardModel.created_at)
    household: Household = one("The household.", FormerCardModel.household_id)


@node(
    CitizenModel,
    filters=(
        "sex",
        "birth_date",
        "base_status",
        "ektp_status",
        "family_relation",
        "marital_status",
        "occupation",
        "education",
        "village",
        "household",
    ),
    orders={"NAME": ("sort_key",), "ID": ()},
    groups=(
        "sex",
        "base_status",
        "ektp_status",
        "family_relation",
        "marital_status",
        "occupation",
        "education",
    ),
)
class Citizen:
    """A resident in a village's register (penduduk)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    nik: MaskedNumber | None = computed(
        "Population number (NIK), masked; null where it is not known.",
        lambda c, _b: masked(c.nik_prefix),
        data=GENERAL,
    )
    nik_status: NikStatus = column("What is known of the NIK.")
    full_name: str | None = column("Full name (nama lengkap).", guard=REGISTER, data=GENERAL)
    sex: Sex = column("Sex (jenis kelamin).", data=GENERAL)
    birth_place: str | None = column("Place of birth (tempat lahir).", guard=IDENTITY, data=GENERAL)
    birth_date: Date | None = column("Date of birth (tanggal lahir).", guard=IDENTITY, data=GENERAL)
    age_group: str | None = computed("Age in classes of five years (kelompok umur).", _age_group, data=GENERAL)
    education: Education | None = column("Education on the family card (pendidikan dalam KK).", data=GENERAL)
    schooling: Schooling | None = column("Current schooling (pendidikan sedang ditempuh).", data=GENERAL)
    occupation: Occupation | None = column("Occupation (pekerjaan).", data=GENERAL)
    marital_status: MaritalStatus | None = column("Marital status (status perkawinan).", data=GENERAL)
    family_relation: FamilyRelation = column("Relation to the head of family (SHDK).", data=GENERAL)
    citizenship: Citizenship | None = column("Citizenship (kewarganegaraan).", data=GENERAL)
    father_nik: MaskedNumber | None = computed(
        "Father's NIK, masked.", lambda c, _b: masked(c.father_nik_prefix), guard=IDENTITY, data=GENERAL
    )
    father_name: str | None = column("Father's name (nama ayah).", guard=IDENTITY, data=GENERAL)
    mother_nik: MaskedNumber | None = computed(
        "Mother's NIK, masked.", lambda c, _b: masked(c.mother_nik_prefix), guard=IDENTITY, data=GENERAL
    )
    mother_name: str | None = column("Mother's name (nama ibu).", guard=IDENTITY, data=GENERAL)
    birth_certificate: str | None = column(
        "Number of the birth certificate (akta lahir).", guard=IDENTITY, data=GENERAL
    )
    passport_number: str | None = column("Passport number (nomor paspor).", guard=IDENTITY, data=GENERAL)
    passport_expires_on: Date | None = column("Expiry of the passport.", guard=IDENTITY, data=GENERAL)
    kitas_number: str | None = column("Stay permit (KITAS/KITAP).", guard=IDENTITY, data=GENERAL)
    marriage_certificate: str | None = column(
        "Number of the marriage certificate (akta perkawinan).", guard=IDENTITY, data=GENERAL
    )
    married_on: Date | None = column("Date of marriage.", guard=IDENTITY, data=GENERAL)
    divorce_certificate: str | None = column(
        "Number of the divorce certificate (akta perceraian).", guard=IDENTITY, data=GENERAL
    )
    divorced_on: Date | None = column("Date of divorce.", guard=IDENTITY, data=GENERAL)
    has_ktp: bool = computed(
        "Whether an electronic identity card (KTP-el) is in hand.",
        lambda c, _b: _is(c.ektp_status, EktpStatus.KTP_EL),
        data=GENERAL,
    )
    has_birth_certificate: bool = computed(
        "Whether a birth certificate is recorded.", lambda c, _b: c.birth_certificate.is_not(None), data=GENERAL
    )
    has_marriage_certificate: bool = computed(
        "Whether a marriage certificate is recorded.",
        lambda c, _b: c.marriage_certificate.is_not(None),
        data=GENERAL,
    )
    has_divorce_certificate: bool = computed(
        "Whether a divorce certificate is recorded.", lambda c, _b: c.divorce_certificate.is_not(None), data=GENERAL
    )
    has_passport: bool = computed("Whether a passport is recorded that has not expired.", _has_passport, data=GENERAL)
    has_stay_permit: bool = computed(
        "Whether a stay permit (KITAS/KITAP) is recorded.", lambda c, _b: c.kitas_number.is_not(None), data=GENERAL
    )
    has_phone: bool = computed(
        "Whether a telephone number is recorded.", lambda c, _b: c.phone_bidx.is_not(None), data=GENERAL
    )
    ektp_status: EktpStatus | None = column("Electronic identity card (KTP-el).", data=GENERAL)
    ktp_recording_status: KtpRecordingStatus | None = column(
        "Stage of recording for the identity card (status perekaman).", data=GENERAL
    )
    current_address: str | None = column("Present address (alamat sekarang).", guard=IDENTITY, data=GENERAL)
    base_status: BaseStatus = column("Standing in the register (status dasar).", data=GENERAL)
    tag_id_card: str | None = column("Tag of the resident card.", guard=IDENTITY, data=GENERAL)
    health_insurance: HealthInsurance | None = column("Health insurance (asuransi kesehatan).", data=GENERAL)
    insurance_number: str | None = column("Insurance number.", guard=IDENTITY, data=GENERAL)
    latitude: str | None = column("Latitude of the home (lintang).", guard=IDENTITY, data=GENERAL)
    longitude: str | None = column("Longitude of the home (bujur).", guard=IDENTITY, data=GENERAL)
    source: str = column("Where the record comes from.")
    updated_at: DateTime = column("When the record was last changed.")
    ended_at: DateTime | None = column("When the end was recorded; null while the record lives.")
    ended_on: Date | None = column("The day of the death, the move or the like.", guard=IDENTITY, data=GENERAL)
    end_reason: EndReason | None = column("Why it ended.")
    village: Village = one("The village.", CitizenModel.village_id)
    household: Household = one("The household.", CitizenModel.household_id)


# Hidden as a row, not only behind its edge: its id is the person's, so that it can be put together.
@node(SensitiveModel, visible=lambda _c, b: true() if b.may(Permission.SEE_SENSITIVE) else false())
class CitizenSensitive:
    """Specific personal data of a resident, under its own permission."""

    religion: Religion | None = column("Religion (agama).", data=SPECIFIC)
    ethnicity: str | None = column("Ethnic group (suku).", data=SPECIFIC)
    blood_type: BloodType | None = column("Blood type (golongan darah).", data=SPECIFIC)
    disability: Disability | None = column("Disability (penyandang disabilitas).", data=SPECIFIC)
    contraception: Contraception | None = column("Contraception (akseptor KB).", data=SPECIFIC)
    pregnant: Pregnancy | None = column("Pregnancy (hamil).", data=SPECIFIC)


@node(FormerNikModel)
class FormerNik:
    """A NIK that a person had before (NIK lama): a temporary one, or one that was wrong."""

    nik: MaskedNumber = computed("The number, masked.", lambda c, _b: masked(c.nik_prefix), data=GENERAL)
    nik_status: NikStatus = column("What was known of it.")
    reason: str | None = column("Why it was corrected; null for one that was temporary.", guard=IDENTITY, data=GENERAL)
    replaced_at: DateTime = column("When another took its place.", FormerNikModel.created_at)
    citizen: Citizen = one("The person.", FormerNikModel.citizen_id)


@node(
    AlarmModel,
    visible=lambda _c, b: true() if b.may(Permission.READ_JOURNAL) else false(),
    filters=("kind", "day"),
    orders={"DAY": ("day",)},
    groups=("kind",),
)
class DisclosureAlarm:
    """That somebody was told, or guessed at, unusually many numbers on a day (peringatan pembukaan data)."""

    kind: AlarmKind = column("What was unusual.")
    day: Date = column("The day.")
    who: str | None = computed("Name of the person or machine; null for the whole kecamatan.", _who)
    role: str = column("Role of the one by whom the threshold was reached.")
    number: int = column("How many it were when it was raised.")
    threshold: int = column("From how many it is raised (HUB_ALARM_…).")
    raised_at: DateTime = column("When it was raised; once in a day.", AlarmModel.created_at)


@extend(Household)
class Members:
    """The people of a household."""

    head: Citizen | None = one("Head of the family (kepala keluarga).", HouseholdModel.head_id)
    members: Connection[Citizen] = many(
        "Members in the register.", CitizenModel.household_id, order="ID", where=lambda c, _b: c.ended_at.is_(None)
    )
    former_cards: Connection[FormerCard] = many(
        "Numbers that the family card had before.", FormerCardModel.household_id
    )


@extend(Citizen)
class Sensitive:
    """What is kept apart."""

    former_niks: Connection[FormerNik] | None = many(
        "Numbers that the person had before (NIK lama).", FormerNikModel.citizen_id, guard=REGISTER
    )
    sensitive: CitizenSensitive | None = one(
        "Specific personal data (data pribadi spesifik).", CitizenModel.id, guard=Permission.SEE_SENSITIVE
    )


@extend(Village)
class Register:
    """The register of a village."""

    households: Connection[Household] | None = many(
        "Households of the village.",
        HouseholdModel.village_id,
        guard=REGISTER,
        where=lambda c, _b: c.ended_at.is_(None),
    )
    citizens: Connection[Citizen] | None = many(
        "Residents of the village.",
        CitizenModel.village_id,
        guard=REGISTER,
        where=lambda c, _b: c.ended_at.is_(None),
    )


@queries
class CitizenQueries:
    """Root fields."""

    citizens: Connection[Citizen] | None = roots(
        "Residents in the registers within your scope.",
        guard=REGISTER,
        where=lambda c, _b: c.ended_at.is_(None),
        arguments=search.ARGUMENTS,
    )
    citizen: Citizen | None = root_one("A resident by id.", {"id": strawberry.ID}, guard=REGISTER)
    households: Connection[Household] | None = roots(
        "Households within your scope.", guard=REGISTER, where=lambda c, _b: c.ended_at.is_(None)
    )
    disclosure_alarms: Connection[DisclosureAlarm] | None = roots(
        "Alarms about numbers told in the kecamatan.", guard=Permission.READ_JOURNAL
    )
    household: Household | None = root_one("A household by id.", {"id": strawberry.ID}, guard=REGISTER)
