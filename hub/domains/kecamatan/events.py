"""What happened to the kecamatan's office."""

from dataclasses import dataclass

from hub.journal.record import Event


@dataclass(frozen=True, kw_only=True)
class KecamatanAdded(Event):
    """An office came into the hub."""

    channel: str = "CLI"


class KecamatanUpdated(Event):
    """Its addresses changed."""


class KecamatanProfileSet(Event):
    """Figures of a year were set."""


class ServiceHoursSet(Event):
    """A channel's hours were set."""


class ServiceHoursRemoved(Event):
    """A channel is served no more."""
