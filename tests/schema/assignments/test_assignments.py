"""What agencies do with what was handed to them, over HTTP and through the worker, wherever it dies."""

from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from hub.domains.feedback.sweeping import sweep
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId, decode
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.acting import key_of
from tests.client import Client
from tests.conftest import as_role
from tests.relay import Worker, worker_of
from tests.schema.assignments.stage import Agency, open_agency
from tests.schema.feedback.stage import Desk, open_desk
from tests.schema.plans.test_mutations import SIGNED, drafted, step
from tests.world.build import key_for

REGION = "32.15"


@dataclass
class Stage:
    """A kecamatan, and two agencies over it."""

    desk: Desk
    worker: Worker
    pupr: Agency
    inspectorate: Agency

    async def routed(self, **more: Any) -> tuple[str, Any]:
        """Feedback that was escalated to public works, and its assignment there."""
        key = await self.desk.new(**more)
        await self.desk.step("triageFeedback", key, sector="INFRASTRUCTURE", severity=4)
        await self.desk.step("escalateFeedback", key, agency=f"{REGION}/PUPR", instruction="Mohon diperbaiki")
        await self.worker.catch_up()
        return key, await self.pupr.about(key)

    async def complained(self, **more: Any) -> tuple[Any, Any]:
        """A complaint about the office with its code, and its assignment at the inspectorate."""
        made = await self.desk.submit(aboutOffice=True, **more)
        connection = await asyncpg.connect(self.worker.dsn)
        try:
            await sweep(connection, system_clock(), tenants=[self.desk.acting.place.tenant.id])
        finally:
            await connection.close()
        await self.worker.catch_up()
        return made, await self.inspectorate.about(made["feedback"]["id"])


@pytest.fixture(scope="module")
async def stage(hub: Hub, client: Client, owner_dsn: str, database: str) -> Stage:
    """Nothing was said yet."""
    desk = await open_desk(hub, client, owner_dsn, f"{REGION}.17")
    worker = worker_of(hub, database, desk.acting.place.tenant.id)
    owner = await asyncpg.connect(owner_dsn)
    try:
        pupr, inspectorate = [
            await open_agency(client, owner, f"{REGION}/{short}", worker) for short in ("PUPR", "INSPEKTORAT")
        ]
    finally:
        await owner.close()
    return Stage(desk, worker, pupr, inspectorate)


def opens(assignment: Any) -> list[str]:
    return [each["action"] for each in assignment["allowedActions"] if each["disabledReason"] is None]


async def test_what_is_escalated_lies_with_the_agency_without_its_raiser(stage: Stage) -> None:
    villages = [stage.desk.village(0), stage.desk.village(1)]
    key, found = await stage.routed(villages=villages, affectedServices=["POSYANDU"], affectedPopulation=840)

    acts, allowed = found.pop("acts"), opens(found)
    for name in ("id", "version", "allowedActions", "sentOn", "dueOn"):
        found.pop(name)
    assert (acts["nodes"], allowed) == ([], ["ACKNOWLEDGE", "RETURN", "ANSWER"])
    assert found == {
        "kind": "FEEDBACK",
        "state": "SENT",
        "feedbackState": "ESCALATED",
        "planState": None,
        "homeCode": f"{REGION}.17",
        "homeName": f"{REGION}.17",
        "objectRef": key,
        "overdue": False,
        "subject": "Jalan putus",
        "body": "Jalan antardesa putus diterjang banjir.",
        "instruction": "Mohon diperbaiki",
        "sector": "INFRASTRUCTURE",
        "severity": 4,
        "place": None,
        "affectedServices": ["POSYANDU"],
        "affectedPopulation": 840,
        "villageNames": [f"{REGION}.17 0", f"{REGION}.17 1"],
    }
    assert await stage.inspectorate.about(key) is None


async def test_the_agency_acknowledges_and_answers_and_the_raiser_reads_it(stage: Stage) -> None:
    key, found = await stage.routed(confidential=True)

    taken = await stage.pupr.done("acknowledgeAssignment", found)
    (sent,) = (await stage.desk.read(key))["dispositions"]["nodes"]
    done = await stage.pupr.done("answerAssignment", taken, text="Jembatan Bailey dipasang.", public=True)
    later = await stage.pupr.done("answerAssignment", done, text="Jembatan permanen dianggarkan.", public=False)

    assert (taken["state"], sent["state"]) == ("ACKNOWLEDGED", "ACKNOWLEDGED")
    assert [(each["state"], each["feedbackState"]) for each in (done, later)] == [("DONE", "ANSWERED")] * 2
    assert [(each["kind"], each["state"]) for each in later["acts"]["nodes"]] == [
        ("RECEIPT", "CARRIED"),
        ("ANSWER", "CARRIED"),
        ("ANSWER", "CARRIED"),
    ]
    assert (await stage.desk.read(key, role="PARTNER_ORG"))["answers"]["nodes"] == [
        {"number": 1, "text": "Jembatan Bailey dipasang.", "public": True},
        {"number": 2, "text": "Jembatan permanen dianggarkan.", "public": False},
    ]
    written = await stage.desk.acting.rows("feedback_answer", feedback_id=key_of(key))
    assert {each["disposition_id"] for each in written} == {key_of(found["id"])}


async def test_the_kecamatan_is_told_by_which_act_it_was_done(stage: Stage) -> None:
    key, found = await stage.routed()
    act = (await stage.pupr.does("answerAssignment", found, text="Selesai."))["agencyAct"]
    await stage.worker.catch_up()

    told = await stage.desk.acting.rows("journal_entry", object_id=key_of(key), kind="FEEDBACK_ANSWERED")
    assert [(each["role"], each["principal_id"], each["request_id"]) for each in told] == [
        ("WORKER", None, str(key_of(act["id"])))
    ]


async def test_what_is_handed_back_waits_in_the_kecamatan_and_says_nothing_more_at_the_agency(stage: Stage) -> None:
    key, found = await stage.routed(place="Sungai Asam")

    back = await stage.pupr.done("returnAssignment", found, reason="Jalan provinsi")

    feedback = await stage.desk.read(key)
    assert (feedback["state"], feedback["dispositions"]["nodes"][0]["state"]) == ("TRIAGED", "RETURNED")
    words = ("subject", "body", "instruction", "place", "affectedPopulation")
    assert (back["state"], [back[name] for name in words], back["villageNames"]) == ("RETURNED", [None] * 5, [])
    assert opens(back) == []
    assert await stage.pupr.refused("answerAssignment", back, text="Lagi") == "ASSIGNMENT_STEP_CLOSED"


async def test_what_the_office_settled_first_refuses_the_act_with_a_sentence(stage: Stage) -> None:
    key, found = await stage.routed()
    await stage.desk.step("answerFeedback", key, text="Sudah ditangani kecamatan.")

    after = await stage.pupr.done("answerAssignment", found, text="Terlambat")

    (act,) = after["acts"]["nodes"]
    assert (after["state"], act["state"], act["refusal"]) == ("DONE", "REFUSED", "DISPOSITION_OVER")
    assert "DONE" in act["refusalSentence"]
    assert len((await stage.desk.read(key))["answers"]["nodes"]) == 1


async def test_an_act_is_done_once_wherever_the_worker_dies(stage: Stage) -> None:
    key, found = await stage.routed()
    for name, more in (("acknowledgeAssignment", {}), ("answerAssignment", {"text": "Sekali saja."})):
        assert (await stage.pupr.does(name, found, **more))["userErrors"] == []
    await stage.worker.look()

    deaths = await stage.worker.die_everywhere(stage.worker.run_errands, anew=True)
    await stage.worker.catch_up()

    assert deaths > 25
    assert len((await stage.desk.read(key))["answers"]["nodes"]) == 1
    assert [each["state"] for each in (await stage.pupr.about(key))["acts"]["nodes"]] == ["CARRIED", "CARRIED"]
    disposition = found["id"]
    told = [each["kind"] for each in await stage.desk.acting.rows("journal_entry", object_id=key_of(disposition))]
    assert told == ["DISPOSITION_SENT", "DISPOSITION_ACKNOWLEDGED", "DISPOSITION_DONE"]


async def test_who_may_not_act_and_what_does_not_fit_is_refused(stage: Stage, owner: asyncpg.Connection) -> None:
    key, found = await stage.routed()
    on = admin.On(region_code=REGION)
    analyst = await key_for(owner, stage.pupr.tenant, Role.AGENCY_ANALYST, on=on, kind=TenantKind.AGENCY)
    once = {"idempotencyKey": "agency-once", "reason": "Bukan kami"}

    assert await stage.pupr.refused("acknowledgeAssignment", found, key=analyst) == "FORBIDDEN"
    assert await stage.pupr.refused("acknowledgeAssignment", found, key=stage.inspectorate.key) == "NOT_FOUND"
    camat = stage.desk.acting.place.keys["CAMAT"]
    assert await stage.pupr.refused("acknowledgeAssignment", found, key=camat) == "FORBIDDEN"
    assert await stage.pupr.refused("answerAssignment", found, text=" ") == "TEXT_MISSING"
    assert await stage.pupr.refused("reviewAssignedPlan", found, kind="STUDY", note="x") == "ASSIGNMENT_OF_ANOTHER_KIND"
    first, again = [await stage.pupr.does("returnAssignment", found, **once) for _ in range(2)]
    assert (first["replayed"], again["replayed"], first["agencyAct"]["id"]) == (False, True, again["agencyAct"]["id"])
    assert await stage.pupr.refused("returnAssignment", found, reason="Sekali lagi") == "ACT_ON_THE_WAY"
    await stage.worker.catch_up()
    assert (await stage.desk.read(key))["state"] == "TRIAGED"


async def test_an_officer_reads_nothing_of_the_kecamatan_itself(stage: Stage) -> None:
    query = """{ feedbacks(first: 5) { totalCount } citizens(first: 1) { totalCount }
      feedbackDispositions(first: 1) { totalCount } villages(first: 1) { totalCount } }"""

    found = (await stage.pupr.client.post({"query": query}, key=stage.pupr.key)).json()["data"]

    assert found == {
        "feedbacks": {"totalCount": 0},
        "citizens": None,
        "feedbackDispositions": None,
        "villages": {"totalCount": 0},
    }


async def test_what_waits_for_an_agency_without_a_tenant_is_laid_there_when_it_has_one(
    stage: Stage, client: Client, owner: asyncpg.Connection, database: str
) -> None:
    await owner.execute(
        "insert into agency (code, name, kind, region_code, affairs) values ($1, 'Dinkes', 'DINAS', $2, '{}')",
        f"{REGION}/DINKES",
        REGION,
    )
    key = await stage.desk.new()
    await stage.desk.step("triageFeedback", key)
    await stage.desk.step("escalateFeedback", key, agency=f"{REGION}/DINKES")
    await stage.worker.catch_up()

    late = await open_agency(client, owner, f"{REGION}/DINKES", stage.worker)
    root = await asyncpg.connect(database)
    try:
        await root.execute("update errand set due_at = now() where home_tenant = any($1)", stage.worker.tenants)
    finally:
        await root.close()
    await stage.worker.catch_up()

    assert (await late.about(key))["state"] == "SENT"


# Complaints about the office


async def test_the_inspectorate_answers_past_the_office_which_learns_nothing(stage: Stage) -> None:
    made, found = await stage.complained(confidential=True)
    key = made["feedback"]["id"]
    office = ("CAMAT", "KEC_SECRETARY", "KEC_COUNTER", "VILLAGE_HEAD")

    taken = await stage.inspectorate.done("acknowledgeAssignment", found)
    done = await stage.inspectorate.done("answerAssignment", taken, text="Petugas sudah ditegur.", public=True)

    assert (found["kind"], opens(found), opens(done)) == (
        "OFFICE_COMPLAINT",
        ["ACKNOWLEDGE", "ANSWER"],
        ["ANSWER"],
    )
    assert (done["state"], done["feedbackState"]) == ("DONE", "ANSWERED")
    tracked = await stage.desk.track(made["trackingCode"])
    assert (tracked["state"], tracked["answers"]) == ("ANSWERED", [{"number": 1, "text": "Petugas sudah ditegur."}])
    assert (await stage.desk.read(key, role="PARTNER_ORG"))["answers"]["nodes"][0]["number"] == 1
    assert [await stage.desk.read(key, role=role) for role in office] == [None] * 4
    answer = (await stage.desk.acting.rows("feedback_answer", feedback_id=key_of(key)))[0]
    disposition = (await stage.desk.acting.rows("feedback_disposition", feedback_id=key_of(key)))[0]
    about = [await stage.desk.acting.rows("journal_entry", object_id=each["id"]) for each in (answer, disposition)]
    assert about == [[], []]
    told = await stage.desk.acting.rows("journal_entry", object_id=key_of(key))
    assert {(each["kind"], each["payload"], each["principal_id"], str(each["parties"])) for each in told} == {
        ("FEEDBACK_FORWARDED", "{}", None, "[]")
    }


async def test_the_office_can_neither_answer_nor_change_what_was_answered(stage: Stage) -> None:
    made, found = await stage.complained()
    key = made["feedback"]["id"]
    await stage.inspectorate.done("answerAssignment", found, text="Diperiksa.")

    refused = [
        await stage.desk.acting.refused(name, given, role=role)
        for role in ("CAMAT", "KEC_COUNTER")
        for name, given in (
            ("answerFeedback", {"feedback": key, "text": "Tidak benar"}),
            ("closeFeedback", {"feedback": key}),
            ("acknowledgeDisposition", {"disposition": disposition_of(made, found)}),
        )
    ]

    assert (
        refused
        == [
            ("NOT_FOUND", ["feedback"]),
            ("NOT_FOUND", ["feedback"]),
            ("NOT_FOUND", ["disposition"]),
        ]
        * 2
    )
    scope_rows = await as_office(stage, "update feedback_answer set text = 'Tidak benar' where tenant_id = $1")
    assert scope_rows == "UPDATE 0"


def disposition_of(made: Any, found: Any) -> str:
    """The id it would have in the kecamatan."""
    kecamatan = made["feedback"]["id"]
    there, here = decode(kecamatan), decode(found["id"])
    assert there is not None
    assert here is not None
    return GlobalId("FeedbackDisposition", there.tenant, here.key).encode()


async def as_office(stage: Stage, statement: str) -> str:
    """What the database answers to the office's role about answers to complaints about the office."""
    tenant = stage.desk.acting.place.tenant.id
    connection = await asyncpg.connect(as_role(stage.worker.dsn, "hub_api"))
    try:
        async with connection.transaction():
            await connection.execute("select set_config('hub.tenant', $1, true)", str(tenant))
            hidden = await connection.fetch(
                "select id from feedback_answer where tenant_id = $1 and text = 'Diperiksa.'", tenant
            )
            assert hidden == []
            return str(await connection.execute(f"{statement} and text = 'Diperiksa.'", tenant))
    finally:
        await connection.close()


async def test_a_complaint_that_is_reopened_comes_to_the_inspectorate_again(stage: Stage) -> None:
    made, found = await stage.complained()
    await stage.inspectorate.done("answerAssignment", found, text="Sudah ditegur.")
    given = {"trackingCode": made["trackingCode"], "reason": "Masih sama"}
    await stage.desk.acting.done("reopenFeedback", given, role="PARTNER_ORG")

    connection = await asyncpg.connect(stage.worker.dsn)
    try:
        await sweep(connection, system_clock(), tenants=[stage.desk.acting.place.tenant.id])
    finally:
        await connection.close()
    await stage.worker.catch_up()

    mine = [each for each in await stage.inspectorate.assignments() if each["objectRef"] == found["objectRef"]]
    assert sorted((each["state"], each["feedbackState"]) for each in mine) == [
        ("DONE", "ESCALATED"),
        ("SENT", "ESCALATED"),
    ]
    told = await stage.desk.acting.rows("journal_entry", object_id=key_of(found["objectRef"]))
    assert {each["principal_id"] for each in told} == {None}


# Action plans of the kecamatan


async def forwarded(stage: Stage, title: str, **more: Any) -> str:
    """A plan that the camat signed and that went to public works."""
    acting = stage.desk.acting
    plan, _ = await drafted(acting, title=title)
    assert await step(acting, "submitActionPlan", plan, role="KEC_SECTION_HEAD") == "REVIEW"
    assert await step(acting, "signActionPlan", plan, **SIGNED) == "SIGNED"
    to = {"forwardedTo": "Bupati", "agency": f"{REGION}/PUPR", **more}
    assert await step(acting, "forwardActionPlan", plan, **to) == "FORWARDED"
    await stage.worker.catch_up()
    return plan


PLAN = """query ($id: ID) { actionPlan(id: $id) { state receivedOn receiptNumber receiptNote
  forwardedAgency { code } reviews(first: 5) { nodes { kind note newTarget } } } }"""


async def read_plan(stage: Stage, plan: str) -> Any:
    acting = stage.desk.acting
    return (await acting.client.data(PLAN, {"id": plan}, key=acting.place.keys["CAMAT"]))["actionPlan"]


async def test_the_district_acknowledges_a_plan_and_reviews_it_once_it_is_under_way(stage: Stage) -> None:
    plan = await forwarded(stage, "Layanan keliling")
    found = await stage.pupr.about(plan)

    taken = await stage.pupr.done("acknowledgeAssignment", found, number="050/12", note="Lengkapi anggaran")
    early = await stage.pupr.done("reviewAssignedPlan", taken, kind="EVALUATE", note="Belum mulai")
    assert await step(stage.desk.acting, "startActionPlan", plan) == "ACTIVE"
    await stage.worker.catch_up()
    target = {"kind": "NEW_TARGET", "note": "Terlalu rendah", "newTarget": "Dua kali sebulan"}
    reviewed = await stage.pupr.done("reviewAssignedPlan", early, **target)

    assert (found["planState"], opens(found), found["subject"]) == (
        "FORWARDED",
        ["ACKNOWLEDGE"],
        "Layanan keliling (2018/1)",
    )
    assert [(each["state"], each["planState"]) for each in (taken, reviewed)] == [
        ("ACKNOWLEDGED", "RECEIVED"),
        ("ACKNOWLEDGED", "ACTIVE"),
    ]
    assert [(each["kind"], each["state"], each["refusal"]) for each in reviewed["acts"]["nodes"]] == [
        ("RECEIPT", "CARRIED", None),
        ("REVIEW", "REFUSED", "PLAN_STEP_CLOSED"),
        ("REVIEW", "CARRIED", None),
    ]
    kept = await read_plan(stage, plan)
    received = kept.pop("receivedOn")
    assert received is not None
    assert kept == {
        "state": "ACTIVE",
        "receiptNumber": "050/12",
        "receiptNote": "Lengkapi anggaran",
        "forwardedAgency": {"code": f"{REGION}/PUPR"},
        "reviews": {"nodes": [{"kind": "NEW_TARGET", "note": "Terlalu rendah", "newTarget": "Dua kali sebulan"}]},
    }
    assert await stage.pupr.refused("reviewAssignedPlan", reviewed, kind="NEW_TARGET", note="x") == "NEW_TARGET_NEEDED"
    later = {"kind": "STUDY", "note": "x", "happenedOn": "2999-01-01"}
    assert await stage.pupr.refused("reviewAssignedPlan", reviewed, **later) == "DATE_IN_FUTURE"
    assert await stage.pupr.refused("returnAssignment", reviewed, reason="x") == "ASSIGNMENT_OF_ANOTHER_KIND"


async def test_a_plan_goes_to_an_agency_of_this_district_or_province_only(stage: Stage) -> None:
    acting = stage.desk.acting
    plan, _ = await drafted(acting, title="Salah alamat")
    await step(acting, "submitActionPlan", plan, role="KEC_SECTION_HEAD")
    await step(acting, "signActionPlan", plan, **SIGNED)

    for code in ("63.11/BAPPEDA", "32.15/TIDAKADA"):
        assert await step(acting, "forwardActionPlan", plan, forwardedTo="Bupati", agency=code) == "AGENCY_NOT_HERE"
