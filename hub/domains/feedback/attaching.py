"""Files that belong to feedback. What is attached is the feedback's from then on and says nothing of who uploaded it.

A file's own name may name somebody, so it has a number for one; village, organization, principal and grant are taken
from the row, and the upload that it came by forgets it. See docs/adr/0039-files-of-feedback.md.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from hub.domains.citizens.telling import times
from hub.domains.feedback.errors import FileNotUploadedForIt, OfficeComplaintTakesNoFiles, TooManyFiles
from hub.domains.feedback.model import Feedback, FeedbackFile
from hub.domains.files import naming, policy
from hub.domains.files.errors import FileHasNoContent
from hub.domains.files.model import FileKind, StoredFile, Upload
from hub.kernel.errors import NotFound
from hub.store.base import table
from hub.store.unit import Unit

MOST = 5
_LINKS, _UPLOADS = table(FeedbackFile).c, table(Upload)


async def attach(unit: Unit, feedback: Feedback, files: Sequence[UUID], *, path: tuple[str, ...] = ("files",)) -> None:
    """Make files that the actor has uploaded part of feedback, which the caller has locked or has just made."""
    if not files:
        return
    if feedback.about_office:
        raise OfficeComplaintTakesNoFiles(path=path)
    there = await unit.value(
        select(func.count()).where(_LINKS.tenant_id == feedback.tenant_id, _LINKS.feedback_id == feedback.id)
    )
    if there + len(files) > MOST:
        raise TooManyFiles(most=MOST, path=path)
    for position, key in enumerate(files):
        file = await _own(unit, key, path=(*path, str(position)))
        await unit.add(
            FeedbackFile(tenant_id=feedback.tenant_id, feedback_id=feedback.id, file_id=file.id, **times(unit))
        )
        await _take(unit, file, feedback, number=there + position + 1)


async def _own(unit: Unit, key: UUID, *, path: tuple[str, ...]) -> StoredFile:
    """A file that the actor has uploaded for feedback and that is not attached yet; another's answers like none."""
    file = await unit.find(StoredFile, key, path=path)
    if not file.for_feedback:
        raise FileNotUploadedForIt(path=path)
    if not policy.owns(unit.scope, file):
        raise NotFound(path=path)
    if file.kind is None or file.ended_at is not None:
        raise FileHasNoContent(path=path)
    return file


async def _take(unit: Unit, file: StoredFile, feedback: Feedback, *, number: int) -> None:
    name = naming.suited(f"lampiran-{number}", FileKind[file.kind or FileKind.PDF.value])
    await unit.rows(
        update(_UPLOADS)
        .where(_UPLOADS.c.tenant_id == file.tenant_id, _UPLOADS.c.file_id == file.id)
        .values(file_id=None, name=name, expires_at=unit.now.instant, updated_at=unit.now.instant)
    )
    await unit.change(
        file,
        name=name,
        village_id=None,
        organization_id=None,
        principal_id=None,
        grant_id=None,
        feedback_id=feedback.id,
    )
