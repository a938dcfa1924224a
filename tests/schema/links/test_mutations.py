"""Links over HTTP: what fulfils a commitment, who may say so, and what others see of it."""

from typing import Any

import pytest

from hub.wiring import Hub
from tests.acting import Acting, acting_in
from tests.client import Client

SHAPE = "link { id relation note target { __typename } }"
SEEN = "query($id: ID!) { commitment(id: $id) { fulfilledBy(first: 9) { nodes { relation target { __typename } } } } }"


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client, owner_dsn, "32.14.13", "Tautan", ("32.14.13.2001", "32.14.13.2002"))


async def displayed(acting: Acting, *, village: int = 0) -> str:
    """A commitment of a village, signed and displayed, with nothing linked to it."""
    given = {
        "type": "VILLAGE_HEAD_COMMITMENT",
        "title": "Komitmen",
        "object": "IMB",
        "plannedOn": "2018-04-09",
        "parties": [{"village": acting.place.id("Village", village)}],
    }
    made = await acting.done("createCommitment", given, "commitment { id parties(first: 1) { nodes { id } } }")
    found, (party,) = made["commitment"]["id"], made["commitment"]["parties"]["nodes"]
    await acting.done("recordAgreement", {"id": found})
    await acting.done("requestSignatures", {"id": found})
    signed = {"party": party["id"], "signatoryName": "Kades", "signatoryPosition": "Kepala desa"}
    await acting.done("signCommitment", signed)
    photo = {"kind": "DISPLAY", "description": "Terpajang"}
    await acting.done("displayPledge", {"id": found, "place": "Kantor", "evidence": [photo]})
    return str(found)


async def test_a_commitment_is_fulfilled_by_the_permits_linked_to_it(acting: Acting) -> None:
    commitment = await displayed(acting)
    assert await acting.refused("fulfilCommitment", {"id": commitment, "evidence": []}) == (
        "EVIDENCE_NEEDED",
        ["evidence"],
    )
    given = {"commitment": commitment, "permit": acting.place.id("BuildingPermit"), "note": "Care Mobile"}
    made = await acting.done("addLink", given, SHAPE)
    assert made["link"] | {"id": ""} == {
        "id": "",
        "relation": "FULFILLED_BY",
        "note": "Care Mobile",
        "target": {"__typename": "BuildingPermit"},
    }
    file = await acting.done("addLink", {"commitment": commitment, "file": acting.place.id("StoredFile")}, SHAPE)
    assert file["link"]["relation"] == "EVIDENCED_BY"
    done = await acting.done("fulfilCommitment", {"id": commitment, "evidence": []}, "commitment { state }")
    assert done["commitment"] == {"state": "FULFILLED"}
    assert await acting.told(made["link"]["id"]) == ["LINK_ADDED"]


async def test_a_link_taken_back_proves_nothing(acting: Acting) -> None:
    commitment = await displayed(acting)
    given = {"commitment": commitment, "event": acting.place.id("VitalEvent")}
    made = await acting.done("addLink", given, SHAPE)
    assert await acting.refused("addLink", given) == ("LINK_EXISTS", ["event"])
    await acting.done("removeLink", {"id": made["link"]["id"], "reason": "Salah"})
    assert await acting.refused("removeLink", {"id": made["link"]["id"], "reason": "Salah"}) == ("LINK_ENDED", [])
    assert (await acting.refused("fulfilCommitment", {"id": commitment, "evidence": []}))[0] == "EVIDENCE_NEEDED"
    seen = await acting.client.data(SEEN, {"id": commitment}, key=acting.place.keys["CAMAT"])
    assert seen["commitment"]["fulfilledBy"]["nodes"] == []
    await acting.done("addLink", given, SHAPE)


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({}, "ONE_OF_NEEDED", []),
        ({"permit": "BuildingPermit", "file": "StoredFile"}, "ONE_OF_NEEDED", []),
        ({"planItem": "ActionPlanItem", "permit": "BuildingPermit"}, "ONE_OF_NEEDED", []),
        ({"toCommitment": "BuildingPermit"}, "ID_INVALID", ["toCommitment"]),
    ],
)
async def test_a_faulty_link_is_refused(acting: Acting, more: dict[str, str], code: str, path: list[str]) -> None:
    ends: dict[str, Any] = {name: acting.place.id(of) for name, of in more.items()}
    given = {"commitment": acting.place.id("Commitment"), **ends}
    assert await acting.refused("addLink", given) == (code, path)


async def test_nothing_fulfils_itself(acting: Acting) -> None:
    own = acting.place.id("Commitment")
    assert await acting.refused("addLink", {"commitment": own, "toCommitment": own}) == (
        "LINK_TO_ITSELF",
        ["toCommitment"],
    )


async def test_a_village_links_its_own_to_its_own(acting: Acting) -> None:
    own, others = await displayed(acting), await displayed(acting, village=1)
    permits = acting.place.rows["BuildingPermit"]
    near, far = (
        acting.place.id("BuildingPermit", next(n for n, each in enumerate(permits) if each.village_id == village.id))
        for village in acting.place.villages
    )
    await acting.done("addLink", {"commitment": own, "permit": near}, SHAPE, role="VILLAGE_HEAD")
    refused = await acting.refused("addLink", {"commitment": own, "permit": far}, role="VILLAGE_HEAD")
    assert refused == ("NOT_FOUND", ["permit"])
    refused = await acting.refused("addLink", {"commitment": others, "permit": near}, role="VILLAGE_HEAD")
    assert refused == ("NOT_YOUR_COMMITMENT", [])
    await acting.done("addLink", {"commitment": own, "permit": far}, SHAPE)
    seen = await acting.client.data(SEEN, {"id": own}, key=acting.place.keys["VILLAGE_HEAD"])
    assert [each["target"] for each in seen["commitment"]["fulfilledBy"]["nodes"]] == [
        {"__typename": "BuildingPermit"},
        None,
    ]


async def test_from_outside_only_civic_things_are_seen_and_nothing_is_linked(acting: Acting) -> None:
    commitment = await displayed(acting)
    await acting.done("addLink", {"commitment": commitment, "permit": acting.place.id("BuildingPermit")})
    await acting.done("addLink", {"commitment": commitment, "toPlanItem": acting.place.id("ActionPlanItem")})
    await acting.done("publishCommitment", {"id": commitment})
    for role in ("FRONT_END", "PARTNER_ORG"):
        seen = await acting.client.data(SEEN, {"id": commitment}, key=acting.place.keys[role])
        assert seen["commitment"]["fulfilledBy"]["nodes"] == [
            {"relation": "FULFILLED_BY", "target": {"__typename": "ActionPlanItem"}}
        ]
    given = {"commitment": commitment, "toCommitment": acting.place.id("Commitment")}
    assert await acting.refused("addLink", given, role="PARTNER_ORG") == ("FORBIDDEN", [])
