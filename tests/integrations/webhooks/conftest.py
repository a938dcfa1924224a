"""A database and a hub of their own for the tests of sending: a sender looks at every tenant."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.wiring import Hub
from tests.apart import apart
from tests.client import Client
from tests.integrations.webhooks.stage import Receiver, Stage
from tests.schema.citizens.stage import open_office

database, owner_dsn, hub, client = apart("hooks")


@pytest.fixture(scope="session")
async def stage_of_all(hub: Hub, client: Client, owner_dsn: str) -> Stage:
    """A kecamatan whose changes are told."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        office = await open_office(hub, client, owner, "32.15.13")
        await owner.execute("select set_config('hub.tenant', $1, false)", str(office.tenant.id))
        return Stage(hub, office, owner_dsn)
    finally:
        await owner.close()


@pytest.fixture
async def stage(stage_of_all: Stage) -> Stage:
    """The same, without webhooks of former tests."""
    await stage_of_all.forget()
    return stage_of_all


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    async with Receiver() as made:
        yield made
