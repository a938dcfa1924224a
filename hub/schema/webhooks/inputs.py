"""Inputs of webhooks."""

import re
from datetime import timedelta
from typing import Any

import strawberry

from hub.domains.webhooks.actions import Wanted
from hub.domains.webhooks.errors import WebhookTypeUnknown
from hub.graph.declare import NODES
from hub.graph.mutations import command
from hub.journal.model import Effect
from hub.kernel import written
from hub.schema.given import Parse, about, between, codes, each_of, present, values_of

MOST_TYPES = 50
MOST_HOURS = 168
HOURS = 24
ADDRESS = 2_048
_WORD = re.compile(r"[A-Za-z]{1,60}")
WEBHOOK, VERSION = "The webhook.", "Its version as you read it."


@command
class CreateWebhookEndpointInput:
    """Another system that is to be told of changes."""

    url: str = about("Address that is called: https, reachable from the public internet.")
    description: str | None = about("What it is for.")
    types: list[str] | None = about("Types of the graph that it is told of, such as Commitment; left out: all.")
    effects: list[Effect] | None = about("Effects that it is told of; left out: all.")


@command
class UpdateWebhookEndpointInput:
    """A webhook that changes. What is left out stays."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)
    expected_version: int = about(VERSION)
    url: str | None = about("Another address.")
    description: str | None = about("What it is for.")
    types: list[str] | None = about("Types that it is told of from now on; an empty list: all.")
    effects: list[Effect] | None = about("Effects that it is told of from now on; an empty list: all.")


@command
class RotateWebhookSecretInput:
    """A webhook that gets a new secret."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)
    expected_version: int = about(VERSION)
    overlap_hours: int | None = about(
        f"For how long the former secret signs too: 0 to {MOST_HOURS}, else {HOURS}. 0 where it has become known."
    )


@command
class PauseWebhookEndpointInput:
    """A webhook that is told nothing for a while."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)
    expected_version: int = about(VERSION)


@command
class ResumeWebhookEndpointInput:
    """A webhook that goes on where it stopped, under the caller's grant."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)
    expected_version: int = about(VERSION)


@command
class DisableWebhookEndpointInput:
    """A webhook that is no longer needed."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)
    expected_version: int = about(VERSION)


@command
class ReplayDeliveriesInput:
    """Messages that are to be sent again, under the same ids."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)
    since: int | None = about("Everything from this place of the feed on; left out: what was given up.")


@command
class SendTestEventInput:
    """A message about nothing, tried once."""

    webhook_endpoint: strawberry.ID = about(WEBHOOK)


def wanted(given: CreateWebhookEndpointInput) -> Wanted:
    """What a new webhook is to be."""
    found = values_of(given, PARSERS)
    return Wanted(
        url=found["url"],
        description=found.get("description"),
        types=found.get("types") or [],
        effects=found.get("effects") or [],
    )


def changed(given: UpdateWebhookEndpointInput) -> dict[str, Any]:
    """The columns that were sent."""
    return values_of(given, PARSERS, required=("url", "types", "effects"))


def overlap(given: RotateWebhookSecretInput) -> timedelta:
    """For how long two secrets sign."""
    hours = present(given.overlap_hours)
    return timedelta(hours=HOURS if hours is None else between(0, MOST_HOURS)(hours, "overlapHours"))


def _type(text: str, *path: str) -> str:
    if text not in NODES:
        raise WebhookTypeUnknown(path=path, given=text if _WORD.fullmatch(text) else "-")
    return text


def _types(values: list[str], *path: str) -> list[str]:
    return list(dict.fromkeys(each_of(_type, most=MOST_TYPES)(values, *path)))


PARSERS: dict[str, Parse] = {
    "url": lambda text, *path: written.line(text, *path, most=ADDRESS),
    "description": written.line,
    "types": _types,
    "effects": codes,
}
