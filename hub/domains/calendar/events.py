"""What happened to a tenant's calendar."""

from hub.domains.calendar.model import TenantDayOff
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told


class DayOffRecorded(Event):
    """The office is closed on a day."""


class DayOffTakenBack(Event):
    """It is open on that day after all."""


def of(after: TenantDayOff, before: TenantDayOff | None = None) -> Event:
    """A day off is new, or was taken back."""
    kind = DayOffRecorded if before is None else DayOffTakenBack
    return kind(
        type_name="DayOff",
        object_id=after.id,
        version=after.version,
        effect=Effect.CREATED if before is None else Effect.ENDED,
        published=True,
        changes=told(after, before),
    )
