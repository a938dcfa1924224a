"""Webhooks in the graph, for those who look after them."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, select

from hub.domains.webhooks import model, policy
from hub.domains.webhooks.model import DeliveryState, WebhookState, WebhookStop
from hub.domains.webhooks.policy import WebhookAction
from hub.graph.binds import Binds
from hub.graph.declare import Connection, column, computed, derived, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.journal.model import Effect, Epoch
from hub.kernel.steps import Step
from hub.schema.changes.queries import ChangeQueries  # noqa: F401  # it gives Effect its labels
from hub.store.base import table
from hub.tenants.permissions import Permission

for _words in (DeliveryState, WebhookAction, WebhookState, WebhookStop):
    exposed(_words)
MANAGE = Permission.MANAGE_WEBHOOKS
_EPOCH = table(Epoch)


@strawberry.type(description="A step that may be taken with a webhook, or why it may not be taken now.")
class WebhookAllowedAction:
    """What a front-end shows as a button."""

    action: WebhookAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _state(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.state
    return kept


def _steps(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(state, binds.permissions, binds.lang)


def _held(c: Any, _binds: Binds) -> ColumnElement[bool]:
    present = select(_EPOCH.c.number).where(_EPOCH.c.id == 1).scalar_subquery()
    found: ColumnElement[bool] = c.released_epoch != present
    return found


@node(
    model.WebhookEndpoint,
    filters=("state",),
    orders={"ID": (), "STATE": ("state",)},
    groups=("state",),
)
class WebhookEndpoint:
    """Where the kecamatan's changes are told to another system (webhook). What is sent names objects by id and says
    nothing of what is in them; docs/webhooks.md says how a receiver checks it."""

    version: int = column("Version, for `expectedVersion` of updates.")
    url: str | None = column("Address that is called.", guard=MANAGE)
    description: str | None = column("What it is for.", guard=MANAGE)
    types: list[str] | None = column("Types of the graph that it is told of; empty: all.", guard=MANAGE)
    effects: list[Effect] | None = column("Effects that it is told of; empty: all.", guard=MANAGE)
    state: WebhookState = column("Whether it is told of changes (keadaan).")
    stopped_for: WebhookStop | None = column("Why it is not told any more; null while it is active.")
    allowed_actions: list[WebhookAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia).", _state, WebhookState, _steps
    )
    awaits_release: bool = computed(
        "Whether the database was restored and nothing is sent until the operator releases it.", _held
    )
    seq: int | None = column("Place in the feed up to which changes were made into messages.", guard=MANAGE)
    due_at: DateTime | None = column("When the next message is tried; null where none waits.", guard=MANAGE)
    failing_since: DateTime | None = column("Since when no message has got through.", guard=MANAGE)
    delivered_at: DateTime | None = column("When the last message got through.", guard=MANAGE)
    former_secret_until: DateTime | None = column(
        "Until when the former secret signs too.", model.WebhookEndpoint.former_until, guard=MANAGE
    )
    created_at: DateTime = column("When it was made.")


@node(
    model.WebhookDelivery,
    filters=("state", "endpoint"),
    orders={"ID": (), "STATE": ("state",)},
    groups=("state",),
)
class WebhookDelivery:
    """A message to one webhook (kiriman), kept for some weeks once it is settled."""

    message_id: str | None = column("The id that the receiver sees as `webhook-id`.", guard=MANAGE)
    seq: int | None = column("Place of the change in the feed; null for a test.", guard=MANAGE)
    type: str | None = column("Type of the object.", model.WebhookDelivery.type_name, guard=MANAGE)
    effect: Effect | None = column("What happened to it.", guard=MANAGE)
    happened_at: DateTime | None = column("When it happened.", guard=MANAGE)
    state: DeliveryState = column("What became of it (keadaan).")
    attempts: int | None = column("How often it was tried.", guard=MANAGE)
    next_at: DateTime | None = column("When it is tried again, if its turn has come.", guard=MANAGE)
    tried_at: DateTime | None = column("When it was tried last.", guard=MANAGE)
    settled_at: DateTime | None = column("When it was delivered or given up.", guard=MANAGE)
    last_status: int | None = column("Status of the last answer.", guard=MANAGE)
    last_error: str | None = column("Why there was no answer the last time.", guard=MANAGE)
    endpoint: WebhookEndpoint = one("The webhook.", model.WebhookDelivery.endpoint_id)


@extend(WebhookEndpoint)
class Deliveries:
    """What became of its messages."""

    deliveries: Connection[WebhookDelivery] | None = many(
        "Messages to it, those of the last weeks.", model.WebhookDelivery.endpoint_id, guard=MANAGE
    )


@queries
class WebhookQueries:
    """Root fields."""

    webhook_endpoints: Connection[WebhookEndpoint] | None = roots("Webhooks of the kecamatan.", guard=MANAGE)
    webhook_endpoint: WebhookEndpoint | None = root_one("A webhook by id.", {"id": strawberry.ID}, guard=MANAGE)
    webhook_deliveries: Connection[WebhookDelivery] | None = roots(
        "Messages to webhooks; those that were given up by `filter: {state: {eq: DEAD}}`.", guard=MANAGE
    )
