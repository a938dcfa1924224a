"""Commitments from templates, with agencies, and the gaps over all of them."""

import asyncpg
import pytest

from hub.demo.agencies import agencies
from hub.domains.agencies import directory
from hub.wiring import Hub
from tests.acting import Acting, acting_in
from tests.client import Client


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in; the directory of agencies is filled."""
    owner = await asyncpg.connect(owner_dsn)
    for each in agencies():
        await directory.enter(owner, each)
    await owner.close()
    return await acting_in(hub, client, owner_dsn, "32.14.15", "Naskah", ("32.14.15.2001", "32.14.15.2002"))


SHAPE = """commitment { id type state clauses(first: 9) { totalCount nodes { value } }
    parties(first: 9) { nodes { id role signatoryPosition party { __typename } } } }"""


async def test_the_leadership_pledge_has_eight_clauses_camat_and_secretary(acting: Acting) -> None:
    given = {"template": "SIGAP_CAKAP", "plannedOn": "2018-04-02"}
    made = (await acting.done("createCommitmentFromTemplate", given, SHAPE))["commitment"]
    assert (made["type"], made["state"], made["clauses"]["totalCount"]) == ("LEADERSHIP_PLEDGE", "DRAFT", 8)
    assert [each["value"] for each in made["clauses"]["nodes"]] == [
        f"{word} {number}" for word in ("SIGAP", "CAKAP") for number in (1, 2, 3, 4)
    ]
    assert [(each["role"], each["signatoryPosition"]) for each in made["parties"]["nodes"]] == [
        ("SIGNATORY", "Camat"),
        ("SUPPORTER", "Sekretaris kecamatan"),
    ]


@pytest.mark.parametrize(("signer", "position"), [(None, "Sekretaris kecamatan"), ("CAMAT", "Camat")])
async def test_who_signs_the_service_pledge_is_said_or_the_secretary(
    acting: Acting, signer: str | None, position: str
) -> None:
    given = {"template": "SERVICE_PLEDGE", "plannedOn": "2018-04-02", "signer": signer, "title": "Maklumat"}
    made = (await acting.done("createCommitmentFromTemplate", given, SHAPE))["commitment"]
    assert (made["type"], made["clauses"]["totalCount"]) == ("SERVICE_PLEDGE", 4)
    assert [each["signatoryPosition"] for each in made["parties"]["nodes"]] == [position]


async def test_a_village_makes_no_pledge_of_the_office(acting: Acting) -> None:
    given = {"template": "SIGAP_CAKAP", "plannedOn": "2018-04-02"}
    assert await acting.refused("createCommitmentFromTemplate", given, role="VILLAGE_HEAD") == ("OFFICE_DECIDES", [])


async def test_an_agency_is_a_party_by_its_code_and_stands_in_the_gap_until_it_signs(acting: Acting) -> None:
    village, agency = {"village": acting.place.id("Village")}, {"agencyCode": "63.11/DUKCAPIL"}
    given = {"type": "CHARTER", "title": "Piagam", "object": "Dokumen", "plannedOn": "2018-04-02"}
    unknown = {**given, "parties": [{"agencyCode": "63.01/TIDAK"}]}
    assert await acting.refused("createCommitment", unknown) == ("AGENCY_UNKNOWN", ["parties", "0", "agencyCode"])
    twice = {**given, "parties": [agency, agency]}
    assert await acting.refused("createCommitment", twice) == ("PARTY_EXISTS", ["parties", "1", "agencyCode"])

    made = (await acting.done("createCommitment", {**given, "parties": [village, agency]}, SHAPE))["commitment"]
    signing, waiting = made["parties"]["nodes"]
    assert waiting["party"] == {"__typename": "Agency"}
    query = "{ commitmentGaps(first: 9) { nodes { id declinedReason party { __typename } } } }"
    key = acting.place.keys["CAMAT"]
    assert (await acting.client.data(query, key=key))["commitmentGaps"]["nodes"] == []
    await acting.done("recordAgreement", {"id": made["id"]})
    await acting.done("requestSignatures", {"id": made["id"]})
    paper = {"party": signing["id"], "signatoryName": "Kades", "signatoryPosition": "Kepala desa"}
    await acting.done("signCommitment", paper)
    await acting.done("declineCommitment", {"party": waiting["id"], "reason": "Menunggu bupati"})
    assert (await acting.client.data(query, key=key))["commitmentGaps"]["nodes"] == [
        {"id": waiting["id"], "declinedReason": "Menunggu bupati", "party": {"__typename": "Agency"}}
    ]
    await acting.done("signCommitment", {**paper, "party": waiting["id"]})
    assert (await acting.client.data(query, key=key))["commitmentGaps"]["nodes"] == []
