"""A database of its own, so that nobody else's persons are in the registry; two kecamatan and a worker."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.wiring import Hub
from tests import cluster
from tests.client import Client, client_of
from tests.conftest import as_role, hub_over, prepare
from tests.relay import Worker, worker_of
from tests.schema.citizens.stage import Office, open_office


@pytest.fixture(scope="session")
async def database() -> str:
    """A migrated database on the run's cluster, as the superuser's address."""
    return await cluster.database_for(f"registry_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)


# Each is made anew here: those of the suite stand on the suite's own database once another test has asked for them.
@pytest.fixture(scope="session")
async def owner_dsn(database: str) -> str:
    """The owner's address of it."""
    return as_role(database, "hub_owner")


@pytest.fixture(scope="session")
async def hub(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A wired hub over it."""
    async with hub_over(database, tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture(scope="session")
async def client(hub: Hub) -> AsyncIterator[Client]:
    """A client of that hub."""
    async with client_of(hub) as made:
        yield made


@pytest.fixture(scope="session")
async def offices(hub: Hub, client: Client, owner_dsn: str) -> tuple[Office, Office]:
    """Two kecamatan with nobody in them."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        first, second = [await open_office(hub, client, owner, code) for code in ("63.11.02", "63.01.01")]
    finally:
        await owner.close()
    return first, second


@pytest.fixture(scope="session")
async def worker(hub: Hub, database: str, offices: tuple[Office, Office]) -> Worker:
    """Who keeps the registry."""
    return worker_of(hub, database, *(each.tenant.id for each in offices))


@pytest.fixture
async def admin(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser, to look at the registry."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()
