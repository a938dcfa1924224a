"""National holidays: those of the decrees, and what is known of years without one."""

from datetime import date

from hub.domains.calendar.holidays import national


def test_a_year_with_a_decree_has_its_holidays_and_joint_leave() -> None:
    days = national(2026)

    assert {date(2026, 3, 19), date(2026, 3, 20), date(2026, 12, 24), date(2026, 12, 25)} <= days
    assert date(2026, 11, 23) not in days
    assert len(days) == 25


def test_a_year_without_one_has_the_days_that_never_move() -> None:
    assert national(2031) == frozenset(date(2031, *each) for each in ((1, 1), (5, 1), (6, 1), (8, 17), (12, 25)))
