"""Commitments over HTTP: the whole life, every refusal by name, organizations signing for themselves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.kernel.ids import GlobalId
from hub.tenants import administration as admin
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.acting import Acting, acting_in, key_of
from tests.client import Client
from tests.noon import TODAY
from tests.world import make
from tests.world.build import World, key_for

NEVER = str(GlobalId("Commitment", 1, uuid4()).encode())
PARTIES = "commitment { id state version signedOn parties(first: 50) { nodes { id role party { __typename } } } }"
STATE = "commitment { state version }"
PHOTO = {"kind": "PHOTO", "description": "Foto naskah", "url": "https://takisung.example/foto.jpg"}


@pytest.fixture(scope="module")
async def acting(hub: Hub, client_at_noon: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client_at_noon, owner_dsn, "63.01.03", "Panyipatan", ("63.01.03.2006", "63.01.03.2008"))


def text(**more: Any) -> dict[str, Any]:
    """An input for a new commitment."""
    return {"type": "CHARTER", "title": "Piagam", "object": "Pelayanan", "plannedOn": "2018-04-09", **more}


async def drafted(acting: Acting, *parties: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
    """A new draft: its id and its parties' ids in order."""
    made = await acting.done("createCommitment", text(parties=list(parties), **more), PARTIES)
    return made["commitment"]["id"], [each["id"] for each in made["commitment"]["parties"]["nodes"]]


async def sent_out(acting: Acting, *parties: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
    """A commitment that awaits signatures."""
    found, ids = await drafted(acting, *parties, **more)
    await acting.done("recordAgreement", {"id": found})
    await acting.done("requestSignatures", {"id": found})
    return found, ids


async def signed(acting: Acting, **more: Any) -> str:
    """A commitment of one village, signed."""
    found, (village,) = await sent_out(acting, {"village": acting.place.id("Village")}, **more)
    await acting.done("signCommitment", {"party": village}, role="VILLAGE_HEAD")
    return found


async def displayed(acting: Acting, **more: Any) -> str:
    """A commitment of one village, displayed."""
    found = await signed(acting, **more)
    await acting.done("displayPledge", {"id": found, "place": "Kantor", "evidence": [PHOTO]})
    return found


async def state_of(acting: Acting, commitment: str) -> str:
    """Its state as kept."""
    (row,) = await acting.rows("commitment", id=key_of(commitment))
    return str(row["state"])


# Making


async def test_a_commitment_is_made_with_all_its_parts_at_once(acting: Acting) -> None:
    place = acting.place
    given = text(
        targetPercent=80,
        plannedParties=4,
        parties=[
            {"village": place.id("Village"), "signatoryName": "Kades", "signatoryPosition": "Kepala desa"},
            {"organization": place.id("PartnerOrganization")},
            {"kecamatan": place.id("Kecamatan"), "role": "WITNESS"},
            {"citizen": place.id("Citizen"), "role": "SUPPORTER"},
        ],
        clauses=[{"text": "Satu"}, {"text": "Dua", "penaltyAmount": "5000", "norm": "Adat"}],
        evidence=[{"kind": "MINUTES", "description": "Notulen rapat"}],
    )
    made = await acting.done(
        "createCommitment",
        given,
        """commitment { id state targetPercent plannedParties version
             parties(first: 9) { nodes { position role signatoryName party { __typename } } }
             clauses(first: 9) { nodes { position text penaltyAmount norm } }
             evidence(first: 9) { nodes { kind description url } } }""",
    )
    found = made["commitment"]
    commitment = found.pop("id")
    assert found == {
        "state": "DRAFT",
        "targetPercent": 80,
        "plannedParties": 4,
        "version": 1,
        "parties": {
            "nodes": [
                {
                    "position": 1,
                    "role": "SIGNATORY",
                    "signatoryName": "Kades",
                    "party": {"__typename": "Village"},
                },
                {
                    "position": 2,
                    "role": "SIGNATORY",
                    "signatoryName": None,
                    "party": {"__typename": "PartnerOrganization"},
                },
                {"position": 3, "role": "WITNESS", "signatoryName": None, "party": {"__typename": "Kecamatan"}},
                {"position": 4, "role": "SUPPORTER", "signatoryName": None, "party": {"__typename": "Citizen"}},
            ]
        },
        "clauses": {
            "nodes": [
                {"position": 1, "text": "Satu", "penaltyAmount": None, "norm": None},
                {"position": 2, "text": "Dua", "penaltyAmount": "5000", "norm": "Adat"},
            ]
        },
        "evidence": {"nodes": [{"kind": "MINUTES", "description": "Notulen rapat", "url": None}]},
    }
    (row,) = await acting.rows("commitment", id=key_of(commitment))
    assert row["organizations"] == [place.rows["PartnerOrganization"][0].id]
    assert await acting.told(commitment) == ["COMMITMENT_CREATED"]


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"title": " "}, "TEXT_MISSING", ["title"]),
        ({"title": "x" * 201}, "TEXT_TOO_LONG", ["title"]),
        ({"validFrom": "2018-05-02", "validUntil": "2018-05-01"}, "VALIDITY_OUT_OF_ORDER", []),
        ({"plannedUntil": "2018-04-08"}, "PLAN_OUT_OF_ORDER", ["plannedUntil"]),
        ({"targetPercent": 101}, "TARGET_OUT_OF_RANGE", ["targetPercent"]),
        ({"targetPercent": None}, "VALUE_MISSING", ["targetPercent"]),
        ({"plannedParties": 0}, "COUNT_OUT_OF_RANGE", ["plannedParties"]),
        ({"parties": [{}]}, "ONE_OF_NEEDED", ["parties", "0"]),
        ({"parties": [{"village": NEVER}]}, "ID_INVALID", ["parties", "0", "village"]),
        ({"clauses": [{"text": "a", "position": 0}]}, "CLAUSE_NUMBER_OUT_OF_RANGE", ["clauses", "0", "position"]),
        ({"clauses": [{"text": "a"}, {"text": "b", "position": 1}]}, "CLAUSE_NUMBER_TAKEN", ["clauses", "1"]),
        ({"clauses": [{"text": "a"}] * 101}, "TOO_MANY", ["clauses"]),
        ({"evidence": [{**PHOTO, "url": "ftp://a"}]}, "ADDRESS_INVALID", ["evidence", "0", "url"]),
    ],
)
async def test_a_faulty_draft_is_refused_whole(
    acting: Acting, more: dict[str, Any], code: str, path: list[str]
) -> None:
    assert await acting.refused("createCommitment", text(**more)) == (code, path)


async def test_a_party_twice_is_refused(acting: Acting) -> None:
    village = {"village": acting.place.id("Village")}
    given = text(parties=[village, village])
    assert await acting.refused("createCommitment", given) == ("PARTY_EXISTS", ["parties", "1", "village"])


async def test_a_role_without_the_right_is_refused(acting: Acting) -> None:
    assert await acting.refused("createCommitment", text(), role="KEC_COUNTER") == ("FORBIDDEN", [])


async def test_a_village_drafts_only_what_it_is_a_party_to(acting: Acting) -> None:
    own, other = ({"village": acting.place.id("Village", n)} for n in (0, 1))
    answer = await acting.refused("createCommitment", text(parties=[other]), role="VILLAGE_HEAD")
    assert answer == ("NOT_YOUR_COMMITMENT", ["parties"])
    await acting.done("createCommitment", text(parties=[other, own]), role="VILLAGE_HEAD")


async def test_a_foreign_party_and_one_that_never_was_answer_alike(acting: Acting, world: World) -> None:
    draft, _ = await drafted(acting)
    unknown = GlobalId("Village", acting.place.tenant.id, uuid4()).encode()
    foreign = world.halong.id("Village")
    answers = [
        await acting.payload("addParty", {"commitment": draft, "party": {"village": each}}, "party { id }")
        for each in (unknown, foreign)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["userErrors"] == [{"code": "NOT_FOUND", "path": ["party", "village"]}]


@pytest.mark.parametrize("name", ["recordAgreement", "requestSignatures", "publishCommitment", "unpublishCommitment"])
async def test_a_foreign_commitment_and_one_that_never_was_answer_alike(
    acting: Acting, world: World, name: str
) -> None:
    unknown = GlobalId("Commitment", acting.place.tenant.id, uuid4()).encode()
    answers = [await acting.refused(name, {"id": each}) for each in (unknown, world.halong.id("Commitment"))]
    assert answers == [("NOT_FOUND", ["id"])] * 2


async def test_a_foreign_party_to_sign_for_and_one_that_never_was_answer_alike(acting: Acting, world: World) -> None:
    unknown = GlobalId("CommitmentParty", acting.place.tenant.id, uuid4()).encode()
    answers = [
        await acting.refused("signCommitment", {"party": each})
        for each in (unknown, world.halong.id("CommitmentParty"))
    ]
    assert answers == [("NOT_FOUND", ["party"])] * 2


# Wording


async def test_a_draft_is_changed_and_says_what_changed(acting: Acting) -> None:
    draft, _ = await drafted(acting)
    made = await acting.done(
        "updateCommitment",
        {"id": draft, "expectedVersion": 1, "title": " Piagam  baru ", "place": "Kantor"},
        "commitment { title place object version }",
    )
    assert made["commitment"] == {"title": "Piagam baru", "place": "Kantor", "object": "Pelayanan", "version": 2}
    (entry,) = await acting.rows("journal_entry", object_id=key_of(draft), kind="COMMITMENT_UPDATED")
    assert entry["payload"] == '{"place":[null,"Kantor"],"title":["Piagam","Piagam baru"]}'


async def test_a_stale_version_is_refused(acting: Acting) -> None:
    draft, _ = await drafted(acting)
    await acting.done("updateCommitment", {"id": draft, "expectedVersion": 1, "title": "Satu"})
    stale = {"id": draft, "expectedVersion": 1, "title": "Dua"}
    assert await acting.refused("updateCommitment", stale) == ("STALE_VERSION", ["expectedVersion"])


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"title": None}, "VALUE_MISSING", ["title"]),
        ({"validFrom": "2018-05-02", "validUntil": "2018-05-01"}, "VALIDITY_OUT_OF_ORDER", []),
        ({"plannedUntil": "2018-04-08"}, "PLAN_OUT_OF_ORDER", ["plannedUntil"]),
    ],
)
async def test_a_faulty_change_is_refused(acting: Acting, more: dict[str, Any], code: str, path: list[str]) -> None:
    draft, _ = await drafted(acting)
    given = {"id": draft, "expectedVersion": 1, "place": "Kantor", **more}
    assert await acting.refused("updateCommitment", given) == (code, path)


async def test_parties_come_and_go_in_a_draft_and_organizations_keep_step(acting: Acting) -> None:
    draft, _ = await drafted(acting, {"village": acting.place.id("Village")})
    organization = acting.place.id("PartnerOrganization", 1)
    added = await acting.done(
        "addParty",
        {"commitment": draft, "party": {"organization": organization}},
        "party { id position } commitment { version }",
    )
    assert (added["party"]["position"], added["commitment"]["version"]) == (2, 2)
    (row,) = await acting.rows("commitment", id=key_of(draft))
    assert row["organizations"] == [key_of(organization)]

    party = added["party"]["id"]
    removed = await acting.done(
        "removeParty",
        {"party": party, "expectedVersion": 1},
        "commitment { version parties(first: 9) { nodes { position } } }",
    )
    assert removed["commitment"] == {"version": 3, "parties": {"nodes": [{"position": 1}]}}
    (row,) = await acting.rows("commitment", id=key_of(draft))
    assert row["organizations"] == []
    assert await acting.told(party) == ["PARTY_ADDED", "PARTY_REMOVED"]
    assert await acting.told(draft) == ["COMMITMENT_CREATED", "LEFT_SCOPE"]


async def test_an_agreed_commitment_keeps_its_parties(acting: Acting) -> None:
    draft, (party,) = await drafted(acting, {"village": acting.place.id("Village")})
    await acting.done("recordAgreement", {"id": draft})
    assert await acting.refused("removeParty", {"party": party}) == ("INVALID_TRANSITION", [])
    await acting.done("addParty", {"commitment": draft, "party": {"kecamatan": acting.place.id("Kecamatan")}})


async def test_a_clause_is_added_at_the_end_or_at_a_free_number(acting: Acting) -> None:
    draft, _ = await drafted(acting, clauses=[{"text": "Satu"}])
    made = await acting.done("addClause", {"commitment": draft, "clause": {"text": "Dua"}}, "clause { position }")
    assert made["clause"] == {"position": 2}
    taken = {"commitment": draft, "clause": {"text": "Lagi", "position": 2}}
    assert await acting.refused("addClause", taken) == ("CLAUSE_NUMBER_TAKEN", ["clause"])


# Signing


async def test_the_first_signature_and_the_last_move_the_commitment_on(acting: Acting) -> None:
    commitment, (first, second) = await sent_out(
        acting, {"village": acting.place.id("Village")}, {"village": acting.place.id("Village", 1)}
    )
    shape = "party { signedOn signatoryName missing } commitment { state signedOn }"
    made = await acting.done("signCommitment", {"party": first}, shape, role="VILLAGE_HEAD")
    assert made == {
        "party": {"signedOn": TODAY.isoformat(), "signatoryName": None, "missing": False},
        "commitment": {"state": "PARTIALLY_SIGNED", "signedOn": None},
    }
    paper = {
        "party": second,
        "signatoryName": "Rahmat",
        "signatoryPosition": "Kepala desa",
        "signedOn": "2018-04-17",
        "capturedAt": "2018-04-18T08:00:00+08:00",
    }
    made = await acting.done("signCommitment", paper, shape)
    assert made == {
        "party": {"signedOn": "2018-04-17", "signatoryName": "Rahmat", "missing": False},
        "commitment": {"state": "SIGNED", "signedOn": TODAY.isoformat()},  # the latest of the signatures' days
    }
    assert await acting.told(commitment) == [
        "COMMITMENT_CREATED",
        "COMMITMENT_AGREED",
        "SIGNATURES_REQUESTED",
        "COMMITMENT_PARTIALLY_SIGNED",
        "COMMITMENT_SIGNED",
    ]
    (entry,) = await acting.rows("journal_entry", object_id=key_of(second), kind="PARTY_SIGNED")
    assert "Rahmat" not in str(dict(entry))
    assert entry["captured_at"].isoformat() == "2018-04-18T00:00:00+00:00"


async def test_a_commitment_is_signed_once(acting: Acting) -> None:
    commitment, (first, _second) = await sent_out(
        acting, {"village": acting.place.id("Village")}, {"village": acting.place.id("Village", 1)}
    )
    await acting.done("signCommitment", {"party": first}, role="VILLAGE_HEAD")
    assert await acting.refused("signCommitment", {"party": first}, role="VILLAGE_HEAD") == ("ALREADY_SIGNED", [])
    declining = {"party": first, "reason": "Berubah pikiran"}
    assert await acting.refused("declineCommitment", declining, role="VILLAGE_HEAD") == ("ALREADY_SIGNED", [])
    assert await state_of(acting, commitment) == "PARTIALLY_SIGNED"


async def test_a_signature_on_a_signed_commitment_is_already_there(acting: Acting) -> None:
    commitment, (party,) = await sent_out(acting, {"organization": acting.place.id("PartnerOrganization")})
    await acting.done("signCommitment", {"party": party}, role="PARTNER_ORG")
    assert await state_of(acting, commitment) == "SIGNED"
    assert await acting.refused("signCommitment", {"party": party}, role="PARTNER_ORG") == ("ALREADY_SIGNED", [])


@pytest.mark.parametrize("role", ["VILLAGE_HEAD", "PARTNER_ORG"])
async def test_nobody_signs_for_another_party(acting: Acting, role: str) -> None:
    own = {"VILLAGE_HEAD": "village", "PARTNER_ORG": "organization"}[role]
    kinds = {"village": "Village", "organization": "PartnerOrganization"}
    _, (_mine, other) = await sent_out(
        acting, {own: acting.place.id(kinds[own])}, {own: acting.place.id(kinds[own], 1)}
    )
    assert await acting.refused("signCommitment", {"party": other}, role=role) == ("NOT_YOUR_PARTY", ["party"])
    declining = {"party": other, "reason": "Tidak"}
    assert await acting.refused("declineCommitment", declining, role=role) == ("NOT_YOUR_PARTY", ["party"])


async def test_an_organization_finds_no_party_of_a_commitment_it_has_no_part_in(acting: Acting) -> None:
    _, (other,) = await sent_out(acting, {"organization": acting.place.id("PartnerOrganization", 1)})
    answer = await acting.refused("signCommitment", {"party": other}, role="PARTNER_ORG")
    assert answer == ("NOT_FOUND", ["party"])


async def test_the_office_records_paper_only_with_name_and_position(acting: Acting) -> None:
    _, (party,) = await sent_out(acting, {"village": acting.place.id("Village")})
    for given in ({}, {"signatoryName": "Rahmat"}, {"signatoryPosition": "Kepala desa"}):
        answer = await acting.refused("signCommitment", {"party": party, **given})
        assert answer == ("SIGNATORY_NEEDED", ["signatoryName"])


async def test_a_signature_of_tomorrow_is_refused(acting: Acting) -> None:
    _, (party,) = await sent_out(acting, {"village": acting.place.id("Village")})
    given = {"party": party, "signedOn": (TODAY + timedelta(days=2)).isoformat()}
    assert await acting.refused("signCommitment", given, role="VILLAGE_HEAD") == ("DATE_IN_FUTURE", ["signedOn"])


async def test_a_role_that_cannot_sign_is_refused(acting: Acting) -> None:
    _, (party,) = await sent_out(acting, {"village": acting.place.id("Village")})
    assert await acting.refused("signCommitment", {"party": party}, role="VILLAGE_OFFICER") == ("FORBIDDEN", [])


async def test_a_draft_cannot_be_signed_and_says_what_comes_next(acting: Acting) -> None:
    _, (party,) = await drafted(acting, {"village": acting.place.id("Village")})
    query = "mutation M($i: SignCommitmentInput!) { signCommitment(input: $i) { userErrors { code message } } }"
    data = await acting.client.ask(
        query,
        {"i": {"party": party, "idempotencyKey": str(uuid4())}},
        key=acting.place.keys["VILLAGE_HEAD"],
        accept_language="en",
    )
    assert data["data"]["signCommitment"]["userErrors"] == [
        {
            "code": "INVALID_TRANSITION",
            "message": "A commitment that is DRAFT cannot take this step; from there it can become: AGREED, REVOKED.",
        }
    ]


async def test_an_organization_cannot_sign_its_draft(acting: Acting) -> None:
    _, (party,) = await drafted(acting, {"organization": acting.place.id("PartnerOrganization")})
    assert await acting.refused("signCommitment", {"party": party}, role="PARTNER_ORG") == ("INVALID_TRANSITION", [])


async def test_signatures_are_asked_of_at_least_one(acting: Acting) -> None:
    draft, _ = await drafted(acting, {"village": acting.place.id("Village"), "role": "WITNESS"})
    await acting.done("recordAgreement", {"id": draft})
    assert await acting.refused("requestSignatures", {"id": draft}) == ("NO_SIGNATORY", [])


async def test_an_ended_commitment_cannot_be_signed(acting: Acting) -> None:
    commitment, (party,) = await drafted(acting, {"village": acting.place.id("Village")}, validUntil="2018-12-31")
    await acting.done("recordAgreement", {"id": commitment})
    assert await acting.refused("requestSignatures", {"id": commitment}) == ("VALIDITY_ENDED", [])
    owner = await asyncpg.connect(acting.owner_dsn)
    async with admin.entered(owner, acting.place.tenant.id):
        await owner.execute(
            "update commitment set state = 'AWAITING_SIGNATURES' where tenant_id = $1 and id = $2",
            acting.place.tenant.id,
            key_of(commitment),
        )
    await owner.close()
    assert await acting.refused("signCommitment", {"party": party}, role="VILLAGE_HEAD") == ("VALIDITY_ENDED", [])


async def test_a_party_that_declined_stays_missing_and_may_still_sign(acting: Acting) -> None:
    commitment, (village, organization) = await sent_out(
        acting, {"village": acting.place.id("Village")}, {"organization": acting.place.id("PartnerOrganization")}
    )
    declining = {"party": organization, "reason": "Belum dibahas"}
    shape = "party { declinedReason missing } commitment { state }"
    made = await acting.done("declineCommitment", declining, shape, role="PARTNER_ORG")
    assert made["party"] == {"declinedReason": "Belum dibahas", "missing": True}
    assert made["commitment"] == {"state": "AWAITING_SIGNATURES"}
    again = await acting.refused("declineCommitment", declining, role="PARTNER_ORG")
    assert again == ("ALREADY_DECLINED", [])

    made = await acting.done("signCommitment", {"party": village}, STATE, role="VILLAGE_HEAD")
    assert made["commitment"]["state"] == "PARTIALLY_SIGNED"
    made = await acting.done("signCommitment", {"party": organization}, shape, role="PARTNER_ORG")
    assert made["party"] == {"declinedReason": None, "missing": False}
    assert made["commitment"] == {"state": "SIGNED"}
    assert await state_of(acting, commitment) == "SIGNED"


async def test_an_organization_does_not_complete_what_a_citizen_has_not_signed(acting: Acting) -> None:
    """It cannot see the citizen's party; the database counts it all the same."""
    commitment, (organization, _citizen) = await sent_out(
        acting, {"organization": acting.place.id("PartnerOrganization")}, {"citizen": acting.place.id("Citizen")}
    )
    await acting.done("signCommitment", {"party": organization}, role="PARTNER_ORG")
    assert await state_of(acting, commitment) == "PARTIALLY_SIGNED"


async def test_two_parties_sign_at_the_same_moment(acting: Acting) -> None:
    for _ in range(5):
        commitment, (village, organization) = await sent_out(
            acting, {"village": acting.place.id("Village")}, {"organization": acting.place.id("PartnerOrganization")}
        )
        made = await asyncio.gather(
            acting.done("signCommitment", {"party": village}, STATE, role="VILLAGE_HEAD"),
            acting.done("signCommitment", {"party": organization}, STATE, role="PARTNER_ORG"),
        )
        assert sorted(each["commitment"]["state"] for each in made) == ["PARTIALLY_SIGNED", "SIGNED"]
        assert await state_of(acting, commitment) == "SIGNED"


async def test_one_party_signs_twice_at_the_same_moment(acting: Acting) -> None:
    _, (village, _other) = await sent_out(
        acting, {"village": acting.place.id("Village")}, {"village": acting.place.id("Village", 1)}
    )
    made = await asyncio.gather(
        *(acting.payload("signCommitment", {"party": village}, role="VILLAGE_HEAD") for _ in range(4))
    )
    codes = sorted(each["code"] for one in made for each in one["userErrors"])
    assert codes == ["ALREADY_SIGNED"] * 3
    assert await acting.told(village) == ["PARTY_ADDED", "PARTY_SIGNED"]


async def test_nine_are_to_sign_and_karang_taruna_never_does(acting: Acting, hub: Hub) -> None:
    tenant, place = acting.place.tenant, acting.place
    codes = ("63.01.03.2009", "63.01.03.2010", "63.01.03.2011")
    villages = [make.village(tenant, code, f"Desa {code[-2:]}") for code in codes]
    partners = [make.partner(tenant, name) for name in ("Kwaran Pramuka", "Karang Taruna")]
    async with make.unit(hub, tenant) as unit:
        for row in (*villages, *partners):
            await unit.add(row)
    village_ids = [place.id("Village"), place.id("Village", 1)]
    village_ids += [GlobalId("Village", tenant.id, each.id).encode() for each in villages]
    partner_ids = [place.id("PartnerOrganization"), place.id("PartnerOrganization", 1)]
    partner_ids += [GlobalId("PartnerOrganization", tenant.id, each.id).encode() for each in partners]
    parties = [{"village": each} for each in village_ids] + [{"organization": each} for each in partner_ids]
    commitment, ids = await sent_out(acting, *parties, plannedParties=9)

    paper = {"signatoryName": "Penanda tangan", "signatoryPosition": "Ketua", "signedOn": "2018-05-11"}
    for party in ids[:-1]:
        await acting.done("signCommitment", {"party": party, **paper})

    query = """query Q($id: ID!) { commitment(id: $id) { state
        parties(first: 20) { nodes { missing } }
        missingSignatures(first: 20) { nodes { organization { name } } } } }"""
    found = (await acting.client.data(query, {"id": commitment}, key=place.keys["CAMAT"]))["commitment"]
    assert found == {
        "state": "PARTIALLY_SIGNED",
        "parties": {"nodes": [{"missing": False}] * 8 + [{"missing": True}]},
        "missingSignatures": {"nodes": [{"organization": {"name": "Karang Taruna"}}]},
    }
    displaying = {"id": commitment, "place": "Kantor", "evidence": [PHOTO]}
    assert await acting.refused("displayPledge", displaying) == ("INVALID_TRANSITION", [])


# After the signatures


async def test_a_signed_commitment_is_displayed_and_fulfilled_with_evidence(acting: Acting) -> None:
    commitment = await signed(acting)
    given = {"id": commitment, "place": "Kantor kecamatan", "displayedOn": "2018-04-20", "evidence": [PHOTO]}
    made = await acting.done(
        "displayPledge",
        given,
        "commitment { state displayPlace displayedOn evidence(first: 9) { nodes { kind url } } }",
    )
    assert made["commitment"] == {
        "state": "DISPLAYED",
        "displayPlace": "Kantor kecamatan",
        "displayedOn": "2018-04-20",
        "evidence": {"nodes": [{"kind": "PHOTO", "url": "https://takisung.example/foto.jpg"}]},
    }
    proof = {"kind": "FULFILMENT", "description": "12 permohonan IMB"}
    made = await acting.done(
        "fulfilCommitment",
        {"id": commitment, "evidence": [proof]},
        "commitment { state evidence(first: 9) { nodes { kind } } }",
    )
    assert made["commitment"] == {
        "state": "FULFILLED",
        "evidence": {"nodes": [{"kind": "PHOTO"}, {"kind": "FULFILMENT"}]},
    }


async def test_display_and_fulfilment_need_evidence(acting: Acting) -> None:
    commitment = await signed(acting)
    displaying = {"id": commitment, "place": "Kantor", "evidence": []}
    assert await acting.refused("displayPledge", displaying) == ("EVIDENCE_NEEDED", ["evidence"])
    await acting.done("displayPledge", {**displaying, "evidence": [PHOTO]})
    answer = await acting.refused("fulfilCommitment", {"id": commitment, "evidence": []})
    assert answer == ("EVIDENCE_NEEDED", ["evidence"])


async def test_a_breach_is_recorded_with_a_note_that_the_journal_does_not_repeat(acting: Acting) -> None:
    commitment = await displayed(acting)
    made = await acting.done(
        "recordBreach", {"id": commitment, "note": "Bapak Rahmat lalai"}, "commitment { state monitoringNote }"
    )
    assert made["commitment"] == {"state": "BREACHED", "monitoringNote": "Bapak Rahmat lalai"}
    (entry,) = await acting.rows("journal_entry", object_id=key_of(commitment), kind="COMMITMENT_BREACHED")
    assert entry["payload"] == '{"monitoring_note":[null,null],"state":["DISPLAYED","BREACHED"]}'


async def test_what_is_not_yet_in_force_is_neither_kept_nor_broken(acting: Acting) -> None:
    commitment = await displayed(acting, validFrom=(TODAY + timedelta(days=30)).isoformat())
    answer = await acting.refused("fulfilCommitment", {"id": commitment, "evidence": [PHOTO]})
    assert answer == ("NOT_YET_IN_FORCE", [])
    assert await acting.refused("recordBreach", {"id": commitment, "note": "Dini"}) == ("NOT_YET_IN_FORCE", [])


async def test_a_village_does_not_judge_its_own_commitment(acting: Acting) -> None:
    commitment = await displayed(acting)
    given = {"id": commitment, "evidence": [PHOTO]}
    assert await acting.refused("fulfilCommitment", given, role="VILLAGE_HEAD") == ("OFFICE_DECIDES", [])


async def test_only_the_camat_revokes(acting: Acting) -> None:
    commitment = await displayed(acting)
    given = {"id": commitment, "reason": "Dasar hukum dicabut"}
    assert await acting.refused("revokeCommitment", given, role="KEC_SECRETARY") == ("FORBIDDEN", [])
    made = await acting.done("revokeCommitment", given, STATE)
    assert made["commitment"]["state"] == "REVOKED"
    assert await acting.refused("revokeCommitment", given) == ("INVALID_TRANSITION", [])


async def test_publishing_opens_a_commitment_to_everybody(acting: Acting) -> None:
    commitment = await signed(acting)
    query = "query Q($id: ID!) { commitment(id: $id) { title } }"

    async def seen() -> Any:
        answer = await acting.client.ask(query, {"id": commitment}, hub_tenant=acting.place.tenant.code)
        return answer["data"]["commitment"]

    assert await seen() is None
    await acting.done("publishCommitment", {"id": commitment})
    assert await seen() == {"title": "Piagam"}
    assert await acting.refused("publishCommitment", {"id": commitment}) == ("ALREADY_PUBLISHED", [])
    await acting.done("unpublishCommitment", {"id": commitment})
    assert await seen() is None
    assert await acting.refused("unpublishCommitment", {"id": commitment}) == ("NOT_PUBLISHED", [])
    published = [row["published"] for row in await acting.rows("journal_entry", object_id=key_of(commitment))]
    assert published[-2:] == [True, True]  # everybody hears that it went


async def test_a_draft_is_not_published(acting: Acting) -> None:
    draft, _ = await drafted(acting)
    assert await acting.refused("publishCommitment", {"id": draft}) == ("INVALID_TRANSITION", [])


@pytest.mark.parametrize("role", ["VILLAGE_OFFICER", "PARTNER_ORG", "KEC_SECTION_HEAD"])
async def test_parties_and_office_attach_evidence(acting: Acting, role: str) -> None:
    commitment, _ = await sent_out(
        acting, {"village": acting.place.id("Village")}, {"organization": acting.place.id("PartnerOrganization")}
    )
    made = await acting.done(
        "addEvidence",
        {"commitment": commitment, "evidence": {**PHOTO, "capturedOn": "2018-05-01"}},
        "evidence { kind description capturedOn }",
        role=role,
    )
    assert made["evidence"] == {"kind": "PHOTO", "description": "Foto naskah", "capturedOn": "2018-05-01"}


async def test_others_attach_no_evidence(acting: Acting) -> None:
    published = await signed(acting)  # of the village, not of the organization
    await acting.done("publishCommitment", {"id": published})
    given = {"commitment": published, "evidence": PHOTO}
    assert await acting.refused("addEvidence", given, role="PARTNER_ORG") == ("NOT_YOUR_COMMITMENT", [])
    hidden = await signed(acting)
    answer = await acting.refused("addEvidence", {**given, "commitment": hidden}, role="PARTNER_ORG")
    assert answer == ("NOT_FOUND", ["commitment"])


# Repeating


async def test_a_repeated_request_answers_again_and_does_nothing_again(acting: Acting) -> None:
    key = str(uuid4())
    first = await acting.payload("createCommitment", text(idempotencyKey=key), "commitment { id }")
    before = await acting.everything()
    second = await acting.payload("createCommitment", text(idempotencyKey=key), "commitment { id }")
    assert second == {**first, "replayed": True}
    assert await acting.everything() == before


async def test_a_repeated_signature_answers_again(acting: Acting) -> None:
    _, (party,) = await sent_out(acting, {"organization": acting.place.id("PartnerOrganization")})
    given = {"party": party, "idempotencyKey": str(uuid4())}
    first = await acting.payload("signCommitment", given, STATE, role="PARTNER_ORG")
    before = await acting.everything()
    second = await acting.payload("signCommitment", given, STATE, role="PARTNER_ORG")
    assert second == {**first, "replayed": True}
    assert await acting.everything() == before


async def test_a_key_is_not_used_for_something_else(acting: Acting) -> None:
    key = str(uuid4())
    await acting.done("createCommitment", text(idempotencyKey=key))
    answer = await acting.refused("createCommitment", text(idempotencyKey=key, title="Lain"))
    assert answer == ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])


# What the database itself does not let an organization do, whatever the code above does


@pytest.fixture(scope="module")
async def outside(acting: Acting) -> AsyncIterator[asyncpg.Connection]:
    """A connection of hub_outside in the scope of the first organization."""
    connection = await asyncpg.connect(acting.owner_dsn.replace("hub_owner", "hub_outside"))
    await connection.execute(
        "select set_config('hub.tenant', $1, false), set_config('hub.tenants', $2, false), "
        "set_config('hub.party', $3, false)",
        str(acting.place.tenant.id),
        "{" + str(acting.place.tenant.id) + "}",
        str(acting.place.partners[0].id),
    )
    yield connection
    await connection.close()


async def test_the_database_lets_no_organization_skip_signatures(acting: Acting, outside: asyncpg.Connection) -> None:
    waiting, (own, _other) = await sent_out(
        acting,
        {"organization": acting.place.id("PartnerOrganization")},
        {"organization": acting.place.id("PartnerOrganization", 1)},
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await outside.execute("update commitment set state = 'SIGNED' where id = $1", key_of(waiting))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await outside.execute("update commitment set state = 'DISPLAYED' where id = $1", key_of(waiting))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await outside.execute("update commitment set title = 'x' where id = $1", key_of(waiting))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await outside.execute("update commitment_party set role = 'WITNESS' where id = $1", key_of(own))


async def test_the_database_lets_no_organization_touch_another_or_a_draft(
    acting: Acting, outside: asyncpg.Connection
) -> None:
    _, (own, other) = await sent_out(
        acting,
        {"organization": acting.place.id("PartnerOrganization")},
        {"organization": acting.place.id("PartnerOrganization", 1)},
    )
    change = "update commitment_party set signed_at = now() where id = $1"
    assert await outside.execute(change, key_of(other)) == "UPDATE 0"
    assert await outside.execute(change, key_of(own)) == "UPDATE 1"
    draft, (own_draft,) = await drafted(acting, {"organization": acting.place.id("PartnerOrganization")})
    assert await outside.execute("update commitment set version = 9 where id = $1", key_of(draft)) == "UPDATE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await outside.execute(change, key_of(own_draft))


async def test_the_database_removes_parties_of_drafts_only(acting: Acting, hub: Hub) -> None:
    _, (party,) = await sent_out(acting, {"village": acting.place.id("Village")})
    async with make.unit(hub, acting.place.tenant) as unit:
        gone = await unit.connection.fetch("delete from commitment_party where id = $1 returning id", key_of(party))
    assert gone == []


async def test_a_key_of_another_village_signs_for_its_own(acting: Acting) -> None:
    owner = await asyncpg.connect(acting.owner_dsn)
    on = admin.On(village_id=acting.place.villages[1].id)
    other = await key_for(owner, acting.place.tenant, Role.VILLAGE_HEAD, on=on)
    await owner.close()
    _, (first, second) = await sent_out(
        acting, {"village": acting.place.id("Village")}, {"village": acting.place.id("Village", 1)}
    )
    assert await acting.refused("signCommitment", {"party": first}, key=other) == ("NOT_YOUR_PARTY", ["party"])
    await acting.done("signCommitment", {"party": second}, key=other)
