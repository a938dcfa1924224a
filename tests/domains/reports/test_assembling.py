"""Reports of several kecamatan: who is in, who is missing, and totals that never average and never invent a zero."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from hub.domains.reports.assembling import Given, Place, ReportMissing, Stand, assemble
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.definition import Figure, ReportTotalling, Variable, Words
from hub.kernel.scope import TenantRef, Zone

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
EARLIER, SENT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
DAY = date(2026, 11, 22)
W = Words("x", "x")
PLANS = Variable(W, W, W, W, W)
# As a report on submitted plans would be: of each kecamatan that is known, whether it has forwarded one.
SUBMITTED = replace(
    REPORTS["R-02"],
    code="R-26",
    figures=(Figure("submitted", W, W, W, W, PLANS, PLANS, 100),),
)


def kecamatan(number: int) -> TenantRef:
    """One of Balangan's eight."""
    return TenantRef(number, f"63.11.0{number}", Zone.WITA)


def own(number: int, figure: str, numerator: int, denominator: int) -> Given:
    """A kecamatan with one figure of its own."""
    stand = Stand(figure, None, ("", ""), (None, None), numerator, denominator, "ACTS", DAY)
    return Given(kecamatan(number), f"Kecamatan {number}", (), (stand,), {}, NOW, revision=1)


def holders(number: int, *villages: tuple[int, int] | None, counted_at: datetime = NOW) -> Given:
    """Holders of a card by village; None for one that does not report."""
    places = tuple(
        Place(UUID(int=100 * number + n), f"63.11.0{number}.200{n}", f"Desa {n}") for n in range(len(villages))
    )
    stands = tuple(
        Stand("held", place.id, ("KTP_EL", ""), (None, None), *parts, "REGISTER", DAY)
        for place, parts in zip(places, villages, strict=True)
        if parts is not None
    )
    reporting = {
        place.id: (parts is not None, None if parts is None else SENT)
        for place, parts in zip(places, villages, strict=True)
    }
    return Given(kecamatan(number), f"Kecamatan {number}", places, stands, reporting, counted_at, revision=1)


def test_submission_counts_only_who_is_known_and_names_the_others() -> None:
    known = [own(1, "submitted", 1, 1), own(2, "submitted", 0, 1), own(3, "submitted", 1, 1)]
    unknown = [Given(kecamatan(4), "Kecamatan 4"), Given(kecamatan(5), "Kecamatan 5", counted_at=NOW)]
    report = assemble(SUBMITTED, [*known, *unknown], NOW)
    [total] = report.totals
    assert [(cell.numerator, cell.denominator, cell.value) for cell in total.cells] == [(2, 3, Decimal("66.67"))]
    assert [(each.code, each.reason) for each in report.missing] == [
        ("63.11.04", ReportMissing.NOT_COUNTED),
        ("63.11.05", ReportMissing.NO_DATA),
    ]
    assert [cell.value for row in report.rows for cell in row.cells] == [
        Decimal("100.00"),
        Decimal("0.00"),
        Decimal("100.00"),
    ]


def test_totals_stand_with_and_without_kecamatan_of_which_villages_are_missing() -> None:
    report = assemble(
        REPORTS["R-07"],
        [holders(1, (90, 100), (1, 2)), holders(2, (10, 100), None, counted_at=EARLIER), Given(kecamatan(3), "Tiga")],
        NOW,
    )
    whole, partial = report.totals[0], report.with_partial[0]
    held = [(row.cells[0].numerator, row.cells[0].denominator, row.cells[0].value) for row in (whole, partial)]
    assert held == [(91, 102, Decimal("89.22")), (101, 202, Decimal("50.00"))]
    coverage = [row.coverage and (row.coverage.reporting, row.coverage.total) for row in (whole, partial)]
    assert coverage == [(2, 2), (3, 4)]
    assert [(each.code, each.partial) for each in report.included] == [("63.11.01", False), ("63.11.02", True)]
    assert [each.code for each in report.missing] == ["63.11.03"]
    assert report.data_as_of == EARLIER
    assert [cell.numerator for row in report.rows if row.region_code == "63.11.02.2001" for cell in row.cells] == [
        None,
        None,
    ]


def test_of_eight_kecamatan_one_is_included_and_seven_are_missing() -> None:
    report = assemble(
        REPORTS["R-07"], [holders(1, (3, 4)), *(Given(kecamatan(n), f"Kecamatan {n}") for n in range(2, 9))], NOW
    )
    assert [each.code for each in report.included] == ["63.11.01"]
    assert [each.code for each in report.missing] == [f"63.11.0{n}" for n in range(2, 9)]
    assert [row.cells[0].value for row in report.with_partial] == [Decimal("75.00")]


def test_where_nobody_is_in_it_there_is_no_total() -> None:
    report = assemble(REPORTS["R-07"], [Given(kecamatan(1), "Satu")], NOW)
    assert (report.totals, report.with_partial, report.data_as_of) == ((), (), None)


@pytest.mark.parametrize(("values", "largest"), [([3, 51, 7], 51), ([0], 0)])
def test_days_are_not_added_up_but_the_largest_is_told(values: list[int], largest: int) -> None:
    definition = REPORTS["R-33"]
    days = next(each for each in definition.figures if each.totalling is ReportTotalling.MAX)
    places = tuple(Place(UUID(int=n), f"63.11.01.200{n}", f"Desa {n}") for n in range(len(values)))
    stands = tuple(
        Stand(days.key, place.id, ("", ""), (None, None), value, None, "REGISTER", DAY)
        for place, value in zip(places, values, strict=True)
    )
    given = Given(kecamatan(1), "Satu", places, stands, {place.id: (True, SENT) for place in places}, NOW)
    [total] = assemble(definition, [given], NOW).totals
    assert [cell.numerator for cell in total.cells] == [None, largest]
