"""The one place that knows pgqueuer: its tables, its connection, what it is told and how it runs a job.

Its tables stand in a schema of their own, `hub_queue`, which only the worker may use. Every name is given here, so that
no variable of the environment moves one. pgqueuer tells its workers of new rows by NOTIFY; that happens when the relay
and the worker commit, never in a request's transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel
from pgqueuer.models import Job as Queued
from pgqueuer.queries import Queries

from hub.store.pools import FAILURES, SESSION, Connection

SCHEMA = "hub_queue"
SETTINGS = DBSettings(
    prefix="",
    db_schema=SCHEMA,
    channel=Channel(SCHEMA),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.durable,
    widen_id=True,
)
TABLES = (
    SETTINGS.queue_table,
    SETTINGS.queue_table_log,
    SETTINGS.statistics_table,
    SETTINGS.schedules_table,
)
KEEP_LOG = timedelta(days=7)
_AT_ONCE = 2
_FORGET = f"delete from {SETTINGS.qualified.queue_table_log} where created < $1"  # noqa: S608  # names of this file


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the queue carries: where the job's row is, and nothing of what it is about."""

    kind: str
    tenant: int
    job: UUID

    @property
    def key(self) -> str:
        """Stands once in the queue at a time."""
        return f"{self.tenant}:{self.job}"


Work = Callable[[Ticket], Awaitable[timedelta | None]]  # gives after how long to try again; None: it is settled


def installation() -> str:
    """The SQL that makes pgqueuer's tables, as its own release writes it."""
    return QueryBuilderEnvironment(SETTINGS).build_install_query(create_schema=False)


async def drift(connection: Connection) -> Sequence[str]:
    """What this release of pgqueuer would change about its tables; nothing, unless a migration was forgotten."""
    return (await _queries(connection).plan_upgrade()).statements


async def put(connection: Connection, tickets: Sequence[Ticket]) -> list[Ticket]:
    """Queue jobs in the connection's transaction; gives those that were not there already."""
    if not tickets:
        return []
    made = await _queries(connection).enqueue(
        [each.kind for each in tickets],
        [orjson.dumps([each.tenant, str(each.job)]) for each in tickets],
        [0] * len(tickets),
        dedupe_key=[each.key for each in tickets],
        on_conflict="skip",
    )
    return [each for each, key in zip(tickets, made, strict=True) if key is not None]


async def forget(connection: Connection, before: object) -> None:
    """Remove what pgqueuer has noted of jobs before a moment."""
    await connection.execute(_FORGET, before)


async def run(dsn: str, kinds: Iterable[str], work: Work, *, stop: asyncio.Event, heartbeat: timedelta) -> None:
    """Carry out jobs until `stop`; returns when those that run have been settled. Raises where the database is lost.

    A job whose worker has not been heard of for `heartbeat` is given to another.
    """
    async with _connected(dsn) as connection:
        manager = QueueManager(_queries(connection), Channel(SETTINGS.channel))
        for kind in kinds:
            manager.entrypoint(kind, accepts_context=False)(_entry(work))
        stopping = asyncio.create_task(_stop(manager, stop))
        try:
            await manager.run(
                dequeue_timeout=min(timedelta(seconds=30), heartbeat),
                batch_size=1,
                max_concurrent_tasks=_AT_ONCE,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=heartbeat,
                log_aggregation_interval=timedelta(0),
            )
        finally:
            stopping.cancel()


def _entry(work: Work) -> Callable[[Queued], Awaitable[None]]:
    async def carry_out(queued: Queued) -> None:
        tenant, job = orjson.loads(queued.payload or b"[]")
        again = await work(Ticket(queued.entrypoint, int(tenant), UUID(job)))
        if again is not None:
            raise RetryRequested(
                again
            )  # without a cause: pgqueuer keeps traces, and messages may quote a person's data

    return carry_out


async def _stop(manager: QueueManager, stop: asyncio.Event) -> None:
    await stop.wait()
    manager.shutdown.set()


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    """A connection of its own: a listener cannot share one, nor stand behind a transaction pooler."""
    connection = await asyncpg.connect(dsn, server_settings={**SESSION, "application_name": "hub worker"})
    try:
        yield connection
    finally:
        with suppress(*FAILURES):
            await connection.close(timeout=5)


def _queries(connection: Connection) -> Queries:
    return Queries(
        AsyncpgDriver(connection),
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )
