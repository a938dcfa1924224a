"""Recording: what lands in the table, for whom, at what price in statements."""

from contextlib import suppress

import asyncpg
import orjson
import pytest

from hub.journal.personal import SubjectErased, erase, reveal
from hub.journal.record import Changes, LeftScope, record, record_all
from hub.journal.worker import inside
from hub.kernel.errors import Faulty
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pool, Pools
from hub.store.unit import Session, writing
from tests.journal.stage import NOON, OTHER, TENANT, CitizenRegistered, CommitmentSigned, Keys, say, scope


async def test_an_event_is_one_statement_and_one_row_with_its_actor(api: Pool, admin: Connection) -> None:
    under, commitment, village = scope(), new_id(), new_id()
    event = CommitmentSigned(
        object_id=commitment,
        version=3,
        village_id=village,
        changes={"title": ("Jalan", "Jembatan"), "budget": (None, 120_000_000)},
    )

    async with writing(api, under, NOON) as unit:
        await record(unit, event)
        statements = unit.statements

    rows = await admin.fetch("select * from journal_entry")
    assert statements == 1
    assert len(rows) == 1
    assert (rows[0]["tenant_id"], rows[0]["kind"], rows[0]["type_name"]) == (TENANT, "COMMITMENT_SIGNED", "Commitment")
    assert (rows[0]["object_id"], rows[0]["version"], rows[0]["village_id"]) == (commitment, 3, village)
    assert rows[0]["payload"] == '{"budget":[null,120000000],"title":["Jalan","Jembatan"]}'
    assert rows[0]["fields"] == ["budget", "title"]
    assert (rows[0]["principal_id"], rows[0]["role"], rows[0]["request_id"]) == (under.principal_id, "KASI", "req-1")
    assert rows[0]["happened_at"] == NOON.instant


async def test_a_rollback_leaves_nothing(api: Pool, admin: Connection) -> None:
    with suppress(LookupError):
        async with writing(api, scope(), NOON) as unit:
            await record(unit, CommitmentSigned(object_id=new_id()))
            raise LookupError

    assert await admin.fetchval("select count(*) from journal_entry") == 0
    assert await admin.fetchval("select count(*) from journal_pending") == 0


async def test_many_events_keep_their_order_and_cost_one_statement(api: Pool, admin: Connection) -> None:
    ids = [new_id() for _ in range(50)]

    async with writing(api, scope(), NOON) as unit:
        await record_all(unit, [CommitmentSigned(object_id=key) for key in ids])
        statements = unit.statements

    assert statements == 1
    assert [row["object_id"] for row in await admin.fetch("select object_id from journal_entry order by id")] == ids


async def test_an_outsider_may_record_and_read_nothing_of_it(outside: Pool, admin: Connection) -> None:
    under = scope(reader=Reader.OUTSIDE)

    await say(outside, CommitmentSigned(object_id=new_id()), under=under)

    assert await admin.fetchval("select count(*) from journal_entry") == 1
    async with outside.connection() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select id from journal_entry")


@pytest.mark.parametrize("statement", ["update journal_entry set role = 'x'", "delete from journal_entry"])
@pytest.mark.parametrize("reader", [Reader.API, Reader.OUTSIDE, Reader.WORKER])
async def test_nobody_may_change_or_delete_an_entry(pools: Pools, api: Pool, reader: Reader, statement: str) -> None:
    await say(api, CommitmentSigned(object_id=new_id()))

    async with writing(pools.of(reader), scope(), NOON) as unit:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await unit.connection.fetch(statement)


async def test_an_office_cannot_record_for_another_tenant(api: Pool) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with writing(api, scope(), NOON) as unit:
            await unit.connection.fetch(
                "insert into journal_pending values ($1::int, $2::uuid, $3::timestamptz)", OTHER, new_id(), NOON.instant
            )


async def test_personal_values_are_ciphertext_until_revealed(api: Pool, keys: Keys) -> None:
    citizen = new_id()
    event = CitizenRegistered(object_id=citizen, subject_id=citizen, personal={"name": (None, "Siti Contoh")})
    await say(api, event, keys=keys)

    async with writing(api, scope(), NOON) as unit:
        entry = (await unit.connection.fetch("select * from journal_entry"))[0]
        revealed = await reveal(unit, dict(entry), keys)

    assert revealed == {"name": [None, "Siti Contoh"]}
    assert entry["payload"] == "{}"
    assert entry["fields"] == ["name"]
    assert b"Siti" not in entry["personal"]


async def test_one_person_has_one_key(api: Pool, admin: Connection, keys: Keys) -> None:
    citizen = new_id()
    event = CitizenRegistered(object_id=citizen, subject_id=citizen, personal={"name": (None, "Siti Contoh")})

    await say(api, event, event, keys=keys)

    assert await admin.fetchval("select count(*) from subject_key") == 1


async def test_erasure_makes_values_unreadable_and_refuses_new_ones(api: Pool, worker: Connection, keys: Keys) -> None:
    citizen = new_id()
    event = CitizenRegistered(object_id=citizen, subject_id=citizen, personal={"name": (None, "Siti Contoh")})
    await say(api, event, keys=keys)

    async with inside(worker, TENANT):
        erased = await erase(worker, tenant=TENANT, subject=citizen, now=NOON.instant)
        again = await erase(worker, tenant=TENANT, subject=citizen, now=NOON.instant)
        entry = dict((await worker.fetch("select * from journal_entry"))[0])
        revealed = await reveal(Session(worker, scope(), NOON), entry, keys)

    assert (erased, again, revealed) == (True, False, None)
    with pytest.raises(SubjectErased):
        await say(api, event, keys=keys)


async def test_personal_values_without_a_person_are_a_fault(api: Pool, keys: Keys) -> None:
    with pytest.raises(Faulty):
        await say(api, CitizenRegistered(object_id=new_id(), personal={"name": (None, "x")}), keys=keys)


async def test_leaving_a_scope_is_an_event_of_its_own(api: Pool, admin: Connection) -> None:
    old = new_id()

    await say(api, LeftScope(type_name="Citizen", object_id=new_id(), village_id=old))

    row = await admin.fetchrow("select kind, effect, village_id from journal_entry")
    assert tuple(row or ()) == ("LEFT_SCOPE", "LEFT", old)


async def test_the_payload_is_kept_character_for_character(api: Pool, admin: Connection) -> None:
    values: Changes = {"b": ("ä — “x”", None), "a": (1, 2)}

    await say(api, CommitmentSigned(object_id=new_id(), changes=values))

    text = await admin.fetchval("select payload::text from journal_entry")
    assert text == orjson.dumps({"a": [1, 2], "b": ["ä — “x”", None]}).decode()
