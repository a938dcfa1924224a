"""Reading a tenant's sealed changes as the worker: each at least once, in order, with a mark that says how far.

The mark moves in the transaction that does what follows from the changes. A consumer that is killed begins again behind
the last mark, so what it does must come out the same when it is done twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.journal.worker import inside
from hub.store.pools import Connection

STRETCH = 500

# Asked first: an insert would wait for whoever moves the mark, conflict or not.
_THERE = "select exists (select from feed_mark where consumer = $1 and home_tenant = $2)"
_BEGIN = "insert into feed_mark (consumer, home_tenant, seq) values ($1, $2, 0) on conflict do nothing"
_MARK = "select seq from feed_mark where consumer = $1 and home_tenant = $2 for update skip locked"
_NEXT = """
select seq, kind, type_name, object_id from journal_change
where tenant_id = $1 and seq > $2 and ($4::text is null or seq <= coalesce(
  (select seq from feed_mark where consumer = $4 and home_tenant = $1), 0))
order by seq limit $3
"""
_MOVE = "update feed_mark set seq = $3 where consumer = $1 and home_tenant = $2"
_HEAD = "select seq from chain_head where tenant_id = $1"
_SET = """
insert into feed_mark (consumer, home_tenant, seq) values ($1, $2, $3)
on conflict (consumer, home_tenant) do update set seq = excluded.seq
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """A sealed change, as far as consumers need it: what they act on they read from the tables."""

    seq: int
    kind: str
    type_name: str
    object_id: UUID


Take = Callable[[Connection, int, Sequence[Followed]], Awaitable[None]]


async def follow(
    connection: Connection,
    consumer: str,
    tenant: int,
    take: Take,
    *,
    behind: str | None = None,
    size: int = STRETCH,
) -> int:
    """Hand the next changes of a tenant to `take`, inside the tenant and one transaction with the mark; how many.

    `behind` is a consumer that must have taken a change first. 0 where there are none, and while another process
    follows for the same consumer.
    """
    async with inside(connection, tenant):
        mark = await _mark(connection, consumer, tenant)
        if mark is None:
            return 0
        changes = [Followed(**row) for row in await connection.fetch(_NEXT, tenant, mark, size, behind)]
        if changes:
            await take(connection, tenant, changes)
            await connection.execute(_MOVE, consumer, tenant, changes[-1].seq)
        return len(changes)


async def head(connection: Connection, tenant: int) -> int:
    """The last sealed place of the tenant that the connection is inside of."""
    return int(await connection.fetchval(_HEAD, tenant) or 0)


async def put_mark(connection: Connection, consumer: str, tenant: int, seq: int) -> None:
    """Let a consumer go on behind a place, wherever it was."""
    await connection.execute(_SET, consumer, tenant, seq)


async def _mark(connection: Connection, consumer: str, tenant: int) -> int | None:
    """The mark, locked until the transaction ends; None while another process holds it."""
    if not await connection.fetchval(_THERE, consumer, tenant):
        await connection.execute(_BEGIN, consumer, tenant)
    seq: int | None = await connection.fetchval(_MARK, consumer, tenant)
    return seq
