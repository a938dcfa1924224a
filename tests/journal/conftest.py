"""A small PostgreSQL of its own for the journal's tests, with the real roles, tables and policies."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path

import asyncpg
import pytest
from sqlalchemy.schema import CreateIndex, CreateTable

from hub.journal.model import (
    Anchor,
    ChainHead,
    Change,
    Epoch,
    Idempotency,
    JournalEntry,
    Pending,
    SubjectKey,
)
from hub.kernel.scope import Reader
from hub.store import rls
from hub.store.base import MANIFEST, table
from hub.store.migrate import SCRIPTS
from hub.store.pools import Connection, Pool, PoolOptions, Pools, open_pools
from hub.store.roles import database_statements, role_statements
from hub.store.sql import DIALECT
from hub.store.unit import connected
from tests.journal.stage import Keys

MODELS = (JournalEntry, Pending, Change, ChainHead, Anchor, SubjectKey, Epoch, Idempotency)


def protection() -> Iterator[str]:
    """What the migration runs besides creating the tables: its own words, not a copy of them."""
    found: Iterator[str] = run_path(str(SCRIPTS / "versions" / "0003_journal.py"))["protection"]()
    return found


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server without tables."""

    folder: Path
    port: int = 5432

    def dsn(self, role: str, database: str = "hub") -> str:
        return f"postgresql://{role}@/{database}?host={self.folder}&port={self.port}"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throw-away server on a socket; as root it runs under the account that owns the system's PostgreSQL."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if binaries is None:
        pytest.skip("no system PostgreSQL")
    account = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="hub-journal-"))
    os.chown(folder, account.pw_uid, account.pw_gid)

    def run(*command: str) -> None:
        user, group = (account.pw_uid, account.pw_gid) if os.getuid() == 0 else (None, None)
        subprocess.run(  # noqa: S603  # the commands below
            command, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user, group=group
        )

    data = str(folder / "data")
    run(str(binaries / "initdb"), "-D", data, "-U", "hub_admin", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    run(str(binaries / "pg_ctl"), "-D", data, "-o", settings, "-l", str(folder / "log"), "-w", "start")
    yield Cluster(folder)
    run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def database(cluster: Cluster) -> Cluster:
    """The journal's tables, made by `hub_owner`."""
    admin = await asyncpg.connect(cluster.dsn("hub_admin", "postgres"))
    for statement in role_statements():
        await admin.execute(statement)
    await admin.execute("create database hub owner hub_owner")
    await admin.close()

    inside = await asyncpg.connect(cluster.dsn("hub_admin"))
    for statement in database_statements("hub"):
        await inside.execute(statement)
    await inside.close()

    owner = await asyncpg.connect(cluster.dsn("hub_owner"))
    for statement in _ddl():
        await owner.execute(statement)
    await owner.close()
    return cluster


@pytest.fixture(scope="session")
async def pools(database: Cluster) -> AsyncIterator[Pools]:
    readers = (Reader.API, Reader.OUTSIDE, Reader.WORKER)
    opened = await open_pools({reader: database.dsn(reader.value) for reader in readers}, PoolOptions(size=24))
    yield opened
    await asyncio.wait_for(opened.close(), 10)


@pytest.fixture(autouse=True)
async def _empty(admin: Connection) -> None:
    names = ", ".join(table(model).name for model in MODELS if model is not Epoch)
    await admin.execute(f"truncate {names}")
    await admin.execute("update epoch set number = 1")


@pytest.fixture(scope="session")
async def admin(database: Cluster) -> AsyncIterator[Connection]:
    """A superuser: to look past row-level security, and to play the intruder."""
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield connection
    await connection.close()


@pytest.fixture
def api(pools: Pools) -> Pool:
    return pools.of(Reader.API)


@pytest.fixture
def outside(pools: Pools) -> Pool:
    return pools.of(Reader.OUTSIDE)


@pytest.fixture
async def worker(pools: Pools) -> AsyncIterator[Connection]:
    async with connected(pools.of(Reader.WORKER)) as connection:
        yield connection


@pytest.fixture
def keys() -> Keys:
    return Keys()


def _ddl() -> Iterator[str]:
    for model in MODELS:
        yield str(CreateTable(table(model)).compile(dialect=DIALECT))
        yield from (str(CreateIndex(index).compile(dialect=DIALECT)) for index in table(model).indexes)
    for model in MODELS:
        name = table(model).name
        found: list[str] = []
        rls.open_outside(found.append, name, MANIFEST[name])
        yield from found
    yield from protection()
