"""Who may take out everything that is held about one person."""

from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission

NEEDED = frozenset((Permission.EXPORT_REGISTER, Permission.SEE_SENSITIVE, Permission.REVEAL_NIK))


def may_tell(scope: Scope) -> bool:
    """Whether the grant carries all of it. A village's grant does not: it would see a part and call it the whole."""
    whole = scope.reader is Reader.API and scope.tenant is not None and not scope.villages
    return whole and all(scope.may(each) for each in NEEDED)
