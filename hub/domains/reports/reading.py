"""What is kept of a report in the reader's own kecamatan, within the reader's villages."""

from sqlalchemy import Uuid, select

from hub.domains.citizens.finding import among
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.reports.assembling import Given, Place, Stand
from hub.domains.reports.counting import state_id
from hub.domains.reports.model import ReportCount, ReportState, ReportVillage
from hub.domains.villages.model import Village
from hub.kernel.scope import TenantRef
from hub.store.base import table
from hub.store.unit import Session

_COUNTS, _REPORTING, _STATES = table(ReportCount), table(ReportVillage), table(ReportState)
_VILLAGES, _OFFICES = table(Village), table(Kecamatan)


async def kept(session: Session, tenant: TenantRef, report: str) -> Given:
    """Five statements, however large the report is."""
    name = await session.value(select(_OFFICES.c.name).where(_OFFICES.c.tenant_id == tenant.id))
    state = await session.row(select(_STATES).where(_STATES.c.tenant_id == tenant.id, _STATES.c.id == state_id(report)))
    there = _REPORTING.c
    reporting = await session.rows(
        select(there.village_id, there.reporting, there.synced_at).where(
            there.tenant_id == tenant.id, there.report == report
        )
    )
    return Given(
        tenant=tenant,
        name=name or tenant.code,
        places=await _places(session, tenant),
        stands=await _stands(session, tenant, report),
        villages={row["village_id"]: (row["reporting"], row["synced_at"]) for row in reporting},
        counted_at=None if state is None else state["counted_at"],
        revision=0 if state is None else state["revision"],
        waiting=state is not None and state["marked_at"] is not None,
        narrowed=bool(session.scope.villages),
    )


async def _places(session: Session, tenant: TenantRef) -> tuple[Place, ...]:
    own = _VILLAGES.c
    statement = select(own.id, own.code, own.name).where(own.tenant_id == tenant.id).order_by(own.code)
    if session.scope.villages:
        statement = statement.where(own.id == among(session.scope.villages, Uuid()))
    return tuple(Place(row["id"], row["code"], row["name"]) for row in await session.rows(statement))


async def _stands(session: Session, tenant: TenantRef, report: str) -> tuple[Stand, ...]:
    own = _COUNTS.c
    rows = await session.rows(select(_COUNTS).where(own.tenant_id == tenant.id, own.report == report))
    return tuple(
        Stand(
            figure=row["figure"],
            village=row["village_id"],
            dimensions=(row["dimension_1"], row["dimension_2"]),
            labels=(row["label_1"], row["label_2"]),
            numerator=row["numerator"],
            denominator=row["denominator"],
            origin=row["origin"],
            as_of=row["as_of"],
        )
        for row in rows
    )
