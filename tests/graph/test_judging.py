"""Which documents can be trusted, and what is said of the others."""

import pytest

from hub.graph.documents import Documents
from hub.graph.judging import judge
from hub.graph.limits import Limits
from hub.graph.registry import core_of
from hub.kernel.texts import sentence
from hub.schema.build import schema

GOOD = "query Good { villages(first: 5) { nodes { name } } }"


def verdict(entries: dict[str, str], *, introspection: bool = True) -> list[tuple[str, int | None, str, str]]:
    """Name, line, code and English sentence of the refused ones."""
    found = judge(Documents(core_of(schema()), Limits(), introspection=introspection), entries)
    return [(each.name, each.line, each.reason.code, sentence(each.reason, "en")) for each in found]


def test_what_fits_is_not_named() -> None:
    assert verdict({"good": GOOD, "also": "mutation M { __typename }"}) == []


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("query Bad {\n  villages(first: 5) {\n    nodes { nama }\n  }\n}", 3, "QUERY_INVALID"),
        ("query Bad {\n  villages(", 2, "QUERY_MALFORMED"),
        ("", 1, "QUERY_MALFORMED"),
        ("fragment F on Village { name }", 1, "QUERY_INVALID"),
        ("type Query { a: Int }", 1, "QUERY_INVALID"),
        ("# one\n# tw\x00o\n" + GOOD, 2, "TEXT_REFUSED"),
        (GOOD + ' # "\ud800"', None, "NOT_TEXT"),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(21)) + " }", None, "TOO_MANY_ROOT_FIELDS"),
        ("{ a " * 200 + "}" * 200, 1, "QUERY_INVALID"),
    ],
)
def test_what_does_not_fit_is_named_with_line_and_reason(text: str, line: int | None, code: str) -> None:
    found = verdict({"good": GOOD, "bad": text})
    assert [each[:3] for each in found] == [("bad", line, code)]


def test_introspection_is_trusted_only_where_it_is_served() -> None:
    asked = {"schema": "{ __schema { queryType { name } } }"}
    assert verdict(asked) == []
    assert [each[2] for each in verdict(asked, introspection=False)] == ["QUERY_INVALID"]


def test_a_reason_repeats_no_value() -> None:
    found = verdict({"bad": '{ villages(first: "6301012345678901") { nodes { name } } }'})
    assert "6301012345678901" not in found[0][3]
