"""Which step a move may take, from which state, and who may take it: one table for the actions and the graph."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.domains.moves.errors import MoveNotOpen
from hub.domains.moves.model import Arrival, ArrivalState, Departure, DepartureState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class MoveAction(Word):
    """A step of a move: a departure is cancelled or reopened, an arrival accepted or rejected."""

    CANCEL = "CANCEL", "Batalkan", "Withdraw"
    REOPEN = "REOPEN", "Daftarkan kembali", "Register the people here again"
    ACCEPT = "ACCEPT", "Terima", "Accept"
    REJECT = "REJECT", "Tolak", "Reject"


_D, _A = DepartureState, ArrivalState
NEEDED = (Permission.RECORD_EVENT, Permission.WRITE_REGISTER)
RULES: Mapping[MoveAction, frozenset[str]] = MappingProxyType(
    {
        MoveAction.CANCEL: frozenset({_D.SENT.value, _D.OFFERED.value}),
        MoveAction.REOPEN: frozenset(
            {_D.REFUSED.value, _D.CANCELLED.value, _D.EXPIRED.value, _D.GONE.value},
        ),
        MoveAction.ACCEPT: frozenset({_A.OFFERED.value}),
        MoveAction.REJECT: frozenset({_A.OFFERED.value}),
    }
)
OF_DEPARTURES = (MoveAction.CANCEL, MoveAction.REOPEN)
OF_ARRIVALS = (MoveAction.ACCEPT, MoveAction.REJECT)


def may_move(scope: Scope) -> bool:
    """Whether the grant carries moving people. What a move changes, the register's own actions ask for again."""
    return all(scope.may(each) for each in NEEDED) and scope.reader is Reader.API


def require(scope: Scope, move: Departure | Arrival, action: MoveAction) -> None:
    """Refuse a step that this move cannot take, or that is not for this actor."""
    if not may_move(scope):
        raise Forbidden
    if move.state not in RULES[action]:
        raise MoveNotOpen(state=move.state)


def allowed_actions(state: str, permissions: frozenset[str], lang: str, *, among: tuple[MoveAction, ...]) -> list[Step]:
    """Every step of these, with the reason where it is closed to these permissions in this state."""
    return [step(action, _closed(action, state, permissions), lang) for action in among]


def _closed(action: MoveAction, state: str, permissions: frozenset[str]) -> HubError | None:
    if not permissions.issuperset(NEEDED):
        return Forbidden()
    return None if state in RULES[action] else MoveNotOpen(state=state)
