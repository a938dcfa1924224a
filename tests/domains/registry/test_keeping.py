"""The registry says what the registers say, however often the worker dies, and nobody but the worker reads it."""

from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub.domains.registry import keeping
from hub.domains.registry.keeping import KIND
from hub.domains.registry.rebuilding import rebuild
from hub.kernel import ids
from hub.kernel.keyring import Purpose
from hub.store import doctor
from hub.store.findings import Fault, Finding
from tests.conftest import as_role
from tests.relay import Worker
from tests.schema.citizens.stage import CORRECT_NIK, END, Office

Offices = tuple[Office, Office]
TABLES = ("person", "person_key", "person_home", "feed_mark")
_numbers = count(1)


def a_nik() -> str:
    """A well-formed number that nobody has yet."""
    return f"631102570590{next(_numbers):04d}"


def key_of(citizen: Any) -> UUID:
    found = ids.decode(citizen["id"])
    assert found is not None
    assert isinstance(found.key, UUID)
    return found.key


async def homes(admin: asyncpg.Connection, worker: Worker, nik: str) -> list[tuple[int, UUID, bool]]:
    """The records of whoever has this NIK, in order of their tenants."""
    rows = await admin.fetch(
        "select home_tenant, citizen_id, living from person_home h join person_key k using (person_id)"
        " join person p on p.id = h.person_id where bidx = $1 order by home_tenant, citizen_id",
        worker.keys.registry.registry_blind(nik, kind=KIND),
    )
    return [(row["home_tenant"], row["citizen_id"], row["living"]) for row in rows]


async def everything(admin: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """Every record with the number of its person; persons' own ids say nothing."""
    rows = await admin.fetch(
        "select home_tenant, citizen_id, living, bidx from person_home join person_key using (person_id)"
        " order by home_tenant, citizen_id, bidx"
    )
    return [tuple(row) for row in rows]


async def test_one_number_in_two_kecamatan_is_one_person(
    offices: Offices, worker: Worker, admin: asyncpg.Connection
) -> None:
    nik = a_nik()
    there = [await each.citizen(await each.household(), nik=nik) for each in offices]

    assert await homes(admin, worker, nik) == []
    await worker.catch_up()

    expected = [(each.tenant.id, key_of(made), True) for each, made in zip(offices, there, strict=True)]
    assert await homes(admin, worker, nik) == sorted(expected)


async def test_a_record_follows_its_number_and_its_end(
    offices: Offices, worker: Worker, admin: asyncpg.Connection
) -> None:
    office = offices[0]
    wrong, right = a_nik(), a_nik()
    made = await office.citizen(await office.household(), nik=wrong)
    await worker.catch_up()

    await office.do(CORRECT_NIK, citizen=made["id"], expectedVersion=1, nik=right, reason="Salah ketik")
    await worker.catch_up()
    corrected = await homes(admin, worker, wrong), await homes(admin, worker, right)
    await office.do(END, citizen=made["id"], expectedVersion=2, status="MOVED", on="2026-01-05")
    await worker.catch_up()

    assert corrected == ([], [(office.tenant.id, key_of(made), True)])
    assert await homes(admin, worker, right) == [(office.tenant.id, key_of(made), False)]


async def test_who_has_no_number_or_one_made_up_is_nobody_here(
    offices: Offices, worker: Worker, admin: asyncpg.Connection
) -> None:
    office = offices[0]
    lost = await office.citizen(await office.household(), nik=a_nik())
    await office.citizen(await office.household())
    await office.citizen(await office.household(), nik="0" + a_nik()[1:])
    await worker.catch_up()
    before = await everything(admin)

    await office.do(CORRECT_NIK, citizen=lost["id"], expectedVersion=1, nik=None, reason="Salah")
    await worker.catch_up()

    assert [row[1] for row in before if row[1] == key_of(lost)] == [key_of(lost)]
    assert await everything(admin) == [row for row in before if row[1] != key_of(lost)]


async def test_what_is_read_twice_changes_nothing(offices: Offices, worker: Worker, admin: asyncpg.Connection) -> None:
    await offices[0].citizen(await offices[0].household(), nik=a_nik())
    await worker.catch_up()
    before = [await admin.fetch(f"select * from {name} order by 1, 2") for name in TABLES]

    await admin.execute("update feed_mark set seq = 0")
    await worker.catch_up()

    assert [await admin.fetch(f"select * from {name} order by 1, 2") for name in TABLES] == before


async def test_a_worker_killed_before_each_of_its_statements_leaves_the_same_registry(
    offices: Offices, worker: Worker, admin: asyncpg.Connection
) -> None:
    nik = a_nik()
    there = [await each.citizen(await each.household(), nik=nik) for each in offices]
    there.append(await offices[0].citizen(await offices[0].household(), nik=a_nik()))

    deaths = await worker.die_everywhere(worker.work)

    assert deaths > 30
    assert len(await homes(admin, worker, nik)) == 2
    kept = await everything(admin)
    assert {key_of(each) for each in there} <= {row[1] for row in kept}
    async with worker.connected() as connection:
        await rebuild(connection, worker.keys, clock=worker.clock)
    assert await everything(admin) == kept


async def test_two_workers_at_once_do_the_work_once(
    offices: Offices, worker: Worker, admin: asyncpg.Connection
) -> None:
    nik = a_nik()
    for each in offices:
        await each.citizen(await each.household(), nik=nik)
    tenant = offices[0].tenant.id
    async with worker.connected() as one, worker.connected() as two:
        await worker.work(one)
        await admin.execute("update feed_mark set seq = 0")
        async with one.transaction():
            await keeping.keep(one, tenant, worker.keys, clock=worker.clock)
            assert await keeping.keep(two, tenant, worker.keys, clock=worker.clock) == 0
    await worker.catch_up()

    assert len(await homes(admin, worker, nik)) == 2


async def test_a_rebuilt_registry_is_the_same_after_any_death_and_under_a_new_key(
    offices: Offices, worker: Worker, admin: asyncpg.Connection
) -> None:
    for _ in range(3):
        await offices[1].citizen(await offices[1].household(), nik=a_nik())
    await worker.catch_up()
    kept = await everything(admin)

    async def again(connection: Any) -> None:
        await rebuild(connection, worker.keys, clock=worker.clock, batch=2)

    assert await worker.die_everywhere(again, anew=True) > 20
    assert await everything(admin) == kept

    now = worker.clock().instant
    fresh = keeping.Keys(worker.keys.shared, worker.keys.registry.rotated(Purpose.REGISTRY, now=now).at(now))
    async with worker.connected() as connection:
        await rebuild(connection, fresh, clock=worker.clock)
    assert await admin.fetchval("select array_agg(distinct key_version) from person_key") == [2]
    assert [row[:3] for row in await everything(admin)] == [row[:3] for row in kept]
    async with worker.connected() as connection:
        await rebuild(connection, worker.keys, clock=worker.clock)


@pytest.mark.parametrize("role", ["hub_api", "hub_outside", "hub_report"])
@pytest.mark.parametrize("name", TABLES)
async def test_nobody_but_the_worker_reads_it(role: str, name: str, database: str) -> None:
    connection = await asyncpg.connect(as_role(database, role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"select * from {name}")
    finally:
        await connection.close()


async def test_the_doctor_finds_a_right_on_it(owner: asyncpg.Connection) -> None:
    before = await doctor.examine(owner)
    await owner.execute("grant select on person_key to hub_api")
    try:
        found = await doctor.examine(owner)
    finally:
        await owner.execute("revoke select on person_key from hub_api")

    assert [each for each in found if each not in before] == [
        Finding(Fault.RIGHT_EXTRA, "person_key", "hub_api: SELECT")
    ]
