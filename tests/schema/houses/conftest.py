"""Kecamatan for the tests of houses: one where each test makes its own, one as large as Takisung."""

import asyncpg
import pytest

from hub.wiring import Hub
from tests.client import Client
from tests.schema.citizens.stage import Office, open_office


@pytest.fixture(scope="session")
async def office(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan with two villages and no houses in them."""
    return await _opened(hub, client, owner_dsn, "32.15.05")


@pytest.fixture(scope="session")
async def large(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """Another, of which only coverage is asked."""
    return await _opened(hub, client, owner_dsn, "32.15.06")


async def _opened(hub: Hub, client: Client, owner_dsn: str, code: str) -> Office:
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await open_office(hub, client, owner, code)
    finally:
        await owner.close()
