"""What single migrations do to the data that is there."""

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

    await migrate.upgrade(empty)

    for (tenant, citizen), name in PEOPLE.items():
        rows = await admin.fetch(
            "select * from citizen_name_token where tenant_id = $1 and citizen_id = $2", tenant, citizen
        )
        kept = [names.Token(row["token"], row["initial"], row["covered"], row["heard"]) for row in rows]
        assert sorted(kept, key=lambda each: each.token) == names.name_tokens(name)
        assert {row["sort_key"] for row in rows} == {names.sort_key(name)}
    await admin.close()
