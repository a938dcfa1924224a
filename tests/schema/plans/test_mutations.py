"""Action plans over HTTP: the whole way, every refusal by name, what the district reads, what fulfils an item."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.demo.agencies import agencies
from hub.domains.agencies import directory
from hub.kernel.scope import Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.acting import Acting, acting_in, key_of
from tests.client import Client
from tests.noon import TODAY
from tests.world.build import key_for

FORM = {
    "backgroundWhy": "Warga jauh dari kantor.",
    "backgroundWhat": "Layanan keliling.",
    "backgroundHow": "Dengan mobil dan jadwal tetap.",
    "goalsBenefits": "Dokumen sampai ke warga.",
}
ITEM = {
    "activity": "Jemput bola lansia",
    "startsOn": "2018-04-02",
    "endsOn": "2018-06-30",
    "output": "Dokumen kependudukan",
    "responsible": "Kepala Seksi Pelayanan",
    "target": "2",
    "unit": "PERSON",
}
STATE = "actionPlan { id state version }"
ITEMS = "actionPlan { id state items(first: 9) { nodes { id position state } } }"
SIGNED = {"signatoryName": "Pejabat", "signatoryPosition": "Camat", "place": "Takisung"}
PROOF = {"kind": "PHOTO", "description": "Foto serah terima"}


@pytest.fixture(scope="module")
async def acting(hub: Hub, client_at_noon: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client_at_noon, owner_dsn, "32.14.12", "Rencana", ("32.14.12.2001", "32.14.12.2002"))


@pytest.fixture(scope="module")
async def owner(owner_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection; the directory of agencies is filled."""
    found = await asyncpg.connect(owner_dsn)
    for each in agencies():
        await directory.enter(found, each)
    yield found
    await found.close()


async def drafted(acting: Acting, *items: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
    """A whole draft: its id and its items' ids in order."""
    given = {"title": "Care Mobile", "year": 2018, **FORM, "items": list(items or (ITEM,)), **more}
    made = (await acting.done("createActionPlan", given, ITEMS, role="KEC_SECTION_HEAD"))["actionPlan"]
    return made["id"], [each["id"] for each in made["items"]["nodes"]]


async def step(acting: Acting, name: str, plan: str, *, role: str = "CAMAT", **more: Any) -> str:
    """The state after a step."""
    of = "ActionPlanStepInput" if name in PLAIN else name[0].upper() + name[1:] + "Input"
    query = f"mutation($input: {of}!) {{ {name}(input: $input) {{ userErrors {{ code path }} {STATE} }} }}"
    sent = {"input": {"id": plan, "idempotencyKey": str(uuid4()), **more}}
    found = (await acting.client.data(query, sent, key=acting.place.keys[role]))[name]
    return str(found["actionPlan"]["state"] if found["actionPlan"] else found["userErrors"][0]["code"])


PLAIN = (
    "submitActionPlan",
    "startActionPlan",
    "completeActionPlan",
    "publishActionPlan",
    "unpublishActionPlan",
)


async def act(acting: Acting, name: str, given: dict[str, Any], *, of: str = "", role: str = "CAMAT") -> Any:
    """The item of a payload, or the code of its refusal."""
    kind = of or name[0].upper() + name[1:] + "Input"
    query = f"""mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code path }}
        item {{ id state status overdue progressPercent actual unit version }} }} }}"""
    sent = {"input": {"idempotencyKey": str(uuid4()), **given}}
    found = (await acting.client.data(query, sent, key=acting.place.keys[role]))[name]
    return found["item"] or (found["userErrors"][0]["code"], found["userErrors"][0]["path"])


async def begin(acting: Acting, item: str) -> Any:
    """An item that is started."""
    return await act(acting, "startPlanItem", {"id": item}, of="PlanItemStepInput")


async def close(acting: Acting, item: str, **more: Any) -> Any:
    """An item that is to be closed."""
    return await act(acting, "closePlanItem", {"id": item, **more}, of="ReportPlanItemInput")


async def forwarded(acting: Acting, *items: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
    """A plan that went to the district."""
    plan, ids = await drafted(acting, *items, **more)
    assert await step(acting, "submitActionPlan", plan, role="KEC_SECTION_HEAD") == "REVIEW"
    assert await step(acting, "signActionPlan", plan, **SIGNED) == "SIGNED"
    assert await step(acting, "forwardActionPlan", plan, forwardedTo="Bupati Tanah Laut") == "FORWARDED"
    return plan, ids


async def active(acting: Acting, *items: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
    """A plan that is under way."""
    plan, ids = await forwarded(acting, *items, **more)
    assert await step(acting, "recordPlanReceipt", plan, receiptNumber="050/12", note="Diterima") == "RECEIVED"
    assert await step(acting, "startActionPlan", plan) == "ACTIVE"
    return plan, ids


# The way of a plan


async def test_a_plan_goes_from_draft_to_completed_and_tells_of_it(acting: Acting) -> None:
    plan, (item,) = await active(acting)
    assert (await begin(acting, item))["state"] == "IN_PROGRESS"
    await acting.done("addPlanItemEvidence", {"item": item, **PROOF})
    closed = await close(acting, item, actual="4", unit="PERSON")
    assert (closed["state"], closed["status"], closed["overdue"]) == ("ACHIEVED", "OVER_ACHIEVED", False)
    review = {"plan": plan, "kind": "EVALUATE", "note": "Target terlampaui"}
    made = await acting.done("reviewActionPlan", review, "review { kind reviewedOn }")
    assert made["review"] == {"kind": "EVALUATE", "reviewedOn": TODAY.isoformat()}
    assert await step(acting, "completeActionPlan", plan) == "COMPLETED"
    assert await acting.told(plan) == [
        "PLAN_DRAFTED",
        "PLAN_SUBMITTED",
        "PLAN_SIGNED",
        "PLAN_FORWARDED",
        "PLAN_RECEIVED",
        "PLAN_STARTED",
        "PLAN_COMPLETED",
    ]
    assert await acting.told(item) == ["PLAN_ITEM_ADDED", "PLAN_ITEM_STARTED", "PLAN_ITEM_CLOSED"]


async def test_only_a_complete_form_goes_to_review(acting: Acting) -> None:
    bare = (await acting.done("createActionPlan", {"title": "Kosong", "year": 2018}, STATE))["actionPlan"]["id"]
    query = """mutation($input: ActionPlanStepInput!) {
        submitActionPlan(input: $input) { userErrors { code message } } }"""
    sent = {"input": {"id": bare, "idempotencyKey": "kosong"}}
    key = acting.place.keys["CAMAT"]
    (refused,) = (await acting.client.data(query, sent, key=key))["submitActionPlan"]["userErrors"]
    assert refused["code"] == "PLAN_INCOMPLETE"
    assert refused["message"].endswith("backgroundWhy, backgroundWhat, backgroundHow, goalsBenefits, items.")


async def test_the_secretary_comments_and_the_camat_alone_signs(acting: Acting) -> None:
    plan, _ = await drafted(acting)
    assert await step(acting, "signActionPlan", plan, **SIGNED) == "PLAN_STEP_CLOSED"
    assert await step(acting, "submitActionPlan", plan) == "REVIEW"
    assert await step(acting, "returnActionPlan", plan, role="KEC_SECTION_HEAD", note="x") == "FORBIDDEN"
    assert await step(acting, "returnActionPlan", plan, role="KEC_SECRETARY", note="Perjelas output") == "DRAFT"
    query = "query($id: ID!) { actionPlan(id: $id) { reviewNote allowedActions { action disabledReason } } }"
    shown = await acting.client.data(query, {"id": plan}, key=acting.place.keys["KEC_SECRETARY"])
    assert shown["actionPlan"]["reviewNote"] == "Perjelas output"
    assert [each["action"] for each in shown["actionPlan"]["allowedActions"] if each["disabledReason"] is None] == [
        "UPDATE",
        "ADD_ITEM",
        "SUBMIT",
        "CLONE",
        "UNPUBLISH",
    ]
    await acting.done("updateActionPlan", {"id": plan, "expectedVersion": 3, "title": "Care Mobile II"}, STATE)
    again = {"input": {"id": plan, "idempotencyKey": "lagi"}}
    name = "submitActionPlan"
    query = f"mutation($input: ActionPlanStepInput!) {{ {name}(input: $input) {{ {STATE} }} }}"
    assert (await acting.client.data(query, again, key=acting.place.keys["CAMAT"]))[name]["actionPlan"]["state"] == (
        "REVIEW"
    )
    assert await step(acting, "signActionPlan", plan, role="KEC_SECRETARY", **SIGNED) == "FORBIDDEN"
    assert await step(acting, "signActionPlan", plan, place="Kantor", signatoryName="A", signatoryPosition="Camat") == (
        "SIGNED"
    )


async def test_a_revised_plan_goes_on_as_a_new_edition_with_its_open_items(acting: Acting) -> None:
    who = [{"village": acting.place.id("Village")}, {"organization": acting.place.id("PartnerOrganization")}]
    plan, (done, _) = await active(acting, {**ITEM, "stakeholders": who}, {**ITEM, "stakeholders": who})
    await begin(acting, done)
    await acting.done("addPlanItemEvidence", {"item": done, **PROOF})
    await close(acting, done, actual="1", unit="PERSON")
    query = f"mutation($input: EndActionPlanInput!) {{ reviseActionPlan(input: $input) {{ {ITEMS} }} }}"
    sent = {"input": {"id": plan, "reason": "Target baru", "idempotencyKey": "revisi"}}
    made = (await acting.client.data(query, sent, key=acting.place.keys["CAMAT"]))["reviseActionPlan"]["actionPlan"]
    assert [each["state"] for each in made["items"]["nodes"]] == ["PLANNED"]
    query = """query($id: ID!) { actionPlan(id: $id) { edition revises { id state edition }
        items(first: 1) { nodes { target stakeholders(first: 5) { nodes { stakeholder { __typename } } } } } } }"""
    shown = (await acting.client.data(query, {"id": made["id"]}, key=acting.place.keys["CAMAT"]))["actionPlan"]
    assert shown["edition"] == 2
    assert shown["revises"] == {"id": plan, "state": "REVISED", "edition": 1}
    assert shown["items"]["nodes"][0] == {
        "target": "2.00",
        "stakeholders": {
            "nodes": [
                {"stakeholder": {"__typename": "Village"}},
                {"stakeholder": {"__typename": "PartnerOrganization"}},
            ]
        },
    }


async def test_a_clone_moves_to_another_year(acting: Acting) -> None:
    plan, _ = await drafted(acting, {**ITEM, "startsOn": "2020-02-29", "endsOn": "2020-12-31"}, year=2020)
    made = await acting.done(
        "cloneActionPlan",
        {"id": plan, "year": 2021},
        "actionPlan { year state edition items(first: 2) { nodes { startsOn endsOn state actual } } }",
    )
    assert made["actionPlan"] == {
        "year": 2021,
        "state": "DRAFT",
        "edition": 1,
        "items": {"nodes": [{"startsOn": "2021-02-28", "endsOn": "2021-12-31", "state": "PLANNED", "actual": None}]},
    }


# Items


async def test_figures_of_another_unit_are_not_compared(acting: Acting) -> None:
    _, (item, plain) = await active(
        acting, {**ITEM, "target": "4", "unit": "TIMES"}, {**ITEM, "target": None, "unit": None}
    )
    await begin(acting, item)
    await begin(acting, plain)
    report = {"id": item, "actual": "4", "unit": "PERSON"}
    assert await act(acting, "reportPlanItem", report) == ("OTHER_UNIT", ["unit"])
    assert await act(acting, "reportPlanItem", {"id": plain, "actual": "4", "unit": "PERSON"}) == (
        "NO_TARGET",
        ["actual"],
    )
    told = await act(acting, "reportPlanItem", {"id": item, "actual": "3", "unit": "TIMES", "progressPercent": 75})
    assert (told["actual"], told["unit"], told["progressPercent"], told["status"], told["overdue"]) == (
        "3.00",
        "TIMES",
        75,
        "DELAYED",
        True,
    )


async def test_an_item_closes_with_evidence_only(acting: Acting) -> None:
    plan, (item,) = await active(acting)
    await begin(acting, item)
    assert await close(acting, item) == ("ACTUAL_NEEDED", ["actual"])
    assert await close(acting, item, actual="1", unit="PERSON") == ("ITEM_EVIDENCE_NEEDED", [])
    assert await step(acting, "completeActionPlan", plan) == "ITEMS_OPEN"
    await acting.done("addLink", {"planItem": item, "event": acting.place.id("VitalEvent")}, "link { relation }")
    closed = await close(acting, item, actual="1", unit="PERSON", actualOutput="Satu KIA")
    assert closed["state"] == "PARTIALLY_ACHIEVED"
    assert await begin(acting, item) == ("ITEM_STEP_CLOSED", [])


async def test_a_problem_blocks_until_it_is_solved(acting: Acting) -> None:
    _, (item,) = await active(acting)
    await begin(acting, item)
    shape = "problem { id problem solution } item { state }"
    one = await acting.done("reportPlanProblem", {"item": item, "problem": "Mobil rusak"}, shape)
    two = await acting.done("reportPlanProblem", {"item": item, "problem": "Hujan"}, shape)
    assert two["item"] == {"state": "BLOCKED"}
    assert await close(acting, item, actual="2", unit="PERSON") == ("ITEM_STEP_CLOSED", [])
    solved = await acting.done("solvePlanProblem", {"problem": one["problem"]["id"], "solution": "Pinjam"}, shape)
    assert solved["item"] == {"state": "BLOCKED"}
    solved = await acting.done("solvePlanProblem", {"problem": two["problem"]["id"], "solution": "Tunda"}, shape)
    assert solved["item"] == {"state": "IN_PROGRESS"}
    assert await acting.refused("solvePlanProblem", {"problem": one["problem"]["id"], "solution": "Lagi"}) == (
        "ITEM_STEP_CLOSED",
        [],
    )


async def test_a_faulty_item_is_refused(acting: Acting, owner: asyncpg.Connection) -> None:
    plan, _ = await drafted(acting)
    for more, code, path in (
        ({"endsOn": "2018-04-01"}, "ITEM_TIME_OUT_OF_ORDER", ["item"]),
        ({"unit": None}, "TARGET_WITHOUT_UNIT", ["item"]),
        ({"stakeholders": [{}]}, "ONE_OF_NEEDED", ["item", "stakeholders", "0"]),
        (
            {"stakeholders": [{"agencyCode": "63.01/TIDAK"}]},
            "AGENCY_UNKNOWN",
            ["item", "stakeholders", "0", "agencyCode"],
        ),
        (
            {"stakeholders": [{"name": "PKH"}, {"name": "PKH"}]},
            "STAKEHOLDER_EXISTS",
            ["item", "stakeholders", "1", "name"],
        ),
    ):
        assert await acting.refused("addPlanItem", {"plan": plan, "item": {**ITEM, **more}}) == (code, path)
    assert await acting.refused("reviewActionPlan", {"plan": plan, "kind": "STUDY", "note": "x"}) == (
        "PLAN_STEP_CLOSED",
        [],
    )


async def test_a_stakeholder_leaves_a_draft_and_reads_it_no_more(acting: Acting, owner: asyncpg.Connection) -> None:
    who = [{"organization": acting.place.id("PartnerOrganization")}, {"agencyCode": "63.11/DUKCAPIL"}]
    plan, (item,) = await drafted(acting, {**ITEM, "stakeholders": who}, title="Rahasia")
    query = "query($id: ID!) { actionPlan(id: $id) { title items(first: 1) { nodes { id } } } }"
    seen = await acting.client.data(query, {"id": plan}, key=acting.place.keys["PARTNER_ORG"])
    assert seen["actionPlan"] == {"title": "Rahasia", "items": {"nodes": [{"id": item}]}}
    rows = await acting.rows("plan_item_stakeholder", item_id=key_of(item))
    assert [(row["organization_id"] is None, row["agency_code"]) for row in rows] == [
        (False, None),
        (True, "63.11/DUKCAPIL"),
    ]
    shape = "nodes { id stakeholder { ... on Agency { code } ... on PartnerOrganization { kind } } }"
    query = (
        f"query($id: ID!) {{ node(id: $id) {{ ... on ActionPlanItem {{ stakeholders(first: 5) {{ {shape} }} }} }} }}"
    )
    nodes = (await acting.client.data(query, {"id": item}, key=acting.place.keys["CAMAT"]))["node"]["stakeholders"][
        "nodes"
    ]
    assert [each["stakeholder"] for each in nodes] == [{"kind": "PKK"}, {"code": "63.11/DUKCAPIL"}]
    await acting.done("removePlanStakeholder", {"stakeholder": nodes[0]["id"]})
    seen = await acting.client.data(
        "query($id: ID!) { actionPlan(id: $id) { title } }", {"id": plan}, key=acting.place.keys["PARTNER_ORG"]
    )
    assert seen["actionPlan"] is None


# Who reads


async def test_the_district_reads_what_is_signed_and_nothing_else(acting: Acting, owner: asyncpg.Connection) -> None:
    tenant = await admin.add_tenant(
        owner, kind=TenantKind.AGENCY, code="32.14/SETDA-RA", name="Sekretariat daerah", zone=Zone.WITA
    )
    keys = {
        (role, region): await key_for(owner, tenant, role, on=admin.On(region_code=region), kind=TenantKind.AGENCY)
        for role in (Role.DISTRICT_HEAD, Role.AGENCY_ANALYST, Role.PROVINCE_ANALYST)
        for region in ("32.14", "32.13")
    }
    signed, (item,) = await active(acting, title="Untuk kabupaten")
    hidden, _ = await drafted(acting, title="Rancangan saja")
    await acting.done("reportPlanProblem", {"item": item, "problem": "Dana kurang"})
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on ActionPlan {
        title state kecamatan { name } allowedActions { disabledReason }
        items(first: 1) { nodes { problems(first: 1) { nodes { problem } } } } } } }"""
    sent = {"ids": [signed, hidden]}
    for role in (Role.DISTRICT_HEAD, Role.AGENCY_ANALYST):
        plan, draft = (await acting.client.data(query, sent, key=keys[role, "32.14"]))["nodes"]
        assert draft is None
        assert all(each["disabledReason"] for each in plan.pop("allowedActions"))
        assert plan == {
            "title": "Untuk kabupaten",
            "state": "ACTIVE",
            "kecamatan": {"name": "Rencana"},
            "items": {"nodes": [{"problems": {"nodes": [{"problem": "Dana kurang"}]}}]},
        }
    for key in (
        keys[Role.DISTRICT_HEAD, "32.13"],
        keys[Role.PROVINCE_ANALYST, "32.14"],
        acting.place.keys["FRONT_END"],
    ):
        assert (await acting.client.data(query, sent, key=key))["nodes"] == [None, None]
    refused = await acting.payload(
        "cloneActionPlan", {"id": signed, "year": 2020}, key=keys[Role.DISTRICT_HEAD, "32.14"]
    )
    assert refused["userErrors"] == [{"code": "FORBIDDEN", "path": []}]


async def test_what_is_published_is_read_by_everybody_without_its_problems(acting: Acting) -> None:
    plan, (item,) = await active(acting, title="Terbuka")
    await acting.done("reportPlanProblem", {"item": item, "problem": "Dana kurang"})
    query = """query($id: ID!) { actionPlan(id: $id) { title overdueItems(first: 5) { totalCount }
        reviews(first: 1) { totalCount } items(first: 1) { nodes { status problems(first: 1) { totalCount } } } } }"""
    key = acting.place.keys["FRONT_END"]
    assert (await acting.client.data(query, {"id": plan}, key=key))["actionPlan"] is None
    assert await step(acting, "publishActionPlan", plan, role="KEC_SECRETARY") == "ACTIVE"
    assert (await acting.client.data(query, {"id": plan}, key=key))["actionPlan"] == {
        "title": "Terbuka",
        "overdueItems": {"totalCount": 1},
        "reviews": {"totalCount": 0},
        "items": {"nodes": [{"status": "BLOCKED", "problems": {"totalCount": 0}}]},
    }
    assert await step(acting, "unpublishActionPlan", plan) == "ACTIVE"
    assert (await acting.client.data(query, {"id": plan}, key=key))["actionPlan"] is None


async def test_days_to_come_are_refused(acting: Acting) -> None:
    plan, _ = await drafted(acting)
    assert await step(acting, "submitActionPlan", plan) == "REVIEW"
    given = {"id": plan, **SIGNED, "signedOn": (TODAY + timedelta(days=1)).isoformat()}
    assert await acting.refused("signActionPlan", given) == ("DATE_IN_FUTURE", ["signedOn"])
