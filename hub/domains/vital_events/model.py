"""Vital and population events (peristiwa penting dan kependudukan): what happened, to whom, and what it changed.

An event is never altered or deleted: a mistake is answered by a counter-event. See docs/adr/0013-vital-events.md.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    exactly_one,
    one_of,
    tenant_index,
)


class VitalEventType(Word):
    """Type of a population or vital event (jenis peristiwa)."""

    ADDRESS_CHANGE = "ADDRESS_CHANGE", "Perubahan alamat", "Change of address"
    MOVE_IN_PERMANENT = "MOVE_IN_PERMANENT", "Pindah datang untuk menetap", "Move in for good"
    LIMITED_STAY = "LIMITED_STAY", "Tinggal terbatas", "Limited stay"
    FOREIGN_LIMITED_TO_PERMANENT = (
        "FOREIGN_LIMITED_TO_PERMANENT",
        "Tinggal terbatas menjadi tinggal tetap",
        "Foreign resident from limited to permanent stay",
    )
    BIRTH = "BIRTH", "Kelahiran", "Birth"
    STILLBIRTH = "STILLBIRTH", "Lahir mati", "Stillbirth"
    DEATH = "DEATH", "Kematian", "Death"
    MARRIAGE = "MARRIAGE", "Perkawinan", "Marriage"
    DIVORCE = "DIVORCE", "Perceraian", "Divorce"
    ADOPTION = "ADOPTION", "Pengangkatan anak", "Adoption"
    CHILD_ACKNOWLEDGEMENT = "CHILD_ACKNOWLEDGEMENT", "Pengakuan anak", "Acknowledgement of a child"
    CHILD_LEGITIMATION = "CHILD_LEGITIMATION", "Pengesahan anak", "Legitimation of a child"
    CITIZENSHIP_CHANGE = "CITIZENSHIP_CHANGE", "Perubahan status kewarganegaraan", "Change of citizenship"
    NAME_CHANGE = "NAME_CHANGE", "Perubahan nama", "Change of name"
    OTHER_VITAL = "OTHER_VITAL", "Peristiwa penting lainnya", "Other vital event"


class VitalEventState(Word):
    """State of an event (keadaan peristiwa): only RECORDED ones are in force, so count those."""

    RECORDED = "RECORDED", "Tercatat", "Recorded, in force"
    CORRECTED = "CORRECTED", "Dikoreksi", "Taken back by a counter-event"
    CORRECTION = "CORRECTION", "Koreksi", "Counter-event that takes another back"


class SubjectPart(Word):
    """Part of a person in an event (peran dalam peristiwa)."""

    SUBJECT = "SUBJECT", "Yang bersangkutan", "Whom it is about"
    CHILD = "CHILD", "Anak", "Child"
    MOTHER = "MOTHER", "Ibu", "Mother"
    FATHER = "FATHER", "Ayah", "Father"
    SPOUSE = "SPOUSE", "Suami atau istri", "Spouse"
    DECEASED = "DECEASED", "Yang meninggal", "Deceased"


class Timeliness(Word):
    """Timeliness of a report (ketepatan waktu pelaporan), by the legal limit of its type."""

    ON_TIME = "ON_TIME", "Tepat waktu", "Within the limit"
    LATE = "LATE", "Terlambat", "After the limit"
    NO_LIMIT = "NO_LIMIT", "Tanpa batas waktu", "No limit is known for it"


class ChangedField(Word):
    """Field of the register that an event changed (data yang berubah)."""

    BASE_STATUS = "BASE_STATUS", "Status dasar", "Standing in the register"
    ENDED_ON = "ENDED_ON", "Tanggal berakhir", "Day of the end"
    FULL_NAME = "FULL_NAME", "Nama lengkap", "Full name"
    HOUSEHOLD_ID = "HOUSEHOLD_ID", "Keluarga", "Household"
    FAMILY_RELATION = "FAMILY_RELATION", "Hubungan keluarga", "Relation to the head"
    MARITAL_STATUS = "MARITAL_STATUS", "Status perkawinan", "Marital status"
    MARRIED_ON = "MARRIED_ON", "Tanggal perkawinan", "Date of marriage"
    MARRIAGE_CERTIFICATE = "MARRIAGE_CERTIFICATE", "Akta perkawinan", "Marriage certificate"
    DIVORCED_ON = "DIVORCED_ON", "Tanggal perceraian", "Date of divorce"
    DIVORCE_CERTIFICATE = "DIVORCE_CERTIFICATE", "Akta perceraian", "Divorce certificate"
    CITIZENSHIP = "CITIZENSHIP", "Kewarganegaraan", "Citizenship"
    KITAS_NUMBER = "KITAS_NUMBER", "Izin tinggal", "Stay permit"
    CURRENT_ADDRESS = "CURRENT_ADDRESS", "Alamat sekarang", "Present address"
    FATHER_NAME = "FATHER_NAME", "Nama ayah", "Father's name"
    MOTHER_NAME = "MOTHER_NAME", "Nama ibu", "Mother's name"
    HEAD_ID = "HEAD_ID", "Kepala keluarga", "Head of the household"
    END_REASON = "END_REASON", "Alasan berakhir", "Why the household ended"
    ADDRESS = "ADDRESS", "Alamat", "Address"
    HAMLET = "HAMLET", "Dusun", "Hamlet"
    RW = "RW", "Rukun warga (RW)", "Community unit"
    RT = "RT", "Rukun tetangga (RT)", "Neighbourhood unit"


class EventLimit(SQLModel, table=True):
    """Within how many days a type of event is to be reported, by law; a type without a row has no limit."""

    __tablename__ = "event_limit"
    __table_args__ = (one_of("type", VitalEventType), CheckConstraint("days > 0", name="days_positive"))

    type: str = Field(primary_key=True, sa_type=C_TEXT)
    days: int
    legal_basis: str = Field(sa_type=Text)


class VitalEvent(TenantRow, table=True):
    """Something that happened to people of a village, and who reported it when."""

    __tablename__ = "vital_event"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("citizen_id", "citizen"),
        belongs("household_id", "household"),
        belongs("corrects_id", "vital_event"),
        ForeignKeyConstraint(["tenant_id", "corrected_by_id"], ["vital_event.tenant_id", "vital_event.id"]),
        one_of("type", VitalEventType),
        one_of("state", VitalEventState),
        CheckConstraint("reported_on >= occurred_on", name="reported_after"),
        CheckConstraint("(state = 'CORRECTION') = (corrects_id is not null)", name="correction_corrects"),
        CheckConstraint("(state = 'CORRECTED') = (corrected_by_id is not null)", name="corrected_by_one"),
        Index(
            "uq_vital_event_correction",
            "tenant_id",
            "corrects_id",
            unique=True,
            postgresql_where=text("corrects_id IS NOT NULL"),
        ),
        # A person dies once: another death is recorded only after the first was corrected.
        Index(
            "uq_vital_event_death",
            "tenant_id",
            "citizen_id",
            unique=True,
            postgresql_where=text("type = 'DEATH' AND state = 'RECORDED'"),
        ),
        tenant_index("occurred_on", "id"),
        tenant_index("reported_on", "id"),
        tenant_index("type", "id"),
        tenant_index("state", "id"),
        tenant_index("village_id", "occurred_on", "id"),
        tenant_index("household_id", "id"),
        tenant_index("citizen_id", "id"),
    )

    type: str = Field(sa_type=C_TEXT)
    state: str = Field(default=VitalEventState.RECORDED.value, sa_type=C_TEXT)
    occurred_on: date
    reported_on: date
    village_id: UUID
    citizen_id: UUID
    household_id: UUID
    place: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    corrects_id: UUID | None = None
    corrected_by_id: UUID | None = None
    grant_id: UUID | None = None
    channel: str = Field(default="API", sa_type=C_TEXT)
    captured_at: datetime | None = Field(default=None, sa_type=MOMENT)


class VitalEventSubject(TenantRow, table=True):
    """A person's part in an event."""

    __tablename__ = "vital_event_subject"
    __table_args__ = (
        belongs("event_id", "vital_event"),
        belongs("citizen_id", "citizen"),
        belongs("village_id", "village"),
        one_of("part", SubjectPart),
        UniqueConstraint("tenant_id", "event_id", "citizen_id", name="uq_vital_event_subject_once"),
        tenant_index("event_id", "position", "id"),
        tenant_index("citizen_id", "id"),
    )

    event_id: UUID
    citizen_id: UUID
    village_id: UUID
    position: int
    part: str = Field(sa_type=C_TEXT)


class VitalEventEffect(TenantRow, table=True):
    """A field of a person or a household that an event changed, as text before and after."""

    __tablename__ = "vital_event_effect"
    __table_args__ = (
        belongs("event_id", "vital_event"),
        belongs("citizen_id", "citizen"),
        belongs("household_id", "household"),
        belongs("village_id", "village"),
        one_of("field", ChangedField),
        exactly_one("citizen_id", "household_id"),
        tenant_index("event_id", "position", "id"),
        tenant_index("citizen_id", "id"),
        tenant_index("household_id", "id"),
    )

    event_id: UUID
    citizen_id: UUID | None = None
    household_id: UUID | None = None
    village_id: UUID
    position: int
    field: str = Field(sa_type=C_TEXT)
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)


describe(EventLimit, Kind.REFERENCE, Retention.REFERENCE, outside=all_columns(EventLimit))
describe(
    VitalEvent,
    Kind.PERSON,
    Retention.REGISTER,
    subject="citizen_id",
    about=("id<vital_event_subject.event_id",),
    apart=("note",),
)
describe(VitalEventSubject, Kind.PERSON, Retention.REGISTER, subject="citizen_id")
describe(
    VitalEventEffect,
    Kind.PERSON,
    Retention.REGISTER,
    subject="citizen_id",
    about=("household_id<citizen.household_id",),
)
