"""What an operation asks for, priced before anything is read.

A document is walked once per operation into a short sum of products: what is certain is added up, what a variable
decides (a page size, a list of ids, `@skip` and `@include`) stays a factor. Reading the price of a request then takes a
look-up. docs/limits.md has the prices; docs/adr/0010-cost-and-buckets.md says why they are these.

A price is an upper bound: alternatives of an abstract type all count, a page counts in full however few rows it has.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
)

from hub.graph.declare import NODES, ROOTS, Many, RootNodes, Roots, Source
from hub.graph.limits import Limits, TooCostly, TooManyNodes
from hub.graph.plan.tree import named
from hub.graph.selecting import PAGE

# Prices, in nodes. Twenty nodes are a point.
NODES_PER_POINT = 20
COUNT = 40
GROUPS = 80
MUTATION = 200
INTROSPECTION = 2_000
PLAIN_LIST = 10  # nodes that a list without a page size counts for
MOST_LISTED = 1_000  # no list of the graph is longer; larger page sizes are refused where they stand
KEPT_PRICES = 256  # per operation, for the values of the variables that decide

Condition: TypeAlias = tuple[str, bool]  # a variable, and the value under which something is asked for
Conditions: TypeAlias = frozenset[Condition]
Sets: TypeAlias = list[tuple[SelectionSetNode, Conditions]]


@dataclass(frozen=True, slots=True)
class Size:
    """The length of a list that variables decide: the first of them that is not null."""

    names: tuple[str, ...]
    otherwise: int
    most: int

    def read(self, variables: Mapping[str, Any]) -> int:
        """The length in a request."""
        for name in self.names:
            found = variables.get(name)
            if found is not None:
                number = found if isinstance(found, int) else len(found) if isinstance(found, list) else 1
                return min(max(number, 0), self.most)
        return self.otherwise


Factors: TypeAlias = tuple[tuple[Size, ...], Conditions]


@dataclass(frozen=True, slots=True)
class Times:
    """How often something is asked for: a number, times lengths, under conditions."""

    number: int = 1
    sizes: tuple[Size, ...] = ()
    conditions: Conditions = frozenset()

    def by(self, size: "Size | int") -> "Times":
        """So many for each."""
        if isinstance(size, int):
            return Times(self.number * size, self.sizes, self.conditions)
        return Times(self.number, (*self.sizes, size), self.conditions)

    def under(self, conditions: Conditions) -> "Times":
        """Only under these, which hold all the way from the root."""
        return Times(self.number, self.sizes, conditions)


@dataclass(frozen=True, slots=True)
class Cost:
    """The price of a request."""

    points: int
    nodes: int
    depth: int
    shown: Mapping[str, int]  # as `extensions.cost`
    member: bytes  # the same as a member of a JSON object


@dataclass(slots=True)
class Price:
    """The price of an operation, as far as its document decides it."""

    depth: int
    limit: int
    terms: Mapping[Factors, tuple[int, int]]  # nodes asked, and all that is charged, in nodes
    once: tuple[str, ...] = ()  # the fields that may stand once in an operation
    meters: tuple[str, ...] = ()  # what else is measured of it, such as the looking at identities
    names: tuple[str, ...] = field(init=False)  # of the variables that decide
    kept: dict[Any, Cost] = field(default_factory=dict)
    fixed: Cost | None = field(init=False)

    def __post_init__(self) -> None:
        """Most documents decide all of it."""
        sizes = {name for sizes, _ in self.terms for size in sizes for name in size.names}
        self.names = tuple(sorted(sizes | {name for _, conditions in self.terms for name, _ in conditions}))
        self.fixed = None if self.names else self._sum({})

    def read(self, variables: Mapping[str, Any]) -> Cost:
        """The cost under coerced variables."""
        if self.fixed is not None:
            return self.fixed
        key = tuple(map(variables.get, self.names))
        try:
            found = self.kept.get(key)
        except TypeError:  # a list of ids: what counts is how many
            key = tuple(len(value) if isinstance(value, list) else value for value in key)
            found = self.kept.get(key)
        if found is None:
            found = self._sum(variables)
            if len(self.kept) < KEPT_PRICES:
                self.kept[key] = found
        return found

    def _sum(self, variables: Mapping[str, Any]) -> Cost:
        nodes = charged = 0
        for (sizes, conditions), (its_nodes, its_charge) in self.terms.items():
            if any(variables.get(name) is not wanted for name, wanted in conditions):
                continue
            times = 1
            for size in sizes:
                times *= size.read(variables)
            nodes += its_nodes * times
            charged += its_charge * times
        points = max(1, -(-charged // NODES_PER_POINT))
        shown = {"requested": points, "limit": self.limit, "nodes": nodes, "depth": self.depth}
        return Cost(points, nodes, self.depth, shown, b'"cost":' + orjson.dumps(shown))


def refuse_dear(cost: Cost, limits: Limits) -> None:
    """Raise TooManyNodes or TooCostly where a request asks for more than is allowed."""
    if cost.nodes > limits.nodes:
        raise TooManyNodes(found=cost.nodes, allowed=limits.nodes)
    if cost.points > limits.cost:
        raise TooCostly(found=cost.points, allowed=limits.cost)


def price(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    *,
    depth: int,
    limits: Limits,
) -> Price:
    """The price of a valid operation whose fields were counted before."""
    pricing = _Pricing(schema, fragments)
    pricing.operation(operation)
    return Price(
        depth,
        limits.cost,
        {factors: (found[0], found[1]) for factors, found in pricing.terms.items()},
        tuple(pricing.once),
        tuple(sorted(set(pricing.meters))),
    )


@dataclass(slots=True)
class _Chosen:
    """One response key: the field, its nodes, and when it is asked for."""

    node: FieldNode
    conditions: Conditions
    sets: Sets = field(default_factory=list)


@dataclass(slots=True)
class _Pricing:
    """Walks one operation."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    terms: dict[Factors, list[int]] = field(default_factory=dict)
    once: list[str] = field(default_factory=list)
    meters: Counter[str] = field(default_factory=Counter)
    pages: set[str] = field(default_factory=set)  # types that are a page themselves: their lists are counted already

    def operation(self, operation: OperationDefinitionNode) -> None:
        root = self.schema.get_root_type(operation.operation)
        if root is None or operation.operation is OperationType.SUBSCRIPTION:
            return
        self._object(root, [(operation.selection_set, frozenset())], Times())

    def _object(self, type_: GraphQLObjectType, sets: Sets, times: Times) -> None:
        for chosen in self._collect(type_, sets).values():
            self._field(type_, chosen, times.under(chosen.conditions))

    def _field(self, type_: GraphQLObjectType, chosen: _Chosen, times: Times) -> None:
        name = chosen.node.name.value
        definition = type_.fields.get(name)
        if definition is None:
            if name == "__schema":
                self._add(times, charged=INTROSPECTION)
            return
        if type_ is self.schema.mutation_type:
            self._add(times, charged=MUTATION)
        source = self._source(type_, name)
        self._note(name, source, definition)
        if isinstance(source, Roots):
            self._add(times, charged=sum(self._extra(source, chosen.node)))
        if isinstance(source, Many | Roots):
            self._connection(definition, chosen, times)
        elif chosen.sets:
            self._below(definition, chosen, times.by(self._length(type_, source, definition, chosen.node)))

    def _connection(self, definition: GraphQLField, chosen: _Chosen, times: Times) -> None:
        page = _page(chosen.node, PAGE)
        self._add(times.by(page), nodes=1)
        connection: Any = named(definition.type)
        for part in self._collect(connection, chosen.sets).values():
            name, here = part.node.name.value, times.under(part.conditions)
            if name in ("totalCount", "sum"):
                self._add(here, charged=COUNT)
            elif name == "countBy":
                self._add(here, charged=GROUPS)
            elif name == "nodes":
                self._items(connection, part.sets, here.by(page))
            elif name == "edges":
                edge: Any = named(connection.fields[name].type)
                for inner in self._collect(edge, part.sets).values():
                    self._items(connection, inner.sets, times.under(inner.conditions).by(page))

    def _items(self, connection: GraphQLObjectType, sets: Sets, times: Times) -> None:
        item: Any = named(connection.fields["nodes"].type)
        self._object(item, sets, times)

    def _below(self, definition: GraphQLField, chosen: _Chosen, times: Times) -> None:
        """Objects that are no page: one, or a list."""
        type_: Any = named(definition.type)
        self._add(times, nodes=1)
        kinds = self.schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        for each in kinds:
            self._object(each, chosen.sets, times)

    def _length(
        self, type_: GraphQLObjectType, source: Source | None, definition: GraphQLField, node: FieldNode
    ) -> Size | int:
        if isinstance(source, RootNodes):
            return _listed(node, "ids")
        if "first" in definition.args:
            self.pages.add(named(definition.type).name)
            return _page(node, MOST_LISTED)
        if is_list_type(get_nullable_type(definition.type)) and type_.name not in self.pages:
            return PLAIN_LIST
        return 1

    def _source(self, type_: GraphQLObjectType, name: str) -> Source | None:
        if type_ is self.schema.query_type:
            return ROOTS.get(name)
        declared = NODES.get(type_.name)
        return declared.fields.get(name) if declared else None

    def _note(self, name: str, source: Source | None, definition: GraphQLField) -> None:
        rare = definition.extensions.get(ONCE)
        if rare is not None or (source is not None and source.once):
            self.once.append(name)
        if rare:
            self.meters[rare] += 1

    def _extra(self, source: Roots, node: FieldNode) -> Iterator[int]:
        for given in node.arguments or ():
            argument = source.arguments.get(given.name.value)
            if argument is not None and not isinstance(given.value, NullValueNode):
                yield argument.price * NODES_PER_POINT

    def _add(self, times: Times, *, nodes: int = 0, charged: int = 0) -> None:
        found = self.terms.setdefault((times.sizes, times.conditions), [0, 0])
        found[0] += nodes * times.number
        found[1] += (nodes + charged) * times.number

    def _collect(self, type_: GraphQLObjectType, sets: Sets) -> dict[str, _Chosen]:
        found: dict[str, _Chosen] = {}
        seen: set[tuple[str, Conditions]] = set()
        for chosen, conditions in sets:
            self._gather(type_, chosen, conditions, found, seen)
        return found

    def _gather(
        self,
        type_: GraphQLObjectType,
        chosen: SelectionSetNode,
        above: Conditions,
        found: dict[str, _Chosen],
        seen: set[tuple[str, Conditions]],
    ) -> None:
        for each in chosen.selections:
            conditions = _conditions(each, above)
            if conditions is None:
                continue
            if isinstance(each, FieldNode):
                _merge(found, each, conditions)
            elif isinstance(each, InlineFragmentNode):
                if each.type_condition is None or self._fits(type_, each.type_condition.name.value):
                    self._gather(type_, each.selection_set, conditions, found, seen)
            elif isinstance(each, FragmentSpreadNode) and (each.name.value, conditions) not in seen:
                seen.add((each.name.value, conditions))
                fragment = self.fragments[each.name.value]
                if self._fits(type_, fragment.type_condition.name.value):
                    self._gather(type_, fragment.selection_set, conditions, found, seen)

    def _fits(self, type_: GraphQLObjectType, wanted: str) -> bool:
        if type_.name == wanted:
            return True
        condition = self.schema.type_map.get(wanted)
        return is_abstract_type(condition) and self.schema.is_sub_type(condition, type_)


ONCE = "hub.once"  # extension of a field that may stand once in an operation: the meter that counts its use


def _merge(found: dict[str, _Chosen], node: FieldNode, conditions: Conditions) -> None:
    key = node.alias.value if node.alias else node.name.value
    known = found.get(key)
    if known is None:
        known = found[key] = _Chosen(node, conditions)
    else:  # asked for under either set: certainly under what they have in common
        known.conditions &= conditions
    if node.selection_set is not None:
        known.sets.append((node.selection_set, conditions))


def _conditions(node: Any, above: Conditions) -> Conditions | None:
    """When a selection is asked for; None for never."""
    found = above
    for directive in node.directives or ():
        name = directive.name.value
        if name in ("skip", "include"):
            wanted = name == "include"
            value = directive.arguments[0].value
            if isinstance(value, VariableNode):
                found = found | {(value.name.value, wanted)}
            elif isinstance(value, BooleanValueNode) and value.value is not wanted:
                return None
    return found


def _page(node: FieldNode, most: int) -> Size | int:
    given = {each.name.value: each.value for each in node.arguments or ()}
    return _size([given[name] for name in ("first", "last") if name in given], most)


def _listed(node: FieldNode, name: str) -> Size | int:
    return _size([each.value for each in node.arguments or () if each.name.value == name], PAGE)


def _size(values: list[Any], most: int) -> Size | int:
    """The first that is not null; a number where no variable comes before it."""
    names: list[str] = []
    for value in values:
        if isinstance(value, VariableNode):
            names.append(value.name.value)
        elif not isinstance(value, NullValueNode):
            certain = _number(value, most)
            return Size(tuple(names), certain, most) if names else certain
    return Size(tuple(names), 0, most) if names else 0


def _number(value: Any, most: int) -> int:
    if isinstance(value, ListValueNode):
        return min(len(value.values), most)
    return min(max(int(value.value), 0), most) if isinstance(value, IntValueNode) else 1
