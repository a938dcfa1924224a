"""The engine: what a client is told, and that one bad request leaves nothing behind."""

import asyncio
from typing import Any

import orjson
import pytest

from hub.graph.execution import Question
from hub.kernel.scope import Scope
from hub.tenants.permissions import Role
from tests.client import without_cost
from tests.locks import locked
from tests.parity.both import Both, Pair, scope_of
from tests.world.build import World

NUL = "query($t: String) { villages(first: 1, filter: {name: {eq: $t}}) { totalCount } }"


@pytest.fixture
def camat(world: World) -> Scope:
    """A camat."""
    return scope_of(Role.CAMAT, world.takisung)


def codes(pair: Pair) -> list[str]:
    return [each["extensions"]["code"] for each in pair.data["errors"]]


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ('{ citizens(first: 1, filter: {birthDate: {eq: "2018-02-30"}}) { totalCount } }', {}, "DATE_INVALID"),
        ('{ village(code: "6301012004") { name } }', {}, "REGION_CODE_INVALID"),
        (
            "query($d: Date!) { citizens(first: 1, filter: {birthDate: {eq: $d}}) { totalCount } }",
            {"d": "x"},
            "DATE_INVALID",
        ),
    ],
)
async def test_a_value_that_a_scalar_refuses_is_the_clients_fault(
    both: Both, camat: Scope, query: str, variables: dict[str, Any], code: str
) -> None:
    pair = await both.ask(query, camat, variables)

    assert codes(pair) == [code]
    assert pair.plan.status == 400


async def test_the_character_nul_is_refused_at_its_field_and_the_next_request_is_well(both: Both, camat: Scope) -> None:
    pair = await both.ask(NUL, camat, {"t": "a\x00"})
    assert codes(pair) == ["TEXT_REFUSED"]
    assert pair.data["errors"][0]["path"] == ["villages", "totalCount"]
    assert both.plan.fallbacks == {"refused value: TEXT_REFUSED": 1}

    for _ in range(5):
        pair = await both.ask(NUL, camat, {"t": "Takisung 0"})
        assert pair.data == {"data": {"villages": {"totalCount": 1}}}


async def test_the_character_nul_in_one_field_leaves_the_others_alone(both: Both, camat: Scope) -> None:
    """Refused by the database it would have broken the transaction of them all."""
    query = """query($t: String!) { a: villages(first: 1, filter: {name: {eq: $t}}) { totalCount }
      b: villages(first: 1, filter: {name: {in: ["x", $t]}}) { totalCount } kecamatans(first: 1) { totalCount } }"""
    pair = await both.ask(query, camat, {"t": "a\x00"})

    assert codes(pair) == ["TEXT_REFUSED", "TEXT_REFUSED"]
    assert pair.data["data"] == {"a": None, "b": None, "kecamatans": {"totalCount": 1}}


async def test_an_error_that_empties_the_answer_waits_for_statements_under_way(both: Both, camat: Scope) -> None:
    query = """query($c: Cursor) { kecamatans(first: 1) { nodes { slug } }
      a: villages(first: 2) { nodes { a: citizens(first: 1) { totalCount nodes { id } } b: households(first: 2) {
        nodes {
        m: members(first: 1, after: $c) { nodes { id } }
        n: members(first: 2) { nodes { village { name } } } } } } } }"""
    for _ in range(10):
        pair = await both.ask(query, camat, {"c": "A" * 40})
        assert set(codes(pair)) == {"CURSOR_INVALID"}
        assert pair.plan.status == 200


async def test_an_error_in_one_field_cuts_no_statement_that_others_stand_on(
    both: Both, camat: Scope, owner_dsn: str
) -> None:
    """graphql-core cancels the neighbours of a field that fails; a statement that is cut would end the transaction."""
    query = """query($c: Cursor) {
      cut: kecamatans(first: 1, after: $c) { pageInfo { endCursor } totalCount }
      other: villages(first: 2) { totalCount pageInfo { hasNextPage } } }"""
    found = await both.resolvers.answer(Question("{ villages(first: 1) { pageInfo { endCursor } } }"), camat)
    other = orjson.loads(found.body)["data"]["villages"]["pageInfo"]["endCursor"]
    async with locked(owner_dsn, "kecamatan"):
        asked = asyncio.create_task(both.resolvers.answer(Question(query, variables={"c": other}), camat))
        await asyncio.sleep(0.3)
    answer = without_cost(orjson.loads((await asked).body))

    assert [each["extensions"]["code"] for each in answer["errors"]] == ["CURSOR_INVALID"]
    assert answer["data"] == {"cut": None, "other": {"totalCount": 2, "pageInfo": {"hasNextPage": False}}}


async def test_a_null_where_none_may_be_is_an_error_and_never_the_default(both: Both, camat: Scope) -> None:
    pair = await both.ask(
        "query($by: VillageGroup = KIND) { villages(first: 1) { countBy(field: $by) { count } } }", camat, {"by": None}
    )

    assert codes(pair) == ["BAD_INPUT"]
    assert both.plan.fallbacks == {"null for an argument that may not be null": 1}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ('{ __type(name: "Village") { name } }', "root field __type"),
        ("{ villages { totalCount } }", "page size missing"),
        ("{ villages(first: 101) { nodes { id } } }", "refused value: PAGE_SIZE"),
        ("{ village { name } }", "a look-up needs exactly one argument"),
        ('{ village(id: "x") { name } }', "refused value: ID_INVALID"),
    ],
)
async def test_what_has_no_plan_is_counted_by_its_reason(both: Both, camat: Scope, query: str, reason: str) -> None:
    answer = await both.plan.answer(Question(query), camat)

    assert answer.path == "resolvers"
    assert dict(both.plan.fallbacks) == {reason: 1}
