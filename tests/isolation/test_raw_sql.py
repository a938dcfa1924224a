"""Raw SQL as each database role: what PostgreSQL keeps apart when every predicate in Python is forgotten."""

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from hub.kernel.ids import new_id
from hub.store.base import MANIFEST, Kind, metadata
from tests.conftest import as_role
from tests.isolation.raw import NARROWED, PERSONAL, TABLES, columns, inside, plant
from tests.isolation.wall import Wall

# The worker seals what is pending in any tenant; the queue holds ids only.
ACROSS = frozenset({("hub_worker", name) for name in ("journal_pending", "job", "webhook_endpoint")})
# Rows that an office may take back: staged files and what undoing them needs, folded words of a changed name, parties
# of a draft, proposals that a later file replaces.
DELETABLE = frozenset(
    {
        "before_import",
        "import_row",
        "import_figure",
        "import_problem",
        "citizen_name_token",
        "commitment_party",
        "plan_item_stakeholder",
        "proposed_event",
        "village_sync_file",
    }
)
# What nobody in particular reads: its readers are an organization that takes part, or a district.
CONCERNED = frozenset({"journal_change", "action_plan_review", "plan_item_problem", "upload"})
# A file of feedback is of no village: whoever sees the feedback sees it.
OF_NO_VILLAGE = frozenset({"stored_file"})
# No policy lets even the owner update what the journal has said, or a job: it finds no row.
UNTOUCHED = frozenset({("hub_owner", name) for name in ("journal_entry", "journal_pending", "journal_change", "job")})
# An act of a village may speak of another village (a move): its entry is said there, and cannot be read back.
SAID = "journal_entry"
ROLES = ("hub_api", "hub_outside", "hub_worker", "hub_report", "hub_backup", "hub_owner")
ENTERING = ("hub_api", "hub_outside", "hub_worker", "hub_owner")
WRITING = ("hub_api", "hub_worker", "hub_owner")
DENIED = asyncpg.InsufficientPrivilegeError
Logins = Mapping[str, asyncpg.Connection]


@pytest.fixture(scope="module")
async def logins(database: str) -> AsyncIterator[Logins]:
    """A connection of every role."""
    found = {role: await asyncpg.connect(as_role(database, role)) for role in ROLES}
    yield found
    for connection in found.values():
        await connection.close()


@pytest.fixture(scope="module")
async def full(wall: Wall, superuser: asyncpg.Connection) -> Wall:
    """The wall with a row in every table, on both sides and in both villages."""
    for table in TABLES:
        for side in (wall.near, wall.far):
            if not await count(superuser, table, side.tenant.id):
                for village in side.villages if table in NARROWED else side.villages[:1]:
                    await plant(superuser, table, side.tenant.id, village.id)
    return wall


async def count(connection: asyncpg.Connection, table: str, tenant: int) -> int:
    """The rows of a tenant that a role sees."""
    found: int = await connection.fetchval(f"select count(*) from {table} where tenant_id = $1", tenant)
    return found


async def tenants_seen(connection: asyncpg.Connection, table: str) -> set[int]:
    """Whose rows a role sees; nobody's where it has no privilege."""
    try:
        async with connection.transaction():
            return {row[0] for row in await connection.fetch(f"select distinct tenant_id from {table}")}
    except DENIED:
        return set()


@pytest.mark.parametrize("table", TABLES)
async def test_every_table_has_rows_on_both_sides(table: str, full: Wall, superuser: asyncpg.Connection) -> None:
    assert await count(superuser, table, full.near.tenant.id) > 0
    assert await count(superuser, table, full.far.tenant.id) > 0


def names_of(table: str) -> list[str]:
    """The columns of a table."""
    return [column.name for column in metadata.tables[table].columns]


# Reading


@pytest.mark.parametrize("role", [role for role in ROLES if role != "hub_backup"])
async def test_without_a_scope_no_table_shows_a_row(role: str, full: Wall, logins: Logins) -> None:
    seen = {table: await tenants_seen(logins[role], table) for table in TABLES if (role, table) not in ACROSS}
    assert seen == {table: set() for table in seen}


@pytest.mark.parametrize("role", ENTERING)
async def test_a_setting_left_empty_by_an_earlier_transaction_shows_nothing(
    role: str, full: Wall, logins: Logins
) -> None:
    async with inside(
        logins[role], tenant="", tenants="", villages="", party="", subject="", region="", agency="", code=""
    ):
        seen = {table: await tenants_seen(logins[role], table) for table in TABLES if (role, table) not in ACROSS}
    assert seen == {table: set() for table in seen}


@pytest.mark.parametrize("role", WRITING)
@pytest.mark.parametrize("table", TABLES)
async def test_in_a_tenant_only_its_rows_are_there(role: str, table: str, full: Wall, logins: Logins) -> None:
    if (role, table) in ACROSS:
        pytest.skip("the queue is read across tenants")
    async with inside(logins[role], tenant=full.near.tenant.id):
        seen = await tenants_seen(logins[role], table)
    assert seen in ({full.near.tenant.id}, set())
    assert seen or role != "hub_api"


@pytest.mark.parametrize("table", TABLES)
async def test_from_outside_only_rows_of_the_named_tenants_are_there(table: str, full: Wall, logins: Logins) -> None:
    near, party = full.near.tenant.id, full.near.partners[0].id
    async with inside(logins["hub_outside"], tenant=near, tenants=[near], region="63", party=party):
        seen = await tenants_seen(logins["hub_outside"], table)
    assert seen <= {near}
    assert seen or MANIFEST[table].published is None or table in CONCERNED


async def test_another_setting_than_a_number_opens_nothing(full: Wall, logins: Logins) -> None:
    async with inside(logins["hub_api"], tenant="1 or true"):
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await logins["hub_api"].fetch("select * from village")


@pytest.mark.parametrize("table", NARROWED)
async def test_a_village_office_reads_its_villages_persons_only(
    table: str, full: Wall, logins: Logins, superuser: asyncpg.Connection
) -> None:
    near, own = full.near.tenant.id, full.near.villages[0].id
    query = f"select distinct village_id from {table} where tenant_id = $1"
    there = {row[0] for row in await superuser.fetch(query, near)}
    async with inside(logins["hub_api"], tenant=near, villages=[own]):
        seen = {row[0] for row in await logins["hub_api"].fetch(query, near)}
    assert there >= {village.id for village in full.near.villages}
    assert seen == ({own, None} if table in OF_NO_VILLAGE else {own})


# Writing


@pytest.mark.parametrize("role", WRITING)
@pytest.mark.parametrize("table", TABLES)
async def test_a_row_for_another_tenant_is_refused(role: str, table: str, full: Wall, logins: Logins) -> None:
    names, values = columns(table, replaced={"tenant_id": str(full.far.tenant.id)})
    async with inside(logins[role], tenant=full.near.tenant.id):
        if not await tenants_seen(logins[role], table):
            pytest.skip("this role reads no row of it to copy")
        with pytest.raises(DENIED):
            await logins[role].execute(f"insert into {table} ({names}) select {values} from {table} limit 1")


@pytest.mark.parametrize("role", WRITING)
@pytest.mark.parametrize("table", TABLES)
async def test_a_row_cannot_be_moved_to_another_tenant(role: str, table: str, full: Wall, logins: Logins) -> None:
    async with inside(logins[role], tenant=full.near.tenant.id):
        if role != "hub_api" and not await tenants_seen(logins[role], table):
            pytest.skip("this role sees no row of it to move")
        if (role, table) in UNTOUCHED:
            assert await logins[role].execute(f"update {table} set tenant_id = $1", full.far.tenant.id) == "UPDATE 0"
            return
        with pytest.raises(DENIED):
            await logins[role].execute(f"update {table} set tenant_id = $1", full.far.tenant.id)


@pytest.mark.parametrize("role", ["hub_api", "hub_worker"])
@pytest.mark.parametrize("table", TABLES)
async def test_another_tenants_rows_cannot_be_changed(
    role: str, table: str, full: Wall, logins: Logins, superuser: asyncpg.Connection
) -> None:
    query = f"update {table} set tenant_id = tenant_id where tenant_id = $1"
    async with inside(logins[role], tenant=full.near.tenant.id):
        try:
            assert await logins[role].execute(query, full.far.tenant.id) == "UPDATE 0"
        except DENIED:
            assert ("UPDATE" in MANIFEST[table].rights.get(role, ("UPDATE",))) is False
    assert await count(superuser, table, full.far.tenant.id) > 0


@pytest.mark.parametrize("table", NARROWED)
async def test_a_village_office_changes_nothing_of_another_village(table: str, full: Wall, logins: Logins) -> None:
    near, own, other = full.near.tenant.id, full.near.villages[0].id, full.near.villages[1].id
    api = logins["hub_api"]
    names, values = columns(table, replaced={"village_id": f"'{other}'"})
    async with inside(api, tenant=near, villages=[own]):
        expected = asyncpg.UniqueViolationError if table == SAID else DENIED
        with pytest.raises(expected):
            async with api.transaction():
                await api.execute(f"insert into {table} ({names}) select {values} from {table} limit 1")
        with pytest.raises(DENIED):
            async with api.transaction():
                await api.execute(f"update {table} set village_id = $1", other)
        try:
            done = await api.execute(f"update {table} set village_id = village_id where village_id = $1", other)
        except DENIED:
            done = "UPDATE 0"
        assert done == "UPDATE 0"


@pytest.mark.parametrize("table", [name for name in TABLES if name not in DELETABLE])
async def test_offices_delete_nothing(table: str, full: Wall, logins: Logins) -> None:
    for role in ("hub_api", "hub_outside"):
        async with inside(logins[role], tenant=full.near.tenant.id, tenants=[full.near.tenant.id]):
            with pytest.raises(DENIED, match="permission denied"):
                await logins[role].execute(f"delete from {table}")


@pytest.mark.parametrize("table", sorted(DELETABLE))
async def test_what_an_office_may_delete_is_its_own(table: str, full: Wall, logins: Logins) -> None:
    async with inside(logins["hub_api"], tenant=full.near.tenant.id):
        assert await logins["hub_api"].execute(f"delete from {table} where tenant_id = $1", full.far.tenant.id) == (
            "DELETE 0"
        )


@pytest.mark.parametrize("role", ["hub_api", "hub_outside", "hub_worker", "hub_report", "hub_backup"])
async def test_nobody_but_the_owner_changes_tables_or_policies(role: str, logins: Logins) -> None:
    for statement in (
        "alter table citizen disable row level security",
        "drop policy tenant on citizen",
        "create table mine (id int)",
        "truncate citizen",
        "set role hub_owner",
        "alter role hub_api bypassrls",
    ):
        with pytest.raises((DENIED, asyncpg.ReadOnlySQLTransactionError)):
            await logins[role].execute(statement)


# Outside


@pytest.mark.parametrize("table", PERSONAL)
async def test_from_outside_the_register_is_closed_whatever_is_set(table: str, full: Wall, logins: Logins) -> None:
    outside, near = logins["hub_outside"], full.near.tenant.id
    for column in (name for name in names_of(table) if name not in MANIFEST[table].outside):
        async with inside(outside, tenant=near, tenants=[near], party=full.near.partners[0].id):
            if "SELECT" in MANIFEST[table].rights.get("hub_outside", ()):
                assert await outside.fetch(f"select {column} from {table}") == []
                continue
            with pytest.raises(DENIED, match="permission denied"):
                await outside.fetch(f"select {column} from {table}")


@pytest.mark.parametrize("table", [name for name in TABLES if MANIFEST[name].outside])
async def test_from_outside_a_column_that_was_not_opened_is_closed(table: str, full: Wall, logins: Logins) -> None:
    outside, near = logins["hub_outside"], full.near.tenant.id
    closed = [name for name in names_of(table) if name not in MANIFEST[table].outside]
    for column in [*closed, *(["*"] if closed else [])]:
        async with inside(outside, tenant=near, tenants=[near]):
            with pytest.raises(DENIED, match="permission denied"):
                await outside.fetch(f"select {column} from {table}")


async def test_an_organization_changes_its_own_parties_only(
    full: Wall, logins: Logins, superuser: asyncpg.Connection
) -> None:
    near, own = full.near.tenant.id, full.near.partners[0].id
    outside = logins["hub_outside"]
    others = await superuser.fetch(
        "select id from commitment_party where tenant_id = $1 and organization_id is distinct from $2", near, own
    )
    assert others
    async with inside(outside, tenant=near, tenants=[near], party=own):
        done = await outside.execute(
            "update commitment_party set signatory_name = 'x' where id = any ($1)", [row["id"] for row in others]
        )
        with pytest.raises(DENIED, match="permission denied"):
            await outside.execute("update commitment_party set organization_id = organization_id")
    assert done == "UPDATE 0"


async def test_what_an_organization_uploaded_is_read_by_no_other(full: Wall, logins: Logins) -> None:
    near, (own, other) = full.near.tenant.id, full.near.partners[:2]
    for party in (own.id, other.id, new_id()):
        async with inside(logins["hub_outside"], tenant=near, tenants=[near], party=party):
            for table in ("stored_file", "upload"):
                rows = await logins["hub_outside"].fetch(f"select organization_id from {table}")
                assert {row["organization_id"] for row in rows} <= {None, party}
    async with inside(logins["hub_outside"], tenant=near, tenants=[near], agency="32.01/PUPR"):
        assert await logins["hub_outside"].fetch("select id from stored_file") == []
        assert await logins["hub_outside"].fetch("select id from feedback_file") == []


# Reports and backups


@pytest.mark.parametrize("table", TABLES)
async def test_reports_read_no_table_of_a_tenant(table: str, full: Wall, logins: Logins) -> None:
    async with inside(logins["hub_report"], tenant=full.near.tenant.id, tenants=[full.near.tenant.id]):
        with pytest.raises(DENIED, match="permission denied"):
            await logins["hub_report"].fetch(f"select tenant_id from {table}")


@pytest.mark.parametrize("table", TABLES)
async def test_a_backup_reads_every_row_and_writes_none(
    table: str, full: Wall, logins: Logins, superuser: asyncpg.Connection
) -> None:
    backup = logins["hub_backup"]
    query = f"select count(*) from {table}"
    assert await backup.fetchval(query) == await superuser.fetchval(query)
    for statement in (f"delete from {table}", f"update {table} set tenant_id = tenant_id"):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await backup.execute(statement)
        with pytest.raises(DENIED, match="permission denied"):
            await backup.execute(f"begin read write; {statement}")
        await backup.execute("rollback")


# Look-ups that run before a scope exists


@pytest.mark.parametrize("role", ["hub_api", "hub_outside"])
async def test_a_look_up_leaves_the_tenant_as_it_was(role: str, full: Wall, logins: Logins) -> None:
    near, far, one = full.near.tenant.id, full.far.tenant.id, logins[role]
    look_ups = (
        ("select hub_find_key($1, $2)", far, b"\x00" * 32),
        ("select hub_find_identity($1, $2, $3)", far, "https://login.example", "x"),
        ("select hub_find_issuers($1)", far),
        ("select hub_find_feedback($1, $2)", far, "x"),
        ("select hub_find_report_issue($1, $2)", far, "x"),
    )
    for query, *arguments in look_ups:
        await one.fetchval(query, *arguments)
        assert await one.fetchval("select current_setting('hub.tenant', true)") in ("", None)
        async with inside(one, tenant=near, tenants=[near]):
            await one.fetchval(query, *arguments)
            assert await one.fetchval("select current_setting('hub.tenant', true)") == str(near)
            assert await tenants_seen(one, "village") == {near}


async def test_a_key_is_found_in_the_tenant_it_claims_and_in_no_other(
    full: Wall, logins: Logins, superuser: asyncpg.Connection
) -> None:
    near, far = full.near.tenant.id, full.far.tenant.id
    digest = await superuser.fetchval("select sha256 from api_key where tenant_id = $1 limit 1", near)
    query = "select hub_find_key($1, $2)"
    assert await logins["hub_outside"].fetchval(query, near, digest) is not None
    assert await logins["hub_outside"].fetchval(query, far, digest) is None
    assert len(await logins["hub_outside"].fetch(query, near, digest)) == 1


async def test_a_document_is_found_in_its_tenant_and_app_only(
    full: Wall, logins: Logins, superuser: asyncpg.Connection
) -> None:
    near, far = full.near.tenant.id, full.far.tenant.id
    app, manifest, digest = new_id(), new_id(), b"\x07" * 32
    async with superuser.transaction():
        await superuser.execute(
            "insert into client_app (tenant_id, id, version, created_at, updated_at, name) "
            "values ($1, $2, 1, now(), now(), 'wall')",
            near,
            app,
        )
        await superuser.execute(
            "insert into app_manifest (tenant_id, id, version, created_at, updated_at, app_id, number, label, sha256) "
            "values ($1, $2, 1, now(), now(), $3, 1, '1', '')",
            near,
            manifest,
            app,
        )
        await superuser.execute("insert into document_text values ($1, $2, 'near text')", near, digest)
        await superuser.execute("insert into app_document values ($1, $2, 'near', $3)", near, manifest, digest)
    query = "select hub_find_document($1, $2, $3, $4, now())"
    outside = logins["hub_outside"]
    assert await outside.fetchval(query, near, app, "near", None) == "near text"
    assert await outside.fetchval(query, near, app, None, digest) == "near text"
    for tenant, of in ((far, app), (near, new_id())):
        assert await outside.fetchval(query, tenant, of, "near", None) is None
        assert await outside.fetchval(query, tenant, of, None, digest) is None


@pytest.mark.parametrize("role", ["hub_report", "hub_worker", "hub_backup"])
async def test_only_those_who_let_people_in_may_look_up(role: str, logins: Logins) -> None:
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_key(1, $1)", b"")
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_document(1, $1, 'x', null, now())", new_id())
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_file_link(1, $1)", b"")
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_feedback(1, 'x')")
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_report_issue(1, 'x')")
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_session(1, $1)", b"")
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_invitation(1, $1)", b"")


@pytest.mark.parametrize("role", ["hub_api", "hub_outside", "hub_report", "hub_backup"])
async def test_what_proves_a_person_is_found_by_the_worker_alone(role: str, logins: Logins) -> None:
    with pytest.raises(DENIED, match="permission denied for function"):
        await logins[role].fetchval("select hub_find_account(1, 'siti')")


async def test_every_security_definer_function_has_a_fixed_path_and_no_public_right(
    superuser: asyncpg.Connection,
) -> None:
    found = await superuser.fetch(
        "select proname, proconfig, proacl::text as acl from pg_proc "
        "where prosecdef and pronamespace = 'public'::regnamespace order by proname"
    )
    assert [row["proname"] for row in found] == [
        "hub_draw",
        "hub_file_bytes",
        "hub_find_account",
        "hub_find_document",
        "hub_find_feedback",
        "hub_find_file_link",
        "hub_find_grant",
        "hub_find_identity",
        "hub_find_invitation",
        "hub_find_issuers",
        "hub_find_key",
        "hub_find_report_issue",
        "hub_find_session",
        "hub_find_sign_in_issuers",
        "hub_give_back",
        "hub_signatures",
        "hub_tidy_buckets",
        "hub_use_invitation",
    ]
    for row in found:
        assert "search_path=public, pg_temp" in row["proconfig"]
        assert "{=X" not in row["acl"]
        assert ",=X" not in row["acl"]


def test_every_table_of_persons_knows_its_village() -> None:
    """What hangs on a person carries a village_id, so that an official's villages narrow it."""
    without = [name for name in PERSONAL if name not in NARROWED]
    assert without == ["subject_key"]
    assert all(MANIFEST[name].kind is Kind.PERSON for name in PERSONAL)
