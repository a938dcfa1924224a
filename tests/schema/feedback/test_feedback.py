"""Feedback over HTTP: from a raiser through the office to an answer, every refusal by name, who sees whom."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from hub.domains.calendar.holidays import national
from hub.domains.feedback.sweeping import Swept, sweep
from hub.kernel import tracking_code
from hub.kernel.scope import Zone
from hub.kernel.workdays import working_days_after
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.acting import key_of
from tests.client import Client
from tests.conftest import as_role
from tests.noon import TODAY
from tests.schema.feedback.stage import WHOLE, Desk, complaint, fresh, in_days, open_desk
from tests.world.build import key_for

SERVICES = ["EDUCATION", "POSYANDU", "FOOD_SUPPLY"]


@pytest.fixture(scope="module")
async def desk(hub_at_noon: Hub, client_at_noon: Client, owner_dsn: str) -> Desk:
    """A kecamatan to complain to."""
    return await open_desk(hub_at_noon, client_at_noon, owner_dsn, "32.13.24")


def due(days: int) -> str:
    return working_days_after(TODAY, days, lambda day: day in national(day.year)).isoformat()


# Taking in


async def test_an_organization_raises_for_itself_and_reads_its_own(desk: Desk) -> None:
    villages = [desk.village(0), desk.village(1)]

    made = await desk.submit(villages=villages, affectedServices=SERVICES, affectedPopulation=840)

    found = made["feedback"]
    assert (found["state"], found["submitterKind"], found["overdue"], found["ageDays"]) == (
        "RECEIVED",
        "PARTNER_ORG",
        False,
        0,
    )
    assert found["raiser"]["organization"]["name"] == desk.acting.place.partners[0].name
    assert len(found["villages"]["nodes"]) == 2
    assert (found["receivedOn"], found["forwardDueOn"]) == (TODAY.isoformat(), due(3))
    code = tracking_code.parse(made["trackingCode"])
    assert code is not None
    assert code.tenant == desk.acting.place.tenant.id
    assert await desk.read(found["id"], role="PARTNER_ORG") is not None
    assert (await desk.acting.told(found["id"])) == ["FEEDBACK_RECEIVED"]


async def test_the_same_key_takes_it_in_once_and_tells_the_same_code(desk: Desk) -> None:
    given = {"item": complaint(), "idempotencyKey": fresh()}
    first = await desk.acting.payload("submitFeedback", given, "trackingCode feedback { id }", role="PARTNER_ORG")

    again = await desk.acting.payload("submitFeedback", given, "trackingCode feedback { id }", role="PARTNER_ORG")

    assert again == {**first, "replayed": True}


async def test_a_visitor_of_the_site_raises_without_a_name_and_holds_the_code_alone(desk: Desk) -> None:
    made = await desk.submit(role="FRONT_END")
    found, code = made["feedback"], made["trackingCode"]

    assert (found["submitterKind"], found["raiser"]) == ("ANONYMOUS", None)
    assert await desk.read(found["id"], role="FRONT_END") is None
    assert (await desk.track(code))["state"] == "RECEIVED"
    assert (await desk.track(code.replace("-", "").lower()))["subject"] == "Jalan putus"
    assert await desk.acting.rows("feedback_raiser", id=key_of(found["id"])) == []


async def test_what_an_organization_sends_anonymously_is_nobodys_in_the_journal_too(desk: Desk) -> None:
    made = await desk.submit(anonymous=True)

    assert (made["feedback"]["submitterKind"], made["feedback"]["raiser"]) == ("ANONYMOUS", None)
    (entry,) = await desk.acting.rows("journal_entry", object_id=key_of(made["feedback"]["id"]))
    assert (entry["principal_id"], entry["grant_id"], entry["parties"]) == (None, None, [])


async def test_a_code_that_is_none_and_one_that_nobody_has_are_answered_alike(desk: Desk) -> None:
    tenant = desk.acting.place.tenant.id
    codes = ["", "x", "1-AAAAA-AAAAAA", tracking_code.fresh(tenant).text, tracking_code.fresh(31**5).text]

    assert [await desk.track(each) for each in codes] == [None] * len(codes)


async def test_a_visitor_who_leaves_a_number_is_a_resident_whose_number_is_sealed(desk: Desk) -> None:
    made = await desk.submit(role="FRONT_END", contact={"name": "Ibu Rahma", "phone": "0812 3456 7890"})

    key = made["feedback"]["id"]
    assert made["feedback"]["submitterKind"] == "CITIZEN"
    (row,) = await desk.acting.rows("feedback_raiser", id=key_of(key))
    assert b"Rahma" not in row["name_sealed"]
    told = await contact(desk, key, "KEC_COUNTER")
    assert told == {"name": "Ibu Rahma", "phone": "+6281234567890", "userErrors": []}
    assert (await contact(desk, key, "KEC_SECTION_HEAD"))["userErrors"] == [{"code": "FORBIDDEN"}]
    assert "RAISER_CONTACT_TOLD" in await desk.acting.told(key)


async def contact(desk: Desk, key: str, role: str) -> Any:
    query = """mutation ($input: FeedbackContactAskedInput!) { feedbackContact(input: $input)
      { name phone userErrors { code } } }"""
    given = {"feedback": key, "purpose": "Menelepon pelapor"}
    return (await desk.acting.client.data(query, {"input": given}, key=desk.acting.place.keys[role]))["feedbackContact"]


async def test_the_counter_writes_down_for_a_resident_of_the_register(desk: Desk) -> None:
    made = await desk.submit(role="KEC_COUNTER", channel="COUNTER", raiser={"citizen": desk.acting.place.id("Citizen")})

    assert made["feedback"]["submitterKind"] == "CITIZEN"
    assert made["trackingCode"] is not None


async def test_a_village_raises_about_itself(desk: Desk) -> None:
    made = await desk.submit(role="VILLAGE_OFFICER")

    assert made["feedback"]["submitterKind"] == "VILLAGE"
    assert [each["name"] for each in made["feedback"]["villages"]["nodes"]] == [desk.acting.place.villages[0].name]


@pytest.mark.parametrize(
    ("role", "item", "code", "path"),
    [
        ("PARTNER_ORG", {"anonymous": True, "contact": {"name": "A"}}, "ANONYMOUS_HAS_RAISER", ["anonymous"]),
        ("PARTNER_ORG", {"raiser": {"organization": "@"}}, "RAISER_NOT_YOURS", ["organization"]),
        ("KEC_COUNTER", {"aboutOffice": True}, "OFFICE_NOT_BY_OFFICE", ["aboutOffice"]),
        ("VILLAGE_HEAD", {"villages": ["@1"]}, "FEEDBACK_VILLAGE_NOT_YOURS", ["villages"]),
        ("PARTNER_ORG", {"capturedAt": "2999-01-01T00:00:00Z"}, "DATE_IN_FUTURE", ["capturedAt"]),
        ("PARTNER_ORG", {"clientId": "1"}, "CLIENT_ID_MALFORMED", ["item", "clientId"]),
        ("PARTNER_ORG", {"subject": " "}, "TEXT_MISSING", ["item", "subject"]),
        ("PARTNER_ORG", {"affectedPopulation": -1}, "FIGURE_OUT_OF_RANGE", ["item", "affectedPopulation"]),
        ("KEC_COUNTER", {"raiser": {"village": "@0", "organization": "@"}}, "ONE_OF_NEEDED", ["item", "raiser"]),
        ("INTEGRATION", {}, "FORBIDDEN", []),
    ],
)
async def test_what_is_not_taken_in(desk: Desk, role: str, item: dict[str, Any], code: str, path: list[str]) -> None:
    ids = {"@": desk.acting.place.id("PartnerOrganization"), "@0": desk.village(0), "@1": desk.village(1)}

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: told(each) for name, each in value.items()}
        if isinstance(value, list):
            return [told(each) for each in value]
        return ids.get(value, value) if isinstance(value, str) else value

    assert await desk.acting.refused("submitFeedback", {"item": complaint(**told(item))}, role=role) == (code, path)


async def test_a_batch_takes_in_what_it_can_and_nothing_twice(desk: Desk) -> None:
    ids = [fresh() for _ in range(3)]
    items = [complaint(clientId=each, subject=f"Nomor {each[:4]}") for each in ids]
    items[1]["subject"] = ""
    items.append(complaint())
    shape = "results { index clientId known trackingCode feedback { id subject } userErrors { code path } }"
    first = (await desk.acting.done("submitFeedbackBatch", {"items": items}, shape, role="PARTNER_ORG"))["results"]

    items[1]["subject"] = "Diperbaiki"
    again = (await desk.acting.done("submitFeedbackBatch", {"items": items[:3]}, shape, role="PARTNER_ORG"))["results"]

    assert [each["index"] for each in first] == [0, 1, 2, 3]
    assert [[e["code"] for e in each["userErrors"]] for each in first] == [[], ["TEXT_MISSING"], [], ["VALUE_MISSING"]]
    assert first[1]["userErrors"][0]["path"] == ["items", "1", "subject"]
    assert [each["known"] for each in again] == [True, False, True]
    assert [again[0][name] for name in ("trackingCode", "feedback")] == [
        first[0][name] for name in ("trackingCode", "feedback")
    ]
    assert again[1]["feedback"]["subject"] == "Diperbaiki"


async def test_more_than_a_hundred_items_are_refused(desk: Desk) -> None:
    items = [complaint(clientId=fresh()) for _ in range(101)]

    assert await desk.acting.refused("submitFeedbackBatch", {"items": items}, role="PARTNER_ORG") == (
        "TOO_MANY",
        ["items"],
    )


# Who sees what


async def test_who_raised_confidential_feedback_is_told_to_few(desk: Desk) -> None:
    key = await desk.new(confidential=True, villages=[desk.village()])
    open_to = {
        role: (await desk.read(key, role=role))["raiser"] is not None
        for role in ("CAMAT", "KEC_SECRETARY", "KEC_COUNTER", "KEC_SECTION_HEAD", "VILLAGE_HEAD", "PARTNER_ORG")
    }
    organization = desk.acting.place.id("PartnerOrganization")
    query = "query ($id: ID) { partnerOrganization(id: $id) { feedback(first: 50) { nodes { id } } } }"
    by_organization = {
        role: key
        in [
            each["id"]
            for each in (await desk.acting.client.data(query, {"id": organization}, key=desk.acting.place.keys[role]))[
                "partnerOrganization"
            ]["feedback"]["nodes"]
        ]
        for role in ("CAMAT", "KEC_SECTION_HEAD", "VILLAGE_HEAD", "PARTNER_ORG")
    }

    assert open_to == {
        "CAMAT": True,
        "KEC_SECRETARY": True,
        "KEC_COUNTER": True,
        "KEC_SECTION_HEAD": False,
        "VILLAGE_HEAD": False,
        "PARTNER_ORG": True,
    }
    assert by_organization == {"CAMAT": True, "KEC_SECTION_HEAD": False, "VILLAGE_HEAD": False, "PARTNER_ORG": True}


async def test_a_village_sees_what_names_it_and_nothing_else(desk: Desk) -> None:
    ours, theirs, nobodys = [
        await desk.new(villages=each) for each in ([desk.village(0), desk.village(1)], [desk.village(1)], [])
    ]

    seen = [await desk.read(each, role="VILLAGE_HEAD") for each in (ours, theirs, nobodys)]

    assert [each is not None for each in seen] == [True, False, False]


async def test_a_complaint_about_the_office_is_seen_by_nobody_in_it(desk: Desk) -> None:
    made = await desk.submit(aboutOffice=True)
    key = made["feedback"]["id"]

    assert await desk.read(key, role="PARTNER_ORG") is not None
    assert [await desk.read(key, role=role) for role in ("CAMAT", "KEC_COUNTER", "VILLAGE_HEAD")] == [None] * 3
    assert await desk.acting.refused("triageFeedback", {"feedback": key}) == ("NOT_FOUND", ["feedback"])
    (entry,) = await desk.acting.rows("journal_entry", object_id=key_of(key))
    assert (entry["kind"], entry["payload"], entry["fields"]) == ("FEEDBACK_FORWARDED", "{}", [])


# Handling


async def test_triage_calls_it_by_another_kind_where_the_raiser_took_the_wrong_one(desk: Desk) -> None:
    key = await desk.new(kind="COMPLAINT")
    triaged = await desk.step("triageFeedback", key, kind="ASPIRATION")
    assert (triaged["kind"], triaged["state"]) == ("ASPIRATION", "TRIAGED")


async def test_from_triage_over_a_village_to_an_answer(desk: Desk) -> None:
    key = await desk.new()
    triaged = await desk.step("triageFeedback", key, sector="INFRASTRUCTURE", severity=3, villages=[desk.village(1)])
    assigned = await desk.step("assignFeedback", key, village=desk.village(0), instruction="Cek lokasi")
    (sent,) = assigned["dispositions"]["nodes"]
    begun = await desk.acting.done("acknowledgeDisposition", {"disposition": sent["id"]}, WHOLE, role="VILLAGE_OFFICER")
    done = await desk.step("answerFeedback", key, role="VILLAGE_HEAD", text="Jembatan darurat dibuat.", public=True)

    assert (triaged["state"], triaged["sector"], triaged["severity"]) == ("TRIAGED", "INFRASTRUCTURE", 3)
    assert (assigned["state"], assigned["forwardedOn"], assigned["answerDueOn"]) == (
        "ASSIGNED",
        TODAY.isoformat(),
        due(5),
    )
    assert begun["feedback"]["state"] == "IN_PROGRESS"
    assert (done["state"], done["closesOn"]) == ("ANSWERED", due(10))
    assert [each["state"] for each in done["dispositions"]["nodes"]] == ["DONE"]
    assert (await desk.read(key, role="PARTNER_ORG"))["answers"]["nodes"] == [
        {"number": 1, "text": "Jembatan darurat dibuat.", "public": True}
    ]


async def test_what_is_handed_back_waits_to_be_handed_out_anew(desk: Desk) -> None:
    key = await desk.new()
    await desk.step("triageFeedback", key)
    sent = (await desk.step("assignFeedback", key, section="Seksi Pelayanan Umum"))["dispositions"]["nodes"][0]

    done = await desk.acting.done(
        "returnDisposition", {"disposition": sent["id"], "reason": "Bukan bidang kami"}, WHOLE
    )

    assert done["feedback"]["state"] == "TRIAGED"
    assert done["feedback"]["dispositions"]["nodes"][0]["state"] == "RETURNED"
    again = {"disposition": sent["id"], "reason": "Lagi"}
    assert await desk.acting.refused("returnDisposition", again) == ("DISPOSITION_OVER", [])


async def test_a_village_takes_up_only_what_was_handed_to_it(desk: Desk) -> None:
    key = await desk.new(villages=[desk.village(0)])
    await desk.step("triageFeedback", key)
    sent = (await desk.step("assignFeedback", key, section="Seksi Pemerintahan"))["dispositions"]["nodes"][0]

    refused = await desk.acting.refused("acknowledgeDisposition", {"disposition": sent["id"]}, role="VILLAGE_OFFICER")

    assert refused == ("DISPOSITION_NOT_YOURS", [])
    answer = {"feedback": key, "text": "x"}
    assert await desk.acting.refused("answerFeedback", answer, role="VILLAGE_HEAD") == (
        "DISPOSITION_NOT_YOURS",
        ["feedback"],
    )


async def test_an_agency_of_elsewhere_is_not_escalated_to(desk: Desk) -> None:
    key = await desk.new()
    await desk.step("triageFeedback", key)

    for agency in ("63.11/PUPR", "32.13/TIADA"):
        refused = await desk.acting.refused("escalateFeedback", {"feedback": key, "agency": agency})
        assert refused == ("AGENCY_NOT_HERE", ["agency"])


async def test_a_later_answer_does_not_overwrite_an_earlier_one(desk: Desk) -> None:
    key = await desk.answered()

    again = await desk.step("answerFeedback", key, text="Selesai seluruhnya.")

    assert again["answers"]["nodes"] == [
        {"number": 1, "text": "Sudah diperbaiki.", "public": True},
        {"number": 2, "text": "Selesai seluruhnya.", "public": False},
    ]


async def test_steps_that_are_closed_are_refused_by_name(desk: Desk) -> None:
    key = await desk.new()
    closed = {
        "assignFeedback": {"section": "x"},
        "escalateFeedback": {"agency": "32.13/PUPR"},
        "answerFeedback": {"text": "x"},
        "closeFeedback": {},
    }

    for name, more in closed.items():
        assert await desk.acting.refused(name, {"feedback": key, **more}) == ("FEEDBACK_STEP_CLOSED", [])
    assert await desk.acting.refused("reopenFeedback", {"feedback": key, "reason": "x"}) == ("ONLY_RAISER_REOPENS", [])
    assert await desk.acting.refused("triageFeedback", {"feedback": key, "expectedVersion": 9}) == (
        "STALE_VERSION",
        ["expectedVersion"],
    )


async def test_a_rejection_tells_the_raiser_why(desk: Desk) -> None:
    made = await desk.submit()

    await desk.step("rejectFeedback", made["feedback"]["id"], reason="Kewenangan provinsi")

    tracked = await desk.track(made["trackingCode"])
    assert (tracked["state"], tracked["stateReason"]) == ("REJECTED", "Kewenangan provinsi")


async def test_a_duplicate_of_a_duplicate_is_one_of_the_first(desk: Desk) -> None:
    first, second, third = [await desk.new() for _ in range(3)]
    await desk.step("markFeedbackDuplicate", second, duplicateOf=first, reason="Sama")
    await desk.step("markFeedbackDuplicate", third, duplicateOf=second, reason="Sama")

    query = "query ($id: ID) { feedback(id: $id) { duplicates(first: 9) { nodes { id state duplicateOf { id } } } } }"
    found = (await desk.acting.client.data(query, {"id": first}, key=desk.acting.place.keys["CAMAT"]))["feedback"]

    assert {each["id"] for each in found["duplicates"]["nodes"]} == {second, third}
    assert {each["duplicateOf"]["id"] for each in found["duplicates"]["nodes"]} == {first}
    itself = {"feedback": first, "duplicateOf": second, "reason": "x"}
    assert await desk.acting.refused("markFeedbackDuplicate", itself) == ("DUPLICATE_OF_ITSELF", ["duplicateOf"])


# The raiser again


async def test_the_raiser_reopens_twice_and_no_more(desk: Desk) -> None:
    made = await desk.submit(role="FRONT_END")
    key, code = made["feedback"]["id"], made["trackingCode"]
    await desk.step("triageFeedback", key)
    for number in (1, 2):
        await desk.step("answerFeedback", key, text="Sudah.")
        given = {"trackingCode": code, "reason": "Belum"}
        again = await desk.acting.done("reopenFeedback", given, "feedback { state reopened }", role="FRONT_END")
        assert again["feedback"] == {"state": "REOPENED", "reopened": number}
    await desk.step("answerFeedback", key, text="Sudah.")

    given = {"trackingCode": code, "reason": "Belum"}
    assert await desk.acting.refused("reopenFeedback", given, role="FRONT_END") == ("REOPENED_TOO_OFTEN", [])


async def test_a_code_of_nothing_reopens_nothing(desk: Desk) -> None:
    tenant = desk.acting.place.tenant.id
    for code in ("x", tracking_code.fresh(tenant).text, tracking_code.fresh(tenant + 1).text):
        given = {"trackingCode": code, "reason": "Belum"}
        assert await desk.acting.refused("reopenFeedback", given, role="FRONT_END") == (
            "TRACKING_CODE_UNKNOWN",
            ["trackingCode"],
        )


async def test_the_raiser_says_how_content_they_are_and_the_office_cannot(desk: Desk) -> None:
    key = await desk.answered()

    assert await desk.acting.refused("closeFeedback", {"feedback": key, "satisfaction": 4}) == (
        "RAISER_NOT_YOURS",
        ["satisfaction"],
    )
    given = {"feedback": key, "satisfaction": 3}
    done = await desk.acting.done("closeFeedback", given, "feedback { state satisfaction }", role="PARTNER_ORG")
    assert done["feedback"] == {"state": "CLOSED", "satisfaction": 3}


async def test_a_month_after_it_was_closed_nothing_is_reopened(desk: Desk) -> None:
    key = await desk.answered()
    await desk.step("closeFeedback", key)

    async with desk.days_later(31) as later:
        refused = await later.acting.refused("reopenFeedback", {"feedback": key, "reason": "x"}, role="PARTNER_ORG")
    async with desk.days_later(30) as later:
        again = await later.acting.done(
            "reopenFeedback", {"feedback": key, "reason": "x"}, "feedback { state }", role="PARTNER_ORG"
        )

    assert refused == ("REOPEN_TOO_LATE", [])
    assert again["feedback"]["state"] == "REOPENED"


# Everybody


async def test_only_what_the_office_wrote_is_published(desk: Desk) -> None:
    key = await desk.answered(subject="Rahasia saya")
    private = await desk.acting.done("answerFeedback", {"feedback": key, "text": "Untuk Anda"}, "answer { id }")
    query = "query ($id: ID) { feedback(id: $id) { answers(first: 1) { nodes { id } } } }"
    camat = desk.acting.place.keys["CAMAT"]
    public = (await desk.acting.client.data(query, {"id": key}, key=camat))["feedback"]["answers"]["nodes"][0]["id"]

    given = {"answer": public, "summary": "Jalan antardesa putus."}
    made = await desk.acting.done("publishFeedbackAnswer", given, "publication { id version summary answer }")
    refused = await desk.acting.refused("publishFeedbackAnswer", {**given, "answer": private["answer"]["id"]})

    assert refused == ("ANSWER_IS_PRIVATE", ["answer"])
    found = made["publication"]
    assert (found["summary"], found["answer"]) == ("Jalan antardesa putus.", "Sudah diperbaiki.")
    assert found["id"] in await published(desk)
    given = {"publication": found["id"], "expectedVersion": found["version"]}
    await desk.acting.done("withdrawFeedbackPublication", given)
    assert found["id"] not in await published(desk)


async def published(desk: Desk) -> list[str]:
    query = "{ feedbackPublications(first: 50) { nodes { id } } feedbacks(first: 9) { totalCount } }"
    answer = await desk.acting.client.ask(query, Hub_Tenant=desk.acting.place.tenant.code)
    assert answer["data"]["feedbacks"] == {"totalCount": 0}
    return [each["id"] for each in answer["data"]["feedbackPublications"]["nodes"]]


# Agencies, and time


async def test_knpi_complains_about_a_cut_road_and_hears_of_it_after_a_month(
    desk: Desk, owner: asyncpg.Connection
) -> None:
    knpi = await key_for(
        owner, desk.acting.place.tenant, Role.PARTNER_ORG, on=admin.On(organization_id=desk.acting.place.partners[1].id)
    )
    pupr, bystander = [await analyst(owner, code) for code in ("32.13/PUPR", "32.13/DISDIK")]
    villages = [desk.village(0), desk.village(1)]
    item = complaint(villages=villages, affectedServices=SERVICES, place="Jembatan Sungai Asam", confidential=True)
    made = await desk.acting.done("submitFeedback", {"item": item}, f"trackingCode {WHOLE}", key=knpi)
    key = made["feedback"]["id"]
    await desk.step("triageFeedback", key, sector="INFRASTRUCTURE", severity=4)

    before = await desk.read(key, key=pupr)
    escalated = await desk.step("escalateFeedback", key, agency="32.13/PUPR", instruction="Mohon perbaikan")

    assert before is None
    assert escalated["state"] == "ESCALATED"
    routed = await desk.read(key, key=pupr)
    assert (routed["body"], routed["raiser"], len(routed["villages"]["nodes"])) == (item["body"], None, 2)
    assert await desk.read(key, key=bystander) is None
    assert (await desk.track(made["trackingCode"]))["agencies"] == ["PUPR"]

    async with desk.days_later(28) as later:
        query = "{ ageingFeedbacks(first: 1) { nodes { id ageDays overdue affectedServices } } }"
        (oldest,) = (await later.acting.client.data(query, key=desk.acting.place.keys["CAMAT"]))["ageingFeedbacks"][
            "nodes"
        ]
        assert (oldest["ageDays"], oldest["overdue"]) == (28, True)
        done = await later.step("answerFeedback", key, text="PUPR memasang jembatan Bailey.", public=True)
        assert (done["state"], done["ageDays"]) == ("ANSWERED", 28)
        answer = (await later.read(key, key=knpi))["answers"]["nodes"]
    assert answer == [{"number": 1, "text": "PUPR memasang jembatan Bailey.", "public": True}]


async def analyst(owner: asyncpg.Connection, code: str) -> str:
    agency = await admin.add_tenant(owner, kind=TenantKind.AGENCY, code=code, name=code, zone=Zone.WIB)
    on = admin.On(region_code=code.partition("/")[0])
    return await key_for(owner, agency, Role.AGENCY_ANALYST, on=on, kind=TenantKind.AGENCY)


async def test_what_was_handed_back_is_read_by_the_agency_no_more(desk: Desk, owner: asyncpg.Connection) -> None:
    key = await desk.new()
    await desk.step("triageFeedback", key)
    escalated = await desk.step("escalateFeedback", key, agency="32.13/INSPEKTORAT")
    inspector = await analyst(owner, "32.13/INSPEKTORAT")
    assert await desk.read(key, key=inspector) is not None

    (sent,) = escalated["dispositions"]["nodes"]
    await desk.acting.done("returnDisposition", {"disposition": sent["id"], "reason": "Salah alamat"})

    assert await desk.read(key, key=inspector) is None


async def test_ten_working_days_of_silence_close_it_and_not_nine(desk: Desk, database: str) -> None:
    key = await desk.answered()
    closes = date.fromisoformat((await desk.read(key))["closesOn"])

    last = await swept(desk, database, (closes - TODAY).days)
    state = (await desk.read(key))["state"]
    over = await swept(desk, database, (closes - TODAY).days + 1)

    assert (last.closed, state) == (0, "ANSWERED")
    assert over.closed >= 1
    assert (await desk.read(key))["state"] == "CLOSED"


async def test_the_worker_forwards_a_complaint_about_the_office_to_the_inspectorate(desk: Desk, database: str) -> None:
    made = await desk.submit(role="FRONT_END", aboutOffice=True)

    await swept(desk, database, 0)

    tracked = await desk.track(made["trackingCode"])
    assert (tracked["state"], tracked["agencies"]) == ("ESCALATED", ["INSPEKTORAT"])
    key = made["feedback"]["id"]
    assert [await desk.read(key, role=role) for role in ("CAMAT", "KEC_SECRETARY", "KEC_COUNTER")] == [None] * 3
    told = await desk.acting.rows("journal_entry", object_id=key_of(key))
    assert [(each["kind"], each["payload"]) for each in told] == [("FEEDBACK_FORWARDED", "{}")] * 2


async def swept(desk: Desk, database: str, days: int) -> Swept:
    connection = await asyncpg.connect(as_role(database, "hub_worker"))
    try:
        return await sweep(connection, in_days(days)(), tenants=[desk.acting.place.tenant.id])
    finally:
        await connection.close()


# Places


async def test_a_place_is_a_whole_point_in_indonesia_or_words_alone(desk: Desk) -> None:
    made = await desk.submit(latitude="-3.81234", longitude="114.61", place="Depan SDN 2")
    (row,) = await desk.acting.rows("feedback", id=key_of(made["feedback"]["id"]))
    assert (str(row["latitude"]), str(row["longitude"])) == ("-3.81234", "114.61000")

    for point in ({"latitude": "-3.8"}, {"latitude": "51.5", "longitude": "0.1"}, {"longitude": "999999"}):
        given = {"item": complaint(**point)}
        refused = await desk.acting.payload("submitFeedback", given, "trackingCode", role="PARTNER_ORG")
        assert [each["code"] for each in refused["userErrors"]] == ["FEEDBACK_POINT_OUTSIDE"], point


async def test_a_code_names_the_kecamatan_that_it_leads_to(desk: Desk) -> None:
    code = (await desk.submit())["trackingCode"]
    query = "query ($code: String!) { feedbackByTrackingCode(code: $code) { kecamatan office } }"
    told = (await desk.acting.client.data(query, {"code": code}))["feedbackByTrackingCode"]
    assert told == {"kecamatan": desk.acting.place.tenant.code, "office": "32.13.24"}
