"""A worker in a process of its own that is killed in the middle: its job never ends unless told to."""

import asyncio
import sys
from pathlib import Path

import hub.tables  # noqa: F401  # whoever opens a database knows its tables
from hub.jobs import relay
from hub.jobs.running import Task, Worker
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.store.pools import PoolOptions, open_pools
from tests.jobs.stage import HASTE, Noted


async def work(dsn: str, began: Path) -> None:
    """Begin a job, say so in a file, and go on for ever."""

    async def never_end(_task: Task) -> None:
        await asyncio.to_thread(began.touch)
        await asyncio.sleep(3_600)

    pools = await open_pools({Reader.WORKER: dsn}, PoolOptions(size=3))
    stop, wake = asyncio.Event(), asyncio.Event()
    worker = Worker(pools, dsn, Noted(never_end).kinds, system_clock, HASTE)
    await asyncio.gather(relay.run(pools, stop=stop, wake=wake), worker.run(stop))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
