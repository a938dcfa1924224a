"""Announcements in the graph. Who reads which is decided by row security."""

from typing import Any

import strawberry
from sqlalchemy import ARRAY, ColumnElement, String, Text, and_, case, literal_column, true

from hub.domains.announcements import policy
from hub.domains.announcements.model import Announcement as Model
from hub.domains.announcements.model import (
    AnnouncementChannel,
    AnnouncementState,
    AnnouncementStatus,
    Audience,
    RelayMeans,
)
from hub.domains.announcements.model import AnnouncementEdition as EditionModel
from hub.domains.announcements.model import AnnouncementRelay as RelayModel
from hub.domains.announcements.policy import AnnouncementAction
from hub.graph.binds import Binds
from hub.graph.declare import (
    Argument,
    Connection,
    column,
    computed,
    derived,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime
from hub.kernel.steps import Step
from hub.schema.partners.types import PartnerOrganization
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

for _words in (Audience, AnnouncementChannel, AnnouncementState, AnnouncementStatus, RelayMeans, AnnouncementAction):
    exposed(_words)


@strawberry.type(description="A step that may be taken with an announcement, or why it may not be taken now.")
class AnnouncementAllowedAction:
    """What a front-end shows as a button."""

    action: AnnouncementAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _visible(c: Any, binds: Binds) -> ColumnElement[bool]:
    """Drafts only for who writes them."""
    return true() if binds.may(Permission.WRITE_ANNOUNCEMENT) else c.published_at.is_not(None)


def _over(c: Any, binds: Binds) -> ColumnElement[bool]:
    return and_(c.state == _word(AnnouncementState.PUBLISHED.value), c.expires_at <= binds.now)


def _status(c: Any, binds: Binds) -> ColumnElement[str]:
    """The kept state, unless its time is over."""
    return case((_over(c, binds), _word(AnnouncementStatus.EXPIRED.value)), else_=c.state)


def _in_status(c: Any, binds: Binds, given: Any) -> ColumnElement[bool]:
    """The kept states first: an index serves them."""
    kept = binds.value(given, ARRAY(Text()), lambda found, _request: [_kept(each) for each in found])
    wanted = binds.value(given, ARRAY(Text()), lambda found, _request: [_text(each) for each in found])
    return and_(c.state == kept.any_(), _status(c, binds) == wanted.any_())


def _text(status: Any) -> str:
    return str(getattr(status, "value", status))


def _kept(status: Any) -> str:
    found = _text(status)
    return AnnouncementState.PUBLISHED.value if found == AnnouncementStatus.EXPIRED.value else found


def _word(word: str) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word}'", String)
    return found


def _allowed(status: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(status, binds.permissions, binds.lang)


@node(
    Model,
    visible=_visible,
    filters=("audience", "state", "title"),
    orders={"ID": (), "TITLE": ("title",)},
    groups=("audience", "state"),
)
class Announcement:
    """Something the office says (pengumuman, sosialisasi)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    title: str = column("Title (judul).")
    body: str = column("Text (isi).")
    audience: Audience = column("For whom it is (sasaran).")
    channels: list[AnnouncementChannel] = column("Where it is published too (saluran).")
    state: AnnouncementState = column("State as acts have made it.")
    status: AnnouncementStatus = computed("Status now: the state, or that its time is over.", _status)
    allowed_actions: list[AnnouncementAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _status,
        AnnouncementStatus,
        _allowed,
    )
    edition: int = column("Number of the text that holds: 1 as first published, one more with each correction.")
    published_at: DateTime | None = column("When it was first published.")
    expires_at: DateTime | None = column("Until when it holds; null: until it is withdrawn.")
    withdrawn_at: DateTime | None = column("When it was withdrawn.")
    withdrawn_reason: str | None = column("Why it was withdrawn.")


@node(EditionModel, orders={"NUMBER": ("announcement_id", "number")})
class AnnouncementEdition:
    """A text as it was published, first or after a correction (riwayat pengumuman)."""

    number: int = column("Number, from 1.")
    title: str = column("Title as it was.")
    body: str = column("Text as it was.")
    note: str | None = column("Why the text before it was corrected.")
    published_at: DateTime = column("When it was published.")
    announcement: Announcement | None = one("The announcement.", EditionModel.announcement_id)


@node(RelayModel, filters=("village", "organization"), orders={"ID": ()}, groups=("means",), sums=("reached",))
class AnnouncementRelay:
    """A village or organization that is asked to pass an announcement on, and whether it did (penerusan)."""

    version: int = column("Version, for `expectedVersion`.")
    relayed_on: Date | None = column("Day on which it was passed on; null: not yet.")
    means: RelayMeans | None = column("How it was passed on.")
    reached: int | None = column("To about how many people.")
    note: str | None = column("What the one who passed it on adds.")
    announcement: Announcement | None = one("The announcement.", RelayModel.announcement_id)
    village: Village | None = one("The village; null where it is an organization.", RelayModel.village_id)
    organization: PartnerOrganization | None = one(
        "The organization; null where it is a village.", RelayModel.organization_id
    )


@extend(Announcement)
class AnnouncementParts:
    """What hangs on an announcement."""

    editions: Connection[AnnouncementEdition] = many(
        "Its texts as published, corrected ones too.", EditionModel.announcement_id
    )
    relays: Connection[AnnouncementRelay] = many(
        "Who is asked to pass it on, and who did; villages and organizations see themselves.",
        RelayModel.announcement_id,
    )
    unrelayed: Connection[AnnouncementRelay] = many(
        "Who has not passed it on yet (belum meneruskan).",
        RelayModel.announcement_id,
        where=lambda c, _b: c.relayed_on.is_(None),
    )


@extend(Village)
class VillageRelays:
    """What a village is asked to pass on."""

    announcement_relays: Connection[AnnouncementRelay] = many(
        "Announcements the village is asked to pass on, and passed on.", RelayModel.village_id
    )


@extend(PartnerOrganization)
class OrganizationRelays:
    """What an organization is asked to pass on."""

    announcement_relays: Connection[AnnouncementRelay] = many(
        "Announcements the organization is asked to pass on, and passed on.", RelayModel.organization_id
    )


@queries
class AnnouncementQueries:
    """Root fields."""

    announcements: Connection[Announcement] | None = roots(
        "Announcements that are for you.",
        arguments={
            "status": Argument(
                type=list[AnnouncementStatus],
                description="Only in one of these states now; PUBLISHED: what holds.",
                condition=_in_status,
            )
        },
    )
    announcement: Announcement | None = root_one("An announcement by id.", {"id": strawberry.ID})
