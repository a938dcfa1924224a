"""How the worker enters a tenant: one at a time, for one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.store.pools import Connection


@asynccontextmanager
async def inside(connection: Connection, tenant: int) -> AsyncIterator[None]:
    """One transaction inside a tenant."""
    async with connection.transaction():
        await connection.execute("select set_config('hub.tenant', $1, true)", str(tenant))
        yield
