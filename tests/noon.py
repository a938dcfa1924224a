"""A clock of the tests' own, so that a run may cross midnight: it starts at noon and goes on from there.

Where a test says what day it is, the hub it asks goes by this clock too. In no zone of Indonesia does its day end
within ten hours.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from hub.kernel.clock import Now, system_clock
from hub.kernel.scope import Zone
from hub.wiring import Hub


def noon_of(now: Now) -> Now:
    """Noon (WITA) of the day it is."""
    return Now(datetime.combine(now.today(Zone.WITA), time_of_day(12), ZoneInfo(Zone.WITA.value)))


def noon() -> Now:
    """The clock: noon, and what has passed since this process began."""
    return Now(_NOON + timedelta(seconds=time.monotonic() - _STARTED))


def at_noon(hub: Hub) -> Hub:
    """The same hub, by this clock."""
    return replace(hub, engine=replace(hub.engine, clock=noon))


_STARTED, _NOON = time.monotonic(), noon_of(system_clock()).instant
TODAY = noon().today(Zone.WITA)
