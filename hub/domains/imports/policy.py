"""Who may bring a population file in, and who may take one out."""

from uuid import UUID

from hub.kernel.scope import Scope
from hub.tenants.permissions import Permission


def may_import(scope: Scope) -> bool:
    """Whether the grant carries bulk loading at all: for the office, or for the one village that sends its own file."""
    return scope.may(Permission.IMPORT_REGISTER) or (scope.may(Permission.PUSH_REGISTER) and bool(scope.villages))


def may_export(scope: Scope, *, sensitive: bool = False) -> bool:
    """Whether the grant carries taking lists out; `sensitive` data only by who may see it."""
    return scope.may(Permission.EXPORT_REGISTER) and (not sensitive or scope.may(Permission.SEE_SENSITIVE))


def reaches(scope: Scope, village: UUID) -> bool:
    """Whether the village is within the grant."""
    return not scope.villages or village in scope.villages
