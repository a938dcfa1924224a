"""A plan for people: what each field of an operation is made of, from which table, under which conditions.

Told from the same declarations and conditions that the compiler reads, with the tables' own names for its aliases.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FragmentDefinitionNode, GraphQLField, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from sqlalchemy import BindParameter, ColumnElement, FromClause, bindparam, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from hub.graph.binds import Binds, Convert, Given, Leaf, plain, symbolic
from hub.graph.declare import (
    CONNECTIONS,
    NODES,
    ROOTS,
    Arc,
    Column,
    Computed,
    Derived,
    Many,
    NodeType,
    One,
    RootOne,
    Roots,
    Source,
)
from hub.graph.filters import condition
from hub.graph.identity import types_behind
from hub.graph.plan.tree import Reader, Selection, named
from hub.graph.selecting import alias_of, arc_targets, beside, expression, linked, ordering, within
from hub.graph.withholding import denied

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # sqlalchemy leaves it untyped


_CASTS = re.compile(r"""::[A-Z]+(\[\])?|(?<=[\w$)]) COLLATE "C\"""")  # of values: for the database, not for people


@dataclass(frozen=True, slots=True)
class Line:
    """One field: how deep it stands, its response key, where it comes from, and which rows."""

    depth: int
    key: str
    source: str
    table: str = ""
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [self.source, *([f"from {self.table}"] if self.table else [])]
        head = f"{'  ' * self.depth}{self.key}: {' '.join(parts)}"
        return "\n".join([head, *(f"{'  ' * self.depth}    where {each}" for each in self.where)])


def outline(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    given: Given,
) -> list[Line]:
    """The lines of an operation that has a plan."""
    reader = Reader(schema, fragments, symbolic(dict(given.variables)), strict=True)
    assert schema.query_type is not None  # noqa: S101  # every schema of ours has one
    return list(_Outline(schema, reader, _Told.under(given.scope)).operation(schema.query_type, operation))


class _Told(Binds):
    """Binds that are named after the variable they come from."""

    def value(self, given: Any, type_: TypeEngine[Any], convert: Convert | None = None) -> BindParameter[Any]:
        """A client's value, under its place in the variables."""
        made = super().value(given, type_, convert)
        name = "$".join(map(str, ("given", *given.path))) if isinstance(given, Leaf) else "literal"
        return bindparam(name, None, type_=made.type)


@dataclass(slots=True)
class _Outline:
    """Walks an operation as the compiler does."""

    schema: GraphQLSchema
    reader: Reader
    binds: Binds
    _used: dict[str, int] = field(default_factory=dict)

    def operation(self, root: GraphQLObjectType, operation: OperationDefinitionNode) -> Iterator[Line]:
        for chosen in self.reader.collect(root, [operation.selection_set]):
            source = ROOTS.get(chosen.name)
            if source is None:
                yield Line(0, _key(chosen), "constant")
                continue
            definition = root.fields[chosen.name]
            if denied(None, source, definition, self.binds):
                yield Line(0, _key(chosen), "withheld")
                continue
            match source:
                case Roots():
                    node = CONNECTIONS[named(definition.type).name]
                    yield from self.connection(node, f"Query.{chosen.name}", source, definition, chosen, None, 0)
                case RootOne():
                    yield from self.looked_up(NODES[named(definition.type).name], definition, chosen)
                case _:
                    yield from self.by_id(definition, chosen)

    def looked_up(self, node: NodeType, definition: GraphQLField, chosen: Selection) -> Iterator[Line]:
        rows = self._rows(node)
        by = next(name for name, value in self.reader.arguments(definition, chosen.nodes[0]).items() if value)
        where = [*within(rows, node, self.binds), rows.c[node.key if by == "id" else by] == literal_column(":given")]
        yield Line(0, _key(chosen), f"one by {by}", _told(rows), _texts(where, rows))
        yield from self.object(node, rows, chosen.sets, 1)

    def by_id(self, definition: GraphQLField, chosen: Selection) -> Iterator[Line]:
        """`node` and `nodes`: a line for each type behind the ids."""
        arguments = self.reader.arguments(definition, chosen.nodes[0])
        several = "ids" in arguments
        for node in types_behind(arguments["ids"] if several else [arguments["id"]]):
            rows = self._rows(node)
            where = [*within(rows, node, self.binds), rows.c[node.key] == literal_column(":given")]
            how = f"{node.name} by {'ids' if several else 'id'}"
            yield Line(0, _key(chosen), how, _told(rows), _texts(where, rows))
            yield from self.object(node, rows, chosen.sets, 1)

    def object(self, node: NodeType, rows: FromClause, sets: list[Any], depth: int) -> Iterator[Line]:
        type_ = self._type(node.name)
        for chosen in self.reader.collect(type_, sets):
            source = node.fields.get(chosen.name)
            if source is None:
                yield Line(depth, _key(chosen), "constant")
            elif denied(node, source, type_.fields[chosen.name], self.binds):
                yield Line(depth, _key(chosen), "withheld")
            else:
                yield from self.field(node, rows, source, type_.fields[chosen.name], chosen, depth)

    def field(
        self, node: NodeType, rows: FromClause, source: Source, definition: GraphQLField, chosen: Selection, depth: int
    ) -> Iterator[Line]:
        match source:
            case Many():
                target = CONNECTIONS[named(definition.type).name]
                path = f"{node.name}.{chosen.name}"
                yield from self.connection(target, path, source, definition, chosen, rows, depth)
            case One():
                yield from self.referred(NODES[named(definition.type).name], source.key, rows, chosen, depth)
            case Arc():
                yield Line(depth, _key(chosen), "one of several, by the key that is set")
                for key, target in arc_targets(node, source, self.binds).items():
                    yield from self.referred(target, key, rows, chosen, depth + 1, told=target.name)
            case Column():
                yield Line(depth, _key(chosen), f"column {source.attribute or source.name}")
            case Computed() | Derived():
                made = _texts([expression(node, source, rows, self.binds)], rows, clause="SELECT")[0]
                yield Line(
                    depth, _key(chosen), f"{'computed' if isinstance(source, Computed) else 'follows from'} {made}"
                )
            case _:
                yield Line(depth, _key(chosen), "global id")

    def referred(
        self, target: NodeType, key: str, rows: FromClause, chosen: Selection, depth: int, *, told: str = ""
    ) -> Iterator[Line]:
        other = self._rows(target)
        tenant = rows.c.tenant_id if "tenant_id" in rows.c else None
        where = [*beside(other, target, tenant, self.binds), other.c[target.key] == rows.c[key]]
        yield Line(depth, told or _key(chosen), f"one by {key}", _told(other), _texts(where, rows, other))
        yield from self.object(target, other, chosen.sets, depth + 1)

    def connection(
        self,
        node: NodeType,
        path: str,
        source: Many | Roots,
        definition: GraphQLField,
        chosen: Selection,
        parent: FromClause | None,
        depth: int,
    ) -> Iterator[Line]:
        arguments, rows = self.reader.arguments(definition, chosen.nodes[0]), self._rows(node)
        order = ordering(node, path, plain(arguments.get("orderBy")), source.order)
        where = self._where(node, source, arguments, rows, parent)
        for name, forward in (("after", True), ("before", False)):
            if arguments.get(name) is not None:
                where.append(order.beyond(rows, arguments[name], self.binds, forward=forward))
        side = "first" if arguments.get("first") is not None else "last"
        told = f"{side} rows by {', '.join((*order.columns, order.key))}"
        texts = _texts(where, rows, *(() if parent is None else (parent,)))
        yield Line(depth, _key(chosen), told, _told(rows), texts)
        for part in self.reader.collect(self._type(named(definition.type).name), chosen.sets):
            yield from self.part(part, node, rows, definition, depth + 1)

    def part(
        self, part: Selection, node: NodeType, rows: FromClause, definition: GraphQLField, depth: int
    ) -> Iterator[Line]:
        match part.name:
            case "nodes":
                yield Line(depth, _key(part), "the page's rows")
                yield from self.object(node, rows, part.sets, depth + 1)
            case "edges":
                yield Line(depth, _key(part), "the page's rows with their places")
                for inner in self.reader.collect(self._type(f"{node.name}Edge"), part.sets):
                    yield Line(depth + 1, _key(inner), "cursor" if inner.name == "cursor" else "the row")
                    if inner.sets:
                        yield from self.object(node, rows, inner.sets, depth + 2)
            case "totalCount":
                yield Line(depth, _key(part), "count of the same rows, without a page")
            case "countBy" | "sum":
                type_ = self._type(named(definition.type).name)
                word = plain(self.reader.arguments(type_.fields[part.name], part.nodes[0])["field"])
                what = "counts of the same rows by" if part.name == "countBy" else "sum over the same rows of"
                yield Line(depth, _key(part), f"{what} {word}")
            case _:
                yield Line(depth, _key(part), "of the page" if part.name == "pageInfo" else "constant")

    def _where(
        self,
        node: NodeType,
        source: Many | Roots,
        arguments: Mapping[str, Any],
        rows: FromClause,
        parent: FromClause | None,
    ) -> list[ColumnElement[bool]]:
        if isinstance(source, Many) and parent is not None:
            found = beside(rows, node, parent.c.tenant_id if "tenant_id" in parent.c else None, self.binds)
            found.append(linked(rows, source, parent.c["id" if "id" in parent.c else "code"], self.binds))
        else:
            found = within(rows, node, self.binds)
        if isinstance(source, Roots):
            found.extend(
                argument.condition(rows.c, self.binds, arguments[name])
                for name, argument in source.arguments.items()
                if arguments.get(name) is not None
            )
        if source.where is not None:
            found.append(source.where(rows.c, self.binds))
        if arguments.get("filter") is not None:
            found.append(condition(node, rows, arguments["filter"], self.binds))
        return found

    def _rows(self, node: NodeType) -> FromClause:
        """The table under its own name, numbered from the second time on."""
        name = node.table.name
        number = self._used[name] = self._used.get(name, 0) + 1
        return alias_of(node.table, name if number == 1 else f"{name}_{number}")

    def _type(self, name: str) -> GraphQLObjectType:
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)  # noqa: S101  # named by the schema itself
        return found


def _key(chosen: Selection) -> str:
    return chosen.key if chosen.key == chosen.name else f"{chosen.key} ({chosen.name})"


def _told(rows: FromClause) -> str:
    """A table, with its other name where it has one here."""
    table, name = str(getattr(getattr(rows, "element", None), "name", "")), str(getattr(rows, "name", ""))
    return table if table == name else f"{table} as {name}"


def _texts(elements: list[ColumnElement[Any]], *known: FromClause, clause: str = "WHERE") -> tuple[str, ...]:
    """Conditions or values as SQL; the `known` tables stand outside of them."""
    found = []
    for element in elements:
        made = select(element) if clause == "SELECT" else select(literal_column("1")).where(element)
        words = _CASTS.sub("", " ".join(str(made.select_from(*known).compile(dialect=_DIALECT)).split()))
        if clause == "SELECT":
            words = words.removeprefix("SELECT ").rpartition(" FROM ")[0].rpartition(" AS ")[0] or words
        else:
            words = words.partition(" WHERE ")[2] or "true"
        found.append(words)
    return tuple(found)
