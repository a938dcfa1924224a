"""Questions made from the schema: everything that can be asked of a type, by every route to it."""

from collections.abc import Iterator
from functools import lru_cache

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from hub.graph.declare import CONNECTIONS, NODES, ROOTS, NodeType, One, RootOne, Roots
from hub.graph.registry import core_of
from hub.schema.build import schema


@lru_cache(maxsize=1)
def core() -> GraphQLSchema:
    """The finished schema."""
    return core_of(schema())


def object_type(name: str) -> GraphQLObjectType:
    """An object type of the schema."""
    found = core().type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def selections(name: str) -> Iterator[str]:
    """Selections on a type that together ask for everything two edges deep: the leaves, then each edge."""
    yield _leaves(name)
    for edge, field in _edges(name):
        yield f"id {_edge(edge, field, deep=True)}"


def _leaves(name: str) -> str:
    fields = object_type(name).fields.items()
    return "__typename " + " ".join(key for key, field in fields if is_leaf_type(get_named_type(field.type)))


def _edges(name: str) -> list[tuple[str, GraphQLField]]:
    fields = object_type(name).fields.items()
    return [(key, field) for key, field in fields if not is_leaf_type(get_named_type(field.type))]


def _edge(key: str, field: GraphQLField, *, deep: bool) -> str:
    target = get_named_type(field.type)
    if target.name in CONNECTIONS:
        return f"{key}(first: 100) {_connection(CONNECTIONS[target.name], deep=deep)}"
    if is_abstract_type(target):
        kinds = " ".join(f"... on {each.name} {{ id }}" for each in core().get_possible_types(target))
        return f"{key} {{ __typename {kinds} }}"
    return f"{key} {{ {_item(target.name, deep=deep)} }}"


def _item(name: str, *, deep: bool) -> str:
    if name not in NODES:
        return _leaves(name)  # a plain value, such as an action that is open
    if not deep:
        return "id"
    return " ".join([_leaves(name), *(_edge(key, field, deep=False) for key, field in _edges(name))])


def _connection(node: NodeType, *, deep: bool) -> str:
    counts = counted(node) if deep else "totalCount"
    return f"{{ {counts} nodes {{ {_item(node.name, deep=deep)} }} edges {{ cursor node {{ id }} }} {PAGE_INFO} }}"


PAGE_INFO = "pageInfo { startCursor endCursor hasNextPage hasPreviousPage }"


def counted(node: NodeType) -> str:
    """All counts of a connection over a type."""
    groups = (f"by_{each}: countBy(field: {each.upper()}) {{ key count }}" for each in node.groups)
    return " ".join(["totalCount", *groups])


# Routes


def by_node(name: str) -> str:
    """`node(id:)`: the leaves, and all edges with what lies behind them."""
    edges = " ".join(_edge(edge, field, deep=False) for edge, field in _edges(name))
    return f"query($id: ID!) {{ node(id: $id) {{ ... on {name} {{ {_leaves(name)} {edges} }} }} }}"


def by_nodes(name: str) -> list[str]:
    """`nodes(ids:)`: every selection."""
    return [f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {name} {{ {each} }} }} }}" for each in selections(name)]


def look_ups(name: str) -> list[tuple[str, str]]:
    """Root fields that find one row of a type, each with the column it finds by."""
    found = []
    for key, source in ROOTS.items():
        field = roots()[key]
        if isinstance(source, RootOne) and get_named_type(field.type) is object_type(name):
            for column in source.by:
                query = f"query($given: {field.args[column].type}) {{ {key}({column}: $given) {{ {_leaves(name)} }} }}"
                found.append((column, query))
    return found


def lists() -> dict[str, tuple[str, NodeType]]:
    """The root connections, by question: every selection, and every order."""
    found = {}
    for key, node in root_lists():
        for number, chosen in enumerate(selections(node.name)):
            counts = counted(node) if number == 0 else "totalCount"
            found[f"{key} {number}"] = (
                f"{{ {key}(first: 100) {{ {counts} nodes {{ {chosen} }} edges {{ cursor }} {PAGE_INFO} }} }}",
                node,
            )
        for order in node.orders if len(node.orders) > 1 else ():
            found[f"{key} by {order}"] = (
                f"{{ {key}(last: 3, orderBy: {order}) {{ edges {{ cursor node {{ id }} }} {PAGE_INFO} }} }}",
                node,
            )
    return found


def root_lists() -> list[tuple[str, NodeType]]:
    """The root fields that list a type of tenants."""
    listed = [(key, get_named_type(roots()[key].type).name) for key, each in ROOTS.items() if isinstance(each, Roots)]
    return [(key, CONNECTIONS[name]) for key, name in listed if CONNECTIONS[name].tenant]


def roots() -> dict[str, GraphQLField]:
    """The fields of the query root."""
    query = core().query_type
    assert query is not None
    found: dict[str, GraphQLField] = query.fields
    return found


def filters_by_id(node: NodeType) -> list[tuple[str, str]]:
    """The filters of a type by an edge, each with the type whose id it takes."""
    fields = object_type(node.name).fields
    edges = {source.name: key for key, source in node.fields.items() if isinstance(source, One)}
    return [(edges[name], get_named_type(fields[edges[name]].type).name) for name in node.filters if name in edges]


def unlisted() -> list[str]:
    """The types of tenants that no root field lists."""
    listed = {node.name for _, node in root_lists()}
    return [name for name in type_names() if name not in listed]


def type_names() -> list[str]:
    """The declared types whose rows belong to tenants, once the schema is complete."""
    assert core()
    return [name for name, node in NODES.items() if node.tenant]


def filter_operators() -> list[tuple[str, str, str]]:
    """Every type, filter and operator."""
    found = []
    for name in NODES:
        given = core().type_map.get(f"{name}Filter")
        if isinstance(given, GraphQLInputObjectType):
            for field, value in given.fields.items():
                operators = get_named_type(value.type)
                if field not in ("and", "or", "not") and isinstance(operators, GraphQLInputObjectType):
                    found += [(name, field, operator) for operator in operators.fields]
    return found
