"""What can be done with webhooks in the graph."""

from uuid import UUID

from hub.domains.webhooks import actions
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.given import present
from hub.schema.webhooks import inputs
from hub.schema.webhooks.types import WebhookDelivery, WebhookEndpoint
from hub.tenants.permissions import Permission

MANAGE = Permission.MANAGE_WEBHOOKS
ANSWERS = {"webhook_endpoint": WebhookEndpoint}
TELLS = {
    "secret": (
        str,
        "The secret by which the receiver checks what it gets. Told once; null where it was refused or is a replay.",
    )
}


@mutation(
    "Tell another system of the kecamatan's changes from now on, under your grant.",
    answers=ANSWERS,
    permission=MANAGE,
    tells_once=TELLS,
)
async def create_webhook_endpoint(act: Act, given: inputs.CreateWebhookEndpointInput) -> Answers:
    """Make it."""
    wanted = inputs.wanted(given)
    await act.services.check_receiver(wanted.url)
    made, secret = await actions.create(act.unit, act.services.keys, wanted)
    return {"webhook_endpoint": made.id, "secret": secret}


@mutation(
    "Change a webhook. What waits goes to the new address; types and effects hold for what is made into messages "
    "from now on.",
    answers=ANSWERS,
    permission=MANAGE,
)
async def update_webhook_endpoint(act: Act, given: inputs.UpdateWebhookEndpointInput) -> Answers:
    """Change it."""
    values = inputs.changed(given)
    if "url" in values:
        await act.services.check_receiver(values["url"])
    changed = await actions.edit(
        act.unit, _key(act, given.webhook_endpoint), expected=given.expected_version, values=values
    )
    return {"webhook_endpoint": changed.id}


@mutation(
    "Give a webhook a new secret; for a while messages are signed with both.",
    answers=ANSWERS,
    permission=MANAGE,
    tells_once=TELLS,
)
async def rotate_webhook_secret(act: Act, given: inputs.RotateWebhookSecretInput) -> Answers:
    """Rotate."""
    rotated, secret = await actions.rotate(
        act.unit,
        act.services.keys,
        _key(act, given.webhook_endpoint),
        expected=given.expected_version,
        overlap=inputs.overlap(given),
    )
    return {"webhook_endpoint": rotated.id, "secret": secret}


@mutation("Tell a webhook nothing until it is resumed; changes wait, none is lost.", answers=ANSWERS, permission=MANAGE)
async def pause_webhook_endpoint(act: Act, given: inputs.PauseWebhookEndpointInput) -> Answers:
    """Pause."""
    paused = await actions.pause(act.unit, _key(act, given.webhook_endpoint), expected=given.expected_version)
    return {"webhook_endpoint": paused.id}


@mutation(
    "Let a webhook go on where it stopped, under your grant; what was given up is sent again by `replayDeliveries`.",
    answers=ANSWERS,
    permission=MANAGE,
)
async def resume_webhook_endpoint(act: Act, given: inputs.ResumeWebhookEndpointInput) -> Answers:
    """Resume."""
    resumed = await actions.resume(act.unit, _key(act, given.webhook_endpoint), expected=given.expected_version)
    return {"webhook_endpoint": resumed.id}


@mutation("Give a webhook up; it can be resumed all the same.", answers=ANSWERS, permission=MANAGE)
async def disable_webhook_endpoint(act: Act, given: inputs.DisableWebhookEndpointInput) -> Answers:
    """Disable."""
    disabled = await actions.disable(act.unit, _key(act, given.webhook_endpoint), expected=given.expected_version)
    return {"webhook_endpoint": disabled.id}


@mutation(
    "Send messages again under the same ids: those that were given up, or everything from a place of the feed on.",
    answers=ANSWERS,
    permission=MANAGE,
)
async def replay_deliveries(act: Act, given: inputs.ReplayDeliveriesInput) -> Answers:
    """Send again."""
    replayed = await actions.replay(act.unit, _key(act, given.webhook_endpoint), since=present(given.since))
    return {"webhook_endpoint": replayed.id}


@mutation(
    "Send a message about nothing, to see whether it arrives. It is tried once; ask for it again to see what became "
    "of it.",
    answers={"webhook_delivery": WebhookDelivery},
    permission=MANAGE,
)
async def send_test_event(act: Act, given: inputs.SendTestEventInput) -> Answers:
    """Send a test."""
    made = await actions.test(act.unit, _key(act, given.webhook_endpoint))
    return {"webhook_delivery": made.id}


def _key(act: Act, text: str) -> UUID:
    return act.key(text, "WebhookEndpoint", "webhookEndpoint")
