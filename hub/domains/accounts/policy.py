"""Who may let people in, and who may help them back."""

import re
from uuid import UUID

from hub.domains.accounts.errors import SignInNameMalformed
from hub.kernel.errors import Forbidden
from hub.kernel.scope import Reader, Scope, TenantRef
from hub.tenants.permissions import ROLES, Permission, Role, hands_out

# Keys stand for these; nobody signs in as one.
MACHINES = frozenset({Role.ANONYMOUS, Role.FRONT_END, Role.INTEGRATION, Role.VILLAGE_SYNC})
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}", re.ASCII)


def may_invite(scope: Scope) -> bool:
    """Whether the grant carries inviting. Who reads from outside writes no grants."""
    return scope.may(Permission.MANAGE_GRANTS) and scope.reader is Reader.API and scope.tenant is not None


def may_give(scope: Scope, role: Role) -> bool:
    """Whether the actor may make a person one of these. The command line, behind which stands no principal, may."""
    return role not in MACHINES and (scope.principal_id is None or hands_out(Role(scope.role), role))


def may_recover(scope: Scope) -> bool:
    """Whether the grant carries asking for and approving resets."""
    return scope.may(Permission.RECOVER_SIGN_IN) and scope.reader is Reader.API and scope.tenant is not None


def may_make_report_keys(scope: Scope) -> bool:
    """Whether somebody in person reads reports here. A machine makes no keys: one that leaks would outlive itself."""
    person = scope.principal_id is not None and Role(scope.role) not in MACHINES
    return person and scope.may(Permission.READ_REPORTS) and scope.reader is Reader.API and scope.tenant is not None


def report_reader(scope: Scope) -> tuple[UUID, UUID]:
    """Principal and grant of somebody who may make keys for reports; Forbidden."""
    if not may_make_report_keys(scope) or scope.grant_id is None:
        raise Forbidden
    return actor(scope), scope.grant_id


def may_end_keys_of_others(scope: Scope) -> bool:
    """Whether the grant carries managing keys, and so seeing whose there are."""
    return scope.may(Permission.MANAGE_KEYS)


def tenant(scope: Scope) -> TenantRef:
    """The one tenant; Forbidden for who reads several or none."""
    if scope.tenant is None:
        raise Forbidden
    return scope.tenant


def actor(scope: Scope) -> UUID:
    """The principal who acts; Forbidden for nobody in particular."""
    if scope.principal_id is None:
        raise Forbidden
    return scope.principal_id


def two_enough(first: str, second: str) -> bool:
    """Whether two officials together may reset: one of them manages grants (the camat or the secretary)."""
    return any(Permission.MANAGE_GRANTS in ROLES[Role(each)] for each in (first, second))


def sign_in_name(text: str, *path: str) -> str:
    """A name for signing in, in small letters."""
    found = text.strip().lower()
    if not _NAME.fullmatch(found):
        raise SignInNameMalformed(path=path)
    return found
