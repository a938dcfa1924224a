"""The worker's part in tests: sealing, keeping the registry, and dying at any statement of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg

from hub.domains.assignments import carrying as assignments
from hub.domains.moves import carrying as moves
from hub.domains.registry import keeping
from hub.domains.registry.keeping import Keys
from hub.domains.twins import carrying as twins
from hub.entrypoints.relaying import RUNNERS
from hub.journal import errands, sealer
from hub.kernel import keyring
from hub.kernel.clock import Now, system_clock
from hub.kernel.keyring import REGISTRY_PURPOSES
from hub.store.pools import Connection
from hub.wiring import Hub
from tests.conftest import as_role

PENDING = "select exists (select from journal_pending where tenant_id = any($1))"
STANDING = """
select concat_ws('|', (select count(*) from journal_pending), (select count(*) from person_home),
  (select string_agg(m::text, ',' order by m::text) from feed_mark m),
  (select string_agg(e::text, ',' order by e::text) from errand e))
"""  # how far the worker has come


class Died(ConnectionError):
    """The worker was killed."""


@dataclass
class Mortal:
    """A worker's connection that is cut, as by kill -9, before its n-th call; it counts them."""

    connection: asyncpg.Connection
    dies_at: int | None = None
    calls: int = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.connection, name)
        if name not in ("execute", "executemany", "fetch", "fetchrow", "fetchval"):
            return found

        async def call(*args: Any, **more: Any) -> Any:
            self.calls += 1
            if self.calls == self.dies_at:
                self.connection.terminate()
                raise Died
            return await found(*args, **more)

        return call


@dataclass
class Worker:
    """A worker of these tests' own tenants."""

    dsn: str
    keys: Keys
    tenants: list[int]
    clock: Callable[[], Now] = field(default=system_clock)

    async def catch_up(self) -> None:
        """Seal everything, and do what follows from it, until nothing more follows."""
        async with self.connected() as connection:
            await self.work_to_the_end(connection)

    async def work_to_the_end(self, connection: Connection) -> None:
        """Work until a round finds nothing to seal."""
        await self.work(connection)
        while await connection.fetchval(
            "select exists (select from journal_pending where tenant_id = any($1))", self.tenants
        ):
            await self.work(connection)

    async def work(self, connection: Connection) -> None:
        """One round, on a connection that may die."""
        await self.notice(connection)
        await self.run_errands(connection)

    async def look(self) -> None:
        """Seal and notice, and leave to be done what follows from it."""
        async with self.connected() as connection:
            await self.notice(connection)

    async def notice(self, connection: Connection) -> None:
        """Seal everything, keep the registry, and make errands of what is new."""
        for tenant in self.tenants:
            while await sealer.seal(connection, tenant, now=self.clock().instant):
                pass
        for tenant in self.tenants:
            while await keeping.keep(connection, tenant, self.keys, clock=self.clock):
                pass
        for tenant in self.tenants:
            while await twins.notice(connection, tenant, clock=self.clock):
                pass
            while await moves.notice(connection, tenant, clock=self.clock):
                pass
            while await assignments.notice(connection, tenant, clock=self.clock):
                pass

    async def run_errands(self, connection: Connection) -> None:
        """See to what is due."""
        for kind, run in RUNNERS.items():
            for errand in await errands.due(connection, kind, now=self.clock().instant):
                await run(connection, errand, self.keys.shared, clock=self.clock)

    async def die_everywhere(self, work: Callable[[Connection], Any], *, anew: bool = False) -> int:
        """Do some work, dying before each of its calls and beginning again; how many deaths there were.

        `anew`: it does everything again each time, instead of going on behind what was kept.
        """
        deaths, dies_at, stood = 0, 0, ""
        while True:
            async with self.connected() as connection:
                stands = await connection.fetchval(STANDING)
                dies_at = (
                    1 if stands != stood and not anew else dies_at + 1
                )  # after each step that was kept, from its beginning
                stood = stands
                try:
                    await work(cast("Connection", Mortal(connection, dies_at=dies_at)))
                except (Died, asyncpg.InterfaceError):  # the one, or what leaving its transaction makes of it
                    assert connection.is_closed()
                    deaths += 1
                else:
                    return deaths

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A connection of hub_worker."""
        connection = await asyncpg.connect(self.dsn)
        try:
            yield connection
        finally:
            if not connection.is_closed():
                await connection.close()


def worker_of(hub: Hub, database: str, *tenants: int) -> Worker:
    """A worker with a registry key of its own."""
    registry = keyring.fresh(now=system_clock().instant, purposes=REGISTRY_PURPOSES)
    return Worker(as_role(database, "hub_worker"), Keys(hub.services.keys, registry), list(tenants))
