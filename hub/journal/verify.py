"""Computing a tenant's chain again, and holding it against what was signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import asyncpg
from sqlalchemy import BigInteger, Integer, bindparam, func, select

from hub.journal import epoch
from hub.journal.anchor import Anchored, Signer
from hub.journal.chain import COVERED, GENESIS, link
from hub.journal.model import ChainHead, Change, JournalEntry, Pending
from hub.journal.sealer import COPIED
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection

STEP = 2_000

_ENTRY, _PENDING, _CHANGE, _HEAD = table(JournalEntry), table(Pending), table(Change), table(ChainHead)
_TENANT = bindparam("tenant", type_=Integer)
_READ = sql.prepare(
    select(
        _CHANGE.c.seq,
        _CHANGE.c.hash,
        *(_ENTRY.c[name] for name in COVERED),
        *(_CHANGE.c[name].label(f"told_{name}") for name in COPIED),
    )
    .join_from(
        _CHANGE,
        _ENTRY,
        (_ENTRY.c.tenant_id == _TENANT) & (_ENTRY.c.id == _CHANGE.c.entry_id),
        isouter=True,
    )
    .where(_CHANGE.c.tenant_id == _TENANT, _CHANGE.c.seq > bindparam("after", type_=BigInteger))
    .order_by(_CHANGE.c.seq)
    .limit(bindparam("size", type_=Integer))
)
_FIND_HEAD = sql.prepare(select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.tenant_id == _TENANT))
_STRANDED = sql.prepare(
    select(func.count())
    .select_from(_ENTRY)
    .where(
        _ENTRY.c.tenant_id == _TENANT,
        ~select(_CHANGE.c.seq).where(_CHANGE.c.tenant_id == _TENANT, _CHANGE.c.entry_id == _ENTRY.c.id).exists(),
        ~select(_PENDING.c.entry_id)
        .where(_PENDING.c.tenant_id == _TENANT, _PENDING.c.entry_id == _ENTRY.c.id)
        .exists(),
    )
)


class Fault(StrEnum):
    """What is wrong with a chain, at its first bad place."""

    MISSING = "MISSING"  # a place, or the entry behind it, is gone
    ALTERED = "ALTERED"  # an entry, its order or its hash is not what was sealed
    RETOLD = "RETOLD"  # the feed tells something else than the entry says
    HEAD = "HEAD"  # the chain ends elsewhere than its head says
    ANCHOR = "ANCHOR"  # a signed head contradicts the chain: it was rewritten or cut
    FORGED = "FORGED"  # an anchor whose signature is not ours
    STRANDED = "STRANDED"  # entries that are neither sealed nor waiting


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a verification. `seq` is the first bad place, None where no place is to blame."""

    tenant: int
    checked: int
    fault: Fault | None = None
    seq: int | None = None
    superseded: int = 0  # anchors of an earlier epoch that a restore made obsolete: a person should know why

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.fault is None


async def verify(
    connection: Connection, tenant: int, *, anchors: Iterable[Anchored] = (), signer: Signer | None = None
) -> Verdict:
    """Compute a tenant's chain again from its entries, as the worker, in one snapshot; reads everything.

    `anchors` are the signed heads from outside (`anchor.anchors(folder, tenant)`), `signer` who made them.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("select set_config('hub.tenant', $1, true)", str(tenant))
        present = await epoch.read(connection)
        signed = list(anchors)
        forged = [held.seq for held in signed if signer is None or not signer.verifies(held.signature, held.message())]
        if forged:
            return Verdict(tenant, 0, Fault.FORGED, min(forged))
        wanted = {held.seq for held in signed}
        hashes: dict[int, bytes] = {0: GENESIS}

        last, bad = await _walk(connection, tenant, wanted, hashes)
        broken = [held for held in signed if hashes.get(held.seq) != held.hash]
        superseded = sum(held.epoch < present for held in broken)
        if bad is None:
            bad = _judged(await _head(connection, tenant), last, hashes[last], broken, present)
        if bad is None and await connection.fetchval(_STRANDED.text, *_STRANDED.arguments({"tenant": tenant})):
            bad = (Fault.STRANDED, None)
        fault, seq = bad or (None, None)
        return Verdict(tenant, last, fault, seq, superseded)


async def _walk(
    connection: Connection, tenant: int, wanted: set[int], hashes: dict[int, bytes]
) -> tuple[int, tuple[Fault, int | None] | None]:
    """The last good place, and what is wrong behind it; fills `hashes` with the wanted places and the last."""
    last, previous = 0, GENESIS
    while rows := await connection.fetch(_READ.text, *_READ.arguments({"tenant": tenant, "after": last, "size": STEP})):
        for row in rows:
            fault = _fault(row, expected=last + 1, previous=previous)
            if fault is not None:
                hashes[last] = previous
                return last, (fault, last + 1)
            last, previous = row["seq"], row["hash"]
            if last in wanted:
                hashes[last] = previous
    hashes[last] = previous
    return last, None


def _fault(row: asyncpg.Record, *, expected: int, previous: bytes) -> Fault | None:
    if row["seq"] != expected or row["id"] is None:
        return Fault.MISSING
    if link(previous, row) != row["hash"]:
        return Fault.ALTERED
    if any(row[name] != row[f"told_{name}"] for name in COPIED):
        return Fault.RETOLD
    return None


def _judged(
    head: tuple[int, bytes], last: int, final: bytes, broken: list[Anchored], present: int
) -> tuple[Fault, int | None] | None:
    """What head and anchors say against a chain that is whole in itself."""
    if head != (last, final):
        return Fault.HEAD, min(head[0], last) + 1
    contradicted = [held.seq for held in broken if held.epoch >= present]
    return (Fault.ANCHOR, min(contradicted)) if contradicted else None


async def _head(connection: Connection, tenant: int) -> tuple[int, bytes]:
    row = await connection.fetchrow(_FIND_HEAD.text, *_FIND_HEAD.arguments({"tenant": tenant}))
    return (row["seq"], row["hash"]) if row else (0, GENESIS)
