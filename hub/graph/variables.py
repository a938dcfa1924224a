"""The variables of a request, coerced by graphql-core; those that any reading leaves alone pass by it."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
)
from graphql.execution.values import get_variable_values

MOST_ERRORS = 5
_INT = range(-(2**31), 2**31)
_PLAIN: Mapping[str, type] = {"ID": str, "String": str, "Int": int, "Boolean": bool}

Signature: TypeAlias = tuple[tuple[str, type], ...]


def signature(operation: OperationDefinitionNode) -> Signature | None:
    """The variables of an operation with the Python types that need no coercion; None where one may need it."""
    found = []
    for each in operation.variable_definitions or ():
        type_ = _plain(each.type)
        if type_ is None or each.default_value is not None:
            return None
        found.append((each.variable.name.value, type_))
    return tuple(found)


def coerced(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    known: Signature | None,
    variables: Mapping[str, Any],
) -> Mapping[str, Any] | list[GraphQLError]:
    """The variables as the schema wants them, or what is wrong with them. `known` is the operation's signature."""
    if known is not None and len(known) == len(variables):
        taken = {}  # in the operation's order, whatever the client's was
        for name, type_ in known:
            value = taken[name] = variables.get(name)
            if type(value) is not type_ or (type_ is int and value not in _INT):
                break
        else:
            return taken
    found = get_variable_values(
        schema, operation.variable_definitions or (), dict(variables), MOST_ERRORS, hide_suggestions=True
    )
    return found if isinstance(found, list) else found.coerced


def _plain(type_: TypeNode) -> type | None:
    inner = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return _PLAIN.get(inner.name.value) if isinstance(inner, NamedTypeNode) else None
