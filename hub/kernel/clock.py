"""Time comes in as a value, so that a request has one now and tests have their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hub.kernel.scope import Zone


@dataclass(frozen=True, slots=True)
class Now:
    """One instant and what date it is in each Indonesian zone."""

    instant: datetime

    def today(self, zone: Zone) -> date:
        """The calendar date in a zone."""
        return self.instant.astimezone(_ZONES[zone]).date()


_ZONES = {zone: ZoneInfo(zone.value) for zone in Zone}
Clock = Callable[[], Now]


def system_clock() -> Now:
    """The machine's clock."""
    return Now(datetime.now(UTC))
