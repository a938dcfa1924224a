"""R-01, coverage of building permits: how many houses there are, and how many of them have a permit in force."""

from sqlalchemy import Uuid, and_, func, select

from hub.domains.citizens.finding import among
from hub.domains.houses.model import House
from hub.domains.villages.model import Village
from hub.kernel.scope import TenantRef
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Session

_HOUSES, _VILLAGES = table(House), table(Village)


async def coverage(session: Session, tenant: TenantRef) -> list[sql.Row]:
    """Each village's id with its `houses` and `houses_with_permit`, in the order of the villages' codes."""
    own, homes = _HOUSES.c, _VILLAGES.c
    here = and_(own.tenant_id == homes.tenant_id, own.village_id == homes.id, own.ended_at.is_(None))
    statement = (
        select(
            homes.id.label("village_id"),
            func.count(own.id).label("houses"),
            func.count(own.id).filter(own.has_permit).label("houses_with_permit"),
        )
        .select_from(_VILLAGES.outerjoin(_HOUSES, here))
        .where(homes.tenant_id == tenant.id)
        .group_by(homes.id, homes.code)
        .order_by(homes.code, homes.id)
    )
    if session.scope.villages:
        statement = statement.where(homes.id == among(session.scope.villages, Uuid()))
    return await session.rows(statement)
