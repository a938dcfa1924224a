"""One pool per class of reader, each with its own login and every setting that texts rely on."""

import asyncio

import asyncpg
import pytest

from hub.kernel.scope import Reader
from hub.means import READERS
from hub.store.pools import SESSION, PoolOptions, open_pool, open_pools
from tests.conftest import as_role


async def test_each_reader_has_its_own_login(database: str) -> None:
    pools = await open_pools({reader: as_role(database, reader.value) for reader in READERS}, PoolOptions(size=1))
    try:
        found = {
            reader: await pools.of(reader).fetchval("select session_user || ' ' || current_user") for reader in READERS
        }
    finally:
        await pools.close()
    assert found == {reader: f"{reader.value} {reader.value}" for reader in READERS}


async def test_a_reader_without_a_pool_is_an_error_and_no_other_pool(database: str) -> None:
    pools = await open_pools({Reader.OUTSIDE: as_role(database, "hub_outside")}, PoolOptions(size=1))
    try:
        with pytest.raises(KeyError):
            pools.of(Reader.API)
    finally:
        await pools.close()


async def test_a_session_has_every_setting(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1, statement_timeout_ms=1_234))
    try:
        found = {name: await pool.fetchval("select current_setting($1)", name) for name in SESSION}
        assert {name: value.upper() for name, value in found.items()} == {
            name: value.upper() for name, value in SESSION.items()
        }
        assert await pool.fetchval("show statement_timeout") == "1234ms"
        assert await pool.fetchval("show idle_in_transaction_session_timeout") == "1min"
    finally:
        await pool.close()


async def test_a_pool_keeps_to_its_size(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=2))
    try:
        pids = await asyncio.gather(*(pool.fetchval("select pg_backend_pid() from pg_sleep(0.005)") for _ in range(12)))
    finally:
        await pool.close()
    assert 1 <= len(set(pids)) <= 2


@pytest.mark.parametrize("named", [True, False])
async def test_named_statements_are_kept_only_where_they_may_be(named: bool, database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1, named_statements=named))
    try:
        for _ in range(3):
            await pool.fetchval("select $1::int", 1)
        kept = await pool.fetchval("select count(*) from pg_prepared_statements where statement = 'select $1::int'")
    finally:
        await pool.close()
    assert kept == (1 if named else 0)


async def test_statements_per_connection_are_bounded(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1))
    try:
        for number in range(70):
            await pool.fetchval(f"select {number}")
        assert await pool.fetchval("select count(*) from pg_prepared_statements") <= 61
    finally:
        await pool.close()


async def test_a_transaction_that_was_cut_does_not_go_back_to_the_pool(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1))
    try:
        held = await pool.take()
        await held.execute("begin")
        await held.execute("select set_config('hub.tenant', '1', true)")
        await pool.give(held)
        assert await pool.fetchval("select current_setting('hub.tenant', true)") in (None, "")
        with pytest.raises(asyncpg.NoActiveSQLTransactionError):
            await pool.execute("savepoint x")
    finally:
        await pool.close()


async def test_a_connection_at_hand_whose_server_has_ended_is_not_handed_out(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1))
    killer = await asyncpg.connect(database)
    try:
        former = await pool.fetchval("select pg_backend_pid()")
        await killer.fetchval("select pg_terminate_backend($1, 5000)", former)
        await asyncio.sleep(0.05)  # the loop hears of it
        assert await pool.fetchval("select pg_backend_pid()") != former
    finally:
        await killer.close()
        await pool.close()


async def test_who_waits_is_served_when_a_connection_comes_back(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1))
    try:
        held = await pool.take()
        waiting = asyncio.create_task(pool.fetchval("select 7"))
        await asyncio.sleep(0.05)
        assert pool.waiting == 1
        await pool.give(held)
        assert await asyncio.wait_for(waiting, 5) == 7
        assert pool.waiting == 0
    finally:
        await pool.close()


async def test_a_wait_given_up_loses_no_connection(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=2))
    try:
        held = [await pool.take(), await pool.take()]
        waiting = [asyncio.create_task(pool.fetchval("select 7")) for _ in range(6)]
        await asyncio.sleep(0.05)
        for each in waiting[:5]:
            each.cancel()
        for connection in held:
            await pool.give(connection)
        assert await asyncio.wait_for(waiting[5], 5) == 7
        again = [await asyncio.wait_for(pool.take(), 5) for _ in range(2)]
        for connection in again:
            await pool.give(connection)
    finally:
        await asyncio.wait_for(pool.close(), 10)


async def test_a_statement_cut_off_gives_its_connection_back(database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1))
    try:
        cut = asyncio.create_task(pool.fetchval("select pg_sleep(20)"))
        await asyncio.sleep(0.1)
        cut.cancel()
        assert await asyncio.wait_for(pool.fetchval("select 7"), 5) == 7
    finally:
        await asyncio.wait_for(pool.close(), 10)
