"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.domains.webhooks import pace

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_the_pauses_come_to_three_days_and_then_it_is_given_up() -> None:
    assert timedelta(days=3) < sum(pace.PAUSES, timedelta()) < timedelta(days=3, hours=6)
    assert pace.after(len(pace.PAUSES)) is not None
    assert pace.after(len(pace.PAUSES) + 1) is None


@pytest.mark.parametrize("attempt", range(1, 10))
def test_pauses_are_spread_by_a_tenth(attempt: int) -> None:
    found = {pace.after(attempt) for _ in range(50)}
    middle = pace.PAUSES[attempt - 1]
    assert len(found) > 1
    assert all(each is not None and abs(each - middle) <= middle * 0.1 for each in found)


def test_a_receiver_that_asks_for_more_time_gets_it_but_no_more_than_a_day() -> None:
    assert pace.after(1, timedelta(hours=1)) == timedelta(hours=1)
    assert pace.after(1, timedelta(days=9)) == timedelta(days=1)
    late = pace.after(9, timedelta(seconds=1))
    assert late is not None
    assert late > timedelta(hours=21)
    assert pace.after(10, timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        (" 5 ", timedelta(seconds=5)),
        ("Sun, 22 Nov 2026 04:00:00 GMT", timedelta(hours=1)),
        ("Sun, 22 Nov 2026 02:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-3", None),
        ("9" * 400, timedelta(days=1)),
    ],
)
def test_what_retry_after_says(header: str | None, found: timedelta | None) -> None:
    assert pace.retry_after(header, NOW) == found
