"""Who may change which village."""

from uuid import UUID

from hub.domains.villages.errors import NotYourVillage
from hub.kernel.scope import Scope


def may_change(scope: Scope, village: UUID) -> bool:
    """A village's officers change their own village; civic tables are not narrowed by row security."""
    return not scope.villages or village in scope.villages


def require_own(scope: Scope, village: UUID, *path: str) -> None:
    """Refuse the village of others."""
    if not may_change(scope, village):
        raise NotYourVillage(path=path)
