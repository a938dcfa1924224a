"""A database of its own for the journal's tests, which empty its tables and play the intruder."""

import asyncio
import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.journal.model import (
    Anchor,
    ChainHead,
    Change,
    Epoch,
    Idempotency,
    JournalEntry,
    Pending,
    SubjectKey,
)
from hub.kernel.scope import Reader
from hub.store.base import table
from hub.store.pools import Connection, Pool, PoolOptions, Pools, open_pools
from hub.store.unit import connected
from tests import cluster
from tests.conftest import as_role, prepare
from tests.journal.stage import Keys

MODELS = (JournalEntry, Pending, Change, ChainHead, Anchor, SubjectKey, Epoch, Idempotency)


@pytest.fixture(scope="session")
async def database() -> str:
    """A migrated database on the run's cluster, as the superuser's address."""
    return await cluster.database_for(f"journal_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)


@pytest.fixture(scope="session")
async def pools(database: str) -> AsyncIterator[Pools]:
    readers = (Reader.API, Reader.OUTSIDE, Reader.WORKER)
    opened = await open_pools({reader: as_role(database, reader.value) for reader in readers}, PoolOptions(size=12))
    yield opened
    await asyncio.wait_for(opened.close(), 10)


@pytest.fixture(autouse=True)
async def _empty(admin: Connection) -> None:
    names = ", ".join(table(model).name for model in MODELS if model is not Epoch)
    await admin.execute(f"truncate {names}")
    await admin.execute("update epoch set number = 1")


@pytest.fixture(scope="session")
async def admin(database: str) -> AsyncIterator[Connection]:
    """A superuser: to look past row-level security, and to play the intruder."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@pytest.fixture
def api(pools: Pools) -> Pool:
    return pools.of(Reader.API)


@pytest.fixture
def outside(pools: Pools) -> Pool:
    return pools.of(Reader.OUTSIDE)


@pytest.fixture
async def worker(pools: Pools) -> AsyncIterator[Connection]:
    async with connected(pools.of(Reader.WORKER)) as connection:
        yield connection


@pytest.fixture
def keys() -> Keys:
    return Keys()
