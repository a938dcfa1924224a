"""The same database of their own as the domain's tests have, and a client of a hub over it."""

from collections.abc import AsyncIterator

import pytest

from hub.wiring import Hub
from tests.client import Client, client_of
from tests.domains.publications.conftest import apart, hub, owner, owner_dsn

__all__ = ["apart", "client", "hub", "owner", "owner_dsn"]


@pytest.fixture(scope="module")
async def client(hub: Hub) -> AsyncIterator[Client]:  # the fixture
    """A client over HTTP, in the process."""
    async with client_of(hub) as made:
        yield made
