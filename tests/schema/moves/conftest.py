"""Two kecamatan, Halong and Takisung, and a worker between them."""

import asyncpg
import pytest

from hub.wiring import Hub
from tests.client import Client
from tests.relay import Worker, worker_of
from tests.schema.citizens.stage import open_office
from tests.schema.moves.stage import Moving


@pytest.fixture(scope="session")
async def moving(hub: Hub, client: Client, owner_dsn: str, database: str) -> Moving:
    """Both offices with nobody in them."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        halong, takisung = [await open_office(hub, client, owner, code) for code in ("32.15.07", "32.15.08")]
    finally:
        await owner.close()
    worker: Worker = worker_of(hub, database, halong.tenant.id, takisung.tenant.id)
    return Moving(halong, takisung, worker, database)
