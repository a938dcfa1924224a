"""A database of its own for the tests of jobs, which empty the queue."""

import asyncio
import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.jobs import queue
from hub.kernel.scope import Reader
from hub.store.pools import Connection, PoolOptions, Pools, open_pools
from hub.store.unit import connected
from tests import cluster
from tests.conftest import as_role, prepare

READERS = (Reader.API, Reader.OUTSIDE, Reader.WORKER)


@pytest.fixture(scope="session")
async def database() -> str:
    """A migrated database on the run's cluster, as the superuser's address."""
    return await cluster.database_for(f"jobs_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)


@pytest.fixture(scope="session")
async def pools(database: str) -> AsyncIterator[Pools]:
    opened = await open_pools({reader: as_role(database, reader.value) for reader in READERS}, PoolOptions(size=6))
    yield opened
    await asyncio.wait_for(opened.close(), 10)


@pytest.fixture(scope="session")
async def admin(database: str) -> AsyncIterator[Connection]:
    """A superuser: to look past row-level security."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@pytest.fixture(autouse=True)
async def _empty(admin: Connection) -> None:
    await admin.execute("truncate job")
    await admin.execute(f"truncate {', '.join(f'{queue.SCHEMA}.{name}' for name in queue.TABLES)}")


@pytest.fixture
async def worker(pools: Pools) -> AsyncIterator[Connection]:
    async with connected(pools.of(Reader.WORKER)) as connection:
        yield connection


@pytest.fixture
def worker_dsn(database: str) -> str:
    return as_role(database, Reader.WORKER.value)
