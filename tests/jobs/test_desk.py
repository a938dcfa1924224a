"""Deciding on jobs, counting them, and what `hub doctor` says of them."""

from datetime import timedelta

import asyncpg
import pytest

from hub.jobs import desk, queue, relay
from hub.jobs.desk import Figures, JobNotParked, JobRuns, JobUnknown
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.store.findings import Fault
from hub.store.pools import Connection, Pools
from tests.conftest import as_role
from tests.jobs.stage import KIND, Noted, asked, rows, until, working
from tests.journal.stage import OTHER, TENANT

PARK = "update job set state = 'PARKED', attempts = 3, reason = 'UNAVAILABLE' where tenant_id = $1"


async def test_a_parked_job_is_tried_again_when_told(
    pools: Pools, worker: Connection, admin: Connection, worker_dsn: str
) -> None:
    about = await asked(pools)
    await admin.execute(PARK, TENANT)
    (job,) = await desk.listed(worker)
    assert (job["tenant_id"], job["kind"], job["object_id"], job["state"]) == (TENANT, KIND, about, "PARKED")

    await desk.retry(worker, {}, job["id"], now=system_clock().instant)

    noted = Noted()
    async with working(pools, worker_dsn, noted):
        await until(lambda: noted.done)
    assert (noted.done, noted.attempts) == ([about], [1])


async def test_only_a_parked_job_is_tried_again(pools: Pools, worker: Connection) -> None:
    await asked(pools)
    (job,) = await desk.listed(worker)
    with pytest.raises(JobNotParked):
        await desk.retry(worker, {}, job["id"], now=system_clock().instant)
    with pytest.raises(JobUnknown):
        await desk.retry(worker, {}, new_id(), now=system_clock().instant)


async def test_a_dropped_job_is_told_to_whoever_asked(pools: Pools, worker: Connection, admin: Connection) -> None:
    about, noted = await asked(pools), Noted()
    (job,) = await desk.listed(worker)
    await admin.execute("update job set state = 'RUNNING'")
    with pytest.raises(JobRuns):
        await desk.drop(worker, {KIND: noted.kinds[KIND].given_up}, job["id"], now=system_clock().instant)
    await admin.execute(PARK, TENANT)

    await desk.drop(worker, {KIND: noted.kinds[KIND].given_up}, job["id"], now=system_clock().instant)

    assert noted.given_up == [(TENANT, about, "JOB_DROPPED")]
    assert await rows(worker) == []


async def test_figures_count_all_tenants_and_the_oldest_that_is_due(
    pools: Pools, worker: Connection, admin: Connection
) -> None:
    assert await desk.figures(worker, now=system_clock().instant) == Figures(0, 0, 0, 0)
    for tenant in (TENANT, OTHER, OTHER):
        await asked(pools, tenant=tenant)
    await admin.execute(PARK, TENANT)
    now = await admin.fetchval("select max(due_at) + interval '90 seconds' from job")
    await admin.execute("update job set due_at = $1 where tenant_id = $2", now - timedelta(seconds=90), OTHER)

    assert await desk.figures(worker, now=now) == Figures(waiting=2, running=0, parked=1, oldest=90)


async def test_doctor_tells_parked_jobs_and_a_queue_that_stands_still(
    pools: Pools, admin: Connection, database: str
) -> None:
    tenants = ((TENANT, "63.01.01"), (OTHER, "63.01.02"))
    await admin.executemany(
        "insert into tenant (id, kind, code, name, zone, status, demo, created_at) "
        "values ($1, 'KECAMATAN', $2, 'T', 'Asia/Jakarta', 'ACTIVE', false, now()) on conflict do nothing",
        tenants,
    )
    now = system_clock().instant
    owner = await asyncpg.connect(as_role(database, "hub_owner"))
    assert await desk.examine(owner, now=now) == []
    for tenant, _ in tenants:
        await asked(pools, tenant=tenant)
    await admin.execute(PARK, TENANT)

    told = await desk.examine(owner, now=now + timedelta(minutes=11))

    assert [(each.fault, each.where) for each in told] == [
        (Fault.JOBS_PARKED, "63.01.01"),
        (Fault.JOBS_STAND_STILL, "63.01.02"),
    ]
    await owner.execute(f"drop index {queue.SCHEMA}.pgqueuer_log_status")
    await owner.execute(f"grant select on {queue.SCHEMA}.pgqueuer to hub_api")
    told = await desk.examine(owner, now=now)
    await owner.execute(f"revoke select on {queue.SCHEMA}.pgqueuer from hub_api")
    for statement in await queue.drift(owner):
        await owner.execute(statement)
    assert [(each.fault, each.where, each.detail) for each in told[1:]] == [
        (
            Fault.QUEUE_TABLES,
            "hub_queue",
            "CREATE INDEX pgqueuer_log_status ON hub_queue.pgqueuer_log USING btree (status);",
        ),
        (Fault.RIGHT_EXTRA, "hub_queue.pgqueuer", "hub_api: SELECT"),
    ]
    assert await queue.drift(owner) == ()
    await owner.close()


async def test_no_role_but_the_workers_reaches_the_queue(database: str, pools: Pools, worker: Connection) -> None:
    await asked(pools)
    assert await relay.relay(worker, now=system_clock().instant) == 1
    for role in ("hub_api", "hub_outside", "hub_report"):
        connection = await asyncpg.connect(as_role(database, role))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from hub_queue.pgqueuer")
        await connection.close()
