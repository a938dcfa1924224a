"""What happened in the register. Values about a person are personal; the names of the fields are not."""

from hub.journal.record import Event


class HouseholdRegistered(Event):
    """A household was entered."""


class HouseholdUpdated(Event):
    """Address or neighbourhood of a household changed."""


class HouseholdHeadSet(Event):
    """A household has another head."""


class HouseholdEnded(Event):
    """Nobody is left in a household."""


class HouseholdCardReplaced(Event):
    """A family card has another number; the numbers themselves are not recorded."""


class HouseholdReopened(Event):
    """A household that had ended has somebody in it again."""


class CitizenRegistered(Event):
    """A person was entered."""


class CitizenUpdated(Event):
    """Something about a person changed."""


class CitizenNikCorrected(Event):
    """A person's NIK was corrected; the numbers themselves are not recorded."""


class CitizenNikAssigned(Event):
    """A person who had a temporary number or none was given a NIK; the number itself is not recorded."""


class CitizenChangedHousehold(Event):
    """A person went to another household of the village."""


class CitizenEnded(Event):
    """A person's record ended."""


class CitizenRestored(Event):
    """A person whose end was a mistake lives again."""


class IdentityRevealed(Event):
    """Somebody was told a person's NIK or family card number, for the purpose named; never the number itself."""


class NikConfirmed(Event):
    """Somebody asked whether a NIK is a person's, and was told; never the digits."""


class NikSearched(Event):
    """Somebody looked for a person by a NIK; never the digits."""


class DisclosureAlarmRaised(Event):
    """Somebody was told, or guessed at, unusually many numbers on a day."""
