"""From a selection to one statement whose answer is the JSON text of the whole data.

Every object is a concatenation of constant text and value expressions; every list is a `string_agg` over a page that
was cut before its children are looked at; a to-one edge is a correlated sub-select. Internal names contain `$` where a
client's alias could otherwise meet them, and no client text becomes a name at all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ClauseElement,
    ColumnClause,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from strawberry.utils.str_converters import to_snake_case

from hub.graph.binds import Binds, plain
from hub.graph.declare import (
    CONNECTIONS,
    NODES,
    ROOTS,
    Arc,
    Argument,
    Column,
    Computed,
    Derived,
    Identity,
    Many,
    NodeType,
    One,
    RootNode,
    RootNodes,
    RootOne,
    Roots,
    Source,
)
from hub.graph.figures import figure_withheld, total_of
from hub.graph.filters import condition
from hub.graph.identity import identified, looked_up, places_of, type_behind, types_behind
from hub.graph.plan.tree import Reader, Selection, named
from hub.graph.plan.wire import NULL, NotPlannable, joined, json_text, literal
from hub.graph.selecting import (
    Ordering,
    alias_of,
    arc_targets,
    beside,
    expression,
    linked,
    ordering,
    page_size,
    readable_columns,
    several_tenants,
    unreadable,
    within,
)
from hub.graph.withholding import denied

_UNKNOWN = select(cast(null(), BigInteger)).scalar_subquery()
Part = ColumnElement[str]
Pairs = list[tuple[str, Part]]


@dataclass(slots=True)
class Page:
    """A page under construction: its rows as cut, and what the parts of the connection need of it."""

    node: NodeType
    rows: Subquery
    order: Ordering
    size: ColumnElement[int]
    backward: bool
    continued: bool  # a cursor was given

    @property
    def rank(self) -> ColumnElement[int]:
        """The row's place in the page, from 1, in reading direction of the cut."""
        return self.rows.c["rank$"]

    @property
    def shown(self) -> ColumnElement[bool]:
        """Whether a row belongs to the page (one row more is read to know whether there is more)."""
        return self.rank <= self.size

    def listed(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The values of all rows as they were cut.

        The rows come from the ordered sub-select alone, in its order, so that nothing need be sorted again; but where a
        page is turned, PostgreSQL sorts the rows for that aggregate first and would pass them to all others so.
        """
        return func.array_agg(aggregate_order_by(value, self.rank) if self.backward else value)

    def gather(self, item: Part) -> Part:
        """The items of the page as a JSON list.

        The FILTER also ties the aggregate to these rows where an item speaks of the parent's row only.
        """
        comma: Any = aggregate_order_by(literal(","), self.rank.desc()) if self.backward else literal(",")
        listed = func.string_agg(item, comma).filter(self.shown)
        return literal("[").concat(func.coalesce(listed, literal(""))).concat(literal("]"))


@dataclass(frozen=True, slots=True)
class Above:
    """The row that children were found by: its type, its alias, and the children's column that refers to it."""

    node: NodeType
    rows: FromClause
    key: str


@dataclass(slots=True)
class Compiler:
    """Compiles one operation for one shape of scope and variables."""

    schema: GraphQLSchema
    reader: Reader
    binds: Binds
    _names: "count[int]" = field(default_factory=lambda: count(1))
    _above: dict[FromClause, "Above"] = field(default_factory=dict)  # by the rows below
    _spoken: dict[ScalarSelect[Any], frozenset[ColumnClause[Any]]] = field(default_factory=dict)  # by connections

    def operation(self, root: GraphQLObjectType, sets: list[Any]) -> Select[Any]:
        """The statement: one value, the data as bytes."""
        pairs: Pairs = []
        for chosen in self.reader.collect(root, sets):
            if chosen.name == "__typename":
                pairs.append((chosen.key, literal(f'"{root.name}"')))
                continue
            source = ROOTS.get(chosen.name)
            if source is None:
                reason = f"root field {chosen.name}"
                raise NotPlannable(reason)
            definition = root.fields[chosen.name]
            hidden = denied(None, source, definition, self.binds)
            pairs.append((chosen.key, NULL if hidden else self.root(source, definition, chosen)))
        return select(func.convert_to(_object(pairs), literal_column("'UTF8'"), type_=LargeBinary))

    def root(self, source: Source, definition: GraphQLField, chosen: Selection) -> Part:
        """One root field."""
        arguments = self.reader.arguments(definition, chosen.nodes[0])
        match source:
            case Roots():
                node = CONNECTIONS[named(definition.type).name]
                return self.connection(node, f"Query.{chosen.name}", source, arguments, definition, chosen)
            case RootOne():
                node = NODES[named(definition.type).name]
                return self.root_one(node, arguments, chosen)
            case RootNode():
                return self.root_node(arguments, chosen)
            case RootNodes():
                return self.root_nodes(arguments, chosen)
            case _:
                reason = f"root field {chosen.name}"
                raise NotPlannable(reason)

    def root_one(self, node: NodeType, arguments: Mapping[str, Any], chosen: Selection) -> Part:
        """A look-up by one unique column."""
        given = {key: value for key, value in arguments.items() if value is not None}
        if len(given) != 1:
            reason = "a look-up needs exactly one argument"
            raise NotPlannable(reason)
        (name, value), rows = next(iter(given.items())), self._alias(node)
        found = select(self.object(node, rows, chosen.sets)).where(
            *within(rows, node, self.binds), *looked_up(rows, node, name, value, self.binds)
        )
        if several_tenants(node, self.binds):
            found = found.order_by(rows.c.tenant_id).limit(literal_column("1"))
        return func.coalesce(found.scalar_subquery(), NULL)

    def root_node(self, arguments: Mapping[str, Any], chosen: Selection) -> Part:
        """`node(id:)`: the type is read from the id and belongs to the plan's key."""
        node = type_behind(arguments["id"])
        if node is None or unreadable(node, self.binds):
            return NULL
        rows = self._alias(node)
        found = select(self.object(node, rows, chosen.sets)).where(
            *within(rows, node, self.binds), *identified(rows, node, arguments["id"], self.binds)
        )
        return func.coalesce(found.scalar_subquery(), NULL)

    def root_nodes(self, arguments: Mapping[str, Any], chosen: Selection) -> Part:
        """`nodes(ids:)`: each place of the list looks in the table of its own type; the types belong to the key."""
        given = arguments["ids"]
        kinds = [node for node in types_behind(given) if not unreadable(node, self.binds)]
        places = places_of(given, kinds, self.binds)
        branches = []
        for number, node in enumerate(kinds):
            rows = self._alias(node)
            same = [rows.c[node.key] == (places.c.word if node.text_key else places.c.key)]
            if node.tenant:
                same.append(rows.c.tenant_id == places.c.tenant)
            found = (
                select(self.object(node, rows, chosen.sets))
                .where(*within(rows, node, self.binds), *same)
                .correlate_except(rows)
                .scalar_subquery()
            )
            branches.append((places.c.kind == literal_column(str(number)), func.coalesce(found, NULL)))
        item = case(*branches, else_=NULL) if branches else NULL
        listed = func.string_agg(item, aggregate_order_by(literal(","), places.c.place))
        whole = literal("[").concat(func.coalesce(listed, literal(""))).concat(literal("]"))
        found_list: ScalarSelect[str] = select(whole).select_from(places).scalar_subquery()
        return found_list

    def object(self, node: NodeType, rows: FromClause, sets: list[Any]) -> Part:
        """One object of a declared type."""
        type_ = self._type(node.name)
        pairs: Pairs = []
        for chosen in self.reader.collect(type_, sets):
            if chosen.name == "__typename":
                pairs.append((chosen.key, literal(f'"{node.name}"')))
                continue
            pairs.append((chosen.key, self.field(node, rows, type_.fields[chosen.name], chosen)))
        return _object(pairs)

    def field(self, node: NodeType, rows: FromClause, definition: GraphQLField, chosen: Selection) -> Part:
        """One field of an object."""
        source = node.fields.get(chosen.name)
        if source is None:
            reason = f"field {node.name}.{chosen.name}"
            raise NotPlannable(reason)
        if denied(node, source, definition, self.binds):
            return NULL
        match source:
            case Identity() | Column() | Computed():
                return json_text(expression(node, source, rows, self.binds), definition.type)
            case Derived():
                return self.derived(rows, source, definition, chosen)
            case One():
                return self.one(rows, source, definition, chosen)
            case Many():
                return self.many(node, rows, source, definition, chosen)
            case Arc():
                return self.arc(node, rows, source, chosen)
            case _:
                reason = f"field {node.name}.{chosen.name}"
                raise NotPlannable(reason)

    def derived(self, rows: FromClause, source: Derived, definition: GraphQLField, chosen: Selection) -> Part:
        """The answer for each word of the column's vocabulary, made now and chosen by the row."""
        type_ = self._type(named(definition.type).name)
        parts = self.reader.collect(type_, chosen.sets)
        given, branches = source.expression(rows.c, self.binds), []
        for word in source.words:
            found = source.derive(word.value, self.binds)
            text = orjson.dumps([_picked(each, parts, type_.name) for each in found]).decode()
            branches.append((given == literal(word.value), literal(text)))
        return case(*branches, else_=literal("[]"))

    def one(self, rows: FromClause, source: One, definition: GraphQLField, chosen: Selection) -> Part:
        """A to-one edge; the row that these were found by needs no second look, for it is read already."""
        target = NODES[named(definition.type).name]
        above = self._above.get(rows)
        if above is not None and (above.node, above.key) == (target, source.key):
            return self.object(target, above.rows, chosen.sets)
        return func.coalesce(self._referred(target, rows, rows.c[source.key], chosen.sets), NULL)

    def arc(self, node: NodeType, rows: FromClause, source: Arc, chosen: Selection) -> Part:
        """An exclusive arc: the one target whose key is set."""
        branches = [
            (
                rows.c[key].is_not(None),
                func.coalesce(self._referred(target, rows, rows.c[key], chosen.sets), NULL),
            )
            for key, target in arc_targets(node, source, self.binds).items()
        ]
        return case(*branches, else_=NULL)

    def many(self, node: NodeType, rows: FromClause, source: Many, definition: GraphQLField, chosen: Selection) -> Part:
        """A to-many edge."""
        target = CONNECTIONS[named(definition.type).name]
        arguments = self.reader.arguments(definition, chosen.nodes[0])
        path = f"{node.name}.{chosen.name}"
        return self.connection(target, path, source, arguments, definition, chosen, parent=(node, rows))

    def connection(
        self,
        node: NodeType,
        path: str,
        source: Many | Roots,
        arguments: Mapping[str, Any],
        definition: GraphQLField,
        chosen: Selection,
        *,
        parent: tuple[NodeType, FromClause] | None = None,
    ) -> Part:
        """A connection: one page, and counts where they are asked for."""
        several = several_tenants(node, self.binds, below=parent is not None and parent[0].tenant)
        type_ = self._type(named(definition.type).name)
        parts = self.reader.collect(type_, chosen.sets)
        conditions = self._conditions(node, source, arguments, parent[1] if parent else None)
        page = self._page(node, path, source, arguments, conditions, several=several)
        if parent is not None and isinstance(source, Many) and source.through is None and _keyed_as_linked(parent[0]):
            self._above[page.rows] = Above(*parent, source.key)
        pairs: Pairs = [(part.key, self._part(part, page, node, type_, conditions)) for part in parts]
        statement = select(_object(pairs))
        if any(part.name in ("edges", "nodes", "pageInfo") for part in parts):
            # HAVING makes it one row also where no part aggregates, such as `pageInfo { __typename }` alone.
            # All other rows it speaks of are those of enclosing statements, however far above.
            statement = statement.select_from(page.rows).having(true()).correlate_except(page.rows)
            return self._narrowed(page.rows, statement)
        found: ScalarSelect[str] = statement.scalar_subquery()
        return found

    def _narrowed(self, rows: Subquery, statement: Select[Any]) -> ScalarSelect[str]:
        """The statement, when a page's rows have left out what it, which is all that speaks of them, does not name.

        PostgreSQL would carry a null for each column of the table that nobody asked for through sorting and ranking.
        """
        spoken = self._columns(statement, but=rows)
        inner: Any = rows.element
        names = {column.name for column in spoken if column.table is rows}
        kept = [column for column in inner.selected_columns if column.name in names]
        rows.element = inner.with_only_columns(*kept) if kept else inner
        found: ScalarSelect[str] = statement.scalar_subquery()
        above = {column for column in spoken if column.table is not rows}
        self._spoken[found] = frozenset(above | self._columns(rows.element))
        return found

    def _columns(self, root: ClauseElement, *, but: Subquery | None = None) -> set[ColumnClause[Any]]:
        """The columns of sub-selects that are spoken of in `root`; what a connection in it speaks of is known already.

        Looking into each connection again for each that encloses it would take time by the square of the depth.
        """
        found: set[ColumnClause[Any]] = set()
        waiting: list[Any] = [root]
        while waiting:
            each = waiting.pop()
            if each is but:
                continue
            if isinstance(each, ScalarSelect) and each in self._spoken:
                found |= self._spoken[each]
                continue
            if isinstance(each, ColumnClause) and isinstance(each.table, Subquery):
                found.add(each)
            waiting.extend(each.get_children())
        return found

    def _conditions(
        self, node: NodeType, source: Many | Roots, arguments: Mapping[str, Any], parent: FromClause | None
    ) -> Any:
        """Makes the conditions of the connection on an alias; called for the page and once for each count.

        `tenant` is the one tenant at hand where a page is cut from each tenant of the scope apart; `but` is an
        argument that the page follows by its candidates.
        """

        def on(
            rows: FromClause, tenant: ColumnElement[int] | None = None, *, but: str | None = None
        ) -> list[ColumnElement[bool]]:
            if parent is not None and "tenant_id" in parent.c:
                tenant = parent.c.tenant_id
            found = beside(rows, node, tenant, self.binds)
            if isinstance(source, Many):
                assert parent is not None  # noqa: S101  # a Many always has one
                found.append(linked(rows, source, _key_of(parent), self.binds))
            else:
                found.extend(
                    argument.condition(rows.c, self.binds, arguments[name])
                    for name, argument in source.arguments.items()
                    if arguments.get(name) is not None and name != but
                )
            if source.where is not None:
                found.append(source.where(rows.c, self.binds))
            if arguments.get("filter") is not None:
                found.append(condition(node, rows, arguments["filter"], self.binds))
            return found

        return on

    def _page(
        self,
        node: NodeType,
        path: str,
        source: Many | Roots,
        arguments: Mapping[str, Any],
        conditions: Any,
        *,
        several: bool,
    ) -> Page:
        first, last = arguments.get("first"), arguments.get("last")
        if (first is None) == (last is None):
            reason = "page size missing"
            raise NotPlannable(reason)
        backward = first is None
        order = ordering(node, path, plain(arguments.get("orderBy")), source.order, several=several)
        rows = self._alias(node)
        size = self.binds.value(last if backward else first, Integer(), page_size)

        def cut(tenant: ColumnElement[int] | None = None) -> Select[Any]:
            where = [*conditions(rows, tenant), *self._beyond(rows, arguments, order)]
            columns = [rows.c[name] for name in readable_columns(node, self.binds)]
            found = select(*columns).where(*where).correlate_except(rows)
            return _first(found, order.by(rows, backward=backward), size, ranked=tenant is None)

        if several:
            found = self._merged(cut, order, size, backward=backward)
        elif leading := _leading(source, arguments, order, self.binds):
            found = self._led(leading, node, arguments, conditions, order, size, backward=backward)
        else:
            found = cut()
        continued = arguments.get("before" if backward else "after") is not None
        return Page(node, found.subquery(f"p{next(self._names)}"), order, size, backward, continued)

    def _beyond(self, rows: FromClause, arguments: Mapping[str, Any], order: Ordering) -> Iterator[ColumnElement[bool]]:
        for name, forward in (("after", True), ("before", False)):
            if arguments.get(name) is not None:
                yield order.beyond(rows, arguments[name], self.binds, forward=forward)

    def _led(
        self,
        leading: tuple[str, Argument],
        node: NodeType,
        arguments: Mapping[str, Any],
        conditions: Any,
        order: Ordering,
        size: ColumnElement[int],
        *,
        backward: bool,
    ) -> Select[Any]:
        """The first rows in the order of an argument's candidates.

        OFFSET 0 keeps the planner from reading the rows of all candidates before they are cut.
        """
        name, argument = leading
        nothing, rows = literal_column("0", Integer), self._alias(node)
        led = self._merged_candidates(argument, arguments[name], arguments, order, backward=backward)
        columns = [rows.c[each] for each in readable_columns(node, self.binds)]
        row = select(*columns).where(*conditions(rows, but=name), rows.c[node.key] == led.c[node.key])
        each = row.offset(nothing).correlate_except(rows).lateral(f"p{next(self._names)}")
        found = select(*each.c).select_from(led.join(each, true()))
        return _first(found, order.by(led, backward=backward), size, ranked=True)

    def _merged_candidates(
        self, argument: Argument, given: Any, arguments: Mapping[str, Any], order: Ordering, *, backward: bool
    ) -> FromClause:
        """An argument's candidates behind the cursor in the order of the page, each once.

        Every select is ordered for itself, so that one which has the order from an index is read no further than the
        page reaches: merging keeps an order and DISTINCT ON asks for one, while GROUP BY might hash all. A limit that
        is none, but unknown to the planner, has it plan for the first rows rather than sort all.
        """
        assert argument.candidates is not None  # noqa: S101  # that is what makes it lead

        def ordered(keys: FromClause) -> Select[Any]:
            return select(*keys.c).order_by(*order.by(keys, backward=backward)).limit(_UNKNOWN)

        parts = []
        for found in argument.candidates(self.binds, given):
            keys = found.subquery(f"k{next(self._names)}")
            beyond = self._beyond(keys, arguments, order)
            parts.append(select(*ordered(keys).where(*beyond).subquery(f"k{next(self._names)}").c))
        merged = union_all(*parts).subquery(f"k{next(self._names)}")
        once = ordered(merged).ext(distinct_on(*(merged.c[each] for each in order.names)))
        return once.subquery(f"k{next(self._names)}")

    def _merged(
        self,
        cut: Callable[[ColumnElement[int]], Select[Any]],
        order: Ordering,
        size: ColumnElement[int],
        *,
        backward: bool,
    ) -> Select[Any]:
        """The first rows of all tenants: as many of each tenant, by its own part of the index, then the first of those.

        One list ordered over all tenants would read every row of theirs.
        """
        tenants = func.unnest(self.binds.tenants).table_valued(sql_column("tenant", Integer)).render_derived("tenants$")
        each = cut(tenants.c.tenant).lateral(f"p{next(self._names)}")
        merged = select(*each.c).select_from(tenants.join(each, true()))
        return _first(merged, order.by(each, backward=backward), size, ranked=True)

    def _part(self, part: Selection, page: Page, node: NodeType, type_: GraphQLObjectType, conditions: Any) -> Part:
        match part.name:
            case "__typename":
                return literal(f'"{type_.name}"')
            case "nodes":
                return page.gather(self.object(node, page.rows, part.sets))
            case "edges":
                return page.gather(self._edge(page, node, part))
            case "pageInfo":
                return self._page_info(page, part)
            case "totalCount":
                rows = self._alias(node)
                return cast(
                    select(func.count())
                    .select_from(rows)
                    .where(*conditions(rows))
                    .correlate_except(rows)
                    .scalar_subquery(),
                    Text,
                )
            case "countBy" | "sum" as name:
                measured = self._count_by if name == "countBy" else self._sum
                return measured(node, part, type_, conditions)
            case _:
                reason = f"part {part.name} of a connection"
                raise NotPlannable(reason)

    def _edge(self, page: Page, node: NodeType, part: Selection) -> Part:
        type_ = self._type(f"{node.name}Edge")
        pairs: Pairs = []
        for chosen in self.reader.collect(type_, part.sets):
            match chosen.name:
                case "__typename":
                    value = literal(f'"{type_.name}"')
                case "cursor":
                    value = _quoted(page.order.cursor(page.rows))
                case _:
                    value = self.object(node, page.rows, chosen.sets)
            pairs.append((chosen.key, value))
        return _object(pairs)

    def _page_info(self, page: Page, part: Selection) -> Part:
        more = cast(func.count() > page.size, Text)
        other = literal("true" if page.continued else "false")
        pairs: Pairs = []
        for chosen in self.reader.collect(self._type("PageInfo"), part.sets):
            match chosen.name:
                case "__typename":
                    value = literal('"PageInfo"')
                case "hasNextPage":
                    value = other if page.backward else more
                case "hasPreviousPage":
                    value = more if page.backward else other
                case "startCursor":
                    value = self._end(page, first=not page.backward)
                case _:
                    value = self._end(page, first=page.backward)
            pairs.append((chosen.key, value))
        return _object(pairs)

    def _end(self, page: Page, *, first: bool) -> Part:
        """The cursor of the first or last row that was cut, null for an empty page."""
        position = literal_column("1") if first else func.least(page.size, func.count())
        columns = {
            name: _element(page.listed(page.rows.c[name]), position, page.rows.c[name].type)
            for name in page.order.carried
        }
        if page.node.tenant and self.binds.single:
            columns["tenant_id"] = self.binds.tenant
        return func.coalesce(_quoted(page.order.cursor_of(columns, page.rows)), NULL)

    def _count_by(self, node: NodeType, part: Selection, type_: GraphQLObjectType, conditions: Any) -> Part:
        arguments = self.reader.arguments(type_.fields["countBy"], part.nodes[0])
        name = str(plain(arguments["field"]))
        rows = self._alias(node)
        source = node.fields.get(name)
        column = rows.c[getattr(source, "attribute", None) or name]
        groups = (
            select(column.label("key"), func.count().label("count"))
            .where(*conditions(rows))
            .group_by(column)
            .correlate_except(rows)
            .subquery(f"g{next(self._names)}")
        )
        pairs: Pairs = []
        for chosen in self.reader.collect(self._type("GroupCount"), part.sets):
            match chosen.name:
                case "__typename":
                    value = literal('"GroupCount"')
                case "key":
                    value = func.coalesce(cast(func.to_json(cast(groups.c.key, Text)), Text), NULL)
                case _:
                    value = cast(groups.c["count"], Text)
            pairs.append((chosen.key, value))
        key = cast(groups.c.key, Text).collate("C").asc().nulls_last()
        listed = func.string_agg(_object(pairs), aggregate_order_by(literal(","), key))
        whole = literal("[").concat(func.coalesce(listed, literal(""))).concat(literal("]"))
        found: ScalarSelect[str] = select(whole).select_from(groups).scalar_subquery()
        return found

    def _sum(self, node: NodeType, part: Selection, type_: GraphQLObjectType, conditions: Any) -> Part:
        definition = type_.fields["sum"]
        word = str(plain(self.reader.arguments(definition, part.nodes[0])["field"]))
        if figure_withheld(node, word, self.binds):
            return NULL
        rows = self._alias(node)
        found = (
            select(total_of(node, word, rows))
            .select_from(rows)
            .where(*conditions(rows))
            .correlate_except(rows)
            .scalar_subquery()
        )
        return json_text(found, definition.type)

    def _referred(
        self, target: NodeType, rows: FromClause, key: ColumnElement[Any], sets: list[Any]
    ) -> ScalarSelect[str]:
        other = self._alias(target)
        tenant = rows.c.tenant_id if "tenant_id" in rows.c else None
        return (
            select(self.object(target, other, sets))
            .where(*beside(other, target, tenant, self.binds), other.c[target.key] == key)
            .correlate_except(other)
            .scalar_subquery()
        )

    def _alias(self, node: NodeType) -> FromClause:
        return alias_of(node.table, f"t{next(self._names)}")

    def _type(self, name: str) -> GraphQLObjectType:
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)  # noqa: S101  # named by the schema itself
        return found


def _leading(
    source: Many | Roots, arguments: Mapping[str, Any], order: Ordering, binds: Binds
) -> tuple[str, Argument] | None:
    """The argument whose candidates carry the order of the page, if one is given."""
    if not isinstance(source, Roots) or not binds.single:
        return None
    for name, argument in source.arguments.items():
        if arguments.get(name) is not None and set(order.names) <= set(argument.carried):
            return name, argument
    return None


def _first(
    statement: Select[Any], by: list[ColumnElement[Any]], size: ColumnElement[int], *, ranked: bool
) -> Select[Any]:
    """The first rows of a select, one more than the page holds, with their places in it."""
    if ranked:
        statement = statement.add_columns(func.row_number().over(order_by=by).label("rank$"))
    return statement.order_by(*by).limit(size + literal_column("1"))


def _picked(item: Mapping[str, Any], parts: list[Selection], type_name: str) -> dict[str, Any]:
    """A plain object as selected."""
    return {part.key: type_name if part.name == "__typename" else item[to_snake_case(part.name)] for part in parts}


def _object(pairs: Pairs) -> Part:
    """`{"a":…,"b":…}`; neighbouring constants become one."""
    parts: list[Part] = []
    for index, (key, value) in enumerate(pairs):
        parts.extend((literal(("," if index else "{") + f'"{key}":'), value))
    parts.append(literal("}" if pairs else "{}"))
    return joined(_melt(parts))


def _melt(parts: list[Part]) -> list[Part]:
    melted: list[Part] = []
    for part in parts:
        if melted and _is_constant(part) and _is_constant(melted[-1]):
            melted[-1] = literal_column(_inside(melted[-1])[:-1] + _inside(part)[1:], Text)
        else:
            melted.append(part)
    return melted


def _is_constant(part: Part) -> bool:
    return getattr(part, "is_literal", False) and str(getattr(part, "name", "")).startswith("'")


def _inside(part: Part) -> str:
    return str(getattr(part, "name", ""))


def _quoted(value: Part) -> Part:
    return literal('"').concat(value).concat(literal('"'))


def _element(array: Any, position: ColumnElement[Any], type_: Any) -> ColumnElement[Any]:
    """One element of an array expression."""
    return type_coerce(array, ARRAY(type_))[cast(position, Integer)]


def _keyed_as_linked(node: NodeType) -> bool:
    """Whether edges lead to a type by the same column as its children refer to."""
    return node.key == ("id" if "id" in node.table.c else "code")


def _key_of(parent: FromClause) -> ColumnElement[Any]:
    return parent.c["id"] if "id" in parent.c else parent.c["code"]
