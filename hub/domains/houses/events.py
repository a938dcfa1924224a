"""What happened to houses. Where one stands and who lives there is personal; that it has a permit is not."""

from hub.journal.record import Event


class HouseRegistered(Event):
    """A house was entered."""


class HouseUpdated(Event):
    """Something about a house changed."""


class HouseEnded(Event):
    """A house is no longer there, or never was."""


class BuildingPermitRecorded(Event):
    """A permit of a house was recorded."""


class BuildingPermitTakenBack(Event):
    """A permit that was recorded wrongly was taken back."""
