"""Naming an agency in another noun: by its code, which must stand in the directory."""

from sqlalchemy import select

from hub.domains.agencies.errors import AgencyNotHere, AgencyUnknown
from hub.domains.agencies.model import Agency
from hub.store.base import table
from hub.store.unit import Unit

_AGENCIES = table(Agency)


async def known(unit: Unit, code: str, *, path: tuple[str, ...] = ()) -> str:
    """The code of an agency in the directory; AgencyUnknown."""
    found = await unit.value(select(_AGENCIES.c.code).where(_AGENCIES.c.code == code))
    if found is None:
        raise AgencyUnknown(path=path, given=code)
    return str(found)


async def serving(unit: Unit, code: str, *, path: tuple[str, ...] = ()) -> str:
    """The code of an agency that serves this kecamatan; AgencyNotHere."""
    found = await unit.first(select(_AGENCIES).where(_AGENCIES.c.code == code), Agency)
    if found is None or found.ended_on is not None or not f"{unit.tenant.code}.".startswith(f"{found.region_code}."):
        raise AgencyNotHere(path=path)
    return found.code
