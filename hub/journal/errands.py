"""Errands: what the worker has to see to until it is settled. Asked for twice, it is one errand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.store.pools import Connection

_WANT = """
insert into errand as had (kind, home_tenant, object_id, asked, due_at)
select $1, $2, each, 1, $4 from unnest($3::uuid[]) each
on conflict (kind, home_tenant, object_id)
do update set asked = had.asked + 1, due_at = least(had.due_at, excluded.due_at)
"""
_DUE = """
select kind, home_tenant, object_id, asked from errand
where kind = $1 and due_at <= $2 order by due_at, home_tenant, object_id limit $3
"""
_NEXT = "select min(due_at) from errand where kind = $1"
_SETTLED = "delete from errand where kind = $1 and home_tenant = $2 and object_id = $3 and asked = $4"
_LATER = """
update errand set due_at = $5 where kind = $1 and home_tenant = $2 and object_id = $3 and asked = $4
"""


@dataclass(frozen=True, slots=True)
class Due:
    """An errand, and how often it had been asked for when it was taken up."""

    kind: str
    home_tenant: int
    object_id: UUID
    asked: int


async def want(connection: Connection, kind: str, tenant: int, objects: Iterable[UUID], *, now: datetime) -> None:
    """Ask for an errand about each object; in whatever transaction this is."""
    await connection.execute(_WANT, kind, tenant, sorted(set(objects)), now)


async def due(connection: Connection, kind: str, *, now: datetime, limit: int = 100) -> list[Due]:
    """The errands whose time has come."""
    return [Due(**row) for row in await connection.fetch(_DUE, kind, now, limit)]


async def next_due(connection: Connection, kind: str) -> datetime | None:
    """When the first of a kind is due; None where there is none."""
    found: datetime | None = await connection.fetchval(_NEXT, kind)
    return found


async def settled(connection: Connection, errand: Due) -> None:
    """It is done, unless it was asked for again meanwhile."""
    await connection.execute(_SETTLED, errand.kind, errand.home_tenant, errand.object_id, errand.asked)


async def later(connection: Connection, errand: Due, at: datetime) -> None:
    """Not before then, unless it was asked for again meanwhile."""
    await connection.execute(_LATER, errand.kind, errand.home_tenant, errand.object_id, errand.asked, at)
