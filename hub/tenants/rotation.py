"""Rotating the keys that columns are sealed under, while the hub serves.

A new version is added to the key file and used for writing a minute later, when every process has read the file. Then
every value of an older version is made anew, a few hundred rows per transaction, one tenant at a time. Nothing is
noted down on the way: what is left to do is what still begins with an old version's number, so a walk that was killed
is simply started again. Values of all versions can be read and found throughout; an old version is retired when
nothing is left under it.

The columns are known by their names: `…_sealed` (or `sealed`) is ciphertext, `…_bidx` its blind index, both of the
value before the suffix, and `subject_key.wrapped` is a person's journal key. The cipher names a row by its `id`, in a
table without one by the manifest's subject column.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Integer, LargeBinary, Table, Uuid, bindparam, case, func, literal, null, select, update
from sqlalchemy.sql.elements import ColumnElement

from hub.journal.model import SubjectKey
from hub.journal.worker import inside
from hub.kernel import keyring
from hub.kernel.clock import Clock
from hub.kernel.errors import Conflict, Faulty
from hub.kernel.keyring import KeyRing, KeyState, KeyStatus, Purpose, Undecipherable
from hub.store import sql
from hub.store.base import MANIFEST, metadata, table
from hub.store.pools import Connection
from hub.tenants import keyfile
from hub.tenants.model import Tenant

BATCH = 500
DELAY = timedelta(seconds=60)  # many times what a running process takes to notice a new key file
GRACE = timedelta(minutes=10)  # longer than any request, from the new version's first use to retiring an old one
PURPOSES = (Purpose.DATA, Purpose.INDEX, Purpose.JOURNAL)

_SEALED, _BLIND = "sealed", "bidx"
_FIRST = UUID(int=0)
_PASSES = 20
_PAUSE = 0.25  # seconds between passes over rows that somebody else had locked
_PATIENCE = 120  # looks, each after a pause, at transactions that began before an old version is retired

_TENANT = bindparam("tenant", type_=Integer)
_ALL_TENANTS = sql.prepare(select(table(Tenant).c.id).order_by(table(Tenant).c.id))


class TooSoon(Conflict):
    """Version {version} of the {purpose} key was in use until a moment ago."""

    code = "KEY_TOO_FRESH"
    hint = "Wait until {until} (UTC) and retire it then: work that began under it may still be under way."


class WorkUnderWay(Conflict):
    """Something has been writing to the database for a long time and may still use the old key."""

    code = "WORK_UNDER_WAY"
    hint = "Wait for the running import or other long work to end, then retire the version again."


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose values depend on a key. `row` names the row for the cipher, `source` what an index is made of."""

    purpose: Purpose
    table: Table
    name: str
    row: str
    source: str | None = None

    @property
    def value(self) -> str:
        """The name under which its values are sealed or blinded."""
        return self.name.removesuffix(f"_{_SEALED}").removesuffix(f"_{_BLIND}")

    def __str__(self) -> str:
        return f"{self.table.name}.{self.name}"


@dataclass(slots=True)
class Walked:
    """What a walk did. A person decides about rows that would double another's index, and those that do not open."""

    changed: int = 0
    clashing: dict[str, list[UUID]] = field(default_factory=dict)
    unreadable: dict[str, list[UUID]] = field(default_factory=dict)

    def left(self) -> int:
        """How many rows the walk could not do."""
        return sum(map(len, self.clashing.values())) + sum(map(len, self.unreadable.values()))


Counted = Counter[tuple[Purpose, int]]
Progress = Callable[[Column, int], None]


def columns() -> tuple[Column, ...]:
    """Every column whose values depend on a key, by table. The shelf must have been imported."""
    return tuple(
        found for each in sorted(metadata.tables) if each in MANIFEST for found in _columns(metadata.tables[each])
    )


async def status(worker: Connection, ring: KeyRing) -> tuple[KeyStatus, ...]:
    """Each version of each key with the number of values under it. Reads every row."""
    return keyring.status(ring, await count(worker), counted=PURPOSES)


async def count(worker: Connection) -> Counted:
    """How many values there are of each purpose and version; version 0 stands for bytes that are no such value."""
    found: Counted = Counter()
    prepared = [(column, _counting(column)) for column in columns()]
    for tenant in await _tenants(worker):
        async with inside(worker, tenant):
            for column, statement in prepared:
                rows = await worker.fetch(statement.text, *statement.arguments({"tenant": tenant}))
                found.update({(column.purpose, row["number"]): row["found"] for row in rows})
    return found


async def rotate(
    worker: Connection,
    path: Path,
    *,
    clock: Clock,
    purposes: Sequence[Purpose] = PURPOSES,
    after: timedelta = DELAY,
    anew: bool = False,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> Walked:
    """Finish the rotation that is under way, or begin one and finish it, as the worker.

    Waits `after` before the first row is touched. May be killed and run again. `anew` begins a new version even where
    an earlier rotation left something: after a key has become known to others.
    """
    ring = keyfile.load(path, now=clock().instant)
    found: Counted = Counter() if anew else await count(worker)
    fresh = [purpose for purpose in purposes if not _under_way(ring, found, purpose)]
    if fresh:
        now = clock().instant
        ring = keyfile.update(path, lambda held: _with_new(held, fresh, now=now, after=after), now=now)
    await until_active(ring, purposes, clock)
    return await walk(worker, ring.at(clock().instant), purposes=purposes, batch=batch, progress=progress)


async def walk(
    worker: Connection,
    ring: KeyRing,
    *,
    purposes: Sequence[Purpose] = PURPOSES,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> Walked:
    """Make every value anew that is not under the current version of its key. Rows in use are come back to."""
    done = Walked()
    chosen = [column for column in columns() if column.purpose in purposes]
    tenants = await _tenants(worker)
    for _ in range(_PASSES):
        done.clashing, done.unreadable = {}, {}
        for tenant in tenants:
            for column in chosen:
                await _column(worker, ring, tenant, column, batch, done, progress or _silent)
        if await _stale(worker, ring, purposes) <= done.left():
            break
        await asyncio.sleep(_PAUSE)
    return done


async def retire(
    worker: Connection, path: Path, purpose: Purpose, number: int, *, clock: Clock, grace: timedelta = GRACE
) -> KeyRing:
    """Take a version out of the key file for good. KeyInUse, TooSoon or WorkUnderWay where that could lose values."""
    ring = keyfile.load(path, now=clock().instant)
    current = next(v for v in ring.versions if (v.purpose, v.number) == (purpose, ring.current(purpose)))
    if ring.state(purpose, number) is KeyState.OLD and clock().instant < current.active_from + grace:
        until = (current.active_from + grace).strftime("%H:%M:%S")
        raise TooSoon(purpose=purpose.value, version=number, until=until)
    await settled(worker)
    remaining = (await count(worker))[purpose, number]
    now = clock().instant
    return keyfile.update(path, lambda held: held.retired(purpose, number, remaining=remaining, now=now), now=now)


async def unreadable(worker: Connection, ring: KeyRing, *, sample: int = 20) -> dict[str, int]:
    """Columns with values that this ring does not open, and how many of a sample per tenant and version."""
    found: Counter[str] = Counter()
    for tenant in await _tenants(worker):
        async with inside(worker, tenant):
            for column in columns():
                if column.purpose is not Purpose.INDEX:
                    found[str(column)] += await _unreadable(worker, ring, tenant, column, sample)
    return {name: number for name, number in found.items() if number}


# The columns


def _columns(each: Table) -> Iterator[Column]:
    names = [column.name for column in each.c if isinstance(column.type, LargeBinary)]
    row = "id" if "id" in each.c else str(MANIFEST[each.name].subject)
    for name in names:
        if name == _SEALED or name.endswith(f"_{_SEALED}"):
            yield Column(Purpose.DATA, each, name, row)
        if name.endswith(f"_{_BLIND}"):
            source = name.removesuffix(_BLIND) + _SEALED
            if source not in names:
                raise Faulty(problem=f"{each.name}.{name} has no {source} to be made of")
            yield Column(Purpose.INDEX, each, name, row, source)
    if each is table(SubjectKey):
        yield Column(Purpose.JOURNAL, each, "wrapped", row)


def _version(column: Column) -> ColumnElement[int]:
    """The version that a value begins with; 0 where it is too short to have one."""
    value = column.table.c[column.name]
    first = 0 if column.purpose is Purpose.INDEX else 1  # a sealed value has its format before
    number = func.get_byte(value, first) * 256 + func.get_byte(value, first + 1)
    return case((func.octet_length(value) > first + 1, number), else_=literal(0, Integer))


def _counting(column: Column) -> sql.Statement:
    number = _version(column)
    return sql.prepare(
        select(number.label("number"), func.count().label("found"))
        .where(column.table.c.tenant_id == _TENANT, column.table.c[column.name].is_not(None))
        .group_by(number)
    )


def _finding(column: Column) -> sql.Statement:
    """The next stale rows behind a row, locked; what others have locked is left for another pass."""
    own = column.table.c
    source = own[column.source] if column.source else null()
    return sql.prepare(
        select(own[column.row].label("row"), own[column.name].label("value"), source.label("source"))
        .where(
            own.tenant_id == _TENANT,
            own[column.row] > bindparam("after", type_=Uuid()),
            own[column.name].is_not(None),
            _version(column) != bindparam("current", type_=Integer),
        )
        .order_by(own[column.row])
        .limit(bindparam("size", type_=Integer))
        .with_for_update(skip_locked=True)
    )


_GIVEN = {"rows": Uuid, "olds": LargeBinary, "fresh": LargeBinary}


def _writing(column: Column) -> sql.Statement:
    given = (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _GIVEN.items()))
        .table_valued("row", "old", "fresh")
        .render_derived(name="given")
    )
    own = column.table.c
    return sql.prepare(
        update(column.table)
        .where(own.tenant_id == _TENANT, own[column.row] == given.c.row, own[column.name] == given.c.old)
        .values({column.name: given.c.fresh})
        .returning(literal(1))
    )


# The walk

_Change = tuple[UUID, bytes, bytes]  # row, old value, fresh value


async def _column(
    worker: Connection, ring: KeyRing, tenant: int, column: Column, batch: int, done: Walked, progress: Progress
) -> None:
    """Walk one column of one tenant by row id, a batch per transaction."""
    finding, writing, after = _finding(column), _writing(column), _FIRST
    while True:
        values = {"tenant": tenant, "after": after, "current": ring.current(column.purpose), "size": batch}
        async with inside(worker, tenant):
            rows = await worker.fetch(finding.text, *finding.arguments(values))
            fresh = _anew(ring, tenant, column, rows, done)
            changed = await _write(worker, writing, tenant, column, fresh, done)
        if not rows:
            return
        after = UUID(str(rows[-1]["row"]))
        done.changed += changed
        progress(column, changed)


def _anew(ring: KeyRing, tenant: int, column: Column, rows: Iterable[asyncpg.Record], done: Walked) -> list[_Change]:
    fresh: list[_Change] = []
    for row in rows:
        key = UUID(str(row["row"]))
        try:
            fresh.append((key, row["value"], _value(ring, tenant, column, key, row)))
        except Undecipherable:
            done.unreadable.setdefault(str(column), []).append(key)
    return fresh


def _value(ring: KeyRing, tenant: int, column: Column, key: UUID, row: asyncpg.Record) -> bytes:
    name = column.table.name
    if column.purpose is Purpose.JOURNAL:
        return ring.wrap(ring.unwrap(row["value"], tenant=tenant, person=key), tenant=tenant, person=key)
    sealed: bytes | None = row["value"] if column.source is None else row["source"]
    if sealed is None:
        raise Undecipherable
    plain = ring.open(sealed, tenant=tenant, table=name, column=column.value, row=key)
    if column.purpose is Purpose.INDEX:
        return ring.blind(plain.decode(), tenant=tenant, kind=column.value)
    return ring.seal(plain, tenant=tenant, table=name, column=column.value, row=key)


async def _write(
    worker: Connection, writing: sql.Statement, tenant: int, column: Column, fresh: list[_Change], done: Walked
) -> int:
    """Write a batch; where that would double an index, row by row, so that only the doubles are left."""
    if not fresh:
        return 0
    try:
        return await _update(worker, writing, tenant, column, fresh)
    except asyncpg.UniqueViolationError:
        pass
    changed = 0
    for change in fresh:
        try:
            changed += await _update(worker, writing, tenant, column, [change])
        except asyncpg.UniqueViolationError:
            done.clashing.setdefault(str(column), []).append(change[0])
    return changed


async def _update(worker: Connection, writing: sql.Statement, tenant: int, column: Column, fresh: list[_Change]) -> int:
    values = {"tenant": tenant, **{name: [change[i] for change in fresh] for i, name in enumerate(_GIVEN)}}
    async with worker.transaction():
        touched = len(await worker.fetch(writing.text, *writing.arguments(values)))
        if touched != len(fresh):
            raise Faulty(problem=f"the worker could change {touched} of {len(fresh)} rows of {column}")
    return touched


async def _stale(worker: Connection, ring: KeyRing, purposes: Iterable[Purpose]) -> int:
    found = await count(worker)
    return sum(found[purpose, number] for purpose, number in found if _old(ring, purpose, number, purposes))


def _old(ring: KeyRing, purpose: Purpose, number: int, purposes: Iterable[Purpose]) -> bool:
    return purpose in purposes and number != ring.current(purpose)


# Versions


def _under_way(ring: KeyRing, found: Mapping[tuple[Purpose, int], int], purpose: Purpose) -> bool:
    """Whether a rotation was begun and not finished: a version waits, or values of others are left."""
    pending = any(ring.state(purpose, number) is KeyState.PENDING for number in ring.live(purpose))
    return pending or any(_old(ring, each, number, (purpose,)) for (each, number), left in found.items() if left)


def _with_new(ring: KeyRing, purposes: Iterable[Purpose], *, now: datetime, after: timedelta) -> KeyRing:
    for purpose in purposes:
        ring = ring.rotated(purpose, now=now, after=after)
    return ring


async def until_active(ring: KeyRing, purposes: Iterable[Purpose], clock: Clock) -> None:
    """Wait until the newest versions write."""
    chosen = frozenset(purposes)
    last = max(version.active_from for version in ring.versions if version.purpose in chosen)
    wait = (last - clock().instant).total_seconds()
    if wait > 0:
        await asyncio.sleep(wait)


# Transactions of this database, also those that have written nothing yet: what they will write may be sealed already.
# Dumps write nothing; autovacuum has no user.
_OPEN = """
select l.virtualtransaction from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'virtualxid' and l.granted and a.datname = current_database()
  and a.pid <> pg_backend_pid() and a.usename <> 'hub_backup'
"""


async def settled(worker: Connection) -> None:
    """Wait until every transaction that is open now has ended: its rows must be seen when we count."""
    waiting = await _open(worker)
    for _ in range(_PATIENCE):
        if not waiting:
            return
        await asyncio.sleep(_PAUSE)
        waiting &= await _open(worker)
    raise WorkUnderWay


async def _open(worker: Connection) -> set[str]:
    return {row["virtualtransaction"] for row in await worker.fetch(_OPEN)}


# Small helpers


async def _tenants(worker: Connection) -> list[int]:
    return [row["id"] for row in await worker.fetch(_ALL_TENANTS.text, *_ALL_TENANTS.arguments())]


async def _unreadable(worker: Connection, ring: KeyRing, tenant: int, column: Column, sample: int) -> int:
    """How many of a few values of each version do not open."""
    own, number = column.table.c, _version(column)
    ranked = (
        select(
            own[column.row].label("row"),
            own[column.name].label("value"),
            func.row_number().over(partition_by=number, order_by=own[column.row]).label("turn"),
        )
        .where(own.tenant_id == _TENANT, own[column.name].is_not(None))
        .subquery()
    )
    statement = sql.prepare(select(ranked.c.row, ranked.c.value).where(ranked.c.turn <= sample))
    rows = await worker.fetch(statement.text, *statement.arguments({"tenant": tenant}))
    return sum(not _opens(ring, tenant, column, row) for row in rows)


def _opens(ring: KeyRing, tenant: int, column: Column, row: asyncpg.Record) -> bool:
    try:
        _value(ring, tenant, column, UUID(str(row["row"])), row)
    except Undecipherable:
        return False
    return True


def _silent(column: Column, changed: int) -> None:
    """Nobody is looking."""
