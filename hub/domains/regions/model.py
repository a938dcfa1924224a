"""Regions (wilayah): the codes of the Ministry of Home Affairs, from province to village, with validity."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ARRAY, Index, Numeric, Text
from sqlmodel import Field, SQLModel

from hub.kernel.words import Word
from hub.store.base import C_TEXT, Kind, Retention, all_columns, describe, one_of


class RegionLevel(Word):
    """Level (tingkat) of a region."""

    PROVINCE = "PROVINCE", "Provinsi", "Province"
    REGENCY = "REGENCY", "Kabupaten", "Regency"
    CITY = "CITY", "Kota", "City"
    KECAMATAN = "KECAMATAN", "Kecamatan", "Sub-district"
    DESA = "DESA", "Desa", "Rural village"
    KELURAHAN = "KELURAHAN", "Kelurahan", "Urban ward"


class Region(SQLModel, table=True):
    """A region of Indonesia; the same for every tenant."""

    __tablename__ = "region"
    __table_args__ = (
        one_of("level", RegionLevel),
        Index(None, "parent_code", "code"),
        Index(None, "level", "code"),
        Index(None, "name", "code"),
        Index(None, "predecessor_code", "code"),
    )

    code: str = Field(primary_key=True, sa_type=C_TEXT)
    name: str = Field(sa_type=C_TEXT)
    level: str = Field(sa_type=C_TEXT)
    kind: str = Field(sa_type=C_TEXT)
    parent_code: str | None = Field(default=None, sa_type=C_TEXT, foreign_key="region.code")
    aliases: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    latitude: Decimal | None = Field(default=None, sa_type=Numeric(8, 5))
    longitude: Decimal | None = Field(default=None, sa_type=Numeric(8, 5))
    area_km2: Decimal | None = Field(default=None, sa_type=Numeric(12, 3))
    population: int | None = None
    postal_code: str | None = Field(default=None, sa_type=C_TEXT)
    valid_from: date | None = None
    valid_to: date | None = None
    predecessor_code: str | None = Field(default=None, sa_type=C_TEXT)


describe(Region, Kind.REFERENCE, Retention.REFERENCE, outside=all_columns(Region))
