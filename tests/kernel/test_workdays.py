"""Working days across weekends, holidays and years, and the moments at which days end."""

from datetime import UTC, date, datetime

import pytest

from hub.kernel.scope import Zone
from hub.kernel.workdays import end_of, is_working_day, working_days_after, working_days_between

HOLIDAYS = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)})
OFF = HOLIDAYS.__contains__


def test_weekends_and_days_off_are_not_worked() -> None:
    days = [date(2026, 12, each) for each in range(21, 28)]

    assert [each.day for each in days if is_working_day(each, OFF)] == [21, 22, 23]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 12, 18), 0, date(2026, 12, 18)),  # a Friday
        (date(2026, 12, 18), 1, date(2026, 12, 21)),
        (date(2026, 12, 19), 1, date(2026, 12, 21)),
        (date(2026, 12, 22), 3, date(2026, 12, 29)),
        (date(2026, 12, 22), 7, date(2027, 1, 5)),
    ],
)
def test_a_clock_runs_over_working_days_only(start: date, days: int, due: date) -> None:
    assert working_days_after(start, days, OFF) == due
    assert working_days_between(start, due, OFF) == days


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2026, 12, 22), date(2026, 12, 1), OFF) == 0


def test_a_calendar_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-12-22"):
        working_days_after(date(2026, 12, 22), 1, lambda _day: True)


@pytest.mark.parametrize(("zone", "hour"), [(Zone.WIB, 17), (Zone.WITA, 16), (Zone.WIT, 15)])
def test_a_day_ends_where_its_zone_is(zone: Zone, hour: int) -> None:
    assert end_of(date(2026, 12, 31), zone) == datetime(2026, 12, 31, hour, tzinfo=UTC)
