"""Announcements over HTTP: from draft to withdrawal, who reads which, and who passed them on."""

from typing import Any

import pytest

from hub.wiring import Hub
from tests.acting import Acting, acting_in
from tests.client import Client

LISTED = "{ announcements(first: 50, filter: {title: {eq: %s}}) { nodes { title } } }"
EVERYBODY = ("CAMAT", "KEC_COUNTER", "VILLAGE_HEAD", "PARTNER_ORG", "FRONT_END", None)


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to speak in."""
    return await acting_in(hub, client, owner_dsn, "32.13.18", "Pusakanagara", ("32.13.18.2001", "32.13.18.2002"))


def text(title: str, **more: Any) -> dict[str, Any]:
    """An input for a draft."""
    return {"title": title, "body": "Loket tutup Jumat.", "audience": "PUBLIC", **more}


async def drafted(acting: Acting, title: str, **more: Any) -> str:
    """A draft's id."""
    made = await acting.done("draftAnnouncement", text(title, **more), "announcement { id }")
    found: str = made["announcement"]["id"]
    return found


async def published(acting: Acting, title: str, **more: Any) -> str:
    """The id of one that is published."""
    found = await drafted(acting, title, **more)
    await acting.done("publishAnnouncement", {"id": found})
    return found


async def asked(acting: Acting, query: str, variables: dict[str, Any] | None = None, role: str | None = "CAMAT") -> Any:
    """The data of a query as a role; as a visitor where it is None."""
    if role is None:
        answer = await acting.client.ask(query, variables, hub_tenant=acting.place.tenant.code)
    else:
        answer = await acting.client.ask(query, variables, key=acting.place.keys[role])
    assert "errors" not in answer, answer
    return answer["data"]


async def readers(acting: Acting, title: str) -> list[str | None]:
    """The roles that find an announcement."""
    query = LISTED % f'"{title}"'
    return [role for role in EVERYBODY if (await asked(acting, query, role=role))["announcements"]["nodes"]]


async def test_a_draft_is_the_offices_alone_until_it_is_published(acting: Acting) -> None:
    found = await drafted(acting, "Rahasia dulu", channels=["PRINT", "PRINT", "WHATSAPP"])
    assert await readers(acting, "Rahasia dulu") == ["CAMAT", "KEC_COUNTER"]

    made = await acting.done(
        "publishAnnouncement",
        {"id": found, "expectedVersion": 1},
        "announcement { state status edition channels editions(first: 5) { nodes { number title note } } }",
    )

    assert made["announcement"] == {
        "state": "PUBLISHED",
        "status": "PUBLISHED",
        "edition": 1,
        "channels": ["PRINT", "WHATSAPP"],
        "editions": {"nodes": [{"number": 1, "title": "Rahasia dulu", "note": None}]},
    }
    assert await readers(acting, "Rahasia dulu") == list(EVERYBODY)
    assert await acting.told(found) == ["ANNOUNCEMENT_DRAFTED", "ANNOUNCEMENT_PUBLISHED"]


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("VILLAGES", ["CAMAT", "KEC_COUNTER", "VILLAGE_HEAD"]),
        ("PARTNERS", ["CAMAT", "KEC_COUNTER", "PARTNER_ORG"]),
        ("STAFF", ["CAMAT", "KEC_COUNTER"]),
    ],
)
async def test_each_audience_reads_its_own(acting: Acting, audience: str, who: list[str]) -> None:
    found = await published(acting, f"Untuk {audience}", audience=audience)
    assert await readers(acting, f"Untuk {audience}") == who

    query = "query ($id: ID!) { announcement(id: $id) { editions(first: 1) { nodes { body } } } }"
    for role in EVERYBODY:
        answer = await asked(acting, query, {"id": found}, role)
        assert (answer["announcement"] is not None) is (role in who), role


async def test_a_correction_keeps_what_was_published_before(acting: Acting) -> None:
    found = await published(acting, "Buka Sabtu")
    given = {"id": found, "expectedVersion": 2, "body": "Loket tutup Kamis.", "note": "Salah hari"}
    await acting.done("correctAnnouncement", given)

    query = (
        "query ($id: ID!) { announcement(id: $id) { body edition editions(first: 5) { nodes { number body note } } } }"
    )
    assert (await asked(acting, query, {"id": found}, None))["announcement"] == {
        "body": "Loket tutup Kamis.",
        "edition": 2,
        "editions": {
            "nodes": [
                {"number": 1, "body": "Loket tutup Jumat.", "note": None},
                {"number": 2, "body": "Loket tutup Kamis.", "note": "Salah hari"},
            ]
        },
    }


async def test_what_is_withdrawn_stays_readable_with_the_reason(acting: Acting) -> None:
    found = await published(acting, "Pasar murah")
    await acting.done("withdrawAnnouncement", {"id": found, "reason": "Ditunda"})
    query = "query ($id: ID!) { announcement(id: $id) { status withdrawnReason } }"
    answer = await asked(acting, query, {"id": found}, None)
    assert answer["announcement"] == {"status": "WITHDRAWN", "withdrawnReason": "Ditunda"}


async def test_a_draft_that_is_put_aside_is_never_seen_outside(acting: Acting) -> None:
    found = await drafted(acting, "Batal saja")
    await acting.done("withdrawAnnouncement", {"id": found, "reason": "Tidak jadi"})
    assert await readers(acting, "Batal saja") == ["CAMAT", "KEC_COUNTER"]


async def test_steps_out_of_turn_and_rights_are_refused(acting: Acting) -> None:
    draft = await drafted(acting, "Langkah")
    step: tuple[str, list[str]] = ("ANNOUNCEMENT_STEP", [])
    correction = {"id": draft, "expectedVersion": 1, "body": "x", "note": "y"}
    assert await acting.refused("correctAnnouncement", correction) == step
    assert await acting.refused("relayAnnouncement", {"announcement": draft, "means": "MEETING"}) == step
    assert await acting.refused("publishAnnouncement", {"id": draft}, role="KEC_COUNTER") == ("FORBIDDEN", [])
    assert await acting.refused("draftAnnouncement", text("x"), role="VILLAGE_HEAD") == ("FORBIDDEN", [])
    await acting.done("publishAnnouncement", {"id": draft})
    assert await acting.refused("publishAnnouncement", {"id": draft}) == step
    assert await acting.refused("updateAnnouncement", {"id": draft, "expectedVersion": 2, "title": "z"}) == step
    same = {"id": draft, "expectedVersion": 2, "title": "Langkah", "note": "sama"}
    assert await acting.refused("correctAnnouncement", same) == ("NOTHING_CORRECTED", [])
    late = await drafted(acting, "Telat", expiresAt="2020-01-01T00:00:00Z")
    assert await acting.refused("publishAnnouncement", {"id": late}) == ("EXPIRY_PAST", ["id"])


async def test_the_steps_shown_are_those_that_are_open(acting: Acting) -> None:
    found = await published(acting, "Tombol")
    query = "query ($id: ID!) { announcement(id: $id) { allowedActions { action disabledReason } } }"

    async def shown(role: str | None) -> list[str]:
        steps = (await asked(acting, query, {"id": found}, role))["announcement"]["allowedActions"]
        return [each["action"] for each in steps if each["disabledReason"] is None]

    assert await shown("CAMAT") == ["CORRECT", "WITHDRAW", "RELAY"]
    assert await shown("VILLAGE_HEAD") == ["RELAY"]
    assert await shown("PARTNER_ORG") == ["RELAY"]
    assert await shown(None) == []


# Passing on


WHO = """query ($id: ID!) { announcement(id: $id) {
  %s(first: 9) { totalCount nodes { village { name } organization { name } } } } }"""


async def left(acting: Acting, announcement: str, role: str = "CAMAT") -> list[str]:
    """Who has not passed it on, as a role sees it."""
    found = (await asked(acting, WHO % "unrelayed", {"id": announcement}, role))["announcement"]["unrelayed"]["nodes"]
    return sorted((each["village"] or each["organization"])["name"] for each in found)


async def test_a_village_and_an_organization_pass_it_on_and_the_office_sees_who_has_not(acting: Acting) -> None:
    one, other = (each.name for each in acting.place.villages)
    partners = await published(acting, "Untuk mitra", audience="PARTNERS")
    villages = await published(acting, "Posyandu Selasa", audience="VILLAGES")
    assert await left(acting, villages) == [one, other]
    assert await left(acting, partners) == sorted(each.name for each in acting.place.partners)

    given = {"announcement": villages, "means": "LOUDSPEAKER", "reached": 120, "note": "Sesudah salat Jumat"}
    shape = "relay { id means reached village { name } } announcement { title }"
    made = await acting.done("relayAnnouncement", given, shape, role="VILLAGE_OFFICER")
    relay = made["relay"].pop("id")
    assert made == {
        "relay": {"means": "LOUDSPEAKER", "reached": 120, "village": {"name": one}},
        "announcement": {"title": "Posyandu Selasa"},
    }
    await acting.done("relayAnnouncement", {"announcement": partners, "means": "MESSAGES"}, role="PARTNER_ORG")

    assert await left(acting, villages) == [other]
    assert await left(acting, partners) == [acting.place.partners[1].name]
    assert await left(acting, villages, "VILLAGE_HEAD") == []  # of the other village it is not told
    assert await acting.told(relay) == ["RELAY_ASKED", "ANNOUNCEMENT_RELAYED"]


async def test_it_is_passed_on_once_and_what_was_said_can_be_changed(acting: Acting) -> None:
    found = await published(acting, "Sekali", audience="PARTNERS")
    given = {"announcement": found, "means": "MEETING", "reached": 10}
    first = await acting.done("relayAnnouncement", given, "relay { id version }", role="PARTNER_ORG")
    again = {**given, "reached": 25, "expectedVersion": 2}
    second = await acting.done("relayAnnouncement", again, "relay { id version reached }", role="PARTNER_ORG")
    assert first["relay"]["version"] == 2
    assert second["relay"] == {"id": first["relay"]["id"], "version": 3, "reached": 25}
    assert await acting.refused("relayAnnouncement", again, role="PARTNER_ORG") == (
        "STALE_VERSION",
        ["expectedVersion"],
    )


async def test_an_organization_that_was_not_asked_says_it_too(acting: Acting) -> None:
    found = await published(acting, "Tanpa diminta")
    assert await left(acting, found) == sorted(each.name for each in acting.place.villages)
    await acting.done("relayAnnouncement", {"announcement": found, "means": "MEETING"}, role="PARTNER_ORG")
    answer = await asked(acting, WHO % "relays", {"id": found})
    assert answer["announcement"]["relays"]["totalCount"] == 3


async def test_nobody_speaks_for_another_but_the_office(acting: Acting) -> None:
    found = await published(acting, "Wakil")
    others = {"announcement": found, "means": "MEETING", "village": acting.place.id("Village", 1)}
    for role in ("VILLAGE_HEAD", "PARTNER_ORG"):
        assert await acting.refused("relayAnnouncement", others, role=role) == ("NOT_YOUR_RELAY", [])
    for role in ("FRONT_END",):
        assert await acting.refused("relayAnnouncement", others, role=role) == ("FORBIDDEN", [])
    nobody = {"announcement": found, "means": "MEETING"}
    assert await acting.refused("relayAnnouncement", nobody) == ("RELAY_FOR_WHOM", [])
    future = {**others, "on": "2999-01-01"}
    assert await acting.refused("relayAnnouncement", future) == ("DATE_IN_FUTURE", ["on"])
    await acting.done("relayAnnouncement", others, role="KEC_COUNTER")
    assert await left(acting, found) == [acting.place.villages[0].name]


async def test_what_is_not_for_an_organization_cannot_be_passed_on_by_it(acting: Acting) -> None:
    found = await published(acting, "Dalam", audience="STAFF")
    given = {"announcement": found, "means": "MEETING"}
    assert await acting.refused("relayAnnouncement", given, role="PARTNER_ORG") == ("NOT_FOUND", ["announcement"])
    assert await acting.refused("relayAnnouncement", given, role="VILLAGE_HEAD") == ("NOT_FOUND", ["announcement"])
