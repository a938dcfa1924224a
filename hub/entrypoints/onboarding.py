"""Taking in a new tenant: a kecamatan comes with its office and the villages of its region, told in its journal."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from hub.domains.agencies import directory
from hub.domains.kecamatan import actions as offices
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.regions.model import Region, RegionLevel
from hub.domains.villages import actions as homes
from hub.domains.villages.model import Village, VillageKind
from hub.kernel.clock import Now
from hub.kernel.errors import BadInput, NotFound
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import TenantRef, Zone
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind

WITA = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
WIT = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})
_REGION = table(Region)


class RegionUnknown(NotFound):
    """There is no region in force with the code {given}."""

    code = "REGION_UNKNOWN"
    hint = "Look the code up with the query `regions`, or run `hub regions load` where the list is empty."


class NotKecamatan(BadInput):
    """{given} is not the code of a kecamatan."""

    code = "NOT_A_KECAMATAN"
    hint = "A kecamatan's code has three parts, such as 63.01.01; agencies are added with --kind AGENCY."


class NameMissing(BadInput):
    """An agency needs a name."""

    code = "NAME_MISSING"
    hint = 'Add --name, such as --name "Disdukcapil Kabupaten Balangan".'


@dataclass(frozen=True, slots=True)
class Added:
    """What was taken in."""

    name: str
    zone: Zone
    villages: int


async def add(
    owner: Connection, *, kind: TenantKind, code: str, name: str | None, zone: Zone | None, now: Now
) -> Added:
    """Add a tenant with what belongs to it, whole or not at all."""
    chosen = zone or zone_of(code)
    async with owner.transaction():
        if kind is not TenantKind.KECAMATAN:
            if not name:
                raise NameMissing
            await admin.add_tenant(owner, kind=kind, code=code, name=name, zone=chosen)
            if kind is TenantKind.AGENCY:
                await directory.enter_unless_there(owner, code, name)
            return Added(name, chosen, 0)
        region = await find_region(owner, code, on=now.today(chosen))
        if region["level"] != RegionLevel.KECAMATAN.value:
            raise NotKecamatan(given=code)
        full = name or str(region["name"])
        made = await admin.add_tenant(owner, kind=kind, code=region["code"], name=full, zone=chosen)
        return Added(full, chosen, await install(owner, made, full, now))


async def find_region(owner: Connection, code: str, *, on: date) -> sql.Row:
    """The region with this code, unless it has ended before a day; RegionUnknown."""
    own = _REGION.c
    found = await sql.fetch(owner, select(_REGION).where(own.code == str(RegionCode.parse(code)), _lasts(on)))
    if not found:
        raise RegionUnknown(given=code)
    return found[0]


async def install(owner: Connection, tenant: TenantRef, name: str, now: Now) -> int:
    """The office and the villages in force of its region; how many villages."""
    lasting = _lasts(now.today(tenant.zone))
    statement = select(_REGION).where(_REGION.c.parent_code == tenant.code, lasting)
    below = await sql.fetch(owner, statement.order_by(_REGION.c.code))
    villages = [_village(tenant, each) for each in below]
    async with admin.entered(owner, tenant.id):
        unit = Unit(owner, admin.operator(tenant, lang="id", command="tenant add"), now)
        await offices.take_in(unit, office(tenant, name))
        await homes.take_in(unit, villages)
    return len(villages)


def office(tenant: TenantRef, name: str) -> Kecamatan:
    """The office of a new kecamatan."""
    slug = name.lower().replace(" ", "-")
    return Kecamatan(tenant_id=tenant.id, code=tenant.code, name=name, slug=slug, time_zone=tenant.zone.value)


def _lasts(on: date) -> ColumnElement[bool]:
    return or_(_REGION.c.valid_to.is_(None), _REGION.c.valid_to >= on)


def zone_of(code: str) -> Zone:
    """The time zone of a code's province."""
    province = code[:2]
    if province in WITA:
        return Zone.WITA
    return Zone.WIT if province in WIT else Zone.WIB


def _village(tenant: TenantRef, region: sql.Row) -> Village:
    urban = region["level"] == RegionLevel.KELURAHAN.value
    kind = VillageKind.KELURAHAN if urban else VillageKind.DESA
    return Village(
        tenant_id=tenant.id,
        code=region["code"],
        name=region["name"],
        kind=kind.value,
        aliases=list(region["aliases"]),
    )
