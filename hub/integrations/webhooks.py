"""Sending webhooks: a task of its own beside the jobs, so that no receiver holds anybody up.

One call for each endpoint at a time. Half of the places are for endpoints whose last call went well and quickly, half
for the others, so that a hundred dead receivers take nothing from a living one. Whoever takes longer than two seconds
gives its place up while its call goes on; there is a limit to such calls too.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from uuid import UUID

import structlog

from hub.domains.webhooks import keeping, pace, signing, spreading
from hub.domains.webhooks.errors import WebhookAddressRefused
from hub.domains.webhooks.keeping import Outcome, Taken
from hub.integrations.http import AddressRefused, CallFailed, GuardedClient
from hub.kernel.clock import Clock, system_clock
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pools
from hub.store.unit import connected

PAUSE_SECONDS = 1.0
EVERYWHERE = timedelta(minutes=1)
BURST = 20  # messages of one endpoint in a row, then the others' turn
CALL_SECONDS = 10.0
MOST_AT_ONCE = 3  # calls in all, in places
LEAVE_SECONDS = CALL_SECONDS + 2

log = structlog.get_logger(__name__)
Key = tuple[int, UUID]


@dataclass(slots=True)
class Course:
    """An endpoint that is being served: in which lane, and since when its present call runs."""

    slow: bool
    since: float
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Sender:
    """The loop, what it has in hand, and whose news it has heard of."""

    pools: Pools
    clients: tuple[GuardedClient, GuardedClient]  # the second for the slow: names that do not resolve hold its threads
    ring: Callable[[], KeyRing]
    clock: Clock = system_clock
    at_once: int = 32
    everywhere: timedelta = EVERYWHERE
    outcomes: Counter[str] = field(default_factory=Counter)
    news: set[int] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: bool = False
    looked: datetime | None = None
    courses: dict[Key, Course] = field(default_factory=dict)

    def tell(self, tenant: int) -> None:
        """A tenant has newly sealed changes."""
        self.news.add(tenant)
        self.wake.set()

    async def run(self, *, stop: asyncio.Event) -> None:
        """Send until `stop`; then what is under way may end. Set `wake` after `stop`, or it ends within a second."""
        while not stop.is_set():
            self.wake.clear()  # before looking: what comes meanwhile leads to one more look
            await self._round_or_log()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), PAUSE_SECONDS)
        self.stopping = True
        running = [each.task for each in self.courses.values() if each.task is not None]
        if running:
            _, late = await asyncio.wait(running, timeout=LEAVE_SECONDS)
            for task in late:
                task.cancel()

    async def _round_or_log(self) -> None:
        try:
            async with connected(self.pools.of(Reader.WORKER)) as worker:
                await self._spread(worker)
                await self._begin(worker)
        except Unavailable:
            log.warning("webhooks.unavailable")
        except Exception as error:  # noqa: BLE001  # a dead sender would be noticed by nobody
            log.error("webhooks.failed", error=type(error).__name__)

    async def _spread(self, worker: Connection) -> None:
        """Messages of what is new: of tenants with news, and now and then of all."""
        now = self.clock()
        every = self.looked is None or now.instant - self.looked >= self.everywhere
        news, self.news = self.news, set()
        if not every and not news:
            return
        for tenant, endpoint in await spreading.active(worker):
            if every or tenant in news:
                await self._spread_or_log(worker, tenant, endpoint)
        if every:
            self.looked = now.instant

    async def _spread_or_log(self, worker: Connection, tenant: int, endpoint: UUID) -> None:
        try:
            found = await spreading.spread(self.pools, worker, tenant, endpoint, self.clock())
        except Exception as error:
            if worker.is_closed():
                raise
            log.error("webhooks.spread_failed", tenant=tenant, endpoint=str(endpoint), error=type(error).__name__)
        else:
            if found.more:
                self.tell(tenant)

    async def _begin(self, worker: Connection) -> None:
        """Begin with as many endpoints as there is room for, in each of the two lanes."""
        for slow in (False, True):
            room = self._room(slow=slow)
            if room < 1:
                continue
            found = await keeping.due(worker, self.clock().instant, slow=slow, limit=room + len(self.courses))
            for key in [each for each in found if each not in self.courses][:room]:
                self.courses[key] = course = Course(slow, monotonic())
                course.task = asyncio.create_task(self._serve(key, course))
                course.task.add_done_callback(partial(self._over, key))

    def _room(self, *, slow: bool) -> int:
        """Free places of a lane; a quick one that turns out to be slow takes none."""
        lately = monotonic() - keeping.SLOW.total_seconds()
        taken = sum(each.slow is slow and (slow or each.since > lately) for each in self.courses.values())
        return min(max(1, self.at_once // 2) - taken, MOST_AT_ONCE * self.at_once - len(self.courses))

    def _over(self, key: Key, _task: asyncio.Task[None]) -> None:
        del self.courses[key]
        self.tell(key[0])  # there may be room for more of the feed, and there is for another endpoint

    async def _serve(self, key: Key, course: Course) -> None:
        """Some messages of one endpoint, one after the other, as long as they arrive quickly."""
        try:
            for _ in range(BURST):
                if self.stopping or not await self._one(*key, course):
                    return
        except Unavailable:
            log.warning("webhooks.unavailable")
            await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:  # noqa: BLE001  # the lease ends, and the same message is tried again
            log.error("webhooks.endpoint_failed", tenant=key[0], endpoint=str(key[1]), error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)  # what is still due must not be begun again and again

    async def _one(self, tenant: int, endpoint: UUID, course: Course) -> bool:
        """Take, call, settle; whether to go on with the next at once."""
        async with connected(self.pools.of(Reader.WORKER)) as worker:
            taken = await keeping.take(worker, tenant, endpoint, self.clock().instant)
            if taken is None:
                return False
            if await spreading.scope_of(worker, tenant, taken.grant, self.clock()) is None:
                await spreading.end_for_grant(worker, tenant, endpoint, self.clock())
                return False
        course.since = monotonic()
        outcome = await self._call(self.clients[course.slow], taken)  # no connection is held meanwhile
        self.outcomes[outcome.word] += 1
        async with connected(self.pools.of(Reader.WORKER)) as worker:
            await keeping.settle(worker, taken, outcome, self.clock())
        return outcome.delivered and outcome.took <= keeping.SLOW

    async def _call(self, client: GuardedClient, taken: Taken) -> Outcome:
        begun = self.clock().instant
        try:
            body = taken.body()
            headers = signing.headers(taken.secrets(self.ring()), taken.row["message_id"], begun, body)
            reply = await client.call("POST", taken.url, body=body, headers=headers)
        except CallFailed as failure:
            return Outcome(None, str(failure.params["problem"]), self.clock().instant - begun)
        except HubError as refusal:  # an address that is refused, or a key that is gone
            return Outcome(None, refusal.code, self.clock().instant - begun)
        now = self.clock().instant
        return Outcome(reply.status, None, now - begun, pace.retry_after(reply.headers.get("retry-after"), now))


async def check_address(client: GuardedClient, url: str) -> None:
    """WebhookAddressRefused for what the client would never call. A name that is not known yet is no fault."""
    try:
        await client.check(url)
    except AddressRefused as refusal:
        raise WebhookAddressRefused(path=("url",), problem=refusal.params["problem"]) from None
    except CallFailed:
        return
