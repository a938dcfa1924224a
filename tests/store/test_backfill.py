"""Data migrations: every tenant's rows change, or nothing does and the difference is named."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from hub.kernel.ids import new_id
from hub.kernel.scope import Zone
from hub.store.backfill import BackfillMissed, backfill
from hub.store.pools import Connection
from hub.tenants import administration as admin
from hub.tenants.model import PrincipalKind, TenantKind
from tests import cluster
from tests.conftest import as_role, prepare

PRINCIPAL = sa.table("principal", sa.column("name"), sa.column("kind"))
CODES = ("63.01.01", "63.01.02", "63.11.02")


@pytest.fixture(scope="module")
async def dsn() -> str:
    """A database of our own with two principals in each of three tenants."""
    name = f"backfill_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    dsn = await cluster.database_for(name, prepare)
    owner = await asyncpg.connect(as_role(dsn, "hub_owner"))
    for code in CODES:
        tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WITA)
        for kind in PrincipalKind:
            await admin.add_principal(owner, tenant.id, kind=kind, name="old")
    await owner.close()
    return dsn


@pytest.fixture
async def patient(dsn: str) -> AsyncIterator[Connection]:
    """The administrator, who sees every row."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.execute("update principal set name = 'old'")
    await connection.close()


async def migrated(dsn: str, change: sa.Update) -> int:
    """What a migration does, as the owner, in one transaction."""
    owner = as_role(dsn, "hub_owner")
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(owner))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(lambda inside: backfill(inside, change))
    finally:
        await engine.dispose()


async def test_a_plain_update_of_the_owner_changes_nothing_and_says_nothing(dsn: str, patient: Connection) -> None:
    owner = await asyncpg.connect(as_role(dsn, "hub_owner"))
    said = await owner.execute("update principal set name = 'new'")
    await owner.close()

    assert said == "UPDATE 0"
    assert await patient.fetchval("select count(*) from principal where name = 'new'") == 0


async def test_backfill_changes_the_rows_of_every_tenant(dsn: str, patient: Connection) -> None:
    assert await migrated(dsn, sa.update(PRINCIPAL).values(name="new")) == 6

    assert [tuple(row) for row in await patient.fetch("select name, count(*) from principal group by 1")] == [
        ("new", 6)
    ]


async def test_backfill_changes_only_the_rows_asked_for(dsn: str, patient: Connection) -> None:
    assert await migrated(dsn, sa.update(PRINCIPAL).where(PRINCIPAL.c.kind == "PERSON").values(name="new")) == 3

    assert [row["kind"] for row in await patient.fetch("select kind from principal where name = 'new'")] == [
        "PERSON"
    ] * 3


async def test_a_row_of_no_known_tenant_fails_the_migration(dsn: str, patient: Connection) -> None:
    await patient.execute(
        "insert into principal (tenant_id, id, version, created_at, updated_at, kind, name) "
        "values (99, $1, 1, now(), now(), 'PERSON', 'old')",
        new_id(),
    )

    with pytest.raises(BackfillMissed) as refusal:
        await migrated(dsn, sa.update(PRINCIPAL).values(name="new"))

    assert refusal.value.params == {"table": "principal", "counted": 7, "touched": 6, "place": "all tenants"}
    assert await patient.fetchval("select count(*) from principal where name = 'new'") == 0
    await patient.execute("delete from principal where tenant_id = 99")


async def test_a_policy_that_stops_the_owner_fails_the_migration(dsn: str, patient: Connection) -> None:
    await patient.execute(
        "create policy stop on principal as restrictive for update to hub_owner using (kind = 'MACHINE')"
    )

    with pytest.raises(BackfillMissed) as refusal:
        await migrated(dsn, sa.update(PRINCIPAL).values(name="new"))

    assert refusal.value.params == {"table": "principal", "counted": 2, "touched": 1, "place": "tenant 1"}
    assert await patient.fetchval("select count(*) from principal where name = 'new'") == 0
    await patient.execute("drop policy stop on principal")


async def test_the_policies_are_forced_again_afterwards(dsn: str, patient: Connection) -> None:
    await migrated(dsn, sa.update(PRINCIPAL).values(name="new"))

    assert await patient.fetchval("select relforcerowsecurity from pg_class where oid = 'principal'::regclass") is True
