"""What happened to partner organizations."""

from hub.journal.record import Event


class PartnerRegistered(Event):
    """An organization works with the kecamatan."""


class PartnerUpdated(Event):
    """Its particulars changed."""
