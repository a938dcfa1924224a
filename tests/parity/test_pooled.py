"""Prepared statements: bounded on every connection, and none at all behind a transaction pooler."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.graph.execution import Engine, Question
from hub.kernel.scope import Reader, Scope
from hub.means import READERS
from hub.store.pools import LONGEST_NAMED_STATEMENT, STATEMENTS_PER_CONNECTION, PoolOptions, Pools, open_pools
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.conftest import as_role
from tests.parity.both import Both, engine, scope_of
from tests.parity.pooler import Pooler, pooling
from tests.parity.test_operations import FILES, filled, read
from tests.world.build import Place, World

KEPT = "select count(*) from pg_prepared_statements"
DOCUMENTS = 600


def over(hub: Hub, pools: Pools, *, planning: bool) -> Engine:
    """An engine over other pools."""
    made = engine(hub, planning=planning)
    made.pools = pools
    return made


# Bounded


def private_bytes(pid: int) -> int:
    """The memory of a server process that is its own."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")))


@pytest.fixture
async def two(database: str) -> AsyncIterator[Pools]:
    """A pool of two connections."""
    pools = await open_pools({Reader.API: as_role(database, "hub_api")}, PoolOptions(size=2))
    yield pools
    await pools.close()


async def test_six_hundred_documents_leave_a_bounded_number_on_every_connection(
    hub: Hub, two: Pools, rich: Place
) -> None:
    scope, by_plan = scope_of(Role.CAMAT, rich), over(hub, two, planning=True)
    pool = two.of(Reader.API)
    used: dict[int, list[int]] = {}

    async def ask(number: int) -> None:
        text = f"""{{ a{number}: villages(first: 3) {{ nodes {{ name code commitments(first: 2) {{ totalCount nodes {{
          title parties(first: 2) {{ nodes {{ position party {{ __typename ... on Village {{ name }} }} }} }} }} }} }}
          pageInfo {{ endCursor }} }} }}"""
        assert (await by_plan.answer(Question(text), scope)).path == "plan"

    for some in range(0, DOCUMENTS, 100):
        for number in range(some, some + 100, 2):
            await asyncio.gather(ask(number), ask(number + 1))
        async with pool.connection() as one, pool.connection() as other:
            for connection in (one, other):
                assert await connection.fetchval(KEPT) <= STATEMENTS_PER_CONNECTION + 1
                pid = connection.get_server_pid()
                used.setdefault(pid, []).append(private_bytes(pid))

    assert len(used) == 2
    for sizes in used.values():  # after the first hundreds have filled the cache, hardly more
        assert sizes[-1] < sizes[1] + 24 * 1024 * 1024, sizes


async def test_a_very_long_statement_is_not_kept(hub: Hub, two: Pools, rich: Place) -> None:
    by_plan, pool = over(hub, two, planning=True), two.of(Reader.API)
    inside = " ".join(f"{'long' * 50}{number}: name" for number in range(400))
    text = f"{{ villages(first: 1) {{ nodes {{ {inside} }} }} }}"
    scope = scope_of(Role.CAMAT, rich)

    assert (await by_plan.answer(Question(text), scope)).path == "plan"

    plan: Any = next(iter(by_plan.plans.kept.values())).plan
    assert len(plan.text) > LONGEST_NAMED_STATEMENT
    async with pool.connection() as one, pool.connection() as other:
        for connection in (one, other):
            assert await connection.fetchval(f"{KEPT} where length(statement) > $1", LONGEST_NAMED_STATEMENT) == 0


# Behind a transaction pooler


@pytest.fixture(scope="module")
async def pooled(database: str) -> AsyncIterator[tuple[Pooler, dict[Reader, str]]]:
    """A pooler before the database, and the readers' addresses through it."""
    with tempfile.TemporaryDirectory(prefix="hub-pool-") as folder:
        async with pooling(database, Path(folder)) as (pooler, address):
            yield pooler, {reader: as_role(address, reader.value) for reader in READERS}


@pytest.fixture
async def nameless(pooled: tuple[Pooler, dict[Reader, str]]) -> AsyncIterator[Pools]:
    """Pools through it, as HUB_NAMED_STATEMENTS=false opens them."""
    pools = await open_pools(pooled[1], PoolOptions(size=2, named_statements=False))
    yield pools
    await pools.close()


@pytest.mark.parametrize("role", [Role.CAMAT, Role.VILLAGE_HEAD, Role.PARTNER_ORG, Role.DISTRICT_HEAD])
async def test_without_names_the_answers_are_the_same(
    role: Role,
    hub: Hub,
    both: Both,
    nameless: Pools,
    pooled: tuple[Pooler, dict[Reader, str]],
    rich: Place,
    world: World,
) -> None:
    pooler = pooled[0]
    pooler.prepared.clear()
    before = pooler.switches
    scope = scope_of(role, rich, [world.takisung.tenant] if role is Role.DISTRICT_HEAD else [])
    engines = [over(hub, nameless, planning=planning) for planning in (True, False)]

    for path in [each.values[0] for each in FILES][::2]:
        case = read(path)  # type: ignore[arg-type]  # a parameter set holds anything
        question = Question(case.text, variables=filled(case.variables[-1], rich))
        direct = await both.plan.answer(question, scope)
        for each in engines:
            answer = await each.answer(question, scope)
            assert answer.body == direct.body, (path, answer.body[:300])

    assert set(pooler.prepared) == {""}
    assert pooler.switches - before > 50
    for reader in (Reader.API, Reader.OUTSIDE):
        for _ in range(4):
            assert await nameless.of(reader).fetchval(KEPT) == 0


async def test_the_pooler_of_this_test_is_one(hub: Hub, pooled: tuple[Pooler, dict[Reader, str]], rich: Place) -> None:
    """With named statements the same pooler breaks answers, or the test above would show nothing."""
    pools = await open_pools(pooled[1], PoolOptions(size=2))
    try:
        found: list[object] = []
        for _ in range(4):  # one after the other, or two connections could keep a server each
            found += await asyncio.gather(pools.of(Reader.API).fetchval("select $1::int", 1), return_exceptions=True)
        assert any(isinstance(each, asyncpg.InvalidSQLStatementNameError) for each in found), found
    finally:
        await pools.close()


async def test_nothing_of_one_scope_is_left_for_the_next(hub: Hub, nameless: Pools, rich: Place, world: World) -> None:
    by_plan = over(hub, nameless, planning=True)
    question = Question("{ villages(first: 9) { nodes { code } } }")

    async def codes(scope: Scope) -> bytes:
        return (await by_plan.answer(question, scope)).body

    scopes = [scope_of(Role.CAMAT, place) for place in (rich, world.takisung, world.halong)]
    expected = [await codes(scope) for scope in scopes]
    nobody = replace(scopes[0], tenants=())

    assert len(set(expected)) == 3
    found = await asyncio.gather(*(codes(each) for _ in range(20) for each in (*scopes, nobody)))
    assert found == [*expected, await codes(nobody)] * 20
    assert found[3].startswith(b'{"data":{"villages":{"nodes":[]}},')
