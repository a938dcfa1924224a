"""Making the registry anew from the registers: after a loss, after a change of its key, or to be sure."""

from collections.abc import Callable
from uuid import UUID

from hub.domains.registry.keeping import CONSUMER, Keys, register
from hub.journal.following import head, put_mark
from hub.journal.worker import inside
from hub.kernel.clock import Clock
from hub.store.pools import Connection

BATCH = 500

_EMPTY = (
    "delete from person_home",
    "delete from person_key",
    "delete from person",
)
_UNMARK = "delete from feed_mark where consumer = $1"
_TENANTS = "select id from tenant where kind = 'KECAMATAN' order by id"
_WALK = "select id from citizen where tenant_id = $1 and id > $2 order by id limit $3"
_FIRST = UUID(int=0)


Told = Callable[[int], None]  # how many records have been read


def silent(_read: int) -> None:
    """Nobody is looking."""


async def rebuild(connection: Connection, keys: Keys, *, clock: Clock, batch: int = BATCH, told: Told = silent) -> int:
    """Empty the registry and fill it from every register, as the worker; how many records were read.

    Runs beside the worker that keeps it. Killed half-way, it is run again.
    """
    async with connection.transaction():
        for statement in _EMPTY:
            await connection.execute(statement)
        await connection.execute(_UNMARK, CONSUMER)
    tenants = [row["id"] for row in await connection.fetch(_TENANTS)]
    read = 0
    for tenant in tenants:
        read += await _walk(connection, tenant, keys, clock, batch, read, told)
    return read


async def _walk(
    connection: Connection, tenant: int, keys: Keys, clock: Clock, batch: int, before: int, told: Told
) -> int:
    """A tenant's register; what is changed meanwhile is behind the mark that is set at the end."""
    async with inside(connection, tenant):
        start = await head(connection, tenant)
    after, found = _FIRST, 0
    while True:
        async with inside(connection, tenant):
            people = [row["id"] for row in await connection.fetch(_WALK, tenant, after, batch)]
            await register(connection, tenant, people, keys, now=clock().instant)
            if not people:
                await put_mark(connection, CONSUMER, tenant, start)
                return found
        after, found = people[-1], found + len(people)
        told(before + found)
