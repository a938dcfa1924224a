"""What happened to announcements. What people wrote is told as changed, never with its words."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from hub.domains.announcements.model import Announcement, AnnouncementRelay, Audience
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)

WORDLESS = frozenset({"title", "body", "withdrawn_reason", "note"})


class AnnouncementDrafted(Event):
    """A draft was made."""


class AnnouncementUpdated(Event):
    """A draft was changed."""


class AnnouncementPublished(Event):
    """It was published."""


class AnnouncementCorrected(Event):
    """What was published was corrected; the former text stays readable."""


class AnnouncementWithdrawn(Event):
    """It holds no longer."""


class RelayAsked(Event):
    """A village or an organization is asked to pass it on."""


class AnnouncementRelayed(Event):
    """A village or an organization passed it on."""


def of(
    kind: type[E],
    row: Announcement,
    before: Announcement | None = None,
    *,
    partners: Iterable[UUID] = (),
    effect: Effect = Effect.CHANGED,
) -> E:
    """An event about an announcement; `partners` hear of it too."""
    return kind(
        type_name="Announcement",
        object_id=row.id,
        version=row.version,
        parties=tuple(partners),
        published=row.published_at is not None and row.audience == Audience.PUBLIC.value,
        changes=told(row, before, wordless=WORDLESS),
        effect=effect,
    )


def of_relay(
    kind: type[E],
    row: AnnouncementRelay,
    before: AnnouncementRelay | None = None,
    *,
    effect: Effect = Effect.CHANGED,
    captured_at: datetime | None = None,
) -> E:
    """An event about one who passes it on; only the office and this one hear of it."""
    return kind(
        type_name="AnnouncementRelay",
        object_id=row.id,
        version=row.version,
        village_id=row.village_id,
        parties=() if row.organization_id is None else (row.organization_id,),
        changes=told(row, before, wordless=WORDLESS),
        effect=effect,
        captured_at=captured_at,
    )
