"""Carrying out an import that was asked for in the graph, as a job of the worker.

It runs in a thread with a loop and connections of its own: judging thousands of rows must not keep requests waiting.
Again and again gives the same: what an earlier try has left is written first, and what it has written is equal then.
"""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from hub.domains.files import uploading
from hub.domains.files.blobs import Blobs
from hub.domains.files.model import FileKind, StoredFile
from hub.domains.imports import jobs
from hub.domains.imports.errors import ImportOvertaken, ImportRunning
from hub.domains.imports.model import ImportJob, ImportState, RowAction
from hub.domains.villages.model import Village
from hub.integrations.opensid.importing import import_file
from hub.integrations.opensid.report import Progress, Report, Step
from hub.jobs.running import GivenBack, Task
from hub.journal.worker import inside
from hub.kernel.clock import Clock
from hub.kernel.errors import HubError, Unauthenticated
from hub.kernel.keyring import KeyRing
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Scope
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection, Pool, PoolOptions, open_pool
from hub.store.unit import available, built, writing
from hub.tenants.grants import scope_again

RETURNED = "hasil.xlsx"
_PASSING = (ImportRunning, ImportOvertaken)  # another import is at it: try later
_UNSETTLED = (ImportState.QUEUED, ImportState.RUNNING)


@dataclass(frozen=True, slots=True)
class Importer:
    """What imports are carried out with."""

    api: str  # addresses of the roles' logins
    worker: str
    named_statements: bool
    keys: Callable[[], KeyRing]
    clock: Clock
    blobs: Blobs

    async def carry_out(self, task: Task) -> None:
        """One import, in a thread."""
        await asyncio.to_thread(lambda: asyncio.run(self._work(task)))

    async def _work(self, task: Task) -> None:
        with available():
            worker = await asyncpg.connect(self.worker)
        try:
            job = await _job(worker, task)
            if job is None or job.state not in _UNSETTLED:
                return
            scope = await self._scope(worker, task, job)
        finally:
            await worker.close()
        if scope is None:
            return
        pool = await open_pool(self.api, PoolOptions(3, 0, self.named_statements))
        try:
            await self._import(pool, scope, task, job)
        finally:
            await pool.close()

    async def _scope(self, worker: Connection, task: Task, job: ImportJob) -> Scope | None:
        """That of the grant that asked, as it is now; without it nothing is read."""
        now = self.clock()
        try:
            return await scope_again(
                worker, task.tenant, job.grant_id, now, request_id=f"job {task.job}", lang=job.lang
            )
        except Unauthenticated as refusal:
            async with inside(worker, task.tenant):
                await jobs.give_up(worker, task.tenant, job.id, refusal.code, now.instant)
            return None

    async def _import(self, pool: Pool, scope: Scope, task: Task, job: ImportJob) -> None:
        with tempfile.TemporaryDirectory(prefix="hub-import-") as folder:
            sent, back = Path(folder) / "berkas.xlsx", Path(folder) / RETURNED
            try:
                code, file = await self._fetched(pool, scope, job, sent)
                report = await import_file(
                    pool,
                    scope,
                    self.keys(),
                    self.clock,
                    sent,
                    village=code,
                    handed_back=back,
                    progress=_listening(task),
                    apply=frozenset(RowAction[each] for each in job.actions),
                    job=job.id,
                    held=job.dry_run,
                )
            except HubError as refusal:
                if refusal.status >= HubError.status or isinstance(refusal, _PASSING):
                    raise
                async with writing(pool, scope, self.clock()) as unit:
                    await jobs.settle(unit, job, ImportState.REFUSED, problem=refusal.code)
                return
            await self._settle(pool, scope, job, file, report)

    async def _fetched(self, pool: Pool, scope: Scope, job: ImportJob, into: Path) -> tuple[RegionCode, StoredFile]:
        """The village's code and the uploaded file, its content on the disk for as long as it is needed."""
        async with writing(pool, scope, self.clock()) as unit:
            village = await unit.see(Village, job.village_id)
            file = await unit.see(StoredFile, job.file_id)
        secret = uploading.content_key(self.keys(), file)
        with into.open("wb") as written:
            for piece in self.blobs.read(file.tenant_id, file.digest or b"", secret):
                written.write(piece)
        return RegionCode(village.code), file

    async def _settle(self, pool: Pool, scope: Scope, job: ImportJob, file: StoredFile, report: Report) -> None:
        state = ImportState.WAITING if report.waiting.total() else ImportState.DONE
        async with writing(pool, scope, self.clock()) as unit:
            returned: StoredFile | None = None
            if report.handed_back is not None:
                returned = await uploading.keep_made(
                    unit,
                    self.keys(),
                    self.blobs,
                    name=f"{Path(file.name).stem}-{RETURNED}",
                    kind=FileKind.XLSX,
                    content=report.handed_back.read_bytes(),
                    village=file.village_id,
                )
            await jobs.settle(
                unit,
                job,
                state,
                returned=returned.id if returned else None,
                told={"rows": report.rows, "resumed": report.resumed, "warned": report.counts["WARNED"]},
                figures=_figures(report),
                problems=_problems(report),
            )


async def _job(worker: Connection, task: Task) -> ImportJob | None:
    own = table(ImportJob)
    prepared = sql.prepare(own.select().where(own.c.tenant_id == task.tenant, own.c.id == task.about))
    async with inside(worker, task.tenant):
        row = await worker.fetchrow(prepared.text, *prepared.arguments())
    return None if row is None else built(ImportJob, dict(row))


def _listening(task: Task) -> Callable[[Progress], None]:
    """Leaves where an import can be begun again: before a chunk is judged, between two transactions."""

    def tell(progress: Progress) -> None:
        if task.leave.is_set() and progress.step is not Step.HANDING_BACK:
            raise GivenBack

    return tell


def _figures(report: Report) -> list[dict[str, Any]]:
    """Of every kind of row, in the order of the words."""
    return [
        {
            "action": action.value,
            "found": report.counts[action.value],
            "written": report.applied[action.value],
            "waiting": report.waiting[action.value],
        }
        for action in RowAction
    ]


def _problems(report: Report) -> Sequence[dict[str, Any]]:
    return [
        {
            "position": position,
            "sheet": each.sheet,
            "row_number": each.row,
            "heading": each.column,
            "code": each.problem.code.value,
            "shown": each.value,
            "reason": each.reason(),
            "remedy": each.remedy(),
        }
        for position, each in enumerate(report.refusals[: jobs.MOST_PROBLEMS])
    ]
