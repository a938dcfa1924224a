"""The policies of a table: what `protect` and `open_outside` put on it."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from hub.store.base import MANIFEST, Entry, Kind, Retention
from hub.store.rls import open_outside, protect, readable_outside

Collect = Callable[[Callable[..., object]], list[str]]
Made = tuple[asyncpg.Connection, Collect]
ENTRY = Entry(Kind.TENANT, Retention.ARCHIVE, outside=("tenant_id", "open"), published="open")


@pytest.fixture
async def made(
    database: str,
) -> AsyncIterator[tuple[asyncpg.Connection, Callable[[Callable[..., object]], list[str]]]]:
    """A superuser inside a transaction that is undone, and a collector of statements."""
    connection = await asyncpg.connect(database)
    transaction = connection.transaction()
    await transaction.start()

    def statements(make: Callable[..., object]) -> list[str]:
        found: list[str] = []
        make(found.append)
        return found

    yield connection, statements
    await transaction.rollback()
    await connection.close()


async def prepared(connection: asyncpg.Connection, statements: Collect, kind: Kind) -> None:
    """A table of two tenants and two villages, protected."""
    await connection.execute("create table note (tenant_id int, village_id uuid, open boolean, secret text)")
    await connection.execute("alter table note owner to hub_owner")
    village = "village_id" if kind is Kind.PERSON else None
    for statement in statements(lambda run: protect(run, "note", kind=kind, village=village)):
        await connection.execute(statement)
    await connection.execute(
        "insert into note select t, v, o, 'x' from unnest(array[1, 2]) t, "
        "unnest(array['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']::uuid[]) v, "
        "unnest(array[true, false]) o"
    )


async def seen(connection: asyncpg.Connection, role: str, columns: str = "*", **settings: str) -> int | str:
    """How many rows a role sees under settings, or that it is denied."""
    inner = connection.transaction()
    await inner.start()
    try:
        for name, value in settings.items():
            await connection.execute("select set_config($1, $2, true)", f"hub.{name}", value)
        await connection.execute(f"set local role {role}")
        return len(await connection.fetch(f"select {columns} from note"))
    except asyncpg.InsufficientPrivilegeError:
        return "denied"
    finally:
        await inner.rollback()


async def test_a_protected_table_shows_one_tenant_and_binds_its_owner_too(made: Made) -> None:
    connection, statements = made
    await prepared(connection, statements, Kind.TENANT)
    for role in ("hub_api", "hub_worker", "hub_owner"):
        assert [await seen(connection, role), await seen(connection, role, tenant="")] == [0, 0]
        assert await seen(connection, role, tenant="1") == 4
        assert await seen(connection, role, tenants="{1,2}") == 0
    assert await seen(connection, "hub_outside", tenant="1", tenants="{1}") == "denied"
    assert await seen(connection, "hub_report", tenant="1") == "denied"


async def test_villages_narrow_and_never_widen(made: Made) -> None:
    connection, statements = made
    await prepared(connection, statements, Kind.PERSON)
    one, two = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2))
    assert await seen(connection, "hub_api", tenant="1") == 4
    assert await seen(connection, "hub_api", tenant="1", villages=f"{{{one}}}") == 2
    assert await seen(connection, "hub_api", tenant="1", villages=f"{{{one},{two}}}") == 4
    assert await seen(connection, "hub_api", tenant="1", villages="{}") == 0
    assert await seen(connection, "hub_api", villages=f"{{{one}}}") == 0


async def test_outside_sees_the_open_columns_of_published_rows(made: Made) -> None:
    connection, statements = made
    await prepared(connection, statements, Kind.TENANT)
    for _ in range(2):  # every migration does it anew
        for statement in statements(lambda run: open_outside(run, "note", ENTRY)):
            await connection.execute(statement)
    assert await seen(connection, "hub_outside", "tenant_id, open", tenants="{1}") == 2
    assert await seen(connection, "hub_outside", "tenant_id, open", tenants="{1,2}") == 4
    assert await seen(connection, "hub_outside", "tenant_id, open", tenant="1") == 0
    assert await seen(connection, "hub_outside", "secret", tenants="{1}") == "denied"
    assert await seen(connection, "hub_outside", "*", tenants="{1}") == "denied"


def test_a_table_that_opens_nothing_gets_no_statement() -> None:
    found: list[str] = []
    open_outside(found.append, "citizen", MANIFEST["citizen"])
    assert found == []
    assert readable_outside("citizen") == readable_outside("no_such_table") == frozenset()


async def test_each_role_and_command_has_one_permissive_policy(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select tablename, role, c as command, count(*) from pg_policies, unnest(roles) role, "
        "unnest(case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[cmd] end) c "
        "where permissive = 'PERMISSIVE' group by 1, 2, 3 having count(*) > 1"
    )
    assert rows == []


async def test_row_level_security_is_forced_on_every_table_of_a_tenant(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
        "and relrowsecurity and relforcerowsecurity"
    )
    kinds = (Kind.TENANT, Kind.PERSON)
    across = {"publication", "published_figure", "figure_shown"}  # of districts, seen by region
    assert {row["relname"] for row in rows} == across | {
        name for name, entry in MANIFEST.items() if entry.kind in kinds
    }
