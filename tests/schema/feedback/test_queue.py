"""The queue: what is due first before the rest, whoever handed it on, narrowed as an officer needs it."""

from typing import Any

import pytest

from hub.wiring import Hub
from tests.client import Client
from tests.schema.feedback.stage import Desk, open_desk

QUEUE = """query ($village: ID, $section: String, $overdue: Boolean) {
  feedbackQueue(first: 50, village: $village, section: $section, overdue: $overdue) { nodes { subject dueOn overdue } }
}"""
DUE = "query ($id: ID) { feedback(id: $id) { dueOn forwardDueOn answerDueOn } }"
SECTION = "Seksi Pelayanan Umum"


@pytest.fixture(scope="module")
async def desk(hub: Hub, client: Client, owner_dsn: str) -> Desk:
    """A kecamatan with a queue."""
    return await open_desk(hub, client, owner_dsn, "32.15.20")


async def queue(desk: Desk, role: str = "CAMAT", **narrowed: Any) -> list[str] | None:
    """The subjects that wait, in their order, but those that the place came with; None where nobody is told."""
    found = (await desk.acting.client.ask(QUEUE, narrowed, key=desk.acting.place.keys[role]))["data"]["feedbackQueue"]
    return None if found is None else [each["subject"] for each in found["nodes"] if each["subject"] != "Jalan putus"]


async def due(desk: Desk, of: str) -> dict[str, str | None]:
    """The days of one."""
    found: dict[str, str | None] = (
        await desk.acting.client.data(DUE, {"id": of}, key=desk.acting.place.keys["CAMAT"])
    )["feedback"]
    return found


async def test_the_day_that_is_due_is_that_of_the_clock_that_runs(desk: Desk) -> None:
    key = await desk.new(subject="Jam pertama")
    days = await due(desk, key)
    assert days["dueOn"] == days["forwardDueOn"]
    await desk.step("triageFeedback", key)
    await desk.step("assignFeedback", key, section=SECTION)
    days = await due(desk, key)
    assert days["dueOn"] == days["answerDueOn"] != days["forwardDueOn"]
    await desk.step("answerFeedback", key, text="Sudah.")
    assert "Jam pertama" not in (await queue(desk) or [])

    async with desk.days_later(3) as later:
        await later.acting.done("reopenFeedback", {"feedback": key, "reason": "Belum"}, role="PARTNER_ORG")
    reopened = await due(desk, key)
    assert reopened["dueOn"] == reopened["forwardDueOn"] != days["forwardDueOn"]
    assert "Jam pertama" in (await queue(desk) or [])


async def test_what_is_due_first_stands_before_the_rest(desk: Desk) -> None:
    handed = await desk.new(subject="Diteruskan")
    await desk.step("triageFeedback", handed)
    await desk.step("assignFeedback", handed, section=SECTION)
    await desk.new(subject="Baru")
    found = await queue(desk) or []
    assert found.index("Baru") < found.index("Diteruskan")


async def test_it_is_narrowed_by_village_section_and_what_is_overdue(desk: Desk) -> None:
    village = desk.village(1)
    here = await desk.new(subject="Di desa", villages=[village])
    there = await desk.new(subject="Pada seksi")
    await desk.step("triageFeedback", there)
    await desk.step("assignFeedback", there, section="Seksi Tersendiri")
    assert await queue(desk, village=village) == ["Di desa"]
    assert await queue(desk, section="Seksi Tersendiri") == ["Pada seksi"]
    assert "Di desa" not in (await queue(desk, overdue=True) or [])
    async with desk.days_later(30) as later:
        assert {"Di desa", "Pada seksi"} <= set(await queue(later, overdue=True) or [])
        assert await queue(later, overdue=False) == []
    assert here != there


async def test_offices_see_it_and_nobody_outside(desk: Desk) -> None:
    await desk.new(subject="Untuk kantor")
    assert "Untuk kantor" in (await queue(desk, "KEC_COUNTER") or [])
    assert await queue(desk, "VILLAGE_HEAD") is not None
    assert [await queue(desk, role) for role in ("PARTNER_ORG", "FRONT_END")] == [None, None]
