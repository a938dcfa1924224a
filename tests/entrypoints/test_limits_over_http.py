"""Every limit of docs/limits.md over HTTP: the greatest that passes, and one more."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from graphql import Lexer, Source, TokenKind

from hub.entrypoints import onboarding
from hub.entrypoints.web import application
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId
from hub.kernel.scope import Reader
from hub.tenants import administration as admin
from hub.tenants import keyfile
from hub.tenants.model import KeyKind, PrincipalKind, TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub, open_hub
from tests import cluster
from tests.acting import Acting, acting_in
from tests.client import Client, client_of
from tests.conftest import as_role, prepare
from tests.locks import locked
from tests.served import Served, served
from tests.world.build import World


@asynccontextmanager
async def hub_with(hub: Hub, database: str, **changed: Any) -> AsyncIterator[Hub]:
    """Another process's hub over the same database, with other settings."""
    settings = hub.settings.model_copy(update=changed)
    made = await open_hub(settings, {reader: as_role(database, reader.value) for reader in hub.pools.pools})
    try:
        yield made
    finally:
        await made.close()


async def code(client: Client, body: dict[str, Any], key: str | None) -> str | None:
    """The code of the refusal of a request; None where it was carried out."""
    found = (await client.post(body, key=key)).json()
    return found["errors"][0]["extensions"]["code"] if "errors" in found else None


def depth(levels: int) -> str:
    """A query of so many levels."""
    edges = [("household", "head")[each % 2] for each in range(levels - 3)]
    return "{ citizens(first: 1) { nodes { " + " { ".join(edges) + " { id " + "} " * (levels - 3) + "} } }"


def aliases(number: int) -> str:
    """A query with so many."""
    return "{ villages(first: 1) { nodes { " + " ".join(f"a{each}: name" for each in range(number)) + " } } }"


def roots(number: int) -> str:
    """A query with so many root fields."""
    return "{ " + " ".join(f"a{each}: __typename" for each in range(number)) + " }"


def tokens(number: int) -> str:
    """A query of so many tokens."""

    def field(name: str, conditions: int) -> str:
        given = " ".join(['{name: {eq: "x"}}'] * conditions)  # nine tokens each
        return f"{name}: villages(first: 1, filter: {{or: [{given}]}}) {{ totalCount }}"

    fields = " ".join(field(f"a{each}", 100) for each in range(5))
    room = number - counted(f"{{ {fields} {field('b', 0)} }}")
    return f"{{ {fields} {field('b', room // 9)} {' '.join(['__typename'] * (room % 9))} }}"


def counted(query: str) -> int:
    """The tokens of a query, its end not counted."""
    lexer = Lexer(Source(query))
    return sum(1 for _ in iter(lambda: lexer.advance().kind, TokenKind.EOF))


def tree(alias: str, outer: int, inner: int, below: str = "nodes { id }") -> str:
    """Villages with commitments: outer + outer × inner nodes."""
    return f"{alias}: villages(first: {outer}) {{ nodes {{ commitments(first: {inner}) {{ {below} }} }} }}"


TENTHS = " ".join(tree(f"a{each}", 100, 99) for each in range(9))  # 90,000 nodes
COUNTS = " ".join(tree(f"b{each}", 100, 1, "totalCount") for each in range(2))  # 400 nodes and 400 points
DOCUMENTS = [
    ("tokens", tokens(5_000), tokens(5_001), "TOO_MANY_TOKENS"),
    ("depth", depth(12), depth(13), "TOO_DEEP"),
    ("aliases", aliases(50), aliases(51), "TOO_MANY_ALIASES"),
    ("roots", roots(20), roots(21), "TOO_MANY_ROOT_FIELDS"),
    ("page", "{ villages(first: 100) { nodes { id } } }", "{ villages(first: 101) { nodes { id } } }", "PAGE_SIZE"),
    (
        "page from the end",
        "{ villages(last: 100) { nodes { id } } }",
        "{ villages(last: 101) { nodes { id } } }",
        "PAGE_SIZE",
    ),
    ("empty page", "{ villages(first: 1) { nodes { id } } }", "{ villages(first: 0) { nodes { id } } }", "PAGE_SIZE"),
    (
        "nodes",
        f"{{ {TENTHS} {tree('c', 100, 99)} }}",
        f"{{ {TENTHS} {tree('c', 100, 99)} kecamatans(first: 1) {{ nodes {{ id }} }} }}",
        "TOO_MANY_NODES",
    ),
    (
        "cost",
        f"{{ {TENTHS} {COUNTS} {tree('c', 40, 39)} }}",
        f"{{ {TENTHS} {COUNTS} {tree('c', 40, 39)} kecamatans(first: 1) {{ nodes {{ id }} }} }}",
        "TOO_COSTLY",
    ),
]


@pytest.mark.parametrize(
    ("most", "more", "refusal"), [each[1:] for each in DOCUMENTS], ids=[each[0] for each in DOCUMENTS]
)
async def test_the_most_passes_and_one_more_is_refused(
    client: Client, world: World, most: str, more: str, refusal: str
) -> None:
    key = world.takisung.keys["CAMAT"]
    assert await code(client, {"query": most}, key) is None
    assert await code(client, {"query": more}, key) == refusal


@pytest.mark.parametrize(
    ("most", "more", "refusal"),
    [
        ({f"v{each}": each for each in range(100)}, {f"v{each}": each for each in range(101)}, "TOO_MANY_VARIABLES"),
        ({"v": list(range(9_999))}, {"v": list(range(10_000))}, "VARIABLES_TOO_LARGE"),
        ({"v": orjson.loads("[" * 18 + "]" * 18)}, {"v": orjson.loads("[" * 19 + "]" * 19)}, "JSON_TOO_DEEP"),
    ],
    ids=["number", "size", "depth"],
)
async def test_variables_have_limits(client: Client, most: Any, more: Any, refusal: str) -> None:
    assert await code(client, {"query": "{ __typename }", "variables": most}, None) is None
    assert await code(client, {"query": "{ __typename }", "variables": more}, None) == refusal


async def test_the_whole_body_is_as_shallow(client: Client) -> None:
    deep = orjson.loads("[" * 19 + "]" * 19)
    assert await code(client, {"query": "{ __typename }", "extensions": {"x": deep[0]}}, None) is None
    assert await code(client, {"query": "{ __typename }", "extensions": {"x": deep}}, None) == "JSON_TOO_DEEP"
    assert await code(client, {"query": "{ __typename }", "other": [deep]}, None) == "JSON_TOO_DEEP"


async def test_a_body_has_so_many_bytes(client: Client) -> None:
    room = 262_144 - len(orjson.dumps({"query": "{ __typename }#"}))
    statuses = []
    for extra in (0, 1):
        body = orjson.dumps({"query": "{ __typename }#" + "x" * (room + extra)})
        sent = await client.http.post("/graphql", content=body, headers={"content-type": "application/json"})
        statuses.append((len(body), sent.status_code))
    assert statuses == [(262_144, 200), (262_145, 413)]


async def test_a_refusal_says_what_was_asked_what_is_allowed_and_what_to_do(client: Client) -> None:
    answer = await client.ask(DOCUMENTS[7][2], accept_language="en")
    error = answer["errors"][0]
    assert error["message"] == "The query asks for up to 100,001 nodes; 100,000 are allowed.".replace(",", "")
    assert error["extensions"]["hint"].startswith("Nested pages multiply: make the inner `first` smaller")


# What an answer says of its cost


async def test_an_answer_tells_its_cost_on_both_paths_alike(hub: Hub, database: str, world: World) -> None:
    query = "query($n: Int) { villages(first: $n) { nodes { name citizens(first: 50) { totalCount } } } }"
    bodies = []
    for planning in (True, False):
        async with hub_with(hub, database, planning=planning) as other, client_of(other) as client:
            key = world.takisung.keys["CAMAT"]
            bodies.append((await client.post({"query": query, "variables": {"n": 20}}, key=key)).content)

    assert bodies[0] == bodies[1]
    # 20 villages, 1,000 citizens and 20 counts: 1,020 / 20 + 20 × 2
    assert orjson.loads(bodies[0])["extensions"] == {
        "cost": {"requested": 91, "limit": 5_000, "nodes": 1_020, "depth": 4}
    }


async def test_the_cost_stands_before_what_is_withheld(client: Client) -> None:
    sent = await client.post({"query": "{ citizens(first: 5) { nodes { id } } }"}, hub_tenant="63.01.01")
    assert sent.content == (
        b'{"data":{"citizens":null},"extensions":{"cost":{"requested":1,"limit":5000,"nodes":5,"depth":3},'
        b'"withheld":["Query.citizens"]}}'
    )


# Over time


QUERY = {"query": "{ villages(first: 20) { nodes { id } } }"}  # a point


async def test_an_empty_bucket_is_refused_with_the_time_to_wait(hub: Hub, database: str, world: World) -> None:
    key = world.takisung.keys["CAMAT"]
    async with (
        hub_with(hub, database, rate_client=30, rate_client_per_second=0.01) as other,
        client_of(other) as client,
    ):
        passed = [await client.post(QUERY, key=key) for _ in range(30)]
        refused = await client.post(QUERY, key=key)
        elsewhere = await client.post(QUERY, key=world.halong.keys["CAMAT"])
        figures = (await client.http.get("/metrics")).text

    assert [each.status_code for each in passed] == [200] * 30
    assert passed[0].headers["ratelimit-policy"] == '"client";q=30;w=3000;qu="points"'
    assert passed[0].headers["ratelimit"] == '"client";r=29;t=100'
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert refused.headers["ratelimit"].startswith('"client";r=0;t=')
    assert 90 <= int(refused.headers["retry-after"]) <= 100
    assert elsewhere.status_code == 200
    assert 'hub_refused_by_limit_total{code="RATE_LIMITED"} 1' in figures
    assert 'hub_bucket_draws_total{outcome="granted"} 11' in figures


async def test_what_is_refused_before_execution_takes_a_point_too(hub: Hub, database: str, world: World) -> None:
    key = world.takisung.keys["KEC_SECRETARY"]
    async with (
        hub_with(hub, database, rate_client=10, rate_client_per_second=0.01) as other,
        client_of(other) as client,
    ):
        statuses = [(await client.post({"query": f"{{ nothing{n} }}"}, key=key)).json() for n in range(11)]
    codes = [each["errors"][0]["extensions"]["code"] for each in statuses]
    assert codes == ["QUERY_INVALID"] * 10 + ["RATE_LIMITED"]


async def test_nobody_in_particular_has_a_bucket_by_network_and_kecamatan(
    hub: Hub, database: str, world: World
) -> None:
    async with hub_with(hub, database, rate_anonymous=10, rate_anonymous_per_second=0.01) as other:

        async def status(address: str, tenant: str) -> int:
            transport = httpx.ASGITransport(app=application(other), client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
                return (await http.post("/graphql", json=QUERY, headers={"hub-tenant": tenant})).status_code

        spent = [await status(f"203.0.113.{n}", "63.01.01") for n in range(10)]
        assert spent == [200] * 10
        assert await status("203.0.113.77", "63.01.01") == 429
        assert await status("203.0.114.1", "63.01.01") == 200
        assert await status("203.0.113.1", world.halong.tenant.code) == 200


# Over time, in processes of their own


BUCKET, BLOCK = 100, 10  # a block is a tenth; a point comes back in a quarter of an hour: none while a test runs
SPARE = {"HUB_RATE_CLIENT": str(BUCKET), "HUB_RATE_CLIENT_PER_SECOND": "0.001"}


@dataclass(frozen=True, slots=True)
class TwoWorkers:
    """`hub serve` twice over one database of their own, and the keys of two clients."""

    address: str
    workers: tuple[Served, Served]
    keys: tuple[str, str]


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TwoWorkers]:
    """A kecamatan with two clients that nobody else stands for."""
    address = await cluster.database_for("two_workers", prepare)
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    keyfile.create(file, now=system_clock().instant)
    owner = await asyncpg.connect(as_role(address, "hub_owner"))
    await onboarding.add(owner, kind=TenantKind.KECAMATAN, code="32.14.16", name=None, zone=None, now=system_clock())
    keys = (await client_key(owner, "32.14.16", "Satu"), await client_key(owner, "32.14.16", "Dua"))
    await owner.close()
    with ExitStack() as held:
        first, second = (
            held.enter_context(served(address, file, tmp_path_factory.mktemp("worker"), **SPARE)) for _ in range(2)
        )
        yield TwoWorkers(address, (first, second), keys)


async def client_key(owner: asyncpg.Connection, code: str, name: str) -> str:
    """The key of a machine that reads."""
    tenant = await admin.find_tenant(owner, code)
    holder = await admin.add_principal(owner, tenant.id, kind=PrincipalKind.MACHINE, name=name)
    grant = await admin.add_grant(
        owner, tenant, holder, Role.INTEGRATION, starts_on=date(2026, 1, 1), reason="Uji coba"
    )
    return await admin.create_key(owner, tenant.id, grant, KeyKind.SECRET, label=name)


async def status_of(http: httpx.AsyncClient, worker: Served, key: str) -> int:
    """The status of one query, which costs a point."""
    sent = await http.post(worker.url, json=QUERY, headers={"authorization": f"Bearer {key}"})
    return sent.status_code


async def answered(workers: tuple[Served, Served], key: str) -> int:
    """How often a client is answered that asks both, four times at once each, until each line is refused."""
    async with httpx.AsyncClient(timeout=30) as http:

        async def ask(worker: Served) -> Counter[int]:
            found: Counter[int] = Counter()
            while not found[429]:
                found[await status_of(http, worker, key)] += 1
            return found

        lines = await asyncio.gather(*(ask(worker) for worker in workers * 4))
    total = sum(lines, Counter[int]())
    assert (set(total), total[429]) == ({200, 429}, 8)
    return total[200]


async def test_two_processes_spend_one_bucket_and_no_point_twice(shared: TwoWorkers) -> None:
    assert await answered(shared.workers, shared.keys[0]) == BUCKET


async def test_beyond_its_bucket_a_client_has_what_the_processes_held_while_the_row_refilled(
    shared: TwoWorkers,
) -> None:
    key = shared.keys[1]
    async with httpx.AsyncClient(timeout=30) as http:
        assert [await status_of(http, worker, key) for worker in shared.workers] == [200, 200]

    # Both hold a block less the point that they spent. Time passes: the row is as full as it can be.
    owner = await asyncpg.connect(shared.address)
    passing = "update rate_bucket set filled_at = filled_at - interval '2 days' where round(tokens) = $1"
    assert await owner.execute(passing, BUCKET - 2 * BLOCK) == "UPDATE 1"
    await owner.close()

    assert await answered(shared.workers, key) == BUCKET + 2 * (BLOCK - 1)


# Time of a statement


async def test_a_statement_that_takes_too_long_is_ended(hub: Hub, database: str, owner_dsn: str, world: World) -> None:
    key = world.takisung.keys["CAMAT"]
    async with hub_with(hub, database, statement_timeout_ms=400) as other, client_of(other) as client:
        async with locked(owner_dsn, "partner_organization"):
            slow = {"query": "{ partnerOrganizations(first: 1) { nodes { name } } }"}
            refused = await client.post(slow, key=key, accept="application/graphql-response+json")
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["extensions"]["code"] == "STATEMENT_TIMEOUT"
        assert (await client.post(slow, key=key)).status_code == 200


# At the same time


async def test_a_flood_of_one_kecamatan_leaves_the_others_quick(
    hub: Hub, database: str, owner_dsn: str, world: World
) -> None:
    flood = {"query": "{ partnerOrganizations(first: 1) { nodes { name } } }"}
    point = {"query": "{ villages(first: 1) { nodes { name } } }"}
    async with hub_with(hub, database, tenant_queue=40) as other, client_of(other) as client:
        await client.post(point, key=world.halong.keys["CAMAT"])
        async with locked(owner_dsn, "partner_organization"):
            flooding = [asyncio.create_task(client.post(flood, key=world.takisung.keys["CAMAT"])) for _ in range(50)]
            turns = other.engine.turns[Reader.API]
            while turns.queued < 40:  # noqa: ASYNC110  # nothing tells a test when a queue is full
                await asyncio.sleep(0.05)
            figures = (await client.http.get("/metrics")).text
            seconds = []
            for _ in range(40):
                started = asyncio.get_running_loop().time()
                assert (await client.post(point, key=world.halong.keys["CAMAT"])).status_code == 200
                seconds.append(asyncio.get_running_loop().time() - started)
        answers = await asyncio.gather(*flooding)

    assert 'hub_waiting{reader="hub_api"} 40' in figures
    assert 'hub_running{reader="hub_api"} 2' in figures
    assert sorted(seconds)[37] < 0.5
    busy = [each for each in answers if each.status_code == 503]
    assert sorted(each.status_code for each in answers) == [200] * 42 + [503] * 8
    assert {each.json()["errors"][0]["extensions"]["code"] for each in busy} == {"TENANT_BUSY"}
    assert {each.headers["retry-after"] for each in busy} == {"2"}


# Clients that leave


class Visitor:
    """A raw ASGI client that sends a request and hangs up when it likes."""

    def __init__(self, hub: Hub, key: str, body: dict[str, Any]) -> None:
        self.app, self.body = application(hub), orjson.dumps(body)
        self.hung_up, self.sent_body, self.told = asyncio.Event(), False, list[Any]()
        headers = [(b"authorization", b"Bearer " + key.encode()), (b"content-type", b"application/json")]
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": headers,
            "client": ("203.0.113.1", 1),
            "server": ("hub.test", 80),
        }

    async def receive(self) -> dict[str, Any]:
        """The request, then the end of the connection."""
        if not self.sent_body:
            self.sent_body = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Keep what is told."""
        self.told.append(message)

    async def visit(self) -> None:
        """Ask, and stay until the answer or the end."""
        await self.app(self.scope, self.receive, self.send)


async def running(owner: asyncpg.Connection) -> int:
    """How many statements of the hub wait for a lock."""
    found: int = await owner.fetchval(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and usename in ('hub_api', 'hub_outside')"
        " and datname = current_database()"
    )
    return found


async def until(owner: asyncpg.Connection, number: int) -> None:
    """Wait until so many statements wait; at most five seconds."""
    for _ in range(100):
        if await running(owner) == number:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await running(owner))


async def test_a_client_that_goes_away_stops_its_statement(
    hub: Hub, database: str, owner_dsn: str, world: World
) -> None:
    watcher = await asyncpg.connect(database)
    query = {"query": "{ partnerOrganizations(first: 1) { nodes { name } } }"}
    try:
        for planning in (True, False):
            async with (
                hub_with(hub, database, statement_timeout_ms=60_000, planning=planning) as other,
                locked(owner_dsn, "partner_organization"),
            ):
                visitor = Visitor(other, world.takisung.keys["CAMAT"], query)
                visit = asyncio.create_task(visitor.visit())
                await until(watcher, 1)
                visitor.hung_up.set()
                await asyncio.wait_for(visit, 5)
                await until(watcher, 0)
                assert visitor.told == []
                assert {reader: turns.total for reader, turns in other.engine.turns.items() if turns.total} == {}
    finally:
        await watcher.close()


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client, owner_dsn, "63.01.07", "Takisung Timur", ("63.01.07.2001", "63.01.07.2002"))


async def test_a_change_whose_client_goes_away_is_carried_out_whole(
    hub: Hub, database: str, owner_dsn: str, acting: Acting
) -> None:
    watcher = await asyncpg.connect(database)
    place = acting.place
    village = GlobalId("Village", place.tenant.id, place.villages[0].id).encode()
    query = "mutation($input: UpdateVillageInput!) { updateVillage(input: $input) { userErrors { code } } }"
    given = {"id": village, "expectedVersion": 1, "connectivity": None, "idempotencyKey": "gone"}
    try:
        async with hub_with(hub, database, statement_timeout_ms=60_000) as other:
            async with locked(owner_dsn, "village"):
                visitor = Visitor(other, place.keys["CAMAT"], {"query": query, "variables": {"input": given}})
                visit = asyncio.create_task(visitor.visit())
                await until(watcher, 1)
                visitor.hung_up.set()
                await asyncio.wait_for(visit, 5)
                assert visitor.told == []
            await other.engine.finish()
            async with client_of(other) as client:
                again = await client.data(
                    "mutation($input: UpdateVillageInput!) { updateVillage(input: $input) "
                    "{ village { version } userErrors { code } replayed } }",
                    {"input": given},
                    key=place.keys["CAMAT"],
                )
    finally:
        await watcher.close()

    assert again["updateVillage"] == {"village": {"version": 2}, "userErrors": [], "replayed": True}
    assert await acting.told(village) == ["VILLAGE_UPDATED"]
