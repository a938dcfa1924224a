"""Backups: one consistent snapshot of every table as one file, and putting it back into an empty database.

The file is a ZIP archive. `manifest.json` says format, migration revision, and of every table its columns, the number
of rows and the SHA-256 of its member; each member is what PostgreSQL's COPY writes in its text format. So a backup
does not depend on the server's version, on roles or on a dump program's: the tables are made by the migrations.
Keys are never in it. See docs/adr/0009-backup-restore-epoch.md.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import asyncpg

from hub.kernel.errors import Conflict, Faulty, HubError
from hub.store import migrate
from hub.store.base import MANIFEST, Kind
from hub.store.pools import SESSION, Connection

FORMAT = "hub-backup-1"
REVISIONS_TABLE = "alembic_version"

_MANIFEST = "manifest.json"
_MODE = 0o600
_CHUNK = 1 << 18
_COMPRESSION = 3  # most of a register is ciphertext; more effort gains nothing


class BackupExists(Conflict):
    """There is already a file {place}."""

    code = "BACKUP_EXISTS"
    hint = "Choose another name; a backup is never overwritten."


class NoBackup(HubError):
    """There is no backup {place} that can be read."""

    code = "NO_BACKUP"
    hint = "Check the name and whether you may read the file."
    status = 400


class BackupDamaged(HubError):
    """The backup {place} is damaged: {problem}"""

    code = "BACKUP_DAMAGED"
    hint = "Nothing was changed. Take an older backup, or another copy of this one."
    status = 400


class BackupNewer(Conflict):
    """The backup is of revision {revision}, which this version of the hub does not know."""

    code = "BACKUP_NEWER"
    hint = "Install the hub that made the backup, or a newer one, and restore with it."


class NotEmpty(Conflict):
    """The database {database} is not empty: {problem}"""

    code = "DATABASE_NOT_EMPTY"
    hint = "Restore into a new, empty database (another data folder or HUB_DATABASE); nothing was changed."


class NotRestored(HubError):
    """The restored {table} has {found} rows instead of {wanted}."""

    code = "NOT_RESTORED"
    hint = "Nothing was kept. Look at the server's log, and restore again."


@dataclass(frozen=True, slots=True)
class Member:
    """A table in a backup."""

    table: str
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the archive."""
        return f"tables/{self.table}.copy"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. `epoch` is that of the database it was taken from."""

    made_at: datetime
    revision: str
    epoch: int
    server: str
    tables: tuple[Member, ...]

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(member.rows for member in self.tables)


Inside = Callable[[Connection], Awaitable[None]]


async def dump(connection: Connection, file: Path, *, now: datetime) -> Backup:
    """Write a backup, as `hub_backup`, beside a serving hub.

    The file appears whole, readable by its owner alone, or not at all. BackupExists where there is one of this name.
    """
    with (
        _appearing(file) as raw,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive,
    ):
        return await _dump(connection, archive, now)


def read(file: Path) -> Backup:
    """Read a backup through and hold every byte against its manifest; NoBackup, BackupDamaged or BackupNewer."""
    with _archive(file) as archive:
        found = _described(archive)
        for member in found.tables:
            digest = hashlib.sha256()
            with archive.open(member.file) as content:
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
            if digest.hexdigest() != member.sha256:
                raise BackupDamaged(place=str(file), problem=member.file)
    if not migrate.knows(found.revision):
        raise BackupNewer(revision=found.revision)
    return found


async def load(owner: str, file: Path, *, inside: Inside) -> Backup:
    """Put a backup into an empty database, as `hub_owner`, and migrate it to the newest revision.

    `inside` is called in the transaction that fills the tables, before it commits: whoever sees the rows sees what it
    did. Until then a failure leaves empty tables, and restoring can be repeated. Raises what `read` raises, NotEmpty
    and NotRestored.
    """
    found = read(file)
    connection = await asyncpg.connect(owner, server_settings=SESSION)
    try:
        await _refuse_filled(connection, found.revision)
        await migrate.upgrade(owner, revision=found.revision)
        with zipfile.ZipFile(file) as archive:
            await _fill(connection, archive, found, inside)
    finally:
        await connection.close()
    await migrate.upgrade(owner)
    return found


# Writing


@contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name when it is complete and on the disk, and never takes another's."""
    if file.exists():
        raise BackupExists(place=str(file))
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE), "w+b") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        os.link(draft, file)  # unlike a rename, refuses to replace
    except FileExistsError:
        raise BackupExists(place=str(file)) from None
    finally:
        draft.unlink(missing_ok=True)
    _sync(file.parent)


async def _dump(connection: Connection, archive: zipfile.ZipFile, now: datetime) -> Backup:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        revision = await connection.fetchval("select version_num from alembic_version")
        epoch = await connection.fetchval("select number from epoch")
        server = str(await connection.fetchval("show server_version"))
        names = await _tables(connection)
        members = [await _member(connection, archive, name, await _columns(connection, name)) for name in names]
    made = Backup(now, revision, epoch, server, tuple(members))
    archive.writestr(_MANIFEST, json.dumps({"format": FORMAT, **asdict(made)}, default=str, indent=1))
    return made


async def _member(connection: Connection, archive: zipfile.ZipFile, name: str, columns: tuple[str, ...]) -> Member:
    digest = hashlib.sha256()
    with archive.open(f"tables/{name}.copy", "w", force_zip64=True) as content:

        async def keep(chunk: bytes) -> None:
            digest.update(chunk)
            content.write(chunk)

        said = await connection.copy_from_table(name, columns=list(columns), output=keep, format="text")
    return Member(name, columns, _copied(said), digest.hexdigest())


# Reading


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    """The opened archive; whatever is wrong with its bytes is BackupDamaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except OSError:
        raise NoBackup(place=str(file)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise BackupDamaged(place=str(file), problem=type(error).__name__) from None


def _described(archive: zipfile.ZipFile) -> Backup:
    raw = json.loads(archive.read(_MANIFEST))
    if raw["format"] != FORMAT:
        raise BackupNewer(revision=str(raw["format"]))
    members = tuple(
        Member(each["table"], tuple(each["columns"]), int(each["rows"]), each["sha256"]) for each in raw["tables"]
    )
    return Backup(datetime.fromisoformat(raw["made_at"]), raw["revision"], int(raw["epoch"]), raw["server"], members)


async def _refuse_filled(connection: Connection, revision: str) -> None:
    """NotEmpty unless there is nothing, or what a restore that failed has left."""
    database = str(await connection.fetchval("select current_database()"))
    names = await _tables(connection)
    if not names:
        return
    if REVISIONS_TABLE not in await _tables(connection, all_of_them=True):
        raise NotEmpty(database=database, problem=names[0])
    present = await connection.fetchval("select max(version_num) from alembic_version")
    if present != revision:
        raise NotEmpty(database=database, problem=f"{REVISIONS_TABLE}: {present}")
    looking = connection.transaction()
    await looking.start()
    try:
        await _unforce(connection, names)
        filled = [name for name in names if not _seeded(name) and await _any(connection, name)]
    finally:
        await looking.rollback()
    if filled:
        raise NotEmpty(database=database, problem=filled[0])


def _seeded(name: str) -> bool:
    """Whether migrations, or the making of a database, put rows into a table."""
    entry = MANIFEST.get(name)
    return name == "epoch" or (entry is not None and entry.kind is Kind.REFERENCE)


async def _any(connection: Connection, name: str) -> bool:
    query = f"select exists (select from {_quoted(name)})"  # noqa: S608  # a quoted name of the catalogue
    return bool(await connection.fetchval(query))


async def _fill(connection: Connection, archive: zipfile.ZipFile, found: Backup, inside: Inside) -> None:
    """One transaction. The owner may COPY only where row-level security is not forced on it."""
    async with connection.transaction():
        names = await _tables(connection)
        members = {member.table: member for member in found.tables}
        if unknown := sorted(members.keys() - set(names)):
            raise BackupDamaged(place=str(archive.filename), problem=unknown[0])
        forced = await _unforce(connection, names)
        await connection.execute(f"truncate {', '.join(map(_quoted, names))}")
        for name in await _parents_first(connection, members):
            await _copy(connection, archive, members[name])
        await connection.execute("set constraints all immediate")
        for name in forced:
            await connection.execute(f"alter table {_quoted(name)} force row level security")
        await inside(connection)


async def _copy(connection: Connection, archive: zipfile.ZipFile, member: Member) -> None:
    with archive.open(member.file) as content:
        said = await connection.copy_to_table(
            member.table, columns=list(member.columns), source=_chunks(content), format="text"
        )
    query = f"select count(*) from {_quoted(member.table)}"  # noqa: S608  # a quoted name of the catalogue
    counted = await connection.fetchval(query)
    if not _copied(said) == counted == member.rows:
        raise NotRestored(table=member.table, found=counted, wanted=member.rows)


async def _chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk


async def _unforce(connection: Connection, names: Iterable[str]) -> list[str]:
    """Let the owner see every row until the transaction ends; the tables that must be forced again."""
    rows = await connection.fetch(_FORCED, list(names))
    forced = [row["relname"] for row in rows]
    for name in forced:
        await connection.execute(f"alter table {_quoted(name)} no force row level security")
    return forced


async def _parents_first(connection: Connection, members: Iterable[str]) -> list[str]:
    """Tables in an order in which every foreign key finds its target. Deferred keys are checked at the end."""
    waiting = set(members)
    targets: dict[str, set[str]] = {name: set() for name in waiting}
    for row in await connection.fetch(_KEYS):
        if row["source"] in waiting and row["source"] != row["target"]:
            targets[row["source"]].add(row["target"])
    ordered: list[str] = []
    while waiting:
        free = sorted(name for name in waiting if not targets[name] & waiting)
        if not free:
            raise Faulty(problem=f"the foreign keys of {', '.join(sorted(waiting))} form a circle")
        ordered += free
        waiting -= set(free)
    return ordered


# Small helpers


async def _tables(connection: Connection, *, all_of_them: bool = False) -> list[str]:
    rows = await connection.fetch(_TABLES)
    return [row["relname"] for row in rows if all_of_them or row["relname"] != REVISIONS_TABLE]


async def _columns(connection: Connection, name: str) -> tuple[str, ...]:
    return tuple(row["attname"] for row in await connection.fetch(_COLUMNS, name))


def _copied(said: str) -> int:
    return int(said.removeprefix("COPY "))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by c.relname
"""

_COLUMNS = """
select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relname = $1
  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""

_FORCED = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relforcerowsecurity and relname = any($1)
"""

_KEYS = """
select c.relname as source, t.relname as target
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
where k.contype = 'f' and not k.condeferrable and c.relnamespace = 'public'::regnamespace
"""
