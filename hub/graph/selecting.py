"""The pieces of SQL both paths are made of: which rows, in which order, from where on, and each field's expression."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    LargeBinary,
    Table,
    Text,
    Time,
    Uuid,
    cast,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine

from hub.graph.binds import Binds, Given
from hub.graph.declare import NODES, Arc, Column, Computed, Derived, Identity, Many, NodeType, One, Source, Through
from hub.graph.identity import base64url, global_id
from hub.kernel import ids
from hub.kernel.errors import BadInput
from hub.kernel.scope import Reader
from hub.store.rls import readable_outside

UUIDS = ARRAY(Uuid)
PAGE = 100
_SEPARATOR = "\x1f"


class PageSizeRefused(BadInput):
    """Ask for a page with either `first` or `last`, from 1 to 100."""

    code = "PAGE_SIZE"
    hint = "Give exactly one of `first` and `last`, between 1 and 100, and follow the cursors for more."


class CursorRefused(BadInput):
    """This cursor does not belong to this list."""

    code = "CURSOR_INVALID"
    hint = "Start without a cursor, and send only cursors that this very list gave, under the same order."


# What may be read


def withheld(node: NodeType, source: Source, binds: Binds) -> bool:
    """Whether the present grant does not get this field: by its guard, or by the reader's columns."""
    if not binds.may(source.guard):
        return True
    if binds.reader is not Reader.OUTSIDE:
        return False
    return not columns_of(node, source, binds) <= readable_outside(node.table.name)


def unreadable(node: NodeType, binds: Binds) -> bool:
    """Whether the reader has no privilege on the type's table at all."""
    return binds.reader is Reader.OUTSIDE and not readable_outside(node.table.name)


def readable_columns(node: NodeType, binds: Binds) -> tuple[str, ...]:
    """The columns of a type's table that the reader may read, in the table's order."""
    names = tuple(node.table.columns.keys())
    if binds.reader is not Reader.OUTSIDE:
        return names
    allowed = readable_outside(node.table.name)
    return tuple(name for name in names if name in allowed)


def columns_of(node: NodeType, source: Source, binds: Binds) -> frozenset[str]:
    """The columns of its own table that a field is made of."""
    match source:
        case Column():
            return frozenset({source.attribute or source.name})
        case One():
            return frozenset({source.key})
        case Arc() | Many() | Identity():
            return frozenset({node.key})
        case Computed() | Derived():
            scratch = Binds(binds.reader, binds.permissions, binds.single)
            expression = source.expression(node.table.c, scratch)
            return frozenset(
                str(getattr(element, "name", ""))
                for element in visitors.iterate(expression)
                if getattr(element, "table", None) is node.table
            )
        case _:
            return frozenset()


def arc_targets(node: NodeType, source: Arc, binds: Binds) -> dict[str, NodeType]:
    """The key columns of an arc that the reader may read, with the types they lead to."""
    readable = readable_outside(node.table.name) if binds.reader is Reader.OUTSIDE else None
    found = {key: NODES[name] for key, name in source.targets.items() if readable is None or key in readable}
    return {key: target for key, target in found.items() if not unreadable(target, binds)}


# Which rows


def within(rows: FromClause, node: NodeType, binds: Binds) -> list[ColumnElement[bool]]:
    """The scope's own condition on a table: its tenant or tenants by name (row-level security alone never prunes)."""
    conditions: list[ColumnElement[bool]] = []
    if node.tenant:
        conditions.append(
            rows.c.tenant_id == binds.tenant if binds.single else rows.c.tenant_id == binds.tenants.any_()
        )
    if node.visible is not None:
        conditions.append(node.visible(rows.c, binds))
    return conditions


def beside(
    rows: FromClause, node: NodeType, parent_tenant: ColumnElement[int] | None, binds: Binds
) -> list[ColumnElement[bool]]:
    """The same below a parent: the parent's tenant."""
    if not node.tenant or binds.single or parent_tenant is None:
        return within(rows, node, binds)
    conditions: list[ColumnElement[bool]] = [rows.c.tenant_id == parent_tenant]
    if node.visible is not None:
        conditions.append(node.visible(rows.c, binds))
    return conditions


def linked(rows: FromClause, source: Many, parent_id: ColumnElement[Any], binds: Binds) -> ColumnElement[bool]:
    """The condition that a child belongs to a parent."""
    if source.through is None:
        return rows.c[source.key] == parent_id
    return _through(rows, source.through, parent_id, binds)


def _through(rows: FromClause, link: Through, parent_id: ColumnElement[Any], binds: Binds) -> ColumnElement[bool]:
    between = link.table.alias()
    tenant = between.c.tenant_id == binds.tenant if binds.single else between.c.tenant_id == rows.c.tenant_id
    return exists(
        select(literal_column("1"))
        .select_from(between)
        .where(
            tenant,
            between.c.tenant_id == rows.c.tenant_id,
            between.c[link.parent] == parent_id,
            between.c[link.child] == rows.c.id,
        )
        .correlate_except(between)
    )


# In which order, and from where on


@dataclass(frozen=True)
class Ordering:
    """An order with its tie-breaker, and the tag that its cursors carry."""

    columns: tuple[str, ...]
    key: str
    tenant: bool
    tag: bytes
    several: bool = False  # rows of several tenants stand in one list: the tenant breaks the last ties

    @property
    def names(self) -> tuple[str, ...]:
        """The columns compared, in their order.

        The tenant comes last: an index led by it serves the rest for each tenant, and only equal ids are left to it.
        """
        return (*self.columns, self.key, *(("tenant_id",) if self.several else ()))

    def by(self, rows: FromClause, *, backward: bool) -> list[ColumnElement[Any]]:
        """The ORDER BY of a page."""
        found = [rows.c[name] for name in self.names]
        return [column.desc() for column in found] if backward else list(found)

    def cursor(self, rows: FromClause) -> ColumnElement[str]:
        """The text of a row's cursor: tag, tenant, key, then the values of the order's columns."""
        return self.cursor_of({name: rows.c[name] for name in self.carried}, rows)

    def cursor_of(self, columns: Mapping[str, ColumnElement[Any]], rows: FromClause) -> ColumnElement[str]:
        """The same from given expressions of the columns."""
        key = rows.c[self.key]
        raw: ColumnElement[Any] = literal_column(f"'\\x{self.tag.hex()}'::bytea", LargeBinary)
        raw = raw.concat(func.int4send(columns["tenant_id"]) if self.tenant else literal_column("'\\x00000000'::bytea"))
        if isinstance(key.type, Uuid):
            raw = raw.concat(func.uuid_send(columns[self.key]))
        else:
            raw = raw.concat(func.convert_to(columns[self.key], literal_column("'UTF8'")))
        for index, name in enumerate(self.columns):
            text: ColumnElement[str] = cast(columns[name], Text)
            if index or not isinstance(key.type, Uuid):
                text = literal_column("E'\\x1f'", Text).concat(text)
            raw = raw.concat(func.convert_to(text, literal_column("'UTF8'")))
        return base64url(raw)

    @property
    def carried(self) -> tuple[str, ...]:
        """The columns whose values a cursor carries."""
        return (("tenant_id",) if self.tenant else ()) + (self.key, *self.columns)

    def beyond(self, rows: FromClause, given: Any, binds: Binds, *, forward: bool) -> ColumnElement[bool]:
        """The rows after (or before) a cursor, as one row comparison."""
        left = tuple_(*(rows.c[name] for name in self.names))
        right = tuple_(*(self._bound(rows, given, binds, index) for index in range(len(self.names))))
        return left > right if forward else left < right

    def _bound(self, rows: FromClause, given: Any, binds: Binds, index: int) -> BindParameter[Any]:
        types = [rows.c[name].type for name in self.names]
        return binds.value(given, types[index], lambda text, request: self.read(text, request, types)[index])

    def read(self, text: str, request: Given, types: list[Any]) -> tuple[Any, ...]:
        """The values of `names` in a cursor; CursorRefused where it is another list's, another tenant's, or damaged."""
        raw = ids.unbase64url(text) if isinstance(text, str) else None
        if raw is None or raw[:6] != self.tag:
            raise CursorRefused
        tenant, rest = int.from_bytes(raw[6:10], "big"), raw[10:]
        if self.tenant and tenant not in {known.id for known in request.scope.tenants}:
            raise CursorRefused
        key_type = types[len(self.columns)]
        if isinstance(key_type, Uuid):
            if len(rest) < 16:  # noqa: PLR2004  # bytes of a uuid
                raise CursorRefused
            key, rest = str(UUID(bytes=rest[:16])), rest[16:]
            words = _text(rest).split(_SEPARATOR, len(self.columns) - 1) if self.columns else []
        else:
            key, *words = _text(rest).split(_SEPARATOR, len(self.columns))
        if len(words) != len(self.columns):
            raise CursorRefused
        found = tuple(_parse(word, type_) for word, type_ in zip([*words, key], types, strict=False))
        return (*found, tenant) if self.several else found


def ordering(node: NodeType, field: str, given: Any, default: str | None, *, several: bool = False) -> Ordering:
    """The order a client chose for a list, or its default. `several`: the list runs over several tenants."""
    names = list(node.orders)
    chosen = given if given is not None else default or names[0]
    if chosen not in node.orders:
        chosen = next(name for name in names if name.lower() == str(chosen).lower())
    tag = hashlib.sha256(f"{field}|{node.name}|{chosen}".encode()).digest()[:6]
    columns = tuple(name for name in node.orders[chosen] if name != node.key)
    return Ordering(columns, node.key, node.tenant, tag, several)


def several_tenants(node: NodeType, binds: Binds, *, below: bool = False) -> bool:
    """Whether rows of a type come from several tenants: not below a row of a tenant."""
    return node.tenant and not binds.single and not below


def _text(raw: bytes) -> str:
    """Text as PostgreSQL can hold it."""
    try:
        found = raw.decode()
    except UnicodeDecodeError:
        raise CursorRefused from None
    if "\x00" in found:
        raise CursorRefused
    return found


# How a column's value is read back from a cursor; check.py lets only these types be orders.
PARSERS: Mapping[type[TypeEngine[Any]], Callable[[str], Any]] = {
    Integer: int,
    Date: date.fromisoformat,
    DateTime: datetime.fromisoformat,
    Time: time.fromisoformat,
    Uuid: UUID,
    Text: str,
}


def _parse(word: str, type_: Any) -> Any:
    parse = next(parse for kind, parse in PARSERS.items() if isinstance(type_, kind))
    try:
        found = parse(word)
    except ValueError:
        raise CursorRefused from None
    most = 2 ** (63 if isinstance(type_, BigInteger) else 31)
    if isinstance(found, int) and not -most <= found < most:
        raise CursorRefused
    return found


# Sizes and text forms


def page_size(given: Any, _request: Given) -> int:
    """A page size as the statement takes it."""
    refuse_page_size(given)
    size: int = given
    return size


def refuse_page_size(given: Any) -> None:
    """PageSizeRefused where a page cannot have this size."""
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= PAGE:
        raise PageSizeRefused


def expression(node: NodeType, source: Source, rows: FromClause, binds: Binds) -> ColumnElement[Any]:
    """The value of a leaf field."""
    match source:
        case Identity():
            return global_id(node, rows, binds)
        case Column():
            return rows.c[source.attribute or source.name]
        case Computed() | Derived():
            return source.expression(rows.c, binds)
        case _:
            raise TypeError(source)


def alias_of(table: Table, name: str) -> FromClause:
    """A named alias, so that statement texts are the same every time."""
    return table.alias(name)
