"""Villages in the graph."""

import strawberry

from hub.domains.kecamatan.model import Topography
from hub.domains.villages import model
from hub.domains.villages.model import Connectivity, VillageKind, VillagePosition
from hub.graph.declare import Connection, DataClass, column, computed, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, Decimal, RegionCode
from hub.schema.regions.types import Region

for _words in (
    Topography,
    VillageKind,
    Connectivity,
    VillagePosition,
):
    exposed(_words)


@node(
    model.Village,
    filters=("code", "name", "kind", "connectivity"),
    orders={"NAME": ("name",), "CODE": ("code",)},
    groups=("kind", "connectivity"),
)
class Village:
    """A village (desa or kelurahan) of a kecamatan."""

    version: int = column("Version, for `expectedVersion` of updates.")
    code: RegionCode = column("Region code (kode desa).")
    name: str = column("Name (nama).")
    kind: VillageKind = column("Rural or urban.")
    aliases: list[str] = column("Names it has in older papers.")
    connectivity: Connectivity | None = column("Internet coverage (jaringan internet).")
    terrain: list[Topography] = column("Terrain (medan).")
    distance_km: Decimal | None = column("Distance to the office in kilometres (jarak).")
    travel_hours: Decimal | None = column("Travel time to the office in hours (waktu tempuh).")
    region: Region = one("The region.", model.Village.code)


@node(model.SubVillage, orders={"NAME": ("village_id", "name")})
class SubVillage:
    """A hamlet or off-shoot settlement (dusun, anak desa)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    name: str = column("Name (nama).")
    delivery_point: bool = column("Whether deliveries stop here.")
    village: Village = one("The village.", model.SubVillage.village_id)


@node(model.VillageOfficial, orders={"POSITION": ("village_id", "position")})
class VillageOfficial:
    """A person in office in a village (perangkat desa)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    position: VillagePosition = column("Position (jabatan).")
    name: str = column("Name (nama).", data=DataClass.GENERAL)
    started_on: Date | None = column("First day in office.")
    ended_on: Date | None = column("Last day in office; null while in office.")
    in_office: bool = computed(
        "Whether the person is in office today.",
        lambda c, b: (c.ended_on.is_(None)) | (c.ended_on >= b.today(c.tenant_id)),
    )
    village: Village = one("The village.", model.VillageOfficial.village_id)


@extend(Village)
class VillageParts:
    """What hangs on a village."""

    sub_villages: Connection[SubVillage] = many("Hamlets and settlements.", model.SubVillage.village_id)
    officials: Connection[VillageOfficial] = many("Officials (perangkat desa).", model.VillageOfficial.village_id)


@queries
class VillageQueries:
    """Root fields."""

    villages: Connection[Village] | None = roots("Villages within your scope.")
    village: Village | None = root_one("A village by region code or id.", {"code": RegionCode, "id": strawberry.ID})
