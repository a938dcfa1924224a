"""Turns at the connections: no tenant takes all of them, and who waits is served tenant by tenant.

A tenant runs at most `most` operations at once on a pool; further ones wait in the order they came, in a queue that is
bounded in length and in time. When a turn is free, the tenants that wait are asked round by round, so that the tenth
operation of one office comes after the first of another.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from hub.kernel.errors import TryLater

_ADVICE_SECONDS = 2


class TenantBusy(TryLater):
    """Too many requests of this kecamatan or agency are running at the same time."""

    code = "TENANT_BUSY"
    hint = "Send the request again after the seconds in the header `Retry-After`, and fewer at the same time."
    status = 503


@dataclass(slots=True)
class Turns:
    """The turns at one pool."""

    size: int  # operations at once
    most: int  # of one tenant
    queue: int  # of one tenant, waiting
    seconds: float  # the longest wait
    total: int = 0
    running: dict[Hashable, int] = field(default_factory=dict)
    waiting: dict[Hashable, deque["asyncio.Future[None]"]] = field(default_factory=dict)  # in the order of the rounds

    def enter(self, tenant: Hashable) -> bool:
        """Take a turn if one is free; else `wait` for it. Every turn taken must be left."""
        if self.total >= self.size or self.running.get(tenant, 0) >= self.most:
            return False
        self._take(tenant)
        return True

    async def wait(self, tenant: Hashable) -> None:
        """Take a turn when it comes; TenantBusy where the queue is full or the wait too long."""
        queue = self.waiting.setdefault(tenant, deque())
        if len(queue) >= self.queue:
            raise TenantBusy(seconds=_ADVICE_SECONDS)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            async with asyncio.timeout(self.seconds):
                await turn
        except BaseException as error:
            self._withdraw(tenant, turn)
            if isinstance(error, TimeoutError):
                raise TenantBusy(seconds=_ADVICE_SECONDS) from None
            raise

    def leave(self, tenant: Hashable) -> None:
        """Give the turn to whoever is next."""
        self.total -= 1
        self.running[tenant] -= 1
        if not self.running[tenant]:
            del self.running[tenant]
        self._call()

    @property
    def queued(self) -> int:
        """How many wait."""
        return sum(len(queue) for queue in self.waiting.values())

    def _take(self, tenant: Hashable) -> None:
        self.total += 1
        self.running[tenant] = self.running.get(tenant, 0) + 1

    def _call(self) -> None:
        """Hand out free turns, one tenant after the other."""
        while self.total < self.size:
            tenant = next((each for each in self.waiting if self.running.get(each, 0) < self.most), None)
            if tenant is None:
                return
            queue = self.waiting.pop(tenant)
            turn = queue.popleft()
            if queue:
                self.waiting[tenant] = queue  # at the end of the round
            if not turn.done():  # else whoever waited has just been cancelled and has not run since
                self._take(tenant)
                turn.set_result(None)

    def _withdraw(self, tenant: Hashable, turn: "asyncio.Future[None]") -> None:
        if turn.done() and not turn.cancelled():  # it came at the very moment
            self.leave(tenant)
            return
        queue = self.waiting.get(tenant)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self.waiting[tenant]
