"""Faulty declarations refuse to start, all at once."""

from collections.abc import Iterator

from graphql import GraphQLObjectType, GraphQLSchema, is_non_null_type
from sqlalchemy import BigInteger, Integer, Numeric, UniqueConstraint
from strawberry.utils.str_converters import to_camel_case

from hub.graph.declare import NODES, Arc, Column, Many, NodeType, One, Source
from hub.graph.filters import LEAKPROOF
from hub.graph.selecting import PARSERS
from hub.kernel.errors import Faulty
from hub.store.rls import readable_outside


class FaultyDeclaration(Faulty):
    """Faulty declarations: {problem}"""

    code = "FAULTY_DECLARATION"
    hint = "Correct the declarations named; the hub does not start before."


def refuse_faults(schema: GraphQLSchema) -> None:
    """Raise FaultyDeclaration that lists every fault of every declared type."""
    found = [fault for node in NODES.values() for fault in faults(schema, node)]
    if found:
        raise FaultyDeclaration(problem="; ".join(found))


def faults(schema: GraphQLSchema, node: NodeType) -> Iterator[str]:
    """The faults of one type."""
    type_ = schema.type_map.get(node.name)
    if not isinstance(type_, GraphQLObjectType):
        yield f"{node.name} is declared but not in the schema"
        return
    for name, source in node.fields.items():
        if is_non_null_type(type_.fields[name].type):
            yield from (f"{node.name}.{name} {fault}" for fault in _may_be_null(node, source))
    yield from _unserved(node)
    yield from _unmeasured(node)


def _may_be_null(node: NodeType, source: Source) -> Iterator[str]:
    """Why a field declared non-null could still be null."""
    if source.guard is not None:
        yield "is guarded and must be nullable"
    outside = readable_outside(node.table.name)
    match source:
        case Column():
            column = node.table.c[source.attribute or source.name]
            if column.nullable:
                yield "is a nullable column"
            if outside and column.name not in outside:
                yield "is closed to hub_outside and must be nullable"
        case One():
            if node.table.c[source.key].nullable:
                yield "hangs on a nullable key"
            if outside and source.key not in outside:
                yield "is closed to hub_outside and must be nullable"
        case Many() | Arc():
            if outside:
                yield from _closed_target(source)
        case _:
            pass


def _closed_target(source: Source) -> Iterator[str]:
    definition = getattr(source.annotation, "__strawberry_definition__", None)
    name = getattr(definition, "name", "").removesuffix("Connection")
    target = NODES.get(name)
    if target is not None and not readable_outside(target.table.name):
        yield "leads to a type closed to hub_outside and must be nullable"


def _unserved(node: NodeType) -> Iterator[str]:
    """Filters and orders that no index led by the tenant serves, or whose operator is not leakproof."""
    for name in node.filters:
        source = node.fields.get(to_camel_case(name))
        column = source.key if isinstance(source, One) else getattr(source, "attribute", None) or name
        if column not in node.table.c:
            yield f"{node.name} filters by {name}, which is no column"
        elif not isinstance(node.table.c[column].type, LEAKPROOF):
            yield f"{node.name} filters by {name}, whose comparison is not leakproof"
        elif not _indexed(node, (column,)):
            yield f"{node.name} filters by {name} without an index that begins with it"
    for order, columns in node.orders.items():
        if columns and not _indexed(node, columns):
            yield f"{node.name} orders by {order} without an index that begins with it"
        if not all(isinstance(node.table.c[each].type, tuple(PARSERS)) for each in columns):
            yield f"{node.name} orders by {order}, whose values no cursor can carry"
        if any(node.table.c[each].nullable for each in columns):
            yield f"{node.name} orders by {order}, which may be null"


def _unmeasured(node: NodeType) -> Iterator[str]:
    """Counts and sums of what cannot be counted by or added up."""
    outside = readable_outside(node.table.name)
    for name in node.groups:
        source = node.fields.get(to_camel_case(name))
        if not isinstance(source, Column):
            yield f"{node.name} counts by {name}, which is no column"
        elif source.guard is not None or (outside and (source.attribute or source.name) not in outside):
            yield f"{node.name} counts by {name}, which not everybody may read"
    for name in node.sums:
        source = node.fields.get(to_camel_case(name))
        column = node.table.c.get(source.attribute or source.name) if isinstance(source, Column) else None
        if column is None or not isinstance(column.type, Integer | BigInteger | Numeric):
            yield f"{node.name} adds up {name}, which is no column of numbers"


def _indexed(node: NodeType, columns: tuple[str, ...]) -> bool:
    lead = ("tenant_id",) if node.tenant else ()
    wanted = (*lead, *columns)
    keys = [tuple(column.name for column in index.columns) for index in node.table.indexes]
    keys.append(tuple(column.name for column in node.table.primary_key.columns))
    keys.extend(
        tuple(column.name for column in constraint.columns)
        for constraint in node.table.constraints
        if isinstance(constraint, UniqueConstraint)
    )
    return any(key[: len(wanted)] == wanted for key in keys)
