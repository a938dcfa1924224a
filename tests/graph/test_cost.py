"""What operations cost, reckoned from their documents."""

from typing import Any

import pytest

from hub.graph.documents import Document, Documents
from hub.graph.limits import Limits
from hub.graph.registry import core_of
from hub.schema.build import schema

DOCUMENTS = Documents(core_of(schema()), Limits())


def read(query: str, **variables: Any) -> tuple[int, int]:
    """Nodes and points."""
    document: Document = DOCUMENTS.read(query)
    assert (document.refusal, document.invalid) == (None, [])
    found = next(iter(document.prices.values())).read(variables)
    return found.nodes, found.points


@pytest.mark.parametrize(
    ("query", "nodes", "points"),
    [
        ("{ __typename }", 0, 1),
        ("{ villages(first: 20) { nodes { name } } }", 20, 1),
        ("{ villages(last: 21) { nodes { name } } }", 21, 2),
        ("{ villages(first: 20) { totalCount } }", 20, 3),
        ("{ villages(first: 20) { countBy(field: KIND) { count } } }", 20, 5),
        ("{ villages(first: 20) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage } } }", 20, 1),
        ("{ villages(first: 2) { nodes { citizens(first: 5) { nodes { id } } } } }", 12, 1),
        ("{ villages(first: 2) { edges { node { citizens(first: 5) { nodes { id } } } } } }", 12, 1),
        ("{ villages(first: 10) { nodes { citizens(first: 5) { totalCount } } } }", 60, 23),
        ("{ citizens(first: 3) { nodes { village { name } } } }", 6, 1),
        ('{ village(code: "63.01.01.2001") { name } }', 1, 1),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3, 1),
        ('{ node(id: "a") { ... on Village { citizens(first: 5) { nodes { id } } } } }', 6, 1),
        ('{ citizens(first: 20, search: "siti") { nodes { fullName } } }', 20, 11),
        ("{ citizens(first: 20, search: null) { nodes { fullName } } }", 20, 1),
        ("{ changes(first: 500) { entries { kind } } }", 1_000, 50),
        ("{ viewer { grants { id } } }", 11, 1),
        ("{ __schema { types { name } } }", 0, 100),
        # what is merged counts once, an alias makes it two
        ("{ villages(first: 9) { nodes { id } } villages(first: 9) { nodes { name } } }", 9, 1),
        ("{ villages(first: 9) { nodes { id } } b: villages(first: 9) { nodes { name } } }", 18, 1),
        (
            """{ villages(first: 2) { nodes { ...A ...B } } }
            fragment A on Village { citizens(first: 5) { totalCount } }
            fragment B on Village { citizens(first: 5) { nodes { id } } }""",
            12,
            5,
        ),
        ("{ villages(first: 9) @skip(if: true) { nodes { id } } }", 0, 1),
        ("{ villages(first: 9) @include(if: true) { nodes { id } } }", 9, 1),
        ("{ villages(first: 1000) { nodes { id } } }", 100, 5),
    ],
)
def test_the_price_of_a_document(query: str, nodes: int, points: int) -> None:
    assert read(query) == (nodes, points)


def test_a_mutation_has_a_fixed_price_and_pays_for_its_payload() -> None:
    payload = "village { citizens(first: 100) { nodes { id } } }"
    query = f"mutation($input: UpdateVillageInput!) {{ updateVillage(input: $input) {{ {payload} }} }}"
    assert read(query, input={}) == (102, 16)


def test_variables_decide_sizes() -> None:
    query = "query($n: Int, $m: Int) { villages(first: $n) { nodes { citizens(first: $m) { nodes { id } } } } }"
    assert read(query, n=10, m=20) == (210, 11)
    assert read(query, n=20, m=20) == (420, 21)
    assert read(query, n=-5, m=20) == (0, 1)
    assert read(query, n=10**9, m=0) == (100, 5)
    assert read(query) == (0, 1)


def test_the_one_of_first_and_last_that_is_given_decides() -> None:
    query = "query($n: Int, $m: Int) { villages(first: $n, last: $m) { nodes { id } } }"
    assert read(query, n=None, m=7) == (7, 1)
    assert read(query, n=8, m=None) == (8, 1)


def test_ids_in_a_variable_are_counted() -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert read(query, ids=["a"] * 60) == (60, 3)
    assert read(query, ids=["a"]) == (1, 1)


def test_switches_decide_what_counts() -> None:
    query = """query($a: Boolean!, $b: Boolean!) { villages(first: 1) { nodes {
      citizens(first: 100) @include(if: $a) @skip(if: $b) { nodes { id } } } } }"""
    assert read(query, a=True, b=False) == (101, 6)
    assert read(query, a=True, b=True) == (1, 1)
    assert read(query, a=False, b=False) == (1, 1)


def test_a_field_that_is_switched_in_two_ways_counts_when_it_may_be_asked() -> None:
    query = """query($a: Boolean!, $b: Boolean!) { villages(first: 1) { nodes {
      citizens(first: 100) @include(if: $a) { nodes { id } }
      citizens(first: 100) @include(if: $b) { totalCount } } } }"""
    assert read(query, a=True, b=False) == (101, 6)
    assert read(query, a=False, b=True) == (101, 8)


def test_a_repeated_request_is_read_from_what_is_kept() -> None:
    document = DOCUMENTS.read("query($n: Int) { villages(first: $n) { nodes { name } } }")
    price = document.prices[""]
    assert price.read({"n": 5}) is price.read({"n": 5})
    for each in range(1_000):
        price.read({"n": each})
    assert len(price.kept) <= 256


def test_fragments_of_fragments_do_not_take_long() -> None:
    spreads = " ".join(
        f"fragment F{n} on Village {{ ...F{n + 1} @include(if: $a) ...F{n + 1} @skip(if: $b) }}" for n in range(30)
    )
    query = (
        f"query($a: Boolean!, $b: Boolean!) {{ villages(first: 1) {{ nodes {{ ...F0 }} }} }} {spreads} "
        "fragment F30 on Village { name }"
    )
    document = DOCUMENTS.read(query)
    assert document.refusal is not None
    assert document.refusal.code == "TOO_MANY_FIELDS"
