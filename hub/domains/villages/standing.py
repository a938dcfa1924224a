"""Whether a village still is one of this kecamatan: its code may have ended by a region split."""

from uuid import UUID

from sqlalchemy import select

from hub.domains.regions.model import Region
from hub.domains.villages.errors import VillageEnded
from hub.domains.villages.model import Village
from hub.kernel.errors import NotFound
from hub.store.base import table
from hub.store.unit import Session

_VILLAGES, _REGIONS = table(Village), table(Region)


async def must_stand(session: Session, village: UUID, *path: str) -> None:
    """Refuse a village that is not there, or whose code is in force no more."""
    tenant = session.scope.tenant
    if tenant is None:
        raise NotFound(path=path)
    own = _VILLAGES.c
    found = await session.row(
        select(own.code, _REGIONS.c.valid_to)
        .select_from(_VILLAGES.join(_REGIONS, _REGIONS.c.code == own.code))
        .where(own.tenant_id == tenant.id, own.id == village)
    )
    if found is None:
        raise NotFound(path=path)
    if found["valid_to"] is None or found["valid_to"] >= session.now.today(tenant.zone):
        return
    after = select(_REGIONS.c.code).where(_REGIONS.c.predecessor_code == found["code"]).order_by(_REGIONS.c.code)
    now = ", ".join(row["code"] for row in await session.rows(after)) or "-"
    raise VillageEnded(path=path, village=found["code"], until=found["valid_to"].isoformat(), now=now)
