"""Sealing: gapless, complete, once, in a sensible order, whatever commits when."""

import asyncio
import random
from collections import defaultdict
from uuid import UUID

import asyncpg

from hub.journal import sealer
from hub.journal.record import record
from hub.journal.verify import verify
from hub.journal.worker import inside
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pool, Pools
from hub.store.unit import connected, writing
from tests.conftest import as_role
from tests.journal.stage import NOON, OTHER, TENANT, CommitmentSigned, say, scope, seal_all, signed

WRITERS, TRANSACTIONS, EVENTS = 20, 8, 3
LOSE = """
    select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hub_worker' and datname = current_database()
"""


async def test_places_are_gapless_and_in_order_of_commit(api: Pool, worker: Connection, admin: Connection) -> None:
    first = await signed(api, 2)
    await seal_all(worker)
    second = await signed(api, 1)

    sealed = await seal_all(worker)

    rows = await admin.fetch("select seq, object_id from journal_change order by seq")
    assert sealed == 1
    assert [(row["seq"], row["object_id"]) for row in rows] == list(enumerate(first + second, start=1))
    assert await admin.fetchval("select count(*) from journal_pending") == 0


async def test_an_entry_that_commits_late_is_sealed_late_and_not_lost(
    api: Pool, worker: Connection, admin: Connection
) -> None:
    early = new_id()
    async with writing(api, scope(), NOON) as unit:
        await record(unit, CommitmentSigned(object_id=early))  # a smaller id than all that follow
        overtaking = await signed(api, 2)
        assert await seal_all(worker) == 2

    await seal_all(worker)

    order = [row["object_id"] for row in await admin.fetch("select object_id from journal_change order by seq")]
    assert order == [*overtaking, early]


async def test_twenty_writers_with_delays_and_rollbacks(
    api: Pool, worker: Connection, pools: Pools, admin: Connection
) -> None:
    chance = random.Random(20261121)  # noqa: S311  # repeatable disorder, not a secret
    committed: dict[UUID, list[int]] = {}
    stop, wake = asyncio.Event(), asyncio.Event()
    sealing = [asyncio.create_task(sealer.run(pools, stop=stop, wake=wake)) for _ in range(2)]

    async def write(writer: int) -> None:
        tenant = (TENANT, OTHER)[writer % 2]
        for _ in range(TRANSACTIONS):
            key, fails = new_id(), chance.random() < 0.3
            try:
                async with writing(api, scope(tenant), NOON) as unit:
                    for version in range(EVENTS):
                        await record(unit, CommitmentSigned(object_id=key, version=version))
                        await asyncio.sleep(chance.random() * 0.02)
                    if fails:
                        raise LookupError
            except LookupError:
                continue
            committed[key] = list(range(EVENTS))
            wake.set()

    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    await asyncio.sleep(0)
    stop.set()
    wake.set()
    await asyncio.gather(*sealing)
    await seal_all(worker, TENANT, OTHER)

    rows = await admin.fetch("select tenant_id, seq, object_id, version from journal_change order by tenant_id, seq")
    versions, places = defaultdict(list), defaultdict(list)
    for row in rows:
        versions[row["object_id"]].append(row["version"])
        places[row["tenant_id"]].append(row["seq"])
    assert versions == committed
    assert 0 < len(committed) < WRITERS * TRANSACTIONS
    for tenant in (TENANT, OTHER):
        assert places[tenant] == list(range(1, len(places[tenant]) + 1))
        assert (await verify(worker, tenant)).sound


async def test_a_transaction_keeps_its_order_across_batches(api: Pool, worker: Connection, admin: Connection) -> None:
    ids = [new_id() for _ in range(7)]
    await say(api, *(CommitmentSigned(object_id=key) for key in ids))

    sizes = [await sealer.seal(worker, TENANT, now=NOON.instant, batch=3) for _ in range(4)]

    assert sizes == [3, 3, 1, 0]
    assert [row["object_id"] for row in await admin.fetch("select object_id from journal_change order by seq")] == ids


async def test_a_crash_before_the_commit_leads_to_the_same_chain(
    api: Pool, worker: Connection, database: str, admin: Connection
) -> None:
    await signed(api, 1)
    await seal_all(worker)
    await signed(api, 4)
    doomed = await asyncpg.connect(as_role(database, "hub_worker"))
    crash = doomed.transaction()
    await crash.start()
    await sealer.seal(doomed, TENANT, now=NOON.instant)
    meant = await doomed.fetch("select seq, hash from journal_change order by seq")
    doomed.terminate()

    async with inside(worker, TENANT):  # waits until the server has noticed the lost connection
        await worker.execute("select 1 from chain_head for update")
    await seal_all(worker)

    assert len(meant) == 5
    assert await admin.fetch("select seq, hash from journal_change order by seq") == meant
    assert (await verify(worker, TENANT)).sound


async def test_a_second_sealer_stands_back(api: Pool, worker: Connection, pools: Pools) -> None:
    await signed(api, 1)
    await seal_all(worker)
    await signed(api, 2)

    async with inside(worker, TENANT):
        await worker.execute("select 1 from chain_head where tenant_id = $1 for update", TENANT)
        async with connected(pools.of(Reader.WORKER)) as second:
            stood_back = await sealer.seal(second, TENANT, now=NOON.instant)

    assert stood_back == 0
    assert await seal_all(worker) == 2


async def test_the_loop_seals_soon_after_a_wake_and_tells(api: Pool, pools: Pools, admin: Connection) -> None:
    stop, wake, told = asyncio.Event(), asyncio.Event(), asyncio.Queue[int]()
    loop = asyncio.create_task(sealer.run(pools, stop=stop, wake=wake, sealed=told.put_nowait))
    await asyncio.sleep(0.05)
    await signed(api, 1, tenant=OTHER)

    wake.set()
    tenant = await asyncio.wait_for(told.get(), 0.8)

    stop.set()
    wake.set()
    await asyncio.wait_for(loop, 2)
    assert tenant == OTHER
    assert await admin.fetchval("select count(*) from journal_change") == 1


async def test_the_loop_seals_within_two_seconds_without_a_wake(api: Pool, pools: Pools) -> None:
    stop, wake, told = asyncio.Event(), asyncio.Event(), asyncio.Queue[int]()
    loop = asyncio.create_task(sealer.run(pools, stop=stop, wake=wake, sealed=told.put_nowait))
    await asyncio.sleep(0.05)
    await signed(api, 1)

    tenant = await asyncio.wait_for(told.get(), 2)

    stop.set()
    wake.set()
    await asyncio.wait_for(loop, 2)
    assert tenant == TENANT


async def test_the_loop_survives_a_lost_connection(api: Pool, pools: Pools, admin: Connection) -> None:
    stop, wake, told = asyncio.Event(), asyncio.Event(), asyncio.Queue[int]()
    loop = asyncio.create_task(sealer.run(pools, stop=stop, wake=wake, sealed=told.put_nowait))
    await asyncio.sleep(0.05)
    await admin.execute(LOSE)
    await signed(api, 1)

    wake.set()
    tenant = await asyncio.wait_for(told.get(), 4)

    stop.set()
    wake.set()
    await asyncio.wait_for(loop, 2)
    assert tenant == TENANT


async def test_a_tenant_that_cannot_be_sealed_holds_up_no_other(
    api: Pool, worker: Connection, pools: Pools, admin: Connection
) -> None:
    await signed(api, 1, tenant=TENANT)
    await seal_all(worker)
    await admin.execute("update chain_head set seq = 0")  # so that its next place is taken already
    await signed(api, 1, tenant=TENANT)
    await signed(api, 1, tenant=OTHER)
    stop, wake, told = asyncio.Event(), asyncio.Event(), asyncio.Queue[int]()

    loop = asyncio.create_task(sealer.run(pools, stop=stop, wake=wake, sealed=told.put_nowait))
    tenant = await asyncio.wait_for(told.get(), 2)

    stop.set()
    wake.set()
    await asyncio.wait_for(loop, 2)
    assert tenant == OTHER
    assert await admin.fetchval("select array_agg(tenant_id) from journal_pending") == [TENANT]
