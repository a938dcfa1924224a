"""What an import says of the rows it wrote, personal values only where they changed; what an export says of itself."""

from dataclasses import dataclass

from hub.journal.model import Effect
from hub.journal.record import Event


@dataclass(frozen=True, kw_only=True)
class ImportAsked(Event):
    """Somebody asked for an import of an uploaded workbook."""

    type_name: str = "ImportJob"
    effect: Effect = Effect.CREATED


@dataclass(frozen=True, kw_only=True)
class ImportConfirmed(Event):
    """Somebody confirmed what waits of an import."""

    type_name: str = "ImportJob"


@dataclass(frozen=True, kw_only=True)
class ImportSettled(Event):
    """An import is done, waits for a word or was refused."""

    type_name: str = "ImportJob"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class ImportApplied(Event):
    """Some rows of a batch were written; one per transaction."""

    type_name: str = "ImportBatch"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class CitizenImported(Event):
    """A person came into the register."""

    type_name: str = "Citizen"
    effect: Effect = Effect.CREATED
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class CitizenUpdated(Event):
    """A confirmed difference was taken over."""

    type_name: str = "Citizen"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class CitizenEnded(Event):
    """A person left the register: died, moved, or is no longer in the village's own."""

    type_name: str = "Citizen"
    effect: Effect = Effect.ENDED
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class HouseholdImported(Event):
    """A family came into the register."""

    type_name: str = "Household"
    effect: Effect = Effect.CREATED
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class HouseholdUpdated(Event):
    """A family's head or address changed."""

    type_name: str = "Household"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class HouseholdEnded(Event):
    """A family has no members left."""

    type_name: str = "Household"
    effect: Effect = Effect.ENDED
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class RegisterExported(Event):
    """The people of a village were taken out as a file, numbers in the clear; told before the file is written."""

    type_name: str = "Village"
    channel: str = "EXPORT"


@dataclass(frozen=True, kw_only=True)
class ImportTakenBack(Event):
    """A whole batch was undone."""

    type_name: str = "ImportBatch"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class CitizenTakenBack(Event):
    """A person whom an undone import had made is no longer in the register."""

    type_name: str = "Citizen"
    effect: Effect = Effect.ENDED
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class CitizenPutBack(Event):
    """A person is as before an undone import."""

    type_name: str = "Citizen"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class HouseholdTakenBack(Event):
    """A family that an undone import had made is no longer in the register."""

    type_name: str = "Household"
    effect: Effect = Effect.ENDED
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class HouseholdPutBack(Event):
    """A family is as before an undone import."""

    type_name: str = "Household"
    channel: str = "IMPORT"


@dataclass(frozen=True, kw_only=True)
class ProposalConfirmed(Event):
    """An officer said that something happened as a file lets suppose; the event has an entry of its own."""

    type_name: str = "ProposedEvent"


@dataclass(frozen=True, kw_only=True)
class ProposalDeclined(Event):
    """An officer said that it did not happen."""

    type_name: str = "ProposedEvent"
