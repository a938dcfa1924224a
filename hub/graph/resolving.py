"""The reference path: resolvers and batch loaders made from the declarations.

Each edge looks ahead at what its objects are asked for, loads exactly those expressions for all parents in one
statement, and leaves rows behind; leaf fields only pick. Counts are statements of their own, as they are asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy import column as sql_column

from hub.graph.binds import Binds, plain
from hub.graph.context import Context, Row
from hub.graph.declare import (
    CONNECTIONS,
    NODES,
    Answered,
    Arc,
    Column,
    Computed,
    Derived,
    Identity,
    Many,
    NodeType,
    One,
    Part,
    RootNode,
    RootNodes,
    RootOne,
    Roots,
    Source,
)
from hub.graph.figures import figure_withheld, total_of
from hub.graph.filters import condition
from hub.graph.identity import MOST_IDS, TooManyIds, decoded, looked_up
from hub.graph.plan.tree import Reader, Selection, named
from hub.graph.selecting import (
    PageSizeRefused,
    alias_of,
    arc_targets,
    expression,
    linked,
    ordering,
    page_size,
    readable_columns,
    refuse_page_size,
    several_tenants,
    unreadable,
    withheld,
    within,
)
from hub.graph.withholding import denied
from hub.kernel.errors import BadInput

Resolver = Callable[..., Any]
Info: TypeAlias = "GraphQLResolveInfo[Context]"


class OneArgumentWanted(BadInput):
    """Look up by exactly one argument."""

    code = "ONE_ARGUMENT"
    hint = "Give one of the arguments of this field and leave the others out."


@dataclass(slots=True)
class Connected:
    """A connection on its way: its page is loaded when asked for, its counts too."""

    node: NodeType
    page: Callable[[], Awaitable["Cut"]]
    total: Callable[[], Awaitable[int]]
    groups: Callable[[str], Awaitable[list[Mapping[str, Any]]]]
    sums: Callable[[str], Awaitable[str | None]]


@dataclass(slots=True)
class Cut:
    """A page as cut from its list."""

    items: list[tuple[str, Row]]  # cursor, row
    more: bool
    backward: bool
    continued: bool


# Leaves


def edge_resolver(node: NodeType, name: str, source: Source, field: GraphQLField) -> Resolver:
    """The resolver of a field of a declared type."""
    match source:
        case Identity():
            return lambda row, _info: row.id
        case Column() | Computed():
            return lambda row, _info: row.values.get(name)
        case Derived():
            return lambda row, info: (
                None if denied(node, source, field, info.context.binds()) else _derived(row, info, source)
            )
        case One():
            target = NODES[named(field.type).name]
            return lambda row, info: (
                None if denied(node, source, field, info.context.binds()) else _one(row, info, source, target)
            )
        case Arc():
            return lambda row, info: (
                None if denied(node, source, field, info.context.binds()) else _arc(row, info, source)
            )
        case Many():
            return lambda row, info, **arguments: (
                None if denied(node, source, field, info.context.binds()) else _many(row, info, name, source, arguments)
            )
        case _:
            raise TypeError(source)


def part_resolver(part: Part) -> Resolver:
    """The resolver of a field of a connection, an edge, a page info or a group."""
    return _PARTS[part.part]


def root_resolver(name: str, source: Source, field: GraphQLField) -> Resolver:
    """The resolver of a declared root field."""
    match source:
        case Roots():
            node = CONNECTIONS[named(field.type).name]
            return lambda _root, info, **arguments: (
                None
                if denied(None, source, field, info.context.binds())
                else _roots(info, name, source, node, arguments)
            )
        case RootOne():
            node = NODES[named(field.type).name]
            return lambda _root, info, **arguments: (
                None if denied(None, source, field, info.context.binds()) else _root_one(info, source, node, arguments)
            )
        case RootNode():
            return _by_id
        case RootNodes():
            return _by_ids
        case Answered():
            return lambda root, info, **arguments: (
                None if denied(None, source, field, info.context.binds()) else source.answer(root, info, **arguments)
            )
        case _:
            raise TypeError(source)


def _derived(row: Row, info: Info, source: Derived) -> Any:
    return source.derive(row.values[f"${source.name}"], info.context.binds())


# Edges


def _one(row: Row, info: Info, source: One, target: NodeType) -> Any:
    context: Context = info.context
    key = row.values.get(f"${source.key}")
    return None if key is None else _load(context, info, target, row.tenant, key)


def _arc(row: Row, info: Info, source: Arc) -> Any:
    context: Context = info.context
    for key, target in arc_targets(row.node, source, context.binds()).items():
        found = row.values.get(f"${key}")
        if found is not None:
            return _load(context, info, target, row.tenant, found)
    return None


def _load(context: Context, info: Info, target: NodeType, tenant: int, key: Any) -> Awaitable[Any]:
    wanted = _wanted(info, target)
    loader = context.loader(
        ("row", target.name, frozenset(each.name for each in wanted)),
        lambda keys: _fetch(context, target, wanted, keys),
    )
    return loader.load((tenant if target.tenant else 0, key))


def load_for_payload(info: Info, target: NodeType, key: Any) -> Awaitable[Any]:
    """An object of a mutation's payload, read in the mutation's own transaction."""
    context: Context = info.context
    tenant = context.given.scope.tenant
    return load_row(info, target, tenant.id if tenant else 0, key)


def load_row(info: Info, target: NodeType, tenant: int, key: Any) -> Awaitable[Any]:
    """The row of a declared type as far as the field at hand asks for it; None where it is not there to see."""
    return _load(info.context, info, target, tenant, key)


async def _fetch(
    context: Context, target: NodeType, wanted: list[Selection], keys: list[tuple[int, Any]]
) -> list[Row | None]:
    """Rows by key, for all parents at once."""
    binds, rows = context.binds(), alias_of(target.table, "t1")
    column = rows.c[target.key]
    wanted_keys = binds.value([key for _, key in keys], ARRAY(column.type))
    statement = select(*_columns(target, wanted, rows, binds)).where(
        *within(rows, target, binds), column == wanted_keys.any_()
    )
    found = {(row.tenant, row.key): row for row in await _read(context, target, statement, binds)}
    return [found.get(key) for key in keys]


async def _read(context: Context, node: NodeType, statement: Any, binds: Binds) -> list[Row]:
    return [_row(node, found) for found in await context.rows(statement, binds)]


def _row(node: NodeType, found: Mapping[str, Any]) -> Row:
    values = {name: value for name, value in found.items() if name not in ("tenant$", "key$", "cursor$", "parent$")}
    return Row(node, found["tenant$"], found["key$"], values)


def _columns(node: NodeType, wanted: list[Selection], rows: FromClause, binds: Binds) -> list[ColumnElement[Any]]:
    """Key and tenant, and what the wanted fields are made of; withheld fields are left out."""
    tenant = rows.c.tenant_id if node.tenant else literal_column("0", Integer)
    found: dict[str, ColumnElement[Any]] = {"tenant$": tenant, "key$": rows.c[node.key]}
    readable = readable_columns(node, binds)
    for chosen in wanted:
        source = node.fields.get(chosen.name)
        if source is None or isinstance(source, Identity | Many):
            continue
        if withheld(node, source, binds):
            continue
        match source:
            case One():
                found[f"${source.key}"] = rows.c[source.key]
            case Derived():
                found[f"${source.name}"] = expression(node, source, rows, binds)
            case Arc():
                found.update({f"${key}": rows.c[key] for key in source.targets if key in readable})
            case _:
                found[chosen.name] = expression(node, source, rows, binds)
    return [element.label(name) for name, element in found.items()]


# Connections


def _many(row: Row, info: Info, name: str, source: Many, arguments: dict[str, Any]) -> Any:
    context: Context = info.context
    target = CONNECTIONS[named(info.return_type).name]
    _check_page(arguments)
    reading = _Children(context, info, f"{row.node.name}.{name}", source, target, arguments, row.node)
    key = (row.tenant, row.key)
    frozen = _frozen(arguments)
    return Connected(
        target,
        page=lambda: context.loader(("page", reading.path, frozen, reading.signature), reading.pages).load(key),
        total=lambda: context.loader(("total", reading.path, frozen), reading.totals).load(key),
        groups=lambda by: context.loader(
            ("groups", reading.path, frozen, by), lambda keys: reading.groups(keys, by)
        ).load(key),
        sums=lambda of: context.loader(("sums", reading.path, frozen, of), lambda keys: reading.sums(keys, of)).load(
            key
        ),
    )


def _roots(info: Info, name: str, source: Roots, node: NodeType, arguments: dict[str, Any]) -> Connected:
    context: Context = info.context
    _check_page(arguments)
    reading = _Children(context, info, f"Query.{name}", source, node, arguments, None)

    async def page() -> Cut:
        return (await reading.pages([None]))[0]

    async def total() -> int:
        return (await reading.totals([None]))[0]

    async def groups(by: str) -> list[Mapping[str, Any]]:
        return (await reading.groups([None], by))[0]

    async def sums(of: str) -> str | None:
        return (await reading.sums([None], of))[0]

    return Connected(node, page, total, groups, sums)


@dataclass(slots=True)
class _Children:
    """Reads the pages and counts of one connection field for many parents at once (or for the root: one None)."""

    context: Context
    info: Info
    path: str
    source: Many | Roots
    node: NodeType
    arguments: Mapping[str, Any]
    parent: NodeType | None

    @property
    def wanted(self) -> list[Selection]:
        """What the items are asked for, under `nodes` and `edges.node` together."""
        reader = _reader(self.info)
        connection = _object_type(self.info, f"{self.node.name}Connection")
        edge = _object_type(self.info, f"{self.node.name}Edge")
        item = _object_type(self.info, self.node.name)
        sets: list[Any] = []
        for part in reader.collect(connection, _sets(self.info)):
            if part.name == "nodes":
                sets.extend(part.sets)
            elif part.name == "edges":
                for inner in reader.collect(edge, part.sets):
                    if inner.name == "node":
                        sets.extend(inner.sets)
        return reader.collect(item, sets)

    @property
    def signature(self) -> frozenset[str]:
        """Which fields of the items are wanted: two selections of one field share a batch only if they agree."""
        return frozenset(each.name for each in self.wanted)

    async def pages(self, keys: list[Any]) -> list[Cut]:
        """One page for each parent, in one statement."""
        backward = self.arguments.get("first") is None
        size = self.arguments["last"] if backward else self.arguments["first"]
        binds, rows = self.context.binds(), alias_of(self.node.table, "t1")
        several = several_tenants(self.node, binds, below=self.parent is not None and self.parent.tenant)
        chosen = plain(self.arguments.get("orderBy"))
        order = ordering(self.node, self.path, chosen, self.source.order, several=several)
        parents = self._parents()
        where = self._where(rows, binds, parents)
        for name, forward in (("after", True), ("before", False)):
            if self.arguments.get(name) is not None:
                where.append(order.beyond(rows, self.arguments[name], binds, forward=forward))
        columns = _columns(self.node, self.wanted, rows, binds)
        columns.append(order.cursor(rows).label("cursor$"))
        page = (
            select(*columns)
            .where(*where)
            .order_by(*order.by(rows, backward=backward))
            .limit(binds.value(size, Integer(), page_size) + literal_column("1"))
        )
        continued = self.arguments.get("before" if backward else "after") is not None
        by_parent = await self._per_parent(keys, page, parents, binds)
        return [_cut(self.node, found, size, backward=backward, continued=continued) for found in by_parent]

    async def totals(self, keys: list[Any]) -> list[int]:
        """The number of items for each parent."""
        binds, rows, parents = self.context.binds(), alias_of(self.node.table, "t1"), self._parents()
        counted = select(func.count().label("count$")).select_from(rows).where(*self._where(rows, binds, parents))
        return [found[0]["count$"] for found in await self._per_parent(keys, counted, parents, binds)]

    async def groups(self, keys: list[Any], by: str) -> list[list[Mapping[str, Any]]]:
        """The numbers of items by a column for each parent."""
        binds, rows, parents = self.context.binds(), alias_of(self.node.table, "t1"), self._parents()
        source = self.node.fields.get(by)
        column = rows.c[getattr(source, "attribute", None) or by]
        text = cast(column, Text)
        grouped = (
            select(text.label("key"), func.count().label("count"))
            .where(*self._where(rows, binds, parents))
            .group_by(column)
            .order_by(text.collate("C").asc().nulls_last())
        )
        return await self._per_parent(keys, grouped, parents, binds)

    async def sums(self, keys: list[Any], of: str) -> list[str | None]:
        """The sum of a column for each parent."""
        binds, rows, parents = self.context.binds(), alias_of(self.node.table, "t1"), self._parents()
        added = (
            select(total_of(self.node, of, rows).label("sum$"))
            .select_from(rows)
            .where(*self._where(rows, binds, parents))
        )
        return [found[0]["sum$"] for found in await self._per_parent(keys, added, parents, binds)]

    def _where(self, rows: FromClause, binds: Binds, parents: Any) -> list[ColumnElement[bool]]:
        found = within(rows, self.node, binds)
        if isinstance(self.source, Many):
            if self.node.tenant and self.parent is not None and self.parent.tenant:
                found.append(rows.c.tenant_id == parents.c.tenant)
            found.append(linked(rows, self.source, parents.c.key, binds))
        else:
            found.extend(
                argument.condition(rows.c, binds, self.arguments[name])
                for name, argument in self.source.arguments.items()
                if self.arguments.get(name) is not None
            )
        if self.source.where is not None:
            found.append(self.source.where(rows.c, binds))
        if self.arguments.get("filter") is not None:
            found.append(condition(self.node, rows, self.arguments["filter"], binds))
        return found

    def _parents(self) -> Any:
        """The parents of a batch as a table: their keys, tenants and places in the batch; None at the root."""
        if self.parent is None:
            return None
        key_type = self.parent.table.c[self.parent.key].type
        tenants, keys = bindparam("hub$keys_of", type_=ARRAY(Integer)), bindparam("hub$keys", type_=ARRAY(key_type))
        return (
            func.unnest(tenants, keys)
            .table_valued(
                sql_column("tenant", Integer), sql_column("key", key_type), with_ordinality="place", name="parents$"
            )
            .render_derived()
        )

    async def _per_parent(
        self, keys: list[Any], body: Any, parents: Any, binds: Binds
    ) -> list[list[Mapping[str, Any]]]:
        """Run `body` once for each parent inside one statement; its rows by parent, in the parents' order."""
        if parents is None:
            return [list(await self.context.rows(body, binds))]
        binds.getters["hub$keys"] = lambda _given: [key for _, key in keys]
        binds.getters["hub$keys_of"] = lambda _given: [tenant for tenant, _ in keys]
        page = body.correlate(parents).lateral("page$")
        statement = (
            select(parents.c.place.label("parent$"), *page.c)
            .select_from(parents.join(page, true()))
            .order_by(parents.c.place)
        )
        found: list[list[Mapping[str, Any]]] = [[] for _ in keys]
        for row in await self.context.rows(statement, binds):
            found[row["parent$"] - 1].append(row)
        return found


def _cut(node: NodeType, found: list[Mapping[str, Any]], size: int, *, backward: bool, continued: bool) -> Cut:
    items = [(row["cursor$"], _row(node, row)) for row in found[:size]]
    if backward:
        items.reverse()
    return Cut(items, len(found) > size, backward, continued)


def _check_page(arguments: Mapping[str, Any]) -> None:
    first, last = arguments.get("first"), arguments.get("last")
    if (first is None) == (last is None):
        raise PageSizeRefused(path=("first",))
    refuse_page_size(last if first is None else first)  # also where only counts are asked for


# Root look-ups


async def _root_one(info: Info, source: RootOne, node: NodeType, arguments: Mapping[str, Any]) -> Row | None:
    context: Context = info.context
    binds = context.binds()
    given = {key: value for key, value in arguments.items() if value is not None}
    if len(given) != 1:
        raise OneArgumentWanted(path=tuple(source.by))
    (by, value), rows = next(iter(given.items())), alias_of(node.table, "t1")

    same = looked_up(rows, node, by, value, binds)
    statement = select(*_columns(node, _wanted(info, node), rows, binds)).where(*within(rows, node, binds), *same)
    if several_tenants(node, binds):
        statement = statement.order_by(rows.c.tenant_id).limit(literal_column("1"))
    found = await _read(context, node, statement, binds)
    return found[0] if found else None


def _by_id(_root: Any, info: Info, **arguments: str) -> Any:
    return _found(info, arguments["id"])


def _found(info: Info, text: str) -> Any:
    context: Context = info.context
    known = decoded(text)
    if known is None or unreadable(known[0], context.binds()):
        return None
    node, found = known
    if node.tenant and found.tenant not in {tenant.id for tenant in context.given.scope.tenants}:
        return None
    return _load(context, info, node, found.tenant, found.key)


async def _by_ids(_root: Any, info: Info, ids: list[str]) -> list[Any]:
    if len(ids) > MOST_IDS:
        raise TooManyIds(path=("ids",))
    loading = [_found(info, text) for text in ids]  # all at once: one batch for each type
    rows = iter(await asyncio.gather(*(each for each in loading if each is not None)))
    return [None if each is None else next(rows) for each in loading]


# Looking ahead


def _reader(info: Info) -> Reader:
    return Reader(info.schema, info.fragments, _variables(info))


def _variables(info: Info) -> Mapping[str, Any]:
    values: Any = info.variable_values
    coerced = getattr(values, "coerced", values)
    return dict(coerced)


def _sets(info: Info) -> list[Any]:
    return [node.selection_set for node in info.field_nodes if node.selection_set is not None]


def _wanted(info: Info, node: NodeType) -> list[Selection]:
    return _reader(info).collect(_object_type(info, node.name), _sets(info))


def _object_type(info: Info, name: str) -> GraphQLObjectType:
    found = info.schema.type_map[name]
    assert isinstance(found, GraphQLObjectType)  # noqa: S101  # named by the schema itself
    return found


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((key, _frozen(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    return value


# Parts of a connection


async def _edges(connected: Connected, _info: Info) -> Any:
    return (await connected.page()).items


async def _nodes(connected: Connected, _info: Info) -> Any:
    return [row for _, row in (await connected.page()).items]


async def _page_info(connected: Connected, _info: Info) -> Any:
    return await connected.page()


async def _total(connected: Connected, _info: Info) -> int:
    return await connected.total()


async def _group_counts(connected: Connected, _info: Info, field: Any) -> Any:
    return await connected.groups(plain(field))


async def _sum(connected: Connected, info: Info, field: Any) -> str | None:
    word = str(plain(field))
    if figure_withheld(connected.node, word, info.context.binds()):
        return None
    return await connected.sums(word)


def _key(group: Mapping[str, Any], _info: Info) -> Any:
    return group["key"]


_PARTS: Mapping[str, Resolver] = {
    "edges": _edges,
    "nodes": _nodes,
    "pageInfo": _page_info,
    "totalCount": _total,
    "countBy": _group_counts,
    "sum": _sum,
    "cursor": lambda item, _info: item[0],
    "node": lambda item, _info: item[1],
    "hasNextPage": lambda cut, _info: cut.continued if cut.backward else cut.more,
    "hasPreviousPage": lambda cut, _info: cut.more if cut.backward else cut.continued,
    "startCursor": lambda cut, _info: cut.items[0][0] if cut.items else None,
    "endCursor": lambda cut, _info: cut.items[-1][0] if cut.items else None,
    "key": _key,
    "count": lambda group, _info: group["count"],
}

__all__ = ["Connected", "edge_resolver", "part_resolver", "root_resolver"]
