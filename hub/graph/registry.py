"""From declarations to a finished schema: arguments of connections, resolvers of the reference path, checks."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from hub.graph import check, mutations, personal
from hub.graph.cost import ONCE
from hub.graph.declare import (
    CONNECTIONS,
    NODES,
    ROOTS,
    SOURCE,
    Answered,
    Many,
    NodeType,
    Part,
    RootNode,
    RootNodes,
    RootOne,
    Roots,
    Source,
    order_enum,
)
from hub.graph.filters import filter_input
from hub.graph.plan.tree import named
from hub.graph.resolving import edge_resolver, part_resolver, root_resolver
from hub.graph.scalars import SCALARS, Cursor


def build(query: type, mutation: type | None, types: list[type]) -> strawberry.Schema:
    """The schema: every connection gets its arguments, every declared field its resolver; faults refuse the start."""
    for declared in list(NODES.values()):
        _complete(declared.cls)
    _complete(query)
    schema = strawberry.Schema(
        query=query,
        mutation=mutation,
        types=types,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True, default_resolver=picked),
    )
    core: GraphQLSchema = schema._schema  # noqa: SLF001  # Strawberry has no public name for it
    _resolve(core)
    personal.mark(core)
    check.refuse_faults(core)
    return schema


def picked(source: Any, name: str) -> Any:
    """A plain field of a plain value: a mapping's key or an object's attribute."""
    return source[name] if isinstance(source, Mapping) else getattr(source, name)


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema inside."""
    found: GraphQLSchema = schema._schema  # noqa: SLF001  # Strawberry has no public name for it
    return found


def _complete(cls: type) -> None:
    for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        source = field.metadata.get(SOURCE)
        match source:
            case Many() | Roots():
                extra = dict(source.arguments) if isinstance(source, Roots) else {}
                field.arguments = [
                    *(_argument(name, each.type | None, each.description) for name, each in extra.items()),
                    *_paging(_connected(field)),
                ]
            case RootOne():
                field.arguments = [
                    _argument(name, annotation | None, f"Look up by {name}; give exactly one argument.")
                    for name, annotation in source.by.items()
                ]
            case Answered():
                field.arguments = [
                    _argument(name, annotation, description)
                    for name, (annotation, description) in source.arguments.items()
                ]
            case RootNode():
                field.arguments = [_argument("id", strawberry.ID, "Global id.")]
            case RootNodes():
                field.arguments = [_argument("ids", list[strawberry.ID], "Global ids, at most 100.")]
            case _:
                pass


def _connected(field: StrawberryField) -> NodeType:
    annotation = field.type_annotation.annotation if field.type_annotation else None
    arguments = getattr(annotation, "__args__", (annotation,))
    found: Any = next(each for each in arguments if each is not type(None))
    return CONNECTIONS[found.__strawberry_definition__.name]


def _paging(node: NodeType) -> list[StrawberryArgument]:
    found = [
        _argument("first", int | None, "Number of items from the start or after `after`, 1 to 100."),
        _argument("last", int | None, "Number of items from the end or before `before`, 1 to 100."),
        _argument("after", Cursor | None, "Only items after this cursor."),
        _argument("before", Cursor | None, "Only items before this cursor."),
    ]
    if node.filters:
        found.append(_argument("filter", filter_input(node) | None, "Only items that satisfy this."))
    if len(node.orders) > 1:
        found.append(_argument("order_by", order_enum(node) | None, "The order of the items."))
    return found


def _argument(name: str, annotation: Any, description: str) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        default=strawberry.UNSET,
    )


def _resolve(core: GraphQLSchema) -> None:
    """Put declared fields' resolvers straight into the schema: they take graphql-core's info and arguments."""
    for type_ in core.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        node = NODES.get(type_.name)
        for name, field in type_.fields.items():
            if type_ is core.query_type and name in ROOTS:
                field.resolve = root_resolver(name, ROOTS[name], field)
                _count(field, getattr(ROOTS[name], "meter", None))
            elif node is not None and name in node.fields:
                field.resolve = edge_resolver(node, name, node.fields[name], field)
            elif isinstance(source := _source(field), Part):
                field.resolve = part_resolver(source)
            elif isinstance(source, Answered):
                field.resolve = source.answer
            elif type_ is core.mutation_type:
                field.resolve = mutations.resolver(name)
                _count(field, mutations.MUTATIONS[name].meter)
                _resolve_payload(named(field.type))


def _count(field: Any, meter: str | None) -> None:
    """Let a field stand once in an operation, each use taken from a bucket."""
    if meter:
        field.extensions = {**field.extensions, ONCE: meter}


def _resolve_payload(payload: Any) -> None:
    for name, field in payload.fields.items():
        field.resolve = mutations.payload_resolver(name, named(field.type).name)


def _source(field: Any) -> Source | None:
    for extension in field.extensions.values():
        source = getattr(extension, "metadata", {}).get(SOURCE)
        if isinstance(source, Source):
            return source
    return None
