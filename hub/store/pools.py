"""Connections: one pool per class of reader, so that a forgotten predicate cannot open another reader's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg

from hub.kernel.scope import Reader

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"  # generic only for the type checker
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

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
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=options.size,
        statement_cache_size=STATEMENTS_PER_CONNECTION if options.named_statements else 0,
        max_cached_statement_lifetime=NEVER,
        max_cacheable_statement_size=LONGEST_NAMED_STATEMENT,
        reset=_clean,
        server_settings=settings,
    )


async def _clean(connection: Connection) -> None:
    """Before a connection goes back: settings end with their transaction, so there is nothing to undo but a cut one.

    The driver's own reset would be a second round trip for every request.
    """
    if connection.is_in_transaction():
        await connection.reset()
