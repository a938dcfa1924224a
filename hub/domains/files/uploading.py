"""Uploads: begun, grown piece by piece, made into a file when whole. The bytes themselves are the blob store's."""

import asyncio
import hashlib
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Integer, cast, func, literal, select

from hub.domains.files import events, naming, policy
from hub.domains.files.blobs import Blobs
from hub.domains.files.errors import (
    ContentRefused,
    FileEmpty,
    OffsetWrong,
    StorageFull,
    TooManyUploads,
    UploadExpired,
    UploadTooLarge,
)
from hub.domains.files.judging import Judged
from hub.domains.files.model import FileKind, FileState, StoredFile, Upload
from hub.journal.model import Effect
from hub.journal.record import Event, record
from hub.kernel.errors import Forbidden, NotFound
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.unit import Unit

KEEP = timedelta(hours=72)
MOST_OPEN = 10
KEY_BYTES = 32
MEGABYTE = 1024 * 1024
_LOCKED = 6_400_013  # names the lock under which uploads of a tenant begin
_UPLOAD = table(Upload)


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be sent."""

    file_bytes: int = 20 * MEGABYTE
    workbook_bytes: int = 50 * MEGABYTE
    tenant_bytes: int = 5_120 * MEGABYTE


async def begin(unit: Unit, keys: KeyRing, *, name: str, length: int, room: Room, for_feedback: bool = False) -> Upload:
    """A new upload of the actor's; its draft is the caller's to make."""
    if not (policy.may_send if for_feedback else policy.may_upload)(unit.scope):
        raise Forbidden
    cleaned = naming.cleaned(name)
    workbook = naming.says_workbook(cleaned) and not for_feedback
    allowed = room.workbook_bytes if workbook else room.file_bytes
    if length < 1:
        raise FileEmpty
    if length > allowed:
        raise UploadTooLarge(bytes=length, allowed=allowed)
    await _check_room(unit, length, room)

    key, (principal, grant) = new_id(), policy.actor(unit.scope)
    made = Upload(
        tenant_id=unit.tenant.id,
        id=key,
        village_id=unit.scope.villages[0] if unit.scope.villages else None,
        for_feedback=for_feedback,
        organization_id=unit.scope.party,
        principal_id=principal,
        grant_id=grant,
        name=cleaned,
        workbook=length > room.file_bytes,
        length=length,
        content_key_sealed=keys.seal(
            os.urandom(KEY_BYTES), tenant=unit.tenant.id, table="upload", column="content_key", row=key
        ),
        expires_at=unit.now.instant + KEEP,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    await unit.add(made)
    return made


async def own(unit: Unit, key: UUID) -> Upload:
    """An upload of the actor's own, locked. Somebody else's is not there; UploadExpired for one that has ended."""
    if not (policy.may_upload(unit.scope) or policy.may_send(unit.scope)):
        raise NotFound
    found = await unit.find(Upload, key)
    if not policy.owns(unit.scope, found):
        raise NotFound
    if found.file_id is None and found.expires_at <= unit.now.instant:
        raise UploadExpired
    return found


def key_of(keys: KeyRing, upload: Upload) -> bytes:
    """The key under which its draft is written."""
    return keys.open(
        upload.content_key_sealed, tenant=upload.tenant_id, table="upload", column="content_key", row=upload.id
    )


async def grown(unit: Unit, key: UUID, *, since: int, received: int) -> Upload:
    """More of it is safe on the disk; OffsetWrong where it is not what the caller went on from."""
    found = await own(unit, key)
    if found.received != since:
        raise OffsetWrong(received=found.received)
    return await unit.change(found, received=received)


async def abandon(unit: Unit, key: UUID) -> Upload:
    """End an upload before it is whole."""
    found = await own(unit, key)
    if found.file_id is not None:
        raise UploadExpired
    return await unit.change(found, expires_at=unit.now.instant)


async def keep(unit: Unit, keys: KeyRing, blobs: Blobs, key: UUID, judged: Judged) -> StoredFile:
    """Make a file of a whole upload. Its content is safe on the disk before the row is there."""
    upload = await own(unit, key)
    if upload.file_id is not None:
        return await unit.see(StoredFile, upload.file_id)
    made = _file_of(unit, upload)
    made.name, made.size = naming.suited(upload.name, judged.kind), len(judged.content)
    made.kind, made.state = judged.kind.value, judged.state.value
    await _store(unit, keys, blobs, made, judged.content)
    await unit.change(upload, file_id=made.id)
    await _tell(unit, events.FileStored, made)
    return made


async def keep_made(
    unit: Unit, keys: KeyRing, blobs: Blobs, *, name: str, kind: FileKind, content: bytes, village: UUID | None
) -> StoredFile:
    """A file that the hub has made for the actor, opened like an uploaded one. The caller looks at the right."""
    principal, grant = policy.actor(unit.scope)
    made = StoredFile(
        tenant_id=unit.tenant.id,
        village_id=village,
        name=naming.suited(naming.cleaned(name), kind),
        kind=kind.value,
        state=FileState.UNSCANNED.value,
        size=len(content),
        principal_id=principal,
        grant_id=grant,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    await _store(unit, keys, blobs, made, content)
    await record(unit, events.of(events.FileStored, made, effect=Effect.CREATED))
    return made


async def refuse(unit: Unit, key: UUID, refusal: ContentRefused) -> StoredFile:
    """Note that the content of a whole upload is not kept, and why."""
    upload = await own(unit, key)
    if upload.file_id is not None:
        return await unit.see(StoredFile, upload.file_id)
    made = _file_of(unit, upload)
    made.state, made.refusal = FileState.REFUSED.value, refusal.code
    await unit.add(made)
    await unit.change(upload, file_id=made.id)
    await _tell(unit, events.FileRefused, made)
    return made


async def _tell(unit: Unit, kind: type[Event], made: StoredFile) -> None:
    """A file is there. Of one for feedback nobody is told who uploaded it: the feedback may be anonymous."""
    if not made.for_feedback:
        await record(unit, events.of(kind, made, effect=Effect.CREATED))
        return
    nobody = replace(unit, scope=replace(unit.scope, principal_id=None, grant_id=None))
    await record(nobody, events.of_nobody(kind, made, effect=Effect.CREATED))


async def _store(unit: Unit, keys: KeyRing, blobs: Blobs, made: StoredFile, content: bytes) -> None:
    """The content, then its row."""
    digest = _digest(keys, made, content)
    await lock_content(unit, digest)
    secret = None if made.for_feedback else await _known_key(unit, keys, blobs, digest)
    if secret is None:
        secret = os.urandom(KEY_BYTES)
        await asyncio.to_thread(blobs.put, made.tenant_id, digest, secret, content)
    made.digest = digest
    made.content_key_sealed = keys.seal(
        secret, tenant=made.tenant_id, table="stored_file", column="content_key", row=made.id
    )
    await unit.add(made)


async def lock_content(unit: Unit, digest: bytes) -> None:
    """Keep everybody else from putting or removing this content until the transaction ends."""
    await unit.rows(select(func.pg_advisory_xact_lock(content_lock(digest))))


def content_lock(digest: bytes) -> int:
    """The number of a content's lock."""
    return int.from_bytes(digest[-8:], "big", signed=True)


def _file_of(unit: Unit, upload: Upload) -> StoredFile:
    return StoredFile(
        tenant_id=unit.tenant.id,
        village_id=upload.village_id,
        for_feedback=upload.for_feedback,
        organization_id=upload.organization_id,
        name=upload.name,
        state=FileState.UNSCANNED.value,
        size=upload.length,
        principal_id=upload.principal_id,
        grant_id=upload.grant_id,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )


def _digest(keys: KeyRing, made: StoredFile, content: bytes) -> bytes:
    """The content's name: equal only for equal contents of one village, or of the kecamatan's own office.

    What comes for feedback is equal to nothing: a second picture of the same says nothing of who sent the first.
    """
    kind = f"feedback:{made.id}" if made.for_feedback else f"file:{made.village_id or ''}"
    return keys.blind(hashlib.sha256(content).hexdigest(), tenant=made.tenant_id, kind=kind)


async def _known_key(unit: Unit, keys: KeyRing, blobs: Blobs, digest: bytes) -> bytes | None:
    """The key of a content that is kept already; the caller holds its lock."""
    files = table(StoredFile)
    found = await unit.first(
        unit.own(StoredFile)
        .where(files.c.digest == digest, files.c.content_key_sealed.is_not(None))
        .order_by(files.c.id.desc())
        .limit(1),
        StoredFile,
    )
    if found is None or not blobs.has(unit.tenant.id, digest):
        return None
    return content_key(keys, found)


def content_key(keys: KeyRing, file: StoredFile) -> bytes:
    """The key of a file's content."""
    return keys.open(
        file.content_key_sealed or b"", tenant=file.tenant_id, table="stored_file", column="content_key", row=file.id
    )


async def _check_room(unit: Unit, length: int, room: Room) -> None:
    """One upload of a tenant begins at a time, so that the counts hold."""
    tenant = unit.tenant.id
    await unit.rows(select(func.pg_advisory_xact_lock(cast(_LOCKED, Integer), cast(tenant, Integer))))
    running = await unit.value(
        select(func.count()).where(
            _UPLOAD.c.tenant_id == tenant,
            _UPLOAD.c.principal_id == unit.scope.principal_id,
            _UPLOAD.c.file_id.is_(None),
            _UPLOAD.c.expires_at > unit.now.instant,
        )
    )
    if running >= MOST_OPEN:
        raise TooManyUploads(most=MOST_OPEN)
    taken = await unit.value(select(func.hub_file_bytes(literal(unit.now.instant))))
    if taken + length > room.tenant_bytes:
        raise StorageFull(allowed=room.tenant_bytes // MEGABYTE)
