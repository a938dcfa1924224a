"""Buckets of points, with the database and as two processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from threading import Thread
from uuid import uuid4

import asyncpg
import pytest

from hub.kernel.errors import Unavailable
from hub.kernel.scope import Reader, Scope
from hub.store.pools import PoolOptions, Pools, open_pools
from hub.tenants.buckets import Buckets, Client, Rate, RateLimited, Rates, client_of, meter_of, network
from hub.tenants.permissions import Role
from tests.conftest import as_role

SLOW = 1e-6  # points a second: nothing comes back while a test runs
RATE = Rate("client", 100, SLOW, block=10)
STRICT = Rate("identity", 3, SLOW, block=1, strict=True)
RATES = Rates(replace(RATE, name="anonymous"), replace(RATE, name="public"), RATE, {"identity": STRICT})


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
async def pools(database: str) -> AsyncIterator[Pools]:
    """Connections of the class that everybody's points are drawn by."""
    made = await open_pools({Reader.OUTSIDE: as_role(database, "hub_outside")}, PoolOptions(size=2))
    yield made
    await made.close()


@pytest.fixture
def process(pools: Pools) -> Callable[[], Buckets]:
    """Makes the leases of another process."""
    return lambda: Buckets(pools, RATES, Watch())


def somebody(rate: Rate = RATE) -> Client:
    """A client that nobody has seen."""
    return Client(rate, uuid4().bytes)


async def spend(buckets: Buckets, client: Client, points: int = 1) -> bool:
    """Whether points can be spent."""
    if buckets.spend(client, points):
        return True
    try:
        await buckets.draw(client, points)
    except RateLimited:
        return False
    return True


async def row(database: str, client: Client) -> float | None:
    """What the row of a client holds."""
    connection = await asyncpg.connect(database)
    try:
        found: float | None = await connection.fetchval("select tokens from rate_bucket where key = $1", client.key)
    finally:
        await connection.close()
    return None if found is None else round(found, 2)


async def test_a_bucket_is_spent_to_the_last_point_and_drawn_in_blocks(
    process: Callable[[], Buckets], database: str
) -> None:
    buckets, client = process(), somebody()

    assert [await spend(buckets, client) for _ in range(101)] == [True] * 100 + [False]
    assert buckets.drawn == {"granted": 10}
    assert await row(database, client) == 0


async def test_a_request_dearer_than_what_is_left_is_refused_and_takes_nothing(process: Callable[[], Buckets]) -> None:
    buckets, client = process(), somebody()
    assert await spend(buckets, client, 60)
    with pytest.raises(RateLimited):
        await buckets.draw(client, 41)
    assert await spend(buckets, client, 40)


async def test_what_costs_more_than_a_bucket_holds_takes_all_of_it(process: Callable[[], Buckets]) -> None:
    buckets, client = process(), somebody()
    assert await spend(buckets, client, 5_000)
    assert not await spend(buckets, client, 1)


async def test_two_processes_share_a_bucket(process: Callable[[], Buckets]) -> None:
    one, two, client = process(), process(), somebody()
    passed = [await spend(each, client) for _ in range(60) for each in (one, two)]
    assert sum(passed) == 100


async def test_a_block_held_while_the_row_refills_is_the_most_one_can_have_beyond_it(
    pools: Pools, database: str
) -> None:
    quick = replace(RATE, per_second=1_000.0)
    one, two = Buckets(pools, RATES, Watch()), Buckets(pools, RATES, Watch())
    client = somebody(quick)
    assert await spend(one, client)  # nine are held; the row is full again at once
    assert await spend(two, client)
    slow = Client(RATE, client.key)
    for buckets in (one, two):
        buckets.leases[client.key].client = slow
    passed = [await spend(each, slow) for _ in range(80) for each in (one, two)]
    assert 100 - 2 <= sum(passed) <= 100 + 2 * 10  # two are spent already, and little may have come back by then


async def test_what_is_not_used_goes_back_when_a_process_stops(process: Callable[[], Buckets], database: str) -> None:
    buckets, client = process(), somebody()
    assert await spend(buckets, client)
    assert await row(database, client) == 90
    await buckets.close()
    assert await row(database, client) == 99


async def test_what_is_idle_goes_back(pools: Pools, database: str) -> None:
    watch = Watch()
    buckets, idle, busy = Buckets(pools, RATES, watch), somebody(), somebody()
    assert await spend(buckets, idle)
    watch.now += 11
    assert await spend(buckets, busy)
    await buckets.close()
    assert await row(database, idle) == 99
    assert idle.key not in buckets.leases


async def test_points_come_back_by_the_second_and_the_refusal_says_when(pools: Pools) -> None:
    buckets, client = Buckets(pools, RATES, Watch()), somebody(Rate("client", 10, 0.5, block=1))
    assert await spend(buckets, client, 10)
    with pytest.raises(RateLimited) as refused:
        await buckets.draw(client, 5)
    assert refused.value.seconds in (9, 10)


async def test_an_empty_bucket_is_not_asked_again_at_once(pools: Pools) -> None:
    buckets, client = Buckets(pools, RATES, Watch()), somebody()
    assert await spend(buckets, client, 100)
    assert not any([await spend(buckets, client) for _ in range(50)])
    assert buckets.drawn == {"granted": 1}
    with pytest.raises(RateLimited):
        buckets.refuse_empty(client)


@asynccontextmanager
async def breaking(database: str) -> AsyncIterator[None]:
    """A database that gives no points meanwhile."""
    connection = await asyncpg.connect(database)
    signature = "hub_draw(bytea, float8, float8, float8, float8)"
    await connection.execute(f"revoke execute on function {signature} from hub_outside")
    yield
    await connection.execute(f"grant execute on function {signature} to hub_outside")
    await connection.close()


@pytest.fixture
async def broken(database: str) -> AsyncIterator[None]:
    """A database that gives no points."""
    async with breaking(database):
        yield


async def test_without_the_database_a_client_has_a_block_and_then_what_refills(pools: Pools, broken: None) -> None:
    watch = Watch()
    buckets, client = Buckets(pools, RATES, watch), somebody(Rate("client", 100, 2.0, block=10))

    assert sum([await spend(buckets, client) for _ in range(30)]) == 10
    watch.now += 3
    assert sum([await spend(buckets, client) for _ in range(30)]) == 6
    watch.now += 600
    assert sum([await spend(buckets, client) for _ in range(30)]) == 10


async def test_without_the_database_a_strict_bucket_stays_shut(pools: Pools, broken: None) -> None:
    with pytest.raises(Unavailable):
        await Buckets(pools, RATES, Watch()).draw(somebody(STRICT), 1)


async def test_a_strict_bucket_opens_as_soon_as_the_database_answers_again(pools: Pools, database: str) -> None:
    buckets, other = Buckets(pools, RATES, Watch()), somebody()
    async with breaking(database):
        await buckets.draw(other, 1)
    assert await spend(buckets, somebody(STRICT))
    assert buckets.drawn == {"failed": 1, "alone": 1, "granted": 1}


@pytest.mark.parametrize("heard", range(4))
async def test_a_connection_whose_farewell_is_half_heard_counts_as_the_database_not_answering(
    heard: int, pools: Pools, database: str
) -> None:
    buckets = Buckets(pools, RATES, Watch())
    number = await pools.of(Reader.OUTSIDE).fetchval("select pg_backend_pid()")

    async def cut() -> None:
        connection = await asyncpg.connect(database)
        await connection.execute("select pg_terminate_backend($1, 5000)", number)
        await connection.close()

    thread = Thread(target=asyncio.run, args=(cut(),))
    thread.start()
    thread.join()  # nobody reads meanwhile what the server said last
    for _ in range(heard):
        await asyncio.sleep(0)
    assert await spend(buckets, somebody())
    assert buckets.drawn in ({"failed": 1, "alone": 1}, {"granted": 1})  # heard to the end, there is a new connection


async def test_nobody_touches_the_table_but_by_its_functions(database: str) -> None:
    for role in ("hub_api", "hub_outside", "hub_worker", "hub_report"):
        connection = await asyncpg.connect(as_role(database, role))
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("select from rate_bucket")
        finally:
            await connection.close()


async def test_rows_untouched_for_a_day_go(pools: Pools, database: str) -> None:
    client, watch = somebody(), Watch()
    buckets = Buckets(pools, RATES, watch)
    assert await spend(buckets, client, 100)
    connection = await asyncpg.connect(database)
    await connection.execute(
        "update rate_bucket set filled_at = filled_at - interval '25 hours' where key = $1", client.key
    )
    await connection.close()
    watch.now += 4_000
    await buckets.close()
    assert await row(database, client) is None


# Who is who


def scope(role: Role = Role.CAMAT, **more: object) -> Scope:
    """A scope as far as buckets look at it."""
    return replace(Scope(Reader.API, role.value, frozenset(), principal_id=uuid4()), **more)  # type: ignore[arg-type]


def test_a_principal_has_one_bucket_wherever_it_asks_from() -> None:
    camat = scope()
    assert client_of(camat, "203.0.113.1", RATES) == client_of(camat, "198.51.100.1", RATES)
    assert client_of(camat, "203.0.113.1", RATES) != client_of(scope(), "203.0.113.1", RATES)


def test_a_public_key_has_a_bucket_for_each_network() -> None:
    app = scope(Role.FRONT_END)
    assert client_of(app, "203.0.113.1", RATES).rate.name == "public"
    assert client_of(app, "203.0.113.1", RATES) == client_of(app, "203.0.113.200", RATES)
    assert client_of(app, "203.0.113.1", RATES) != client_of(app, "198.51.100.1", RATES)


def test_what_is_metered_apart_has_a_bucket_apart() -> None:
    camat = scope()
    own = client_of(camat, "203.0.113.1", RATES)
    assert meter_of(camat, "identity", RATES, own).key != own.key
    assert meter_of(camat, "identity", RATES, own) == meter_of(camat, "identity", RATES, client_of(camat, "", RATES))


def test_what_is_metered_of_a_public_key_is_so_for_each_network() -> None:
    app = scope(Role.FRONT_END)
    here, beside, there = [client_of(app, each, RATES) for each in ("203.0.113.1", "203.0.113.9", "198.51.100.1")]
    assert meter_of(app, "identity", RATES, here) == meter_of(app, "identity", RATES, beside)
    assert meter_of(app, "identity", RATES, here) != meter_of(app, "identity", RATES, there)


def test_visitors_have_a_bucket_apart_for_each_network() -> None:
    """With a public key or none; somebody who is known has one for all networks."""
    for who in (scope(Role.FRONT_END), replace(scope(Role.ANONYMOUS), principal_id=None)):
        near, same, far = (client_of(who, each, RATES) for each in ("203.0.113.1", "203.0.113.2", "198.51.100.1"))
        keys = [meter_of(who, "identity", RATES, each).key for each in (near, same, far)]
        assert keys[0] == keys[1] != keys[2]
        assert keys[0] != near.key
    camat = scope()
    assert meter_of(camat, "identity", RATES, client_of(camat, "", RATES)) == meter_of(camat, "identity", RATES)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "local"),
    ],
)
def test_the_class_of_an_address(address: str, found: str) -> None:
    assert network(address) == found
