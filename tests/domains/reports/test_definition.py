"""Exact arithmetic, and definitions that hold together."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Table
from sqlalchemy.sql.visitors import iterate

from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.definition import Figure, Frame, ReportDisclosure, Variable, Words, faults, quotient
from hub.kernel.scope import Zone
from hub.store import sql
from hub.tenants.permissions import Role

W = Words("a", "b")
KM2 = Variable(W, W, W, W, W, decimals=2)
PERSONS = Variable(W, W, W, W, W)


@pytest.mark.parametrize(
    ("over", "under", "value"),
    [
        (12_700, 9_187, "1.38"),
        (13_100, 9_187, "1.43"),
        (31_020, 22, "1410.00"),
        (31_020, 9_379, "3.31"),
        (9_187, 9_379, "0.98"),
        (700, 12, "58.33"),
        (385_000, 4_000, "96.25"),
        (100, 800, "0.13"),  # 0.125: half up, not to the even
        (300, 800, "0.38"),
        (1, 2_000_100, "0.00"),
        (-100, 800, "-0.13"),
        (10**18 + 1, 3, "333333333333333333.67"),
        (0, 5, "0.00"),
    ],
)
def test_a_quotient_has_two_decimals_half_up_and_no_float_on_the_way(over: int, under: int, value: str) -> None:
    assert str(quotient(over, under)) == value


def figure(numerator: Variable, denominator: Variable | None, factor: int = 1) -> Figure:
    """A figure of these parts."""
    return Figure("x", W, W, W, W, numerator, denominator, factor)


@pytest.mark.parametrize(
    ("of", "numerator", "denominator", "value"),
    [
        (figure(PERSONS, KM2), 31_020, 34_300, Decimal("90.44")),  # 343.00 km²
        (figure(KM2, PERSONS), 34_300, 12, Decimal("28.58")),
        (figure(PERSONS, PERSONS, 100), 0, 0, None),  # nothing is a part of nothing
        (figure(PERSONS, PERSONS, 100), None, None, None),
        (figure(PERSONS, None), 7, None, Decimal(7)),
        (figure(KM2, None), 34_300, None, Decimal("343.00")),
    ],
)
def test_the_smallest_units_are_counted_back(
    of: Figure, numerator: int | None, denominator: int | None, value: Decimal | None
) -> None:
    assert of.value(numerator, denominator) == value


def test_the_catalogue_holds_together() -> None:
    assert faults(list(REPORTS.values())) == []


def test_parts_of_different_wholes_are_no_parts_of_one() -> None:
    wrong = replace(REPORTS["R-03"], disjoint=(("density", "personsPerHousehold"),))
    assert faults([wrong]) == ["R-03: parts of different wholes are called disjoint"]


@pytest.mark.parametrize(
    ("issued", "before", "value"),
    [(12, 10, "20.00"), (1, 3, "-66.67"), (0, 3, "-100.00"), (5, 0, None), (799, 800, "-0.13"), (5, None, None)],
)
def test_growth_is_the_difference_over_the_year_before(issued: int, before: int | None, value: str | None) -> None:
    found = REPORTS["R-06"].figures[1].value(issued, before)
    assert found == (None if value is None else Decimal(value))


def test_nothing_grows_but_a_count_of_years() -> None:
    issued, growth = REPORTS["R-06"].figures
    for wrong in (
        replace(growth, growth_of="growth"),
        replace(growth, growth_of="x"),
        replace(growth, denominator=None),
    ):
        assert faults([replace(REPORTS["R-06"], figures=(issued, wrong))]) == [
            "R-06: growth of what is no count of years"
        ]


def test_the_catalogue_has_these_reports_and_says_of_some_that_their_source_is_not_kept() -> None:
    assert [code for code, each in REPORTS.items() if each.tallies] == [
        "R-01",
        "R-02",
        "R-03",
        "R-04",
        "R-05",
        "R-06",
        "R-07",
        "R-15",
        "R-26",
        "R-27",
        "R-28",
        "R-33",
    ]
    assert [code for code, each in REPORTS.items() if each.not_kept] == ["R-08"]


def test_every_statement_names_its_one_tenant_on_each_of_its_tables() -> None:
    frame = Frame(7, date(2026, 11, 22), Zone.WITA)
    for report in REPORTS.values():
        for make in (*(tally.statement for tally in report.tallies), *([report.reporting] if report.reporting else ())):
            statement = make(frame)
            text = sql.prepare(statement).text
            for each in {each.name for each in iterate(statement) if isinstance(each, Table)}:
                assert re.search(rf"\b{each}\.tenant_id = \$\d+::INTEGER", text), (report.code, each, text)


def test_figures_of_people_say_where_they_come_from_and_none_says_it_is_official() -> None:
    people = [each for each in REPORTS.values() if each.disclosure is not ReportDisclosure.ACTS]
    for report in people:
        for each in report.figures:
            kept = "Population documents recorded" if report.code == "R-06" else "Village register kept"
            assert each.numerator.source.en == f"{kept} in the hub", (report.code, each.key)
    told = [term.meaning for report in REPORTS.values() for term in report.terms]
    assert [each.en for each in told if "official" in each.en] == []
    assert [each.id for each in told if "resmi" in each.id and "bukan angka" not in each.id] == []


def test_readers_follow_from_the_class_of_disclosure() -> None:
    assert {
        code: Role.KEC_COUNTER in each.readers for code, each in REPORTS.items() if code in ("R-01", "R-07", "R-15")
    } == {
        "R-01": True,
        "R-07": True,
        "R-15": False,
    }
    assert not any(Role.AGENCY_ANALYST in each.readers for each in REPORTS.values())
