"""Who decides twin cases: the Disdukcapil over both kecamatan; where there is none, both camats.

A camat's proposal takes effect once the other camat proposes the same.
"""

from hub.domains.twins.errors import ReferralClosed, TwinCaseDecided, TwinCaseReferred
from hub.domains.twins.model import TwinCase, TwinReferral, TwinReferralState, TwinState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class TwinAction(Word):
    """A step of a twin case."""

    DECIDE = "DECIDE", "Putuskan", "Decide"


def require(scope: Scope, case: TwinCase) -> None:
    """Refuse to decide where it is not for this actor, or decided."""
    if not scope.may(Permission.DECIDE_TWINS) or scope.reader is not Reader.API:
        raise Forbidden
    if (closed := _closed_case(case.state)) is not None:
        raise closed


def allowed_actions(state: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """The step with a case, with the reason where it is closed to these permissions in this state."""
    return _shown(Forbidden() if Permission.DECIDE_TWINS not in permissions else _closed_case(state), lang)


def require_ruling(scope: Scope, referral: TwinReferral) -> None:
    """Refuse to rule where it is not for this actor, or ruled. The region is row security's matter."""
    if not scope.may(Permission.DECIDE_TWINS) or scope.region is None:
        raise Forbidden
    if (closed := _closed_referral(referral.state)) is not None:
        raise closed


def allowed_rulings(state: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """The same for the step with a referral, which is seen by nobody who may not take it."""
    return _shown(Forbidden() if Permission.DECIDE_TWINS not in permissions else _closed_referral(state), lang)


def _closed_case(state: str) -> HubError | None:
    if state == TwinState.REFERRED:
        return TwinCaseReferred()
    return None if state == TwinState.OPEN else TwinCaseDecided(state=state)


def _closed_referral(state: str) -> HubError | None:
    return None if state == TwinReferralState.OPEN else ReferralClosed(state=state)


def _shown(closed: HubError | None, lang: str) -> list[Step]:
    return [step(TwinAction.DECIDE, closed, lang)]
