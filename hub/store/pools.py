"""Connections: one pool per class of reader, so that a forgotten predicate cannot open another reader's rows."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import asyncpg

from hub.kernel.scope import Reader

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"  # generic only for the type checker
Driver: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Lent: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

ACQUIRE_SECONDS = 10
# Whatever a statement fails with: what the database says, and what the driver says of a connection that is gone. The
# last one it says while the farewell of a server that was killed is still unread.
FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# Bounded on purpose, by number and by length: a nested plan holds hundreds of kilobytes per connection in PostgreSQL.
# The longest texts of real screens have 48 kB; a longer one is planned each time. Never dropped by age: PostgreSQL
# itself plans anew when the statistics change, and the least used makes room.
STATEMENTS_PER_CONNECTION = 60
LONGEST_NAMED_STATEMENT = 64 * 1024
NEVER = 0
SESSION = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "plan_cache_mode": "force_generic_plan",  # a plan serves every value: saves five plannings per connection
    "jit": "off",
    "application_name": "hub",
}


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """Sizes and time limits of the pools."""

    size: int = 4
    statement_timeout_ms: int = 5_000
    named_statements: bool = True  # off behind a transaction pooler


@dataclass(slots=True)
class Pool:
    """The connections of one login.

    One that comes back well stays at hand for whoever is next. The driver's own hand-out makes a task, a shield and a
    queue's item each time, half of what a short statement costs; it still opens, repairs and counts connections.
    """

    driver: Driver
    idle: list[Connection] = field(default_factory=list)  # the last one used comes first: its caches are warm
    waiting: int = 0

    async def take(self) -> Connection:
        """A connection, to be given back by `give` or `mend`; TimeoutError after ten seconds without one."""
        while self.idle:
            connection = self.idle.pop()
            if _open(connection):
                return connection
            await self.mend(connection)
        self.waiting += 1
        try:
            taken = await self.driver.acquire(timeout=ACQUIRE_SECONDS)
        finally:
            self.waiting -= 1
        return cast("Connection", taken)  # the proxy has its interface

    async def give(self, connection: Connection) -> None:
        """Give back a connection whose last statement ended well."""
        if self.waiting or self.driver.is_closing() or not _open(connection) or connection.is_in_transaction():
            await self.mend(connection)
        else:
            self.idle.append(connection)

    async def mend(self, connection: Connection) -> None:
        """Give back a connection on which something failed or was cut: the driver sees to it first."""
        await self.driver.release(cast("Lent", connection))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for a while."""
        connection = await self.take()
        try:
            yield connection
        except BaseException:
            await self.mend(connection)
            raise
        await self.give(connection)

    async def fetchval(self, text: str, *arguments: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # asyncpg's
        """The first value of a statement of its own."""
        async with self.connection() as connection:
            return await connection.fetchval(text, *arguments, timeout=timeout)

    async def fetchrow(self, text: str, *arguments: Any) -> "asyncpg.Record | None":
        """The first row of a statement of its own."""
        async with self.connection() as connection:
            return await connection.fetchrow(text, *arguments)

    async def execute(self, text: str, *arguments: Any) -> None:
        """Run a statement of its own."""
        async with self.connection() as connection:
            await connection.execute(text, *arguments)

    async def close(self) -> None:
        """Close all, waiting for running statements."""
        while self.idle:
            await self.mend(self.idle.pop())
        await self.driver.close()


@dataclass(slots=True)
class Pools:
    """The open pools of a process."""

    pools: dict[Reader, Pool] = field(default_factory=dict)

    def of(self, reader: Reader) -> Pool:
        """The pool of a class of reader."""
        return self.pools[reader]

    async def close(self) -> None:
        """Close all, waiting for running statements."""
        for pool in self.pools.values():
            await pool.close()


async def open_pools(dsns: Mapping[Reader, str], options: PoolOptions | None = None) -> Pools:
    """One pool for each reader named in `dsns`, each with its own login."""
    chosen = options or PoolOptions()
    pools = Pools()
    for reader, dsn in dsns.items():
        pools.pools[reader] = await open_pool(dsn, chosen)
    return pools


async def open_pool(dsn: str, options: PoolOptions) -> Pool:
    """One pool; its sessions have every setting that the texts of statements and answers rely on."""
    settings: dict[str, Any] = {
        **SESSION,
        "statement_timeout": str(options.statement_timeout_ms),
        "idle_in_transaction_session_timeout": "60000",
    }
    driver = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=options.size,
        statement_cache_size=STATEMENTS_PER_CONNECTION if options.named_statements else 0,
        max_cached_statement_lifetime=NEVER,
        max_cacheable_statement_size=LONGEST_NAMED_STATEMENT,
        reset=_clean,
        server_settings=settings,
    )
    return Pool(driver)


def _open(connection: Connection) -> bool:
    """Whether it can be used: the driver takes back one that has ended, whoever holds it."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


async def _clean(connection: Connection) -> None:
    """Before a connection goes back: settings end with their transaction, so there is nothing to undo but a cut one.

    The driver's own reset would be a second round trip for every request.
    """
    if connection.is_in_transaction():
        await connection.reset()
