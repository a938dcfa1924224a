"""The feed of changes over HTTP."""

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import pytest

from hub.graph.execution import Question
from hub.journal import sealer
from hub.journal.model import Effect
from hub.journal.record import Event, LeftScope, record
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId, new_id
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.unit import connected
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Permission, Role
from hub.wiring import Hub
from tests.client import Client
from tests.world import make
from tests.world.build import key_for

PAGE = """query Page($after: String, $first: Int!) {
    changes(after: $after, first: $first) { entries { id seq kind } cursor more lagSeconds }
}"""


@dataclass(frozen=True, kw_only=True)
class CommitmentPraised(Event):
    """Something that happens in this file only."""

    type_name: str = "Commitment"


@dataclass
class Office:
    """A kecamatan of this file's own."""

    hub: Hub
    tenant: TenantRef
    key: str

    async def happen(self, *events: Event) -> None:
        """Record events in one transaction."""
        async with make.unit(self.hub, self.tenant) as unit:
            for event in events:
                await record(unit, event)

    async def seal(self) -> int:
        """What the worker does every second."""
        found = 0
        async with connected(self.hub.pools.of(Reader.WORKER)) as connection:
            while sealed := await sealer.seal(connection, self.tenant.id, now=system_clock().instant, batch=7):
                found += sealed
        return found


_used = iter(range(60, 99))


@pytest.fixture
async def office(hub: Hub, owner: asyncpg.Connection) -> Office:
    """A fresh kecamatan with the key of a secretary."""
    return await another(hub, owner)


async def another(hub: Hub, owner: asyncpg.Connection) -> Office:
    """One more."""
    code = f"32.01.{next(_used)}"
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WIB)
    return Office(hub, tenant, await key_for(owner, tenant, Role.KEC_SECRETARY))


async def follow(client: Client, office: Office, after: str | None = None, first: int = 3) -> tuple[list[Any], str]:
    """All entries to the end of the feed, and the last cursor."""
    found: list[Any] = []
    while True:
        page = (await client.data(PAGE, {"after": after, "first": first}, key=office.key))["changes"]
        found += page["entries"]
        after = page["cursor"]
        if not page["more"]:
            return found, page["cursor"]


async def test_an_entry_says_what_happened_and_to_what_but_no_value(client: Client, office: Office) -> None:
    place = make.village(office.tenant, "32.01.02.2001", "Sukamaju")
    praised = CommitmentPraised(
        object_id=new_id(), village_id=place.id, version=4, effect=Effect.CREATED, changes={"title": (None, "Rahasia")}
    )
    async with make.unit(office.hub, office.tenant) as unit:
        await unit.add(place)
        await record(unit, praised)
    await office.seal()

    query = """{ changes(first: 5) { entries {
        kind effect type id village { name } tenant version fields happenedAt seq
    } more } }"""
    answer = await client.ask(query, key=office.key)
    (entry,) = answer["data"]["changes"]["entries"]
    assert entry.pop("happenedAt").endswith("Z")
    assert entry == {
        "kind": "COMMITMENT_PRAISED",
        "effect": "CREATED",
        "type": "Commitment",
        "id": GlobalId("Commitment", office.tenant.id, praised.object_id).encode(),
        "village": {"name": "Sukamaju"},
        "tenant": office.tenant.code,
        "version": 4,
        "fields": ["title"],
        "seq": 1,
    }
    assert "Rahasia" not in orjson.dumps(answer).decode()


async def test_the_feed_is_followed_to_its_end_in_order(client: Client, office: Office) -> None:
    await office.happen(*(CommitmentPraised(object_id=new_id()) for _ in range(10)))
    await office.seal()
    entries, cursor = await follow(client, office)
    assert [entry["seq"] for entry in entries] == list(range(1, 11))
    assert (await follow(client, office, cursor)) == ([], cursor)


async def test_nothing_is_skipped_or_repeated_while_others_write(client: Client, office: Office) -> None:
    ids = [new_id() for _ in range(60)]
    done = asyncio.Event()

    async def write(mine: list[Any]) -> None:
        for key in mine:
            await office.happen(CommitmentPraised(object_id=key))

    async def work() -> None:
        while not done.is_set():
            await office.seal()
            await asyncio.sleep(0.005)

    async def read() -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        while len(found) < len(ids):
            entries, cursor = await follow(client, office, cursor, first=4)
            found += entries
        done.set()
        return found

    async with asyncio.timeout(60):
        *_, found = await asyncio.gather(work(), *(write(ids[start::3]) for start in range(3)), read())
    assert found is not None
    assert [entry["seq"] for entry in found] == list(range(1, 61))
    expected = {GlobalId("Commitment", office.tenant.id, key).encode() for key in ids}
    assert {entry["id"] for entry in found} == expected


async def test_the_cursor_of_now_leaves_the_past_out(client: Client, office: Office) -> None:
    await office.happen(CommitmentPraised(object_id=new_id()))
    await office.seal()
    cursor = (await client.data("{ changesCursor }", key=office.key))["changesCursor"]
    await office.happen(CommitmentPraised(object_id=new_id()), LeftScope(type_name="Commitment", object_id=new_id()))
    await office.seal()
    entries, _ = await follow(client, office, cursor)
    assert [(entry["seq"], entry["kind"]) for entry in entries] == [(2, "COMMITMENT_PRAISED"), (3, "LEFT_SCOPE")]


async def test_what_waits_to_be_sealed_shows_as_lag(client: Client, office: Office) -> None:
    await office.happen(CommitmentPraised(object_id=new_id()))
    query = "{ changes(first: 1) { entries { seq } more lagSeconds } }"
    waiting = (await client.data(query, key=office.key))["changes"]
    assert (waiting["entries"], waiting["more"]) == ([], False)
    assert waiting["lagSeconds"] > 0
    await office.seal()
    assert (await client.data(query, key=office.key))["changes"]["lagSeconds"] == 0


async def test_without_the_permission_the_feed_is_withheld(client: Client, office: Office) -> None:
    answer = await client.ask("{ changes(first: 1) { more } changesCursor }", hub_tenant=office.tenant.code)
    assert answer == {
        "data": {"changes": None, "changesCursor": None},
        "extensions": {"withheld": ["Query.changes", "Query.changesCursor"]},
    }


async def test_a_partner_organization_hears_only_of_what_is_its_own_or_published(
    client: Client, office: Office, owner: asyncpg.Connection
) -> None:
    partner = make.partner(office.tenant, "PKK")
    async with make.unit(office.hub, office.tenant) as unit:
        await unit.add(partner)
    await office.happen(
        CommitmentPraised(object_id=new_id()),
        CommitmentPraised(object_id=new_id(), parties=(partner.id,)),
        CommitmentPraised(object_id=new_id(), published=True),
    )
    await office.seal()
    on = admin.On(organization_id=partner.id)
    key = await key_for(owner, office.tenant, Role.PARTNER_ORG, on=on)
    page = (await client.data(PAGE, {"first": 10}, key=key))["changes"]
    assert [entry["seq"] for entry in page["entries"]] == [2, 3]
    assert page["more"] is False


@pytest.mark.parametrize("cursor", ["", "abc", "x" * 60, "é"])
async def test_a_text_that_is_no_cursor_is_refused(client: Client, office: Office, cursor: str) -> None:
    answer = await client.ask(PAGE, {"after": cursor, "first": 1}, key=office.key)
    assert answer["data"] == {"changes": None}
    assert answer["errors"][0]["extensions"]["code"] == "FEED_CURSOR_INVALID"
    assert answer["errors"][0]["message"] == "Teks ini bukan kursor umpan perubahan."


@pytest.mark.parametrize("first", [0, -1, 501])
async def test_a_page_beyond_the_limit_is_refused(client: Client, office: Office, first: int) -> None:
    answer = await client.ask(PAGE, {"first": first}, key=office.key)
    assert answer["errors"][0]["extensions"]["code"] == "FEED_SIZE"
    assert answer["errors"][0]["message"] == "Mintalah 1 sampai 500 perubahan sekaligus."


async def test_after_a_restore_the_client_is_told_to_start_over(
    client: Client, office: Office, owner: asyncpg.Connection
) -> None:
    _, cursor = await follow(client, office)
    number = await owner.fetchval("select number from epoch")
    await owner.execute("update epoch set number = $1", number + 1)
    try:
        answer = await client.ask(PAGE, {"after": cursor, "first": 1}, key=office.key)
    finally:
        await owner.execute("update epoch set number = $1", number)
    assert answer["data"] == {"changes": None}
    assert answer["errors"][0]["path"] == ["changes"]
    assert answer["errors"][0]["extensions"]["code"] == "RESYNC_REQUIRED"


async def test_a_cursor_of_another_scope_is_told_to_start_over(
    client: Client, office: Office, owner: asyncpg.Connection
) -> None:
    place = make.village(office.tenant, "32.01.02.2002", "Sukamaju")
    async with make.unit(office.hub, office.tenant) as unit:
        await unit.add(place)
    _, cursor = await follow(client, office)
    narrow = await key_for(owner, office.tenant, Role.VILLAGE_HEAD, on=admin.On(village_id=place.id))
    answer = await client.ask(PAGE, {"after": cursor, "first": 1}, key=narrow)
    assert answer["errors"][0]["extensions"]["code"] == "RESYNC_REQUIRED"


async def test_several_tenants_share_one_cursor(hub: Hub, owner: asyncpg.Connection) -> None:
    one, two = await another(hub, owner), await another(hub, owner)
    for each in (one, two):
        await each.happen(*(CommitmentPraised(object_id=new_id(), published=True) for _ in range(5)))
        await each.seal()
    scope = Scope(Reader.OUTSIDE, Role.ANONYMOUS.value, frozenset({Permission.READ_CHANGES}), (one.tenant, two.tenant))
    query = """query($after: String) {
        changes(after: $after, first: 3) { entries { tenant seq } cursor more }
    }"""
    found: list[tuple[str, int]] = []
    cursor, more = None, True
    while more:
        answer = await hub.engine.answer(Question(query, variables={"after": cursor}), scope)
        page = orjson.loads(answer.body)["data"]["changes"]
        found += [(entry["tenant"], entry["seq"]) for entry in page["entries"]]
        cursor, more = page["cursor"], page["more"]
    expected = [(each.tenant.code, seq) for each in (one, two) for seq in range(1, 6)]
    assert sorted(found) == sorted(expected)
    assert [each for each in found if each[0] == one.tenant.code] == expected[:5]


async def test_several_pages_in_one_operation_share_its_connection(client: Client, office: Office) -> None:
    await office.happen(*(CommitmentPraised(object_id=new_id()) for _ in range(5)))
    await office.seal()
    query = "{ a: changes(first: 2) { entries { seq } } b: changes(first: 5) { entries { seq } } changesCursor }"
    found = await client.data(query, key=office.key)
    assert [len(found[name]["entries"]) for name in ("a", "b")] == [2, 5]
