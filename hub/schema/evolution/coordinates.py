"""Schema coordinates: `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`, `@directive(argument:)`."""

from collections.abc import Iterator
from typing import TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

Part: TypeAlias = GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue
Item: TypeAlias = Part | GraphQLNamedType | GraphQLDirective


def own_types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    """The types that are declared here, not by GraphQL itself."""
    for type_ in schema.type_map.values():
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_):
            yield type_


def items(schema: GraphQLSchema) -> dict[str, Item]:
    """Everything of the schema by its coordinate."""
    found: dict[str, Item] = {type_.name: type_ for type_ in own_types(schema)}
    found.update(parts(schema))
    for directive in schema.directives:
        if not is_specified_directive(directive):
            found[f"@{directive.name}"] = directive
    return found


def parts(schema: GraphQLSchema) -> dict[str, Part]:
    """What stands inside types and directives, and can be deprecated."""
    found: dict[str, Part] = {}
    for type_ in own_types(schema):
        found.update(_parts_of(type_))
    for directive in schema.directives:
        if not is_specified_directive(directive):
            found.update({f"@{directive.name}({name}:)": given for name, given in directive.args.items()})
    return found


def _parts_of(type_: GraphQLNamedType) -> Iterator[tuple[str, Part]]:
    match type_:
        case GraphQLEnumType():
            yield from ((f"{type_.name}.{name}", value) for name, value in type_.values.items())
        case GraphQLInputObjectType():
            yield from ((f"{type_.name}.{name}", given) for name, given in type_.fields.items())
        case GraphQLObjectType() | GraphQLInterfaceType():
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field
                yield from ((f"{type_.name}.{name}({given}:)", argument) for given, argument in field.args.items())


def mentions(schema: GraphQLSchema) -> dict[str, set[str]]:
    """By type, where it is mentioned: parts of this type, unions with it, types that implement it."""
    found: dict[str, set[str]] = {}
    for place, part in parts(schema).items():
        if not isinstance(part, GraphQLEnumValue):
            found.setdefault(get_named_type(part.type).name, set()).add(place)
    for type_ in own_types(schema):
        if isinstance(type_, GraphQLUnionType):
            for member in type_.types:
                found.setdefault(member.name, set()).add(type_.name)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for interface in type_.interfaces:
                found.setdefault(interface.name, set()).add(type_.name)
    return found


def owner(place: str) -> str:
    """The type or directive that a coordinate stands in."""
    return place.partition(".")[0].partition("(")[0]
