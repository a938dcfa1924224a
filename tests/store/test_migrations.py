"""What single migrations do to the data that is there."""

from datetime import date
from uuid import UUID

import asyncpg

from hub.kernel import names
from hub.store import migrate
from tests.store.test_migrate import as_admin, empty

assert empty  # the fixture
PEOPLE = {
    (1, UUID(int=1)): "Muhammad Nur Aini",
    (1, UUID(int=2)): "Hj. Siti Nuraini",
    (2, UUID(int=1)): "Abdurrahman",
}
TENANT = """
insert into tenant (id, kind, code, name, zone, status, demo, created_at)
select id, 'KECAMATAN', 'T' || id, 'T', 'Asia/Jakarta', 'ACTIVE', false, now() from generate_series(1, 2) id
"""
CITIZEN = """
insert into citizen (tenant_id, id, version, created_at, updated_at, village_id, household_id, nik_status, full_name,
   sort_key, sex, family_relation, base_status, source)
values ($1, $2, 1, now(), now(), $2, $2, 'UNKNOWN', $3, $4, 'MALE', 'CHILD', 'ALIVE', 'TEST')
"""
TOKEN = "insert into citizen_name_token (tenant_id, citizen_id, token, village_id) values ($1, $2, $3, $2)"


async def test_0007_and_0010_give_name_tokens_all_that_the_search_reads_beside_them(empty: str) -> None:
    await migrate.upgrade(empty, revision="0006")
    admin = await asyncpg.connect(as_admin(empty))
    await admin.execute("set session_replication_role = replica")  # keys lead nowhere
    await admin.execute(TENANT)
    for (tenant, citizen), name in PEOPLE.items():
        await admin.execute(CITIZEN, tenant, citizen, name, names.sort_key(name))
        for token in names.search_tokens(name):
            await admin.execute(TOKEN, tenant, citizen, token)

    await migrate.upgrade(empty, revision="0010")

    for (tenant, citizen), name in PEOPLE.items():
        rows = await admin.fetch(
            "select * from citizen_name_token where tenant_id = $1 and citizen_id = $2", tenant, citizen
        )
        kept = [names.Token(row["token"], row["initial"], row["covered"], row["heard"]) for row in rows]
        assert sorted(kept, key=lambda each: each.token) == names.name_tokens(name)
        assert {row["sort_key"] for row in rows} == {names.sort_key(name)}
    await admin.close()


VILLAGE = """
insert into village (tenant_id, id, version, created_at, updated_at, code, name, kind, aliases, terrain)
values ($1, $2, 1, now(), now(), $3, 'D', 'DESA', '{}', '{}')
"""
HOME = """
insert into household (tenant_id, id, version, created_at, updated_at, village_id, kk_sealed, kk_bidx, kk_prefix)
values ($1, $2, 1, now(), now(), $2, '', $3, '')
"""


async def test_0020_knows_the_living_since_their_rows_last_changed(empty: str) -> None:
    await migrate.upgrade(empty, revision="0018")
    admin = await asyncpg.connect(as_admin(empty))
    await admin.execute("set session_replication_role = replica")
    await admin.execute(TENANT)
    for (tenant, citizen), name in PEOPLE.items():
        await admin.execute(VILLAGE, tenant, citizen, f"{tenant}.{citizen.int}")
        await admin.execute(HOME, tenant, citizen, citizen.bytes)
        await admin.execute(CITIZEN, tenant, citizen, name, names.sort_key(name))
    await admin.execute("update citizen set updated_at = '2026-03-04 18:00+00', marital_status = 'SINGLE'")
    await admin.execute("update citizen set ended_at = now(), end_reason = 'DIED' where id = $1", UUID(int=2))

    await migrate.upgrade(empty)

    rows = await admin.fetch("select * from stay order by tenant_id")
    assert [(row["tenant_id"], row["citizen_id"], row["household_id"], row["full_name"]) for row in rows] == [
        (tenant, citizen, citizen, name) for (tenant, citizen), name in PEOPLE.items() if citizen.int == 1
    ]
    assert {(row["from_on"], row["until_on"], row["beginning"], row["state"]) for row in rows} == {
        (date(2026, 3, 5), None, "RECORDED", "HELD")
    }
    await admin.close()
