"""Regions in the graph."""

import strawberry

from hub.domains.regions.model import Region as Model
from hub.domains.regions.model import RegionLevel
from hub.graph.declare import Connection, column, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, Decimal, RegionCode

for _words in (RegionLevel,):
    exposed(_words)


@node(
    Model,
    key="code",
    filters=("level", "name"),
    orders={"CODE": ("code",), "NAME": ("name",)},
    groups=("level",),
    sums=("area_km2", "population"),
)
class Region:
    """A region of Indonesia (wilayah) with its code in force, or a former one with the date it ended."""

    code: RegionCode = column("Code of the Ministry of Home Affairs (kode wilayah).")
    name: str = column("Official name (nama).")
    level: RegionLevel = column("Level (tingkat).")
    kind: str = column("Kind within the level, such as kabupaten, kota, desa or desa adat.")
    aliases: list[str] = column("Other names seen for it.")
    latitude: Decimal | None = column("Latitude in degrees (lintang).")
    longitude: Decimal | None = column("Longitude in degrees (bujur).")
    area_km2: Decimal | None = column("Area in square kilometres (luas).")
    population: int | None = column("Population, second half of 2024; only for provinces and regencies.")
    postal_code: str | None = column("Postal code (kode pos).")
    valid_from: Date | None = column("First day of validity; null where it is older than the record.")
    valid_to: Date | None = column("Last day of validity; null where no end is known.")
    predecessor_code: RegionCode | None = column("Code that this one replaced, or was split from (kode sebelumnya).")


@extend(Region)
class Hierarchy:
    """Upwards and downwards."""

    parent: Region | None = one("The region above (induk).", Model.parent_code)
    children: Connection[Region] = many("The regions below.", Model.parent_code)
    successors: Connection[Region] = many(
        "What replaced this code, or was split from it (kode pengganti, hasil pemekaran).", Model.predecessor_code
    )


@queries
class RegionQueries:
    """Root fields."""

    regions: Connection[Region] | None = roots("Regions of Indonesia.")
    region: Region | None = root_one("A region by code or id.", {"code": RegionCode, "id": strawberry.ID})
