"""Real statements as slow as one likes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg


@asynccontextmanager
async def locked(owner_dsn: str, table: str) -> AsyncIterator[None]:
    """A table that nobody can read for a while: real statements become as slow as one likes."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        async with owner.transaction():
            await owner.execute(f"lock table {table} in access exclusive mode")
            yield
    finally:
        await owner.close()
