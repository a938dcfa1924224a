"""Who may do what about vulnerabilities. Rows of other villages are hidden by the database already."""

from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission


def may_propose(scope: Scope) -> bool:
    """Whether the grant carries proposing."""
    return scope.may(Permission.PROPOSE_VULNERABLE) and scope.reader is Reader.API


def may_verify(scope: Scope) -> bool:
    """Whether the grant carries verifying, and ending what was verified."""
    return scope.may(Permission.VERIFY_VULNERABLE) and scope.reader is Reader.API


def may_write_detail(scope: Scope) -> bool:
    """Whether a detail may be given: only by who may be told one."""
    return may_propose(scope) and scope.may(Permission.SEE_SENSITIVE)


def may_see_detail(scope: Scope) -> bool:
    """Whether the grant carries being told details, one at a time."""
    return scope.may(Permission.SEE_SENSITIVE) and scope.reader is Reader.API
