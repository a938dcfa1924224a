"""What lies with an agency, in the graph: for its own officers, in its own tenant."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, String, and_, literal_column, or_

from hub.domains.assignments import policy
from hub.domains.assignments.model import AgencyAct as ActModel
from hub.domains.assignments.model import (
    AgencyActKind,
    AgencyActState,
    AssignmentKind,
    AssignmentState,
)
from hub.domains.assignments.model import AgencyAssignment as Model
from hub.domains.assignments.policy import AssignmentAction, Standing
from hub.domains.feedback.model import AffectedService, FeedbackSector, FeedbackState
from hub.domains.plans.model import PlanReviewKind, PlanState
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    column,
    computed,
    derived,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, RegionCode
from hub.kernel.steps import Step
from hub.tenants.permissions import Permission

HANDLE = Permission.HANDLE_ASSIGNMENT

for _words in (
    AffectedService,
    AgencyActKind,
    AgencyActState,
    AssignmentAction,
    AssignmentKind,
    AssignmentState,
    FeedbackSector,
    FeedbackState,
    PlanReviewKind,
    PlanState,
):
    exposed(_words)


@strawberry.type(description="A step that may be taken with an assignment, or why it may not be taken now.")
class AssignmentAllowedAction:
    """What a front-end shows as a button."""

    action: AssignmentAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _standing(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.kind + literal_column("' '", String) + c.state
    return kept


def _allowed(standing: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(standing, binds.permissions, binds.lang)


def _overdue(c: Any, binds: Binds) -> ColumnElement[bool]:
    waits = or_(c.state == literal_column("'SENT'", String), c.state == literal_column("'ACKNOWLEDGED'", String))
    return and_(c.due_on.is_not(None), waits, c.due_on < binds.today(c.tenant_id))


@node(
    Model,
    filters=("kind", "state", "due_on", "home_code"),
    orders={"ID": (), "SENT_ON": ("sent_on",)},
    groups=("kind", "state"),
)
class AgencyAssignment:
    """Something that was handed to an agency (tugas): feedback, a complaint about an office, or an action plan."""

    version: int = column("Version, as in the feed of changes.")
    kind: AssignmentKind = column("Kind (jenis).")
    state: AssignmentState = column("State, as the kecamatan has it (keadaan).")
    allowed_actions: list[AssignmentAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _standing,
        Standing,
        _allowed,
    )
    home_code: RegionCode = column("Code of the kecamatan that handed it over.")
    home_name: str = column("Its name.")
    object_ref: str = column("Id of the feedback or plan there, for a key that reads in that kecamatan.")
    feedback_state: FeedbackState | None = column("State of the feedback there (keadaan laporan).")
    plan_state: PlanState | None = column("State of the plan there (keadaan rencana aksi).")
    sent_on: Date = column("Day it was handed over.")
    due_on: Date | None = column("Last day for it; plans have none.")
    overdue: bool = computed("Whether it is open past its last day (lewat tenggat).", _overdue)
    subject: str | None = column("Subject (judul); null where it was handed back, like the other words.")
    body: str | None = column("What was said, never by whom; of a plan its aims.")
    instruction: str | None = column("What is asked of the agency (isi disposisi).")
    sector: FeedbackSector | None = column("Sector (bidang).")
    severity: int | None = column("Severity from 1, slight, to 4, grave (tingkat).")
    place: str | None = column("Where it is, in words (lokasi).")
    affected_services: list[AffectedService] = column("Services that suffer (layanan terdampak).")
    affected_population: int | None = column("How many people are affected.")
    village_names: list[str] = column("Villages it is about (desa terdampak).")
    received_at: DateTime = column("When it came in here.", Model.created_at)


@node(ActModel, filters=("state",), orders={"ID": ()}, groups=("state",))
class AgencyAct:
    """What an agency did with an assignment (tindakan). It takes effect once the kecamatan has it."""

    version: int = column("Version, as in the feed of changes.")
    kind: AgencyActKind = column("Kind (jenis).")
    state: AgencyActState = column("Whether it has arrived (keadaan).")
    text: str | None = column("What was answered, remarked or found, or why it was handed back.")
    public: bool = column("Of an answer: whether the kecamatan may publish it.")
    number: str | None = column("Of a plan's receipt: its number.")
    happened_on: Date | None = column("Day of a plan's receipt or review, where one was given.")
    review_kind: PlanReviewKind | None = column("Of a review: its kind (jenis tindak lanjut).")
    new_target: str | None = column("Of a review: what is aimed at from now on.")
    sent_at: DateTime = column("When it was sent.", ActModel.created_at)
    settled_at: DateTime | None = column("When it arrived or was refused.")
    refusal: str | None = column("Code of what refused it; null unless REFUSED.")
    refusal_sentence: str | None = column("The same in words, with what to do.")
    assignment: AgencyAssignment = one("What it was done with.", ActModel.assignment_id)


@extend(AgencyAssignment)
class AssignmentParts:
    """What hangs on an assignment."""

    acts: Connection[AgencyAct] | None = many(
        "What the agency did with it (tindakan).", ActModel.assignment_id, guard=HANDLE
    )


@queries
class AssignmentQueries:
    """Root fields."""

    agency_assignments: Connection[AgencyAssignment] | None = roots(
        "What was handed to your agency (tugas).", guard=HANDLE
    )
    agency_assignment: AgencyAssignment | None = root_one("An assignment by id.", {"id": strawberry.ID}, guard=HANDLE)
