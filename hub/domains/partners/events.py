"""What happened to partner organizations."""

from hub.journal.record import Event


class PartnerRegistered(Event):
    """An organization works with the kecamatan."""


class PartnerUpdated(Event):
    """Its particulars changed."""


class PartnerEnded(Event):
    """It no longer works with the kecamatan."""


class MemberAdded(Event):
    """A resident is a member of an organization."""


class MembershipEnded(Event):
    """A membership is over."""
