"""What the journal hears of webhooks. Addresses and secrets are never told."""

from typing import Any

from hub.domains.webhooks.model import WebhookEndpoint
from hub.journal.record import Changes, Event
from hub.journal.telling import told

WORDLESS = ("url", "description", "secret_sealed", "former_secret_sealed")
_WORKERS = frozenset({"due_at", "leased_until", "slow", "failing_since", "delivered_at"})


class WebhookCreated(Event):
    """Changes are told to a new address."""


class WebhookChanged(Event):
    """Address, description, types or effects changed."""


class WebhookSecretRotated(Event):
    """A new secret signs; the former one does too for a while."""


class WebhookPaused(Event):
    """It is told nothing until somebody resumes it: its owner's wish, days of failing, or a grant that ended."""


class WebhookDisabled(Event):
    """It is over: its owner said so, or the receiver did."""


class WebhookResumed(Event):
    """It is told of changes again, under the grant of whoever resumed it."""


class WebhookReplayed(Event):
    """Messages are sent again."""


def about(after: WebhookEndpoint, before: WebhookEndpoint | None = None, **more: Any) -> dict[str, Any]:
    """Which endpoint an event is about, and what differs, without what the worker keeps for itself."""
    found: Changes = {
        name: pair for name, pair in told(after, before, wordless=WORDLESS).items() if name not in _WORKERS
    }
    return {
        "type_name": "WebhookEndpoint",
        "object_id": after.id,
        "version": after.version,
        "changes": {**found, **more},
    }
