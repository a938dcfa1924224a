"""What holds a webhook back: a restore, a grant that ended, an owner; and what is swept, counted and found."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from hub.domains.webhooks import desk, spreading
from hub.domains.webhooks.desk import WebhookUnknown
from hub.domains.webhooks.errors import WebhookAddressRefused
from hub.integrations.http import GuardedClient
from hub.integrations.webhooks import check_address
from hub.journal import epoch
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.store.findings import Fault
from hub.tenants.permissions import Role
from tests.acting import key_of
from tests.client import Client
from tests.integrations.webhooks.stage import Receiver, Stage, until
from tests.world.build import key_for


async def test_after_a_restore_nothing_is_sent_until_it_is_released(
    stage: Stage, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    now = system_clock().instant
    async with stage.sending() as sender:
        (before,) = await stage.changed()
        sender.tell(stage.office.tenant.id)
        await until(lambda: receiver.got)
        await until(lambda: _settled(stage, webhook))
        await epoch.advance(owner, now=now, reason="restored")
        (after,) = await stage.changed()
        sender.tell(stage.office.tenant.id)
        await asyncio.sleep(1.3)
        assert receiver.places == [before]
        assert (await stage.read(webhook))["awaitsRelease"] is True
        found = [each for each in await desk.examine(owner, now=now) if each.where == "32.15.13"]
        assert [(each.fault, each.detail) for each in found] == [(Fault.WEBHOOKS_HELD, "1")]

        async with stage.worker() as worker:
            assert (await desk.figures(worker, now=now)).held == 1
            assert await desk.release(worker, "99.99.98") == 0
            assert await desk.release(worker, "32.15.13") == 1
        sender.tell(stage.office.tenant.id)
        await until(lambda: receiver.places == [before, after])
    assert (await stage.read(webhook))["awaitsRelease"] is False


async def _settled(stage: Stage, webhook: Any) -> bool:
    return [each["state"] for each in await stage.deliveries(webhook)] == ["DELIVERED"]


async def test_a_webhook_whose_maker_has_left_is_paused_until_somebody_lends_a_grant(
    stage: Stage, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    leaving = await key_for(owner, stage.office.tenant, Role.KEC_SECRETARY)
    query = (
        "mutation ($input: CreateWebhookEndpointInput!) { answer: createWebhookEndpoint(input: $input) "
        "{ webhookEndpoint { id version } userErrors { code } } }"
    )
    made = await stage.office.do(query, key=leaving, url=receiver.url, types=["Household"])
    webhook = made["webhookEndpoint"]
    await stage.rows(
        "update access_grant set revoked_at = now() where id = (select grant_id from webhook_endpoint limit 1)"
    )
    (seq,) = await stage.changed()
    async with stage.sending() as sender:
        await until(lambda: _paused(stage, webhook))
        assert (await stage.read(webhook))["stoppedFor"] == "GRANT_OVER"
        assert await stage.told(webhook) == ["WEBHOOK_CREATED", "WEBHOOK_PAUSED"]
        assert (receiver.got, await stage.deliveries(webhook)) == ([], [])
        assert (await stage.act("resumeWebhookEndpoint", webhook, expectedVersion=2))["userErrors"] == []
        sender.tell(stage.office.tenant.id)
        await until(lambda: receiver.got)
    assert receiver.places == [seq]


async def _paused(stage: Stage, webhook: Any) -> bool:
    return bool((await stage.read(webhook))["state"] == "PAUSED")


async def test_a_grant_that_ends_while_a_message_waits_stops_it(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    key = key_of(webhook["id"])
    await stage.changed()
    async with stage.worker() as worker:
        await spreading.spread(stage.hub.pools, worker, stage.office.tenant.id, key, system_clock())
    await stage.rows("update webhook_endpoint set grant_id = $1", new_id())
    async with stage.sending():
        await until(lambda: _paused(stage, webhook))
    assert receiver.got == []


async def test_what_waits_is_bounded_and_the_rest_waits_in_the_feed(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "BACKLOG", 2)
    monkeypatch.setattr(spreading, "PAGE", 2)
    await stage.create(receiver.url, types=["Household"])
    places = await stage.changed(7)
    async with stage.sending():
        await until(lambda: len(receiver.got) == 7)
    assert receiver.places == places


async def test_messages_are_swept_when_their_days_are_over(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    places = await stage.changed(4)
    async with stage.sending():
        await until(lambda: len(receiver.got) == 4)
        await asyncio.sleep(0.1)
    old = "update webhook_delivery set settled_at = now() - $2 * interval '1 day', state = $3 where seq = $1"
    await stage.rows(old, places[0], 31, "DELIVERED")
    await stage.rows(old, places[1], 29, "DELIVERED")
    await stage.rows(old, places[2], 31, "DEAD")
    await stage.rows(old, places[3], 91, "DEAD")
    async with stage.worker() as worker:
        swept = await desk.sweep(worker, now=system_clock().instant, keep=timedelta(days=30))
    assert swept == 2
    assert [each["seq"] for each in await stage.deliveries(webhook)] == places[1:3]


async def test_the_doctor_finds_what_was_given_up_a_week_ago(
    stage: Stage, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    await stage.changed(2)
    async with stage.sending():
        await until(lambda: len(receiver.got) == 2)
        await asyncio.sleep(0.1)
    await stage.rows("update webhook_delivery set state = 'DEAD', settled_at = now() - interval '8 days'")
    found = [each for each in await desk.examine(owner, now=system_clock().instant) if each.where == "32.15.13"]
    assert [(each.fault, each.detail) for each in found] == [(Fault.WEBHOOKS_DEAD, "2")]
    key = key_of(webhook["id"])
    async with stage.worker() as worker:
        await desk.replay(worker, key, since=None, now=system_clock().instant)
        with pytest.raises(WebhookUnknown):
            await desk.replay(worker, new_id(), since=None, now=system_clock().instant)
        assert [row["id"] for row in await desk.listed(worker, "32.15.13")] == [key]
    assert await desk.examine(owner, now=system_clock().instant) == []


async def test_the_figures_are_shown(stage: Stage, client: Client, receiver: Receiver) -> None:
    await stage.create(receiver.url, types=["Household"])
    text = (await client.http.get("/metrics")).text
    assert 'hub_webhooks{state="active"} 1\n' in text
    assert "hub_webhooks_oldest_seconds 0.0\n" in text


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://10.1.2.3/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x7f000001/",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "ftp://example.org/",
        "https:///hook",
        "nothing",
    ],
)
async def test_addresses_inside_the_operators_network_are_refused(url: str) -> None:
    client = GuardedClient()
    with pytest.raises(WebhookAddressRefused) as refused:
        await check_address(client, url)
    assert refused.value.path == ("url",)
    await client.close()


async def test_a_name_with_a_private_address_is_refused_and_one_that_is_not_known_yet_is_not() -> None:
    async def resolve(host: str, _port: int) -> list[str]:
        if host == "later.example":
            raise OSError
        return ["93.184.216.34", "10.0.0.7"] if host == "trap.example" else ["93.184.216.34"]

    client = GuardedClient(resolve=resolve)
    await check_address(client, "https://fine.example/hook")
    await check_address(client, "https://later.example/hook")
    with pytest.raises(WebhookAddressRefused):
        await check_address(client, "https://trap.example/hook")
    await client.close()
