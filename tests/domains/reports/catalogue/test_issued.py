"""Documents issued by year and type, and their growth: exact, and null where the year before is not known."""

from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from hub.domains.citizens.model import Citizen
from hub.domains.reports.assembling import ReportMissing
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.explaining import calculation
from hub.wiring import Hub
from tests.domains.reports.stage import Stage, lines, opened, total
from tests.world import make

D = Decimal
NONE = (None, None, None)
# Issued in a year: certificates grow by half, then fall to a third; a year in between has no record at all.
CERTIFICATES = {2020: 2, 2021: 3, 2022: 1, 2024: 4, 2026: 1}
CARDS = {2022: 2}


@pytest.fixture(scope="module")
async def stage(hub: Hub, owner_dsn: str) -> Stage:
    """One where documents were recorded for some years."""
    owner = await asyncpg.connect(owner_dsn)
    made = await opened(hub, owner, "32.13.14")
    await owner.close()
    home = make.household(hub, made.tenant, made.villages[0].id)
    rows = [home, *make.citizen(hub, made.tenant, home, "Jamila")]
    whose = next(each for each in rows if isinstance(each, Citizen))
    await made.add(*rows)
    beside: dict[str, Any] = {"status": "REPLACED"}  # documents that hold no longer were issued all the same
    for kind, years in (("BIRTH_CERT", CERTIFICATES), ("KTP_EL", CARDS)):
        for year, number in years.items():
            await made.add(
                *(make.document(whose, kind, issued_on=date(year, 12, 31 - each), **beside) for each in range(number))
            )
    wrong: dict[str, Any] = {"ended_at": home.created_at, "end_reason": "Salah orang"}
    await made.add(*(make.document(whose, kind, issued_on=date(2025, 1, 1), **wrong) for kind in ("KIA", "KTP_EL")))
    return made


async def test_growth_is_exact_falls_below_zero_and_is_null_where_the_year_before_is_not_known(stage: Stage) -> None:
    report = await stage.report("R-06")

    told = [(*line[1:3], *line[3:]) for line in lines(report)]
    assert told == [
        ("2020", "BIRTH_CERT", (D(2), None, D(2)), NONE),
        ("2021", "BIRTH_CERT", (D(3), None, D(3)), (D(3), D(2), D("50.00"))),
        ("2022", "BIRTH_CERT", (D(1), None, D(1)), (D(1), D(3), D("-66.67"))),
        ("2022", "KTP_EL", (D(2), None, D(2)), NONE),  # the type's first year
        ("2024", "BIRTH_CERT", (D(4), None, D(4)), NONE),  # of 2023 nothing is recorded
        ("2024", "KTP_EL", (D(0), None, D(0)), NONE),
        ("2026", "BIRTH_CERT", (D(1), None, D(1)), NONE),
        ("2026", "KTP_EL", (D(0), None, D(0)), NONE),
    ]
    assert {line[0] for line in lines(report)} == {stage.tenant.code}
    assert total(report.totals) == told
    assert report.exceptions == ()


async def test_how_growth_came_about_is_written_down(stage: Stage) -> None:
    report = await stage.report("R-06")

    told = {row.parts[0].key: calculation(row.cells[1]) for row in report.rows if row.parts[1].key == "BIRTH_CERT"}
    assert told["2022"].id == "(1 − 3) ÷ 3 × 100 = -66,67 (dua desimal, setengah ke atas)"
    assert told["2021"].en == "(3 − 2) ÷ 2 × 100 = 50.00 (two decimals, half up)"
    assert told["2020"].en == "No data"
    formula = REPORTS["R-06"].figures[1].formula
    assert formula.en == (
        "(Documents issued − Documents issued in the year before) ÷ Documents issued in the year before × 100"
    )


async def test_a_kecamatan_without_any_document_is_missing_and_not_zero(hub: Hub, owner: asyncpg.Connection) -> None:
    empty = await opened(hub, owner, "32.13.15")

    report = await empty.report("R-06")

    assert [each.reason for each in report.missing] == [ReportMissing.NO_DATA]
    assert (report.rows, report.totals, report.included) == ((), (), ())
