"""Houses and their building permits. A house hangs on persons: who owns it, who lives there, where it stands.

What nobody has looked at is null, never false. `has_permit` follows from the permits in force: `actions` keeps it, so
that coverage is a count over an index.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, Text, text
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, TenantRow, belongs, describe, one_of, tenant_index


class HouseFitness(Word):
    """Condition of a house (kondisi rumah)."""

    GOOD = "GOOD", "Layak huni", "Good"
    POOR = "POOR", "Tidak layak huni", "Poor"


class HouseEnd(Word):
    """Why a house is no longer in the register."""

    DEMOLISHED = "DEMOLISHED", "Dibongkar atau roboh", "Demolished or collapsed"
    DUPLICATE = "DUPLICATE", "Tercatat dua kali", "Registered twice"
    MISTAKE = "MISTAKE", "Bukan rumah", "Never was a house"
    REGION_SPLIT = "REGION_SPLIT", "Pemekaran wilayah", "The village went to another kecamatan; not for `endHouse`"


class PermitName(Word):
    """Legal name of a building permit."""

    IMB = "IMB", "Izin Mendirikan Bangunan", "Building permit of the law until 2021"
    PBG = "PBG", "Persetujuan Bangunan Gedung", "Building approval since 2021"


class House(TenantRow, table=True):
    """A house of a village."""

    __tablename__ = "house"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("household_id", "household"),
        belongs("owner_id", "citizen"),
        one_of("condition", HouseFitness),
        one_of("end_reason", HouseEnd),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_has_reason"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="place_whole"),
        CheckConstraint("latitude between -90 and 90 and longitude between -180 and 180", name="place_on_earth"),
        CheckConstraint("floor_area_m2 > 0", name="floor_area_positive"),
        tenant_index("village_id", "id"),
        tenant_index("household_id", "id"),
        tenant_index("owner_id", "id"),
        tenant_index("condition", "id"),
        tenant_index("has_clean_water", "id"),
        tenant_index("has_sanitation", "id"),
        tenant_index("has_permit", "id"),
    )

    village_id: UUID
    household_id: UUID | None = None
    owner_id: UUID | None = None
    address: str | None = Field(default=None, sa_type=Text)
    latitude: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    longitude: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    floor_area_m2: Decimal | None = Field(default=None, sa_type=Numeric(8, 2))
    condition: str | None = Field(default=None, sa_type=C_TEXT)
    has_clean_water: bool | None = None
    has_sanitation: bool | None = None
    has_permit: bool = False
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=C_TEXT)


class BuildingPermit(TenantRow, table=True):
    """A permit of a house; one that was recorded wrongly ends with the reason."""

    __tablename__ = "building_permit"
    __table_args__ = (
        belongs("house_id", "house"),
        belongs("village_id", "village"),
        one_of("legal_name", PermitName),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_has_reason"),
        Index(
            "uq_building_permit_number",
            "tenant_id",
            "village_id",
            "legal_name",
            "number",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        tenant_index("house_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("legal_name", "id"),
        tenant_index("issued_on", "id"),
    )

    house_id: UUID
    village_id: UUID
    number: str = Field(sa_type=C_TEXT)
    legal_name: str = Field(sa_type=C_TEXT)
    issued_on: date
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


describe(House, Kind.PERSON, Retention.REGISTER, subject="owner_id", about=("household_id<citizen.household_id",))
describe(BuildingPermit, Kind.PERSON, Retention.REGISTER, about=("house_id<house.id",))
