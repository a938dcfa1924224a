"""What was kept so that imports could be undone goes when they no longer can."""

from datetime import datetime

from hub.journal.worker import inside
from hub.store.pools import Connection

_PAST = """
    with gone as (
        delete from before_import b using import_batch i
        where b.tenant_id = $1 and i.tenant_id = $1 and i.id = b.batch_id and i.undoable_until < $2
        returning 1
    ) select count(*) from gone
"""


async def sweep(worker: Connection, *, now: datetime) -> int:
    """Sweep every tenant, one at a time, as the worker; how many rows went."""
    swept = 0
    for row in await worker.fetch("select id from tenant order by id"):
        async with inside(worker, row["id"]):
            swept += await worker.fetchval(_PAST, row["id"], now)
    return swept
