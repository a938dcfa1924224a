"""A kecamatan's own days off over HTTP, and what they do to a clock."""

from datetime import date, timedelta

import pytest

from hub.domains.calendar.holidays import national
from hub.kernel.workdays import working_days_after
from hub.wiring import Hub
from tests.client import Client
from tests.noon import TODAY
from tests.schema.feedback.stage import Desk, open_desk

SHAPE = "dayOff { id version day name endedAt }"


@pytest.fixture(scope="module")
async def desk(hub_at_noon: Hub, client_at_noon: Client, owner_dsn: str) -> Desk:
    """A kecamatan with a calendar."""
    return await open_desk(hub_at_noon, client_at_noon, owner_dsn, "32.13.25")


def due(days: int) -> date:
    return working_days_after(TODAY, days, lambda day: day in national(day.year))


async def test_a_day_off_moves_the_clocks_that_begin_after_it_was_recorded(desk: Desk) -> None:
    before = (await desk.submit())["feedback"]
    given = {"day": due(1).isoformat(), "name": "Hari jadi"}
    made = (await desk.acting.done("recordDayOff", given, SHAPE, role="KEC_SECRETARY"))["dayOff"]
    while_closed = (await desk.submit())["feedback"]
    again = await desk.acting.refused("recordDayOff", given, role="KEC_SECRETARY")
    taken_back = {"dayOff": made["id"], "expectedVersion": made["version"], "reason": "Salah tanggal"}
    await desk.acting.done("takeBackDayOff", taken_back, SHAPE)
    after = (await desk.submit())["feedback"]

    assert [each["forwardDueOn"] for each in (before, while_closed, after)] == [
        each.isoformat() for each in (due(3), due(4), due(3))
    ]
    assert again == ("DAY_OFF_EXISTS", ["day"])
    assert await desk.acting.refused("takeBackDayOff", {**taken_back, "expectedVersion": 2}) == (
        "DAY_OFF_ENDED",
        ["dayOff"],
    )


async def test_only_the_secretary_and_the_camat_keep_the_calendar(desk: Desk) -> None:
    given = {"day": (TODAY + timedelta(days=400)).isoformat(), "name": "x"}

    for role in ("KEC_COUNTER", "KEC_SECTION_HEAD", "VILLAGE_HEAD", "PARTNER_ORG"):
        assert await desk.acting.refused("recordDayOff", given, role=role) == ("FORBIDDEN", [])


async def test_everybody_reads_the_days_that_hold(desk: Desk) -> None:
    query = "{ daysOff(first: 50) { nodes { day endedAt } } }"

    answer = await desk.acting.client.ask(query, Hub_Tenant=desk.acting.place.tenant.code)

    assert {each["endedAt"] for each in answer["data"]["daysOff"]["nodes"]} == {None}
