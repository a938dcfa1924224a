"""How a village's own sending goes, and the file of it that waits for a word.

One row per village, which every sending overwrites. A village hears what became of its file only when it asks
afterwards, so the last outcome is kept until it was told once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.domains.imports.model import SyncState, VillageSync, VillageSyncFile
from hub.domains.villages.model import Village
from hub.kernel.errors import NotFound
from hub.kernel.keyring import KeyRing
from hub.kernel.region_code import RegionCode
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Session, Unit

_SYNC, _FILE, _VILLAGE = table(VillageSync), table(VillageSyncFile), table(Village)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. `message` is what the village is told; `problem` the code of a refusal of the whole."""

    state: SyncState
    message: str
    problem: str | None = None
    rows: int = 0
    applied: int = 0
    waiting: int = 0
    refused: int = 0


async def code_of(session: Session, village: UUID) -> RegionCode:
    """The code of the village that a scope is bound to."""
    found = await session.value(
        select(_VILLAGE.c.code).where(_VILLAGE.c.tenant_id == _tenant(session), _VILLAGE.c.id == village)
    )
    if found is None:
        raise NotFound
    return RegionCode(found)


async def found(session: Session, village: UUID) -> sql.Row | None:
    """How the village's sending stands."""
    return await session.row(select(_SYNC).where(_SYNC.c.tenant_id == _tenant(session), _SYNC.c.id == village))


async def begin(unit: Unit, village: UUID) -> None:
    """A whole file has come. What an interrupted one leaves is this state, and the next file overwrites it."""
    await _put(unit, village, state=SyncState.RUNNING.value, received_at=unit.now.instant, told=False)


async def end(unit: Unit, village: UUID, outcome: Outcome) -> None:
    """What became of it."""
    await _put(
        unit,
        village,
        state=outcome.state.value,
        message=outcome.message,
        problem=outcome.problem,
        rows=outcome.rows,
        applied=outcome.applied,
        waiting=outcome.waiting,
        refused=outcome.refused,
    )


async def refuse(unit: Unit, village: UUID, outcome: Outcome) -> None:
    """A file was refused before it was whole: the figures of the last one stay, the village hears why."""
    values = {"state": outcome.state.value, "message": outcome.message, "problem": outcome.problem}
    await _put(unit, village, **values, told=False)


async def tell(unit: Unit, village: UUID, *, removals: int) -> sql.Row | None:
    """The outcome, marked as told, as it stood before; None where no file has come since it was told last."""
    before = await unit.row(
        select(_SYNC).where(_SYNC.c.tenant_id == unit.tenant.id, _SYNC.c.id == village).with_for_update()
    )
    running = before is not None and before["state"] == SyncState.RUNNING
    await _put(unit, village, removals=removals, told=not running)
    return None if before is None or before["told"] else before


async def identify(unit: Unit, village: UUID, *, website: str | None, term: str) -> None:
    """What the village tells of itself."""
    await _put(unit, village, website=website, term=term)


async def keep_file(unit: Unit, keys: KeyRing, village: UUID, workbook: bytes) -> None:
    """Keep the file for whoever confirms it, in place of an earlier one."""
    sealed = keys.seal(workbook, tenant=unit.tenant.id, table=_FILE.name, column="sealed", row=village)
    await _upsert(unit, _FILE, village, {"sealed": sealed})


async def drop_file(unit: Unit, village: UUID) -> None:
    """Nothing of it waits any more."""
    await unit.rows(delete(_FILE).where(_FILE.c.tenant_id == unit.tenant.id, _FILE.c.id == village))


async def kept_file(session: Session, keys: KeyRing, village: UUID) -> bytes | None:
    """The workbook that waits."""
    tenant = _tenant(session)
    sealed = await session.value(select(_FILE.c.sealed).where(_FILE.c.tenant_id == tenant, _FILE.c.id == village))
    if sealed is None:
        return None
    return keys.open(sealed, tenant=tenant, table=_FILE.name, column="sealed", row=village)


def _tenant(session: Session) -> int:
    return session.scope.tenant.id if session.scope.tenant else 0


async def _put(unit: Unit, village: UUID, **values: Any) -> None:
    await _upsert(unit, _SYNC, village, values)


async def _upsert(unit: Unit, into: Any, village: UUID, values: Mapping[str, Any]) -> None:
    now = unit.now.instant
    fresh = {
        **{name: column.default.arg for name, column in into.c.items() if column.default and column.default.is_scalar},
        "tenant_id": unit.tenant.id,
        "id": village,
        "village_id": village,
        "version": 1,
        "created_at": now,
        "updated_at": now,
        **values,
    }
    changed = {**values, "version": into.c.version + 1, "updated_at": now}
    await unit.rows(
        insert(into).values(**fresh).on_conflict_do_update(index_elements=["tenant_id", "id"], set_=changed)
    )
