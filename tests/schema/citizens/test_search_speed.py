"""The counter's search in a kecamatan of 31,020 people: by which index, and how fast, under row-level security."""

import dataclasses
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson
import pytest

from hub.demo.people import people
from hub.demo.villages import TAKISUNG, villages_of
from hub.graph.execution import Question
from hub.graph.plan.planner import Plan
from hub.kernel import names
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.unit import Unit, connected, enter, settings_of
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.world import make

BATCHES, ROUNDS = 4, 10
# The goal is 10 ms; docs/adr/0007 says what was measured. On a busy machine the same work costs up to double, which
# the best of several batches hides in part. The limit still catches a statement that reads all that a name has.
P95_MS = 5.0
BY_LETTER = re.compile(r"Index (Only )?Scan using ix_citizen_name_token_initial on .*\n\s*Index Cond: .*initial = ")
BY_WORD = re.compile(r"Index (Only )?Scan using ix_citizen_name_token_search .*\n\s*Index Cond: .*token = \(InitPlan")
BY_TOKEN = re.compile(r"Index (Only )?Scan using \w+ on citizen_name_token.*\n\s*Index Cond: .*token >= .*token <= ")
SEARCH = """
query ($search: String!, $year: Int) {
  citizens(first: 20, orderBy: NAME, search: $search, birthYear: $year) {
    nodes { id fullName nik ageGroup sex household { hamlet rw rt } village { name } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
PAGES = """
query ($search: String!, $place: Cursor) {
  citizens(%s, orderBy: %s, search: $search) {
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
HOUSEHOLDS = """
insert into household
  (tenant_id, id, version, created_at, updated_at, village_id, kk_sealed, kk_bidx, kk_prefix)
select $1, h, 1, $2, $2, $3, '', uuid_send(h), '6399' from unnest($4::uuid[]) h
"""
CITIZENS = """
insert into citizen
  (tenant_id, id, version, created_at, updated_at, village_id, household_id, nik_status, full_name, sort_key, sex,
   birth_date, family_relation, base_status, source)
select $1, c, 1, $2, $2, $3, h, 'UNKNOWN', n, k, 'MALE', b, 'CHILD', 'ALIVE', 'TEST'
from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::date[]) _(c, h, n, k, b)
"""
TOKENS = """
insert into citizen_name_token (tenant_id, citizen_id, token, village_id, sort_key, initial, covered, heard)
select $1, c, t, $2, k, i, n, h
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[]) _(c, t, k, i, n, h)
"""
# What counters type: whole names in any order and spelling, beginnings, and the names that every tenth person has.
TYPED = (
    "siti aminah",
    "aminah siti",
    "muhammad",
    "muh",
    "moh yusuf",
    "mhd jusuf",
    "nur",
    "nur aini",
    "nuraini",
    "abd rahman",
    "abdurrahman",
    "ahmad m",
    "muhammad a",
    "h. sudaryo",
    "rusmiyati",
    "sabirin",
    "zulfa",
    "kaspul an",
    "rifani hidayat",
    "siti nor",
    "fatimah",
    "hj. rahmah",
    "xyz",
    "syah",
)


@pytest.fixture(scope="module")
async def takisung(hub: Hub, owner_dsn: str) -> TenantRef:
    """Everybody of Takisung, as far as the search reads them."""
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="63.11.08", name="Besar", zone=Zone.WITA)
    async with make.unit(hub, tenant) as unit:
        await fill(unit, tenant)
    await owner.close()
    return tenant


async def fill(unit: Unit, tenant: TenantRef) -> None:
    """One village row for everybody; the people of each real village by one statement a table."""
    village = make.village(tenant, "63.11.08.2001", "Besar")
    await unit.add(village)
    for plan in villages_of(TAKISUNG):
        # Plans of foreign keys' checks are kept; one made while a table is tiny reads ever more of it for each row.
        await unit.connection.fetch("discard plans")
        await fill_village(unit, village.id, plan.code)


async def fill_village(unit: Unit, village: UUID, code: str) -> None:
    """Households, people, tokens."""
    homes: dict[object, UUID] = {}
    citizens, tokens = [], []
    for row in people(code):
        key, name, born = new_id(), str(row["nama"]), row["tanggallahir"]
        home = homes.setdefault(row["no_kk"], new_id())
        order = names.sort_key(name)
        citizens.append((key, home, name, order, born if isinstance(born, date) else None))
        tokens += [(key, each.token, order, each.initial, each.covered, each.heard) for each in names.name_tokens(name)]
    common, run = (unit.tenant.id, unit.now.instant, village), unit.connection.fetch
    await run(HOUSEHOLDS, *common, list(homes.values()))
    await run(CITIZENS, *common, *(list(column) for column in zip(*citizens, strict=True)))
    await run(TOKENS, unit.tenant.id, village, *(list(column) for column in zip(*tokens, strict=True)))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time of the server is read from /proc")
async def test_a_search_among_31020_people_reads_tokens_by_their_index_and_never_the_whole_register(
    hub: Hub, takisung: TenantRef, database: str, record_property: Callable[[str, object], None]
) -> None:
    await vacuumed(database)
    scope = Scope(Reader.API, Role.KEC_COUNTER.value, ROLES[Role.KEC_COUNTER], (takisung,))

    shown = await explained(hub, scope, "muhammad a")
    costs = await measured(hub, scope)

    for way in (BY_TOKEN, BY_WORD, BY_LETTER):
        assert way.search(shown), shown
    assert "Merge Append" in shown, shown
    assert "Seq Scan on citizen" not in shown, shown
    record_property("cpu_ms", costs)
    assert sorted(costs.values())[int(len(costs) * 0.95)] <= P95_MS, costs


@pytest.mark.slow
@pytest.mark.parametrize("order", ["NAME", "ID"])
@pytest.mark.parametrize(
    ("size", "end"), [("first: 9, after: $place", "endCursor"), ("last: 9, before: $place", "startCursor")]
)
async def test_what_is_walked_is_what_is_grouped(
    hub: Hub, takisung: TenantRef, size: str, end: str, order: str
) -> None:
    scope = Scope(Reader.API, Role.KEC_COUNTER.value, ROLES[Role.KEC_COUNTER], (takisung,))
    by_resolvers = dataclasses.replace(hub.engine, planning=False)
    for text in (*TYPED, "siti muhammad", "z", "m"):
        place = None
        for _ in range(2):
            question = Question(PAGES % (size, order), variables={"search": text, "place": place})
            planned = await hub.engine.answer(question, scope)
            assert planned.path == "plan"
            assert planned.body == (await by_resolvers.answer(question, scope)).body, text
            place = orjson.loads(planned.body)["data"]["citizens"]["pageInfo"][end]


async def vacuumed(database: str) -> None:
    """What autovacuum does within a minute of an import."""
    connection = await asyncpg.connect(database)
    await connection.execute("vacuum analyze citizen, citizen_name_token, household")
    await connection.close()


async def explained(hub: Hub, scope: Scope, search: str) -> str:
    """How hub_api runs the planned statement."""
    answer = await hub.engine.answer(Question(SEARCH, variables={"search": search}), scope)
    assert answer.path == "plan"
    plan = next(each.plan for key, each in hub.engine.plans.kept.items() if key[0] == SEARCH)
    assert isinstance(plan, Plan)
    nothing = ", ".join(["null"] * (len(plan.statement.names) + len(settings_of(scope))))
    async with connected(hub.pools.of(Reader.API)) as connection, connection.transaction():
        await enter(connection, scope)
        await connection.execute(f"prepare searched as {plan.text}")
        rows = await connection.fetch(f"explain execute searched({nothing})")  # generic, as the pools run it
        await connection.execute("deallocate searched")
    return "\n".join(row[0] for row in rows)


async def measured(hub: Hub, scope: Scope) -> dict[str, float]:
    """CPU-milliseconds of server and hub for an answer, by search, in the best batch: what others do does not count."""
    found = {}
    for text in TYPED:
        question = Question(SEARCH, variables={"search": text})
        assert (await hub.engine.answer(question, scope)).path == "plan"
        batches = []
        for _ in range(BATCHES):
            before = time.process_time() + await server_seconds(hub)
            for _ in range(ROUNDS):
                await hub.engine.answer(question, scope)
            batches.append(time.process_time() + await server_seconds(hub) - before)
        found[text] = round(min(batches) * 1000 / ROUNDS, 1)
    return found


async def server_seconds(hub: Hub) -> float:
    """CPU time that the backends of the API's connections have used so far."""
    pool, ticks = hub.pools.of(Reader.API), 0
    async with AsyncExitStack() as stack:
        for _ in range(pool.driver.get_size()):
            connection = await stack.enter_async_context(pool.connection())
            stat = Path(f"/proc/{connection.get_server_pid()}/stat").read_text()  # noqa: ASYNC240  # no disk behind it
            ticks += sum(int(field) for field in stat.rpartition(")")[2].split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")
