"""The worker between the two halves of a case: one tenant at a time, one transaction each, safe to repeat anywhere.

Like the moves' `carry`, it looks instead of remembering. Once one half is decided the other follows it, whatever was
said there since.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import Text, select

from hub.domains.citizens import people
from hub.domains.citizens.errors import HeadNeeded
from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen
from hub.domains.citizens.telling import times
from hub.domains.registry.keeping import CONSUMER as REGISTRY
from hub.domains.twins import events
from hub.domains.twins.model import TwinCase, TwinDecision, TwinSide, TwinState, TwinTask
from hub.journal import errands
from hub.journal.errands import Due
from hub.journal.following import Followed, follow
from hub.journal.record import record
from hub.kernel.clock import Clock, Now
from hub.kernel.keyring import KeyRing
from hub.kernel.register_codes import BaseStatus
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit, enter
from hub.tenants.permissions import Permission

CONSUMER = ERRAND = "twins"
_NAMESPACE = UUID("b1b6c1b0-6c1f-5d0e-9a52-6a1f0f6d9e21")
_CASES = table(TwinCase)
_MIRROR = {TwinSide.HERE.value: TwinSide.THERE.value, TwinSide.THERE.value: TwinSide.HERE.value}
_TENANT = "select id, code, zone from tenant where id = $1"
# Both living, one person, two kecamatan.
_OTHERS = """
select o.home_tenant, o.citizen_id from person_home h join person_home o using (person_id)
where h.home_tenant = $1 and h.citizen_id = $2 and h.living and o.living and o.home_tenant <> h.home_tenant
order by o.home_tenant, o.citizen_id
"""
_TWINS = """
select distinct h.citizen_id from person_home h join person_home o using (person_id)
where h.home_tenant = $1 and h.citizen_id = any($2) and h.living and o.living and o.home_tenant <> h.home_tenant
"""
_HALVES = "select distinct citizen_id from twin_case where tenant_id = $1 and (id = any($2) or citizen_id = any($2))"


@dataclass(frozen=True, slots=True)
class Half:
    """A record in a tenant."""

    tenant: int
    citizen: UUID


def case_id(one: Half, other: Half) -> UUID:
    """The id of the case between two records, the same from both sides."""
    first, second = sorted((one, other), key=lambda half: (half.tenant, half.citizen))
    return uuid5(_NAMESPACE, f"{first.tenant}/{first.citizen}/{second.tenant}/{second.citizen}")


async def notice(connection: Connection, tenant: int, *, clock: Clock) -> int:
    """Make errands of people who are twins now or have cases; behind the registry, which must have seen them."""

    async def take(inside: Connection, home: int, changes: Iterable[Followed]) -> None:
        objects = sorted({each.object_id for each in changes if each.type_name in ("Citizen", "TwinCase")})
        rows = [*await inside.fetch(_TWINS, home, objects), *await inside.fetch(_HALVES, home, objects)]
        await errands.want(inside, ERRAND, home, {row["citizen_id"] for row in rows}, now=clock().instant)

    return await follow(connection, CONSUMER, tenant, take, behind=REGISTRY)


async def run_errand(connection: Connection, errand: Due, keys: KeyRing, *, clock: Clock) -> None:
    """Bring all cases of one record into agreement."""
    await carry(connection, Half(errand.home_tenant, errand.object_id), keys, clock())
    await errands.settled(connection, errand)


async def carry(connection: Connection, here: Half, keys: KeyRing, now: Now) -> None:
    """Open, decide, settle or close the cases of a record, in its own tenant and in the others."""
    home = await _tenant(connection, here.tenant)
    twins = {
        Half(row["home_tenant"], row["citizen_id"])
        for row in await connection.fetch(_OTHERS, here.tenant, here.citizen)
    }
    async with _acting(connection, home, now) as unit:
        known = {Half(each.other_tenant, each.other_citizen) for each in await _cases(unit, here.citizen)}
    for other in sorted(twins | known, key=lambda half: (half.tenant, half.citizen)):
        await _pair(connection, keys, now, (here, other), twins=other in twins)


async def _pair(connection: Connection, keys: KeyRing, now: Now, pair: tuple[Half, Half], *, twins: bool) -> None:
    """One case: each half in a transaction of its own, then each again with what the other said."""
    here, other = pair
    one = await _half(connection, keys, now, here, other, None, twins=twins)
    two = await _half(connection, keys, now, other, here, one, twins=twins)
    await _half(connection, keys, now, here, other, two, twins=twins)


async def _half(
    connection: Connection, keys: KeyRing, now: Now, own: Half, other: Half, said: TwinCase | None, *, twins: bool
) -> TwinCase | None:
    """One half brought as far as what the other half `said` allows; the half as it is then."""
    there = await _tenant(connection, other.tenant)
    async with _acting(connection, await _tenant(connection, own.tenant), now) as unit:
        case = await unit.first(unit.own(TwinCase, case_id(own, other)).with_for_update(), TwinCase)
        if case is None:
            return await _open(unit, own, other, there) if twins else None
        if case.state == TwinState.OPEN and (agreed := _agreed(case, said)) is not None:
            return await _decide(unit, keys, case, *agreed)
        if not twins and case.state == TwinState.OPEN and _fell_away(said):
            return await _step(unit, case, TwinState.CLOSED)
        if not twins and case.state == TwinState.DECIDED:
            return await _step(unit, case, TwinState.SETTLED)
        if twins and case.state == TwinState.CLOSED:
            return await _step(unit, case, TwinState.OPEN)
        return case


def _agreed(case: TwinCase, said: TwinCase | None) -> tuple[str, str | None] | None:
    """The decision seen from this half: the other's, where it was taken, or what both propose."""
    if said is None:
        return None
    if said.decision is not None:
        return said.decision, _mirrored(said.decision_side)
    same = case.proposal is not None and case.proposal == said.proposal
    if same and case.proposal_side == _mirrored(said.proposal_side):
        return str(case.proposal), case.proposal_side
    return None


def _fell_away(said: TwinCase | None) -> bool:
    """Whether the other half has no decision to follow; the first look does not know yet."""
    return said is not None and said.decision is None


def _mirrored(side: str | None) -> str | None:
    return None if side is None else _MIRROR[side]


async def _open(unit: Unit, own: Half, other: Half, there: TenantRef) -> TwinCase | None:
    citizen = await unit.first(unit.own(Citizen, own.citizen), Citizen)
    if citizen is None:
        return None
    case = TwinCase(
        tenant_id=own.tenant,
        id=case_id(own, other),
        village_id=citizen.village_id,
        citizen_id=citizen.id,
        other_tenant=other.tenant,
        other_citizen=other.citizen,
        other_code=there.code,
        **times(unit),
    )
    await unit.add(case)
    await record(unit, events.of(case))
    return case


async def _decide(unit: Unit, keys: KeyRing, case: TwinCase, decision: str, side: str | None) -> TwinCase:
    """Take the decision over, and do what follows from it on this side."""
    today = unit.now.today(unit.tenant.zone)
    task = await _effect(unit, keys, case, decision, side, today)
    changed = await unit.change(
        case,
        state=(TwinState.SETTLED if task is None else TwinState.DECIDED).value,
        decision=decision,
        decision_side=side,
        decided_on=today,
        task=None if task is None else task.value,
    )
    await record(unit, events.of(changed, case.state))
    return changed


async def _effect(
    unit: Unit, keys: KeyRing, case: TwinCase, decision: str, side: str | None, today: date
) -> TwinTask | None:
    """End the record of who lives on elsewhere; what only an officer can do is left as a task."""
    if decision == TwinDecision.TYPING_ERROR and side == TwinSide.HERE:
        return TwinTask.CORRECT_NIK
    if decision != TwinDecision.SAME_PERSON or side == TwinSide.HERE:
        return None
    citizen = await unit.see(Citizen, case.citizen_id)
    if citizen.ended_at is not None:
        return None
    try:
        async with unit.savepoint():
            await people.end_citizen(
                unit,
                keys,
                citizen=citizen.id,
                status=BaseStatus.INVALID,
                on=today,
                new_head=None,
                expected=citizen.version,
            )
    except HeadNeeded:
        return TwinTask.END_RECORD
    return None


async def _step(unit: Unit, case: TwinCase, state: TwinState) -> TwinCase:
    changed = await unit.change(case, state=state.value, task=None)
    await record(unit, events.of(changed, case.state))
    return changed


async def _cases(unit: Unit, citizen: UUID) -> list[TwinCase]:
    own = _CASES.c
    unsettled = own.state == among((TwinState.OPEN.value, TwinState.DECIDED.value), Text())
    return await unit.all(
        select(_CASES).where(own.tenant_id == unit.tenant.id, own.citizen_id == citizen, unsettled).order_by(own.id),
        TwinCase,
    )


async def _tenant(connection: Connection, key: int) -> TenantRef:
    row = await connection.fetchrow(_TENANT, key)
    assert row is not None  # noqa: S101  # tenants are suspended, never removed
    return TenantRef(row["id"], row["code"], Zone(row["zone"]))


@asynccontextmanager
async def _acting(connection: Connection, tenant: TenantRef, now: Now) -> AsyncIterator[Unit]:
    """One transaction of the worker inside one tenant, with the right to end a record that was decided about."""
    may = frozenset({Permission.WRITE_REGISTER.value})
    scope = Scope(Reader.WORKER, "WORKER", may, (tenant,), request_id="worker")
    async with connection.transaction():
        await enter(connection, scope)
        yield Unit(connection, scope, now)
