"""The worker between the two halves of a case: one tenant at a time, one transaction each, safe to repeat anywhere.

Like the moves' `carry`, it looks instead of remembering. Once one half is decided the other follows it, whatever was
said there since. Where a Disdukcapil decides for both kecamatan the case is laid before it, and both halves wait for
its ruling.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Text, or_, select

from hub.domains.citizens import people
from hub.domains.citizens.errors import HeadNeeded
from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen
from hub.domains.citizens.telling import times
from hub.domains.registry.keeping import CONSUMER as REGISTRY
from hub.domains.twins import events, referring
from hub.domains.twins.model import TOLD, TwinCase, TwinDecision, TwinSide, TwinState, TwinTask
from hub.domains.twins.referring import Court, Ruling, Told
from hub.domains.villages.model import Village
from hub.journal import errands
from hub.journal.errands import Due
from hub.journal.following import Followed, follow
from hub.journal.record import record
from hub.kernel.clock import Clock, Now
from hub.kernel.keyring import KeyRing
from hub.kernel.register_codes import BaseStatus
from hub.kernel.scope import TenantRef
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of
from hub.tenants.permissions import Permission

CONSUMER = ERRAND = "twins"
AGAIN = timedelta(days=1)  # an undecided case is looked at, for an agency that has begun or ceased to decide
_NAMESPACE = UUID("b1b6c1b0-6c1f-5d0e-9a52-6a1f0f6d9e21")
_CASES = table(TwinCase)
_MIRROR = {TwinSide.HERE.value: TwinSide.THERE.value, TwinSide.THERE.value: TwinSide.HERE.value}
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
_REFERRED = """
select home_tenant, citizen_id from twin_referral_side where tenant_id = $1 and referral_id = any($2) and position = 0
"""
_ENDING = frozenset({Permission.WRITE_REGISTER})  # a decision may end a record
_UNDECIDED = frozenset({TwinState.OPEN.value, TwinState.REFERRED.value})
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
        ruled = sorted({each.object_id for each in changes if each.type_name == "TwinReferral"})
        for row in await inside.fetch(_REFERRED, home, ruled) if ruled else ():
            await errands.want(inside, ERRAND, row["home_tenant"], [row["citizen_id"]], now=clock().instant)

    return await follow(connection, CONSUMER, tenant, take, behind=REGISTRY)


async def run_errand(connection: Connection, errand: Due, keys: KeyRing, *, clock: Clock) -> None:
    """Bring all cases of one record into agreement; what stays undecided is looked at again."""
    now = clock()
    if await carry(connection, Half(errand.home_tenant, errand.object_id), keys, now):
        await errands.later(connection, errand, now.instant + AGAIN)
    else:
        await errands.settled(connection, errand)


async def carry(connection: Connection, here: Half, keys: KeyRing, now: Now) -> bool:
    """Open, decide, settle or close the cases of a record, here and in others; True while one is undecided."""
    home = await tenant_of(connection, here.tenant)
    twins = {
        Half(row["home_tenant"], row["citizen_id"])
        for row in await connection.fetch(_OTHERS, here.tenant, here.citizen)
    }
    async with acting(connection, home, now) as unit:
        known = {Half(each.other_tenant, each.other_citizen) for each in await _cases(unit, here.citizen)}
    undecided = False
    for other in sorted(twins | known, key=lambda half: (half.tenant, half.citizen)):
        undecided |= await _pair(connection, keys, now, (here, other), twins=other in twins)
    return undecided


async def _pair(connection: Connection, keys: KeyRing, now: Now, pair: tuple[Half, Half], *, twins: bool) -> bool:
    """One case: each half in a transaction of its own, then each again with what the other said; then the agency."""
    here, other = pair
    codes = [(await tenant_of(connection, each.tenant)).code for each in pair]
    court = await referring.court(connection, codes, now) if twins else None
    work = _Work(connection, keys, now, twins=twins, camats=court is None)
    one = await _half(work, here, other, None)
    two = await _half(work, other, here, one)
    one = await _half(work, here, other, two)
    if one is None or two is None:
        return False
    return await _refer(work, pair, (one, two), court)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the halves of a pair are worked on with. `twins`: still one person; `camats`: no agency decides for both."""

    connection: Connection
    keys: KeyRing
    now: Now
    twins: bool
    camats: bool


async def _half(work: _Work, own: Half, other: Half, said: TwinCase | None) -> TwinCase | None:
    """One half brought as far as what the other half `said` allows; the half as it is then."""
    connection, now, twins = work.connection, work.now, work.twins
    there = await tenant_of(connection, other.tenant)
    async with acting(connection, await tenant_of(connection, own.tenant), now, may=_ENDING) as unit:
        case = await unit.first(unit.own(TwinCase, case_id(own, other)).with_for_update(), TwinCase)
        if case is None:
            return await _open(unit, own, other, there) if twins else None
        undecided = case.state in _UNDECIDED
        if undecided and (agreed := _agreed(case, said, camats=work.camats)) is not None:
            return await _decide(unit, work.keys, case, *agreed)
        if not twins and undecided and _fell_away(said):
            return await _step(unit, case, TwinState.CLOSED)
        if not twins and case.state == TwinState.DECIDED:
            return await _step(unit, case, TwinState.SETTLED)
        if twins and case.state == TwinState.CLOSED:
            return await _step(unit, case, TwinState.OPEN)
        return case


def _agreed(case: TwinCase, said: TwinCase | None, *, camats: bool) -> tuple[str, str | None, str | None] | None:
    """The decision seen from this half: the other's, where it was taken, or what both camats propose."""
    if said is None:
        return None
    if said.decision is not None:
        return said.decision, _mirrored(said.decision_side), said.ruling_reason
    same = camats and case.state == TwinState.OPEN and case.proposal is not None and case.proposal == said.proposal
    if same and case.proposal_side == _mirrored(said.proposal_side):
        return str(case.proposal), case.proposal_side, None
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


async def _refer(work: _Work, pair: tuple[Half, Half], halves: tuple[TwinCase, TwinCase], court: Court | None) -> bool:
    """Hear the agencies that were asked; lay what is undecided before the one that decides now, or give it back."""
    key, connection, now = halves[0].id, work.connection, work.now
    undecided, ruled = all(each.state in _UNDECIDED for each in halves), False
    for agency in sorted({each.referred_to for each in halves if each.referred_to is not None}):
        stays = undecided and not ruled and court is not None and court.tenant.id == agency
        ruling = await referring.hear(connection, agency, key, now, stays=stays)
        if ruling is not None:
            taken = [await _rule(work, own, key, ruling) for own in pair]
            await referring.settle(connection, agency, key, now, carried=all(taken))
            ruled = True
    if ruled or not undecided:
        return False
    # The halves first: by them an agency is found again that has ceased to decide.
    told = [await _point(work, own, key, court) for own in sorted(pair, key=lambda half: (half.tenant, half.citizen))]
    if court is not None and None not in told:
        await referring.place(connection, court, key, [each for each in told if each is not None], now)
    return True


async def _rule(work: _Work, own: Half, key: UUID, ruling: Ruling) -> bool:
    """A ruling brought to one half; False where something else was settled there before."""
    home = await tenant_of(work.connection, own.tenant)
    side = None
    if ruling.side is not None:
        side = (TwinSide.HERE if ruling.side == own.tenant else TwinSide.THERE).value
    async with acting(work.connection, home, work.now, may=_ENDING) as unit:
        case = await unit.find(TwinCase, key)
        if case.state in _UNDECIDED:
            await _decide(unit, work.keys, case, ruling.decision, side, ruling.reason)
            return True
        return (case.decision, case.decision_side, case.ruling_reason) == (ruling.decision, side, ruling.reason)


async def _point(work: _Work, own: Half, key: UUID, court: Court | None) -> Told | None:
    """Let a half wait for an agency, or for the camats again; and what that agency is told of the person.

    None where another worker has decided it meanwhile.
    """
    home = await tenant_of(work.connection, own.tenant)
    waits: dict[str, Any] = {"state": TwinState.OPEN.value, "referred_to": None, "referred_code": None}
    if court is not None:
        agency = court.tenant
        waits = {"state": TwinState.REFERRED.value, "referred_to": agency.id, "referred_code": agency.code}
    async with acting(work.connection, home, work.now) as unit:
        case = await unit.find(TwinCase, key)
        if case.state not in _UNDECIDED:
            return None
        if (case.state, case.referred_to) != (waits["state"], waits["referred_to"]):
            changed = await unit.change(case, **waits)
            await record(unit, events.of(changed, case.state))
        citizen = await unit.see(Citizen, own.citizen)
        village = await unit.see(Village, citizen.village_id)
    person = {name: getattr(citizen, name) for name in TOLD if name != "village_name"}
    return Told(own.tenant, own.citizen, home.code, {**person, "village_name": village.name})


async def _decide(
    unit: Unit, keys: KeyRing, case: TwinCase, decision: str, side: str | None, reason: str | None
) -> TwinCase:
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
        ruling_reason=reason,
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
    """Those that are not settled, and those of which an agency may still have to hear."""
    own = _CASES.c
    unsettled = own.state == among((*sorted(_UNDECIDED), TwinState.DECIDED.value), Text())
    matter = or_(unsettled, own.referred_to.is_not(None))
    return await unit.all(
        select(_CASES).where(own.tenant_id == unit.tenant.id, own.citizen_id == citizen, matter).order_by(own.id),
        TwinCase,
    )
