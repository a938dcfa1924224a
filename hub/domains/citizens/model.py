"""Citizens and households: the population register of the villages.

Every table here hangs on persons: it carries its own `village_id`, is narrowed to an official's villages, and is closed
to `hub_outside`. NIK, family card and phone numbers are ciphertext with a blind index; the first four digits stand
apart for the mask. Codes are the names of `hub.kernel.register_codes`.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    belongs,
    describe,
    one_of,
    tenant_index,
)

LIVING = "ended_at IS NULL"


class NikStatus(Word):
    """What is known of a NIK."""

    WELL_FORMED = "WELL_FORMED", "Bentuk benar", "Well formed"
    WARNING = "WARNING", "Perlu diperiksa", "To be checked"
    TEMPORARY = "TEMPORARY", "NIK sementara", "Temporary NIK"
    UNKNOWN = "UNKNOWN", "Belum diketahui", "Not yet known"


class EndReason(Word):
    """Why a row of the register ended."""

    DIED = "DIED", "Meninggal", "Died"
    MOVED = "MOVED", "Pindah", "Moved"
    MISSING = "MISSING", "Hilang", "Missing"
    LEFT = "LEFT", "Pergi", "Left"
    INVALID = "INVALID", "Tidak valid", "Not valid"
    EMPTY = "EMPTY", "Tidak ada anggota", "No members left"
    MERGED = "MERGED", "Digabung ke KK lain", "Its members went to another family card"
    UNDONE = "UNDONE", "Impor dibatalkan", "The import that made it was undone"
    REGION_SPLIT = "REGION_SPLIT", "Pemekaran wilayah", "The village went to another kecamatan"


class CardChange(Word):
    """Why a family card has another number."""

    REISSUED = "REISSUED", "Diterbitkan nomor baru", "The registry issued another number"
    MISTYPED = "MISTYPED", "Salah catat", "The former number was never this family's"


class AlarmKind(Word):
    """What was unusual (jenis peringatan). HUB_ALARM_… say from how many in a day."""

    REVEALED = "REVEALED", "Banyak nomor dibuka oleh satu orang", "Many clear numbers told to one principal"
    MISSED = "MISSED", "Banyak pencocokan yang salah oleh satu orang", "Many wrong guesses by one principal"
    OFFICE = "OFFICE", "Banyak nomor dibuka di seluruh kantor", "Many disclosures in the whole kecamatan"


class StayState(Word):
    """Whether a stay counts (keadaan riwayat tinggal)."""

    HELD = "HELD", "Berlaku", "Holds"
    REPLACED = "REPLACED", "Digantikan", "Another took its place: it was recorded wrongly, or held on no day"
    INVALID = "INVALID", "Tidak valid", "Of a person who should never have been in the register"


class StayBeginning(Word):
    """What is known of a stay's first day (awal riwayat tinggal)."""

    RECORDED = "RECORDED", "Mulai diketahui pada hari itu", "Known from that day; it may be older"
    EVENT = "EVENT", "Mulai pada hari peristiwa", "An event of that day began it"


class Household(TenantRow, table=True):
    """A family (keluarga) with its card number (nomor KK) and address."""

    __tablename__ = "household"
    __table_args__ = (
        belongs("village_id", "village"),
        ForeignKeyConstraint(
            ["tenant_id", "head_id"],
            ["citizen.tenant_id", "citizen.id"],
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("uq_household_kk", "tenant_id", "village_id", "kk_bidx", unique=True, postgresql_where=text(LIVING)),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_has_reason"),
        tenant_index("kk_bidx"),
        tenant_index("village_id", "id"),
        tenant_index("hamlet", "id"),
    )

    village_id: UUID
    head_id: UUID | None = None
    kk_sealed: bytes = Field(sa_type=LargeBinary)
    kk_bidx: bytes = Field(sa_type=LargeBinary)
    kk_prefix: str = Field(sa_type=C_TEXT)
    address: str | None = Field(default=None, sa_type=Text)
    hamlet: str | None = Field(default=None, sa_type=C_TEXT)
    rw: str | None = Field(default=None, sa_type=C_TEXT)
    rt: str | None = Field(default=None, sa_type=C_TEXT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=C_TEXT)


class FormerCard(TenantRow, table=True):
    """A number that a family card had before; `created_at` is when another took its place."""

    __tablename__ = "former_card"
    __table_args__ = (
        belongs("household_id", "household"),
        belongs("village_id", "village"),
        one_of("reason", CardChange),
        tenant_index("household_id", "id"),
        tenant_index("kk_bidx"),
    )

    household_id: UUID
    village_id: UUID
    kk_sealed: bytes = Field(sa_type=LargeBinary)
    kk_bidx: bytes = Field(sa_type=LargeBinary)
    kk_prefix: str = Field(sa_type=C_TEXT)
    reason: str = Field(sa_type=C_TEXT)


class Citizen(TenantRow, table=True):
    """A person in the register of a village."""

    __tablename__ = "citizen"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("household_id", "household"),
        Index(
            "uq_citizen_nik",
            "tenant_id",
            "village_id",
            "nik_bidx",
            unique=True,
            postgresql_where=text(f"{LIVING} AND nik_bidx IS NOT NULL"),
        ),
        Index(
            "uq_citizen_head",
            "tenant_id",
            "household_id",
            unique=True,
            postgresql_where=text(f"{LIVING} AND family_relation = 'HEAD'"),
        ),
        CheckConstraint("(nik_sealed is null) = (nik_bidx is null)", name="nik_whole"),
        CheckConstraint("(father_nik_sealed is null) = (father_nik_prefix is null)", name="father_nik_whole"),
        CheckConstraint("(mother_nik_sealed is null) = (mother_nik_prefix is null)", name="mother_nik_whole"),
        CheckConstraint("(phone_sealed is null) = (phone_bidx is null)", name="phone_whole"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_has_reason"),
        CheckConstraint("birth_date is null or birth_date >= '1850-01-01'", name="birth_date_plausible"),
        tenant_index("nik_bidx"),
        tenant_index("phone_bidx", postgresql_where=text("phone_bidx IS NOT NULL")),
        tenant_index("sort_key", "id"),
        tenant_index("village_id", "sort_key", "id"),
        tenant_index("household_id", "id"),
        tenant_index("birth_date", "id"),
        tenant_index("sex", "id"),
        tenant_index("base_status", "id"),
        tenant_index("ektp_status", "id"),
        tenant_index("family_relation", "id"),
        tenant_index("marital_status", "id"),
        tenant_index("occupation", "id"),
        tenant_index("education", "id"),
    )

    village_id: UUID
    household_id: UUID
    nik_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    nik_bidx: bytes | None = Field(default=None, sa_type=LargeBinary)
    nik_prefix: str | None = Field(default=None, sa_type=C_TEXT)
    nik_status: str = Field(sa_type=C_TEXT)
    full_name: str = Field(sa_type=Text)
    sort_key: str = Field(sa_type=C_TEXT)
    sex: str = Field(sa_type=C_TEXT)
    birth_place: str | None = Field(default=None, sa_type=Text)
    birth_date: date | None = None
    education: str | None = Field(default=None, sa_type=C_TEXT)
    schooling: str | None = Field(default=None, sa_type=C_TEXT)
    occupation: str | None = Field(default=None, sa_type=C_TEXT)
    marital_status: str | None = Field(default=None, sa_type=C_TEXT)
    family_relation: str = Field(sa_type=C_TEXT)
    citizenship: str | None = Field(default=None, sa_type=C_TEXT)
    father_nik_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    father_nik_prefix: str | None = Field(default=None, sa_type=C_TEXT)
    father_name: str | None = Field(default=None, sa_type=Text)
    mother_nik_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    mother_nik_prefix: str | None = Field(default=None, sa_type=C_TEXT)
    mother_name: str | None = Field(default=None, sa_type=Text)
    birth_certificate: str | None = Field(default=None, sa_type=Text)
    passport_number: str | None = Field(default=None, sa_type=Text)
    passport_expires_on: date | None = None
    kitas_number: str | None = Field(default=None, sa_type=Text)
    marriage_certificate: str | None = Field(default=None, sa_type=Text)
    married_on: date | None = None
    divorce_certificate: str | None = Field(default=None, sa_type=Text)
    divorced_on: date | None = None
    ektp_status: str | None = Field(default=None, sa_type=C_TEXT)
    ktp_recording_status: str | None = Field(default=None, sa_type=C_TEXT)
    current_address: str | None = Field(default=None, sa_type=Text)
    base_status: str = Field(sa_type=C_TEXT)
    tag_id_card: str | None = Field(default=None, sa_type=Text)
    health_insurance: str | None = Field(default=None, sa_type=C_TEXT)
    insurance_number: str | None = Field(default=None, sa_type=Text)
    latitude: str | None = Field(default=None, sa_type=Text)
    longitude: str | None = Field(default=None, sa_type=Text)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_bidx: bytes | None = Field(default=None, sa_type=LargeBinary)
    source: str = Field(default="OPENSID", sa_type=C_TEXT)
    row_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    ended_on: date | None = None  # the day of the death or the move; `ended_at` is when it was recorded
    end_reason: str | None = Field(default=None, sa_type=C_TEXT)
    counted_from: date | None = None  # the first day on which a record taken over at a region split counts here


class Stay(TenantRow, table=True):
    """From which day until which a person lived in a household, as what and under which name.

    `until_on` is the first day on which that was no longer so. See docs/adr/0024-as-at-a-day.md.
    """

    __tablename__ = "stay"
    __table_args__ = (
        belongs("citizen_id", "citizen"),
        belongs("household_id", "household"),
        belongs("village_id", "village"),
        one_of("state", StayState),
        one_of("beginning", StayBeginning),
        CheckConstraint("until_on >= from_on", name="until_after_from"),
        CheckConstraint("end_reason is null or until_on is not null", name="end_has_day"),
        Index(
            "uq_stay_open",
            "tenant_id",
            "citizen_id",
            unique=True,
            postgresql_where=text("until_on IS NULL AND state = 'HELD'"),
        ),
        tenant_index("from_on", "id"),
        tenant_index("citizen_id", "from_on", "id"),
        tenant_index("household_id", "from_on", "id"),
        tenant_index("village_id", "from_on", "id"),
        tenant_index("family_relation", "id"),
    )

    citizen_id: UUID
    village_id: UUID
    household_id: UUID
    full_name: str = Field(sa_type=Text)
    sex: str = Field(sa_type=C_TEXT)
    family_relation: str = Field(sa_type=C_TEXT)
    marital_status: str | None = Field(default=None, sa_type=C_TEXT)
    from_on: date
    until_on: date | None = None
    beginning: str = Field(sa_type=C_TEXT)
    state: str = Field(default=StayState.HELD.value, sa_type=C_TEXT)
    end_reason: str | None = Field(default=None, sa_type=C_TEXT)  # null where another stay of the person follows


class CitizenSensitive(TenantRow, table=True):
    """What the law protects most of a person; apart, under its own permission. `id` is the citizen's."""

    __tablename__ = "citizen_sensitive"
    __table_args__ = (belongs("id", "citizen"), belongs("village_id", "village"), tenant_index("village_id"))

    village_id: UUID
    religion: str | None = Field(default=None, sa_type=C_TEXT)
    ethnicity: str | None = Field(default=None, sa_type=Text)
    blood_type: str | None = Field(default=None, sa_type=C_TEXT)
    disability: str | None = Field(default=None, sa_type=C_TEXT)
    contraception: str | None = Field(default=None, sa_type=C_TEXT)
    pregnant: str | None = Field(default=None, sa_type=C_TEXT)


class FormerNik(TenantRow, table=True):
    """A NIK that a person had: a temporary one, or one that was wrong. Old files and papers still name them by it."""

    __tablename__ = "former_nik"
    __table_args__ = (
        belongs("citizen_id", "citizen"),
        belongs("village_id", "village"),
        one_of("nik_status", NikStatus),
        tenant_index("citizen_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("nik_bidx"),
    )

    citizen_id: UUID
    village_id: UUID
    nik_sealed: bytes = Field(sa_type=LargeBinary)
    nik_bidx: bytes = Field(sa_type=LargeBinary)
    nik_prefix: str = Field(sa_type=C_TEXT)
    nik_status: str = Field(sa_type=C_TEXT)
    reason: str | None = Field(default=None, sa_type=Text)


class DisclosureTally(SQLModel, table=True):
    """How often a principal was told or asked for numbers on a day; what alarms are raised by."""

    __tablename__ = "disclosure_tally"

    tenant_id: int = Field(primary_key=True)
    principal_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    revealed: int = 0
    asked: int = 0
    missed: int = 0


class DisclosureAlarm(TenantRow, table=True):
    """That somebody was told, or guessed at, unusually many numbers on a day; once for each kind and day."""

    __tablename__ = "disclosure_alarm"
    __table_args__ = (
        one_of("kind", AlarmKind),
        UniqueConstraint("tenant_id", "day", "kind", "principal_id", name="uq_disclosure_alarm_once"),
        tenant_index("kind", "id"),
    )

    kind: str = Field(sa_type=C_TEXT)
    day: date
    principal_id: UUID  # zero where it is the whole kecamatan's
    grant_id: UUID | None = None
    role: str = Field(sa_type=C_TEXT)
    number: int
    threshold: int


class CitizenNameToken(SQLModel, table=True):
    """One folded word of a name, for the counter's search: equality and prefix on text are leakproof."""

    __tablename__ = "citizen_name_token"
    __table_args__ = (
        belongs("citizen_id", "citizen"),
        # Everything the search reads, row-level security's narrowing included: no visit to the table itself. The people
        # of one token, and those of one letter, stand in the order of their names.
        Index(
            "ix_citizen_name_token_search",
            "tenant_id",
            "token",
            "sort_key",
            "citizen_id",
            postgresql_include=["village_id", "covered", "heard"],
        ),
        Index(
            "ix_citizen_name_token_initial",
            "tenant_id",
            "initial",
            "sort_key",
            "citizen_id",
            postgresql_include=["village_id", "heard"],
            postgresql_where=text("covered = 0"),
        ),
    )

    tenant_id: int = Field(primary_key=True)
    citizen_id: UUID = Field(primary_key=True)
    token: str = Field(primary_key=True, sa_type=C_TEXT)
    village_id: UUID
    sort_key: str = Field(sa_type=C_TEXT)  # the person's, so that those found are ordered before they are looked at
    initial: str = Field(sa_type=C_TEXT)  # the token's first letter
    covered: int  # beginnings up to this length are those of another token of the person: this one need not be read
    heard: str = Field(sa_type=C_TEXT)  # all tokens of the person, each between blanks


describe(Household, Kind.PERSON, Retention.REGISTER, subject="head_id", about=("id<citizen.household_id",))
describe(FormerCard, Kind.PERSON, Retention.REGISTER, about=("household_id<citizen.household_id",))
describe(Citizen, Kind.PERSON, Retention.REGISTER, subject="id")
describe(Stay, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
describe(CitizenSensitive, Kind.PERSON, Retention.REGISTER, subject="id")
describe(FormerNik, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
describe(DisclosureTally, Kind.TENANT, Retention.SECURITY, subject="principal_id")
describe(DisclosureAlarm, Kind.TENANT, Retention.SECURITY, subject="principal_id")
_DERIVED = ("SELECT", "INSERT", "UPDATE", "DELETE")  # tokens go with the name they are drawn from
describe(
    CitizenNameToken,
    Kind.PERSON,
    Retention.REGISTER,
    subject="citizen_id",
    rights={"hub_api": _DERIVED, "hub_worker": _DERIVED},
)
