"""What of an operation the present grant does not get: found once, before reading, the same for both paths.

A withheld field is null in the answer and named once in `extensions.withheld` by its schema path, however many rows it
would have had, and also where there are none.
"""

from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, is_abstract_type
from strawberry.utils.str_converters import to_camel_case

from hub.graph.binds import Binds, plain
from hub.graph.declare import CONNECTIONS, NODES, ROOTS, Arc, Many, NodeType, One, RootOne, Roots, Source
from hub.graph.figures import figure, figure_withheld
from hub.graph.plan.tree import Reader, Selection, named
from hub.graph.selecting import unreadable, withheld


def withheld_fields(schema: GraphQLSchema, reader: Reader, binds: Binds, sets: list[Any]) -> tuple[str, ...]:
    """Schema paths (`Citizen.sensitive`) of the withheld fields of a query, in order of first appearance."""
    found: dict[str, None] = {}
    if schema.query_type is not None:
        _walk(schema, reader, binds, schema.query_type, sets, found)
    return tuple(found)


def denied(node: NodeType | None, source: Source, definition: GraphQLField, binds: Binds) -> bool:
    """Whether the grant does not get a field; `node` is None for a root field."""
    if not binds.may(source.guard):
        return True
    if node is not None and withheld(node, source, binds):
        return True
    if isinstance(source, Many | Roots):
        return unreadable(CONNECTIONS[named(definition.type).name], binds)
    if isinstance(source, One | RootOne):
        return unreadable(NODES[named(definition.type).name], binds)
    return False


def _walk(
    schema: GraphQLSchema,
    reader: Reader,
    binds: Binds,
    type_: GraphQLObjectType,
    sets: list[Any],
    found: dict[str, None],
) -> None:
    node = NODES.get(type_.name)
    for chosen in reader.collect(type_, sets):
        definition = type_.fields.get(chosen.name)
        if definition is None:
            continue
        source = node.fields.get(chosen.name) if node else None
        if type_ is schema.query_type:
            source = ROOTS.get(chosen.name)
        if source is not None and denied(node, source, definition, binds):
            found[f"{type_.name}.{chosen.name}"] = None
            continue
        if type_.name in CONNECTIONS and chosen.name == "sum":
            _note_sum(reader, binds, definition, chosen, CONNECTIONS[type_.name], found)
        if chosen.sets:
            for inner in _possible(schema, definition, source, binds):
                _walk(schema, reader, binds, inner, chosen.sets, found)


def _note_sum(
    reader: Reader, binds: Binds, definition: GraphQLField, chosen: Selection, node: NodeType, found: dict[str, None]
) -> None:
    """A sum that is withheld goes by the name of its column."""
    word = plain(reader.arguments(definition, chosen.nodes[0]).get("field"))
    if word is not None and figure_withheld(node, str(word), binds):
        found[f"{node.name}.{to_camel_case(figure(node, str(word)).name)}"] = None


def _possible(
    schema: GraphQLSchema, definition: GraphQLField, source: Source | None, binds: Binds
) -> list[GraphQLObjectType]:
    type_: Any = named(definition.type)
    if isinstance(source, Arc):
        names = [name for name in source.targets.values() if not unreadable(NODES[name], binds)]
        found = [schema.type_map[name] for name in names]
    elif is_abstract_type(type_):
        found = [each for each in schema.get_possible_types(type_) if not _closed(each.name, binds)]
    else:
        found = [type_]
    return [each for each in found if isinstance(each, GraphQLObjectType)]


def _closed(name: str, binds: Binds) -> bool:
    node = NODES.get(name)
    return node is not None and unreadable(node, binds)
