"""Imports that are asked for: begun, confirmed, settled. The reading and writing itself is the worker's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from hub.domains.files import policy as file_policy
from hub.domains.files.model import FileKind, StoredFile
from hub.domains.imports import events, policy
from hub.domains.imports.errors import (
    ImportFileNeeded,
    ImportNotWaiting,
    ImportRunning,
    ImportSuperseded,
    NothingToConfirm,
)
from hub.domains.imports.model import (
    BatchState,
    ImportBatch,
    ImportFigure,
    ImportJob,
    ImportProblem,
    ImportState,
    RowAction,
)
from hub.domains.villages.model import Village
from hub.jobs.asking import ask
from hub.journal.record import record
from hub.kernel.clock import Now
from hub.kernel.errors import Forbidden, NotFound
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of

KIND = "IMPORT"
CONFIRMABLE = frozenset(RowAction) - {RowAction.SAME, RowAction.REJECTED}
CONSTRAINTS = {"uq_import_job_unsettled": ImportRunning}
MOST_PROBLEMS = 1_000

_JOB, _BATCH, _FIGURE, _PROBLEM = table(ImportJob), table(ImportBatch), table(ImportFigure), table(ImportProblem)
_UNSETTLED = (ImportState.QUEUED.value, ImportState.RUNNING.value)


async def start(unit: Unit, *, village: UUID, file: UUID, dry_run: bool = False) -> ImportJob:
    """Ask for the import of an uploaded workbook into a village. `dry_run`: all of it waits to be confirmed."""
    if not policy.may_import(unit.scope) or not file_policy.may_open(unit.scope):
        raise Forbidden
    place = await unit.see(Village, village, path=("village",))
    if not policy.reaches(unit.scope, place.id):
        raise NotFound(path=("village",))
    stored = await unit.see(StoredFile, file, path=("file",))
    if stored.kind != FileKind.XLSX or stored.content_key_sealed is None or stored.ended_at is not None:
        raise ImportFileNeeded(path=("file",))
    principal, grant = file_policy.actor(unit.scope)
    made = ImportJob(
        tenant_id=unit.tenant.id,
        village_id=place.id,
        file_id=stored.id,
        dry_run=dry_run,
        principal_id=principal,
        grant_id=grant,
        lang=unit.scope.lang,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    with translating(CONSTRAINTS):
        await unit.add(made)
    await record(
        unit, events.ImportAsked(object_id=made.id, village_id=place.id, changes={"file_id": (None, stored.id)})
    )
    await ask(unit, KIND, made.id)
    return made


async def confirm(unit: Unit, key: UUID, *, expected: int, actions: Sequence[RowAction]) -> ImportJob:
    """Ask for what waits of these kinds to be written; it is done by whoever confirms, under that grant."""
    if not policy.may_import(unit.scope):
        raise Forbidden
    before = await unit.find(ImportJob, key, path=("importJob",))
    wanted = [action.value for action in RowAction if action in actions]
    if not wanted or not CONFIRMABLE.issuperset(actions):
        raise NothingToConfirm(path=("actions",))
    if before.state != ImportState.WAITING:
        raise ImportNotWaiting(path=("importJob",))
    if await _batch_state(unit, before) != BatchState.WAITING:
        raise ImportSuperseded(path=("importJob",))
    principal, grant = file_policy.actor(unit.scope)
    with translating(CONSTRAINTS):
        after = await unit.change(
            before,
            expected=expected,
            state=ImportState.QUEUED.value,
            actions=wanted,
            principal_id=principal,
            grant_id=grant,
            finished_at=None,
        )
    told: dict[str, Any] = {"actions": (before.actions, wanted), "state": (before.state, after.state)}
    await record(
        unit,
        events.ImportConfirmed(object_id=key, village_id=after.village_id, version=after.version, changes=told),
    )
    await ask(unit, KIND, key)
    return after


async def settle(
    unit: Unit,
    job: ImportJob,
    state: ImportState,
    *,
    problem: str | None = None,
    returned: UUID | None = None,
    told: Mapping[str, int] | None = None,
    figures: Sequence[Mapping[str, Any]] = (),
    problems: Sequence[Mapping[str, Any]] = (),
) -> None:
    """What became of it, in place of what a try before has told."""
    before = await unit.find(ImportJob, job.id)
    if before.state not in _UNSETTLED:
        return  # somebody has given it up meanwhile
    after = await unit.change(
        before,
        state=state.value,
        problem=problem,
        returned_id=returned,
        finished_at=unit.now.instant,
        **(told or {}),
    )
    for into in (_FIGURE, _PROBLEM):
        await unit.rows(delete(into).where(into.c.tenant_id == unit.tenant.id, into.c.job_id == job.id))
    own: dict[str, Any] = {
        "tenant_id": unit.tenant.id,
        "job_id": job.id,
        "village_id": job.village_id,
        "created_at": unit.now.instant,
        "updated_at": unit.now.instant,
    }
    await unit.add_all([ImportFigure(**own, **each) for each in figures])
    await unit.add_all([ImportProblem(**own, **each) for each in problems[:MOST_PROBLEMS]])
    await _tell_settled(unit, before, after)


async def give_up(worker: Connection, tenant: int, job: UUID, reason: str, now: datetime) -> None:
    """The worker tries no more. What was written of it stays, and the next import into the village goes on from it."""
    async with acting(worker, await tenant_of(worker, tenant), Now(now)) as unit:
        before = await unit.first(unit.own(ImportJob, job).with_for_update(), ImportJob)
        if before is not None and before.state in _UNSETTLED:
            after = await unit.change(before, state=ImportState.FAILED.value, problem=reason, finished_at=now)
            await _tell_settled(unit, before, after)


async def take_up(worker: Connection, tenant: int, job: UUID, now: datetime) -> None:
    """What was given up is to be tried again; ImportRunning where another import of the village is under way."""
    async with acting(worker, await tenant_of(worker, tenant), Now(now)) as unit:
        before = await unit.first(unit.own(ImportJob, job).with_for_update(), ImportJob)
        if before is None or before.state != ImportState.FAILED:
            return
        with translating(CONSTRAINTS):
            after = await unit.change(before, state=ImportState.QUEUED.value, problem=None, finished_at=None)
        await _tell_settled(unit, before, after)


async def _tell_settled(unit: Unit, before: ImportJob, after: ImportJob) -> None:
    told: dict[str, Any] = {"state": (before.state, after.state), "problem": (before.problem, after.problem)}
    event = events.ImportSettled(object_id=after.id, village_id=after.village_id, version=after.version, changes=told)
    await record(unit, event)


async def _batch_state(unit: Unit, job: ImportJob) -> str | None:
    found = await unit.value(
        select(_BATCH.c.state).where(_BATCH.c.tenant_id == unit.tenant.id, _BATCH.c.id == job.batch_id)
    )
    return None if found is None else str(found)
