"""What happened to links. Keys of records that hang on persons are told as changed, not by their value."""

from typing import Any, TypeVar

from hub.domains.links.model import Link
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)

WORDLESS = frozenset({"permit_id", "event_id", "file_id", "note", "end_reason"})


class LinkAdded(Event):
    """Something fulfils or proves a commitment or an item of a plan."""


class LinkRemoved(Event):
    """It was taken back."""


def of(kind: type[E], link: Link, before: Link | None = None, **more: Any) -> E:
    """An event about a link; it is not told to everybody."""
    return kind(
        type_name="Link",
        object_id=link.id,
        version=link.version,
        changes=told(link, before, wordless=WORDLESS),
        **more,
    )
