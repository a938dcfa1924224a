"""Who may import a population file."""

from uuid import UUID

from hub.kernel.scope import Scope
from hub.tenants.permissions import Permission


def may_import(scope: Scope) -> bool:
    """Whether the grant carries bulk loading at all."""
    return scope.may(Permission.IMPORT_REGISTER)


def reaches(scope: Scope, village: UUID) -> bool:
    """Whether the village is within the grant."""
    return not scope.villages or village in scope.villages
