"""Houses and building permits in the graph."""

import strawberry

from hub.domains.houses.model import BuildingPermit as PermitModel
from hub.domains.houses.model import House as Model
from hub.domains.houses.model import HouseEnd, HouseFitness, PermitName
from hub.graph.declare import Connection, DataClass, column, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, Decimal
from hub.schema.citizens.types import Citizen, Household
from hub.schema.houses.coverage import COVERAGE, PermitCoverageReport
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER, IDENTITY, GENERAL = Permission.READ_REGISTER, Permission.SEE_IDENTITY, DataClass.GENERAL

for _words in (HouseFitness, HouseEnd, PermitName):
    exposed(_words)


@node(
    Model,
    filters=(
        "village",
        "household",
        "owner",
        "condition",
        "has_clean_water",
        "has_sanitation",
        "has_permit",
    ),
    orders={"ID": (), "VILLAGE": ("village_id",)},
    groups=("condition", "has_clean_water", "has_sanitation", "has_permit"),
)
class House:
    """A house (rumah). What nobody has looked at is null, never false."""

    version: int = column("Version, for `expectedVersion` of updates.")
    address: str | None = column("Street address (alamat).", guard=IDENTITY, data=GENERAL)
    latitude: Decimal | None = column("Latitude (lintang).", guard=IDENTITY, data=GENERAL)
    longitude: Decimal | None = column("Longitude (bujur).", guard=IDENTITY, data=GENERAL)
    floor_area_m2: Decimal | None = column("Floor area in square metres (luas lantai).", data=GENERAL)
    condition: HouseFitness | None = column("Condition (kondisi).", data=GENERAL)
    has_clean_water: bool | None = column("Whether it has clean water (air bersih).", data=GENERAL)
    has_sanitation: bool | None = column("Whether it has sanitation (sanitasi, jamban).", data=GENERAL)
    has_permit: bool = column("Whether it has a building permit in force (IMB/PBG).")
    ended_at: DateTime | None = column("When it was taken out of the register; null while it stands.")
    end_reason: HouseEnd | None = column("Why it was taken out.")
    village: Village = one("The village.", Model.village_id)
    household: Household | None = one("The family that lives there, as far as known.", Model.household_id)
    owner: Citizen | None = one("The owner, where in the register.", Model.owner_id)


@node(
    PermitModel,
    filters=("village", "house", "legal_name", "issued_on"),
    orders={"ISSUED_ON": ("issued_on",), "ID": ()},
    groups=("legal_name",),
)
class BuildingPermit:
    """A building permit (IMB, since 2021 PBG)."""

    version: int = column("Version, for `expectedVersion`.")
    number: str = column("Number (nomor).")
    legal_name: PermitName = column("Legal name (nama izin).")
    issued_on: Date = column("Day of issue (tanggal terbit).")
    ended_at: DateTime | None = column("When it was taken back as wrongly recorded; null while in force.")
    end_reason: str | None = column("Why it was taken back.", guard=IDENTITY, data=GENERAL)
    house: House = one("The house.", PermitModel.house_id)
    village: Village = one("The village.", PermitModel.village_id)


@extend(House)
class HousePermits:
    """What hangs on a house."""

    permits: Connection[BuildingPermit] = many(
        "Its permits in force.", PermitModel.house_id, where=lambda c, _b: c.ended_at.is_(None)
    )


@extend(Household)
class HouseholdHouses:
    """Where a family lives."""

    houses: Connection[House] = many(
        "Houses in which the family lives.", Model.household_id, where=lambda c, _b: c.ended_at.is_(None)
    )


@extend(Village)
class VillageHouses:
    """The houses of a village."""

    houses: Connection[House] | None = many(
        "Houses of the village.", Model.village_id, guard=REGISTER, where=lambda c, _b: c.ended_at.is_(None)
    )


@queries
class HouseQueries:
    """Root fields."""

    houses: Connection[House] | None = roots(
        "Houses within your scope.", guard=REGISTER, where=lambda c, _b: c.ended_at.is_(None)
    )
    house: House | None = root_one("A house by id.", {"id": strawberry.ID}, guard=REGISTER)
    building_permits: Connection[BuildingPermit] | None = roots(
        "Building permits in force within your scope.", guard=REGISTER, where=lambda c, _b: c.ended_at.is_(None)
    )
    permit_coverage: PermitCoverageReport | None = COVERAGE
