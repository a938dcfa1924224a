"""What an operation needs of a schema."""

import pytest
from graphql import GraphQLSyntaxError, build_schema

from hub.schema.evolution.documents import uses

SCHEMA = build_schema("""
    directive @mark(note: String) on FIELD
    interface Named { name: String }
    type Village implements Named { name: String code: String near(most: Int, form: Form): [Village!] }
    type Town implements Named { name: String }
    union Place = Village | Town
    enum Form { SHORT LONG }
    input Filter { name: String form: Form and: [Filter!] size: Size }
    input Size { least: Int }
    type Query { villages(filter: Filter, form: Form): [Village!] place: Place named: Named }
""")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ villages { other: code } }", {"Query.villages", "Village.code"}),
        (
            "{ villages { near(most: 1, form: LONG) { code } } }",
            {
                "Query.villages",
                "Village.near",
                "Village.near(most:)",
                "Village.near(form:)",
                "Form.LONG",
                "Village.code",
            },
        ),
        (
            '{ villages(filter: { and: [{ name: "a", form: SHORT }] }) { code } }',
            {
                "Query.villages",
                "Query.villages(filter:)",
                "Filter.and",
                "Filter.name",
                "Filter.form",
                "Form.SHORT",
                "Village.code",
            },
        ),
        (
            "{ place { ... on Town { name } ...V } } fragment V on Village { code }",
            {"Query.place", "Town", "Town.name", "Village", "Village.code"},
        ),
        ("{ named { name } }", {"Query.named", "Named.name"}),
        (
            '{ named @mark(note: "a") { name @include(if: true) } }',
            {"Query.named", "@mark", "@mark(note:)", "Named.name", "@include", "@include(if:)"},
        ),
    ],
)
def test_it_names_fields_arguments_input_fields_values_types_and_directives(document: str, expected: set[str]) -> None:
    assert uses(SCHEMA, document) == expected


def test_a_variable_may_carry_all_below_its_type() -> None:
    found = uses(SCHEMA, "query Q($filter: [Filter!]!) { villages(filter: $filter) { code } }")
    assert found == {
        "Query.villages",
        "Query.villages(filter:)",
        "Village.code",
        *("Filter", "Filter.name", "Filter.form", "Filter.and", "Filter.size"),
        *("Form", "Form.SHORT", "Form.LONG"),
        *("Size", "Size.least", "Int", "String"),
    }


def test_what_is_no_graphql_is_refused() -> None:
    with pytest.raises(GraphQLSyntaxError):
        uses(SCHEMA, "{ villages")
