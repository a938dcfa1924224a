"""How much a client may ask for over time: a bucket of points that refills.

The bucket is a row of `rate_bucket`, shared by all processes; only two functions of the database touch it. A process
draws points in blocks and spends them from memory, so that a request normally touches no row. What is drawn is paid
for beforehand; what a process still holds while the row fills up again is what a client can have beyond its capacity:
at most one block for each process. While the database does not answer, a process lets each client have one block and
then what refills, and no more; a strict bucket asks it each time, and stays shut.
See docs/adr/0010-cost-and-buckets.md.
"""

import asyncio
import hashlib
import ipaddress
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from uuid import UUID

import structlog
from sqlalchemy import Double, LargeBinary
from sqlmodel import Field, SQLModel

from hub.kernel.errors import TryLater, Unavailable
from hub.kernel.scope import Reader, Scope
from hub.store.base import MOMENT, Kind, Retention, describe
from hub.store.pools import FAILURES, Pools
from hub.tenants.permissions import Role

DRAW_SECONDS = 1.0  # the longest wait for the database
ALONE_SECONDS = 1.0  # how long a process does without it after a failure
LOOK_SECONDS = 0.5  # how long an empty row is taken for empty
IDLE_SECONDS = 10.0  # points not spent for so long go back
TIDY_SECONDS = 3_600.0
MOST_LEASES = 10_000
KEY_BYTES = 16
_DRAW = "select granted, remaining from hub_draw($1, $2, $3, $4, $5)"
_GIVE_BACK = "select hub_give_back($1, $2, $3)"
_TIDY = "select hub_tidy_buckets()"

log = structlog.get_logger()


class RateBucket(SQLModel, table=True):
    """A client's points. The key is a digest: neither who it is nor from where can be read from it."""

    __tablename__ = "rate_bucket"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # a crash fills the buckets, which harms nobody

    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    tokens: float = Field(sa_type=Double)
    filled_at: datetime = Field(sa_type=MOMENT)


describe(RateBucket, Kind.OWN, Retention.TRANSIENT, rights={"hub_api": (), "hub_worker": ()})


class RateLimited(TryLater):
    """You have asked for more than your share; it refills with time."""

    code = "RATE_LIMITED"
    hint = "Wait the seconds in the header `Retry-After`; ask for less at once, and keep what you have read."


@dataclass(frozen=True)
class Rate:
    """The bucket of a class of clients: what it holds, how it refills, how much a process draws at once."""

    name: str
    capacity: int
    per_second: float
    block: int
    strict: bool = False  # shut while the database does not answer; drawn one by one

    @classmethod
    def of(cls, name: str, capacity: int, per_second: float) -> "Rate":
        """A bucket whose block is a tenth of it."""
        return cls(name, capacity, per_second, max(1, capacity // 10))

    @cached_property
    def policy(self) -> bytes:
        """The header RateLimit-Policy."""
        window = math.ceil(self.capacity / self.per_second)
        return f'"{self.name}";q={self.capacity};w={window};qu="points"'.encode()


@dataclass(frozen=True, slots=True)
class Rates:
    """The buckets of all classes of clients, and of what is metered apart."""

    anonymous: Rate
    public: Rate
    client: Rate
    meters: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class Client:
    """Whose bucket."""

    rate: Rate
    key: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What a client has left, as this process knows it."""

    rate: Rate
    remaining: int

    @property
    def limit(self) -> bytes:
        """The header RateLimit: what is left, and the seconds until the bucket is full."""
        missing = self.rate.capacity - self.remaining
        return f'"{self.rate.name}";r={self.remaining};t={math.ceil(missing / self.rate.per_second)}'.encode()


def client_of(scope: Scope, address: str, rates: Rates) -> Client:
    """The client of a request. Without a principal, and with a key that everybody can read, by where it comes from."""
    tenant = scope.tenant.code if scope.tenant else ""
    if scope.principal_id is None:
        return Client(rates.anonymous, _digest(rates.anonymous.name, tenant, network(address)))
    if scope.role == Role.FRONT_END.value:
        return Client(rates.public, _digest(rates.public.name, scope.principal_id, network(address)))
    return Client(rates.client, _digest(rates.client.name, scope.principal_id))


def meter_of(scope: Scope, name: str, rates: Rates, client: Client | None = None) -> Client:
    """The bucket for what is metered apart: a principal's, or that of whoever asks from where a visitor does."""
    rate = rates.meters[name]
    if client is not None and (scope.principal_id is None or scope.role == Role.FRONT_END.value):
        return Client(rate, _digest(rate.name, client.key.hex()))
    return Client(rate, _digest(rate.name, str(scope.principal_id)))


def entrance_of(name: str, rates: Rates, *parts: str) -> Client:
    """The bucket of somebody who is not in yet: by the name they give, by where they come from."""
    rate = rates.meters[name]
    return Client(rate, _digest(rate.name, *parts))


@lru_cache(maxsize=4_096)
def network(address: str) -> str:
    """The class of an address: its /24 or, for IPv6, /48; addresses themselves are not kept."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "local"
    mapped = getattr(found, "ipv4_mapped", None)
    plain = mapped or found
    return str(ipaddress.ip_network((plain, 24 if plain.version == 4 else 48), strict=False))  # noqa: PLR2004  # IPv4


@lru_cache(maxsize=16_384)
def _digest(*parts: str | UUID) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=KEY_BYTES).digest()


@dataclass(slots=True)
class _Lease:
    """Points that this process holds for a client, and what it last saw in the row."""

    client: Client
    held: float = 0.0
    shared: float = 0.0
    seen: float = 0.0
    used: float = 0.0
    alone: bool = False  # has had its block without the database
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Buckets:
    """The leases of a process."""

    pools: Pools
    rates: Rates
    monotonic: Callable[[], float]
    leases: OrderedDict[bytes, _Lease] = field(default_factory=OrderedDict)
    drawn: Counter[str] = field(default_factory=Counter)  # draws by what came of them
    _alone_until: float = 0.0
    _sweep_at: float = 0.0
    _tidy_at: float = 0.0
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def spend(self, client: Client, points: int) -> bool:
        """Spend points that are held already; False where they must be drawn first."""
        lease = self.leases.get(client.key)
        if lease is None or lease.held < points:
            return False
        lease.used = self.monotonic()
        lease.held -= points
        return True

    async def draw(self, client: Client, points: int) -> None:
        """Draw a block and spend; RateLimited where the bucket has too little."""
        points = min(points, client.rate.capacity)
        lease = self._lease(client)
        async with lease.lock:
            if lease.held < points:
                await self._fill(lease, points)
        lease.used = self.monotonic()
        if lease.held < points:
            raise RateLimited(seconds=self._wait(lease, points))
        lease.held -= points

    def refuse_empty(self, client: Client) -> None:
        """RateLimited where a moment ago nothing was left, before any work is done."""
        lease = self.leases.get(client.key)
        if lease is None or lease.held >= 1:
            return
        now = self.monotonic()
        if now - lease.seen < LOOK_SECONDS and self._estimate(lease, now) < 1:
            raise RateLimited(seconds=self._wait(lease, 1))

    def standing(self, client: Client) -> Standing:
        """What a client has, without spending."""
        return self._standing(self._lease(client))

    async def close(self) -> None:
        """Give back all that is held."""
        await asyncio.gather(*self._tasks)
        await self._give_back([lease for lease in self.leases.values() if lease.held > 0])

    def _lease(self, client: Client) -> _Lease:
        found = self.leases.get(client.key)
        if found is None:
            now = self.monotonic()
            found = self.leases[client.key] = _Lease(client, shared=client.rate.capacity, seen=now, used=now)
            if len(self.leases) > MOST_LEASES:
                _, dropped = self.leases.popitem(last=False)
                self._later([dropped])
        return found

    async def _fill(self, lease: _Lease, points: int) -> None:
        """Draw from the row what is missing, and a block ahead of need."""
        now = self.monotonic()
        rate = lease.client.rate
        missing = points - lease.held
        wanted = missing if rate.strict else max(missing, rate.block)
        if now < self._alone_until and not rate.strict:
            self._fill_alone(lease, now)
            return
        if now - lease.seen < LOOK_SECONDS and self._estimate(lease, now) < points:
            return
        try:
            async with asyncio.timeout(DRAW_SECONDS):
                pool = self.pools.of(Reader.OUTSIDE)
                row = await pool.fetchrow(_DRAW, lease.client.key, wanted, missing, rate.capacity, rate.per_second)
        except FAILURES as error:
            log.warning("bucket", reason=type(error).__name__)
            self.drawn["failed"] += 1
            self._alone_until = self.monotonic() + ALONE_SECONDS
            self._fill_alone(lease, now)
            return
        assert row is not None  # noqa: S101  # the function gives one row
        lease.held += row["granted"]
        lease.shared, lease.seen = row["remaining"], self.monotonic()
        self.drawn["granted" if row["granted"] else "refused"] += 1
        self._sweep(now)

    def _fill_alone(self, lease: _Lease, now: float) -> None:
        """Without the database: what would have refilled since, up to a block; nothing from a strict bucket."""
        rate = lease.client.rate
        if rate.strict:
            raise Unavailable
        self.drawn["alone"] += 1
        fresh = rate.per_second * (now - lease.seen) if lease.alone else rate.block
        lease.held = max(lease.held, min(rate.block, lease.held + fresh))
        lease.shared, lease.seen, lease.alone = 0.0, now, True

    def _standing(self, lease: _Lease) -> Standing:
        rate = lease.client.rate
        return Standing(rate, int(min(rate.capacity, self._estimate(lease, self.monotonic()))))

    def _estimate(self, lease: _Lease, now: float) -> float:
        """What is held and what the row should hold by now."""
        return lease.held + lease.shared + lease.client.rate.per_second * (now - lease.seen)

    def _wait(self, lease: _Lease, points: int) -> int:
        return max(1, math.ceil((points - lease.held - lease.shared) / lease.client.rate.per_second))

    # What is not needed goes back

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + IDLE_SECONDS
        idle = [each for each in self.leases.values() if now - each.used >= IDLE_SECONDS and not each.lock.locked()]
        for lease in idle:
            del self.leases[lease.client.key]
        self._later(idle)

    def _later(self, leases: list[_Lease]) -> None:
        task = asyncio.get_running_loop().create_task(self._give_back(leases))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _give_back(self, leases: list[_Lease]) -> None:
        """Points that cannot be given back are lost to the client until the row has refilled."""
        pool, now = self.pools.of(Reader.OUTSIDE), self.monotonic()
        try:
            for lease in leases:
                held, lease.held = lease.held, 0.0
                if held > 0:
                    await pool.execute(_GIVE_BACK, lease.client.key, held, lease.client.rate.capacity)
            if now >= self._tidy_at:
                self._tidy_at = now + TIDY_SECONDS
                await pool.execute(_TIDY)
        except FAILURES as error:
            log.warning("bucket", reason=type(error).__name__)
