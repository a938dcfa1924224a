"""The tests' own clock: a day that does not end while they run."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.kernel.clock import Now
from hub.kernel.scope import Zone
from tests.noon import noon_of


@pytest.mark.parametrize("hour", [15, 16, 17])
def test_a_run_that_crosses_midnight_in_any_zone_stays_on_one_day(hour: int) -> None:
    """At these hours (UTC) a day ends in WIT, WITA and WIB."""
    before = noon_of(Now(datetime(2026, 12, 31, hour, tzinfo=UTC) - timedelta(seconds=1)))
    for passed in (timedelta(0), timedelta(seconds=1), timedelta(hours=10)):
        now = Now(before.instant + passed)
        assert {now.today(zone) for zone in Zone} == {before.today(Zone.WITA)}
