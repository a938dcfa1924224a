"""What time removes: uploads that were left alone, links, contents of ended files, and what belongs to no row.

A file that came for feedback and was never attached goes like an upload that was left alone.

Nothing younger than a month is removed from the folder of contents, so that a mistake (a restored old backup, say) can
be seen before it costs anything.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.domains.files.blobs import Blobs
from hub.domains.files.uploading import KEEP, content_lock
from hub.journal.worker import inside
from hub.store.pools import Connection

KEEP_ENDED = timedelta(days=30)
KEEP_EXPIRED = timedelta(days=1)  # for so long an upload's owner is told that it has ended
_DRAFT_AGE = timedelta(hours=1)

_UPLOADS = "delete from upload where tenant_id = $1 and expires_at < $2"
_OPEN = "select id from upload where tenant_id = $1 and file_id is null and expires_at > $2"
_LINKS = "delete from file_link where tenant_id = $1 and expires_at < $2"
_ENDED = """
update stored_file set content_key_sealed = null, digest = null
where tenant_id = $1 and ended_at < $2 and content_key_sealed is not null
"""
_LEFT = """
update stored_file
set ended_at = $3, end_reason = 'tidak dilampirkan', name = 'lampiran', content_key_sealed = null, digest = null
where tenant_id = $1 and for_feedback and feedback_id is null and ended_at is null and created_at < $2
"""
_KNOWN = "select digest from stored_file where tenant_id = $1 and digest = any($2)"
_LOCK = "select pg_advisory_xact_lock($1)"


@dataclass(slots=True)
class Swept:
    """What was removed."""

    drafts: int = 0
    contents: int = 0


async def sweep(worker: Connection, blobs: Blobs, *, now: datetime) -> Swept:
    """Sweep every tenant, one at a time, as the worker."""
    swept = Swept()
    for row in await worker.fetch("select id from tenant order by id"):
        await _rows(worker, row["id"], now)
        await _drafts(worker, blobs, row["id"], now, swept)
        await _contents(worker, blobs, row["id"], now, swept)
    return swept


async def _rows(worker: Connection, tenant: int, now: datetime) -> None:
    async with inside(worker, tenant):
        await worker.execute(_UPLOADS, tenant, now - KEEP_EXPIRED)
        await worker.execute(_LINKS, tenant, now - KEEP_EXPIRED)
        await worker.execute(_ENDED, tenant, now - KEEP_ENDED)
        await worker.execute(_LEFT, tenant, now - KEEP, now)


async def _drafts(worker: Connection, blobs: Blobs, tenant: int, now: datetime, swept: Swept) -> None:
    """Drafts of no running upload; one that has just begun may not have its row yet."""
    old = await asyncio.to_thread(blobs.drafts, tenant, before=now - _DRAFT_AGE)
    async with inside(worker, tenant):
        running = {row["id"] for row in await worker.fetch(_OPEN, tenant, now)} if old else set()
    for upload in set(old) - running:
        blobs.drop_draft(tenant, upload)
        swept.drafts += 1


async def _contents(worker: Connection, blobs: Blobs, tenant: int, now: datetime, swept: Swept) -> None:
    """Contents of no row. Each is locked and looked for once more: an upload may be taking it up."""
    names = await asyncio.to_thread(blobs.names, tenant, before=now - KEEP_ENDED)
    async with inside(worker, tenant):
        known = {row["digest"] for row in await worker.fetch(_KNOWN, tenant, names)} if names else set()
    for name in set(names) - known:
        async with inside(worker, tenant):
            await worker.execute(_LOCK, content_lock(name))
            if not await worker.fetch(_KNOWN, tenant, [name]):
                blobs.drop(tenant, name)
                swept.contents += 1
