"""The kecamatan itself: its office, yearly profile and service hours."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Numeric, Text, UniqueConstraint
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    one_of,
    some_of,
    tenant_index,
)


class Topography(Word):
    """Terrain (topografi)."""

    LOWLAND = "LOWLAND", "Daratan rendah", "Lowland"
    COAST = "COAST", "Pesisir", "Coast"
    MOUNTAIN = "MOUNTAIN", "Pegunungan", "Mountains"
    HILL = "HILL", "Perbukitan", "Hills"
    VALLEY = "VALLEY", "Lembah", "Valley"
    RIVER_BASIN = "RIVER_BASIN", "Daerah aliran sungai", "River basin"


class ServiceChannel(Word):
    """Channel (saluran) by which citizens reach the office."""

    COUNTER = "COUNTER", "Loket", "Counter"
    WHATSAPP = "WHATSAPP", "WhatsApp", "WhatsApp"
    WEB = "WEB", "Laman web", "Web page"
    EMAIL = "EMAIL", "Surel", "Email"


class Weekday(Word):
    """Day of the week (hari)."""

    MONDAY = "MONDAY", "Senin", "Monday"
    TUESDAY = "TUESDAY", "Selasa", "Tuesday"
    WEDNESDAY = "WEDNESDAY", "Rabu", "Wednesday"
    THURSDAY = "THURSDAY", "Kamis", "Thursday"
    FRIDAY = "FRIDAY", "Jumat", "Friday"
    SATURDAY = "SATURDAY", "Sabtu", "Saturday"
    SUNDAY = "SUNDAY", "Minggu", "Sunday"


class Kecamatan(TenantRow, table=True):
    """The office of a kecamatan; one row in its tenant."""

    __tablename__ = "kecamatan"
    __table_args__ = (UniqueConstraint("tenant_id"), UniqueConstraint("tenant_id", "code"))

    code: str = Field(sa_type=C_TEXT, foreign_key="region.code")
    name: str = Field(sa_type=Text)
    slug: str = Field(sa_type=C_TEXT)
    time_zone: str = Field(sa_type=C_TEXT)
    website: str | None = Field(default=None, sa_type=Text)
    instagram: str | None = Field(default=None, sa_type=Text)
    facebook: str | None = Field(default=None, sa_type=Text)
    public_feedback: bool = False


class KecamatanProfile(TenantRow, table=True):
    """Figures of a kecamatan for one year (profil kecamatan)."""

    __tablename__ = "kecamatan_profile"
    __table_args__ = (
        belongs("kecamatan_id", "kecamatan"),
        UniqueConstraint("tenant_id", "kecamatan_id", "year"),
        CheckConstraint("year between 1945 and 2200", name="year_plausible"),
        CheckConstraint("area_km2 > 0", name="area_positive"),
        CheckConstraint("houses_with_permit <= house_count", name="permits_within_houses"),
        CheckConstraint(
            "least(population, household_count, house_count, houses_with_permit, village_count, kelurahan_count,"
            " civil_servant_count, contract_staff_count, new_village_heads, motorcycles, cars) >= 0"
            " and farthest_village_km >= 0",
            name="counts_not_negative",
        ),
        some_of("topography", Topography),
    )

    kecamatan_id: UUID
    year: int
    area_km2: Decimal | None = Field(default=None, sa_type=Numeric(10, 2))
    village_count: int | None = None
    kelurahan_count: int | None = None
    farthest_village_km: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    topography: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    population: int | None = None
    household_count: int | None = None
    house_count: int | None = None
    houses_with_permit: int | None = None
    civil_servant_count: int | None = None
    contract_staff_count: int | None = None
    new_village_heads: int | None = None
    motorcycles: int | None = None
    cars: int | None = None
    public_transport: str | None = Field(default=None, sa_type=Text)
    main_livelihood: str | None = Field(default=None, sa_type=Text)
    source: str | None = Field(default=None, sa_type=Text)


class ServiceHours(TenantRow, table=True):
    """When a channel is served (jam pelayanan), in the kecamatan's own time."""

    __tablename__ = "service_hours"
    __table_args__ = (
        belongs("kecamatan_id", "kecamatan"),
        one_of("channel", ServiceChannel),
        some_of("weekdays", Weekday),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        UniqueConstraint("tenant_id", "kecamatan_id", "channel"),
        tenant_index("kecamatan_id", "opens_at", "id"),
    )

    kecamatan_id: UUID
    channel: str = Field(sa_type=C_TEXT)
    weekdays: list[str] = Field(sa_type=ARRAY(Text))
    opens_at: time
    closes_at: time


class DataUseAgreement(TenantRow, table=True):
    """An agreement under which the kecamatan may pass on what comes from SIAK: which, what for, and until when."""

    __tablename__ = "data_use_agreement"
    __table_args__ = (
        CheckConstraint("starts_on <= expires_on", name="term_in_order"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_for_a_reason"),
        UniqueConstraint("tenant_id", "number"),
        tenant_index("expires_on", "id"),
    )

    number: str = Field(sa_type=C_TEXT)
    purpose: str = Field(sa_type=Text)
    starts_on: date
    expires_on: date
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


describe(DataUseAgreement, Kind.TENANT, Retention.ARCHIVE)
for _model in (Kecamatan, KecamatanProfile, ServiceHours):
    describe(_model, Kind.TENANT, Retention.ARCHIVE, outside=all_columns(_model), published="true")
