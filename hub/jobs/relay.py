"""From jobs that were asked for to the queue: the only place that queues anything.

A job is queued in the transaction that marks it queued, so neither happens alone. It runs beside the worker, is woken
after commits (however many, one look) and looks by itself every second, for other processes ask too.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from hub.jobs import queue
from hub.jobs.model import Job, JobState
from hub.jobs.queue import Ticket
from hub.journal.worker import inside
from hub.kernel.clock import Clock, system_clock
from hub.kernel.errors import Unavailable
from hub.kernel.scope import Reader
from hub.store.base import table
from hub.store.pools import Connection, Pools
from hub.store.unit import connected

BATCH = 500
PAUSE_SECONDS = 1.0
LOOK_AFTER = timedelta(minutes=1)

log = structlog.get_logger(__name__)

_NAME = table(Job).name
_ASKED = f"select distinct tenant_id from {_NAME} where state = '{JobState.ASKED}' order by tenant_id"  # noqa: S608
_TAKE = f"""
select kind, id from {_NAME} where tenant_id = $1 and state = '{JobState.ASKED}'
order by id limit $2 for update skip locked
"""  # noqa: S608  # names of this file, as in the others
_QUEUED = f"""
update {_NAME} set state = '{JobState.QUEUED}', version = version + 1, updated_at = $3
where tenant_id = $1 and id = any($2)
"""  # noqa: S608
_LOST = f"""
select tenant_id, array_agg(id) as ids from {_NAME} j
where state in ('{JobState.QUEUED}', '{JobState.RUNNING}') and updated_at < $1
  and not exists (
    select from {queue.SETTINGS.qualified.queue_table} q
    where q.dedupe_key = j.tenant_id || ':' || j.id and q.status in ('queued', 'picked')
  )
group by tenant_id
"""  # noqa: S608
_AGAIN = f"""
update {_NAME} set state = '{JobState.ASKED}', version = version + 1, updated_at = $3
where tenant_id = $1 and id = any($2) and state in ('{JobState.QUEUED}', '{JobState.RUNNING}')
"""  # noqa: S608


async def relay(connection: Connection, *, now: datetime) -> int:
    """Queue what was asked for, up to a batch of each tenant; how many."""
    found = 0
    for row in await connection.fetch(_ASKED):
        tenant = row["tenant_id"]
        async with inside(connection, tenant):
            asked = await connection.fetch(_TAKE, tenant, BATCH)
            put = await queue.put(connection, [Ticket(each["kind"], tenant, each["id"]) for each in asked])
            await connection.execute(_QUEUED, tenant, [each.job for each in put], now)
            found += len(put)
    return found


async def look_after(connection: Connection, *, now: datetime) -> int:
    """Ask again for jobs that the queue has lost (a restored backup has none), and clear its old notes; how many."""
    lost = await connection.fetch(_LOST, now - LOOK_AFTER)
    for row in lost:
        async with inside(connection, row["tenant_id"]):
            await connection.execute(_AGAIN, row["tenant_id"], row["ids"], now)
    await queue.forget(connection, now - queue.KEEP_LOG)
    return sum(len(row["ids"]) for row in lost)


async def run(pools: Pools, *, stop: asyncio.Event, wake: asyncio.Event, clock: Clock = system_clock) -> None:
    """Relay until `stop`; set `wake` after it, or this ends within a second. What fails is logged and tried again."""
    looked: datetime | None = None
    while not stop.is_set():
        wake.clear()  # before looking: what is asked for meanwhile leads to one more look
        now = clock().instant
        try:
            async with connected(pools.of(Reader.WORKER)) as connection:
                if looked is None or now - looked >= LOOK_AFTER:
                    await look_after(connection, now=now)
                    looked = now
                await relay(connection, now=now)
        except Unavailable:
            log.warning("relay.unavailable")
        except Exception as error:  # noqa: BLE001  # a dead relay would stop every job; the oldest's age shows it
            log.error("relay.failed", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), PAUSE_SECONDS)
