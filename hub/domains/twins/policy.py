"""Who decides twin cases: the camat, whose proposal takes effect once the other camat proposes the same."""

from typing import TypedDict

from hub.domains.twins.errors import TwinCaseDecided
from hub.domains.twins.model import TwinCase, TwinState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.texts import sentence
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class TwinAction(Word):
    """A step of a twin case."""

    DECIDE = "DECIDE", "Putuskan", "Decide"


class Allowed(TypedDict):
    """A step as the graph shows it."""

    action: TwinAction
    label: str
    disabledReason: str | None


def require(scope: Scope, case: TwinCase) -> None:
    """Refuse to decide where it is not for this actor, or decided."""
    if not scope.may(Permission.DECIDE_TWINS) or scope.reader is not Reader.API:
        raise Forbidden
    if case.state != TwinState.OPEN:
        raise TwinCaseDecided(state=case.state)


def allowed_actions(state: str, permissions: frozenset[str], lang: str) -> list[Allowed]:
    """The step, with the reason where it is closed to these permissions in this state."""
    closed: HubError | None = None
    if Permission.DECIDE_TWINS not in permissions:
        closed = Forbidden()
    elif state != TwinState.OPEN:
        closed = TwinCaseDecided(state=state)
    action = TwinAction.DECIDE
    label = action.label_en if lang == "en" else action.label_id
    return [{"action": action, "label": label, "disabledReason": None if closed is None else sentence(closed, lang)}]
