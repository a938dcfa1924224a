"""What the journal says when a person was told what is held about them."""

from dataclasses import dataclass

from hub.journal.record import Event


@dataclass(frozen=True, kw_only=True)
class SubjectExported(Event):
    """Everything held about a person was taken out as a file; told before the first of it is read."""

    channel: str = "EXPORT"
