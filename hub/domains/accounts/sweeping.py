"""What time removes: sessions that ended a month ago. Invitations stay, for who let whom in is asked later too."""

from datetime import datetime, timedelta

from hub.journal.worker import inside
from hub.store.pools import Connection

KEEP = timedelta(days=30)
_SESSIONS = "delete from sign_in_session where tenant_id = $1 and expires_at < $2"


async def sweep(worker: Connection, *, now: datetime) -> int:
    """Sweep every tenant, one at a time, as the worker; how many were removed."""
    removed = 0
    for row in await worker.fetch("select id from tenant order by id"):
        async with inside(worker, row["id"]):
            done = await worker.execute(_SESSIONS, row["id"], now - KEEP)
            removed += int(done.rpartition(" ")[2])
    return removed
