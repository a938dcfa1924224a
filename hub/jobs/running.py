"""Carrying out jobs: once at least, one start at a time counted, with pauses that grow, and never for ever.

A job's row goes when it is done, so a second delivery of the same job finds nothing and does nothing. A start is
counted before the work begins: a job that kills its worker is parked like one that fails.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from hub.jobs import queue
from hub.jobs.model import Job, JobState
from hub.jobs.queue import Ticket
from hub.journal.worker import inside
from hub.kernel.clock import Clock, system_clock
from hub.kernel.errors import HubError
from hub.kernel.scope import Reader
from hub.store.base import table
from hub.store.pools import Connection, Pools
from hub.store.unit import connected

WORKER_DIED = "WORKER_DIED"
RECONNECT_SECONDS = 2.0

log = structlog.get_logger(__name__)

_NAME = table(Job).name
_OWN = "where tenant_id = $1 and id = $2"
_START = f"""
update {_NAME} set state = '{JobState.RUNNING}', attempts = attempts + 1, version = version + 1, updated_at = $3
{_OWN} and state in ('{JobState.QUEUED}', '{JobState.RUNNING}')
returning object_id, attempts
"""  # noqa: S608  # names of this file, as in the others
_DONE = f"delete from {_NAME} {_OWN}"  # noqa: S608
_WAIT = f"""
update {_NAME} set state = '{JobState.QUEUED}', attempts = $3, due_at = $4, reason = $5, version = version + 1,
    updated_at = $6
{_OWN}
"""  # noqa: S608
_PARK = f"""
update {_NAME} set state = '{JobState.PARKED}', reason = $3, version = version + 1, updated_at = $4 {_OWN}
"""  # noqa: S608


class GivenBack(Exception):  # named for what it says
    """Raised by a job that was told to leave and stops where it can be begun again."""


@dataclass(frozen=True, slots=True)
class Task:
    """A job that runs. Once `leave` is set it should raise GivenBack soon, at a place where it can be begun again."""

    tenant: int
    job: UUID
    about: UUID
    attempt: int
    leave: threading.Event = field(default_factory=threading.Event)


GivenUp = Callable[[Connection, int, UUID, str, datetime], Awaitable[None]]  # tenant, object, why, when
TakenUp = Callable[[Connection, int, UUID, datetime], Awaitable[None]]  # tenant, object, when


@dataclass(frozen=True, slots=True)
class Kind:
    """What carries out a kind of job, again and again if need be, and what is told when one is given up."""

    carry_out: Callable[[Task], Awaitable[None]]
    given_up: GivenUp


Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a worker is."""

    tries: int = 5
    first: timedelta = timedelta(seconds=10)  # then three times as long each time
    longest: timedelta = timedelta(minutes=10)
    heartbeat: timedelta = timedelta(seconds=30)
    grace: timedelta = timedelta(seconds=10)  # for a running job when the hub stops
    leaving: timedelta = timedelta(seconds=20)  # then, to stop by itself

    def after(self, attempt: int) -> timedelta:
        """The pause after a failed try."""
        return min(self.first * float(3 ** (attempt - 1)), self.longest)


@dataclass(slots=True)
class Worker:
    """Carries out the jobs that the queue hands to this process."""

    pools: Pools
    dsn: str
    kinds: Kinds
    clock: Clock = system_clock
    pace: Pace = Pace()
    running: dict[UUID, Task] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)  # nobody is waited for any longer

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then a running job has the grace to finish, or is given back."""
        leaving = asyncio.create_task(self._leave(stop))
        try:
            while not stop.is_set():
                try:
                    await queue.run(self.dsn, self.kinds, self.work, stop=stop, heartbeat=self.pace.heartbeat)
                except Exception as error:  # noqa: BLE001  # a lost database; jobs wait until it is back
                    log.warning("worker.interrupted", error=type(error).__name__)
                    await _pause(stop, RECONNECT_SECONDS)
        finally:
            leaving.cancel()

    async def work(self, ticket: Ticket) -> timedelta | None:
        """Carry out one job; gives the pause after which to try again."""
        started = await self._start(ticket)
        if started is None:
            return None  # done, dropped or parked meanwhile
        kind = self.kinds[ticket.kind]  # the queue hands out no other
        if started.attempt > self.pace.tries:
            await self._park(started, kind, WORKER_DIED)
            return None
        self.running[started.job] = started
        try:
            failure = await self._carried_out(kind, started)
        finally:
            del self.running[started.job]
        return await self._settled(kind, started, failure)

    async def _carried_out(self, kind: Kind, task: Task) -> Exception | None:
        working = asyncio.ensure_future(kind.carry_out(task))
        waiting = asyncio.create_task(self.over.wait())
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
        if working.cancelled():
            return GivenBack()
        failure = working.exception()
        if failure is None or isinstance(failure, Exception):
            return failure
        raise failure

    async def _settled(self, kind: Kind, task: Task, failure: Exception | None) -> timedelta | None:
        if failure is None:
            await self._write(task, _DONE)
            return None
        if isinstance(failure, GivenBack):
            await self._wait(task, task.attempt - 1, timedelta(0), None)
            return timedelta(0)
        reason = failure.code if isinstance(failure, HubError) else type(failure).__name__
        log.warning("job.failed", job=str(task.job), tenant=task.tenant, attempt=task.attempt, exc_info=failure)
        if task.attempt >= self.pace.tries:
            await self._park(task, kind, reason)
            return None
        pause = self.pace.after(task.attempt)
        await self._wait(task, task.attempt, pause, reason)
        return pause

    async def _start(self, ticket: Ticket) -> Task | None:
        async with connected(self.pools.of(Reader.WORKER)) as connection, inside(connection, ticket.tenant):
            row = await connection.fetchrow(_START, ticket.tenant, ticket.job, self.clock().instant)
        return None if row is None else Task(ticket.tenant, ticket.job, row["object_id"], row["attempts"])

    async def _wait(self, task: Task, attempts: int, pause: timedelta, reason: str | None) -> None:
        now = self.clock().instant
        await self._write(task, _WAIT, attempts, now + pause, reason, now)

    async def _park(self, task: Task, kind: Kind, reason: str) -> None:
        log.error("job.parked", job=str(task.job), tenant=task.tenant, reason=reason)
        now = self.clock().instant
        async with connected(self.pools.of(Reader.WORKER)) as connection, inside(connection, task.tenant):
            await connection.execute(_PARK, task.tenant, task.job, reason, now)
            await kind.given_up(connection, task.tenant, task.about, reason, now)

    async def _write(self, task: Task, statement: str, *values: object) -> None:
        async with connected(self.pools.of(Reader.WORKER)) as connection, inside(connection, task.tenant):
            await connection.execute(statement, task.tenant, task.job, *values)

    async def _leave(self, stop: asyncio.Event) -> None:
        """After the stop: the grace, the word to leave, the end."""
        await stop.wait()
        await asyncio.sleep(self.pace.grace.total_seconds())
        for task in self.running.values():
            task.leave.set()
        await asyncio.sleep(self.pace.leaving.total_seconds())
        self.over.set()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
