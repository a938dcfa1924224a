"""A database of its own, so that nobody else's persons are in the registry; two kecamatan and a worker."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.wiring import Hub
from tests.apart import apart
from tests.client import Client
from tests.relay import Worker, worker_of
from tests.schema.citizens.stage import Office, open_office

database, owner_dsn, hub, client = apart("registry")


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
