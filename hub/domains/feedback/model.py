"""Community feedback (aspirasi, pengaduan): what came in, who said it, where it went, what was answered.

Who raised it stands apart (`feedback_raiser`, under the feedback's own id): anonymous feedback has no such row, that of
confidential feedback opens to few. What everybody may read is written anew by an official (`feedback_publication`),
never the raiser's own words. Due days are kept as they were promised; that one has passed is computed. `due_on` is
that of the clock that runs, or ran last.
See docs/adr/0027-feedback.md.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, Numeric, Text, UniqueConstraint, Uuid
from sqlmodel import Field

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
    some_of,
    tenant_index,
    updating,
)
from hub.store.rls import AGENCY, PARTY


class FeedbackKind(Word):
    """Kind of feedback (jenis laporan)."""

    ASPIRATION = "ASPIRATION", "Aspirasi", "Aspiration"
    COMPLAINT = "COMPLAINT", "Pengaduan", "Complaint"
    INFORMATION_REQUEST = "INFORMATION_REQUEST", "Permintaan informasi", "Request for information"
    PRAISE = "PRAISE", "Apresiasi", "Praise"


class SubmitterKind(Word):
    """Who raised it (jenis pelapor)."""

    PARTNER_ORG = "PARTNER_ORG", "Organisasi mitra", "Partner organization"
    VILLAGE = "VILLAGE", "Desa", "Village"
    CITIZEN = "CITIZEN", "Warga", "Resident"
    ANONYMOUS = "ANONYMOUS", "Anonim", "Nobody who is named"


class FeedbackChannel(Word):
    """Channel by which it came in (saluran)."""

    API = "API", "Aplikasi", "Application"
    COUNTER = "COUNTER", "Loket", "Counter"
    WHATSAPP = "WHATSAPP", "WhatsApp", "WhatsApp"
    WEB = "WEB", "Laman web", "Web page"
    PHONE = "PHONE", "Telepon", "Telephone"
    LETTER = "LETTER", "Surat", "Letter"
    MEETING = "MEETING", "Pertemuan", "Meeting"
    SOCIAL_MEDIA = "SOCIAL_MEDIA", "Media sosial", "Social media"


class FeedbackSector(Word):
    """Sector that it is about (bidang)."""

    EDUCATION = "EDUCATION", "Pendidikan", "Education"
    HEALTH = "HEALTH", "Kesehatan", "Health"
    INFRASTRUCTURE = "INFRASTRUCTURE", "Infrastruktur", "Roads, bridges and buildings"
    HOUSING = "HOUSING", "Perumahan", "Housing"
    WATER_SANITATION = "WATER_SANITATION", "Air bersih dan sanitasi", "Water and sanitation"
    SOCIAL = "SOCIAL", "Sosial", "Social affairs"
    FOOD = "FOOD", "Pangan", "Food"
    ECONOMY = "ECONOMY", "Ekonomi", "Economy"
    ENVIRONMENT = "ENVIRONMENT", "Lingkungan", "Environment"
    POPULATION_DOC = "POPULATION_DOC", "Dokumen kependudukan", "Population documents"
    LICENSING = "LICENSING", "Perizinan", "Licences"
    SECURITY = "SECURITY", "Ketenteraman dan ketertiban", "Peace and order"
    VILLAGE_GOVERNMENT = "VILLAGE_GOVERNMENT", "Pemerintahan desa", "Village government"
    OTHER = "OTHER", "Lainnya", "Other"


class AffectedService(Word):
    """Service that suffers (layanan terdampak)."""

    EDUCATION = "EDUCATION", "Sekolah", "School"
    POSYANDU = "POSYANDU", "Posyandu", "Integrated health post"
    IMMUNISATION = "IMMUNISATION", "Imunisasi", "Immunisation"
    VITAMIN_A = "VITAMIN_A", "Vitamin A", "Vitamin A"
    FOOD_SUPPLY = "FOOD_SUPPLY", "Pasokan pangan", "Food supply"
    RICE_AID = "RICE_AID", "Bantuan beras", "Rice aid"
    HEALTH_CARE = "HEALTH_CARE", "Pelayanan kesehatan", "Health care"
    CLEAN_WATER = "CLEAN_WATER", "Air bersih", "Clean water"
    ELECTRICITY = "ELECTRICITY", "Listrik", "Electricity"
    TRANSPORT = "TRANSPORT", "Transportasi", "Transport"
    ADMINISTRATION = "ADMINISTRATION", "Pelayanan administrasi", "Administrative services"
    OTHER = "OTHER", "Lainnya", "Other"


class FeedbackState(Word):
    """State of feedback (keadaan laporan)."""

    RECEIVED = "RECEIVED", "Diterima", "Received"
    TRIAGED = "TRIAGED", "Ditelaah", "Triaged"
    ASSIGNED = "ASSIGNED", "Didisposisikan", "Assigned"
    IN_PROGRESS = "IN_PROGRESS", "Ditangani", "In progress"
    ESCALATED = "ESCALATED", "Diteruskan ke perangkat daerah", "Escalated to an agency"
    ANSWERED = "ANSWERED", "Dijawab", "Answered"
    CLOSED = "CLOSED", "Selesai", "Closed"
    REOPENED = "REOPENED", "Dibuka kembali", "Reopened"
    DUPLICATE = "DUPLICATE", "Laporan ganda", "Duplicate"
    REJECTED = "REJECTED", "Ditolak", "Rejected"


class DispositionState(Word):
    """State of a disposition (keadaan disposisi)."""

    SENT = "SENT", "Dikirim", "Sent"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Diterima", "Receipt acknowledged"
    RETURNED = "RETURNED", "Dikembalikan", "Returned"
    DONE = "DONE", "Selesai", "Done"


class Feedback(TenantRow, table=True):
    """Something that was said to the kecamatan. `villages` repeats the links' ids, for row security."""

    __tablename__ = "feedback"
    __table_args__ = (
        belongs("commitment_id", "commitment"),
        belongs("duplicate_of_id", "feedback"),
        one_of("kind", FeedbackKind),
        one_of("submitter_kind", SubmitterKind),
        one_of("channel", FeedbackChannel),
        one_of("sector", FeedbackSector),
        one_of("state", FeedbackState),
        some_of("affected_services", AffectedService),
        CheckConstraint("severity between 1 and 4", name="severity_in_range"),
        CheckConstraint("satisfaction between 1 and 4", name="satisfaction_in_range"),
        CheckConstraint("affected_population >= 0", name="population_not_negative"),
        CheckConstraint("reopened between 0 and 2", name="reopened_twice_at_most"),
        CheckConstraint("(state = 'DUPLICATE') = (duplicate_of_id is not null)", name="duplicate_of_something"),
        CheckConstraint("duplicate_of_id is null or duplicate_of_id <> id", name="not_of_itself"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="point_whole"),
        CheckConstraint(
            "latitude between -11.5 and 6.5 and longitude between 94.5 and 141.5", name="point_in_indonesia"
        ),
        UniqueConstraint("tenant_id", "tracking_code"),
        tenant_index("state", "id"),
        tenant_index("kind", "id"),
        tenant_index("sector", "id"),
        tenant_index("severity", "id"),
        tenant_index("received_on", "id"),
        tenant_index("forward_due_on", "id"),
        tenant_index("answer_due_on", "id"),
        tenant_index("due_on", "id"),
        tenant_index("closes_on"),
        tenant_index("duplicate_of_id", "id"),
    )

    kind: str = Field(sa_type=C_TEXT)
    submitter_kind: str = Field(sa_type=C_TEXT)
    confidential: bool = Field(default=False)
    about_office: bool = Field(default=False)
    channel: str = Field(default=FeedbackChannel.API.value, sa_type=C_TEXT)
    subject: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    sector: str | None = Field(default=None, sa_type=C_TEXT)
    severity: int | None = None
    place: str | None = Field(default=None, sa_type=Text)
    latitude: Decimal | None = Field(default=None, sa_type=Numeric(8, 5))
    longitude: Decimal | None = Field(default=None, sa_type=Numeric(8, 5))
    affected_services: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    affected_population: int | None = None
    villages: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    commitment_id: UUID | None = None
    state: str = Field(default=FeedbackState.RECEIVED.value, sa_type=C_TEXT)
    state_reason: str | None = Field(default=None, sa_type=Text)
    captured_at: datetime | None = Field(default=None, sa_type=MOMENT)
    received_at: datetime = Field(sa_type=MOMENT)
    received_on: date
    forward_due_on: date
    forwarded_on: date | None = None
    answer_due_on: date | None = None
    due_on: date = Field(default=None, nullable=False)  # set by a trigger, from the days around it
    first_answered_on: date | None = None
    closes_on: date | None = None
    closed_on: date | None = None
    reopened: int = 0
    duplicate_of_id: UUID | None = None
    satisfaction: int | None = None
    tracking_code: str = Field(sa_type=C_TEXT)


class FeedbackRaiser(TenantRow, table=True):
    """Who raised it, under the feedback's id: an organization, a village, a person of the register, or a contact."""

    __tablename__ = "feedback_raiser"
    __table_args__ = (
        belongs("id", "feedback"),
        belongs("organization_id", "partner_organization"),
        belongs("village_id", "village"),
        belongs("citizen_id", "citizen"),
        CheckConstraint("num_nonnulls(organization_id, village_id, citizen_id) <= 1", name="arc"),
        tenant_index("organization_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("citizen_id", "id"),
    )

    confidential: bool = Field(default=False)
    organization_id: UUID | None = None
    village_id: UUID | None = None
    citizen_id: UUID | None = None
    name_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class FeedbackVillage(TenantRow, table=True):
    """A village that feedback is about."""

    __tablename__ = "feedback_village"
    __table_args__ = (
        belongs("feedback_id", "feedback"),
        belongs("village_id", "village"),
        UniqueConstraint("tenant_id", "feedback_id", "village_id"),
        tenant_index("village_id", "feedback_id"),
    )

    feedback_id: UUID
    village_id: UUID


class FeedbackFile(TenantRow, table=True):
    """A file that belongs to feedback; `stored_file.feedback_id` says the same from its side."""

    __tablename__ = "feedback_file"
    __table_args__ = (
        belongs("feedback_id", "feedback"),
        belongs("file_id", "stored_file"),
        UniqueConstraint("tenant_id", "feedback_id", "file_id"),
    )

    feedback_id: UUID
    file_id: UUID


class FeedbackDisposition(TenantRow, table=True):
    """That feedback was handed to a section of the office, a village or an agency; each with its own receipt."""

    __tablename__ = "feedback_disposition"
    __table_args__ = (
        belongs("feedback_id", "feedback"),
        belongs("village_id", "village"),
        one_of("state", DispositionState),
        exactly_one("section", "village_id", "agency_code"),
        CheckConstraint("(state = 'RETURNED') = (return_reason is not null)", name="returned_for_a_reason"),
        tenant_index("feedback_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("agency_code", "id"),
        tenant_index("state", "id"),
    )

    feedback_id: UUID
    section: str | None = Field(default=None, sa_type=Text)
    village_id: UUID | None = None
    agency_code: str | None = Field(default=None, sa_type=C_TEXT, foreign_key="agency.code")
    instruction: str | None = Field(default=None, sa_type=Text)
    state: str = Field(default=DispositionState.SENT.value, sa_type=C_TEXT)
    sent_on: date
    due_on: date
    acknowledged_at: datetime | None = Field(default=None, sa_type=MOMENT)
    returned_at: datetime | None = Field(default=None, sa_type=MOMENT)
    return_reason: str | None = Field(default=None, sa_type=Text)


class FeedbackAnswer(TenantRow, table=True):
    """An answer. A later one does not overwrite it: it has the next number."""

    __tablename__ = "feedback_answer"
    __table_args__ = (
        belongs("feedback_id", "feedback"),
        belongs("disposition_id", "feedback_disposition"),
        CheckConstraint("number > 0", name="number_positive"),
        UniqueConstraint("tenant_id", "feedback_id", "number"),
    )

    feedback_id: UUID
    disposition_id: UUID | None = None  # whose answer it is, where it is not the office's own
    number: int
    text: str = Field(sa_type=Text)
    public: bool = Field(default=False)
    answered_on: date


class FeedbackPublication(TenantRow, table=True):
    """What everybody may read of feedback and its answer, in an official's words. Withdrawn, nobody reads it."""

    __tablename__ = "feedback_publication"
    __table_args__ = (
        belongs("feedback_id", "feedback"),
        belongs("answer_id", "feedback_answer"),
        one_of("kind", FeedbackKind),
        one_of("sector", FeedbackSector),
        UniqueConstraint("tenant_id", "feedback_id"),
        tenant_index("published_on", "id"),
        tenant_index("sector", "id"),
        tenant_index("kind", "id"),
    )

    feedback_id: UUID
    answer_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    sector: str | None = Field(default=None, sa_type=C_TEXT)
    summary: str = Field(sa_type=Text)
    answer: str = Field(sa_type=Text)
    received_on: date
    published_on: date
    withdrawn_on: date | None = None


# Outside, an organization reads what it raised itself, an agency what was routed to it and not handed back, and whoever
# holds a tracking code acts on what it names (`hub.code`, set for one transaction by an action that was given a code).
CODE = "(select nullif(current_setting('hub.code', true), ''))"
_RAISED = (
    "exists (select from feedback_raiser r where r.tenant_id = {0}.tenant_id and r.id = {0}.{1} "
    f"and r.organization_id = {PARTY})"
)
_ROUTED = (
    "exists (select from feedback_disposition d where d.tenant_id = feedback.tenant_id and d.feedback_id = feedback.id "
    f"and d.agency_code = {AGENCY} and d.state <> 'RETURNED')"
)
_OWN = f"tracking_code = {CODE} or {_RAISED.format('feedback', 'id')} or {_ROUTED}"
_WITH_FEEDBACK = "exists (select from feedback f where f.tenant_id = {0}.tenant_id and f.id = {0}.feedback_id)"
BY_RAISER = (
    "state",
    "state_reason",
    "forward_due_on",
    "forwarded_on",
    "answer_due_on",
    "closes_on",
    "closed_on",
    "reopened",
    "satisfaction",
)

describe(
    Feedback,
    Kind.TENANT,
    Retention.ARCHIVE,
    about=("id<feedback_raiser.id",),
    outside=all_columns(Feedback),
    published=_OWN,
    rights={"hub_outside": ("INSERT", *updating(*BY_RAISER, "version", "updated_at"))},
)
describe(
    FeedbackRaiser,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="citizen_id",
    outside=("tenant_id", "id", "version", "confidential", "organization_id"),
    published=f"organization_id = {PARTY}",
    rights={"hub_outside": ("INSERT",)},
)
describe(
    FeedbackVillage,
    Kind.TENANT,
    Retention.ARCHIVE,
    about=("feedback_id<feedback_raiser.id",),
    outside=all_columns(FeedbackVillage),
    published=_WITH_FEEDBACK.format("feedback_village"),
    rights={"hub_outside": ("INSERT",)},
)
describe(
    FeedbackFile,
    Kind.TENANT,
    Retention.ARCHIVE,
    about=("feedback_id<feedback_raiser.id",),
    outside=all_columns(FeedbackFile),
    published=f"{PARTY} is not null and {_WITH_FEEDBACK.format('feedback_file')}",
    rights={"hub_outside": ("INSERT",)},
)
describe(
    FeedbackDisposition,
    Kind.TENANT,
    Retention.ARCHIVE,
    about=("feedback_id<feedback_raiser.id",),
    outside=tuple(name for name in all_columns(FeedbackDisposition) if name != "instruction"),
    published=f"agency_code = {AGENCY} or {_RAISED.format('feedback_disposition', 'feedback_id')}",
)
describe(
    FeedbackAnswer,
    Kind.TENANT,
    Retention.ARCHIVE,
    about=("feedback_id<feedback_raiser.id",),
    outside=all_columns(FeedbackAnswer),
    published=_WITH_FEEDBACK.format("feedback_answer"),
)
describe(
    FeedbackPublication,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody="written for everybody, about nobody",
    outside=tuple(name for name in all_columns(FeedbackPublication) if name not in ("feedback_id", "answer_id")),
    published="withdrawn_on is null",
)
