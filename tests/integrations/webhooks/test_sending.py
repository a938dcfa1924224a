"""From a change to a receiver: once, in order, signed, without a word about people; and what becomes of failures."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from hub.domains.webhooks import keeping
from hub.integrations.http import GuardedClient
from tests.integrations.webhooks.stage import Receiver, Stage, until


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def states(stage: Stage, webhook: Any) -> list[tuple[Any, ...]]:
    return [(each["seq"], each["state"], each["attempts"]) for each in await stage.deliveries(webhook)]


async def settled(stage: Stage, webhook: Any) -> bool:
    found = await stage.deliveries(webhook)
    return bool(found) and all(each["state"] != "WAITING" for each in found)


async def test_a_change_is_told_once_signed_and_without_a_word_about_people(stage: Stage, receiver: Receiver) -> None:
    webhook, secret = await stage.create(receiver.url, types=["Household"], effects=["CREATED"])
    (seq,) = await stage.changed()
    async with stage.sending() as sender:
        await until(lambda: settled(stage, webhook))
        sender.tell(stage.office.tenant.id)
        await asyncio.sleep(0.2)

    (got,) = receiver.got
    (row,) = await stage.rows("select * from journal_change where seq = $1", seq)
    (kept,) = await stage.deliveries(webhook)
    assert got.signed_by(secret)
    assert got.headers["content-type"] == "application/json"
    assert abs(int(got.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 30
    occurred = row["happened_at"].isoformat().replace("+00:00", "Z")
    assert got.told == {
        "id": got.headers["webhook-id"],
        "type": "household.created",
        "timestamp": occurred,
        "data": {
            "tenant": "32.15.13",
            "id": stage.office.id("Household", row["object_id"]),
            "type": "Household",
            "effect": "CREATED",
            "version": 1,
            "occurredAt": occurred,
            "seq": seq,
        },
    }
    assert (kept["messageId"], kept["state"], kept["attempts"], kept["lastStatus"]) == (
        got.headers["webhook-id"],
        "DELIVERED",
        1,
        200,
    )


async def test_changes_come_in_order_one_at_a_time_and_only_those_that_are_wanted(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.delay = 0.02
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    other, _ = await stage.create(receiver.url, types=["Village"])
    places = await stage.changed(6)
    async with stage.sending():
        await until(lambda: len(receiver.got) == 6)
        await until(lambda: settled(stage, webhook))
    assert receiver.places == places
    assert receiver.most_at_once == 1
    assert await stage.deliveries(other) == []
    assert (await stage.read(other))["seq"] == (await stage.read(webhook))["seq"] >= places[-1]


async def test_what_fails_holds_its_own_queue_and_is_tried_again_under_the_same_id(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.status = 500
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    first, second = await stage.changed(2)
    async with stage.sending() as sender:
        await until(lambda: sender.outcomes["answered"] and not sender.courses)
        waits = (await stage.deliveries(webhook))[0]
        pause = moment(waits["nextAt"]) - datetime.now(UTC)
        assert timedelta(seconds=2) < pause < timedelta(seconds=6)
        assert (waits["lastStatus"], waits["lastError"]) == (500, None)
        assert await states(stage, webhook) == [(first, "WAITING", 1), (second, "WAITING", 0)]
        assert (await stage.read(webhook))["failingSince"] is not None

        receiver.status = 204
        await stage.hurry()
        await until(lambda: settled(stage, webhook))
    assert receiver.places == [first, first, second]
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
    assert await states(stage, webhook) == [(first, "DELIVERED", 2), (second, "DELIVERED", 1)]
    assert (await stage.read(webhook))["failingSince"] is None


async def test_a_receiver_that_is_busy_says_when_it_is_asked_again(stage: Stage, receiver: Receiver) -> None:
    receiver.status, receiver.answer_headers = 429, "Retry-After: 3600\r\n"
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    await stage.changed()
    async with stage.sending() as sender:
        await until(lambda: sender.outcomes["answered"] and not sender.courses)
    (waits,) = await stage.deliveries(webhook)
    assert timedelta(minutes=59) < moment(waits["nextAt"]) - datetime.now(UTC) <= timedelta(minutes=60)


async def test_a_receiver_that_is_gone_is_asked_no_more(stage: Stage, receiver: Receiver) -> None:
    receiver.status = 410
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    first, second = await stage.changed(2)
    async with stage.sending():
        await until(lambda: receiver.got)
        await until(lambda: _stopped(stage, webhook))
    found = await stage.read(webhook)
    assert (found["state"], found["stoppedFor"], len(receiver.got)) == ("DISABLED", "GONE", 1)
    assert await states(stage, webhook) == [(first, "DEAD", 1), (second, "WAITING", 0)]
    assert await stage.told(webhook) == ["WEBHOOK_CREATED", "WEBHOOK_DISABLED"]


async def _stopped(stage: Stage, webhook: Any) -> bool:
    return bool((await stage.read(webhook))["state"] != "ACTIVE")


async def test_after_days_of_failing_it_is_paused_and_can_be_resumed_and_replayed(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.status = 503
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    first, second = await stage.changed(2)
    async with stage.sending():
        await until(lambda: receiver.got)
        await stage.rows("update webhook_delivery set attempts = 9 where seq = $1", first)
        await until(lambda: _idle(stage))
        await stage.hurry()
        await until(lambda: _stopped(stage, webhook))
        found = await stage.read(webhook)
        assert (found["state"], found["stoppedFor"]) == ("PAUSED", "FAILING")
        assert await states(stage, webhook) == [(first, "DEAD", 10), (second, "WAITING", 0)]
        assert await stage.told(webhook) == ["WEBHOOK_CREATED", "WEBHOOK_PAUSED"]

        receiver.status = 200
        receiver.got.clear()
        again = await stage.act("replayDeliveries", webhook)
        assert again["userErrors"] == []
        resumed = await stage.act("resumeWebhookEndpoint", webhook, expectedVersion=again["webhookEndpoint"]["version"])
        assert resumed["userErrors"] == []
        await until(lambda: settled(stage, webhook))
    assert receiver.places == [first, second]
    assert (await stage.told(webhook))[2:] == ["WEBHOOK_REPLAYED", "WEBHOOK_RESUMED"]


async def _idle(stage: Stage) -> bool:
    rows = await stage.rows("select 1 from webhook_endpoint where leased_until is not null")
    return not rows


async def test_everything_from_a_place_on_is_sent_again_under_the_same_ids(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    places = await stage.changed(3)
    async with stage.sending():
        await until(lambda: settled(stage, webhook))
        await stage.rows("delete from webhook_delivery where seq = $1", places[2])  # as time does
        refused = await stage.act("replayDeliveries", webhook, since=10_000)
        assert refused["userErrors"] == [{"code": "WEBHOOK_PLACE_AHEAD", "path": ["since"]}]
        assert (await stage.act("replayDeliveries", webhook, since=places[1]))["userErrors"] == []
        await until(lambda: len(receiver.got) == 5)
        await until(lambda: settled(stage, webhook))
    assert receiver.places == [*places, *places[1:]]
    ids = [each.headers["webhook-id"] for each in receiver.got]
    assert ids[3:] == ids[1:3]
    assert [state for _, state, _ in await states(stage, webhook)] == ["DELIVERED"] * 3


async def test_a_paused_webhook_is_told_later_what_it_missed(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    paused = await stage.act("pauseWebhookEndpoint", webhook, expectedVersion=1)
    (seq,) = await stage.changed()
    async with stage.sending() as sender:
        await asyncio.sleep(0.3)
        assert await stage.deliveries(webhook) == []
        version = paused["webhookEndpoint"]["version"]
        assert (await stage.act("resumeWebhookEndpoint", webhook, expectedVersion=version))["userErrors"] == []
        sender.tell(stage.office.tenant.id)
        await until(lambda: receiver.got)
    assert receiver.places == [seq]


async def test_during_a_rotation_both_secrets_sign_and_after_it_the_new_one(stage: Stage, receiver: Receiver) -> None:
    webhook, old = await stage.create(receiver.url, types=["Household"])
    rotated = await stage.act("rotateWebhookSecret", webhook, "secret", expectedVersion=1, overlapHours=2)
    new = rotated["secret"]
    async with stage.sending() as sender:
        await stage.changed()
        sender.tell(stage.office.tenant.id)
        await until(lambda: receiver.got)
        await until(lambda: settled(stage, webhook))
        await stage.rows("update webhook_endpoint set former_until = now()")
        await stage.changed()
        sender.tell(stage.office.tenant.id)
        await until(lambda: len(receiver.got) == 2)
    assert [(got.signed_by(new), got.signed_by(old)) for got in receiver.got] == [(True, True), (True, False)]
    assert [len(got.headers["webhook-signature"].split(" ")) for got in receiver.got] == [2, 1]


async def test_a_test_goes_before_what_waits_is_tried_once_and_stops_nothing(stage: Stage, receiver: Receiver) -> None:
    receiver.status = 500
    webhook, secret = await stage.create(receiver.url, types=["Household"])
    (seq,) = await stage.changed()
    query = (
        "mutation ($input: SendTestEventInput!) { answer: sendTestEvent(input: $input) "
        "{ webhookDelivery { id state } userErrors { code path } } }"
    )
    async with stage.sending() as sender:
        await until(lambda: sender.outcomes["answered"] and not sender.courses)
        made = await stage.office.do(query, webhookEndpoint=webhook["id"])
        assert made["webhookDelivery"]["state"] == "WAITING"
        await until(lambda: len(receiver.got) == 2)
        await until(lambda: _idle(stage))
    tested = receiver.got[1]
    assert tested.signed_by(secret)
    assert (tested.told["type"], tested.told["data"]) == ("webhook.test", {"tenant": "32.15.13"})
    assert await states(stage, webhook) == [(None, "DEAD", 1), (seq, "WAITING", 1)]
    assert (await stage.read(webhook))["state"] == "ACTIVE"


async def test_a_private_address_is_refused_at_every_call(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    await stage.rows("update webhook_endpoint set url = 'https://169.254.169.254/latest/meta-data'")
    await stage.changed()
    async with stage.sending() as sender:
        await until(lambda: sender.outcomes["failed"] and not sender.courses)
    (waits,) = await stage.deliveries(webhook)
    assert (waits["state"], waits["lastStatus"], waits["lastError"]) == ("WAITING", None, "ADDRESS_REFUSED")
    assert receiver.got == []


async def test_redirects_are_answers_that_are_not_followed(stage: Stage, receiver: Receiver) -> None:
    async with Receiver() as elsewhere:
        receiver.status, receiver.answer_headers = 307, f"Location: {elsewhere.url}\r\n"
        webhook, _ = await stage.create(receiver.url, types=["Household"])
        await stage.changed()
        async with stage.sending() as sender:
            await until(lambda: sender.outcomes["answered"] and not sender.courses)
        (waits,) = await stage.deliveries(webhook)
        assert (waits["state"], waits["lastStatus"], elsewhere.got) == ("WAITING", 307, [])


def _came(receiver: Receiver, number: int) -> bool:
    return len(receiver.got) == number


async def test_dead_and_slow_receivers_slow_nobody(
    stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    async with AsyncExitStack() as stack:
        hanging = await stack.enter_async_context(Receiver(delay=60))
        refusing = await stack.enter_async_context(Receiver(status=500))
        living = await stack.enter_async_context(Receiver())
        for number in range(12):
            await stage.create((hanging, refusing)[number % 2].url, types=["Household"])
        webhook, _ = await stage.create(living.url, types=["Household"])
        clients = tuple(GuardedClient(allow_loopback=True, timeout=1.5) for _ in range(2))
        async with stage.sending(at_once=6, clients=clients) as sender:
            await stage.changed()
            sender.tell(stage.office.tenant.id)
            await until(lambda: len(hanging.got) == 6 and len(refusing.got) == 6 and len(living.got) == 1)
            await until(lambda: not sender.courses)

            taken = []
            for number in range(2, 5):
                await stage.rows("update webhook_delivery set next_at = now() where state = 'WAITING' and attempts > 0")
                await stage.rows("update webhook_endpoint set due_at = now() where slow and state = 'ACTIVE'")
                sender.wake.set()
                await until(lambda: hanging.at_once >= 2)  # the slow lane is full of the dead
                await stage.changed()
                begun = asyncio.get_running_loop().time()
                sender.tell(stage.office.tenant.id)
                await until(partial(_came, living, number))
                taken.append(asyncio.get_running_loop().time() - begun)
        for client in clients:
            await client.close()
        record_property("seconds to a living receiver beside 12 dead ones", [round(each, 3) for each in taken])
        assert max(taken) < keeping.SLOW.total_seconds()
        assert await states(stage, webhook) != []
