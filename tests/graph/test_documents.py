"""Documents: limits, at the limit and one past; the bounded cache; choosing an operation."""

import pytest
from graphql import build_schema, parse

from hub.graph.documents import Documents, OperationNotFound
from hub.graph.limits import Limits, TooDeep, TooManyAliases, TooManyFields, TooManyRootFields, TooManyTokens, check
from hub.kernel.errors import HubError

SCHEMA = build_schema("type Query { a: Query b: Int }")
LIMITS = Limits(tokens=60, depth=3, aliases=3, root_fields=4, fields=8)


@pytest.mark.parametrize(
    ("well", "past", "refusal"),
    [
        ("{ a { a { b } } }", "{ a { a { a { b } } } }", TooDeep),
        ("{ x: b y: b z: b }", "{ x: b y: b z: b w: b }", TooManyAliases),
        ("{ b ...F } fragment F on Query { b b b }", "{ b ...F } fragment F on Query { b b b b }", TooManyRootFields),
        ("{ a { b b b b b b b } }", "{ a { b b b b b b b b } }", TooManyFields),
        (
            "{ ...F ...F } fragment F on Query { a { b b b } }",
            "{ ...F ...F } fragment F on Query { a { b b b b } }",
            TooManyFields,
        ),
    ],
)
def test_a_document_at_the_limit_and_one_past_it(well: str, past: str, refusal: type[HubError]) -> None:
    check(parse(well), LIMITS)
    with pytest.raises(refusal):
        check(parse(past), LIMITS)


def test_tokens_are_counted_before_anything_else() -> None:
    documents = Documents(SCHEMA, LIMITS)
    # graphql-core counts the end of the text too
    well = documents.read("{ " + "b " * 57 + "}")
    past = documents.read("{ " + "b " * 59 + "}")

    assert not isinstance(well.refusal, TooManyTokens)
    assert isinstance(past.refusal, TooManyTokens)


def test_a_document_nested_past_pythons_stack_is_refused() -> None:
    documents = Documents(SCHEMA, Limits(tokens=200_000))
    made = documents.read("{a" * 20_000 + "}" * 20_000)
    assert made.refusal is None
    assert ["nested too deeply" in each.message for each in made.invalid] == [True]


def test_the_cache_is_bounded_by_number_and_by_characters() -> None:
    documents = Documents(SCHEMA, LIMITS, most=2, most_characters=1_000)
    one, two, three = "{ b }", "{ b b }", "{ b b b }"
    first = documents.read(one)
    documents.read(two)
    assert documents.read(one) is first
    documents.read(three)
    assert list(documents.kept) == [one, three]
    assert documents.characters == len(one) + len(three)

    long = "{ b }" + " " * 996
    documents.read(long)
    assert documents.characters <= 1_000


def test_an_operation_is_chosen_by_name_or_is_the_only_one() -> None:
    documents = Documents(SCHEMA, LIMITS)
    two = documents.read("query A { b } query B { b }")
    assert two.operation("B") is two.operations["B"]
    for document, name in ((two, None), (two, "C"), (documents.read("query A { b }"), "B")):
        with pytest.raises(OperationNotFound):
            document.operation(name)
