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


class DataUseAgreementRecorded(Event):
    """An agreement on the use of data from SIAK was recorded: from its first day on such data may go out."""


class DataUseAgreementEnded(Event):
    """It holds no more, before its day."""


class ServiceHoursRemoved(Event):
    """A channel is served no more."""
