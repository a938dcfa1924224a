"""Jobs from the asking to the end: done once, tried again, parked, given back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from hub.jobs import relay
from hub.jobs.asking import ask
from hub.jobs.running import WORKER_DIED, GivenBack, Pace, Task
from hub.kernel.clock import system_clock
from hub.kernel.errors import Unavailable
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pools
from hub.store.unit import writing
from tests.jobs.stage import HASTE, KIND, Noted, asked, rows, until, working
from tests.journal.stage import OTHER, TENANT, scope


async def test_a_job_is_done_and_leaves_nothing(
    pools: Pools, worker: Connection, admin: Connection, worker_dsn: str
) -> None:
    noted = Noted()
    about = [await asked(pools), await asked(pools, tenant=OTHER)]

    async with working(pools, worker_dsn, noted):
        await until(lambda: len(noted.done) == 2)

    assert sorted(noted.done) == sorted(about)
    assert noted.attempts == [1, 1]
    assert await rows(worker) == []
    assert await admin.fetchval("select count(*) from hub_queue.pgqueuer") == 0


async def test_asking_touches_no_queue_and_a_rollback_takes_it_back(
    pools: Pools, worker: Connection, admin: Connection
) -> None:
    await asked(pools)
    with pytest.raises(Unavailable):
        await _ask_and_fail(pools)

    assert await rows(worker) == [("ASKED", 0, None)]
    assert await admin.fetchval("select count(*) from hub_queue.pgqueuer") == 0


async def test_a_wake_brings_a_job_to_the_worker_at_once(pools: Pools, worker_dsn: str) -> None:
    noted = Noted()
    async with working(pools, worker_dsn, noted) as wake:
        await asyncio.sleep(0.3)  # the relay has looked and sleeps
        await asked(pools)
        wake.set()
        async with asyncio.timeout(0.9):  # less than the relay's own pause
            await until(lambda: noted.done)


async def test_a_failed_job_is_tried_again_after_growing_pauses(
    pools: Pools, worker: Connection, worker_dsn: str
) -> None:
    async def fail_twice(task: Task) -> None:
        if task.attempt < 3:
            raise Unavailable

    noted = Noted(fail_twice)
    about = await asked(pools)

    async with working(pools, worker_dsn, noted):
        await until(lambda: noted.done)

    assert noted.done == [about]
    assert noted.attempts == [1, 2, 3]
    assert noted.given_up == []
    assert await rows(worker) == []
    assert [HASTE.after(attempt) / HASTE.first for attempt in (1, 2, 3)] == [1, 3, 9]
    assert Pace().after(9) == Pace().longest


async def test_poison_is_parked_with_its_reason_and_told(pools: Pools, worker: Connection, worker_dsn: str) -> None:
    async def fail(_task: Task) -> None:
        raise ValueError("Fulan bin Fulan")

    noted = Noted(fail)
    about = await asked(pools)

    async with working(pools, worker_dsn, noted):
        await until(lambda: noted.given_up)
        await until(_parked(worker))

    assert noted.attempts == [1, 2, 3]
    assert noted.given_up == [(TENANT, about, "ValueError")]
    assert await rows(worker) == [("PARKED", 3, "ValueError")]


async def test_what_the_queue_notes_of_a_failure_holds_no_message(
    pools: Pools, worker: Connection, admin: Connection, worker_dsn: str
) -> None:
    async def fail(_task: Task) -> None:
        raise ValueError("Fulan bin Fulan")

    noted = Noted(fail)
    await asked(pools)
    async with working(pools, worker_dsn, noted):
        await until(_parked(worker))

    kept = await admin.fetch("select traceback::text as text from hub_queue.pgqueuer_log where traceback is not null")
    assert len(kept) == 2
    assert [row["text"] for row in kept if "Fulan" in row["text"]] == []


async def test_a_job_that_keeps_killing_its_worker_is_parked(
    pools: Pools, worker: Connection, admin: Connection, worker_dsn: str
) -> None:
    about = await asked(pools)
    await admin.execute("update job set attempts = 3")  # three starts, and never an end
    noted = Noted()

    async with working(pools, worker_dsn, noted):
        await until(_parked(worker))

    assert noted.attempts == []
    assert noted.given_up == [(TENANT, about, WORKER_DIED)]
    assert await rows(worker) == [("PARKED", 4, WORKER_DIED)]


async def test_a_running_job_may_finish_when_the_hub_stops(pools: Pools, worker: Connection, worker_dsn: str) -> None:
    async def take_a_moment(_task: Task) -> None:
        await asyncio.sleep(0.1)

    noted = Noted(take_a_moment)
    about = await asked(pools)
    async with working(pools, worker_dsn, noted):
        await noted.began.wait()

    assert noted.done == [about]
    assert await rows(worker) == []


async def test_a_job_that_takes_too_long_is_given_back_uncounted(
    pools: Pools, worker: Connection, worker_dsn: str
) -> None:
    async def leave_when_told(task: Task) -> None:
        await asyncio.to_thread(task.leave.wait)
        raise GivenBack

    noted = Noted(leave_when_told)
    await asked(pools)
    async with working(pools, worker_dsn, noted):
        await noted.began.wait()

    assert noted.done == []
    assert await rows(worker) == [("QUEUED", 0, None)]

    noted.act = None
    async with working(pools, worker_dsn, noted):
        await until(lambda: noted.done)
    assert noted.attempts == [1, 1]


async def test_a_job_that_does_not_listen_is_cut_and_given_back(
    pools: Pools, worker: Connection, worker_dsn: str
) -> None:
    async def never_end(_task: Task) -> None:
        await asyncio.sleep(3_600)

    noted = Noted(never_end)
    await asked(pools)
    async with working(pools, worker_dsn, noted):
        await noted.began.wait()

    assert await rows(worker) == [("QUEUED", 0, None)]


async def test_a_second_delivery_of_a_job_that_is_done_does_nothing(
    pools: Pools, worker: Connection, admin: Connection, worker_dsn: str
) -> None:
    await asked(pools)
    assert await relay.relay(worker, now=system_clock().instant) == 1
    await admin.execute("delete from job")  # done, and its worker died before the queue heard of it
    noted = Noted()

    async with working(pools, worker_dsn, noted):
        await until(_nothing_queued(admin))

    assert noted.attempts == []


async def test_a_job_that_the_queue_has_lost_is_asked_for_again(
    pools: Pools, worker: Connection, admin: Connection
) -> None:
    await asked(pools)
    now = system_clock().instant
    await relay.relay(worker, now=now)
    assert await relay.look_after(worker, now=now + timedelta(hours=1)) == 0
    await admin.execute("truncate hub_queue.pgqueuer")  # a backup holds no queue

    assert await relay.look_after(worker, now=now + timedelta(hours=1)) == 1
    assert await relay.relay(worker, now=now) == 1
    assert await rows(worker) == [("QUEUED", 0, None)]
    assert await admin.fetchval("select count(*) from hub_queue.pgqueuer") == 1


async def test_a_lost_connection_is_opened_again(pools: Pools, admin: Connection, worker_dsn: str) -> None:
    noted = Noted()
    async with working(pools, worker_dsn, noted):
        await asked(pools)
        await until(lambda: noted.done)
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hub worker'"
        )
        await asked(pools)
        await until(lambda: len(noted.done) == 2)


async def _ask_and_fail(pools: Pools) -> None:
    async with writing(pools.of(Reader.API), scope(), system_clock()) as unit:
        await ask(unit, KIND, new_id())
        raise Unavailable


def _parked(worker: Connection) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(await worker.fetchval("select count(*) = 1 from job where state = 'PARKED'"))

    return look


def _nothing_queued(admin: Connection) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(await admin.fetchval("select count(*) = 0 from hub_queue.pgqueuer"))

    return look
