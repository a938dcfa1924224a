"""What can be done with files that are there: ask for a link, open by it, end."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import update

from hub.domains.files import events, policy
from hub.domains.files.errors import FileEnded, FileHasNoContent, LinkGone
from hub.domains.files.model import TOKEN_BYTES, FileLink, StoredFile
from hub.journal.model import Effect
from hub.journal.record import record
from hub.kernel.errors import Forbidden, NotFound
from hub.store.base import table
from hub.store.unit import Unit

LINK_LIVES = timedelta(minutes=5)
_LINK = table(FileLink)


def token_hash(token: str) -> bytes:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).digest()


async def make_link(unit: Unit, key: UUID, *, purpose: str) -> tuple[str, datetime]:
    """A token that opens the file once within five minutes, for the grant that asks; and when it ends."""
    if not policy.may_open(unit.scope):
        raise Forbidden
    file = await unit.see(StoredFile, key, path=("file",))
    if not policy.may_read(unit.scope, file):
        raise NotFound(path=("file",))
    if file.content_key_sealed is None or file.ended_at is not None:
        raise FileHasNoContent(path=("file",))
    principal, grant = policy.actor(unit.scope)
    token = f"{unit.tenant.id}.{token_urlsafe(TOKEN_BYTES)}"
    ends = unit.now.instant + LINK_LIVES
    await unit.add(
        FileLink(
            tenant_id=unit.tenant.id,
            village_id=file.village_id or next(iter(unit.scope.villages), None),
            file_id=file.id,
            token_hash=token_hash(token),
            principal_id=principal,
            grant_id=grant,
            purpose=purpose,
            expires_at=ends,
            created_at=unit.now.instant,
            updated_at=unit.now.instant,
        )
    )
    await record(unit, events.of(events.FileLinkMade, file, file, purpose=purpose))
    return token, ends


async def open_by(unit: Unit, digest: bytes) -> StoredFile:
    """The file of a link, which is used up by it; LinkGone where it opens nothing (any more).

    The unit's scope is that of the link's grant as of now: a right that has gone meanwhile opens nothing.
    """
    if not policy.may_open(unit.scope):
        raise LinkGone
    used = await unit.row(
        update(_LINK)
        .where(
            _LINK.c.tenant_id == unit.tenant.id,
            _LINK.c.token_hash == digest,
            _LINK.c.grant_id == unit.scope.grant_id,
            _LINK.c.used_at.is_(None),
            _LINK.c.expires_at > unit.now.instant,
        )
        .values(used_at=unit.now.instant, updated_at=unit.now.instant)
        .returning(_LINK.c.file_id, _LINK.c.purpose)
    )
    if used is None:
        raise LinkGone
    file = await unit.first(unit.own(StoredFile, used["file_id"]), StoredFile)
    if file is None or file.content_key_sealed is None or file.ended_at is not None:
        raise LinkGone
    if not policy.may_read(unit.scope, file):
        raise LinkGone
    await record(unit, events.of(events.FileOpened, file, file, purpose=used["purpose"]))
    return file


async def end(unit: Unit, key: UUID, *, expected: int, reason: str) -> StoredFile:
    """End a file: it can no longer be opened, and its content is removed after a month."""
    if not policy.may_upload(unit.scope):
        raise Forbidden
    before = await unit.find(StoredFile, key, path=("file",))
    if not policy.may_read(unit.scope, before):
        raise NotFound(path=("file",))
    if before.feedback_id is not None and unit.scope.villages:
        raise Forbidden
    if before.ended_at is not None:
        raise FileEnded(path=("file",))
    after = await unit.change(before, expected=expected, ended_at=unit.now.instant, end_reason=reason)
    await record(unit, events.of(events.FileEnded, after, before, effect=Effect.ENDED))
    return after
