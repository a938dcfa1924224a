"""Making and changing webhooks over HTTP: who may, what is refused, and that a secret is told once."""

from typing import Any

import asyncpg
import pytest

from hub.domains.webhooks.actions import MOST
from hub.wiring import Hub
from tests.acting import key_of
from tests.client import Client
from tests.schema.citizens.stage import Office, open_office

WEBHOOK = "id version url description types effects state stoppedFor seq formerSecretUntil"
URL = "https://93.184.216.34/hook"  # as text: no name is looked up, and nobody calls it


@pytest.fixture(scope="module")
async def office(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan of these tests' own."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await open_office(hub, client, owner, "32.15.14")
    finally:
        await owner.close()


def written(name: str, tells: str = "") -> str:
    return (
        f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ answer: {name}(input: $input) "
        f"{{ webhookEndpoint {{ {WEBHOOK} }} {tells} userErrors {{ code path }} replayed }} }}"
    )


CREATE = written("createWebhookEndpoint", "secret")


async def created(office: Office, **more: Any) -> tuple[Any, str]:
    answer = await office.do(CREATE, **{"url": URL, **more})
    assert answer["userErrors"] == []
    return answer["webhookEndpoint"], answer["secret"]


async def act(office: Office, name: str, webhook: Any, tells: str = "", **more: Any) -> Any:
    return await office.do(written(name, tells), webhookEndpoint=webhook["id"], **more)


async def refusal(office: Office, query: str, *, key: str | None = None, **given: Any) -> tuple[str, list[str]]:
    answer = await office.do(query, key=key, **given)
    assert answer["webhookEndpoint"] is None
    (error,) = answer["userErrors"]
    return error["code"], error["path"]


async def rows(office: Office, owner: asyncpg.Connection, statement: str, *values: Any) -> list[Any]:
    async with owner.transaction():
        await owner.execute("select set_config('hub.tenant', $1, true)", str(office.tenant.id))
        return list(await owner.fetch(statement, *values))


async def test_a_webhook_is_made_and_its_secret_told_once(office: Office, owner: asyncpg.Connection) -> None:
    given: dict[str, Any] = {"url": URL, "types": ["Village"], "effects": ["CREATED"], "description": "Dasbor"}
    first = await office.do(CREATE, **given, idempotencyKey="webhook-once")
    again = await office.do(CREATE, **given, idempotencyKey="webhook-once")

    made, secret = first["webhookEndpoint"], first["secret"]
    assert secret.startswith("whsec_")
    assert {name: made[name] for name in ("url", "types", "effects", "description", "state", "version")} == {
        **given,
        "state": "ACTIVE",
        "version": 1,
    }
    assert (again["webhookEndpoint"]["id"], again["secret"], again["replayed"]) == (made["id"], None, True)
    kept = [
        *await rows(office, owner, "select * from journal_entry where object_id = $1", key_of(made["id"])),
        *await rows(office, owner, "select * from idempotency where key = 'webhook-once'"),
        *await rows(office, owner, "select * from webhook_endpoint where id = $1", key_of(made["id"])),
    ]
    assert len(kept) == 3
    assert secret.removeprefix("whsec_") not in str([dict(row) for row in kept])
    assert URL not in str(dict(kept[0]))


async def test_only_camat_and_secretary_look_after_webhooks(office: Office) -> None:
    made, _ = await created(office)
    for key in (office.counter, office.officer):
        assert await refusal(office, CREATE, key=key, url=URL) == ("FORBIDDEN", [])
        pause = written("pauseWebhookEndpoint")
        given = {"webhookEndpoint": made["id"], "expectedVersion": 1}
        assert await refusal(office, pause, key=key, **given) == ("FORBIDDEN", [])
        query = (
            "query ($id: ID!) { webhookEndpoints(first: 1) { totalCount } webhookDeliveries(first: 1) { totalCount } "
            "node(id: $id) { ... on WebhookEndpoint { url seq allowedActions { action } deliveries(first: 1) "
            "{ totalCount } } } }"
        )
        assert await office.ask(query, {"id": made["id"]}, key=key) == {
            "webhookEndpoints": None,
            "webhookDeliveries": None,
            "node": {
                "url": None,
                "seq": None,
                "allowedActions": [
                    {"action": each} for each in ("UPDATE", "ROTATE", "TEST", "REPLAY", "PAUSE", "RESUME", "DISABLE")
                ],
                "deliveries": None,
            },
        }


@pytest.mark.parametrize(
    "url",
    ["https://10.0.0.1/hook", "https://169.254.169.254/", "http://10.0.0.1/", "receiver.example", "https:///"],
)
async def test_addresses_that_are_never_called_are_refused_at_once(office: Office, url: str) -> None:
    assert await refusal(office, CREATE, url=url) == ("WEBHOOK_ADDRESS_REFUSED", ["url"])
    made, _ = await created(office)
    given = {"webhookEndpoint": made["id"], "expectedVersion": 1, "url": url}
    assert await refusal(office, written("updateWebhookEndpoint"), **given) == ("WEBHOOK_ADDRESS_REFUSED", ["url"])
    await act(office, "disableWebhookEndpoint", made, expectedVersion=1)


async def test_a_type_that_the_graph_does_not_have_is_refused(office: Office) -> None:
    assert await refusal(office, CREATE, url=URL, types=["Village", "Vilage"]) == (
        "WEBHOOK_TYPE_UNKNOWN",
        ["types", "1"],
    )


async def test_what_is_left_out_of_an_update_stays(office: Office) -> None:
    made, _ = await created(office, types=["Village"], description="Lama")
    changed = await act(office, "updateWebhookEndpoint", made, expectedVersion=1, effects=["ENDED"], description=None)
    now = changed["webhookEndpoint"]
    assert (now["types"], now["effects"], now["description"], now["version"]) == (["Village"], ["ENDED"], None, 2)
    stale = {"webhookEndpoint": made["id"], "expectedVersion": 1, "types": []}
    assert await refusal(office, written("updateWebhookEndpoint"), **stale) == ("STALE_VERSION", ["expectedVersion"])


async def test_rotating_gives_a_new_secret_and_says_how_long_the_former_signs(office: Office) -> None:
    made, secret = await created(office)
    turned = await act(office, "rotateWebhookSecret", made, "secret", expectedVersion=1)
    assert turned["secret"] != secret
    assert turned["webhookEndpoint"]["formerSecretUntil"] is not None
    known = await act(office, "rotateWebhookSecret", made, "secret", expectedVersion=2, overlapHours=0)
    assert (known["webhookEndpoint"]["formerSecretUntil"], known["webhookEndpoint"]["version"]) == (None, 3)
    late = {"webhookEndpoint": made["id"], "expectedVersion": 3, "overlapHours": 169}
    assert await refusal(office, written("rotateWebhookSecret"), **late) == ("FIGURE_OUT_OF_RANGE", ["overlapHours"])


async def test_steps_are_open_and_closed_by_the_state(office: Office) -> None:
    made, _ = await created(office)
    resume = {"webhookEndpoint": made["id"], "expectedVersion": 1}
    assert await refusal(office, written("resumeWebhookEndpoint"), **resume) == ("WEBHOOK_ACTIVE", ["webhookEndpoint"])
    paused = (await act(office, "pauseWebhookEndpoint", made, expectedVersion=1))["webhookEndpoint"]
    assert (paused["state"], paused["stoppedFor"]) == ("PAUSED", "OWNER")
    test = (
        "mutation ($input: SendTestEventInput!) { answer: sendTestEvent(input: $input) "
        "{ webhookEndpoint: webhookDelivery { id } userErrors { code path } } }"
    )
    closed = ("WEBHOOK_NOT_ACTIVE", ["webhookEndpoint"])
    assert await refusal(office, test, webhookEndpoint=made["id"]) == closed
    again = {"webhookEndpoint": made["id"], "expectedVersion": 2}
    assert await refusal(office, written("pauseWebhookEndpoint"), **again) == closed
    shown = await office.ask(
        "query ($id: ID!) { webhookEndpoint(id: $id) { allowedActions { action disabledReason } } }", {"id": made["id"]}
    )
    steps = {each["action"]: each["disabledReason"] for each in shown["webhookEndpoint"]["allowedActions"]}
    assert {name for name, reason in steps.items() if reason is None} == {
        "UPDATE",
        "ROTATE",
        "REPLAY",
        "RESUME",
        "DISABLE",
    }


async def test_there_is_a_number_of_webhooks_and_disabled_ones_make_room(office: Office) -> None:
    found = await office.ask("{ webhookEndpoints(first: 100) { nodes { id version state } } }")
    for each in found["webhookEndpoints"]["nodes"]:
        if each["state"] != "DISABLED":
            await act(office, "disableWebhookEndpoint", each, expectedVersion=each["version"])
    made = [(await created(office))[0] for _ in range(MOST)]
    assert await refusal(office, CREATE, url=URL) == ("WEBHOOKS_TOO_MANY", [])
    over = (await act(office, "disableWebhookEndpoint", made[0], expectedVersion=1))["webhookEndpoint"]
    await created(office)
    resume = {"webhookEndpoint": over["id"], "expectedVersion": 2}
    assert await refusal(office, written("resumeWebhookEndpoint"), **resume) == ("WEBHOOKS_TOO_MANY", [])


async def test_another_kecamatans_webhook_is_not_there(office: Office, world: Any) -> None:
    foreign = {"webhookEndpoint": world.takisung.id("WebhookEndpoint"), "expectedVersion": 1}
    assert await refusal(office, written("pauseWebhookEndpoint"), **foreign) == ("NOT_FOUND", ["webhookEndpoint"])
