"""What can be changed about the kecamatan's days off."""

import strawberry

from hub.domains.calendar import actions
from hub.graph.mutations import Act, Answers, command, mutation
from hub.graph.scalars import Date
from hub.kernel.written import line
from hub.schema.calendar.types import DayOff
from hub.schema.given import about
from hub.tenants.permissions import Permission


@command
class RecordDayOffInput:
    """A day on which the office is closed."""

    day: Date = about("The day.")
    name: str = about("Why (nama hari libur).")


@command
class TakeBackDayOffInput:
    """A day off that was recorded by mistake, or is moved."""

    day_off: strawberry.ID = about("The day off.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why it is taken back.")


@mutation(
    "Record a day on which the office is closed. Due days that are set already stay.",
    answers={"day_off": DayOff},
    permission=Permission.WRITE_CALENDAR,
)
async def record_day_off(act: Act, given: RecordDayOffInput) -> Answers:
    """Closed."""
    made = await actions.close_on(act.unit, day=given.day, name=line(given.name, "name"))
    return {"day_off": made.id}


@mutation("Take a day off back.", answers={"day_off": DayOff}, permission=Permission.WRITE_CALENDAR)
async def take_back_day_off(act: Act, given: TakeBackDayOffInput) -> Answers:
    """Open after all."""
    key, reason = act.key(given.day_off, "DayOff", "dayOff"), line(given.reason, "reason")
    made = await actions.open_on(act.unit, key, expected=given.expected_version, reason=reason)
    return {"day_off": made.id}
