"""Senders that are killed lose nothing and double nothing: the same message goes again under the same id."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import asyncpg

from hub.domains.webhooks import keeping, spreading
from hub.domains.webhooks.keeping import Outcome
from hub.kernel.clock import system_clock
from hub.store.pools import Connection
from tests.acting import key_of
from tests.conftest import as_role
from tests.integrations.webhooks.stage import Receiver, Stage, until
from tests.relay import Died, Mortal

ROOT = Path(__file__).resolve().parents[3]


async def test_a_message_in_the_hands_of_a_killed_sender_is_sent_by_another(
    stage: Stage, receiver: Receiver, database: str
) -> None:
    receiver.delay = 60
    webhook, secret = await stage.create(receiver.url, types=["Household"])
    places = await stage.changed(3)
    keys = stage.hub.settings.keys_file
    command = [sys.executable, "-m", "tests.integrations.webhooks.child", database, str(keys)]
    with subprocess.Popen(command, cwd=ROOT) as killed:  # noqa: S603, ASYNC220  # our own program
        try:
            await until(lambda: receiver.got, 60)
        finally:
            killed.send_signal(signal.SIGKILL)
    receiver.delay = 0
    in_hand = await stage.rows("select leased_until > now() as held from webhook_endpoint")
    assert [row["held"] for row in in_hand] == [True]

    await stage.hurry()  # a minute later
    async with stage.sending():
        await until(lambda: len(receiver.got) == 4)
        await until(lambda: _delivered(stage, webhook, 3))

    assert receiver.places == [places[0], *places]
    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(got.signed_by(secret) for got in receiver.got)
    assert [(each["seq"], each["attempts"]) for each in await stage.deliveries(webhook)] == [
        (places[0], 2),
        (places[1], 1),
        (places[2], 1),
    ]


async def _delivered(stage: Stage, webhook: Any, number: int) -> bool:
    found = await stage.deliveries(webhook)
    return [each["state"] for each in found] == ["DELIVERED"] * number


async def test_a_worker_that_dies_at_any_statement_makes_each_message_once(
    stage: Stage, receiver: Receiver, database: str
) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    places = await stage.changed(4)
    key = key_of(webhook["id"])
    tenant, deaths, at = stage.office.tenant.id, 0, 0
    while True:
        at += 1
        worker = await asyncpg.connect(as_role(database, "hub_worker"))
        mortal = cast("Connection", Mortal(worker, dies_at=at))
        try:
            await spreading.spread(stage.hub.pools, mortal, tenant, key, system_clock())
            break
        except (Died, asyncpg.InterfaceError):
            deaths += 1
        finally:
            await worker.close()
    assert deaths >= 6
    assert [each["seq"] for each in await stage.deliveries(webhook)] == places

    async with stage.worker() as worker_again:
        await spreading.spread(stage.hub.pools, worker_again, tenant, key, system_clock())
    assert [each["seq"] for each in await stage.deliveries(webhook)] == places


async def test_who_has_lost_a_message_to_another_settles_nothing(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = await stage.create(receiver.url, types=["Household"])
    await stage.changed()
    tenant, key = stage.office.tenant.id, key_of(webhook["id"])
    async with stage.worker() as worker:
        await spreading.spread(stage.hub.pools, worker, tenant, key, system_clock())
        first = await keeping.take(worker, tenant, key, system_clock().instant)
        assert first is not None
        assert await keeping.take(worker, tenant, key, system_clock().instant) is None
        later = system_clock().instant + keeping.LEASE
        second = await keeping.take(worker, tenant, key, later)
        assert second is not None
        assert (second.row["message_id"], second.row["attempts"]) == (first.row["message_id"], 2)

        await keeping.settle(worker, first, Outcome(410), system_clock())
        assert (await stage.read(webhook))["state"] == "ACTIVE"
        await keeping.settle(worker, second, Outcome(200), system_clock())
    (kept,) = await stage.deliveries(webhook)
    assert (kept["state"], kept["attempts"], kept["lastStatus"]) == ("DELIVERED", 2, 200)
