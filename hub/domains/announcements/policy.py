"""Which step an announcement may take, and who may take it: one table, read by the actions and by `allowedActions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.domains.announcements.errors import AnnouncementStep
from hub.domains.announcements.model import AnnouncementState, AnnouncementStatus
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class AnnouncementAction(Word):
    """A step an announcement can take."""

    UPDATE = "UPDATE", "Ubah", "Change"
    PUBLISH = "PUBLISH", "Terbitkan", "Publish"
    CORRECT = "CORRECT", "Koreksi", "Correct"
    WITHDRAW = "WITHDRAW", "Tarik", "Withdraw"
    RELAY = "RELAY", "Catat penerusan", "Say that it was passed on"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step starts, and with which permission."""

    start: frozenset[AnnouncementState]
    permission: Permission


_S, _A, _P = AnnouncementState, AnnouncementAction, Permission
RULES: Mapping[AnnouncementAction, Rule] = MappingProxyType(
    {
        _A.UPDATE: Rule(frozenset({_S.DRAFT}), _P.WRITE_ANNOUNCEMENT),
        _A.PUBLISH: Rule(frozenset({_S.DRAFT}), _P.PUBLISH_ANNOUNCEMENT),
        _A.CORRECT: Rule(frozenset({_S.PUBLISHED}), _P.PUBLISH_ANNOUNCEMENT),
        _A.WITHDRAW: Rule(frozenset({_S.DRAFT, _S.PUBLISHED}), _P.PUBLISH_ANNOUNCEMENT),
        _A.RELAY: Rule(frozenset({_S.PUBLISHED}), _P.RELAY_ANNOUNCEMENT),
    }
)


def require(scope: Scope, state: AnnouncementState, action: AnnouncementAction) -> None:
    """Refuse a step that is not open to this actor in this state."""
    closed = _closed(action, state, scope.permissions)
    if closed is not None:
        raise closed


def for_the_office(scope: Scope) -> bool:
    """Whether the actor acts for the whole kecamatan, not for a village or an organization."""
    return not scope.villages and scope.party is None


def allowed_actions(status: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step in order, with the reason where it is closed. What has expired can still be corrected."""
    expired = status == AnnouncementStatus.EXPIRED
    state = AnnouncementState.PUBLISHED if expired else AnnouncementState[status]
    return [step(action, _closed(action, state, permissions), lang) for action in AnnouncementAction]


def _closed(action: AnnouncementAction, state: AnnouncementState, permissions: frozenset[str]) -> HubError | None:
    rule = RULES[action]
    if rule.permission not in permissions:
        return Forbidden()
    return None if state in rule.start else AnnouncementStep(state=state.value)
