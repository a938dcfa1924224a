"""One pool per class of reader, each with its own login and every setting that texts rely on."""

import asyncio

import asyncpg
import pytest

from hub.kernel.scope import Reader
from hub.store.pools import SESSION, PoolOptions, open_pool, open_pools
from hub.wiring import READERS
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
        held = await pool.acquire()
        await held.execute("begin")
        await held.execute("select set_config('hub.tenant', '1', true)")
        await pool.release(held)
        assert await pool.fetchval("select current_setting('hub.tenant', true)") in (None, "")
        with pytest.raises(asyncpg.NoActiveSQLTransactionError):
            await pool.execute("savepoint x")
    finally:
        await pool.close()
