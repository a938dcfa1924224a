"""One kecamatan for the tests of population documents; each test makes its own families in it."""

import asyncpg
import pytest

from hub.wiring import Hub
from tests.client import Client
from tests.schema.citizens.stage import Office, open_office


@pytest.fixture(scope="session")
async def office(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan with two villages and nobody in them."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await open_office(hub, client, owner, "32.15.21")
    finally:
        await owner.close()
