"""Who may confirm a period, and when: read by the action and by `allowedActions`."""

from hub.domains.publications.errors import PeriodOver
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class PeriodAction(Word):
    """A step a period can take (langkah periode)."""

    CONFIRM = "CONFIRM", "Sahkan", "Confirm"


class Standing(Word):
    """Whether a period can still be confirmed, for the first time or again after corrections."""

    CURRENT = "CURRENT", "Berjalan", "Current"
    OVER = "OVER", "Lewat", "Over"


def require(scope: Scope, standing: Standing) -> None:
    """Refuse to confirm where the actor may not, or where a later period is confirmed."""
    closed = _closed(standing, scope.permissions)
    if closed is not None:
        raise closed
    if scope.villages:
        raise Forbidden


def allowed_actions(standing: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """The steps of a period, with the reason where one is closed."""
    return [step(action, _closed(Standing[standing], permissions), lang) for action in PeriodAction]


def _closed(standing: Standing, permissions: frozenset[str]) -> HubError | None:
    if Permission.CONFIRM_REPORTS not in permissions:
        return Forbidden()
    return PeriodOver() if standing is Standing.OVER else None
