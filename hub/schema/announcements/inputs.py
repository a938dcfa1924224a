"""Inputs of announcements, parsed once."""

from typing import Any

import strawberry

from hub.domains.announcements.actions import Relayed
from hub.domains.announcements.model import AnnouncementChannel, Audience, RelayMeans
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.graph.scalars import Date, DateTime
from hub.kernel.written import line, paragraph
from hub.schema.given import Parse, about, as_it_is, between, code, codes, present, values_of

BODY = 20_000
MOST_REACHED = 10_000_000

for _words in (Audience, AnnouncementChannel, RelayMeans):
    exposed(_words)


@command
class DraftAnnouncementInput:
    """A new announcement; nobody but the office sees it before it is published."""

    title: str = about("Title (judul).")
    body: str = about("Text (isi).")
    audience: Audience = about("For whom it is (sasaran).")
    channels: list[AnnouncementChannel] | None = about("Where it is published too (saluran).")
    expires_at: DateTime | None = about("Until when it holds; left out: until it is withdrawn.")


@command
class UpdateAnnouncementInput:
    """What to change of a draft; what is left out stays."""

    id: strawberry.ID = about("The announcement.")
    expected_version: int = about("Its version as you read it.")
    title: str | None = about("Title (judul).")
    body: str | None = about("Text (isi).")
    audience: Audience | None = about("For whom it is (sasaran).")
    channels: list[AnnouncementChannel] | None = about("Where it is published too (saluran).")
    expires_at: DateTime | None = about("Until when it holds; null: until it is withdrawn.")


@command
class PublishAnnouncementInput:
    """A draft to publish."""

    id: strawberry.ID = about("The announcement.")
    expected_version: int | None = about("Its version as you read it.")


@command
class CorrectAnnouncementInput:
    """Another text in the place of the published one, which stays readable."""

    id: strawberry.ID = about("The announcement.")
    expected_version: int = about("Its version as you read it.")
    title: str | None = about("The title as it should be.")
    body: str | None = about("The text as it should be.")
    note: str = about("What was wrong (alasan koreksi); everybody reads it.")


@command
class WithdrawAnnouncementInput:
    """An announcement that holds no longer."""

    id: strawberry.ID = about("The announcement.")
    reason: str = about("Why (alasan); everybody reads it.")
    expected_version: int | None = about("Its version as you read it.")


@command
class RelayAnnouncementInput:
    """That an announcement was passed on; said again, it is changed."""

    announcement: strawberry.ID = about("The announcement.")
    village: strawberry.ID | None = about("The village that passed it on; left out: your own.")
    organization: strawberry.ID | None = about("The organization that passed it on; left out: your own.")
    on: Date | None = about("On which day; today where left out.")
    means: RelayMeans = about("How.")
    reached: int | None = about("To about how many people.")
    note: str | None = about("What you want to add.")
    captured_at: DateTime | None = about("When it was noted, where that was before it could be sent.")
    expected_version: int | None = about("Version of what was said before, as you read it.")


def values(given: DraftAnnouncementInput | UpdateAnnouncementInput) -> dict[str, Any]:
    """The columns of an announcement that were sent."""
    return values_of(given, _COLUMNS, required=("title", "body", "audience", "channels"))


def correction(given: CorrectAnnouncementInput) -> dict[str, Any]:
    """The texts that were sent."""
    return values_of(given, {"title": line, "body": _body}, required=("title", "body"))


def relayed(given: RelayAnnouncementInput) -> Relayed:
    """How it was passed on."""
    reached, note = present(given.reached), present(given.note)
    return Relayed(
        on=present(given.on),
        means=RelayMeans[code(given.means)],
        reached=None if reached is None else between(0, MOST_REACHED)(reached, "reached"),
        note=None if note is None else paragraph(note, "note"),
        captured_at=present(given.captured_at),
    )


def _body(text: str, *path: str) -> str:
    return paragraph(text, *path, most=BODY)


_COLUMNS: dict[str, Parse] = {
    "title": line,
    "body": _body,
    "audience": code,
    "channels": codes,
    "expires_at": as_it_is,
}
