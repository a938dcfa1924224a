"""Many rows in one statement, as one array per column: what imports write with.

COPY is not allowed under row-level security, and a statement per row costs ten times as much in a loop of thousands.
A table with array columns cannot be written so: unnest takes arrays of arrays apart to their last element.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, Text, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import sqltypes
from sqlalchemy.sql.selectable import NamedFromClause
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from hub.store import sql
from hub.store.base import table
from hub.store.unit import Unit

Rows = Sequence[Mapping[str, Any]]  # values of every type a column has
_KEY = ("tenant_id", "id")
_FIXED = frozenset((*_KEY, "created_at"))


async def insert_many(unit: Unit, model: type[SQLModel], rows: Rows) -> None:
    """Insert rows given by column name; a column that a row does not name is null, defaults are the caller's."""
    if rows:
        await _run(unit, _insertion(model), _names(model), rows)


async def update_many(unit: Unit, model: type[SQLModel], rows: Rows) -> None:
    """Write whole rows over those with the same key; the caller has locked them and raised their version."""
    if rows:
        await _run(unit, _overwriting(model), _names(model), rows)


async def _run(unit: Unit, statement: sql.Statement, names: tuple[str, ...], rows: Rows) -> None:
    unit.statements += 1
    columns = {name: [row.get(name) for row in rows] for name in names}
    await unit.connection.fetch(statement.text, *statement.arguments(columns))


@lru_cache(maxsize=32)
def _insertion(model: type[SQLModel]) -> sql.Statement:
    given, names = _given(model), _names(model)
    chosen: Select[Any] = select(*(given.c[name] for name in names))
    return sql.prepare(insert(table(model)).from_select(names, chosen))


@lru_cache(maxsize=32)
def _overwriting(model: type[SQLModel]) -> sql.Statement:
    given, own = _given(model), table(model)
    same = [own.c[name] == given.c[name] for name in _KEY]
    written = {name: given.c[name] for name in _names(model) if name not in _FIXED}
    return sql.prepare(update(own).where(*same).values(written))


def _given(model: type[SQLModel]) -> NamedFromClause:
    columns = table(model).columns
    if arrays := [column.name for column in columns if isinstance(column.type, sqltypes.ARRAY)]:
        raise TypeError(f"{model.__name__} has array columns ({', '.join(arrays)}): insert its rows with Unit.add_all")
    # One dimension, said: else a JSON value that is a list would be taken for a further dimension.
    given = [bindparam(column.name, type_=ARRAY(_plain(column.type), dimensions=1)) for column in columns]
    return func.unnest(*given).table_valued(*columns.keys()).render_derived("given")


def _names(model: type[SQLModel]) -> tuple[str, ...]:
    return tuple(table(model).columns.keys())


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """An array's element type: a collation belongs to the column, not to the array."""
    return Text() if isinstance(kind, String) else kind
