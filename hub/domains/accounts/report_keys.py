"""Keys by which a sheet fetches the files of reports: made by whoever reads reports, for themselves, shown once.

A key stands for the grant it was made under and opens what that grant reads in reports, nothing else (docs/adr/0034).
Its maker ends it, or whoever manages keys; so does a reset of the maker's sign-in. The database lets an office write
keys of this kind only (docs/adr/0040).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select, true, update

from hub.domains.accounts import events, policy
from hub.domains.accounts.errors import ReportKeyDayUnfit, ReportKeysTooMany, ReportKeyUnknown
from hub.journal.model import Effect
from hub.journal.record import Changes, record
from hub.store.base import table
from hub.store.unit import Session, Unit
from hub.tenants import api_keys
from hub.tenants.model import ApiKey, Grant, KeyKind, Principal

LONGEST = timedelta(days=366)
MOST = 10
LISTED = 200

_KEY, _GRANT, _PRINCIPAL = table(ApiKey), table(Grant), table(Principal)


@dataclass(frozen=True, slots=True)
class Made:
    """What is told once: the key, its id, and until when it opens reports."""

    id: UUID
    text: str
    ends: datetime


async def make(unit: Unit, *, label: str, ends_on: date | None) -> Made:
    """A key of the grant in use; ReportKeysTooMany, ReportKeyDayUnfit."""
    principal, grant = policy.report_reader(unit.scope)
    ends = _last_moment(unit, ends_on)
    await _room(unit, principal)
    text, digest = api_keys.mint(KeyKind.REPORT, unit.tenant.id)
    made = ApiKey(
        tenant_id=unit.tenant.id,
        grant_id=grant,
        kind=KeyKind.REPORT.value,
        label=label,
        sha256=digest,
        expires_at=ends,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    await unit.add(made)
    changes: Changes = {"grant": (None, grant), "expires_at": (None, ends)}
    await record(unit, events.ReportKeyMade(**_about(made.id, 1), effect=Effect.CREATED, changes=changes))
    return Made(made.id, text, ends)


async def end(unit: Unit, key: str) -> None:
    """It opens nothing more within ten seconds; ReportKeyUnknown for what is not theirs to end, and for no id."""
    principal, _ = policy.report_reader(unit.scope)
    whose = None if policy.may_end_keys_of_others(unit.scope) else principal
    wanted = _of(unit, whose).where(_KEY.c.id == _id(key))
    found = await unit.row(
        wanted.with_only_columns(_KEY.c.id, _KEY.c.version, _KEY.c.revoked_at).with_for_update(of=_KEY)
    )
    if found is None:
        raise ReportKeyUnknown(path=("key",))
    if found["revoked_at"] is None:
        await _end(unit, found["id"], found["version"])


async def end_all_of(unit: Unit, principal: UUID) -> None:
    """Those of a person whose sign-in was reset."""
    wanted = _of(unit, principal).where(_KEY.c.revoked_at.is_(None)).with_only_columns(_KEY.c.id, _KEY.c.version)
    for row in await unit.rows(wanted.with_for_update(of=_KEY)):
        await _end(unit, row["id"], row["version"])


async def listed(session: Session) -> list[dict[str, Any]]:
    """The own keys, the newest first, without their texts; all of the kecamatan for whoever manages keys."""
    principal, _ = policy.report_reader(session.scope)
    whose = None if policy.may_end_keys_of_others(session.scope) else principal
    columns = (
        _KEY.c.id,
        _KEY.c.label,
        _KEY.c.created_at,
        _KEY.c.expires_at,
        _KEY.c.revoked_at,
        _PRINCIPAL.c.name.label("holder"),
        (_GRANT.c.principal_id == principal).label("mine"),
        _open(session).label("open"),
    )
    named = (_PRINCIPAL.c.tenant_id == _GRANT.c.tenant_id) & (_PRINCIPAL.c.id == _GRANT.c.principal_id)
    wanted = _of(session, whose).join(_PRINCIPAL, named).with_only_columns(*columns)
    return [dict(row) for row in await session.rows(wanted.order_by(_KEY.c.id.desc()).limit(LISTED))]


async def _room(unit: Unit, principal: UUID) -> None:
    """Their grants stay locked, so that two at once are counted one after the other."""
    own = _GRANT.c
    await unit.rows(
        select(own.id)
        .where(own.tenant_id == unit.tenant.id, own.principal_id == principal)
        .order_by(own.id)
        .with_for_update()
    )
    used = await unit.value(_of(unit, principal).where(_open(unit)).with_only_columns(func.count()))
    if used >= MOST:
        raise ReportKeysTooMany(most=MOST)


async def _end(unit: Unit, key: UUID, version: int) -> None:
    fresh = {"revoked_at": unit.now.instant, "version": version + 1, "updated_at": unit.now.instant}
    await unit.rows(update(_KEY).where(_KEY.c.tenant_id == unit.tenant.id, _KEY.c.id == key).values(**fresh))
    await record(unit, events.ReportKeyEnded(**_about(key, version + 1), effect=Effect.ENDED))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ReportKeyUnknown(path=("key",)) from None


def _last_moment(unit: Unit, ends_on: date | None) -> datetime:
    if ends_on is None:
        return unit.now.instant + LONGEST
    today = unit.now.today(unit.tenant.zone)
    if not today <= ends_on <= today + LONGEST:
        raise ReportKeyDayUnfit(path=("endsOn",))
    return datetime.combine(ends_on + timedelta(days=1), time(), ZoneInfo(unit.tenant.zone.value))


def _of(session: Session, principal: UUID | None) -> Select[Any]:
    """Keys for reports of the tenant, of a person or of everybody."""
    mine = true() if principal is None else _GRANT.c.principal_id == principal
    held = _KEY.join(_GRANT, (_GRANT.c.tenant_id == _KEY.c.tenant_id) & (_GRANT.c.id == _KEY.c.grant_id))
    here = _KEY.c.tenant_id == policy.tenant(session.scope).id
    return select(_KEY.c.id).select_from(held).where(here, _KEY.c.kind == KeyKind.REPORT.value, mine)


def _open(session: Session) -> ColumnElement[bool]:
    """Whether a key still opens what it was made for."""
    now, today = session.now.instant, session.now.today(policy.tenant(session.scope).zone)
    lasting = _KEY.c.revoked_at.is_(None) & or_(_KEY.c.expires_at.is_(None), _KEY.c.expires_at > now)
    granted = _GRANT.c.revoked_at.is_(None) & or_(_GRANT.c.ends_on.is_(None), _GRANT.c.ends_on >= today)
    return lasting & granted


def _about(key: UUID, version: int) -> dict[str, Any]:
    return {"type_name": "ReportKey", "object_id": key, "version": version}
