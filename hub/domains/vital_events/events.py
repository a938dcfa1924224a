"""What the journal hears of events. All of it says something of a person and is kept under that person's key."""

from hub.domains.vital_events.model import VitalEvent
from hub.journal.model import Effect
from hub.journal.record import Event

_TOLD = ("type", "occurred_on", "reported_on", "place", "note")


class VitalEventRecorded(Event):
    """An event was recorded; what it changed in the register has entries of its own."""


class VitalEventCorrected(Event):
    """An event was taken back by a counter-event."""


def recorded(event: VitalEvent) -> VitalEventRecorded:
    """A new event, or a counter-event."""
    return VitalEventRecorded(
        type_name="VitalEvent",
        object_id=event.id,
        version=event.version,
        effect=Effect.CREATED,
        village_id=event.village_id,
        subject_id=event.citizen_id,
        personal={name: (None, value) for name in _TOLD if (value := getattr(event, name)) is not None},
        captured_at=event.captured_at,
        channel=event.channel,
    )


def corrected(event: VitalEvent) -> VitalEventCorrected:
    """An event that is no longer in force."""
    return VitalEventCorrected(
        type_name="VitalEvent",
        object_id=event.id,
        version=event.version,
        village_id=event.village_id,
        changes={"state": (None, event.state)},
        channel=event.channel,
    )
