"""A cut road and an action plan: from a kecamatan to the agencies of its district, and back.

Over HTTP with the keys of everybody concerned, the worker in between, and an agency's own receiver of webhooks. A
database of its own: a sender of webhooks looks at every tenant.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.demo.agencies import agencies
from hub.domains.agencies import directory
from hub.domains.reports import carrying as reports
from hub.integrations.webhooks import Sender
from hub.tenants import administration as admin
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests import cluster
from tests.acting import acting_in
from tests.client import client_of
from tests.conftest import as_role, hub_over, prepare
from tests.integrations.webhooks.stage import Receiver, until
from tests.relay import Worker, worker_of
from tests.schema.assignments.stage import Agency, open_agency
from tests.schema.feedback.stage import Desk, complaint, in_days
from tests.schema.plans.test_mutations import ITEM, SIGNED, drafted, step
from tests.world.build import key_for

TAKISUNG = "63.01.01"
REPORT = """query ($code: String!) { report(code: $code) {
  rows { dimensions { dimension key } cells { column numerator denominator } } exceptions { kind column } } }"""


@dataclass
class Stage:
    """The kecamatan, its district's agencies, KNPI, and the worker."""

    hub: Hub
    desk: Desk
    worker: Worker
    pupr: Agency
    bappeda: Agency
    knpi: str

    async def report(self, code: str, days: int = 0) -> Any:
        """A report as the camat reads it on a later day, counted then."""
        clock = in_days(days)
        async with self.worker.connected() as connection:
            tenant = self.desk.acting.place.tenant
            await reports.recount_all(connection, tenant, clock(), write=True, codes=[code])
        async with self.desk.days_later(days) as later:
            camat = self.desk.acting.place.keys["CAMAT"]
            return (await later.acting.client.data(REPORT, {"code": code}, key=camat))["report"]

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Sender]:
        """A sender as long as the block."""
        fresh: dict[str, Any] = {"outcomes": Counter(), "news": set(), "courses": {}, "looked": None, "stopping": False}
        sender = replace(self.hub.sender, wake=asyncio.Event(), **fresh)
        stop = asyncio.Event()
        task = asyncio.create_task(sender.run(stop=stop))
        try:
            yield sender
        finally:
            stop.set()
            sender.wake.set()
            await asyncio.wait_for(task, 20)


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Takisung with one of everything, and two agencies with officers."""
    database = await cluster.database_for(f"agencies_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)
    folder: Path = tmp_path_factory.mktemp("agencies")
    async with hub_over(database, folder) as hub, client_of(hub) as client:
        dsn = as_role(database, "hub_owner")
        owner = await asyncpg.connect(dsn)
        try:
            for each in agencies():
                await directory.enter(owner, each)
            villages = (f"{TAKISUNG}.2001", f"{TAKISUNG}.2002")
            desk = Desk(await acting_in(hub, client, dsn, TAKISUNG, "Takisung", villages), hub)
            place = desk.acting.place
            worker = worker_of(hub, database, place.tenant.id)
            pupr, bappeda = [await open_agency(client, owner, f"63.01/{each}", worker) for each in ("PUPR", "BAPPEDA")]
            on = admin.On(organization_id=place.partners[1].id)
            knpi = await key_for(owner, place.tenant, Role.PARTNER_ORG, on=on)
        finally:
            await owner.close()
        yield Stage(hub, desk, worker, pupr, bappeda, knpi)


async def test_a_cut_road_goes_to_public_works_and_the_answer_returns_to_knpi(stage: Stage) -> None:
    desk = stage.desk
    villages = [desk.village(0), desk.village(1)]
    services = ["EDUCATION", "POSYANDU", "FOOD_SUPPLY"]
    item = complaint(villages=villages, affectedServices=services, affectedPopulation=840, place="Sungai Asam")
    made = await desk.acting.done("submitFeedback", {"item": item}, "trackingCode feedback { id }", key=stage.knpi)
    key = made["feedback"]["id"]
    await desk.step("triageFeedback", key, sector="INFRASTRUCTURE", severity=4)

    async with Receiver() as receiver:
        hook = await endpoint(stage.pupr, receiver.url)
        await desk.step("escalateFeedback", key, agency="63.01/PUPR", instruction="Mohon jembatan darurat")
        await stage.worker.catch_up()
        found = await stage.pupr.about(key)
        taken = await stage.pupr.done("acknowledgeAssignment", found)
        assert (taken["state"], taken["villageNames"], taken["body"]) == (
            "ACKNOWLEDGED",
            ["Takisung 0", "Takisung 1"],
            item["body"],
        )
        assert (await desk.read(key))["dispositions"]["nodes"][0]["state"] == "ACKNOWLEDGED"

        # Nothing happens for four weeks.
        async with desk.days_later(9) as later:
            await later.new(villages=villages[:1], affectedServices=["POSYANDU"])
        async with desk.days_later(28) as later:
            camat = desk.acting.place.keys["CAMAT"]
            query = "{ ageingFeedbacks(first: 2) { nodes { id ageDays overdue } } }"
            oldest, _ = (await later.acting.client.data(query, key=camat))["ageingFeedbacks"]["nodes"]
            assert oldest == {"id": key, "ageDays": 28, "overdue": True}
            late = "{ agencyAssignments(first: 5) { nodes { objectRef overdue } } }"
            assert (await later.acting.client.data(late, key=stage.pupr.key))["agencyAssignments"]["nodes"] == [
                {"objectRef": key, "overdue": True}
            ]
        ageing = await stage.report("R-28", 28)
        assert ["INFRASTRUCTURE", "15-28"] in [[each["key"] for each in row["dimensions"]] for row in ageing["rows"]]
        assert {each["column"] for each in ageing["exceptions"]} == {"late", "waiting"}

        # The agency answers then; KNPI reads it and is content.
        async with desk.days_later(28) as later:
            agency = replace(stage.pupr, client=later.acting.client, worker=replace(stage.worker, clock=in_days(28)))
            done = await agency.done("answerAssignment", taken, text="Jembatan Bailey sudah terpasang.", public=True)
            assert (done["state"], done["feedbackState"]) == ("DONE", "ANSWERED")
            read = await later.read(key, key=stage.knpi)
            assert (read["state"], read["ageDays"], read["answers"]["nodes"]) == (
                "ANSWERED",
                28,
                [{"number": 1, "text": "Jembatan Bailey sudah terpasang.", "public": True}],
            )
            content = {"feedback": key, "satisfaction": 4}
            await later.acting.done("closeFeedback", content, key=stage.knpi)
            await agency.worker.catch_up()
            assert (await agency.about(key))["feedbackState"] == "CLOSED"

        # Its own receiver was told of all of it, without a word of anybody.
        async with stage.sending():
            await until(lambda: len(receiver.got) >= 8)
        await check(stage, receiver, hook)


async def endpoint(agency: Agency, url: str) -> Any:
    query = """mutation ($input: CreateWebhookEndpointInput!) { answer: createWebhookEndpoint(input: $input)
      { webhookEndpoint { id state } userErrors { code } } }"""
    given = {"idempotencyKey": "hook", "url": url, "types": ["AgencyAssignment", "AgencyAct"]}
    found = (await agency.client.data(query, {"input": given}, key=agency.key))["answer"]
    assert found["userErrors"] == []
    return found["webhookEndpoint"]


async def check(stage: Stage, receiver: Receiver, hook: Any) -> None:
    assert hook["state"] == "ACTIVE"
    came, changed, sent, carried = (
        "agency_assignment.created",
        "agency_assignment.changed",
        "agency_act.created",
        "agency_act.changed",
    )
    acted = [sent, carried, changed]
    assert [each.told["type"] for each in receiver.got] == [came, *acted, *acted, changed]
    assert {each.told["data"]["tenant"] for each in receiver.got} == {"63.01/PUPR"}
    assert not any(word in each.body for each in receiver.got for word in (b"KNPI", b"Jembatan", b"Sungai"))
    assert stage.pupr.tenant.code == "63.01/PUPR"


LATE = {**ITEM, "activity": "Perbaikan jalan", "startsOn": "2026-01-05", "endsOn": "2026-02-27"}
PLAN = """query ($id: ID) { actionPlan(id: $id) { state receiptNumber receiptNote
  overdueItems(first: 5) { nodes { activity } } reviews(first: 5) { nodes { kind newTarget } }
  items(first: 5) { nodes { activity stakeholders(first: 5) { nodes { stakeholder {
    ... on Agency { code } ... on PartnerOrganization { name planItems(first: 9)
      { nodes { activity } } } } } } } } } }"""


async def test_a_plan_with_two_items_goes_to_the_district_and_its_delays_are_seen(stage: Stage) -> None:
    acting = stage.desk.acting
    pkk = {"organization": acting.place.id("PartnerOrganization")}
    concerned = {"stakeholders": [{"agencyCode": "63.01/PUPR"}, pkk]}
    social = {"stakeholders": [{"agencyCode": "63.01/DINSOS"}, pkk]}
    future = {**ITEM, "endsOn": "2099-06-30"}
    plan, items = await drafted(acting, {**LATE, **concerned}, {**future, **social}, title="Jalan", year=2026)
    assert await step(acting, "submitActionPlan", plan, role="KEC_SECTION_HEAD") == "REVIEW"
    assert await step(acting, "signActionPlan", plan, **SIGNED) == "SIGNED"
    to = {"forwardedTo": "Bupati Tanah Laut", "agency": "63.01/BAPPEDA"}
    assert await step(acting, "forwardActionPlan", plan, **to) == "FORWARDED"
    await stage.worker.catch_up()

    # The kabupaten sees it, acknowledges and comments; the kecamatan begins.
    found = await stage.bappeda.about(plan)
    assert (found["kind"], found["state"], found["planState"]) == ("ACTION_PLAN", "SENT", "FORWARDED")
    taken = await stage.bappeda.done("acknowledgeAssignment", found, number="050/7", note="Dahulukan jalan")
    assert await step(acting, "startActionPlan", plan) == "ACTIVE"
    target = {"kind": "NEW_TARGET", "note": "Sebelum musim hujan", "newTarget": "Selesai Oktober"}
    reviewed = await stage.bappeda.done("reviewAssignedPlan", taken, **target)
    assert [each["state"] for each in reviewed["acts"]["nodes"]] == ["CARRIED", "CARRIED"]

    kept = (await acting.client.data(PLAN, {"id": plan}, key=acting.place.keys["CAMAT"]))["actionPlan"]
    assert (kept["state"], kept["receiptNumber"], kept["receiptNote"]) == ("ACTIVE", "050/7", "Dahulukan jalan")
    assert kept["overdueItems"]["nodes"] == [{"activity": "Perbaikan jalan"}]
    assert kept["reviews"]["nodes"] == [{"kind": "NEW_TARGET", "newTarget": "Selesai Oktober"}]
    concern = [[each["stakeholder"] for each in one["stakeholders"]["nodes"]] for one in kept["items"]["nodes"]]
    assert [{each.get("code") or each["name"] for each in one} for one in concern] == [
        {"63.01/PUPR", "PKK Takisung"},
        {"63.01/DINSOS", "PKK Takisung"},
    ]
    back = next(each["planItems"]["nodes"] for each in concern[0] if "planItems" in each)
    assert {"Perbaikan jalan", ITEM["activity"]} <= {each["activity"] for each in back}
    assert len(items) == 2

    report = await stage.report("R-27")
    assert ("ABOVE", "overdue") in {(each["kind"], each["column"]) for each in report["exceptions"]}
