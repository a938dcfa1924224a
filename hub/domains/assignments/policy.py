"""Which step an agency may take with an assignment. The kecamatan's own policy has the last word when it arrives."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.domains.assignments.errors import AssignmentStepClosed, StepOfAnotherKind
from hub.domains.assignments.model import AgencyAssignment, AssignmentKind, AssignmentState
from hub.domains.feedback.errors import OfficeComplaintStays
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class AssignmentAction(Word):
    """A step of an assignment."""

    ACKNOWLEDGE = "ACKNOWLEDGE", "Konfirmasi penerimaan", "Acknowledge receipt"
    RETURN = "RETURN", "Kembalikan", "Return"
    ANSWER = "ANSWER", "Tanggapi", "Answer"
    REVIEW = "REVIEW", "Tindak lanjuti rencana aksi", "Review the plan"


class Standing(StrEnum):
    """Kind and state in one word: what may be done follows from both."""

    FEEDBACK_SENT = "FEEDBACK SENT"
    FEEDBACK_ACKNOWLEDGED = "FEEDBACK ACKNOWLEDGED"
    FEEDBACK_RETURNED = "FEEDBACK RETURNED"
    FEEDBACK_DONE = "FEEDBACK DONE"
    OFFICE_COMPLAINT_SENT = "OFFICE_COMPLAINT SENT"
    OFFICE_COMPLAINT_ACKNOWLEDGED = "OFFICE_COMPLAINT ACKNOWLEDGED"
    OFFICE_COMPLAINT_RETURNED = "OFFICE_COMPLAINT RETURNED"
    OFFICE_COMPLAINT_DONE = "OFFICE_COMPLAINT DONE"
    ACTION_PLAN_SENT = "ACTION_PLAN SENT"
    ACTION_PLAN_ACKNOWLEDGED = "ACTION_PLAN ACKNOWLEDGED"
    ACTION_PLAN_RETURNED = "ACTION_PLAN RETURNED"
    ACTION_PLAN_DONE = "ACTION_PLAN DONE"


@dataclass(frozen=True, slots=True)
class Rule:
    """For which kinds a step is, and from which states it starts."""

    kinds: frozenset[AssignmentKind]
    start: frozenset[AssignmentState]


_S, _A, _K = AssignmentState, AssignmentAction, AssignmentKind
_OPEN = frozenset({_S.SENT, _S.ACKNOWLEDGED})
_SAID = frozenset({_K.FEEDBACK, _K.OFFICE_COMPLAINT})
RULES: Mapping[AssignmentAction, Rule] = MappingProxyType(
    {
        _A.ACKNOWLEDGE: Rule(frozenset(_K), frozenset({_S.SENT})),
        _A.RETURN: Rule(frozenset({_K.FEEDBACK}), _OPEN),
        _A.ANSWER: Rule(_SAID, _OPEN | {_S.DONE}),  # a later answer does not overwrite the first
        _A.REVIEW: Rule(frozenset({_K.ACTION_PLAN}), frozenset({_S.ACKNOWLEDGED, _S.DONE})),
    }
)


def require(scope: Scope, assignment: AgencyAssignment, action: AssignmentAction) -> None:
    """Refuse a step that is not for this actor, this kind or this state."""
    if scope.reader is not Reader.API or scope.principal_id is None:
        raise Forbidden
    closed = _closed(action, Standing(f"{assignment.kind} {assignment.state}"), scope.permissions)
    if closed is not None:
        raise closed


def allowed_actions(standing: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step in order, with the reason where it is closed to these permissions."""
    return [step(each, _closed(each, Standing(standing), permissions), lang) for each in AssignmentAction]


def _closed(action: AssignmentAction, standing: Standing, permissions: frozenset[str]) -> HubError | None:
    if Permission.HANDLE_ASSIGNMENT not in permissions:
        return Forbidden()
    kind, state = standing.value.split(" ")
    rule = RULES[action]
    if action is AssignmentAction.RETURN and kind == AssignmentKind.OFFICE_COMPLAINT:
        return OfficeComplaintStays()
    if kind not in rule.kinds:
        return StepOfAnotherKind()
    return None if state in rule.start else AssignmentStepClosed(state=state)
