"""What happened to the kecamatan's office."""

from hub.journal.record import Event


class KecamatanAdded(Event):
    """An office came into the hub."""


class KecamatanUpdated(Event):
    """Its addresses changed."""


class KecamatanProfileSet(Event):
    """Figures of a year were set."""


class ServiceHoursSet(Event):
    """A channel's hours were set."""


class ServiceHoursRemoved(Event):
    """A channel is served no more."""
