"""What is handed to an agency (tugas), in the agency's own tenant, and what the agency does with it.

An assignment has the id of what was handed over: of the disposition of feedback, or of the forwarded action plan. It
says what the agency may read there: never who raised feedback. An act is the agency's own; the worker brings it to the
kecamatan and keeps here what came of it. See docs/adr/0036-what-agencies-do.md.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlmodel import Field

from hub.domains.feedback.model import AffectedService, FeedbackSector, FeedbackState
from hub.domains.plans.model import PlanReviewKind, PlanState
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
    some_of,
    tenant_index,
)


class AssignmentKind(Word):
    """Kind of assignment (jenis tugas)."""

    FEEDBACK = "FEEDBACK", "Disposisi laporan masyarakat", "Feedback that was handed over"
    OFFICE_COMPLAINT = "OFFICE_COMPLAINT", "Pengaduan tentang kantor kecamatan", "Complaint about a kecamatan's office"
    ACTION_PLAN = "ACTION_PLAN", "Rencana aksi yang diteruskan", "Action plan that was forwarded"


class AssignmentState(Word):
    """State of an assignment, as the kecamatan has it (keadaan tugas)."""

    SENT = "SENT", "Masuk", "Came in"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Diterima", "Receipt acknowledged"
    RETURNED = "RETURNED", "Dikembalikan", "Returned"
    DONE = "DONE", "Selesai", "Done"


class AgencyActKind(Word):
    """What an agency does with an assignment (jenis tindakan)."""

    RECEIPT = "RECEIPT", "Tanda terima", "Receipt"
    RETURN = "RETURN", "Pengembalian", "Return"
    ANSWER = "ANSWER", "Tanggapan", "Answer"
    REVIEW = "REVIEW", "Tindak lanjut rencana aksi", "Review of an action plan"


class AgencyActState(Word):
    """State of an agency's act (keadaan tindakan)."""

    SENT = "SENT", "Sedang diteruskan", "Being brought to the kecamatan"
    CARRIED = "CARRIED", "Sampai", "The kecamatan has it"
    REFUSED = "REFUSED", "Ditolak", "Refused there"


class AgencyAssignment(TenantRow, table=True):
    """Something that lies with this agency. Of what was handed back nothing is told any more."""

    __tablename__ = "agency_assignment"
    __table_args__ = (
        one_of("kind", AssignmentKind),
        one_of("state", AssignmentState),
        one_of("sector", FeedbackSector),
        one_of("feedback_state", FeedbackState),
        one_of("plan_state", PlanState),
        some_of("affected_services", AffectedService),
        CheckConstraint("(kind = 'ACTION_PLAN') = (plan_state is not null)", name="plan_has_state"),
        CheckConstraint("(kind = 'ACTION_PLAN') = (feedback_state is null)", name="feedback_has_state"),
        tenant_index("kind", "id"),
        tenant_index("state", "id"),
        tenant_index("due_on", "id"),
        tenant_index("sent_on", "id"),
        tenant_index("home_code", "id"),
    )

    kind: str = Field(sa_type=C_TEXT)
    home_tenant: int  # the kecamatan, so that the worker finds its way back; no key of ours
    home_code: str = Field(sa_type=C_TEXT)
    home_name: str = Field(sa_type=Text)
    object_ref: str = Field(sa_type=C_TEXT)  # global id of the feedback or plan there
    state: str = Field(default=AssignmentState.SENT.value, sa_type=C_TEXT)
    feedback_state: str | None = Field(default=None, sa_type=C_TEXT)
    plan_state: str | None = Field(default=None, sa_type=C_TEXT)
    sent_on: date
    due_on: date | None = None
    subject: str | None = Field(default=None, sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    instruction: str | None = Field(default=None, sa_type=Text)
    sector: str | None = Field(default=None, sa_type=C_TEXT)
    severity: int | None = None
    place: str | None = Field(default=None, sa_type=Text)
    affected_services: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    affected_population: int | None = None
    village_names: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))


class AgencyAct(TenantRow, table=True):
    """What the agency did. Its id is the key under which the kecamatan takes it once."""

    __tablename__ = "agency_act"
    __table_args__ = (
        belongs("assignment_id", "agency_assignment"),
        one_of("kind", AgencyActKind),
        one_of("state", AgencyActState),
        one_of("review_kind", PlanReviewKind),
        CheckConstraint("(kind = 'REVIEW') = (review_kind is not null)", name="review_has_kind"),
        CheckConstraint("kind = 'RECEIPT' or text is not null", name="says_something"),
        CheckConstraint("(state = 'REFUSED') = (refusal is not null)", name="refused_for_a_reason"),
        CheckConstraint("(state = 'SENT') = (settled_at is null)", name="settled_once"),
        tenant_index("assignment_id", "id"),
        tenant_index("state", "id"),
        Index(
            "uq_agency_act_on_the_way",
            "tenant_id",
            "assignment_id",
            "kind",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    assignment_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    text: str | None = Field(default=None, sa_type=Text)
    public: bool = Field(default=False)
    number: str | None = Field(default=None, sa_type=Text)
    happened_on: date | None = None
    review_kind: str | None = Field(default=None, sa_type=C_TEXT)
    new_target: str | None = Field(default=None, sa_type=Text)
    lang: str = Field(default="id", sa_type=C_TEXT)
    state: str = Field(default=AgencyActState.SENT.value, sa_type=C_TEXT)
    refusal: str | None = Field(default=None, sa_type=C_TEXT)
    refusal_sentence: str | None = Field(default=None, sa_type=Text)
    settled_at: datetime | None = Field(default=None, sa_type=MOMENT)


# What is taken back with what was handed back.
WORDS = ("subject", "body", "instruction", "place", "affected_population")
_NOBODY = "says what was said and never by whom; who acted stands in the journal"

describe(AgencyAssignment, Kind.TENANT, Retention.ARCHIVE, nobody=_NOBODY, rights={"hub_api": ("SELECT",)})
describe(AgencyAct, Kind.TENANT, Retention.ARCHIVE, nobody=_NOBODY, rights={"hub_api": ("SELECT", "INSERT")})
