"""The worker's part: months are opened, and what the kecamatan of a region confirmed is published.

Figures are read in one tenant at a time; a publication with all its figures is written in one transaction, and says
from which confirmations it was made. Whoever runs it again finds that, and only tells the kecamatan what they may not
have been told yet.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson
import structlog
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from hub.domains.kecamatan.model import Kecamatan
from hub.domains.publications import events
from hub.domains.publications.errors import LaterPublished, NothingConfirmed
from hub.domains.publications.making import Made, Member, make, outcomes_of, source_of
from hub.domains.publications.model import (
    FigureShown,
    PeriodState,
    Publication,
    PublicationState,
    PublishedFigure,
    ReportFrozen,
    ReportPeriod,
)
from hub.domains.regions.model import Region, RegionLevel
from hub.domains.reports.assembling import Given, Place, Stand
from hub.domains.reports.suppression import Key, Outcome
from hub.journal.record import record
from hub.kernel.clock import Clock, Now
from hub.kernel.ids import new_id
from hub.kernel.scope import TenantRef, Zone
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting

_PUBLICATIONS, _FIGURES, _SHOWN, _PERIODS, _FROZEN = (
    table(each) for each in (Publication, PublishedFigure, FigureShown, ReportPeriod, ReportFrozen)
)
_REGIONS, _OFFICES = table(Region), table(Kecamatan)
_VILLAGE = UUID("0f6cf5b5-8b0f-5c0a-9f52-5a0c9d1f7c11")
_TENANTS = (
    "select id, code, zone from tenant where kind = 'KECAMATAN' and status = 'ACTIVE' "
    "and ($1::text is null or starts_with(code, $1 || '.')) order by code"
)
_LOCK = "select pg_advisory_xact_lock(hashtextextended('publication ' || $1, 0))"
_NEW = upsert(_SHOWN)
_REMEMBER = _NEW.on_conflict_do_update(
    index_elements=list(_SHOWN.primary_key), set_={name: _NEW.excluded[name] for name in ("hidden", "value")}
)
_FIRST_MONTH, _LAST_MONTH = 1, 12

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a look at a region and a period led to; `number` is that of the publication that stands."""

    number: str | None = None
    made: bool = False


@dataclass(slots=True)
class _Confirmed:
    """A kecamatan of the region as it uses the hub, and its period where it confirmed it."""

    tenant: TenantRef
    name: str
    period: ReportPeriod | None
    reports: dict[str, Given]


def period_of(day: date) -> str:
    """The month of a day."""
    return f"{day:%Y-%m}"


def due_on(period: str, day: int) -> date:
    """When a period is published though some have not confirmed it: on this day of the month after it."""
    year, month = (int(part) for part in period.split("-"))
    return date(year + 1, _FIRST_MONTH, day) if month == _LAST_MONTH else date(year, month + 1, day)


def region_of(code: str) -> str:
    """The district of a kecamatan."""
    return ".".join(code.split(".")[:2])


async def open_periods(connection: Connection, now: Now, *, region: str | None = None) -> int:
    """See to it that each kecamatan has its present month; how many were opened."""
    opened = 0
    for tenant in await _tenants(connection, region):
        async with acting(connection, tenant, now) as unit:
            opened += await _open(unit)
    return opened


async def _open(unit: Unit) -> int:
    own, period = _PERIODS.c, period_of(unit.now.today(unit.tenant.zone))
    there = await unit.value(select(own.id).where(own.tenant_id == unit.tenant.id, own.period == period))
    if there is not None:
        return 0
    now = unit.now.instant
    row = ReportPeriod(tenant_id=unit.tenant.id, period=period, created_at=now, updated_at=now)
    await unit.add(row)
    await record(unit, events.of(events.ReportPeriodOpened, row))
    return 1


async def publish_due(connection: Connection, clock: Clock, *, day: int) -> int:
    """Publish what is due in every district; how many publications were made. A faulty district holds nobody up."""
    made = 0
    for region in sorted({region_of(each.code) for each in await _tenants(connection, None)}):
        try:
            for period in await _confirmed_periods(connection, region, clock()):
                found = await publish(connection, region, period, clock=clock, day=day)
                made += found.made
        except Exception as error:
            if connection.is_closed():
                raise
            log.error("publishing.failed", region=region, error=type(error).__name__)
    return made


async def publish(
    connection: Connection, region: str, period: str, *, clock: Clock, day: int, at_once: bool = False
) -> Outcomes:
    """Publish a period of a district if it is due, `at_once` whether or not all have confirmed.

    NothingConfirmed, LaterPublished. Run twice at the same time, one of both finds that the other was first.
    """
    now, tenants = clock(), await _tenants(connection, region)
    kecamatan = [await _read(connection, each, period, now, figures=False) for each in tenants]
    if not any(each.period for each in kecamatan):
        raise NothingConfirmed
    latest = await _latest(connection, region)
    if latest is not None and latest["period"] > period:
        raise LaterPublished
    source = source_of(_member(each) for each in kecamatan)
    standing = latest if latest is not None and latest["period"] == period else None
    if standing is not None and standing["source"] == source:
        await _tell(connection, kecamatan, standing, now)
        return Outcomes(standing["number"])
    if not at_once and standing is None and not _due(kecamatan, period, now, day):
        return Outcomes()
    kecamatan = [await _read(connection, each, period, now, figures=True) for each in tenants]
    members, name = await _members(connection, region, kecamatan, now), await _name(connection, region)
    source = source_of(members)
    made = await asyncio.to_thread(make, region, name, members, await _earlier(connection, region))
    row = _row(region, name, period, 1 if standing is None else standing["revision"] + 1, source, made, now)
    if not await _write(connection, row, made, after=latest):
        return Outcomes()
    await _tell(connection, kecamatan, row.model_dump(), now)
    return Outcomes(row.number, made=True)


def _due(kecamatan: Sequence[_Confirmed], period: str, now: Now, day: int) -> bool:
    if all(each.period is not None for each in kecamatan):
        return True
    return now.today(kecamatan[0].tenant.zone) >= due_on(period, day)


# Reading


async def _tenants(connection: Connection, region: str | None) -> list[TenantRef]:
    return [TenantRef(row["id"], row["code"], Zone(row["zone"])) for row in await connection.fetch(_TENANTS, region)]


async def _confirmed_periods(connection: Connection, region: str, now: Now) -> list[str]:
    """Periods that somebody confirmed and that no later one of the district was published after, the oldest first."""
    latest = await _latest(connection, region)
    found: set[str] = set()
    for tenant in await _tenants(connection, region):
        async with acting(connection, tenant, now) as unit:
            own = _PERIODS.c
            statement = select(own.period).where(own.tenant_id == tenant.id, own.confirmations > 0)
            found |= {row["period"] for row in await unit.rows(statement)}
    return sorted(each for each in found if latest is None or each >= latest["period"])


async def _read(connection: Connection, tenant: TenantRef, period: str, now: Now, *, figures: bool) -> _Confirmed:
    """What a kecamatan confirmed last, with or without its figures, in one transaction inside it."""
    async with acting(connection, tenant, now) as unit:
        name = await unit.value(select(_OFFICES.c.name).where(_OFFICES.c.tenant_id == tenant.id))
        own, kept = _PERIODS.c, _FROZEN.c
        row = await unit.first(unit.own(ReportPeriod).where(own.period == period, own.confirmations > 0), ReportPeriod)
        found = _Confirmed(tenant, name or tenant.code, row, {})
        if row is not None and figures:
            frozen = select(_FROZEN).where(
                kept.tenant_id == tenant.id, kept.period_id == row.id, kept.confirmation == row.confirmations
            )
            found.reports = {each["report"]: _given(found, each) for each in await unit.rows(frozen)}
    return found


def _given(kecamatan: _Confirmed, row: sql.Row) -> Given:
    """A frozen report as what is kept of one; a village is known by its code."""
    figures, villages = orjson.loads(row["figures"]), orjson.loads(row["villages"])
    return Given(
        tenant=kecamatan.tenant,
        name=kecamatan.name,
        places=tuple(
            Place(_id(each["code"]), each["code"], each["name"]) for each in sorted(villages, key=lambda it: it["code"])
        ),
        stands=tuple(_stand(each) for each in figures),
        villages={
            _id(each["code"]): (each["reporting"], _moment(each["synced_at"]))
            for each in villages
            if each["reporting"] is not None
        },
        counted_at=row["counted_at"],
        revision=row["revision"],
    )


def _stand(told: dict[str, Any]) -> Stand:
    return Stand(
        figure=told["figure"],
        village=None if told["village"] is None else _id(told["village"]),
        dimensions=(told["dimension_1"], told["dimension_2"]),
        labels=(told["label_1"], told["label_2"]),
        numerator=told["numerator"],
        denominator=told["denominator"],
        origin=told["origin"],
        as_of=date.fromisoformat(told["as_of"]),
    )


def _id(village: str) -> UUID:
    return uuid5(_VILLAGE, village)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def _members(connection: Connection, region: str, kecamatan: Sequence[_Confirmed], now: Now) -> list[Member]:
    """All kecamatan of the district, whether they use the hub or not."""
    own = _REGIONS.c
    there = select(own.code, own.name).where(
        own.parent_code == region,
        own.level == RegionLevel.KECAMATAN.value,
        (own.valid_to.is_(None)) | (own.valid_to >= now.today(kecamatan[0].tenant.zone)),
    )
    names = {row["code"]: row["name"] for row in await sql.fetch(connection, there)}
    in_hub = {each.tenant.code: each for each in kecamatan}
    return [
        Member(code, names[code], in_hub=False) if code not in in_hub else _member(in_hub[code])
        for code in sorted({*names, *in_hub})
    ]


def _member(found: _Confirmed) -> Member:
    if found.period is None:
        return Member(found.tenant.code, found.name, in_hub=True)
    return Member(found.tenant.code, found.name, True, found.reports, found.period.confirmations)


async def _name(connection: Connection, region: str) -> str:
    rows = await sql.fetch(connection, select(_REGIONS.c.name).where(_REGIONS.c.code == region))
    return str(rows[0]["name"]) if rows else region


async def _latest(connection: Connection, region: str) -> sql.Row | None:
    """The newest publication of a district."""
    own = _PUBLICATIONS.c
    newest = select(_PUBLICATIONS).where(own.region_code == region)
    rows = await sql.fetch(connection, newest.order_by(own.published_at.desc(), own.id.desc()).limit(1))
    return rows[0] if rows else None


async def _earlier(connection: Connection, region: str) -> dict[Key, Outcome]:
    """How each figure stood last, in whichever publication: a kecamatan may have been missing in between."""
    return outcomes_of(await sql.fetch(connection, select(_SHOWN).where(_SHOWN.c.region_code == region)))


# Writing


def _row(region: str, name: str, period: str, revision: int, source: str, made: Made, now: Now) -> Publication:
    state = PublicationState.PUBLISHED if revision == 1 else PublicationState.REVISED
    return Publication(
        id=new_id(),
        number=f"{region}/{period}/{revision}",
        region_code=region,
        region_name=name,
        period=period,
        revision=revision,
        state=state.value,
        published_at=now.instant,
        data_as_of=made.data_as_of,
        sha256=made.sha256,
        partial=made.partial,
        source=source,
        reports=made.reports,
    )


async def _write(connection: Connection, row: Publication, made: Made, *, after: sql.Row | None) -> bool:
    """All or nothing; False where somebody published of this district since `after` was read."""
    async with connection.transaction():
        await connection.execute(_LOCK, row.region_code)
        latest = await _latest(connection, row.region_code)
        if (None if latest is None else latest["id"]) != (None if after is None else after["id"]):
            return False
        await sql.fetch(connection, insert(_PUBLICATIONS).values(row.model_dump()))
        prepared = sql.prepare(insert(_FIGURES))
        rows = [prepared.arguments({**each, "publication_id": row.id}) for each in made.figures]
        await sql.repeat(connection, prepared.text, rows)
        shown = sql.prepare(_REMEMBER)
        await sql.repeat(connection, shown.text, [shown.arguments(each) for each in made.shown])
    return True


async def _tell(connection: Connection, kecamatan: Sequence[_Confirmed], publication: sql.Row, now: Now) -> None:
    """Each kecamatan that is in it hears so, once, in a transaction of its own."""
    for each in kecamatan:
        if each.period is None or each.period.number == publication["number"]:
            continue
        async with acting(connection, each.tenant, now) as unit:
            before = await unit.find(ReportPeriod, each.period.id)
            if before.confirmations != each.period.confirmations or before.number == publication["number"]:
                continue
            state = PeriodState.PUBLISHED if publication["revision"] == 1 else PeriodState.REVISED
            after = await unit.change(
                before, state=state.value, published_at=publication["published_at"], number=publication["number"]
            )
            await record(unit, events.of(events.ReportPeriodPublished, after, before))
