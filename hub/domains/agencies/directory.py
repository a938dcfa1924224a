"""The directory of agencies is kept by whoever runs the hub, as its owner."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.domains.agencies.errors import AgencyCodeMalformed, AgencyRegionUnknown, AgencyUnknown
from hub.domains.agencies.model import Agency, AgencyKind
from hub.domains.regions.model import Region
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection

_AGENCY, _REGION = table(Agency), table(Region)


async def enter(owner: Connection, agency: Agency) -> None:
    """A new agency, or new particulars of one that is there. AgencyCodeMalformed, AgencyRegionUnknown."""
    region, slash, short = agency.code.partition("/")
    if not slash or not short.isascii() or not short.replace("-", "").isalnum() or region != agency.region_code:
        raise AgencyCodeMalformed(given=agency.code)
    if not await _known(owner, agency.region_code):
        raise AgencyRegionUnknown(given=agency.region_code)
    values = {name: getattr(agency, name) for name in _AGENCY.columns.keys()}  # noqa: SIM118  # not a dict
    fresh = {name: value for name, value in values.items() if name != "code"}
    await sql.fetch(
        owner,
        insert(_AGENCY).values(values).on_conflict_do_update(index_elements=[_AGENCY.c.code], set_=fresh),
    )


async def enter_unless_there(owner: Connection, code: str, name: str) -> None:
    """For an agency that gets a tenant: what the directory says of it stays, and a code of no region is left out."""
    region = code.partition("/")[0]
    if await _known(owner, region):
        row = {"code": code, "name": name, "kind": AgencyKind.DINAS.value, "region_code": region, "affairs": []}
        await sql.fetch(owner, insert(_AGENCY).values(row).on_conflict_do_nothing())


async def end(owner: Connection, code: str, on: date) -> None:
    """It is no more from the day after; AgencyUnknown."""
    ended = _AGENCY.update().where(_AGENCY.c.code == code).values(ended_on=on).returning(_AGENCY.c.code)
    if not await sql.fetch(owner, ended):
        raise AgencyUnknown(given=code)


async def listed(owner: Connection, region: str = "") -> list[sql.Row]:
    """Those of a region and below it, by code; all where none is named."""
    statement = select(_AGENCY).order_by(_AGENCY.c.code)
    if region:
        own = _AGENCY.c.region_code
        statement = statement.where((own == region) | own.startswith(f"{region}.", autoescape=True))
    return list(await sql.fetch(owner, statement))


async def _known(owner: Connection, region: str) -> bool:
    return bool(await sql.fetch(owner, select(_REGION.c.code).where(_REGION.c.code == region)))
