"""The kecamatan's own days off in the graph."""

import strawberry

from hub.domains.calendar.model import TenantDayOff as Model
from hub.graph.declare import Connection, column, node, queries, root_one, roots
from hub.graph.scalars import Date, DateTime


@node(Model, filters=("day",), orders={"DAY": ("day",)})
class DayOff:
    """A day on which the office is closed, beside national holidays and joint leave (hari libur daerah)."""

    version: int = column("Version, for `expectedVersion`.")
    day: Date = column("The day.")
    name: str = column("Why (nama hari libur).")
    ended_at: DateTime | None = column("When it was taken back; null where it holds.")
    end_reason: str | None = column("Why it was taken back.")


@queries
class CalendarQueries:
    """Root fields."""

    days_off: Connection[DayOff] | None = roots("The kecamatan's own days off.")
    day_off: DayOff | None = root_one("A day off by id.", {"id": strawberry.ID})
