"""Plans: what they are kept under, what is not written into them, and the traps of making JSON in SQL."""

import contextlib
import gc
import os
import subprocess
import sys
import tracemalloc
import weakref
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import parse

from hub.graph.binds import Given, Leaf, shape, symbolic
from hub.graph.execution import Question
from hub.graph.plan.planner import NotPlannable, Plan, Plans
from hub.kernel.clock import Now
from hub.kernel.scope import Scope
from hub.tenants.permissions import Permission, Role
from tests.graph import compiling
from tests.parity.both import NOW, Both, scope_of
from tests.world.build import Place, World
from tests.world.rich import MULTIBYTE, ODD

QUERY = "query($n: Int, $f: CitizenFilter) { citizens(first: $n, filter: $f) { nodes { fullName birthDate } } }"


@pytest.fixture
def camat(rich: Place) -> Scope:
    """A camat."""
    return scope_of(Role.CAMAT, rich)


def find(plans: Plans, scope: Scope, variables: dict[str, Any], query: str = QUERY) -> Plan:
    operation: Any = parse(query).definitions[0]
    return plans.find(query, operation, {}, Given(scope, NOW, variables))


def test_values_do_not_shape_a_plan_and_are_not_in_it(both: Both, camat: Scope) -> None:
    plans = both.plan.plans
    secret = {"n": 7, "f": {"birthDate": {"eq": datetime(1990, 5, 17, tzinfo=UTC).date()}}}
    other = {"n": 99, "f": {"birthDate": {"eq": datetime(2001, 1, 1, tzinfo=UTC).date()}}}

    plan = find(plans, camat, secret)

    assert find(plans, camat, other) is plan
    assert "1990" not in plan.text
    assert camat.tenants[0].code not in plan.text
    assert 7 in plan.arguments(Given(camat, NOW, secret))
    assert 99 in plan.arguments(Given(camat, NOW, other))


def test_another_shape_or_another_right_is_another_plan(both: Both, camat: Scope, rich: Place) -> None:
    plans = both.plan.plans
    plan = find(plans, camat, {"n": 1})
    lesser = replace(camat, permissions=camat.permissions - {Permission.SEE_IDENTITY})

    others = [
        find(plans, camat, {"n": 1, "f": {"sex": None}}),
        find(plans, lesser, {"n": 1}),
        find(plans, replace(camat, villages=(rich.villages[0].id,)), {"n": 1}),
    ]

    assert len({id(each) for each in (plan, *others)}) == 4
    assert others[1].withheld == ("Citizen.birthDate",)
    assert len(plans.kept) == 4


def test_the_cache_is_bounded_and_keeps_what_was_used_last(both: Both, camat: Scope) -> None:
    plans = Plans(both.plan.schema, most=2)
    queries = [f"{{ villages(first: {n}) {{ nodes {{ name }} }} }}" for n in (1, 2, 3)]

    first = find(plans, camat, {}, queries[0])
    find(plans, camat, {}, queries[1])
    assert find(plans, camat, {}, queries[0]) is first
    find(plans, camat, {}, queries[2])

    assert [key[0] for key in plans.kept] == [queries[0], queries[2]]


def test_the_cache_is_bounded_by_bytes_too(both: Both, camat: Scope) -> None:
    plans = Plans(both.plan.schema, most_bytes=60_000)
    queries = [f"{{ villages(first: {n}) {{ nodes {{ name }} }} }}" for n in range(40)]

    for query in queries:
        find(plans, camat, {}, query)
        assert plans.bytes == sum(each.bytes for each in plans.kept.values()) <= 60_000

    assert [key[0] for key in plans.kept] == queries[-len(plans.kept) :]
    assert 1 < len(plans.kept) < 40
    whole = " ".join(f"a{number}: name" for number in range(2_000))
    find(plans, camat, {}, f"{{ villages(first: 1) {{ nodes {{ {whole} }} }} }}")
    assert (len(plans.kept), plans.bytes) == (0, 0)  # what is larger than the whole cache is not kept


def test_the_estimate_of_a_plan_is_near_the_truth(both: Both, camat: Scope) -> None:
    text = """query Q%d($n: Int, $f: CitizenFilter) { villages(first: $n) { totalCount nodes { name code
      citizens(first: 5, filter: $f) { edges { cursor node { fullName household { kkNumber } } } } } } }"""
    plans, operations = Plans(both.plan.schema), [(text % n, parse(text % n)) for n in range(40)]
    variables = {"n": 1, "f": {"sex": {"eq": "MALE"}, "birthDate": {"gte": NOW.instant.date()}}}

    def fill(some: list[Any]) -> None:
        for query, document in some:
            plans.find(query, document.definitions[0], {}, Given(camat, NOW, variables))

    fill(operations[:10])
    gc.collect()
    tracemalloc.start()
    before = plans.bytes
    fill(operations[10:])
    gc.collect()
    found, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    estimated = plans.bytes - before - sum(sys.getsizeof(query) for query, _ in operations[10:])  # made before
    assert found / 2 < estimated < found * 3, (found, estimated)


class Watched(dict[str, Any]):
    """A value of a request that a weak reference can watch."""


@pytest.mark.parametrize("query", [QUERY, "query($n: Int, $f: CitizenFilter) { citizens(filter: $f) { totalCount } }"])
def test_nothing_of_a_request_stays_in_the_cache(query: str, both: Both, camat: Scope) -> None:
    for _ in range(3):
        value = Watched()
        gone = weakref.ref(value)
        variables: dict[str, Any] = {"n": 1, "f": {"village": {"in": [value]}, "sex": None}}
        variables["f"]["birthDate"] = Watched(eq=value)
        with contextlib.suppress(NotPlannable):
            find(both.plan.plans, camat, variables, query)
        del value, variables
        gc.collect()
        assert gone() is None
    assert len(both.plan.plans.kept) == 1


def test_the_text_of_a_plan_is_the_same_in_every_process() -> None:
    elsewhere = subprocess.run(  # a program of this test, in a process with its own seed
        [sys.executable, "-m", "tests.graph.compiling"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "20261121"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert compiling.digest() == elsewhere  # this process has a seed of chance, and has made plans before
    assert int(elsewhere.split()[0]) > 100  # plans


def test_that_there_is_no_plan_is_kept_too(both: Both, camat: Scope) -> None:
    for _ in range(2):
        with pytest.raises(NotPlannable, match="page size missing"):
            find(both.plan.plans, camat, {}, "{ villages { totalCount } }")
    assert len(both.plan.plans.kept) == 1


def test_shapes_and_leaves() -> None:
    value = {"a": 1, "b": None, "c": [1, 2], "d": {"e": "x"}, "f": [{"g": "y"}, {}], "h": True}

    assert symbolic(value) == {
        "a": Leaf(("a",), 1),
        "b": None,
        "c": Leaf(("c",), [1, 2]),
        "d": {"e": Leaf(("d", "e"), "x")},
        "f": [{"g": Leaf(("f", 0, "g"), "y")}, {}],
        "h": Leaf(("h",), True),
    }
    assert shape(value) == shape({**value, "a": 2, "c": [], "d": {"e": ""}})
    changes: tuple[dict[str, Any], ...] = ({"b": 1}, {"h": False}, {"d": {}}, {"f": []}, {"a": None})
    for change in changes:
        assert shape({**value, **change}) != shape(value)


# Traps


async def test_aliases_longer_than_a_name_in_the_database(both: Both, camat: Scope) -> None:
    one, two = "a" * 64 + "x", "a" * 64 + "y"
    pair = await both.ask(f"{{ villages(first: 1) {{ nodes {{ {one}: code {two}: kind }} }} }}", camat)

    assert pair.plan.path == "plan"
    assert pair.data["data"]["villages"]["nodes"] == [{one: "32.01.06.2001", two: "DESA"}]


async def test_keys_stay_in_the_order_asked_and_nothing_internal_is_captured(both: Both, camat: Scope) -> None:
    names = ["rank", "rank_", "p1", "t1", "t2", "tenant_id", "key", "count", "id", "place", "zz", "aa"]
    inside = " ".join(f"{name}: code" for name in names)
    pair = await both.ask(f"{{ villages(first: 2, orderBy: CODE) {{ nodes {{ {inside} }} }} }}", camat)

    assert [list(each) for each in pair.data["data"]["villages"]["nodes"]] == [names, names]


async def test_more_fields_than_a_function_takes_arguments(both: Both, camat: Scope) -> None:
    inside = " ".join(f"f{number}: fullName" for number in range(250))
    pair = await both.ask(f"{{ citizens(first: 2) {{ nodes {{ {inside} }} }} }}", camat)

    assert pair.plan.path == "plan"
    assert [len(each) for each in pair.data["data"]["citizens"]["nodes"]] == [250, 250]


async def test_moments_keep_six_digits_and_decimals_their_zeros(both: Both, camat: Scope) -> None:
    pair = await both.ask(
        """{ kecamatan(code: "32.01.06") { profiles(first: 3) { nodes { updatedAt areaKm2 density population } }
             serviceHours(first: 2) { nodes { opensAt } } } }""",
        camat,
    )

    found = pair.data["data"]["kecamatan"]
    assert pair.plan.path == "plan"
    assert [each["updatedAt"] for each in found["profiles"]["nodes"]][1:] == [
        "2024-02-29T23:59:59.999999Z",
        "2024-01-01T00:00:00.000000Z",
    ]
    assert [each["areaKm2"] for each in found["profiles"]["nodes"]] == ["0.01", "343.00", None]
    assert [each["density"] for each in found["profiles"]["nodes"]] == ["0.00", "6260885.27", None]
    assert [each["opensAt"] for each in found["serviceHours"]["nodes"]] == ["07:30", "12:00"]


async def test_texts_come_back_as_they_were_stored(both: Both, camat: Scope) -> None:
    pair = await both.ask(
        """{ villages(last: 2, orderBy: CODE) { nodes { name } }
             villages4: village(code: "32.01.06.2004") { name aliases } }""",
        camat,
    )

    assert pair.data["data"]["villages"]["nodes"][0]["name"] == ODD
    assert pair.data["data"]["villages4"]["name"] == MULTIBYTE
    assert pair.data["data"]["villages4"]["aliases"][0] == ODD


async def test_today_is_the_requests_and_the_tenants_own(both: Both, camat: Scope, world: World) -> None:
    """At 16:30 UTC it is still today in WIB and already tomorrow in WITA."""
    moment = Now(datetime(2026, 11, 21, 16, 30, tzinfo=UTC))
    text = "{ citizens(first: 100) { nodes { birthDate ageGroup } } }"
    for engine in (both.plan, both.resolvers):
        engine.clock = lambda: moment
    pair = await both.ask(text, camat)

    assert {(each["birthDate"], each["ageGroup"]) for each in pair.data["data"]["citizens"]["nodes"]} == {
        (None, None),
        ("1900-01-01", "75+"),
        ("2024-02-29", "0-4"),
        ("1990-05-17", "35-39"),
    }
    plan = await both.plan.answer(Question(text), camat)
    assert plan.path == "plan"


@pytest.mark.parametrize(
    ("inside", "looked_up"),
    [
        ("citizens(first: 2) { nodes { village { name } } }", 1),
        ("households(first: 2) { nodes { village { name } members(first: 1) { nodes { household { id } } } } }", 1),
        ("households(first: 2) { nodes { members(first: 1) { nodes { village { name } } } } }", 2),
    ],
)
async def test_a_back_edge_needs_no_second_look_at_the_row_that_led_there(
    inside: str, looked_up: int, both: Both, camat: Scope
) -> None:
    pair = await both.ask(f"{{ villages(first: 2) {{ nodes {{ {inside} }} }} }}", camat)

    plan = next(reversed(both.plan.plans.kept.values())).plan
    assert isinstance(plan, Plan)
    assert pair.plan.path == "plan"
    assert plan.text.count("FROM village AS") == looked_up
    assert plan.text.count("FROM household AS") == inside.count("households(")
