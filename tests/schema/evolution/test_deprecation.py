"""How a deprecation is written."""

from datetime import date

import pytest
from graphql import build_schema

from hub.schema.evolution.deprecation import Deprecation, faults, parse, reasons


def test_the_house_form_names_the_replacement_and_the_day() -> None:
    assert parse("Use `fullName` instead. Removal: 2027-06-01.") == Deprecation("fullName", date(2027, 6, 1))


@pytest.mark.parametrize(
    "reason",
    [
        "No longer supported",
        "Use `fullName` instead.",
        "Use fullName instead. Removal: 2027-06-01.",
        "Use `fullName` instead. Removal: 2027-02-30.",
        "Use `fullName` instead. Removal: 2027-06-01. Really.",
    ],
)
def test_any_other_form_is_none(reason: str) -> None:
    assert parse(reason) is None


def schema_with(reason: str, where: str) -> str:
    mark = f'@deprecated(reason: "{reason}")'
    return f"""
        type Query {{ old(a: Int {mark if where == "argument" else ""}, b: Int): Int
          {mark if where == "field" else ""} new: Kind }}
        enum Kind {{ OLD {mark if where == "value" else ""} NEW }}
    """


@pytest.mark.parametrize(
    ("where", "instead"),
    [
        ("field", "new"),
        ("field", "Query.new"),
        ("field", "Kind"),
        ("value", "NEW"),
        ("argument", "b"),
        ("argument", "Query.old(b:)"),
    ],
)
def test_the_replacement_is_a_neighbour_or_a_coordinate(where: str, instead: str) -> None:
    schema = build_schema(schema_with(f"Use `{instead}` instead. Removal: 2027-06-01.", where))
    assert (len(reasons(schema)), list(faults(schema))) == (1, [])


def test_a_replacement_that_is_not_there_is_a_fault() -> None:
    schema = build_schema(schema_with("Use `newer` instead. Removal: 2027-06-01.", "field"))
    assert list(faults(schema)) == [("Query.old", "There is no `newer` to use instead.")]


def test_a_reason_in_another_form_is_a_fault() -> None:
    schema = build_schema(schema_with("Use something else", "argument"))
    assert [place for place, _ in faults(schema)] == ["Query.old(a:)"]
