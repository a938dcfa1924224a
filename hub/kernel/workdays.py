"""Working days: Monday to Friday, without the days off of a calendar.

Days off come as data; what is a day is the caller's zone. A clock of n working days runs from the day after: what
comes in on a Friday evening is due, with one day, when Monday ends.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.kernel.scope import Zone

DayOff = Callable[[date], bool]

SATURDAY = 5
MOST_DAYS_OFF = 366  # a calendar without a working day in a year is a faulty one
_DAY = timedelta(days=1)


def is_working_day(day: date, off: DayOff) -> bool:
    """Whether an office works on a day."""
    return day.weekday() < SATURDAY and not off(day)


def working_days_after(start: date, days: int, off: DayOff) -> date:
    """The `days`-th working day after a day; the day itself where `days` is 0. ValueError for a year of days off."""
    found, idle = start, 0
    while days > 0:
        found += _DAY
        if is_working_day(found, off):
            days, idle = days - 1, 0
        elif (idle := idle + 1) > MOST_DAYS_OFF:
            raise ValueError(start)
    return found


def working_days_between(start: date, end: date, off: DayOff) -> int:
    """The working days after one day up to another and with it; none where it does not lie later."""
    return sum(is_working_day(start + _DAY * each, off) for each in range(1, (end - start).days + 1))


def end_of(day: date, zone: Zone) -> datetime:
    """The moment at which a day is over in a zone: the first of the next."""
    return datetime.combine(day + _DAY, time(), tzinfo=ZoneInfo(zone.value)).astimezone(UTC)
