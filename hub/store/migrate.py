"""Migrations: preparing a server, and bringing a database to the newest revision as `hub_owner`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from hub.store.base import MANIFEST
from hub.store.rls import open_outside
from hub.store.roles import database_statements, role_statements

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


async def prepare_server(administrator: str, database: str, passwords: Mapping[str, str] | None = None) -> None:
    """Make the roles and, where it is missing, the database. `administrator` is a superuser's DSN without database."""
    connection = await asyncpg.connect(administrator, database="postgres")
    try:
        for statement in role_statements(passwords):
            await connection.execute(statement)
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            quoted = '"' + database.replace('"', '""') + '"'
            await connection.execute(f"create database {quoted} owner hub_owner")
    finally:
        await connection.close()
    inside = await asyncpg.connect(administrator, database=database)
    try:
        for statement in database_statements(database):
            await inside.execute(statement)
    finally:
        await inside.close()


async def upgrade(owner: str, *, revision: str = "head") -> None:
    """Run the missing migrations as `hub_owner` and set what `hub_outside` may read, in one transaction."""

    def work(connection: Connection) -> None:
        command.upgrade(config(connection), revision)
        if revision == "head":
            for name, entry in MANIFEST.items():
                open_outside(lambda statement: connection.execute(text(statement)), name, entry)

    await _with_connection(owner, work)


async def current(owner: str) -> str | None:
    """The revision a database is at, None for an empty one."""

    def read(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    found: str | None = await _with_connection(owner, read)
    return found


def head() -> str:
    """The newest revision in the code."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def knows(revision: str) -> bool:
    """Whether this hub has the migrations up to a revision."""
    return revision in {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, built in code: there is no ini file to forget."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


async def _with_connection(dsn: str, work: Callable[[Connection], Any]) -> Any:
    async def opened() -> asyncpg.Connection:
        return made

    made = await asyncpg.connect(dsn)  # not by the engine, which would hide what the server said in an error of its own
    engine = create_async_engine("postgresql+asyncpg://", async_creator=opened)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
        await made.close()
