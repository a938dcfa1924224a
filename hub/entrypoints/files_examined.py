"""`hub doctor`, the part about uploaded files: the folder, and whether what rows name lies in it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from hub.integrations.blobs import FolderBlobs
from hub.journal.worker import inside
from hub.means import files_path
from hub.settings import Settings
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection

_OTHERS = 0o077
_NAMED = 5  # ids in a finding
_KEPT = """
select id, digest from stored_file
where tenant_id = $1 and digest is not null and content_key_sealed is not null and created_at < $2 order by id
"""


async def examine(owner: Connection, settings: Settings, *, now: datetime) -> list[Finding]:
    """All findings. Looks for every content by its name and opens none: a damaged one says so when it is opened."""
    folder = files_path(settings)
    found = [*_folder(folder, None if settings.database_url else settings.data / "postgres")]
    blobs = FolderBlobs(folder)
    for tenant in await owner.fetch("select id, code from tenant order by id"):
        async with inside(owner, tenant["id"]):
            rows = await owner.fetch(_KEPT, tenant["id"], now)
        lost = [str(row["id"]) for row in rows if not blobs.has(tenant["id"], row["digest"])]
        if lost:
            told = ", ".join(lost[:_NAMED]) + (", …" if len(lost) > _NAMED else "")
            found.append(Finding(Fault.FILE_MISSING, tenant["code"], f"{len(lost)}/{len(rows)}: {told}"))
    return found


def _folder(folder: Path, database: Path | None) -> Iterator[Finding]:
    """What is wrong with the place. A folder that is not there yet is judged by where it would be made."""
    stands = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not (stands.is_dir() and os.access(stands, os.W_OK | os.X_OK)):
        yield Finding(Fault.FILES_FOLDER, str(folder))
    if folder.is_dir() and folder.stat().st_mode & _OTHERS:
        yield Finding(Fault.FILES_OPEN, str(folder), f"{folder.stat().st_mode & 0o777:04o}")
    if database is not None:
        own, theirs = folder.resolve(), database.resolve()
        if own.is_relative_to(theirs) or theirs.is_relative_to(own):
            yield Finding(Fault.FILES_PLACE, str(folder), str(database))
