"""Counts by the values of a column, and sums: of a whole list, below a parent, filtered, over several kecamatan."""

from dataclasses import replace
from typing import Any

import pytest

from hub.graph.declare import NODES
from hub.kernel.scope import Scope
from hub.tenants.permissions import Permission, Role
from tests.parity.both import Both, scope_of
from tests.world.build import Place, World


@pytest.fixture
def camat(rich: Place) -> Scope:
    """A camat of the rich kecamatan."""
    return scope_of(Role.CAMAT, rich)


async def planned(both: Both, text: str, scope: Scope, variables: dict[str, Any] | None = None) -> Any:
    """The data, the same on both paths and by a plan."""
    pair = await both.ask(text, scope, variables)
    assert pair.plan.path == "plan", pair.plan.body
    assert "errors" not in pair.data
    return pair.data["data"]


async def test_counts_by_a_code_by_a_truth_and_by_what_is_not_known(both: Both, camat: Scope) -> None:
    found = await planned(
        both,
        """{ villages(first: 1) { countBy(field: CONNECTIVITY) { key count } }
             partnerOrganizations(first: 1) { level: countBy(field: LEVEL) { count key }
               informing: countBy(field: INFORMATION_PARTNER) { key count } }
             none: villages(first: 1, filter: {or: []}) { countBy(field: KIND) { key } } }""",
        camat,
    )

    assert found["villages"]["countBy"] == [
        {"key": "GOOD", "count": 2},
        {"key": "NONE", "count": 1},
        {"key": "WEAK", "count": 1},
        {"key": None, "count": 2},
    ]
    assert found["partnerOrganizations"] == {
        "level": [{"count": 3, "key": "KECAMATAN"}, {"count": 2, "key": "VILLAGE"}],
        "informing": [{"key": "false", "count": 4}, {"key": "true", "count": 1}],
    }
    assert found["none"] == {"countBy": []}


async def test_counts_below_each_parent_are_its_own_and_filtered(both: Both, camat: Scope) -> None:
    found = await planned(
        both,
        """{ villages(first: 4, orderBy: CODE) { nodes {
               citizens(first: 1, filter: {sex: {eq: MALE}}) {
                 totalCount countBy(field: FAMILY_RELATION) { key count } } } } }""",
        camat,
    )

    for village in found["villages"]["nodes"]:
        below = village["citizens"]
        assert sum(each["count"] for each in below["countBy"]) == below["totalCount"]
    assert [each["citizens"]["totalCount"] > 0 for each in found["villages"]["nodes"]] == [True, True, True, False]
    assert found["villages"]["nodes"][3]["citizens"]["countBy"] == []


async def test_counts_and_sums_over_several_kecamatan(both: Both, rich: Place, world: World) -> None:
    scope = scope_of(Role.DISTRICT_HEAD, rich, [world.takisung.tenant, world.halong.tenant])
    text = """{ villages(first: 1) { totalCount countBy(field: CONNECTIVITY) { key count } }
                kecamatanProfiles(first: 1, year: 2018) { totalCount sum(field: HOUSEHOLD_COUNT) }
                kecamatans(first: 9) { nodes { code profiles(first: 9) { sum(field: HOUSEHOLD_COUNT) } } } }"""

    found = await planned(both, text, scope)

    assert found["villages"] == {
        "totalCount": 10,
        "countBy": [
            {"key": "GOOD", "count": 2},
            {"key": "NONE", "count": 1},
            {"key": "WEAK", "count": 3},
            {"key": None, "count": 4},
        ],
    }
    assert found["kecamatanProfiles"] == {"totalCount": 3, "sum": str(3 + 9379 + 9379)}
    assert [each["profiles"]["sum"] for each in found["kecamatans"]["nodes"]] == ["3", "9379", "9379"]


async def test_a_sum_is_exact_text_and_outgrows_its_column(both: Both, camat: Scope) -> None:
    found = await planned(
        both,
        """{ kecamatan(code: "32.01.06") { profiles(first: 1) {
               area: sum(field: AREA_KM2) people: sum(field: POPULATION) houses: sum(field: HOUSE_COUNT)
               cars: sum(field: CARS) } }
             commitments(first: 2, orderBy: TITLE) { nodes { clauses(last: 1) { sum(field: PENALTY_AMOUNT) } } }
             regions(first: 1, filter: {level: {eq: CITY}, name: {eq: "nowhere"}}) { sum(field: POPULATION) } }""",
        camat,
    )

    assert found["kecamatan"]["profiles"] == {"area": "343.01", "people": "2147483647", "houses": "7", "cars": "7"}
    assert [each["clauses"]["sum"] for each in found["commitments"]["nodes"]] == [None, "1000000000004999"]
    assert found["regions"] == {"sum": None}  # of nothing: not known, and not 0


async def test_the_column_can_be_a_variable(both: Both, camat: Scope) -> None:
    text = """query($f: KecamatanProfileFigure = POPULATION) {
      kecamatanProfiles(first: 1, year: 2018) { sum(field: $f) } }"""
    for variables, expected in (({}, "2147483647"), ({"f": "AREA_KM2"}, "343.00")):
        found = await planned(both, text, camat, variables)
        assert found == {"kecamatanProfiles": {"sum": expected}}


async def test_a_sum_of_a_withheld_column_is_withheld(
    both: Both, camat: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NODES["CommitmentClause"].fields["penaltyAmount"], "guard", Permission.SEE_BUDGET)
    text = """{ commitments(last: 1, orderBy: TITLE) { nodes {
                  clauses(first: 1) { totalCount x: sum(field: PENALTY_AMOUNT) } } } }"""

    closed = await both.ask(text, replace(camat, permissions=camat.permissions - {Permission.SEE_BUDGET}))
    opened = await both.ask(text, replace(camat, permissions=camat.permissions | {Permission.SEE_BUDGET}))

    below = closed.data["data"]["commitments"]["nodes"][0]["clauses"]
    assert below == {"totalCount": 3, "x": None}
    assert closed.data["extensions"] == {"withheld": ["CommitmentClause.penaltyAmount"]}
    assert opened.data["data"]["commitments"]["nodes"][0]["clauses"] == {"totalCount": 3, "x": "1000000000004999"}
    assert "extensions" not in opened.data
