"""The doctor: a healthy database gives no finding, and every fault that is planted gives exactly its own."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.store import catalogue, doctor, migrate
from hub.store.base import MANIFEST, Entry, Kind, Retention
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.store.roles import database_statements
from tests import cluster
from tests.conftest import prepare

OPEN = "tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)"


@pytest.fixture(scope="session")
async def patient(database: str) -> AsyncIterator[Connection]:
    """The administrator of a database of our own, set up as in production. Each test undoes what it does."""
    del database  # only so that the roles exist
    name = f"doctor_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection = await asyncpg.connect(await cluster.database_for(name, prepare))
    for statement in database_statements(f"hub_{name}"):
        await connection.execute(statement)
    yield connection
    await connection.close()


async def findings(patient: Connection, *statements: str) -> list[Finding]:
    """What is found after the statements, which are then undone."""
    planted = patient.transaction()
    await planted.start()
    try:
        for statement in statements:
            await patient.execute(statement)
        return list(doctor.judge(await catalogue.read(patient), MANIFEST, migrate.head()))
    finally:
        await planted.rollback()


async def test_a_healthy_database_has_no_findings(patient: Connection) -> None:
    assert await doctor.examine(patient) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("alter role hub_api createdb", Finding(Fault.ROLE_ATTRIBUTES, "hub_api", "+createdb")),
        ("alter role hub_backup nobypassrls", Finding(Fault.ROLE_ATTRIBUTES, "hub_backup", "-bypassrls")),
        (
            "alter role hub_backup reset default_transaction_read_only",
            Finding(Fault.ROLE_ATTRIBUTES, "hub_backup", "-read_only"),
        ),
        ("grant hub_owner to hub_api", Finding(Fault.ROLE_MEMBER, "hub_api", "hub_owner")),
        ("revoke pg_read_all_data from hub_backup", Finding(Fault.RIGHT_MISSING, "hub_backup", "pg_read_all_data")),
        ("alter table alembic_version owner to hub_api", Finding(Fault.OWNER, "alembic_version", "hub_api")),
        ("create table note (); alter table note owner to hub_owner", Finding(Fault.NOT_IN_MANIFEST, "note")),
        ("alter table citizen disable row level security", Finding(Fault.RLS_OFF, "citizen")),
        ("alter table citizen no force row level security", Finding(Fault.RLS_NOT_FORCED, "citizen")),
        ("grant select on citizen to public", Finding(Fault.RIGHT_EXTRA, "citizen", "PUBLIC: SELECT")),
        ("grant select on citizen to hub_outside", Finding(Fault.RIGHT_EXTRA, "citizen", "hub_outside: SELECT")),
        (
            "grant select (full_name) on citizen to hub_outside",
            Finding(Fault.RIGHT_EXTRA, "citizen", "hub_outside: SELECT(full_name)"),
        ),
        (
            "grant select (phone_sealed) on village_official to hub_outside",
            Finding(Fault.RIGHT_EXTRA, "village_official", "hub_outside: SELECT(phone_sealed)"),
        ),
        (
            "revoke select (name) on village from hub_outside",
            Finding(Fault.RIGHT_MISSING, "village", "hub_outside: SELECT(name)"),
        ),
        ("grant delete on citizen to hub_api", Finding(Fault.RIGHT_EXTRA, "citizen", "hub_api: DELETE")),
        (
            "grant update on journal_entry to hub_worker",
            Finding(Fault.RIGHT_EXTRA, "journal_entry", "hub_worker: UPDATE"),
        ),
        ("grant select on village to hub_report", Finding(Fault.RIGHT_EXTRA, "village", "hub_report: SELECT")),
        ("revoke insert on citizen from hub_api", Finding(Fault.RIGHT_MISSING, "citizen", "hub_api: INSERT")),
        (
            "grant select on household to hub_api with grant option",
            Finding(Fault.RIGHT_EXTRA, "household", "hub_api: SELECT WITH GRANT OPTION"),
        ),
        ("grant create on schema public to public", Finding(Fault.RIGHT_EXTRA, "schema public", "PUBLIC: CREATE")),
        (
            "alter default privileges for role hub_owner grant select on tables to hub_outside",
            Finding(Fault.RIGHT_EXTRA, "default privileges", "hub_outside: SELECT"),
        ),
        (
            f"create policy mine on village for update to hub_api using ({OPEN})",
            Finding(Fault.POLICY_DOUBLE, "village", "hub_api UPDATE: mine, tenant"),
        ),
        ("drop policy outside on village", Finding(Fault.POLICY_ABSENT, "village", "hub_outside SELECT")),
        (
            f"create policy mine on village as restrictive to public using ({OPEN})",
            Finding(Fault.POLICY_PUBLIC, "village.mine"),
        ),
        (f"alter policy tenant on village using ({OPEN} or true)", Finding(Fault.POLICY_OPEN, "village.tenant")),
        ("drop policy villages on citizen", Finding(Fault.POLICY_NOT_NARROWED, "citizen")),
        (
            "create policy mine on village as restrictive to hub_api using (id::text = current_setting('hub.party'))",
            Finding(Fault.POLICY_FORM, "village.mine"),
        ),
        ("alter function hub_find_issuers(int) reset search_path", Finding(Fault.FUNCTION_PATH, "hub_find_issuers")),
        (
            "grant execute on function hub_find_issuers(int) to public",
            Finding(Fault.FUNCTION_PUBLIC, "hub_find_issuers"),
        ),
        (
            "alter table village add constraint odd foreign key (id, tenant_id) references village (id, tenant_id)",
            Finding(Fault.KEY_CROSSES, "village", "odd"),
        ),
        (
            "alter table citizen add constraint odd foreign key (tenant_id, id) references village on delete set null",
            Finding(Fault.KEY_SETS_NULL, "citizen", "odd"),
        ),
        ("create type mood as enum ('good')", Finding(Fault.ENUM_TYPE, "mood")),
        ("create index odd on citizen (full_name)", Finding(Fault.INDEX_LED, "citizen", "odd")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_planted_fault_is_found(patient: Connection, statement: str, expected: Finding) -> None:
    assert await findings(patient, statement) == [expected]


async def test_a_village_condition_in_a_permissive_policy_is_found(patient: Connection) -> None:
    found = await findings(
        patient,
        "drop policy villages on citizen",
        "create policy villages on citizen for select to hub_api using "
        "((select nullif(current_setting('hub.villages', true), '')) is null)",
    )

    assert found == [
        Finding(Fault.POLICY_WIDENS, "citizen.villages"),
        Finding(Fault.POLICY_OPEN, "citizen.villages"),
        Finding(Fault.POLICY_DOUBLE, "citizen", "hub_api SELECT: tenant, villages"),
        Finding(Fault.POLICY_NOT_NARROWED, "citizen"),
    ]


async def test_an_unprotected_new_table_of_a_tenant_is_found(patient: Connection) -> None:
    found = await findings(
        patient, "set local role hub_owner", "create table note (tenant_id int, id int, primary key (id, tenant_id))"
    )

    assert found == [
        Finding(Fault.NOT_IN_MANIFEST, "note"),
        Finding(Fault.RLS_OFF, "note"),
        Finding(Fault.INDEX_LED, "note", "note_pkey"),
    ]


async def test_a_manifest_entry_without_a_table_is_found(patient: Connection) -> None:
    read = await catalogue.read(patient)
    more = {**MANIFEST, "note": Entry(Kind.TENANT, Retention.ARCHIVE)}

    assert list(doctor.judge(read, more, migrate.head())) == [Finding(Fault.TABLE_MISSING, "note")]


async def test_missing_migrations_are_found(patient: Connection) -> None:
    read = await catalogue.read(patient)

    found = list(doctor.judge(read, MANIFEST, "9999"))

    assert found == [Finding(Fault.REVISION, read.database, f"{migrate.head()}, 9999")]


async def test_an_unknown_server_version_is_found(patient: Connection) -> None:
    read = await catalogue.read(patient)
    older = catalogue.Catalogue(**{name: getattr(read, name) for name in read.__slots__} | {"version": 14})

    assert list(doctor.judge(older, MANIFEST, migrate.head())) == [Finding(Fault.SERVER_VERSION, "server", "14")]


def test_every_fault_speaks_both_languages() -> None:
    for fault in Fault:
        assert fault.value == fault.name
        assert all(fault.problem[lang] and fault.advice[lang] for lang in ("id", "en"))


def test_a_finding_says_where_what_and_what_to_do() -> None:
    finding = Finding(Fault.RLS_OFF, "citizen", "x")

    assert finding.sentence("en") == "citizen: A tenant's table has no row-level security (x)"
    assert finding.sentence("id") == "citizen: Tabel milik tenant tanpa row-level security (x)"
    assert finding.advice("en") == "Call `protect(…)` in the table's migration."
