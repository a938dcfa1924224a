"""Looking at jobs and deciding on those that are parked, as the worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hub.jobs import queue
from hub.jobs.model import Job, JobState
from hub.jobs.running import GivenUp, TakenUp
from hub.journal.worker import inside
from hub.kernel.errors import Conflict, NotFound
from hub.store.base import table
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection

DROPPED = "JOB_DROPPED"
STANDS_STILL = timedelta(minutes=10)  # longer than an import that others wait for
_WAITING = f"state in ('{JobState.ASKED}', '{JobState.QUEUED}')"
_NAME = table(Job).name
_COLUMNS = "tenant_id, id, kind, object_id, state, attempts, due_at, reason, created_at, updated_at"
_ALL = f"select {_COLUMNS} from {_NAME} order by created_at, id limit $1"  # noqa: S608  # names of this file
_ONE = f"select {_COLUMNS} from {_NAME} where id = $1"  # noqa: S608
_RETRY = f"""
update {_NAME} set state = '{JobState.ASKED}', attempts = 0, due_at = $3, version = version + 1, updated_at = $3
where tenant_id = $1 and id = $2 and state = '{JobState.PARKED}'
returning id
"""  # noqa: S608
_DROP = f"""
delete from {_NAME} where tenant_id = $1 and id = $2 and state <> '{JobState.RUNNING}' returning kind, object_id
"""  # noqa: S608
_FIGURES = f"""
select count(*) filter (where {_WAITING}) as waiting, count(*) filter (where state = '{JobState.RUNNING}') as running,
    count(*) filter (where state = '{JobState.PARKED}') as parked,
    coalesce(extract(epoch from $1 - min(due_at) filter (where {_WAITING} and due_at <= $1)), 0)::float8 as oldest
from {_NAME}
"""  # noqa: S608
_STANDING = f"""
select count(*) filter (where state = '{JobState.PARKED}') as parked,
    min(due_at) filter (where {_WAITING}) as oldest
from {_NAME} where tenant_id = $1
"""  # noqa: S608
_RIGHTS = """
select r.rolname as role, t.name, has_table_privilege(r.oid, t.name, p.privilege) as given, p.privilege
from pg_roles r cross join unnest($1::text[]) t(name)
cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) p(privilege)
where r.rolname in ('hub_api', 'hub_outside', 'hub_report', 'hub_worker')
order by 2, 1, 4
"""


class JobUnknown(NotFound):
    """There is no job {job}."""

    code = "JOB_UNKNOWN"
    hint = "`hub jobs list` shows those that there are; a job that is done is no longer among them."


class JobNotParked(Conflict):
    """Job {job} is not parked."""

    code = "JOB_NOT_PARKED"
    hint = "Only a parked job needs a word to go on; `hub jobs show` says how far this one is."


class JobRuns(Conflict):
    """Job {job} is running."""

    code = "JOB_RUNS"
    hint = "Wait until it has ended, or stop its worker first; then it is given back and can be dropped."


@dataclass(frozen=True, slots=True)
class Figures:
    """How many jobs there are, and for how many seconds the oldest has been due."""

    waiting: int
    running: int
    parked: int
    oldest: float


async def listed(worker: Connection, *, limit: int = 100) -> list[Mapping[str, Any]]:
    """The jobs of all tenants, the oldest first."""
    return [dict(row) for row in await worker.fetch(_ALL, limit)]


async def found(worker: Connection, job: UUID) -> Mapping[str, Any]:
    """One of them; JobUnknown."""
    row = await worker.fetchrow(_ONE, job)
    if row is None:
        raise JobUnknown(job=str(job))
    return dict(row)


async def retry(worker: Connection, taken_up: Mapping[str, TakenUp], job: UUID, *, now: datetime) -> None:
    """Let a parked job be tried again, as if for the first time, and tell whoever asked for it; JobNotParked."""
    row = await found(worker, job)
    async with inside(worker, row["tenant_id"]):
        if await worker.fetchval(_RETRY, row["tenant_id"], job, now) is None:
            raise JobNotParked(job=str(job))
        if (tell := taken_up.get(row["kind"])) is not None:
            await tell(worker, row["tenant_id"], row["object_id"], now)


async def drop(worker: Connection, given_up: Mapping[str, GivenUp], job: UUID, *, now: datetime) -> None:
    """End a job that does not run; whoever asked for it finds it given up. JobRuns."""
    row = await found(worker, job)
    async with inside(worker, row["tenant_id"]):
        gone = await worker.fetchrow(_DROP, row["tenant_id"], job)
        if gone is None:
            raise JobRuns(job=str(job))
        if (tell := given_up.get(gone["kind"])) is not None:
            await tell(worker, row["tenant_id"], gone["object_id"], DROPPED, now)


async def figures(worker: Connection, *, now: datetime) -> Figures:
    """For /metrics."""
    row = await worker.fetchrow(_FIGURES, now)
    return Figures(**dict(row)) if row else Figures(0, 0, 0, 0)


async def examine(owner: Connection, *, now: datetime) -> list[Finding]:
    """For `hub doctor`, as the owner: parked jobs, a queue that stands still, and the queue's own tables."""
    faults: list[Finding] = []
    for tenant in await owner.fetch("select id, code from tenant order by id"):
        async with inside(owner, tenant["id"]):
            row = await owner.fetchrow(_STANDING, tenant["id"])
        if row is not None and row["parked"]:
            faults.append(Finding(Fault.JOBS_PARKED, tenant["code"], str(row["parked"])))
        if row is not None and row["oldest"] is not None and now - row["oldest"] > STANDS_STILL:
            late = int((now - row["oldest"]).total_seconds())
            faults.append(Finding(Fault.JOBS_STAND_STILL, tenant["code"], f"{late} s"))
    faults += [Finding(Fault.QUEUE_TABLES, queue.SCHEMA, each.split("\n")[0]) for each in await queue.drift(owner)]
    return faults + await _rights(owner)


async def _rights(owner: Connection) -> list[Finding]:
    faults: list[Finding] = []
    for row in await owner.fetch(_RIGHTS, [f"{queue.SCHEMA}.{name}" for name in queue.TABLES]):
        where, what = row["name"], f"{row['role']}: {row['privilege']}"
        if row["role"] == "hub_worker" and not row["given"]:
            faults.append(Finding(Fault.RIGHT_MISSING, where, what))
        if row["role"] != "hub_worker" and row["given"]:
            faults.append(Finding(Fault.RIGHT_EXTRA, where, what))
    return faults
