"""Inputs of villages."""

from typing import Any

import strawberry

from hub.domains.kecamatan.model import Topography
from hub.domains.villages.model import Connectivity, VillagePosition
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.graph.scalars import Date, Decimal
from hub.kernel.written import line
from hub.schema.given import Parse, about, as_it_is, between, code, codes, each_of, values_of

MOST_ALIASES = 20

for _words in (Connectivity, Topography, VillagePosition):
    exposed(_words)


@command
class UpdateVillageInput:
    """What to change of a village; what is left out stays, null empties."""

    id: strawberry.ID = about("The village.")
    expected_version: int = about("Its version as you read it.")
    connectivity: Connectivity | None = about("Internet coverage (jaringan internet).")
    terrain: list[Topography] | None = about("Terrain (medan).")
    distance_km: Decimal | None = about("Distance to the office in kilometres (jarak).")
    travel_hours: Decimal | None = about("Travel time to the office in hours (waktu tempuh).")
    aliases: list[str] | None = about("Names it has in older papers.")


@command
class AddSubVillageInput:
    """A hamlet or off-shoot settlement to add (dusun, anak desa)."""

    village: strawberry.ID = about("The village.")
    name: str = about("Name (nama).")
    delivery_point: bool | None = about("Whether deliveries stop here.")


@command
class UpdateSubVillageInput:
    """What to change of a hamlet; what is left out stays."""

    id: strawberry.ID = about("The hamlet.")
    expected_version: int = about("Its version as you read it.")
    name: str | None = about("Name (nama).")
    delivery_point: bool | None = about("Whether deliveries stop here.")


@command
class AppointOfficialInput:
    """A term of office in a village (perangkat desa)."""

    village: strawberry.ID = about("The village.")
    position: VillagePosition = about("Position (jabatan).")
    name: str = about("Name (nama).")
    phone: str | None = about("Telephone number; kept encrypted.")
    started_on: Date = about("First day in office.")
    ended_on: Date | None = about("Last day in office, where it is known.")


@command
class EndOfficialInput:
    """The end of a term of office."""

    id: strawberry.ID = about("The official.")
    ended_on: Date | None = about("Last day in office; today where left out.")
    expected_version: int | None = about("Its version as you read it.")


def village(given: UpdateVillageInput) -> dict[str, Any]:
    """The columns that were sent."""
    return values_of(given, _VILLAGE, required=("terrain", "aliases"))


def hamlet(given: UpdateSubVillageInput) -> dict[str, Any]:
    """The columns that were sent."""
    return values_of(given, {"name": line, "delivery_point": as_it_is}, required=("name", "delivery_point"))


_VILLAGE: dict[str, Parse] = {
    "connectivity": code,
    "terrain": codes,
    "distance_km": between(0, 9_999),
    "travel_hours": between(0, 999),
    "aliases": each_of(line, most=MOST_ALIASES),
}
