"""A database of its own, because a split changes the codes of regions: a kecamatan, and one that is made of it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.apart import apart

database, owner_dsn, hub, client = apart("splits")


@pytest.fixture
async def owner(owner_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of hub_owner."""
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()
