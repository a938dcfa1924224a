"""Reports of action plans: submission by year, and progress of the items of plans that stand."""

from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from hub.domains.reports.assembling import ReportException
from hub.wiring import Hub
from tests.domains.reports.stage import Stage, lines, opened, total
from tests.world import make

_codes = iter(("32.14.10", "32.14.07"))
D = Decimal
NONE = (None, None, None)


@pytest.fixture
async def stage(hub: Hub, owner: asyncpg.Connection) -> Stage:
    """One for each test, under a code of its own."""
    return await opened(hub, owner, next(_codes))


async def test_a_forwarded_plan_counts_for_its_year_and_a_year_without_one_is_said(stage: Stage) -> None:
    forwarded = make.plan(stage.office, "Care Mobile", state="FORWARDED", forwarded_on=date(2018, 7, 1))
    await stage.add(
        forwarded, make.plan(stage.office, "Kedua", state="REVIEW"), make.plan(stage.office, "x", year=2019)
    )

    found = await stage.report("R-26")

    code = stage.tenant.code
    assert lines(found) == [
        (code, "2018", (D(1), D(1), D("100.00"))),
        (code, "2019", (D(0), D(1), D("0.00"))),
        (code, "2026", (D(0), D(1), D("0.00"))),
    ]
    assert total(found.totals) == [
        ("2018", (D(1), D(1), D("100.00"))),
        ("2019", (D(0), D(1), D("0.00"))),
        ("2026", (D(0), D(1), D("0.00"))),
    ]
    assert [(each.kind, each.row.parts[0].key) for each in found.exceptions] == [
        (ReportException.BELOW, "2019"),
        (ReportException.BELOW, "2026"),
    ]


async def test_items_are_counted_by_plan_and_by_what_the_calendar_makes_of_them(stage: Stage) -> None:
    plan = make.plan(stage.office, "Care Mobile", state="ACTIVE")
    draft = make.plan(stage.office, "Rancangan")
    await stage.add(
        plan,
        draft,
        make.plan_item(plan, 1, state="ACHIEVED", target=D(2), actual=D(4), unit="PERSON", actual_output="4 orang"),
        make.plan_item(plan, 2, state="IN_PROGRESS"),
        make.plan_item(plan, 3, ends_on=date(2027, 1, 31)),
        make.plan_item(draft, 1),
    )

    found = await stage.report("R-27")

    code = stage.tenant.code
    assert lines(found) == [
        (
            code,
            "Care Mobile",
            "",
            (D(3), None, D(3)),
            (D(1), D(3), D("33.33")),
            (D(1), D(3), D("33.33")),
            (D(1), D(3), D("33.33")),
            NONE,
        ),
        *(
            (code, "Care Mobile", each, NONE, NONE, NONE, NONE, (D(1), None, D(1)))
            for each in ("DELAYED", "OVER_ACHIEVED", "PLANNED")
        ),
    ]
    assert [(each.kind, each.figure.key if each.figure else None) for each in found.exceptions] == [
        (ReportException.ABOVE, "overdue")
    ]
