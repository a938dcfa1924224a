"""Turns at the connections, with waiters that come, give up and are cancelled at every moment."""

import asyncio
import random

import pytest

from hub.store.turns import TenantBusy, Turns


def turns(*, size: int = 2, most: int = 1, queue: int = 10, seconds: float = 5) -> Turns:
    return Turns(size, most, queue, seconds)


async def take(here: Turns, tenant: str) -> None:
    if not here.enter(tenant):
        await here.wait(tenant)


async def settled() -> None:
    """Every task that can go on has."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_tenant_gets_so_many_at_once_and_others_the_rest() -> None:
    here = turns(size=3, most=2)

    assert [here.enter("a"), here.enter("a"), here.enter("a"), here.enter("b"), here.enter("c")] == [
        True,
        True,
        False,
        True,
        False,
    ]


async def test_who_waits_is_served_tenant_by_tenant() -> None:
    here, served = turns(size=1), list[str]()

    async def work(tenant: str) -> None:
        await take(here, tenant)
        served.append(tenant)
        await settled()
        here.leave(tenant)

    await asyncio.gather(*(work(tenant) for tenant in ("a", "a", "a", "b", "c")))

    assert served == ["a", "a", "b", "c", "a"]


async def test_a_full_queue_and_a_long_wait_are_refused() -> None:
    here = turns(queue=1, seconds=0.05)
    await take(here, "a")
    waiting = asyncio.create_task(here.wait("a"))
    await settled()

    with pytest.raises(TenantBusy):
        await here.wait("a")
    with pytest.raises(TenantBusy):
        await waiting
    assert (here.total, here.queued) == (1, 0)


async def test_a_waiter_cancelled_at_the_moment_of_its_turn_takes_none_along() -> None:
    here = turns()
    await take(here, "a")
    waiting = asyncio.create_task(here.wait("a"))
    await settled()

    waiting.cancel()  # its future is cancelled now, it runs later
    here.leave("a")
    await asyncio.gather(waiting, return_exceptions=True)

    assert (here.total, here.running, here.queued) == (0, {}, 0)


async def test_a_waiter_cancelled_after_its_turn_came_gives_it_on() -> None:
    here = turns()
    await take(here, "a")
    first, second = asyncio.create_task(here.wait("a")), asyncio.create_task(here.wait("a"))
    await settled()

    here.leave("a")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await second

    assert (here.total, here.running, here.queued) == (1, {"a": 1}, 0)


@pytest.mark.parametrize("seed", range(20))
async def test_no_turn_is_lost_whatever_clients_do(seed: int) -> None:
    chance, here = random.Random(seed), turns(size=3, most=2, queue=5, seconds=0.004)  # noqa: S311  # no secret

    async def work(tenant: str) -> None:
        await take(here, tenant)
        try:
            await asyncio.sleep(chance.random() / 300)
        finally:
            here.leave(tenant)

    tasks = []
    for _ in range(200):
        tasks.append(asyncio.create_task(work(chance.choice("abcd"))))
        if chance.random() < 0.5:
            await asyncio.sleep(chance.random() / 500)
        chance.choice(tasks).cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)

    assert {type(each) for each in ended} <= {type(None), TenantBusy, asyncio.CancelledError}
    assert (here.total, here.running, here.waiting) == (0, {}, {})
