"""Who may import a population file."""

from uuid import UUID

from hub.kernel.scope import Scope
from hub.tenants.permissions import Permission


def may_import(scope: Scope) -> bool:
    """Whether the grant carries bulk loading at all: for the office, or for the one village that sends its own file."""
    return scope.may(Permission.IMPORT_REGISTER) or (scope.may(Permission.PUSH_REGISTER) and bool(scope.villages))


def reaches(scope: Scope, village: UUID) -> bool:
    """Whether the village is within the grant."""
    return not scope.villages or village in scope.villages
