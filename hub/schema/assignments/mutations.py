"""What an agency does with its assignments. Each is brought to the kecamatan within seconds and takes effect there."""

from dataclasses import replace

import strawberry

from hub.domains.assignments.actions import Said
from hub.domains.assignments.actions import act as send
from hub.domains.assignments.policy import AssignmentAction
from hub.domains.plans.model import PlanReviewKind
from hub.graph.mutations import Act, Answers, command, mutation
from hub.graph.scalars import Date
from hub.kernel.written import line, paragraph
from hub.schema.assignments.types import AgencyAct, AgencyAssignment
from hub.schema.given import about, code, present
from hub.tenants.permissions import Permission

SENT = {"agency_act": AgencyAct, "agency_assignment": AgencyAssignment}
HANDLE = Permission.HANDLE_ASSIGNMENT


@command
class AcknowledgeAssignmentInput:
    """That something has arrived at the agency."""

    assignment: strawberry.ID = about("The assignment.")
    number: str | None = about("Of a plan: number of the receipt; made by the hub where left out.")
    happened_on: Date | None = about("Of a plan: day of the receipt; that of its arrival where left out.")
    note: str | None = about("Of a plan: what the agency remarks on it; the kecamatan reads it.")


@command
class ReturnAssignmentInput:
    """That feedback is no matter of the agency's."""

    assignment: strawberry.ID = about("The assignment.")
    reason: str = about("Why (alasan); the kecamatan reads it.")


@command
class AnswerAssignmentInput:
    """The agency's answer to feedback. A later one does not overwrite it."""

    assignment: strawberry.ID = about("The assignment.")
    text: str = about("What is answered (tanggapan); the raiser reads it.")
    public: bool | None = about("Whether the kecamatan may publish it; not where left out.")


@command
class ReviewAssignedPlanInput:
    """The district's review of an action plan (tindak lanjut)."""

    assignment: strawberry.ID = about("The assignment.")
    kind: PlanReviewKind = about("Kind (jenis).")
    note: str = about("What was found (catatan).")
    new_target: str | None = about("What is aimed at from now on; needed with NEW_TARGET.")
    happened_on: Date | None = about("Day; that of its arrival where left out.")


async def _sent(act: Act, assignment: strawberry.ID, action: AssignmentAction, said: Said) -> Answers:
    key = act.key(assignment, "AgencyAssignment", "assignment")
    made = await send(act.unit, key, action, said)
    return {"agency_act": made.id, "agency_assignment": key}


@mutation("Acknowledge that an assignment has arrived at your agency.", answers=SENT, permission=HANDLE)
async def acknowledge_assignment(act: Act, given: AcknowledgeAssignmentInput) -> Answers:
    """Received."""
    number, note = present(given.number), present(given.note)
    said = Said(happened_on=present(given.happened_on))
    if number is not None:
        said = replace(said, number=line(number, "number"))
    if note is not None:
        said = replace(said, text=paragraph(note, "note"))
    return await _sent(act, given.assignment, AssignmentAction.ACKNOWLEDGE, said)


@mutation("Hand feedback back to the kecamatan that sent it to your agency.", answers=SENT, permission=HANDLE)
async def return_assignment(act: Act, given: ReturnAssignmentInput) -> Answers:
    """No matter of ours."""
    said = Said(text=paragraph(given.reason, "reason"))
    return await _sent(act, given.assignment, AssignmentAction.RETURN, said)


@mutation(
    "Answer feedback, or a complaint about an office, as the agency it lies with.", answers=SENT, permission=HANDLE
)
async def answer_assignment(act: Act, given: AnswerAssignmentInput) -> Answers:
    """Answered."""
    said = Said(text=paragraph(given.text, "text"), public=bool(present(given.public)))
    return await _sent(act, given.assignment, AssignmentAction.ANSWER, said)


@mutation("Review an action plan that was forwarded to your agency.", answers=SENT, permission=HANDLE)
async def review_assigned_plan(act: Act, given: ReviewAssignedPlanInput) -> Answers:
    """Reviewed."""
    target = present(given.new_target)
    said = Said(
        text=paragraph(given.note, "note"),
        review_kind=PlanReviewKind[code(given.kind)],
        new_target=None if target is None else paragraph(target, "newTarget"),
        happened_on=present(given.happened_on),
    )
    return await _sent(act, given.assignment, AssignmentAction.REVIEW, said)
