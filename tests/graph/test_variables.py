"""Variables: what no reading changes passes by graphql-core, and everything else comes out as it says."""

from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import get_variable_values

from hub.graph.variables import coerced, signature

SCHEMA: GraphQLSchema = build_schema(
    "scalar Date enum Sex { MALE FEMALE } input Page { first: Int } "
    "type Query { a(x: String, y: ID, z: Boolean, w: Float): Int }"
)
VALUES: tuple[Any, ...] = (
    None,
    "",
    "x",
    "1",
    0,
    -1,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    1.0,
    1.5,
    1e300,
    True,
    False,
    [],
    ["a"],
    {},
    {"first": 1},
)
TYPES = ("ID", "ID!", "String", "Int", "Int!", "Boolean", "Boolean!", "Date", "Sex", "[Int]", "[ID!]!", "Page", "Float")


def operation(definitions: str) -> OperationDefinitionNode:
    """An operation with these variables."""
    found = parse(f"query ({definitions}) {{ a }}").definitions[0]
    assert isinstance(found, OperationDefinitionNode)
    return found


def by_library(asked: OperationDefinitionNode, variables: dict[str, Any]) -> Any:
    found = get_variable_values(SCHEMA, asked.variable_definitions or (), variables, 5, hide_suggestions=True)
    return [each.message for each in found] if isinstance(found, list) else found.coerced


def by_hub(asked: OperationDefinitionNode, variables: dict[str, Any]) -> Any:
    found = coerced(SCHEMA, asked, signature(asked), variables)
    return [each.message for each in found] if isinstance(found, list) else found


@pytest.mark.parametrize("type_", TYPES)
def test_every_value_comes_out_as_the_library_says(type_: str) -> None:
    asked = operation(f"$v: {type_}")
    for value in VALUES:
        expected, found = by_library(asked, {"v": value}), by_hub(asked, {"v": value})
        assert found == expected, value
        if isinstance(expected, dict):
            assert type(found["v"]) is type(expected["v"])
    assert by_hub(asked, {}) == by_library(asked, {})
    assert by_hub(asked, {"w": 1}) == by_library(asked, {"w": 1})


def test_variables_come_in_the_order_of_the_operation() -> None:
    asked = operation("$a: Int, $b: ID!, $c: Boolean")
    assert list(by_hub(asked, {"c": True, "b": "x", "a": 1})) == ["a", "b", "c"]


def test_defaults_and_other_types_have_no_signature() -> None:
    assert signature(operation("$a: Int = 3")) is None
    assert signature(operation("$a: Int, $b: Page")) is None
    assert signature(operation("$a: Int!, $b: ID")) == (("a", int), ("b", str))


def test_a_variable_left_out_or_too_much_goes_to_the_library() -> None:
    asked = operation("$a: Int, $b: Int")
    assert by_hub(asked, {"a": 1}) == {"a": 1}
    assert by_hub(asked, {"a": 1, "b": 2, "c": 3}) == {"a": 1, "b": 2}
    assert by_hub(operation("$a: Int!"), {"b": 1}) == [
        "Variable '$a' has invalid value: Expected a value of non-null type 'Int!' to be provided."
    ]
