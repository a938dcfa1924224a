"""A database of its own, because a split changes the codes of regions: a kecamatan, and one that is made of it."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.wiring import Hub
from tests import cluster
from tests.client import Client, client_of
from tests.conftest import as_role, hub_over, prepare


@pytest.fixture(scope="session")
async def database() -> str:
    """A migrated database on the run's cluster, as the superuser's address."""
    return await cluster.database_for(f"splits_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)


# Each is made anew here: those of the suite stand on the suite's own database once another test has asked for them.
@pytest.fixture(scope="session")
async def owner_dsn(database: str) -> str:
    """The owner's address of it."""
    return as_role(database, "hub_owner")


@pytest.fixture
async def owner(owner_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of hub_owner."""
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def hub(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A wired hub over it."""
    async with hub_over(database, tmp_path_factory.mktemp("splits")) as made:
        yield made


@pytest.fixture(scope="session")
async def client(hub: Hub) -> AsyncIterator[Client]:
    """A client of that hub."""
    async with client_of(hub) as made:
        yield made
