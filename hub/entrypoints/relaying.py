"""What the worker does with sealed changes, beside a serving hub: the registry, moves, twin cases, reports.

It is told by the sealer which tenant has news; once a minute it looks everywhere, for what other processes sealed.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from hub.domains.assignments import carrying as assignments
from hub.domains.moves import carrying as moves
from hub.domains.registry import keeping
from hub.domains.registry.keeping import Keys
from hub.domains.reports import carrying as reports
from hub.domains.twins import carrying as twins
from hub.journal import errands
from hub.journal.errands import Due
from hub.kernel.clock import Clock
from hub.kernel.errors import Unavailable
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pools
from hub.store.unit import connected
from hub.tenants.keyfile import KeyHolder

EVERYWHERE_SECONDS = 60.0
AGAIN = timedelta(minutes=1)
ERRANDS, COUNTS = 100, 20  # in a round; at midnight all reports are counted, and nobody else waits for them
RUNNERS = {
    moves.ERRAND: moves.run_errand,
    twins.ERRAND: twins.run_errand,
    assignments.ERRAND: assignments.run_errand,
    reports.ERRAND: reports.run_errand,
}

# Of agencies for what they ruled and did.
_TENANTS = "select id from tenant where kind in ('KECAMATAN', 'AGENCY') order by id"

log = structlog.get_logger()


@dataclass(slots=True)
class Holders:
    """The keys of a running process; without the registry's file there is no registry to keep."""

    shared: KeyHolder
    registry: KeyHolder | None

    def keys(self) -> Keys | None:
        """The rings as of now."""
        return None if self.registry is None else Keys(self.shared.ring(), self.registry.ring())


@dataclass(slots=True)
class Relay:
    """The loop, and who has news for it."""

    pools: Pools
    holders: Holders
    clock: Clock
    news: set[int] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    due_at: datetime | None = None  # when the next report is to be counted

    def tell(self, tenant: int) -> None:
        """A tenant has newly sealed changes."""
        self.news.add(tenant)
        self.wake.set()

    async def run(self, *, stop: asyncio.Event) -> None:
        """Work until `stop`, at each news; set `wake` after `stop`. What fails is logged and tried again."""
        loop = asyncio.get_running_loop()
        everywhere_at = loop.time()
        while not stop.is_set():
            self.wake.clear()  # before taking the news: one that comes while working leads to one more round
            news, self.news = self.news, set()
            everywhere = loop.time() >= everywhere_at
            if everywhere:
                everywhere_at = loop.time() + EVERYWHERE_SECONDS
            await self._round(None if everywhere else sorted(news))
            if not self.news and not stop.is_set():
                await self._wait(everywhere_at - loop.time())

    async def _wait(self, seconds: float) -> None:
        """For news, for the next count of a report, or until it is time to look everywhere."""
        if self.due_at is not None:
            seconds = min(seconds, (self.due_at - self.clock().instant).total_seconds())
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), max(seconds, 0))

    async def _round(self, tenants: list[int] | None) -> None:
        """One look at each of these tenants, or at all: a faulty one holds nobody up."""
        self.due_at = None
        try:
            async with connected(self.pools.of(Reader.WORKER)) as connection:
                if tenants is None:
                    tenants = [row["id"] for row in await connection.fetch(_TENANTS)]
                for tenant in tenants:
                    await self._tenant_or_log(connection, tenant)
                for kind in RUNNERS:
                    limit = COUNTS if kind == reports.ERRAND else ERRANDS
                    for errand in await errands.due(connection, kind, now=self.clock().instant, limit=limit):
                        await self._errand_or_log(connection, errand)
                self.due_at = await errands.next_due(connection, reports.ERRAND)
        except Unavailable:
            log.warning("relay.unavailable")
        except Exception as error:  # noqa: BLE001  # a dead relay would be noticed by nobody
            log.error("relay.failed", error=type(error).__name__)

    async def _tenant_or_log(self, connection: Connection, tenant: int) -> None:
        try:
            await self._tenant(connection, tenant)
        except Exception as error:
            if connection.is_closed():
                raise
            log.error("relay.tenant_failed", tenant=tenant, error=type(error).__name__)

    async def _tenant(self, connection: Connection, tenant: int) -> None:
        keys = self.holders.keys()
        while keys is not None and await keeping.keep(connection, tenant, keys, clock=self.clock):
            pass
        while keys is not None and await twins.notice(connection, tenant, clock=self.clock):
            pass
        while await moves.notice(connection, tenant, clock=self.clock):
            pass
        while await assignments.notice(connection, tenant, clock=self.clock):
            pass
        while await reports.notice(connection, tenant, clock=self.clock):
            pass
        await reports.daily(connection, tenant, clock=self.clock)

    async def _errand_or_log(self, connection: Connection, errand: Due) -> None:
        try:
            await RUNNERS[errand.kind](connection, errand, self.holders.shared.ring(), clock=self.clock)
        except Exception as error:
            if connection.is_closed():
                raise
            log.error("relay.errand_failed", tenant=errand.home_tenant, kind=errand.kind, error=type(error).__name__)
            await errands.later(connection, errand, self.clock().instant + AGAIN)
