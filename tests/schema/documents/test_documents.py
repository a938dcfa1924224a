"""Recording population documents over HTTP, what became of them, and who reads them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from hub.kernel.ids import decode
from hub.tenants.administration import entered
from hub.wiring import Hub
from tests.schema.citizens.stage import END, Office
from tests.world import make

TODAY = date.today()  # noqa: DTZ011  # the server's day; nothing here minds one more or less
ROW = """id version type number issuedOn issuedBy signedElectronically status statusReason selfPrintable endReason
  citizen { id } household { id } file { id }"""


async def act(office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
    """The payload of a mutation."""
    kind, more = name[0].upper() + name[1:], f"replaced {{ {ROW} }}" if name.startswith("record") else ""
    query = (
        f"mutation ($input: {kind}Input!) {{ answer: {name}(input: $input) "
        f"{{ document {{ {ROW} }} {more} userErrors {{ code path }} }} }}"
    )
    return await office.do(query, key=key, **given)


async def refused(office: Office, name: str, *, key: str | None = None, **given: Any) -> tuple[str, list[str]]:
    """Code and path of the one refusal."""
    answer = await act(office, name, key=key, **given)
    assert answer["document"] is None
    (error,) = answer["userErrors"]
    return error["code"], error["path"]


async def recorded(office: Office, *, key: str | None = None, **given: Any) -> Any:
    """A document, recorded."""
    answer = await act(office, "recordPopulationDocument", key=key, **{"issuedOn": "2024-02-29", **given})
    assert answer["userErrors"] == []
    return answer


async def became(office: Office, row: Any, status: str) -> Any:
    """The same after a step."""
    given = {"document": row["id"], "expectedVersion": row["version"], "status": status, "reason": "SKTLK/9/2026"}
    answer = await act(office, "updatePopulationDocumentStatus", **given)
    assert answer["userErrors"] == []
    return answer["document"]


async def documents(office: Office, person: Any) -> list[tuple[str, str]]:
    """Day and status of a person's documents, by day."""
    query = """query ($id: ID!) { citizen(id: $id) { documents(first: 9, orderBy: ISSUED_ON) {
      nodes { issuedOn status } } } }"""
    found = (await office.ask(query, {"id": person["id"]}))["citizen"]["documents"]["nodes"]
    return [(each["issuedOn"], each["status"]) for each in found]


@pytest.fixture
async def person(office: Office) -> Any:
    """Somebody born in 1950."""
    return await office.citizen(await office.household(), "HEAD", "Jamila", birthDate="1950-03-04")


async def test_the_counter_records_a_document_whole(office: Office, person: Any) -> None:
    given = {
        "number": "AL.500 0012345",
        "issuedBy": "Disdukcapil Tanah Laut",
        "signedElectronically": True,
        "issuedOn": "2024-02-29",
    }
    answer = await recorded(office, key=office.counter, citizen=person["id"], type="BIRTH_CERT", **given)

    made = answer["document"]
    assert {name: made[name] for name in given} == given
    assert (made["status"], made["selfPrintable"], made["version"]) == ("ACTIVE", True, 1)
    assert (made["citizen"], made["household"], answer["replaced"]) == ({"id": person["id"]}, None, None)


async def test_a_newer_one_replaces_the_one_in_force_and_says_so(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    first = (await recorded(office, citizen=person["id"], type="KTP_EL", issuedOn="2012-05-01"))["document"]
    answer = await recorded(office, citizen=person["id"], type="KTP_EL", issuedOn="2024-05-01")

    assert (answer["replaced"]["id"], answer["replaced"]["status"]) == (first["id"], "REPLACED")
    assert answer["document"]["status"] == "ACTIVE"
    key = decode(first["id"])
    assert key is not None
    async with entered(owner, office.tenant.id):
        entries = await owner.fetch("select * from journal_entry where object_id = $1 order by id", key.key)
    assert [each["kind"] for each in entries] == ["POPULATION_DOCUMENT_RECORDED", "POPULATION_DOCUMENT_REPLACED"]
    assert "KTP_EL" not in str([dict(each) for each in entries])


async def test_an_older_one_that_is_recorded_later_holds_no_more(office: Office, person: Any) -> None:
    newer = (await recorded(office, citizen=person["id"], type="KIA", issuedOn="2020-05-01"))["document"]
    older = await recorded(office, citizen=person["id"], type="KIA", issuedOn="2012-05-01")
    assert (older["document"]["status"], older["replaced"]) == ("REPLACED", None)
    assert await documents(office, person) == [("2012-05-01", "REPLACED"), ("2020-05-01", "ACTIVE")]

    await became(office, newer, "LOST")
    await recorded(office, citizen=person["id"], type="KIA", issuedOn="2013-05-01")
    assert await documents(office, person) == [
        ("2012-05-01", "REPLACED"),
        ("2013-05-01", "REPLACED"),
        ("2020-05-01", "LOST"),
    ]


@pytest.mark.parametrize("kind", ["MARRIAGE_CERT", "DIVORCE_CERT", "RESIDENCE_LETTER", "OTHER"])
async def test_of_these_somebody_may_have_several(office: Office, person: Any, kind: str) -> None:
    await recorded(office, citizen=person["id"], type=kind, issuedOn="1999-05-01")
    answer = await recorded(office, citizen=person["id"], type=kind, issuedOn="2024-05-01")
    assert answer["replaced"] is None
    assert await documents(office, person) == [("1999-05-01", "ACTIVE"), ("2024-05-01", "ACTIVE")]


async def test_a_family_card_is_a_familys_and_only_ktp_and_kia_are_not_self_printed(
    office: Office, person: Any
) -> None:
    home = person["household"]["id"]
    made = (await recorded(office, household=home, type="KK", issuedOn="2024-05-01"))["document"]
    assert (made["household"], made["citizen"], made["number"]) == ({"id": home}, None, None)
    newer = await recorded(office, household=home, type="KK", issuedOn="2025-05-01")
    assert newer["replaced"]["id"] == made["id"]
    query = """query ($id: ID!) { household(id: $id) { documents(first: 5, orderBy: ISSUED_ON) {
      nodes { type status selfPrintable } } } }"""
    found = (await office.ask(query, {"id": home}))["household"]["documents"]["nodes"]
    assert [(each["type"], each["status"], each["selfPrintable"]) for each in found] == [
        ("KK", "REPLACED", True),
        ("KK", "ACTIVE", True),
    ]
    for kind in ("KTP_EL", "KIA"):
        card = (await recorded(office, citizen=person["id"], type=kind))["document"]
        assert card["selfPrintable"] is False


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"type": "KTP_EL", "number": "1"}, ("NUMBER_IS_REGISTERS", ["number"])),
        ({"type": "KIA", "number": "1"}, ("NUMBER_IS_REGISTERS", ["number"])),
        ({"type": "BIRTH_CERT", "number": "6399 0101 0190 0001"}, ("NUMBER_IS_REGISTERS", ["number"])),
        ({"type": "KK"}, ("DOCUMENT_UNFIT", ["type"])),
        ({"type": "DEATH_CERT"}, ("DOCUMENT_UNFIT", ["type"])),
        ({"type": "KTP_EL", "issuedOn": "1950-03-03"}, ("DOCUMENT_UNFIT", ["issuedOn"])),
        ({"type": "KTP_EL", "issuedOn": str(TODAY + timedelta(3))}, ("DATE_IN_FUTURE", ["issuedOn"])),
    ],
)
async def test_what_does_not_fit_is_refused(
    office: Office, person: Any, given: dict[str, Any], refusal: tuple[str, list[str]]
) -> None:
    given = {"issuedOn": "2024-02-29", "citizen": person["id"], **given}
    assert await refused(office, "recordPopulationDocument", **given) == refusal
    assert await documents(office, person) == []


async def test_a_family_has_no_birth_certificate_and_a_kk_no_number(office: Office, person: Any) -> None:
    home = {"household": person["household"]["id"], "issuedOn": "2024-02-29"}
    record = "recordPopulationDocument"
    assert await refused(office, record, **home, type="BIRTH_CERT") == ("DOCUMENT_UNFIT", ["type"])
    assert await refused(office, record, **home, type="KK", number="9") == ("NUMBER_IS_REGISTERS", ["number"])
    both = {**home, "citizen": person["id"], "type": "OTHER"}
    assert await refused(office, record, **both) == ("ONE_OF_NEEDED", ["citizen"])


async def test_after_a_death_only_its_certificate_is_recorded(office: Office, person: Any) -> None:
    given = {"citizen": person["id"], "expectedVersion": person["version"], "status": "DEAD", "on": "2026-05-01"}
    ended = await office.do(END, **given)
    assert ended["userErrors"] == []

    made = await recorded(office, citizen=person["id"], type="DEATH_CERT", issuedOn=str(TODAY))
    assert made["document"]["status"] == "ACTIVE"
    late = {"citizen": person["id"], "issuedOn": str(TODAY)}
    for kind in ("KTP_EL", "MOVE_LETTER"):
        assert await refused(office, "recordPopulationDocument", **late, type=kind) == ("CITIZEN_ENDED", ["citizen"])


async def test_what_became_of_a_document_follows_one_table_of_steps(office: Office, person: Any) -> None:
    made = (await recorded(office, citizen=person["id"], type="KTP_EL"))["document"]
    query = """query ($id: ID!) { populationDocument(id: $id) {
      allowedActions { action disabledReason } } }"""

    async def steps(key: str | None = None) -> list[str]:
        found = (await office.ask(query, {"id": made["id"]}, key=key))["populationDocument"]["allowedActions"]
        return [each["action"] for each in found if each["disabledReason"] is None]

    assert await steps() == ["REPORT_LOST", "REPORT_DAMAGED", "REVOKE", "TAKE_BACK"]
    lost = await became(office, made, "LOST")
    assert (lost["status"], lost["statusReason"]) == ("LOST", "SKTLK/9/2026")
    assert await steps() == ["RESTORE", "REVOKE", "TAKE_BACK"]
    found = await became(office, lost, "ACTIVE")
    assert (found["status"], found["statusReason"]) == ("ACTIVE", None)
    revoked = await became(office, found, "REVOKED")
    assert await steps() == ["TAKE_BACK"]
    given = {"document": made["id"], "expectedVersion": revoked["version"], "reason": "x"}
    for status in ("ACTIVE", "REPLACED", "LOST", "REVOKED"):
        assert await refused(office, "updatePopulationDocumentStatus", **given, status=status) == (
            "DOCUMENT_STEP",
            ["status"],
        )
    stale = {**given, "expectedVersion": 1, "status": "LOST"}
    assert (await refused(office, "updatePopulationDocumentStatus", **stale))[0] == "DOCUMENT_STEP"


async def test_one_that_was_found_again_does_not_hold_beside_its_successor(office: Office, person: Any) -> None:
    first = (await recorded(office, citizen=person["id"], type="KTP_EL", issuedOn="2012-05-01"))["document"]
    lost = await became(office, first, "LOST")
    await recorded(office, citizen=person["id"], type="KTP_EL", issuedOn="2024-05-01")
    given = {"document": first["id"], "expectedVersion": lost["version"], "status": "ACTIVE", "reason": "Ketemu"}
    assert await refused(office, "updatePopulationDocumentStatus", **given) == ("DOCUMENT_IN_FORCE", ["status"])
    assert await documents(office, person) == [("2012-05-01", "LOST"), ("2024-05-01", "ACTIVE")]


async def test_what_was_recorded_wrongly_is_taken_back_and_what_it_replaced_can_hold_again(
    office: Office, person: Any
) -> None:
    await recorded(office, citizen=person["id"], type="KTP_EL", issuedOn="2012-05-01")
    wrong = await recorded(office, citizen=person["id"], type="KTP_EL", issuedOn="2024-05-01")
    given = {"document": wrong["document"]["id"], "expectedVersion": 1, "reason": "Salah orang"}
    taken = await act(office, "takeBackPopulationDocument", **given)
    assert (taken["document"]["endReason"], taken["document"]["version"]) == ("Salah orang", 2)
    assert await refused(office, "takeBackPopulationDocument", **{**given, "expectedVersion": 2}) == (
        "DOCUMENT_TAKEN_BACK",
        ["document"],
    )
    restored = await became(office, wrong["replaced"], "ACTIVE")
    assert restored["status"] == "ACTIVE"
    assert await documents(office, person) == [("2012-05-01", "ACTIVE")]


async def test_a_scan_is_named_unless_it_was_ended(office: Office, person: Any, hub: Hub) -> None:
    whole = make.stored_file(office.tenant, "akta.pdf", content_key_sealed=b"x")
    over = make.stored_file(
        office.tenant, "lama.pdf", content_key_sealed=b"x", ended_at=datetime(2026, 1, 1, tzinfo=UTC), end_reason="x"
    )
    async with make.unit(hub, office.tenant) as unit:
        for each in (whole, over):
            await unit.add(each)
    scan, gone = (office.id("StoredFile", each.id) for each in (whole, over))
    made = await recorded(office, citizen=person["id"], type="BIRTH_CERT", file=scan)
    assert made["document"]["file"] == {"id": scan}
    given = {"citizen": person["id"], "issuedOn": "2024-02-29", "type": "OTHER", "file": gone}
    assert await refused(office, "recordPopulationDocument", **given) == ("DOCUMENT_FILE_UNUSABLE", ["file"])


async def test_a_village_records_its_own_people_only(office: Office, person: Any) -> None:
    await recorded(office, key=office.officer, citizen=person["id"], type="OTHER")
    far = await office.citizen(await office.household(village=1), "HEAD", "Fitri")
    given = {"citizen": far["id"], "type": "OTHER", "issuedOn": "2024-02-29"}
    assert await refused(office, "recordPopulationDocument", key=office.officer, **given) == ("NOT_FOUND", ["citizen"])
