"""What is refused about webhooks, by name."""

from hub.kernel.errors import BadInput, Conflict


class WebhooksTooMany(Conflict):
    """There are {most} webhooks already."""

    code = "WEBHOOKS_TOO_MANY"
    hint = "Disable one that is no longer needed; one webhook can be told of several types."


class WebhookAddressRefused(BadInput):
    """The hub does not send to this address: {problem}"""

    code = "WEBHOOK_ADDRESS_REFUSED"
    hint = "Give an address that begins with https:// and is reachable from the public internet."


class WebhookTypeUnknown(BadInput):
    """The graph has no type {given}."""

    code = "WEBHOOK_TYPE_UNKNOWN"
    hint = "Name types as the feed `changes` tells them, such as Commitment; leave the list empty for all."


class WebhookNotActive(Conflict):
    """This webhook is not active."""

    code = "WEBHOOK_NOT_ACTIVE"
    hint = "Resume it first."


class WebhookActive(Conflict):
    """This webhook is active already."""

    code = "WEBHOOK_ACTIVE"
    hint = "There is nothing to resume."


class WebhookPlaceAhead(BadInput):
    """The webhook has come as far as {seq}; what lies ahead cannot be sent again."""

    code = "WEBHOOK_PLACE_AHEAD"
    hint = "Give a place from 1 to that one."
