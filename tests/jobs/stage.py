"""What the tests of jobs share: asking, a kind of job that notes what is done to it, and a worker in a hurry."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hub.jobs import relay
from hub.jobs.asking import ask
from hub.jobs.running import Kind, Pace, Task, Worker
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pools
from hub.store.unit import writing
from tests.journal.stage import TENANT, scope

HASTE = Pace(
    tries=3,
    first=timedelta(milliseconds=50),
    heartbeat=timedelta(seconds=2),
    grace=timedelta(milliseconds=200),
    leaving=timedelta(milliseconds=500),
)
KIND = "TESTED"
ROWS = "select state, attempts, reason from job order by created_at, id"


@dataclass
class Noted:
    """A kind of job of which everything is noted."""

    act: Callable[[Task], Awaitable[None]] | None = None
    done: list[UUID] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    given_up: list[tuple[int, UUID, str]] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def kinds(self) -> dict[str, Kind]:
        """As the worker is given it."""
        return {KIND: Kind(self._carry_out, self._give_up)}

    async def _carry_out(self, task: Task) -> None:
        self.attempts.append(task.attempt)
        self.began.set()
        if self.act is not None:
            await self.act(task)
        self.done.append(task.about)

    async def _give_up(self, _worker: Connection, tenant: int, about: UUID, reason: str, _now: datetime) -> None:
        self.given_up.append((tenant, about, reason))


async def asked(pools: Pools, *, tenant: int = TENANT, kind: str = KIND) -> UUID:
    """Ask for a job about something, as a request does; what it is about."""
    about = new_id()
    async with writing(pools.of(Reader.API), scope(tenant), system_clock()) as unit:
        await ask(unit, kind, about)
    return about


@asynccontextmanager
async def working(pools: Pools, dsn: str, noted: Noted, pace: Pace = HASTE) -> AsyncIterator[asyncio.Event]:
    """Relay and worker run as long as the block; gives what wakes the relay."""
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.gather(
        relay.run(pools, stop=stop, wake=wake), Worker(pools, dsn, noted.kinds, system_clock, pace).run(stop)
    )
    try:
        yield wake
    finally:
        stop.set()
        wake.set()
        await asyncio.wait_for(running, 20)


async def until(true: Callable[[], Awaitable[Any] | Any], seconds: float = 20) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)


async def rows(worker: Connection) -> list[tuple[str, int, str | None]]:
    """State, tries and reason of every job."""
    return [tuple(row) for row in await worker.fetch(ROWS)]
