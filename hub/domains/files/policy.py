"""Who may do what with files. Rows of other villages are hidden by the database already."""

from uuid import UUID

from hub.domains.files.model import StoredFile, Upload
from hub.kernel.errors import Forbidden
from hub.kernel.scope import Reader, Scope
from hub.tenants.permissions import Permission


def may_upload(scope: Scope) -> bool:
    """Whether the grant carries uploading and ending files. Who reads from outside has no place for them."""
    return scope.may(Permission.WRITE_FILE) and scope.reader is Reader.API and scope.tenant is not None


def may_send(scope: Scope) -> bool:
    """Whether the grant carries uploading files for feedback; visitors who stand for no organization upload none."""
    inside = scope.reader is Reader.API or scope.party is not None
    return scope.may(Permission.SUBMIT_FEEDBACK) and inside and scope.tenant is not None


def may_read(scope: Scope, file: StoredFile) -> bool:
    """Whether it is a file that this grant may know of: of feedback, once it is attached, whoever reads feedback."""
    if not file.for_feedback:
        return True
    return file.feedback_id is not None and scope.may(Permission.READ_FEEDBACK)


def may_open(scope: Scope) -> bool:
    """Whether the grant carries opening files."""
    return scope.may(Permission.READ_FILE) and scope.reader is Reader.API and scope.tenant is not None


def actor(scope: Scope) -> tuple[UUID, UUID]:
    """Principal and grant of the actor; Forbidden for nobody in particular."""
    if scope.principal_id is None or scope.grant_id is None:
        raise Forbidden
    return scope.principal_id, scope.grant_id


def owns(scope: Scope, upload: Upload | StoredFile) -> bool:
    """Whether the actor began this upload."""
    return scope.principal_id is not None and upload.principal_id == scope.principal_id
