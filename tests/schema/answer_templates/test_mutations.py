"""Templates of answers over HTTP: written and ended by section heads and above, read by whoever answers."""

from typing import Any

import pytest

from hub.wiring import Hub
from tests.acting import Acting, acting_in
from tests.client import Client

LISTED = "{ answerTemplates(first: 50) { nodes { id title body kind sector } } }"
ONE = "query ($id: ID!) { answerTemplate(id: $id) { title body endedAt } }"
READERS = ("CAMAT", "KEC_COUNTER", "VILLAGE_HEAD")
OTHERS = ("PARTNER_ORG", "FRONT_END")


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan that answers."""
    return await acting_in(hub, client, owner_dsn, "32.15.19", "Lemahabang", ("32.15.19.2001", "32.15.19.2002"))


async def written(acting: Acting, title: str, **more: Any) -> dict[str, Any]:
    """A template's id and version."""
    values = {"title": title, "body": "Terima kasih atas laporan {judul}.", **more}
    made = await acting.done("writeAnswerTemplate", values, "answerTemplate { id version }", role="KEC_SECTION_HEAD")
    found: dict[str, Any] = made["answerTemplate"]
    return found


async def titles(acting: Acting, role: str) -> list[str] | None:
    """The titles that a role is offered; None where it may not ask."""
    data = (await acting.client.ask(LISTED, key=acting.place.keys[role]))["data"]["answerTemplates"]
    return None if data is None else [each["title"] for each in data["nodes"]]


async def test_who_answers_reads_what_a_section_head_has_written(acting: Acting) -> None:
    made = await written(acting, "Jalan", kind="COMPLAINT", sector="INFRASTRUCTURE")
    assert ["Jalan" in (await titles(acting, role) or []) for role in READERS] == [True] * 3
    assert [await titles(acting, role) for role in OTHERS] == [None, None]
    assert await acting.told(made["id"]) == ["ANSWER_TEMPLATE_WRITTEN"]


async def test_a_counter_a_village_and_a_partner_write_none(acting: Acting) -> None:
    values = {"title": "Bukan", "body": "Bukan"}
    refused = [
        await acting.refused("writeAnswerTemplate", values, role=role)
        for role in ("KEC_COUNTER", "VILLAGE_HEAD", "PARTNER_ORG")
    ]
    assert refused == [("FORBIDDEN", [])] * 3


@pytest.mark.parametrize("body", ["Kode {kode}", "Untuk {nama}", "Kurung { saja", "{{judul}}", "}"])
async def test_a_place_that_nothing_fills_is_refused(acting: Acting, body: str) -> None:
    values = {"title": "Salah", "body": body}
    assert await acting.refused("writeAnswerTemplate", values) == ("PLACE_UNKNOWN", ["body"])


async def test_it_is_changed_by_version_and_what_is_left_out_stays(acting: Acting) -> None:
    made = await written(acting, "Lampu", sector="OTHER")
    change = {"template": made["id"], "expectedVersion": 1, "title": "Lampu jalan"}
    after = await acting.done("updateAnswerTemplate", change, "answerTemplate { title body sector version }")
    assert after["answerTemplate"] == {
        "title": "Lampu jalan",
        "body": "Terima kasih atas laporan {judul}.",
        "sector": "OTHER",
        "version": 2,
    }
    assert await acting.refused("updateAnswerTemplate", change) == ("STALE_VERSION", ["expectedVersion"])


async def test_an_ended_one_is_offered_no_longer_but_still_there(acting: Acting) -> None:
    made = await written(acting, "Kedaluwarsa")
    ending = {"template": made["id"], "expectedVersion": 1}
    await acting.done("endAnswerTemplate", ending)
    assert "Kedaluwarsa" not in (await titles(acting, "CAMAT") or [])
    found = await acting.client.data(ONE, {"id": made["id"]}, key=acting.place.keys["CAMAT"])
    assert found["answerTemplate"]["endedAt"] is not None
    assert await acting.refused("endAnswerTemplate", {**ending, "expectedVersion": 2}) == ("TEMPLATE_ENDED", [])
    assert await acting.told(made["id"]) == ["ANSWER_TEMPLATE_WRITTEN", "ANSWER_TEMPLATE_ENDED"]
