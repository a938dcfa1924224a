"""A database of these tests' own: a publication looks at all kecamatan of a district."""

import itertools
import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.wiring import Hub
from tests import cluster
from tests.conftest import as_role, hub_over, prepare

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
async def apart() -> str:
    """The superuser's address of a migrated database without any kecamatan."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return await cluster.database_for(f"publications_{worker}_{next(_numbers)}", prepare)


@pytest.fixture(scope="module")
async def hub(apart: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub over it."""
    async with hub_over(apart, tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture(scope="module")
async def owner_dsn(apart: str) -> str:
    """The owner's address of it."""
    return as_role(apart, "hub_owner")


@pytest.fixture
async def owner(owner_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of hub_owner."""
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()
