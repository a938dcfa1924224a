"""Entering the database under a scope: what a unit does, what it undoes, and that no scope outlives its turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Select, func, literal_column, select

from hub.domains.partners.model import PartnerOrganization
from hub.domains.villages.model import Village
from hub.kernel.clock import Now, system_clock
from hub.kernel.errors import Conflict, NotFound, Unavailable
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.base import table
from hub.store.pools import Pool, PoolOptions, open_pool
from hub.store.unit import StaleVersion, Unit, answer, enter, entering, reading, settings_of, writing
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from tests.conftest import as_role
from tests.world import make
from tests.world.build import World

NOW = Now(datetime(2026, 11, 21, 4, 0, tzinfo=UTC))
_END = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hub_api' and query like $1"
SETTINGS = ("hub.tenant", "hub.tenants", "hub.villages", "hub.party", "hub.subject", "hub.region", "hub.agency")
NAMES = "select string_agg(name, ',' order by name) from village"


@pytest.fixture(scope="module")
async def tenant(owner_dsn: str, database: str) -> TenantRef:
    """A kecamatan without rows."""
    del database
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="32.01.31", name="x", zone=Zone.WIB)
    finally:
        await owner.close()


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """Four connections of hub_api."""
    made = await open_pool(as_role(database, "hub_api"), PoolOptions(size=4))
    yield made
    await made.close()


def a_village(tenant: TenantRef, name: str = "Tamansari") -> Village:
    return make.village(tenant, "32.01.31.2001", name)


async def left_over(pool: Pool) -> list[str | None]:
    """The settings on every connection of a pool."""
    found: list[str | None] = []
    held = [await pool.take() for _ in range(pool.driver.get_size())]
    for connection in held:
        found += [await connection.fetchval("select current_setting($1, true)", name) for name in SETTINGS]
        await pool.give(connection)
    return found


def nothing(found: list[str | None]) -> bool:
    """A setting is null before it was ever set on a connection, and '' after."""
    return all(each in (None, "") for each in found)


# Settings


def test_a_scope_puts_its_settings_into_force_in_a_fixed_order() -> None:
    one, other = TenantRef(1, "63.01.01", Zone.WITA), TenantRef(2, "63.01.02", Zone.WITA)
    village, party, subject = (UUID(int=number) for number in (1, 2, 3))
    full = Scope(Reader.API, "CAMAT", frozenset(), (one,), villages=(village,), party=party, subject=subject)
    assert settings_of(full) == (
        ("hub.tenant", "1"),
        ("hub.villages", f"{{{village}}}"),
        ("hub.party", str(party)),
        ("hub.subject", str(subject)),
    )
    assert settings_of(Scope(Reader.OUTSIDE, "x", frozenset(), (one,))) == (("hub.tenant", "1"), ("hub.tenants", "{1}"))
    assert settings_of(Scope(Reader.OUTSIDE, "x", frozenset(), (one, other))) == (("hub.tenants", "{1,2}"),)
    assert settings_of(Scope(Reader.OUTSIDE, "x", frozenset(), (one,), region="63")) == (
        ("hub.tenant", "1"),
        ("hub.tenants", "{1}"),
        ("hub.region", "63"),
    )
    assert settings_of(Scope(Reader.OUTSIDE, "x", frozenset())) == ()


def test_entering_numbers_its_arguments_after_those_of_the_body() -> None:
    scope = make.camat(TenantRef(1, "63.01.01", Zone.WITA))
    assert entering(scope, "select $1", first=2) == (
        "select case when set_config('hub.tenant', $2, true) is not null then (select $1) end"
    )
    assert entering(Scope(Reader.OUTSIDE, "x", frozenset()), "select 1", first=1) == "select (select 1)"


async def test_entering_in_one_statement_reads_inside_and_leaves_nothing(pool: Pool, world: World) -> None:
    scope = make.camat(world.takisung.tenant)
    given = [value for _, value in settings_of(scope)]
    assert await answer(pool, entering(scope, NAMES, first=1), given) == "Takisung 0,Takisung 1"
    assert nothing(await left_over(pool))
    assert await pool.fetchval("select count(*) from village") == 0


async def test_an_error_inside_leaves_nothing_either(pool: Pool, world: World) -> None:
    scope = make.camat(world.takisung.tenant)
    given = [value for _, value in settings_of(scope)]
    for _ in range(3):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await answer(pool, entering(scope, "select 1 / (count(*) - count(*)) from village", first=1), given)
        assert nothing(await left_over(pool))
        assert await pool.fetchval("select count(*) from village") == 0


async def test_a_value_the_driver_refuses_leaves_a_connection_that_works(pool: Pool, world: World) -> None:
    scope = make.camat(world.takisung.tenant)
    given = [value for _, value in settings_of(scope)]
    with pytest.raises((asyncpg.DataError, asyncpg.CharacterNotInRepertoireError)):
        await answer(pool, entering(scope, "select $1::text", first=2), ["\x00", *given])
    assert await answer(pool, entering(scope, NAMES, first=1), given) == "Takisung 0,Takisung 1"


async def test_fifty_scopes_at_once_on_four_connections_each_see_their_own(pool: Pool, world: World) -> None:
    expected = {
        world.takisung.tenant: "Takisung 0,Takisung 1",
        world.halong.tenant: "Halong 0,Halong 1",
    }

    async def by_statement(tenant: TenantRef) -> str:
        scope = make.camat(tenant)
        slow = f"select (select {NAMES.removeprefix('select ')}) || left(pg_sleep(0.002)::text, 0)"
        found: str = await answer(pool, entering(scope, slow, first=1), [value for _, value in settings_of(scope)])
        return found

    async def by_snapshot(tenant: TenantRef) -> str:
        async with reading(pool, make.camat(tenant), NOW) as session:
            await asyncio.sleep(0.002)
            found = await session.rows(select(table(Village).c.name).order_by(table(Village).c.name))
            return ",".join(row["name"] for row in found)

    async def broken(tenant: TenantRef) -> str:
        scope = make.camat(tenant)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await answer(pool, entering(scope, "select 1 / 0", first=1), [value for _, value in settings_of(scope)])
        return expected[tenant]

    tenants = [*expected] * 25
    kinds = (by_statement, by_snapshot, broken)
    found = await asyncio.gather(*(kinds[index % 3](tenant) for index, tenant in enumerate(tenants)))
    assert list(found) == [expected[tenant] for tenant in tenants]
    assert pool.driver.get_size() <= 4
    assert nothing(await left_over(pool))


async def test_a_request_given_up_leaves_nothing(pool: Pool, world: World) -> None:
    scope = make.camat(world.takisung.tenant)
    text = entering(scope, "select count(*)::text || pg_sleep(5)::text from village", first=1)
    given = [value for _, value in settings_of(scope)]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(answer(pool, text, given), timeout=0.1)
    assert nothing(await left_over(pool))


# Reading


async def test_a_snapshot_cannot_write(pool: Pool, tenant: TenantRef) -> None:
    async with reading(pool, make.camat(tenant), NOW) as session:
        connection = session.connection
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.fetch("insert into sub_village (tenant_id) values (1)")
    assert nothing(await left_over(pool))


async def test_a_snapshot_counts_its_statements_and_does_not_see_later_commits(pool: Pool, tenant: TenantRef) -> None:
    counted = select(func.count()).select_from(table(PartnerOrganization))
    async with reading(pool, make.camat(tenant), NOW) as session:
        before = await session.value(counted)
        async with writing(pool, make.camat(tenant), NOW) as unit:
            await unit.add(make.partner(tenant, "later"))
        assert await session.value(counted) == before
        assert session.statements == 2
    async with reading(pool, make.camat(tenant), NOW) as session:
        assert await session.value(counted) == before + 1
        assert await session.row(select(table(Village)).where(table(Village).c.id == new_id())) is None


# Writing


async def test_a_unit_commits_when_it_ends_and_undoes_when_it_raises(pool: Pool, tenant: TenantRef) -> None:
    kept, undone = a_village(tenant, "kept"), make.village(tenant, "32.01.31.2002", "undone")
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add(kept)
    with pytest.raises(Conflict):
        await add_and_raise(writing(pool, make.camat(tenant), NOW), undone)
    async with writing(pool, make.camat(tenant), NOW) as unit:
        assert (await unit.find(Village, kept.id)).name == "kept"
        with pytest.raises(NotFound) as refusal:
            await unit.find(Village, undone.id, path=("village",))
    assert refusal.value.path == ("village",)
    assert nothing(await left_over(pool))


async def add_and_raise(
    block: AbstractAsyncContextManager[Unit | None], row: Village, unit: Unit | None = None
) -> None:
    """Add a row inside a block, and fail before it ends."""
    async with block as own:
        used = own or unit
        assert used is not None
        await used.add(row)
        raise Conflict


async def test_a_savepoint_undoes_only_itself(pool: Pool, tenant: TenantRef) -> None:
    outer, inner = make.village(tenant, "32.01.31.2003", "outer"), make.village(tenant, "32.01.31.2004", "inner")
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add(outer)
        with pytest.raises(Conflict):
            await add_and_raise(unit.savepoint(), inner, unit)
    async with writing(pool, make.camat(tenant), NOW) as unit:
        assert (await unit.see(Village, outer.id)).name == "outer"
        with pytest.raises(NotFound):
            await unit.see(Village, inner.id)


async def test_what_is_kept_outlives_readings_that_fail(pool: Pool, tenant: TenantRef) -> None:
    kept = make.village(tenant, "32.01.31.2008", "kept")
    failing: Select[Any] = select(literal_column("1 / 0"))
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add(kept)
        await unit.keep()
        for _ in range(2):
            with pytest.raises(asyncpg.DivisionByZeroError):
                await unit.rows(failing)
        assert await unit.value(select(literal_column("1"))) == 1
    async with writing(pool, make.camat(tenant), NOW) as unit:
        assert (await unit.see(Village, kept.id)).name == "kept"


async def test_many_rows_are_one_statement_and_none_are_none(pool: Pool, tenant: TenantRef) -> None:
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add_all([])
        assert unit.statements == 0
        await unit.add_all([make.partner(tenant, name, kind="KNPI") for name in ("a", "b", "c")])
        assert unit.statements == 1
        own = unit.own(PartnerOrganization).where(table(PartnerOrganization).c.kind == "KNPI")
        found = await unit.all(own, PartnerOrganization)
    assert sorted(each.name for each in found) == ["a", "b", "c"]


async def test_another_tenants_row_is_not_found(pool: Pool, tenant: TenantRef, world: World) -> None:
    async with writing(pool, make.camat(tenant), NOW) as unit:
        for verb in (unit.find, unit.see):
            with pytest.raises(NotFound):
                await verb(Village, world.takisung.villages[0].id)


async def test_a_change_raises_the_version_and_keeps_what_it_does_not_name(pool: Pool, tenant: TenantRef) -> None:
    made = make.village(tenant, "32.01.31.2005", "old", connectivity="WEAK")
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add(made)
        changed = await unit.change(await unit.find(Village, made.id), expected=1, name="new")
    assert (changed.name, changed.version, changed.updated_at, changed.connectivity) == ("new", 2, NOW.instant, "WEAK")
    async with writing(pool, make.camat(tenant), NOW) as unit:
        assert await unit.find(Village, made.id) == changed


async def test_a_stale_version_changes_nothing_and_names_the_present_one(pool: Pool, tenant: TenantRef) -> None:
    made = make.village(tenant, "32.01.31.2006", "old")
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add(made)
        row = await unit.change(await unit.find(Village, made.id), name="new")
        with pytest.raises(StaleVersion) as refusal:
            await unit.change(row, expected=1, name="newer")
    assert (refusal.value.params, refusal.value.path) == ({"current": 2}, ("expectedVersion",))
    async with writing(pool, make.camat(tenant), NOW) as unit:
        assert (await unit.find(Village, made.id)).name == "new"


async def test_two_changes_of_one_row_wait_for_each_other(pool: Pool, tenant: TenantRef) -> None:
    made = make.village(tenant, "32.01.31.2007", "0")
    async with writing(pool, make.camat(tenant), NOW) as unit:
        await unit.add(made)

    async def add_one() -> None:
        async with writing(pool, make.camat(tenant), NOW) as unit:
            row = await unit.find(Village, made.id)
            await unit.change(row, name=str(int(row.name) + 1))

    await asyncio.gather(*(add_one() for _ in range(8)))
    async with writing(pool, make.camat(tenant), NOW) as unit:
        row = await unit.find(Village, made.id)
    assert (row.name, row.version) == ("8", 9)


async def test_a_row_that_security_keeps_from_the_reader_is_a_conflict(
    pool: Pool, tenant: TenantRef, world: World
) -> None:
    foreign = world.takisung.villages[0].model_copy(update={"tenant_id": tenant.id})
    with pytest.raises(Conflict):
        async with writing(pool, make.camat(tenant), NOW) as unit:
            await unit.change(foreign, name="mine")


async def test_a_scope_of_several_tenants_writes_nowhere(pool: Pool, world: World) -> None:
    both = Scope(Reader.API, "x", frozenset(), (world.takisung.tenant, world.halong.tenant))
    async with writing(pool, both, NOW) as unit:
        with pytest.raises(NotFound):
            await unit.find(Village, world.takisung.villages[0].id)


# A database that goes away


async def test_a_connection_lost_in_between_is_unavailable_and_the_next_works(
    pool: Pool, tenant: TenantRef, database: str
) -> None:
    killer = await asyncpg.connect(database)
    scope = make.camat(tenant)
    with pytest.raises(Unavailable):
        await write_when_killed(pool, scope, killer)
    task = asyncio.create_task(answer(pool, entering(scope, "select pg_sleep(5)::text", first=1), ["1", "{1}"]))
    await asyncio.sleep(0.2)
    await killer.execute(_END, "%pg_sleep(5)%")
    with pytest.raises(Unavailable):
        await task
    await killer.close()
    async with reading(pool, scope, system_clock()) as session:
        assert len(await session.rows(select(table(Village).c.id).limit(1))) == 1


async def write_when_killed(pool: Pool, scope: Scope, killer: asyncpg.Connection) -> None:
    """Write on a connection whose other side was ended in between."""
    async with writing(pool, scope, NOW) as unit:
        pid = (await unit.connection.fetch("select pg_backend_pid() as pid"))[0]["pid"]
        await killer.fetchval("select pg_terminate_backend($1, 5000)", pid)
        await unit.add(make.village(TenantRef(1, "x", Zone.WIB), "x", "x"))


async def test_an_address_where_nobody_listens_is_unavailable(tenant: TenantRef, database: str) -> None:
    pool = await open_pool(as_role(database, "hub_api"), PoolOptions(size=1))
    await pool.close()
    with pytest.raises(Unavailable):
        async with reading(pool, make.camat(tenant), NOW):
            pass


async def test_a_scope_without_settings_enters_without_a_statement(pool: Pool) -> None:
    async with pool.connection() as connection, connection.transaction():
        await enter(connection, Scope(Reader.OUTSIDE, "x", frozenset()))
        assert await connection.fetchval("select current_setting('hub.tenant', true)") in (None, "")
