"""A database of its own for a folder or a file of tests that looks at all tenants, or changes what all share."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.wiring import Hub
from tests import cluster
from tests.client import Client, client_of
from tests.conftest import as_role, hub_over, prepare


def apart(name: str) -> tuple[Any, Any, Any, Any]:
    """The fixtures `database, owner_dsn, hub, client = apart("splits")`, in the place of the suite's.

    All four are made anew: those of the suite stand on the suite's own database once another test has asked for them.
    """

    @pytest.fixture(scope="session")
    async def database() -> str:
        return await cluster.database_for(f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)

    @pytest.fixture(scope="session")
    async def owner_dsn(database: str) -> str:
        return as_role(database, "hub_owner")

    @pytest.fixture(scope="session")
    async def hub(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
        async with hub_over(database, tmp_path_factory.mktemp(name)) as made:
            yield made

    @pytest.fixture(scope="session")
    async def client(hub: Hub) -> AsyncIterator[Client]:
        async with client_of(hub) as made:
            yield made

    return database, owner_dsn, hub, client
