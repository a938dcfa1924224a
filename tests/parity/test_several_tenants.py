"""Pages over the rows of several kecamatan: few rows are read, none is skipped or repeated, ids may even be equal."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest

from hub.graph.binds import Given
from hub.graph.execution import Question
from hub.graph.plan.planner import Plan
from hub.kernel.ids import GlobalId, new_id
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.unit import connected
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.parity.both import NOW, Both
from tests.world import make

KECAMATAN, COMMITMENTS, PAGE = 8, 400, 10
ORDERS = ("TITLE", "PLANNED_ON")  # many have the same title, and all the same day
SAME = new_id()  # a client may make the id of a row: here every kecamatan has one of it
TEXT = """query ($first: Int, $last: Int, $after: Cursor, $before: Cursor) {
  commitments(first: $first, last: $last, after: $after, before: $before, orderBy: ORDER) {
    nodes { id title parties(first: 1) { nodes { commitment { id } party { __typename } } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
LOOK_UPS = """query ($id: ID!, $ids: [ID!]!) {
  node(id: $id) { id ... on Commitment { title } } commitment(id: $id) { id title } nodes(ids: $ids) { id } }"""


@pytest.fixture(scope="module")
async def tenants(hub: Hub, owner_dsn: str, database: str) -> list[TenantRef]:
    """Eight kecamatan whose published commitments have the same few titles."""
    owner = await asyncpg.connect(owner_dsn)
    found = []
    for number in range(KECAMATAN):
        code = f"33.0{number + 1}.01"
        tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WIB)
        partner = make.partner(tenant, "PKK")
        made = [make.commitment(tenant, f"Piagam {each % 7}", published=True) for each in range(COMMITMENTS - 1)]
        made.append(make.commitment(tenant, "Piagam 0", published=True, id=SAME))
        async with make.unit(hub, tenant) as unit:
            await unit.add(partner)
            await unit.add_all(made)
            await unit.add_all([make.party(tenant, each, 0, organization_id=partner.id) for each in made])
        found.append(tenant)
    await owner.close()
    administrator = await asyncpg.connect(database)
    await administrator.execute("analyze commitment")  # as autovacuum does: plans follow what it knows
    await administrator.close()
    return found


@pytest.fixture
def analyst(tenants: list[TenantRef]) -> Scope:
    """An agency's analyst over all of them."""
    return Scope(Reader.OUTSIDE, Role.AGENCY_ANALYST.value, frozenset(ROLES[Role.AGENCY_ANALYST]), tuple(tenants))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
async def test_pages_of_both_paths_in_turn_make_the_whole_list(
    order: str, backward: bool, both: Both, analyst: Scope
) -> None:
    found: list[str] = []
    mark: dict[str, Any] = {}
    for turn in range(1 + KECAMATAN * COMMITMENTS // 37):
        given = {"last" if backward else "first": 37, **mark}
        engine = (both.plan, both.resolvers)[turn % 2]
        body = (await engine.answer(Question(TEXT.replace("ORDER", order), variables=given), analyst)).body
        page = orjson.loads(body)["data"]["commitments"]
        here = [each["id"] for each in page["nodes"]]
        found = [*here, *found] if backward else [*found, *here]
        info = page["pageInfo"]
        mark = {"before": info["startCursor"]} if backward else {"after": info["endCursor"]}
        for each in page["nodes"]:
            assert each["parties"]["nodes"] == [
                {"commitment": {"id": each["id"]}, "party": {"__typename": "PartnerOrganization"}}
            ]
    assert info["hasPreviousPage" if backward else "hasNextPage"] is False
    assert len(found) == len(set(found)) == KECAMATAN * COMMITMENTS


@pytest.mark.parametrize("order", ORDERS)
async def test_both_paths_give_the_same_page_from_every_place(order: str, both: Both, analyst: Scope) -> None:
    text = TEXT.replace("ORDER", order)
    whole = await both.ask(
        "{ commitments(first: 100, orderBy: ORDER) { edges { cursor } } }".replace("ORDER", order), analyst
    )
    cursors = [each["cursor"] for each in whole.data["data"]["commitments"]["edges"]]
    for cursor in cursors[::9]:
        for given in ({"first": 3, "after": cursor}, {"last": 3, "before": cursor}, {"first": 2, "before": cursor}):
            assert (await both.ask(text, analyst, given)).plan.path == "plan"


async def test_a_page_reads_as_many_rows_of_each_kecamatan_and_no_more(hub: Hub, both: Both, analyst: Scope) -> None:
    text = "query ($after: Cursor) { commitments(first: 10, orderBy: TITLE, after: $after) { nodes { id title } } }"
    whole = await both.ask("{ commitments(first: 90, orderBy: TITLE) { pageInfo { endCursor } } }", analyst)
    deep = {"after": whole.data["data"]["commitments"]["pageInfo"]["endCursor"]}

    first, later = await read(hub, both, analyst, text, {}), await read(hub, both, analyst, text, deep)

    assert first == KECAMATAN * (PAGE + 1)
    assert later <= KECAMATAN * (PAGE + 2)  # where an id is in every kecamatan, its row is looked at once more


async def test_the_same_id_in_several_kecamatan_is_each_ones_own(both: Both, analyst: Scope) -> None:
    ids = [GlobalId("Commitment", each.id, SAME).encode() for each in analyst.tenants]

    for id_ in ids:
        pair = await both.ask(LOOK_UPS, analyst, {"id": id_, "ids": ids})
        assert pair.plan.path == "plan"
        assert pair.data["data"] == {
            "node": {"id": id_, "title": "Piagam 0"},
            "commitment": {"id": id_, "title": "Piagam 0"},
            "nodes": [{"id": each} for each in ids],
        }


async def test_a_scope_of_one_kecamatan_pages_without_merging(both: Both, analyst: Scope) -> None:
    alone = replace(analyst, tenants=analyst.tenants[:1])
    pair = await both.ask(TEXT.replace("ORDER", "TITLE"), alone, {"first": 100})
    assert len(pair.data["data"]["commitments"]["nodes"]) == 100
    plan = next(reversed(both.plan.plans.kept.values())).plan
    assert isinstance(plan, Plan)
    assert "LATERAL" not in plan.text


async def read(hub: Hub, both: Both, scope: Scope, text: str, variables: dict[str, Any]) -> int:
    """How many rows of commitments the planned statement reads as the scope's own role."""
    assert (await both.plan.answer(Question(text, variables=variables), scope)).path == "plan"
    plan = next(each.plan for key, each in reversed(both.plan.plans.kept.items()) if key[0] == text)
    assert isinstance(plan, Plan)
    async with connected(hub.pools.of(scope.reader)) as connection:
        asked = plan.arguments(Given(scope, NOW, variables))
        shown = await connection.fetchval(f"explain (analyze, format json) {plan.text}", *asked)
    return sum(rows_of(orjson.loads(shown)[0]["Plan"]))


def rows_of(step: dict[str, Any]) -> Iterator[int]:
    """Rows that scans of commitments read, whether or not a filter let them through."""
    if step.get("Relation Name") == "commitment":
        seen = (
            step["Actual Rows"] + step.get("Rows Removed by Filter", 0) + step.get("Rows Removed by Index Recheck", 0)
        )
        yield round(seen * step["Actual Loops"])
    for below in step.get("Plans", ()):
        yield from rows_of(below)
