"""Who may do what in the register. Rows of other villages are hidden by the database already."""

from uuid import UUID

from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission


def may_write(scope: Scope) -> bool:
    """Whether the grant carries writing in the register."""
    return scope.may(Permission.WRITE_REGISTER)


def may_write_sensitive(scope: Scope) -> bool:
    """Whether specific personal data may be recorded: only by who may see it."""
    return may_write(scope) and scope.may(Permission.SEE_SENSITIVE)


def may_reveal(scope: Scope) -> bool:
    """Whether the grant carries looking at clear numbers, one person at a time."""
    return scope.may(Permission.REVEAL_NIK) and scope.reader is Reader.API


def may_confirm(scope: Scope) -> bool:
    """Whether the grant carries asking if a NIK is a person's. Who reads from outside has no register to ask in."""
    return scope.may(Permission.CONFIRM_NIK) and scope.reader is Reader.API


def serves(scope: Scope, village: UUID) -> bool:
    """Whether the grant reaches this village: officials of a village reach their own only."""
    return not scope.villages or village in scope.villages
