"""What officers send about houses and their permits, parsed once."""

from collections.abc import Mapping
from decimal import Decimal as PythonDecimal
from typing import Any

import strawberry

from hub.domains.citizens.errors import CoordinateRefused
from hub.domains.houses.model import HouseEnd, HouseFitness, PermitName
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date, Decimal
from hub.kernel.written import figure
from hub.schema.citizens.inputs import line
from hub.schema.given import Parse, about, as_it_is, code, sent, values_of

LEAST_AREA, MOST_AREA = 1, 99_999
MOST_OF_NUMBER = 100
_CENT = PythonDecimal("0.01")

for _words in (HouseFitness, HouseEnd, PermitName):
    exposed(_words)


def degrees(most: int) -> Parse:
    """A parser of decimal degrees."""

    def parse(value: PythonDecimal, *path: str) -> PythonDecimal:
        if abs(value) > most:
            raise CoordinateRefused(path=path)
        return value

    return parse


def area(value: PythonDecimal, *path: str) -> PythonDecimal:
    """A floor area in square metres."""
    return figure(value, *path, least=LEAST_AREA, most=MOST_AREA).quantize(_CENT)


COLUMNS: Mapping[str, Parse] = {
    "address": line,
    "latitude": degrees(90),
    "longitude": degrees(180),
    "floor_area_m2": area,
    "condition": code,
    "has_clean_water": as_it_is,
    "has_sanitation": as_it_is,
}


@strawberry.input(description="What may be told of a house.")
class HouseFields:
    """Everything can be left out: what nobody has looked at is not known."""

    household: strawberry.ID | None = about("The family that lives there; one of the village.")
    owner: strawberry.ID | None = about("The owner, where in the register of the kecamatan.")
    address: str | None = about("Street address (alamat).")
    latitude: Decimal | None = about("Latitude (lintang), together with the longitude.")
    longitude: Decimal | None = about("Longitude (bujur), together with the latitude.")
    floor_area_m2: Decimal | None = about("Floor area in square metres (luas lantai).")
    condition: HouseFitness | None = about("Condition (kondisi).")
    has_clean_water: bool | None = about("Whether it has clean water (air bersih).")
    has_sanitation: bool | None = about("Whether it has sanitation (sanitasi, jamban).")


@command
class RegisterHouseInput(HouseFields):
    """A house that enters the register."""

    village: strawberry.ID = about("Where it stands.")


@command
class UpdateHouseInput(HouseFields):
    """What is left out stays; null says that it is not known."""

    house: strawberry.ID = about("The house.")
    expected_version: int = about("The version you read.")


@command
class EndHouseInput:
    """A house that is no longer there, or never was."""

    house: strawberry.ID = about("The house.")
    expected_version: int = about("The version you read.")
    reason: HouseEnd = about("Why it leaves the register.")


@command
class RecordBuildingPermitInput:
    """A building permit (IMB, PBG) that was issued."""

    house: strawberry.ID = about("The house.")
    number: str = about("Number (nomor); once in a village for each legal name.")
    legal_name: PermitName = about("Legal name (nama izin).")
    issued_on: Date = about("Day of issue (tanggal terbit); not in the future.")


@command
class TakeBackBuildingPermitInput:
    """That a permit was recorded wrongly."""

    permit: strawberry.ID = about("The permit.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why it is taken back.")


def house(act: Act, given: HouseFields) -> Mapping[str, Any]:
    """The columns of a house that were sent."""
    found = values_of(given, COLUMNS)
    if sent(given.household):
        found["household_id"] = act.maybe_key(given.household, "Household", "household")
    if sent(given.owner):
        found["owner_id"] = act.maybe_key(given.owner, "Citizen", "owner")
    return found
