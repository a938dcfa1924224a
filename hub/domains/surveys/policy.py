"""Which step a survey may take, and who may take it: one table, read by the actions and by `allowedActions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.domains.surveys.errors import SurveyStep
from hub.domains.surveys.model import SurveyStatus
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class SurveyAction(Word):
    """A step a survey can take."""

    ANSWER = "ANSWER", "Jawab", "Answer"
    INVITE = "INVITE", "Buat kode undangan", "Make a code"
    CLOSE = "CLOSE", "Tutup", "Close"
    PUBLISH = "PUBLISH", "Umumkan", "Publish"


@dataclass(frozen=True, slots=True)
class Rule:
    """In which status a step is open, and with which permission."""

    start: frozenset[SurveyStatus]
    permission: Permission


_S, _A, _P = SurveyStatus, SurveyAction, Permission
_NOT_CLOSED = frozenset({_S.SCHEDULED, _S.OPEN, _S.ENDED})
RULES: Mapping[SurveyAction, Rule] = MappingProxyType(
    {
        _A.ANSWER: Rule(frozenset({_S.OPEN}), _P.ANSWER_SURVEY),
        _A.INVITE: Rule(frozenset({_S.SCHEDULED, _S.OPEN}), _P.READ_SURVEY),
        _A.CLOSE: Rule(_NOT_CLOSED, _P.WRITE_SURVEY),
        _A.PUBLISH: Rule(frozenset({_S.CLOSED}), _P.WRITE_SURVEY),
    }
)


def require(scope: Scope, status: SurveyStatus, action: SurveyAction) -> None:
    """Refuse a step that is not open to this actor in this status."""
    closed = _closed(action, status, scope.permissions)
    if closed is not None:
        raise closed


def allowed_actions(status: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step in order, with the reason where it is closed."""
    return [step(action, _closed(action, SurveyStatus[status], permissions), lang) for action in SurveyAction]


def _closed(action: SurveyAction, status: SurveyStatus, permissions: frozenset[str]) -> HubError | None:
    rule = RULES[action]
    if rule.permission not in permissions:
        return Forbidden()
    return None if status in rule.start else SurveyStep(state=status.value)
