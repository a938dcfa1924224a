"""Who may record events. Rows of other villages are hidden by the database already."""

from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission


def may_record(scope: Scope) -> bool:
    """Whether the grant carries recording. What an event changes, the register's own actions ask for again."""
    return scope.may(Permission.RECORD_EVENT) and scope.may(Permission.WRITE_REGISTER) and scope.reader is Reader.API
