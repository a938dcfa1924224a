"""Giving committed entries their one gapless order per tenant, chained by hashes.

Nothing is skipped: an entry is queued by the statement that inserts it, so both become visible at the same commit, be
it early or late, and it leaves the queue only in the transaction that seals it. No place is given twice: the row of
`chain_head` admits one sealer per tenant, and the keys of `journal_change` refuse a second. A crash rolls a batch back
as a whole; the next run seals the same entries behind the same head.

The order: entries of one transaction keep theirs (their ids rise and they become visible together, and a batch takes
the lowest first). A transaction that began after another had committed comes after it, as far as the clocks of the
hosts that made the ids agree.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from sqlalchemy import ARRAY, BigInteger, Integer, LargeBinary, Uuid, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hub.journal.chain import COVERED, GENESIS, link
from hub.journal.model import ChainHead, Change, JournalEntry, Pending
from hub.journal.worker import inside
from hub.kernel.clock import Clock, system_clock
from hub.kernel.errors import Unavailable
from hub.kernel.scope import Reader
from hub.store import sql
from hub.store.base import MOMENT, table
from hub.store.pools import Connection, Pools
from hub.store.unit import connected

BATCH = 500
PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)

_ENTRY, _PENDING, _CHANGE, _HEAD = table(JournalEntry), table(Pending), table(Change), table(ChainHead)
_TENANT = bindparam("tenant", type_=Integer)
_GIVEN = {"seq", "entry_id", "sealed_at", "hash"}
COPIED = tuple(column.name for column in _CHANGE.c if column.name not in _GIVEN)


def _placing() -> sql.Statement:
    """Copy entries into the order, each with its given place and hash."""
    given = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid)),
            bindparam("seqs", type_=ARRAY(BigInteger)),
            bindparam("hashes", type_=ARRAY(LargeBinary)),
        )
        .table_valued("id", "seq", "hash")
        .render_derived(name="given")
    )
    source = select(
        *(_ENTRY.c[name] for name in COPIED),
        given.c.seq,
        given.c.id,
        bindparam("now", type_=MOMENT),
        given.c.hash,
    ).join_from(given, _ENTRY, (_ENTRY.c.tenant_id == _TENANT) & (_ENTRY.c.id == given.c.id))
    return sql.prepare(insert(_CHANGE).from_select([*COPIED, "seq", "entry_id", "sealed_at", "hash"], source))


_WAITING = sql.prepare(select(_PENDING.c.tenant_id).distinct().order_by(_PENDING.c.tenant_id))
_LOCK = sql.prepare(
    select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.tenant_id == _TENANT).with_for_update(skip_locked=True)
)
_BEGIN = sql.prepare(
    upsert(_HEAD).values(tenant_id=_TENANT, seq=0, hash=GENESIS).on_conflict_do_nothing().returning(_HEAD.c.seq)
)
_FIRST = (
    select(_PENDING.c.entry_id)
    .where(_PENDING.c.tenant_id == _TENANT)
    .order_by(_PENDING.c.entry_id)
    .limit(bindparam("size", type_=Integer))
    .subquery("first")
)
_NEXT = sql.prepare(
    select(*(_ENTRY.c[name] for name in COVERED))
    .join_from(_FIRST, _ENTRY, (_ENTRY.c.tenant_id == _TENANT) & (_ENTRY.c.id == _FIRST.c.entry_id))
    .order_by(_FIRST.c.entry_id)
)
_PLACE = _placing()
_DEQUEUE = sql.prepare(
    delete(_PENDING).where(
        _PENDING.c.tenant_id == _TENANT, _PENDING.c.entry_id == func.any(bindparam("ids", type_=ARRAY(Uuid)))
    )
)
_ADVANCE = sql.prepare(
    update(_HEAD)
    .where(_HEAD.c.tenant_id == _TENANT)
    .values(seq=bindparam("last", type_=BigInteger), hash=bindparam("hash", type_=LargeBinary))
)


async def waiting(connection: Connection) -> list[int]:
    """The tenants that have unsealed entries. The queue is the one table the worker reads across tenants."""
    return [row["tenant_id"] for row in await connection.fetch(_WAITING.text)]


async def seal(connection: Connection, tenant: int, *, now: datetime, batch: int = BATCH) -> int:
    """Seal up to `batch` entries of a tenant in one transaction; how many. 0 too while another sealer is at it."""
    async with inside(connection, tenant):
        head = await _lock(connection, tenant)
        if head is None:
            return 0
        entries = await connection.fetch(_NEXT.text, *_NEXT.arguments({"tenant": tenant, "size": batch}))
        if not entries:
            return 0
        first, ids = head["seq"] + 1, [entry["id"] for entry in entries]
        hashes = _hashes(head["hash"], entries)

        seqs = list(range(first, first + len(ids)))
        placed = {"tenant": tenant, "ids": ids, "seqs": seqs, "hashes": hashes, "now": now}
        await connection.execute(_PLACE.text, *_PLACE.arguments(placed))
        await connection.execute(_DEQUEUE.text, *_DEQUEUE.arguments({"tenant": tenant, "ids": ids}))
        moved = {"tenant": tenant, "last": seqs[-1], "hash": hashes[-1]}
        await connection.execute(_ADVANCE.text, *_ADVANCE.arguments(moved))
        return len(ids)


async def run(
    pools: Pools,
    *,
    stop: asyncio.Event,
    wake: asyncio.Event,
    clock: Clock = system_clock,
    sealed: Callable[[int], None] = lambda _tenant: None,
) -> None:
    """Seal until `stop`, at each `wake` and at least every second; `sealed(tenant)` after each batch.

    Set `wake` after setting `stop`, or it ends within a second. A lost database or a faulty tenant is logged and
    tried again; it never ends the loop nor holds up the other tenants.
    """
    while not stop.is_set():
        wake.clear()  # before looking: a wake that comes while sealing leads to one more look
        if not await _round(pools, clock, sealed):
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), PAUSE_SECONDS)


async def _round(pools: Pools, clock: Clock, sealed: Callable[[int], None]) -> bool:
    """One batch for each waiting tenant, so that an import in one delays no other; whether any was sealed."""
    found = 0
    try:
        async with connected(pools.of(Reader.WORKER)) as connection:
            for tenant in await waiting(connection):
                if await _seal_or_log(connection, tenant, clock):
                    sealed(tenant)
                    found += 1
    except Unavailable:
        log.warning("sealer.unavailable")
        return False
    except Exception as error:  # noqa: BLE001  # a dead sealer would stop every feed; the lag shows what is wrong
        log.error("sealer.failed", error=type(error).__name__)
        return False
    return found > 0


async def _seal_or_log(connection: Connection, tenant: int, clock: Clock) -> int:
    try:
        return await seal(connection, tenant, now=clock().instant)
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise
        log.error("sealer.tenant_failed", tenant=tenant, error=type(error).__name__)
        return 0


async def _lock(connection: Connection, tenant: int) -> Any:
    """The head, locked until the transaction ends; None while another sealer holds it."""
    values = {"tenant": tenant}
    head = await connection.fetchrow(_LOCK.text, *_LOCK.arguments(values))
    if head is not None:
        return head
    # Either it is locked, and this inserts nothing, or the tenant is new.
    begun = await connection.fetchrow(_BEGIN.text, *_BEGIN.arguments(values))
    return None if begun is None else {"seq": 0, "hash": GENESIS}


def _hashes(previous: bytes, entries: Sequence[asyncpg.Record]) -> list[bytes]:
    found = []
    for entry in entries:
        previous = link(previous, entry)
        found.append(previous)
    return found
