"""Migrations: from an empty server, from the last state with data in it, and equal to the models."""

from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlmodel import SQLModel

from hub.domains import shelf
from hub.means import dsn_for
from hub.store import migrate
from hub.store.base import MANIFEST, metadata
from tests import cluster
from tests.conftest import as_role
from tests.isolation.raw import plant

assert shelf.SHELF  # importing it makes every table known
SCRIPTS = ScriptDirectory.from_config(migrate.config())
# What alembic cannot see or the models cannot say; a difference that is meant gets its line and its reason here.
MEANT: list[object] = []


@pytest.fixture
async def empty() -> AsyncIterator[str]:
    """The owner's address of a fresh, empty database with roles."""
    name, admin = f"hub_migrate_{uuid4().hex[:8]}", cluster.throwaway_cluster()
    await migrate.prepare_server(admin, name)
    yield dsn_for(admin, "hub_owner", name)
    connection = await asyncpg.connect(admin)
    await connection.execute(f'drop database "{name}" with (force)')
    await connection.close()


def differences(connection: Connection) -> list[object]:
    """What alembic would change to make the database equal to the models."""
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, SQLModel.metadata))


async def test_from_empty_to_the_newest_revision_and_again(empty: str) -> None:
    assert await migrate.current(empty) is None
    await migrate.upgrade(empty)
    assert await migrate.current(empty) == migrate.head()
    await migrate.upgrade(empty)
    assert await migrate.current(empty) == migrate.head()


async def test_preparing_a_server_twice_changes_nothing(empty: str) -> None:
    await migrate.upgrade(empty)
    name = empty.partition("?")[0].rpartition("/")[2]
    await migrate.prepare_server(cluster.throwaway_cluster(), name)
    assert await migrate.current(empty) == migrate.head()


async def test_the_models_equal_the_migrations(owner_dsn: str) -> None:
    assert await migrate._with_connection(owner_dsn, differences) == MEANT


async def test_the_tables_of_the_database_are_those_of_the_manifest(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch("select tablename from pg_tables where schemaname = 'public'")
    assert {row["tablename"] for row in rows} - {"alembic_version"} == set(MANIFEST) == set(metadata.tables)


@pytest.mark.parametrize("steps", [1, 2])
async def test_from_the_last_states_with_data_nothing_is_lost(steps: int, empty: str) -> None:
    revision = migrate.head()
    for _ in range(steps):
        revision = str(SCRIPTS.get_revision(revision).down_revision)
    await migrate.upgrade(empty, revision=revision)
    planted = await fill(empty)
    assert {"tenant", "village", "commitment", "journal_entry"} <= set(planted)

    await migrate.upgrade(empty)

    assert await migrate.current(empty) == migrate.head()
    assert await counted(empty, planted) == planted
    assert await migrate._with_connection(empty, differences) == MEANT


async def fill(owner: str) -> dict[str, int]:
    """A row in every table that has the columns of today; the number of rows by table."""
    connection = await asyncpg.connect(as_admin(owner))
    query = "select table_name, column_name from information_schema.columns where table_schema = 'public'"
    there: dict[str, set[str]] = {}
    for row in await connection.fetch(query):
        there.setdefault(row["table_name"], set()).add(row["column_name"])
    for name in MANIFEST:
        if there.get(name) == {column.name for column in metadata.tables[name].columns} and name != "epoch":
            with suppress(asyncpg.CheckViolationError):  # an arc wants one of several keys; its neighbours will do
                await plant(connection, name, 1, uuid4())
    # What a migration copies of people must lead somewhere.
    await connection.execute("set session_replication_role = replica")
    await connection.execute("update citizen set household_id = h.id, village_id = v.id from household h, village v")
    await connection.execute("update household set village_id = v.id from village v")
    await connection.close()
    return {name: number for name, number in (await counted(owner, dict.fromkeys(there, 0))).items() if number}


async def counted(owner: str, tables: dict[str, int]) -> dict[str, int]:
    """The rows of tables, past row-level security."""
    connection = await asyncpg.connect(as_admin(owner))
    try:
        return {name: await connection.fetchval(f"select count(*) from {name}") for name in tables}
    finally:
        await connection.close()


def as_admin(owner: str) -> str:
    """The superuser's address of the same database."""
    admin, name = cluster.throwaway_cluster(), owner.partition("?")[0].rpartition("/")[2]
    user = admin.partition("://")[2].partition("@")[0]
    return dsn_for(admin, user, name)


async def test_there_is_one_line_of_revisions_numbered_in_order() -> None:
    found = [script.revision for script in SCRIPTS.walk_revisions()]
    assert SCRIPTS.get_heads() == [migrate.head()]
    assert found == sorted(found, reverse=True)


async def test_there_is_no_way_back(empty: str) -> None:
    await migrate.upgrade(empty)

    def back(connection: Connection) -> None:
        command.downgrade(migrate.config(connection), "-1")

    with pytest.raises(NotImplementedError):
        await migrate._with_connection(empty, back)
    assert await migrate.current(empty) == migrate.head()


async def test_a_migration_that_fails_leaves_nothing(empty: str) -> None:
    owner = await asyncpg.connect(empty)
    await owner.execute("create table citizen (id int)")
    with pytest.raises(Exception, match="citizen"):
        await migrate.upgrade(empty)
    rows = await owner.fetch("select tablename from pg_tables where schemaname = 'public'")
    await owner.close()
    assert [row["tablename"] for row in rows] == ["citizen"]
    assert await migrate.current(empty) is None


def test_every_role_has_its_own_address() -> None:
    assert as_role("postgresql://u@/db?host=x", "hub_api") == "postgresql://hub_api@/db?host=x"
