"""The ageing of feedback: what is open, how long it waits, what is late; never what is said of the office itself."""

from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from hub.domains.reports.assembling import ReportException
from hub.wiring import Hub
from tests.domains.reports.stage import Stage, lines, opened
from tests.world import make

D = Decimal
NONE = (None, None, None)


@pytest.fixture
async def stage(hub: Hub, owner: asyncpg.Connection) -> Stage:
    """For the tests of this file, each in turn."""
    return await opened(hub, owner, "32.14.08")


async def test_open_feedback_is_told_by_sector_and_age_and_nothing_open_is_a_zero(stage: Stage) -> None:
    assert lines(await stage.report("R-28")) == [
        (stage.tenant.code, "", "", (D(0), None, D(0)), (D(0), D(0), None), (D(0), D(0), None), NONE)
    ]

    four_weeks = {"received_on": date(2026, 10, 25), "sector": "INFRASTRUCTURE", "severity": 3}
    await stage.add(
        make.feedback(
            stage.tenant,
            **four_weeks,
            state="ESCALATED",
            forwarded_on=date(2026, 10, 27),
            answer_due_on=date(2026, 11, 3),
            affected_services=["EDUCATION", "POSYANDU"],
        ),
        make.feedback(stage.tenant, received_on=date(2026, 11, 20), forward_due_on=date(2026, 11, 25)),
        make.feedback(stage.tenant, received_on=date(2026, 11, 19), state="ANSWERED"),
    )
    async with stage.worker() as unit:  # of itself the office is told nothing
        await unit.add(make.feedback(stage.tenant, about_office=True, received_on=date(2026, 11, 18)))

    found = await stage.report("R-28")

    code, half = stage.tenant.code, (D(1), D(2), D("50.00"))
    assert lines(found) == [
        (code, "", "", (D(2), None, D(2)), half, half, NONE),
        (code, "INFRASTRUCTURE", "15-28", NONE, NONE, NONE, (D(1), None, D(1))),
        (code, "UNSORTED", "0-3", NONE, NONE, NONE, (D(1), None, D(1))),
    ]
    assert [(each.kind, each.figure.key if each.figure else None) for each in found.exceptions] == [
        (ReportException.ABOVE, "late"),
        (ReportException.ABOVE, "waiting"),
    ]
