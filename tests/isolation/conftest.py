"""The wall, and a client for each of the two paths."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from hub.graph.documents import Documents
from hub.graph.limits import Limits
from hub.wiring import Hub
from tests.client import Client, client_of
from tests.isolation.wall import Wall, build_wall

# A wall that has to be built again in the same database needs codes of its own.
_UNUSED = iter((("32.01.36", "32.01.37"), ("32.01.20", "32.01.21"), ("32.01.22", "32.01.23"), ("32.01.24", "32.01.25")))


@pytest.fixture(scope="session")
async def superuser(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that row-level security does not bind: what shows that the hidden is there."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def wall(hub: Hub, owner_dsn: str, superuser: asyncpg.Connection) -> Wall:
    """Two kecamatan of its own. Only read it."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await build_wall(hub, owner, superuser, next(_UNUSED))
    finally:
        await owner.close()


@pytest.fixture(scope="session", params=["plans", "resolvers"])
async def path(request: pytest.FixtureRequest, hub: Hub) -> AsyncIterator[Client]:
    """A client of a hub that answers by plans, and of one that answers by resolvers only; it may ask for anything."""
    documents = Documents(hub.engine.schema, Limits(nodes=10**12, cost=10**12))
    engine = replace(hub.engine, planning=request.param == "plans", documents=documents)
    async with client_of(replace(hub, engine=engine)) as client:
        yield client
