"""What of a schema a document uses, and what a coordinate touches."""

import pytest
from graphql import build_schema, parse, validate

from hub.graph.registry import core_of
from hub.graph.uses import CoordinateUnknown, check_coordinate, touches, uses
from hub.schema.build import schema

SCHEMA = build_schema(
    """
    directive @mark(name: String) on FIELD
    enum Kind { RAT CAT }
    enum Order { UP DOWN }
    input Between { from: Int to: Int }
    input Filter { kind: Kind weight: Between and: [Filter!] }
    interface Named { name: String }
    type Pet implements Named { name: String kind: Kind friends(first: Int, order: Order = UP): [Pet!] }
    type Shop implements Named { name: String }
    union Found = Pet | Shop
    type Query { pets(filter: Filter): [Pet!] find(text: String): [Found!] named: Named }
    type Mutation { rename(kind: Kind!): Pet }
    """
)


def used(text: str) -> set[str]:
    """The coordinates of a document, which must be valid."""
    document = parse(text)
    assert validate(SCHEMA, document) == []
    return set(uses(SCHEMA, document))


def test_fields_with_their_types() -> None:
    assert used("{ named { name } }") == {"Query", "Query.named", "Named", "Named.name", "String"}


def test_arguments_by_field_and_alias_is_no_name() -> None:
    found = used("{ animals: pets { others: friends(first: 1, order: DOWN) { kind } } }")
    assert found == {
        "Query",
        "Query.pets",
        "Pet",
        "Pet.friends",
        "Pet.friends(first:)",
        "Pet.friends(order:)",
        "Order",
        "Order.DOWN",
        "Pet.kind",
        "Kind",
    }


def test_inputs_that_are_written_out() -> None:
    found = used("{ pets(filter: { and: [{ kind: RAT, weight: { from: 1 } }] }) { name } }")
    assert {each for each in found if each.startswith(("Filter", "Between", "Kind"))} == {
        "Filter",
        "Filter.and",
        "Filter.kind",
        "Filter.weight",
        "Between",
        "Between.from",
        "Kind",
        "Kind.RAT",
    }


def test_a_variable_may_carry_all_that_its_type_takes() -> None:
    found = used("query Q($filter: Filter) { pets(filter: $filter) { name } }")
    assert {each for each in found if each.startswith(("Filter", "Between", "Kind"))} == {
        "Filter",
        "Filter.and",
        "Filter.kind",
        "Filter.weight",
        "Between",
        "Between.from",
        "Between.to",
        "Kind",
        "Kind.RAT",
        "Kind.CAT",
    }


def test_a_variable_of_an_enum_in_a_mutation() -> None:
    found = used("mutation M($kind: Kind!) { rename(kind: $kind) { name } }")
    assert found >= {"Mutation.rename", "Mutation.rename(kind:)", "Kind.RAT", "Kind.CAT"}


def test_fragments_wherever_they_stand() -> None:
    found = used("{ find { __typename ... on Pet { name } ...shop } } fragment shop on Shop { name }")
    assert found == {"Query", "Query.find", "Found", "Pet", "Pet.name", "Shop", "Shop.name", "String"}


def test_directives_and_their_arguments_are_not_the_field_s() -> None:
    found = used('{ pets { name @mark(name: "x") @include(if: true) friends(first: 1) { name } } }')
    assert {each for each in found if each.startswith("@")} == {"@mark", "@mark(name:)", "@include", "@include(if:)"}
    assert "Pet.name(name:)" not in found
    assert "Pet.friends(first:)" in found


@pytest.mark.parametrize(
    ("coordinate", "touched"),
    [
        ("Pet", True),
        ("Pet.friends", True),
        ("Pet.friends(first:)", True),
        ("Pet.friends(order:)", False),
        ("Pe", False),
        ("Pet.friend", False),
        ("Shop", False),
    ],
)
def test_a_coordinate_touches_itself_and_what_lies_below(coordinate: str, touched: bool) -> None:
    assert touches(coordinate, frozenset({"Pet.friends", "Pet.friends(first:)"})) is touched


@pytest.mark.parametrize(
    "known",
    ["Village", "Village.name", "Query.villages(first:)", "VillageFilter.connectivity", "@include", "Role.CAMAT"],
)
def test_what_the_schema_has_is_known(known: str) -> None:
    check_coordinate(core_of(schema()), known)


@pytest.mark.parametrize(
    "unknown", ["", "village", "Village.nama", "Nope.name", "Village.", "Village.name(x:)", "@nope", "a b", "\x00", "{"]
)
def test_what_it_has_not_is_refused(unknown: str) -> None:
    with pytest.raises(CoordinateUnknown):
        check_coordinate(core_of(schema()), unknown)
