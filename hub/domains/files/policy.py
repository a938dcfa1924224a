"""Who may do what with files. Rows of other villages are hidden by the database already."""

from uuid import UUID

from hub.domains.files.model import Upload
from hub.kernel.errors import Forbidden
from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission


def may_upload(scope: Scope) -> bool:
    """Whether the grant carries uploading and ending files. Who reads from outside has no place for them."""
    return scope.may(Permission.WRITE_FILE) and scope.reader is Reader.API and scope.tenant is not None


def may_open(scope: Scope) -> bool:
    """Whether the grant carries opening files."""
    return scope.may(Permission.READ_FILE) and scope.reader is Reader.API and scope.tenant is not None


def actor(scope: Scope) -> tuple[UUID, UUID]:
    """Principal and grant of the actor; Forbidden for nobody in particular."""
    if scope.principal_id is None or scope.grant_id is None:
        raise Forbidden
    return scope.principal_id, scope.grant_id


def owns(scope: Scope, upload: Upload) -> bool:
    """Whether the actor began this upload."""
    return upload.principal_id == scope.principal_id
