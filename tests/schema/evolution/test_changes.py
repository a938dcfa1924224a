"""Each kind of change between two schemas, what it weighs and where it is."""

import pytest
from graphql import build_schema

from hub.schema.evolution.changes import Unreadable, Weight, _place, changes

OLD = '''
directive @mark(note: String, at: Int) repeatable on FIELD | QUERY
interface Thing { id: ID! }
interface Named { name: String }
type Village implements Thing & Named { id: ID!  name: String  code(form: Form = SHORT, pad: Int): String!  aliases: [String!] }
type Town implements Thing { id: ID! }
union Place = Village | Town
enum Form { SHORT LONG }
input Filter { name: String  most: Int! = 10  old: Int @deprecated(reason: "Use `most` instead. Removal: 2027-06-01.") }
input Choice { a: Int  b: Int }
scalar Code @specifiedBy(url: "https://example.org/one")
"""A root."""
type Query { village(filter: Filter!, code: Code): Village  place: Place  form: Form  choice(of: Choice): Int  lone: Lone }
type Lone { x: Int }
'''  # noqa: E501  # a type a line
DEPRECATED = '@deprecated(reason: "Use `most` instead. Removal: 2027-06-01.")'
BREAKING, DANGEROUS, SAFE = Weight.BREAKING, Weight.DANGEROUS, Weight.SAFE


def found(was: str, now: str, *, old: str = OLD) -> list[tuple[Weight, str, str]]:
    """What putting `now` in the place of `was` changes."""
    assert was in old
    new = old.replace(was, now, 1)
    return [(each.weight, each.kind, each.place) for each in changes(build_schema(old), build_schema(new))]


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        # types
        ("lone: Lone }\ntype Lone { x: Int }", "}", [("FIELD_REMOVED", "Query.lone"), ("TYPE_REMOVED", "Lone")]),
        ("type Lone { x: Int }", "enum Lone { X }", [("TYPE_CHANGED_KIND", "Lone")]),
        ("Place = Village | Town", "Place = Village", [("TYPE_REMOVED_FROM_UNION", "Place")]),
        ("Town implements Thing", "Town", [("IMPLEMENTED_INTERFACE_REMOVED", "Town")]),
        # fields
        ("aliases: [String!]", "", [("FIELD_REMOVED", "Village.aliases")]),
        ("code(form: Form = SHORT, pad: Int): String!", "code(form: Form = SHORT, pad: Int): String",
         [("FIELD_CHANGED_KIND", "Village.code")]),
        ("aliases: [String!]", "aliases: [String]", [("FIELD_CHANGED_KIND", "Village.aliases")]),
        ("aliases: [String!]", "aliases: String", [("FIELD_CHANGED_KIND", "Village.aliases")]),
        # arguments
        (", pad: Int)", ")", [("ARG_REMOVED", "Village.code(pad:)")]),
        ("pad: Int", "pad: Int!", [("ARG_CHANGED_KIND", "Village.code(pad:)")]),
        ("pad: Int", "pad: String", [("ARG_CHANGED_KIND", "Village.code(pad:)")]),
        ("pad: Int", "pad: Int, more: Int!", [("REQUIRED_ARG_ADDED", "Village.code(more:)")]),
        # input fields
        ("input Filter { name: String", "input Filter {", [("FIELD_REMOVED", "Filter.name")]),
        ("input Filter { name: String", "input Filter { name: String!", [("FIELD_CHANGED_KIND", "Filter.name")]),
        ("input Filter {", "input Filter { more: Int!", [("REQUIRED_INPUT_FIELD_ADDED", "Filter.more")]),
        ("most: Int! = 10", "most: Int!", [("BECAME_REQUIRED", "Filter.most")]),
        ("input Choice", "input Choice @oneOf", [("ONE_OF_CHANGED", "Choice")]),
        # values
        ("SHORT LONG", "SHORT", [("VALUE_REMOVED_FROM_ENUM", "Form.LONG")]),
        # directives
        ("directive @mark(note: String, at: Int) repeatable on FIELD | QUERY", "", [("DIRECTIVE_REMOVED", "@mark")]),
        ("(note: String, at: Int)", "(note: String)", [("DIRECTIVE_ARG_REMOVED", "@mark(at:)")]),
        ("at: Int)", "at: Int!)", [("ARG_CHANGED_KIND", "@mark(at:)")]),
        ("at: Int)", "at: Int, more: Int!)", [("REQUIRED_DIRECTIVE_ARG_ADDED", "@mark(more:)")]),
        ("repeatable ", "", [("DIRECTIVE_REPEATABLE_REMOVED", "@mark")]),
        (" | QUERY", "", [("DIRECTIVE_LOCATION_REMOVED", "@mark")]),
        # roots
        ("type Query {", "schema { query: Root }\ntype Root {", [("ROOT_CHANGED", "Query"), ("TYPE_REMOVED", "Query")]),
    ],
)  # fmt: skip
def test_what_breaks_clients(was: str, now: str, expected: list[tuple[str, str]]) -> None:
    broken = [(kind, place) for weight, kind, place in found(was, now) if weight is BREAKING]
    assert sorted(broken) == sorted(expected)


@pytest.mark.parametrize(
    ("was", "now", "kind", "place"),
    [
        ("SHORT LONG", "SHORT LONG FULL", "VALUE_ADDED_TO_ENUM", "Form.FULL"),
        ("type Lone {", "type Lone implements Named { name: String ", "IMPLEMENTED_INTERFACE_ADDED", "Lone"),
        ("input Filter {", "input Filter { more: Int", "OPTIONAL_INPUT_FIELD_ADDED", "Filter.more"),
        ("pad: Int", "pad: Int, more: Int", "OPTIONAL_ARG_ADDED", "Village.code(more:)"),
        ("form: Form = SHORT", "form: Form = LONG", "ARG_DEFAULT_VALUE_CHANGE", "Village.code(form:)"),
        ("form: Form = SHORT", "form: Form", "ARG_DEFAULT_VALUE_CHANGE", "Village.code(form:)"),
        ("most: Int! = 10", "most: Int! = 20", "INPUT_FIELD_DEFAULT_VALUE_CHANGE", "Filter.most"),
        ("example.org/one", "example.org/two", "SCALAR_CHANGED", "Code"),
        ("Removal: 2027-06-01.", "Removal: 2027-03-01.", "REMOVAL_BROUGHT_FORWARD", "Filter.old"),
        ("Removal: 2027-06-01.", "Removal: soon.", "REMOVAL_BROUGHT_FORWARD", "Filter.old"),
    ],
)
def test_what_is_dangerous(was: str, now: str, kind: str, place: str) -> None:
    assert [each for each in found(was, now) if each[0] is not SAFE] == [(DANGEROUS, kind, place)]


def test_a_new_member_of_a_union_is_dangerous() -> None:
    assert found("Place = Village | Town", "Place = Village | Town | Lone") == [
        (DANGEROUS, "TYPE_ADDED_TO_UNION", "Place")
    ]


def test_a_new_type_behind_an_old_interface_is_dangerous() -> None:
    assert found("type Lone", "type City implements Thing { id: ID! }\ntype Lone") == [
        (DANGEROUS, "TYPE_ADDED_TO_INTERFACE", "Thing"),
        (SAFE, "TYPE_ADDED", "City"),
    ]


@pytest.mark.parametrize(
    ("was", "now", "kind", "place"),
    [
        ("type Lone { x: Int }", "type Lone { x: Int }\nscalar More", "TYPE_ADDED", "More"),
        ("type Lone {", "type Lone { y: Int", "FIELD_ADDED", "Lone.y"),
        ("aliases: [String!]", "aliases: [String!]!", "FIELD_CHANGED_KIND_SAFE", "Village.aliases"),
        ("filter: Filter!", "filter: Filter", "ARG_CHANGED_KIND_SAFE", "Query.village(filter:)"),
        ("pad: Int", "pad: Int = 3", "ARG_DEFAULT_VALUE_ADDED", "Village.code(pad:)"),
        ("a: Int", "a: Int = 3", "INPUT_FIELD_DEFAULT_VALUE_ADDED", "Choice.a"),
        ("directive @mark", "directive @new on FIELD\ndirective @mark", "DIRECTIVE_ADDED", "@new"),
        ("at: Int)", "at: Int, more: Int)", "OPTIONAL_DIRECTIVE_ARG_ADDED", "@mark(more:)"),
        (" | QUERY", " | QUERY | MUTATION", "DIRECTIVE_LOCATION_ADDED", "@mark"),
        ("A root.", "The root.", "DESCRIPTION_CHANGED", "Query"),
        ("place: Place", '"A place." place: Place', "DESCRIPTION_CHANGED", "Query.place"),
        ("pad: Int", '"Zeros." pad: Int', "DESCRIPTION_CHANGED", "Village.code(pad:)"),
        ("SHORT LONG", '"Short." SHORT LONG', "DESCRIPTION_CHANGED", "Form.SHORT"),
        ("a: Int", '"A." a: Int', "DESCRIPTION_CHANGED", "Choice.a"),
        ("a: Int", f"a: Int {DEPRECATED}", "DEPRECATED", "Choice.a"),
        (f" {DEPRECATED}", "", "DEPRECATION_LIFTED", "Filter.old"),
        ("Removal: 2027-06-01.", "Removal: 2027-09-01.", "DEPRECATION_CHANGED", "Filter.old"),
    ],
)
def test_what_is_safe(was: str, now: str, kind: str, place: str) -> None:
    assert found(was, now) == [(SAFE, kind, place)]


def test_a_first_mutation_is_safe() -> None:
    assert found("type Lone", "type Mutation { x: Int }\ntype Lone") == [
        (SAFE, "ROOT_CHANGED", "Mutation"),
        (SAFE, "TYPE_ADDED", "Mutation"),
    ]


def test_a_standard_scalar_comes_and_goes_with_its_use() -> None:
    assert found("type Lone { x: Int }", "type Lone { x: Int y: Float }") == [(SAFE, "FIELD_ADDED", "Lone.y")]


def test_the_same_schema_has_not_changed() -> None:
    assert changes(build_schema(OLD), build_schema(OLD)) == []


def test_the_heaviest_comes_first() -> None:
    weights = [weight for weight, _, _ in found("SHORT LONG", '"Short." SHORT FULL')]
    assert weights == [BREAKING, DANGEROUS, SAFE]


def test_a_new_description_is_not_repeated() -> None:
    new = OLD.replace("A root.", "A root. " * 50)
    assert [each.what for each in changes(build_schema(OLD), build_schema(new))] == [
        "Description of Query has changed."
    ]


def test_a_finding_in_other_words_is_not_passed_over() -> None:
    with pytest.raises(Unreadable):
        _place("«?»")
