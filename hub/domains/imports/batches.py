"""A batch from its beginning to its end, and the one import at a time that a village has.

Two things keep imports apart. A session lock, which ends with the process that holds it, however that dies, refuses
the second of two at once. And a staged row is taken out by the transaction that writes it, which the batch must still
wait for: nothing is written twice even if the lock is lost. Danger: a session lock needs a direct connection, not a
pooler's.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, literal, null, or_, select, update

from hub.domains.imports import policy, proposing
from hub.domains.imports.errors import ImportOvertaken, ImportRunning, VillageNotHere
from hub.domains.imports.model import BatchState, ImportBatch, ImportJob, ImportRow, ImportState
from hub.domains.villages.model import Village
from hub.domains.villages.standing import must_stand
from hub.kernel.errors import Forbidden
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Scope
from hub.store.base import MOMENT, table
from hub.store.constraints import translating
from hub.store.pools import Pool
from hub.store.unit import Session, Unit, built, connected

CONSTRAINTS = {"uq_import_batch_running": ImportRunning}
UNDOABLE = timedelta(days=7)
_TRIES, _PAUSE = 10, 0.2  # a killed process's lock goes when the server notices, within moments

_BATCH, _JOB, _ROW, _VILLAGE = table(ImportBatch), table(ImportJob), table(ImportRow), table(Village)


async def village_for(session: Session, code: RegionCode) -> UUID:
    """The village to import into; Forbidden, VillageNotHere or VillageEnded."""
    if not policy.may_import(session.scope):
        raise Forbidden
    found = await village_here(session, code)
    await must_stand(session, found)
    return found


async def village_here(session: Session, code: RegionCode) -> UUID:
    """The village with this code within the scope; VillageNotHere."""
    tenant = session.scope.tenant
    found: UUID | None = None
    if tenant is not None:
        found = await session.value(
            select(_VILLAGE.c.id).where(_VILLAGE.c.tenant_id == tenant.id, _VILLAGE.c.code == str(code))
        )
    if found is None or not policy.reaches(session.scope, found):
        raise VillageNotHere(code=str(code), kecamatan=tenant.code if tenant else str(code.parent))
    return found


@asynccontextmanager
async def alone(pool: Pool, scope: Scope, village: UUID) -> AsyncIterator[None]:
    """The village's only import while the block runs; ImportRunning where there is another.

    Holds a connection of the pool: it needs a second one for the work.
    """
    lock = _lock(scope, village)
    async with connected(pool) as connection:
        for _ in range(_TRIES):
            if await connection.fetchval("select pg_try_advisory_lock($1)", lock):
                break
            await asyncio.sleep(_PAUSE)
        else:
            raise ImportRunning
        try:
            yield
        finally:
            if not connection.is_closed():
                await connection.execute("select pg_advisory_unlock($1)", lock)


async def keep_alone(unit: Unit, village: UUID) -> None:
    """The same until the transaction ends; ImportRunning where an import has begun."""
    free = await unit.value(select(func.pg_try_advisory_xact_lock(_lock(unit.scope, village))))
    if not free or await unfinished(unit, village) is not None:
        raise ImportRunning


def _lock(scope: Scope, village: UUID) -> int:
    tenant = scope.tenant.id if scope.tenant else 0
    raw = hashlib.blake2b(f"import:{tenant}:{village}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


async def unfinished(session: Session, village: UUID) -> UUID | None:
    """The batch that was being applied when its process ended."""
    found = await session.row(_of(session, village).where(_BATCH.c.state == BatchState.APPLYING))
    return None if found is None else UUID(str(found["id"]))


async def begin(unit: Unit, village: UUID, *, sha256: bytes, job: UUID | None = None) -> UUID:
    """A new batch, of an import that was asked for; what earlier ones left unread or unconfirmed is dropped."""
    await _drop(unit, village)
    batch = ImportBatch(
        tenant_id=unit.tenant.id,
        village_id=village,
        file_sha256=sha256,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    with translating(CONSTRAINTS):
        await unit.add(batch)
    if job is not None:
        await unit.rows(
            update(_JOB)
            .where(_JOB.c.tenant_id == unit.tenant.id, _JOB.c.id == job)
            .values(batch_id=batch.id, state=ImportState.RUNNING.value, started_at=unit.now.instant)
        )
    return batch.id


async def start_applying(unit: Unit, batch: UUID, *, to_do: int, counts: Mapping[str, int]) -> None:
    """From here on a broken import is continued, not begun again."""
    state = BatchState.APPLYING.value
    await _move(unit, batch, BatchState.READING, state=state, to_do=to_do, counts=dict(sorted(counts.items())))


async def advance(unit: Unit, batch: UUID, *, written: int) -> None:
    """Move the resume mark; ImportOvertaken where the batch is no longer being applied, which undoes the group."""
    await _move(unit, batch, BatchState.APPLYING, done=_BATCH.c.done + written)


async def finish(unit: Unit, batch: UUID, *, waiting: bool) -> None:
    """All that was ordered is written. What was written can be undone from now on, for a while."""
    state = BatchState.WAITING if waiting else BatchState.DONE
    now = unit.now.instant
    until = case((_BATCH.c.done > 0, literal(now + UNDOABLE, MOMENT)), else_=null())
    await _move(unit, batch, BatchState.APPLYING, state=state.value, finished_at=now, undoable_until=until)


async def undone(unit: Unit, batch: ImportBatch) -> ImportBatch:
    """All of it was taken back; the caller has locked it. What it proposed was by the register of then."""
    await proposing.drop(unit, batch.id)
    rows = await unit.rows(
        update(_BATCH)
        .where(_BATCH.c.tenant_id == unit.tenant.id, _BATCH.c.id == batch.id)
        .values(
            version=_BATCH.c.version + 1,
            updated_at=unit.now.instant,
            state=BatchState.UNDONE.value,
            undone_at=unit.now.instant,
        )
        .returning(*_BATCH.c)
    )
    return built(ImportBatch, rows[0])


async def give_up(unit: Unit, batch: UUID, state: BatchState) -> None:
    """End a batch of which nothing was written, with everything it staged and proposed."""
    await proposing.drop(unit, batch)
    await _move(unit, batch, BatchState.READING, state=state.value, finished_at=unit.now.instant)
    await unit.rows(delete(_ROW).where(_ROW.c.tenant_id == unit.tenant.id, _ROW.c.batch_id == batch))


async def _move(unit: Unit, batch: UUID, present: BatchState, **values: object) -> None:
    moved = await unit.row(
        update(_BATCH)
        .where(_BATCH.c.tenant_id == unit.tenant.id, _BATCH.c.id == batch, _BATCH.c.state == present)
        .values(version=_BATCH.c.version + 1, updated_at=unit.now.instant, **values)
        .returning(_BATCH.c.id)
    )
    if moved is None:
        raise ImportOvertaken


async def _drop(unit: Unit, village: UUID) -> None:
    tenant, now = unit.tenant.id, unit.now.instant
    old = await unit.rows(
        _of(unit, village).where(or_(_BATCH.c.state == BatchState.READING, _BATCH.c.state == BatchState.WAITING))
    )
    for batch in old:
        if batch["state"] == BatchState.READING:
            await proposing.drop(unit, batch["id"])
        await unit.rows(delete(_ROW).where(_ROW.c.tenant_id == tenant, _ROW.c.batch_id == batch["id"]))
        ended: datetime = batch["finished_at"] or now
        await unit.rows(
            update(_BATCH)
            .where(_BATCH.c.tenant_id == tenant, _BATCH.c.id == batch["id"])
            .values(state=BatchState.ABANDONED.value, finished_at=ended, version=_BATCH.c.version + 1, updated_at=now)
        )


def _of(session: Session, village: UUID) -> Select[Any]:
    tenant = session.scope.tenant
    return select(_BATCH).where(_BATCH.c.tenant_id == (tenant.id if tenant else 0), _BATCH.c.village_id == village)
