"""Raw SQL as each database role: tables, settings, and rows where the world has none."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Time,
    Uuid,
    insert,
)

from hub.domains import shelf
from hub.kernel.ids import new_id
from hub.store import sql
from hub.store.base import MANIFEST, Kind, metadata

assert shelf.SHELF  # importing it makes every table known
TABLES = tuple(sorted(name for name, entry in MANIFEST.items() if "tenant_id" in metadata.tables[name].columns))
PERSONAL = tuple(name for name in TABLES if MANIFEST[name].kind is Kind.PERSON)
NARROWED = tuple(name for name in PERSONAL if "village_id" in metadata.tables[name].columns)


@asynccontextmanager
async def inside(connection: asyncpg.Connection, **settings: object) -> AsyncIterator[None]:
    """A transaction with these `hub.*` settings, undone at the end."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for name, value in settings.items():
            text = "{" + ",".join(map(str, value)) + "}" if isinstance(value, list) else str(value)
            await connection.execute("select set_config($1, $2, true)", f"hub.{name}", text)
        yield
    finally:
        await transaction.rollback()


def columns(table: str, *, replaced: Mapping[str, str]) -> tuple[str, str]:
    """The columns of a table, and what a copy of a row puts into them."""
    names = metadata.tables[table].columns.keys()
    return ", ".join(names), ", ".join(replaced.get(name, name) for name in names)


async def plant(superuser: asyncpg.Connection, table: str, tenant: int, village: UUID | None) -> None:
    """A row that satisfies the table's checks and nothing else; its keys lead nowhere."""
    for number, wanted in enumerate(_SHAPES, start=1):
        try:
            await _insert(superuser, table, wanted, {"tenant_id": tenant, "village_id": village})
        except asyncpg.CheckViolationError:
            if number == len(_SHAPES):
                raise
        else:
            return


async def _insert(
    superuser: asyncpg.Connection, table: str, wanted: Callable[[Column[Any]], bool], given: Mapping[str, Any]
) -> None:
    own = metadata.tables[table]
    values = {name: a_value(column) if wanted(column) else None for name, column in own.columns.items()}
    values |= {name: value for name, value in given.items() if name in values}
    prepared = sql.prepare(insert(own))
    async with superuser.transaction():
        await superuser.execute("set local session_replication_role = replica")
        await superuser.execute(prepared.text, *prepared.arguments(values))


# What a row is given: what it needs; ciphertext too; everything but moments. Checks ask for one or the other.
_SHAPES: tuple[Callable[[Column[Any]], bool], ...] = (
    lambda column: not column.nullable,
    lambda column: not column.nullable or isinstance(column.type, LargeBinary),
    lambda column: not column.nullable or not isinstance(column.type, DateTime),
)


def a_value(column: Column[Any]) -> Any:
    """Something a column takes: the first of its words where it is a closed list."""
    for kind, value in _VALUES.items():
        if isinstance(column.type, kind):
            return value() if callable(value) else value
    return _word(column) or "x"


def _word(column: Column[Any]) -> str | None:
    for constraint in column.table.constraints:
        if isinstance(constraint, CheckConstraint):
            found = re.search(rf"\b{column.name} IN \('([^']+)'", str(constraint.sqltext))
            if found:
                return found[1]
    return None


_VALUES: Mapping[Any, Any] = {
    ARRAY: [],
    JSON: "{}",
    Boolean: True,
    BigInteger: 1,
    Integer: 1,
    Float: 1.0,
    Numeric: 1,
    Date: date(2026, 1, 5),
    DateTime: datetime(2026, 1, 5, tzinfo=UTC),
    Time: datetime(2026, 1, 5, 8, tzinfo=UTC).time(),
    LargeBinary: bytes(32),
    Uuid: new_id,
}
