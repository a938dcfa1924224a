"""Which step feedback may take, from which state, and who may take it: one table for the actions and the graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.domains.feedback.errors import (
    DispositionNotYours,
    DispositionOver,
    FeedbackStepClosed,
    OfficeHandlesFeedback,
    OnlyRaiserReopens,
    ReopenedTooOften,
    ReopenTooLate,
)
from hub.domains.feedback.model import DispositionState, Feedback, FeedbackDisposition, FeedbackState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission

FORWARD_DAYS = 3  # working days, as SP4N-LAPOR sets them
ANSWER_DAYS = 5
SILENCE_DAYS = 10
MOST_REOPENED = 2
REOPEN_DAYS = 30  # calendar days
AGEING_ESCALATED = 14  # calendar days
AGEING_SERVICES = 7


class FeedbackAction(Word):
    """A step of feedback."""

    TRIAGE = "TRIAGE", "Telaah", "Triage"
    ASSIGN = "ASSIGN", "Disposisikan", "Assign"
    ESCALATE = "ESCALATE", "Teruskan ke perangkat daerah", "Escalate to an agency"
    ANSWER = "ANSWER", "Jawab", "Answer"
    ATTACH_FILES = "ATTACH_FILES", "Lampirkan berkas", "Attach files"
    CLOSE = "CLOSE", "Tutup", "Close"
    REOPEN = "REOPEN", "Buka kembali", "Reopen"
    REJECT = "REJECT", "Tolak", "Reject"
    MARK_DUPLICATE = "MARK_DUPLICATE", "Tandai ganda", "Mark as a duplicate"
    PUBLISH_ANSWER = "PUBLISH_ANSWER", "Publikasikan jawaban", "Publish the answer"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step starts, with which permission; `office` steps are for the kecamatan's own office.

    `raiser` steps are also open to who raised it, `raiser_only` to nobody else.
    """

    start: frozenset[FeedbackState]
    permission: Permission
    office: bool = True
    raiser: bool = False
    raiser_only: bool = False


_S, _A, _P = FeedbackState, FeedbackAction, Permission
_AT_WORK = frozenset({_S.TRIAGED, _S.ASSIGNED, _S.IN_PROGRESS, _S.ESCALATED, _S.REOPENED})
RULES: Mapping[FeedbackAction, Rule] = MappingProxyType(
    {
        _A.TRIAGE: Rule(frozenset({_S.RECEIVED, _S.TRIAGED, _S.REOPENED}), _P.HANDLE_FEEDBACK),
        _A.ASSIGN: Rule(_AT_WORK, _P.HANDLE_FEEDBACK),
        _A.ESCALATE: Rule(_AT_WORK, _P.HANDLE_FEEDBACK),
        _A.ANSWER: Rule(_AT_WORK | {_S.ANSWERED}, _P.RESPOND_FEEDBACK, office=False),
        _A.ATTACH_FILES: Rule(_AT_WORK | {_S.RECEIVED, _S.ANSWERED}, _P.SUBMIT_FEEDBACK, raiser=True),
        _A.CLOSE: Rule(frozenset({_S.ANSWERED}), _P.SUBMIT_FEEDBACK, raiser=True),
        _A.REOPEN: Rule(frozenset({_S.ANSWERED, _S.CLOSED}), _P.SUBMIT_FEEDBACK, raiser=True, raiser_only=True),
        _A.REJECT: Rule(frozenset({_S.RECEIVED, _S.TRIAGED}), _P.HANDLE_FEEDBACK),
        _A.MARK_DUPLICATE: Rule(frozenset({_S.RECEIVED, _S.TRIAGED}), _P.HANDLE_FEEDBACK),
        _A.PUBLISH_ANSWER: Rule(frozenset({_S.ANSWERED, _S.CLOSED}), _P.HANDLE_FEEDBACK),
    }
)
OPEN = frozenset({_S.RECEIVED, *_AT_WORK})
OPEN_DISPOSITIONS = frozenset({DispositionState.SENT.value, DispositionState.ACKNOWLEDGED.value})


def require(scope: Scope, feedback: Feedback, action: FeedbackAction, *, raiser: bool = False) -> None:
    """Refuse a step that this feedback cannot take, or that is not for this actor. `raiser`: who raised it acts."""
    rule = RULES[action]
    by_raiser = raiser and rule.raiser
    if not scope.may(rule.permission):
        raise Forbidden
    if rule.raiser_only and not by_raiser:
        raise OnlyRaiserReopens
    if rule.office and not by_raiser and not for_the_office(scope):
        raise OfficeHandlesFeedback
    if FeedbackState[feedback.state] not in rule.start:
        raise FeedbackStepClosed(state=feedback.state)


def require_reopening(feedback: Feedback, *, today: date) -> None:
    """Refuse to reopen what was reopened often enough, or was closed too long ago."""
    if feedback.reopened >= MOST_REOPENED:
        raise ReopenedTooOften(most=MOST_REOPENED)
    if feedback.closed_on is not None and (today - feedback.closed_on).days > REOPEN_DAYS:
        raise ReopenTooLate(days=REOPEN_DAYS)


def require_disposition(scope: Scope, disposition: FeedbackDisposition) -> None:
    """Refuse to take up what was not handed to this actor, or is over. The office notes down receipts on paper."""
    if not scope.may(Permission.RESPOND_FEEDBACK):
        raise Forbidden
    if not for_the_office(scope) and disposition.village_id not in scope.villages:
        raise DispositionNotYours
    if disposition.state not in OPEN_DISPOSITIONS:
        raise DispositionOver(state=disposition.state)


def for_the_office(scope: Scope) -> bool:
    """Whether the actor acts for the whole kecamatan."""
    return scope.reader in (Reader.API, Reader.WORKER) and not scope.villages


def allowed_actions(state: str, permissions: frozenset[str], lang: str, *, office: bool) -> list[Step]:
    """Every step in order, with the reason where it is closed to these permissions in this state."""
    return [step(action, _closed(RULES[action], state, permissions, office=office), lang) for action in FeedbackAction]


def _closed(rule: Rule, state: str, permissions: frozenset[str], *, office: bool) -> HubError | None:
    if rule.permission not in permissions:
        return Forbidden()
    if rule.raiser_only and office:
        return OnlyRaiserReopens()
    if rule.office and not rule.raiser and not office:
        return OfficeHandlesFeedback()
    return None if FeedbackState[state] in rule.start else FeedbackStepClosed(state=state)
