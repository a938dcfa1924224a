"""Documents: limits, at the limit and one past; the bounded cache; choosing an operation."""

import gc
import tracemalloc

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


def test_the_cache_is_bounded_by_number_and_by_bytes() -> None:
    documents = Documents(SCHEMA, LIMITS, most=2, most_bytes=30_000)
    one, two, three = "{ b }", "{ b b }", "{ b b b }"
    first = documents.read(one)
    documents.read(two)
    assert documents.read(one) is first
    documents.read(three)
    assert list(documents.kept) == [one, three]
    assert documents.bytes == documents.kept[one].bytes + documents.kept[three].bytes

    documents.read("{ b }" + " " * 10_000)
    assert (list(documents.kept), documents.bytes) == ([], 0)  # what is larger than the whole cache is not kept
    documents.read("{ b }" + " " * 5_000)
    documents.read("{ b b }" + " " * 5_000)
    assert len(documents.kept) == 1
    assert documents.bytes <= 30_000


@pytest.mark.parametrize(
    "text",
    [
        "query Q%d { " + "a { b " * 20 + "}" * 20 + " }",
        "query Q%d { " + "b " * 500 + "}",
        "query Q%d($x: [Int]) { b(x: [" + "$x 1 " * 200 + "]) }",
        "# " + "c" * 20_000 + "\nquery Q%d { b }",
        "query Q%d { " + "(" * 5_000,
    ],
    ids=["nested", "flat", "invalid", "comment", "malformed"],
)
def test_the_estimate_of_a_document_is_near_the_truth(text: str) -> None:
    documents, texts = Documents(SCHEMA, Limits()), [text % number for number in range(20)]
    for each in texts[:10]:
        documents.read(each)
    gc.collect()
    tracemalloc.start()
    before = documents.bytes
    for each in texts[10:]:
        documents.read(each)
    gc.collect()
    found, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found / 2 < documents.bytes - before, (found, documents.bytes - before)


def test_an_operation_is_chosen_by_name_or_is_the_only_one() -> None:
    documents = Documents(SCHEMA, LIMITS)
    two = documents.read("query A { b } query B { b }")
    assert two.operation("B") is two.operations["B"]
    for document, name in ((two, None), (two, "C"), (documents.read("query A { b }"), "B")):
        with pytest.raises(OperationNotFound):
            document.operation(name)
