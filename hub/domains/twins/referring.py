"""The worker at a Disdukcapil: what is referred to it, what it ruled, and what is told there of two people.

A referral lies in the agency's own tenant under the id of its case. Like all that the worker does with cases, every
step here looks first, so that it may be repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from hub.domains.citizens.telling import times
from hub.domains.twins import events
from hub.domains.twins.model import RULING, TOLD, TwinReferral, TwinReferralSide, TwinReferralState
from hub.journal.record import record
from hub.journal.worker import inside
from hub.kernel.clock import Now
from hub.kernel.scope import TenantRef, Zone
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of
from hub.tenants.permissions import Role

_SIDES = table(TwinReferralSide)
# The narrowest region first: the regency's Disdukcapil before the province's.
_AGENCIES = """
select id, code, zone from tenant
where kind = 'AGENCY' and status = 'ACTIVE' and starts_with($1, split_part(code, '/', 1) || '.')
order by length(split_part(code, '/', 1)) desc, id
"""
_SEATS = f"""
select region_code from access_grant
where tenant_id = $1 and role = '{Role.DUKCAPIL_OPERATOR.value}' and (revoked_at is null or revoked_at > $2)
  and starts_on <= $3 and (ends_on is null or ends_on >= $3)
"""  # noqa: S608  # a word of ours
_SEAT = f"""
select region_code from access_grant where tenant_id = $1 and id = $2 and role = '{Role.DUKCAPIL_OPERATOR.value}'
"""  # noqa: S608  # a word of ours


@dataclass(frozen=True, slots=True)
class Court:
    """The agency that decides, and the narrowest region that holds both kecamatan."""

    tenant: TenantRef
    region: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an agency is told of the person on one side."""

    tenant: int
    citizen: UUID
    code: str
    person: Mapping[str, Any]  # by the columns named in TOLD


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an agency decided. `side` is the tenant where the person lives on, or where the number is wrong."""

    decision: str
    side: int | None
    reason: str


def common(one: str, other: str) -> str:
    """The narrowest region that holds two codes; empty where there is none."""
    shared = []
    for mine, theirs in zip(one.split("."), other.split("."), strict=False):
        if mine != theirs:
            break
        shared.append(mine)
    return ".".join(shared)


async def court(connection: Connection, codes: Sequence[str], now: Now) -> Court | None:
    """The Disdukcapil whose region holds both kecamatan and in which somebody may decide now, if there is one."""
    region = common(*codes)
    for row in await connection.fetch(_AGENCIES, f"{region}.") if region else ():
        agency = TenantRef(row["id"], row["code"], Zone(row["zone"]))
        async with inside(connection, agency.id):
            seats = await connection.fetch(_SEATS, agency.id, now.instant, now.today(agency.zone))
        if any(_holds(each["region_code"], region) for each in seats):
            return Court(agency, region)
    return None


async def place(connection: Connection, at: Court, case: UUID, told: Sequence[Told], now: Now) -> None:
    """See that the case lies open before the agency, with what is known of both people today."""
    async with acting(connection, at.tenant, now) as unit:
        found = await _found(unit, case)
        if found is None:
            found = TwinReferral(tenant_id=at.tenant.id, id=case, region_code=at.region, **times(unit))
            await unit.add(found)
            await record(unit, events.of_referral(found))
        elif found.state == TwinReferralState.RULED:
            return
        elif found.state != TwinReferralState.OPEN:
            found = await _step(unit, found, TwinReferralState.OPEN)
        for position, each in enumerate(told):
            await _tell(unit, found, position, each)


async def hear(connection: Connection, agency: int, case: UUID, now: Now, *, stays: bool) -> Ruling | None:
    """The ruling that waits to be brought to both sides. Where the case does not stay there, an open one is closed."""
    async with acting(connection, await tenant_of(connection, agency), now) as unit:
        found = await _found(unit, case)
        if found is None:
            return None
        if found.state == TwinReferralState.RULED:
            if await _entitled(unit, found):
                return Ruling(str(found.decision), await _side(unit, found), found.reason or "")
            found = await _step(unit, found, TwinReferralState.OPEN)
        if found.state == TwinReferralState.OPEN and not stays:
            await _close(unit, found, TwinReferralState.CLOSED)
        return None


async def settle(connection: Connection, agency: int, case: UUID, now: Now, *, carried: bool) -> None:
    """Both sides have heard: the ruling took effect, or it came too late."""
    async with acting(connection, await tenant_of(connection, agency), now) as unit:
        found = await _found(unit, case)
        if found is not None and found.state == TwinReferralState.RULED:
            await _close(unit, found, TwinReferralState.DONE if carried else TwinReferralState.LATE)


async def _found(unit: Unit, case: UUID) -> TwinReferral | None:
    return await unit.first(unit.own(TwinReferral, case).with_for_update(), TwinReferral)


async def _side(unit: Unit, referral: TwinReferral) -> int | None:
    """The tenant that is meant: by what it was called when it was ruled, for a kecamatan's code may change."""
    own = _SIDES.c
    sides = select(own.home_tenant).where(
        own.tenant_id == unit.tenant.id, own.referral_id == referral.id, own.code == referral.decision_code
    )
    found: int | None = await unit.value(sides)
    return found


async def _entitled(unit: Unit, referral: TwinReferral) -> bool:
    """Whether who ruled sits here as Disdukcapil over a region that holds both; the gate saw to the day."""
    if not _holds(unit.tenant.code.partition("/")[0], referral.region_code):
        return False
    seats = await unit.connection.fetch(_SEAT, unit.tenant.id, referral.grant_id)
    return any(_holds(each["region_code"], referral.region_code) for each in seats)


def _holds(region: str | None, inner: str) -> bool:
    """Whether a region holds another; a grant without one is over the agency's whole region."""
    return region is None or f"{inner}.".startswith(f"{region}.")


async def _tell(unit: Unit, referral: TwinReferral, position: int, told: Told) -> None:
    key = uuid5(referral.id, str(position))
    side = await unit.first(unit.own(TwinReferralSide, key), TwinReferralSide)
    if side is not None:
        changed = {name: value for name, value in told.person.items() if getattr(side, name) != value}
        if changed:
            await unit.change(side, **changed)
        return
    made = TwinReferralSide(
        tenant_id=referral.tenant_id,
        id=key,
        referral_id=referral.id,
        region_code=referral.region_code,
        position=position,
        home_tenant=told.tenant,
        citizen_id=told.citizen,
        code=told.code,
        **told.person,
        **times(unit),
    )
    await unit.add(made)


async def _close(unit: Unit, referral: TwinReferral, state: TwinReferralState) -> None:
    """The case is over here: nothing is told of anybody any more."""
    own = _SIDES.c
    sides = select(_SIDES).where(own.tenant_id == unit.tenant.id, own.referral_id == referral.id)
    for each in await unit.all(sides.order_by(own.position), TwinReferralSide):
        await unit.change(each, **dict.fromkeys(TOLD))
    await _step(unit, referral, state)


async def _step(unit: Unit, referral: TwinReferral, state: TwinReferralState) -> TwinReferral:
    values: dict[str, Any] = {"state": state.value}
    if state is TwinReferralState.OPEN:  # begun anew: what was ruled before is in the journal alone
        values = {**dict.fromkeys(RULING), **values}
    changed = await unit.change(referral, **values)
    await record(unit, events.of_referral(changed, referral.state))
    return changed
