"""What happened to villages."""

from dataclasses import dataclass

from hub.journal.record import Event


@dataclass(frozen=True, kw_only=True)
class VillageAdded(Event):
    """A village came into the hub."""

    channel: str = "CLI"


class VillageUpdated(Event):
    """Its particulars changed."""


class SubVillageAdded(Event):
    """A hamlet was added."""


class SubVillageUpdated(Event):
    """A hamlet changed."""


class OfficialAppointed(Event):
    """A term of office was recorded."""


class OfficialEnded(Event):
    """A term of office has its last day."""
