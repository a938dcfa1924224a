"""The days off of a tenant, for whoever counts working days."""

from datetime import date

from sqlalchemy import select

from hub.domains.calendar.holidays import national
from hub.domains.calendar.model import TenantDayOff
from hub.kernel.workdays import DayOff
from hub.store.base import table
from hub.store.unit import Unit

_DAYS = table(TenantDayOff).c


async def days_off(unit: Unit, *, since: date) -> DayOff:
    """Whether a day is off in the unit's tenant, for days from `since` on. One statement."""
    own = select(_DAYS.day).where(_DAYS.tenant_id == unit.tenant.id, _DAYS.day >= since, _DAYS.ended_at.is_(None))
    closed = frozenset(row["day"] for row in await unit.rows(own))
    return lambda day: day in closed or day in national(day.year)
