"""How many statements an answer costs: by plan one, by resolvers one for each edge, however many rows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlmodel import SQLModel

from hub.domains.citizens.model import Citizen
from hub.graph.execution import Engine, Question
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.parity.both import Both
from tests.world import make

CODE = "32.01.07"
REGISTER = """query($v: Int!, $h: Int!, $m: Int!) { villages(first: $v, orderBy: CODE) { nodes { code region { name }
  households(first: $h) { totalCount nodes { kkNumber head { fullName }
    members(first: $m) { nodes { fullName village { name } sensitive { religion } }
      pageInfo { hasNextPage } } } } } } }"""
CIVIC = """query($v: Int!, $h: Int!, $m: Int!) { villages(first: $v, orderBy: CODE) { nodes {
  commitments(first: $h) { nodes { title
    parties(first: $m) { nodes { position
      party { __typename ... on Village { name } ... on Kecamatan { slug } } } } } } } } }"""
EVENTS = """query($v: Int!, $h: Int!, $m: Int!) { vitalEvents(first: $v) { nodes { type village { name }
  subjects(first: $h) { nodes { part citizen { fullName events(first: $m) { nodes { id } } } } } } } }"""
MOVES = """query($v: Int!, $h: Int!, $m: Int!) {
  departures(first: $v) { nodes { state household { kkNumber } people(first: $h) { nodes { citizen { fullName } } } } }
  arrivals(first: $m) { nodes { state village { name } people(first: $h) { nodes { citizen { fullName } } } } } }"""
WEAK = """query($v: Int!, $h: Int!, $m: Int!) {
  vulnerabilities(first: $v) { nodes { state citizen { fullName } village { name } } }
  houses(first: $h) { nodes { address household { kkNumber } permits(first: $m) { nodes { id } } } } }"""
DOUBLE = """query($v: Int!, $h: Int!, $m: Int!) {
  twinCases(first: $v) { totalCount nodes { state village { name } citizen { fullName } } }
  twinReferrals(first: $h) { nodes { state sides(first: $m) { nodes { fullName } } } } }"""
SIZES = [(1, 1, 1), (3, 3, 3), (12, 50, 50)]  # a kecamatan of the tests has 12 villages; the levels below go to 50


@pytest.fixture(scope="module")
async def camat(hub: Hub, owner_dsn: str) -> Scope:
    """A camat of a kecamatan with 12 villages; in the first 50 families, one of 50 people, and 50 commitments."""
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=CODE, name="Banyak", zone=Zone.WIB)
    await owner.close()
    office = make.office(tenant, "Banyak")
    villages = [make.village(tenant, f"{CODE}.{2001 + each}", f"Desa {each}") for each in range(12)]
    commitments = [make.commitment(tenant, f"Komitmen {each:02d}") for each in range(50)]
    homes = [make.household(hub, tenant, village.id) for village in villages for _ in range(3)]
    homes += [make.household(hub, tenant, villages[0].id) for _ in range(47)]
    async with make.unit(hub, tenant) as unit:
        await unit.add(office)
        for some in (villages, homes, commitments):
            await unit.add_all(some)
        for home in homes:
            people = [
                make.citizen(hub, tenant, home, f"Warga {number}", religion="ISLAM")
                for number in range(50 if home is homes[0] else 3)
            ]
            for row in (each for rows in people for each in rows):
                await unit.add(row)
            if home is homes[0]:
                family = [each for rows in people for each in rows if isinstance(each, Citizen)][:3]
            await unit.change(home, head_id=people[0][0].model_dump()["id"])
        for made in commitments:
            arcs: list[dict[str, Any]] = [{"kecamatan_id": office.id}, *({"village_id": each.id} for each in villages)]
            await unit.add_all([make.party(tenant, made, number, **arc) for number, arc in enumerate(arcs)])
        for happened in _what_happened(hub, tenant, family):
            await unit.add(happened)
    async with make.unit(hub, tenant, Reader.WORKER) as unit:
        for _ in range(3):
            referral = make.twin_referral(tenant)
            await unit.add(referral)
            await unit.add_all([make.twin_referral_side(referral, position) for position in (0, 1)])
    return Scope(Reader.API, Role.CAMAT.value, frozenset(ROLES[Role.CAMAT]), (TenantRef(tenant.id, CODE, Zone.WIB),))


def _what_happened(hub: Hub, tenant: TenantRef, family: list[Citizen]) -> list[SQLModel]:
    """Three of everything that hangs on people, with all three people each."""
    found: list[SQLModel] = []
    for one in family:
        event, left, come = make.vital_event(tenant, one), make.departure(tenant, one), make.arrival(tenant, one)
        house = make.house(tenant, one.village_id, household_id=one.household_id, address="Jl. Rumah")
        found += [event, left, come, house, *(make.permit(house) for _ in range(3)), make.vulnerability(one)]
        for position, each in enumerate(family):
            found.append(make.event_subject(event, each, position=position))
            found.append(make.departure_person(left, each, position=position))
            found.append(make.arrival_person(hub, come, each, position=position))
        found.append(make.twin_case(tenant, one))
    return found


@asynccontextmanager
async def counted(engine: Engine) -> AsyncIterator[list[str]]:
    """Every statement that leaves the pool of officials meanwhile."""
    seen: list[str] = []

    def note(record: Any) -> None:
        seen.append(" ".join(str(record.query).split())[:40])

    pool: Any = engine.pools.of(Reader.API)  # its connections are private
    holders = [holder._con for holder in pool.driver._holders if holder._con is not None]
    for connection in holders:
        connection.add_query_logger(note)
    yield seen
    await asyncio.sleep(0)  # the driver tells of a statement in the loop's next round
    for connection in holders:
        connection.remove_query_logger(note)


@pytest.mark.parametrize(
    ("query", "sizes", "statements"),
    [
        (REGISTER, SIZES[0], 11),
        (REGISTER, SIZES[1], 11),
        (REGISTER, SIZES[2], 11),
        (CIVIC, SIZES[0], 7),  # the first party is the kecamatan: no statement for villages
        (CIVIC, SIZES[1], 8),
        (CIVIC, SIZES[2], 8),
        *((EVENTS, size, 8) for size in SIZES[:2]),
        *((MOVES, size, 10) for size in SIZES[:2]),
        *((WEAK, size, 9) for size in SIZES[:2]),
        *((DOUBLE, size, 9) for size in SIZES[:2]),
    ],
)
async def test_statements_do_not_grow_with_the_rows(
    both: Both, camat: Scope, query: str, sizes: tuple[int, int, int], statements: int
) -> None:
    variables = dict(zip("vhm", sizes, strict=True))
    pair = await both.ask(query, camat, variables)
    assert "errors" not in pair.data

    async with counted(both.resolvers) as by_resolvers:
        await both.resolvers.answer(Question(query, variables=variables), camat)
    async with counted(both.plan) as by_plan:
        await both.plan.answer(Question(query, variables=variables), camat)

    # BEGIN, the settings of the scope, COMMIT, and one for each page, count and kind of object referred to
    assert len(by_resolvers) == statements, by_resolvers
    assert len(by_plan) == 1, by_plan
