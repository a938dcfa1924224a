"""The kecamatan in the graph."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Integer, Numeric, and_, case, cast, func, literal_column

from hub.domains.kecamatan import model
from hub.domains.kecamatan.model import DataUseAgreement as AgreementModel
from hub.domains.kecamatan.model import KecamatanProfile as ProfileModel
from hub.domains.kecamatan.model import ServiceChannel, Topography, Weekday
from hub.domains.kecamatan.model import ServiceHours as HoursModel
from hub.graph.binds import Binds
from hub.graph.declare import Argument, Connection, column, computed, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, Decimal, RegionCode, TimeOfDay
from hub.schema.regions.types import Region
from hub.tenants.permissions import Permission


def _ratio(over: Any, under: Any) -> ColumnElement[Any]:
    """A quotient with two decimals; null where there is nothing to divide by."""
    return case((under > 0, cast(func.round(cast(over, Numeric) / under, literal_column("2")), Numeric(14, 2))))


for _words in (
    Topography,
    ServiceChannel,
    Weekday,
):
    exposed(_words)


@node(model.Kecamatan, orders={"CODE": ("code",)})
class Kecamatan:
    """A kecamatan (sub-district) that keeps its data in the hub."""

    version: int = column("Version, for `expectedVersion` of updates.")
    code: RegionCode = column("Region code.")
    name: str = column("Name (nama).")
    slug: str = column("Short name for addresses.")
    time_zone: str = column("IANA time zone (zona waktu).")
    website: str | None = column("Website (laman).")
    instagram: str | None = column("Instagram account.")
    facebook: str | None = column("Facebook page.")
    public_feedback: bool = column("Whether anybody may send feedback at the hub's own page, without signing in.")
    region: Region = one("The region it is the office of.", model.Kecamatan.code)


@node(
    ProfileModel,
    orders={"YEAR": ("kecamatan_id", "year")},
    sums=(
        "area_km2",
        "village_count",
        "kelurahan_count",
        "population",
        "household_count",
        "house_count",
        "houses_with_permit",
        "civil_servant_count",
        "contract_staff_count",
        "new_village_heads",
        "motorcycles",
        "cars",
    ),
)
class KecamatanProfile:
    """Figures of a kecamatan for one year (profil kecamatan)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    updated_at: DateTime = column("When it was last changed.")
    year: int = column("Year (tahun).")
    area_km2: Decimal | None = column("Area in square kilometres (luas wilayah).")
    village_count: int | None = column("Number of rural villages (jumlah desa).")
    kelurahan_count: int | None = column("Number of urban wards (jumlah kelurahan).")
    farthest_village_km: Decimal | None = column("Distance of the farthest village from the office, in kilometres.")
    topography: list[Topography] = column("Terrain (topografi).")
    population: int | None = column("Number of residents (jumlah penduduk, jiwa).")
    household_count: int | None = column("Number of families (jumlah kepala keluarga).")
    house_count: int | None = column("Number of houses (jumlah rumah).")
    houses_with_permit: int | None = column("Houses with a building permit (rumah ber-IMB).")
    civil_servant_count: int | None = column("Number of civil servants (jumlah PNS).")
    contract_staff_count: int | None = column("Number of contract staff (jumlah PTT).")
    new_village_heads: int | None = column("Newly elected village heads (kepala desa baru).")
    motorcycles: int | None = column("Official motorcycles (kendaraan dinas roda dua).")
    cars: int | None = column("Official cars (kendaraan dinas roda empat).")
    public_transport: str | None = column("Public transport (moda angkutan umum).")
    main_livelihood: str | None = column("Main livelihood (mata pencaharian utama).")
    source: str | None = column("Where the figures come from.")
    density: Decimal | None = computed(
        "Residents per square kilometre (kepadatan).", lambda c, _b: _ratio(c.population, c.area_km2)
    )
    persons_per_household: Decimal | None = computed(
        "Residents per family.", lambda c, _b: _ratio(c.population, c.household_count)
    )
    residents_per_civil_servant: Decimal | None = computed(
        "Residents for each civil servant.", lambda c, _b: _ratio(c.population, c.civil_servant_count)
    )
    houses_per_household: Decimal | None = computed(
        "Houses for each family.", lambda c, _b: _ratio(c.house_count, c.household_count)
    )
    permit_coverage_percent: Decimal | None = computed(
        "Houses with a permit per hundred houses (cakupan IMB).",
        lambda c, _b: _ratio(c.houses_with_permit * 100, c.house_count),
    )
    kecamatan: Kecamatan = one("The kecamatan.", ProfileModel.kecamatan_id)


@node(HoursModel, orders={"OPENS_AT": ("kecamatan_id", "opens_at")})
class ServiceHours:
    """When a channel is served (jam pelayanan), in the kecamatan's own time."""

    version: int = column("Version, for `expectedVersion` of updates.")
    channel: ServiceChannel = column("Channel (saluran).")
    weekdays: list[Weekday] = column("Days of service (hari).")
    opens_at: TimeOfDay = column("Opening time (jam buka).")
    closes_at: TimeOfDay = column("Closing time (jam tutup).")


def _in_force(c: Any, binds: Binds) -> ColumnElement[bool]:
    today = binds.today(c.tenant_id)
    return and_(c.ended_at.is_(None), c.starts_on <= today, c.expires_on >= today)


@node(AgreementModel, orders={"EXPIRES_ON": ("expires_on",)})
class DataUseAgreement:
    """Agreement on the use of population data (perjanjian pemanfaatan data), needed to pass on what comes from SIAK."""

    version: int = column("Version, for `expectedVersion` of updates.")
    number: str = column("Number of the agreement (nomor perjanjian).")
    purpose: str = column("What the data may be used for (tujuan).")
    starts_on: Date = column("First day.")
    expires_on: Date = column("Last day (berlaku sampai).")
    ended_at: DateTime | None = column("When it was ended before its last day.")
    end_reason: str | None = column("Why it was ended.")
    in_force: bool = computed("Whether it holds today, in the kecamatan's own time.", _in_force)


@extend(Kecamatan)
class Office:
    """What hangs on the office."""

    profiles: Connection[KecamatanProfile] = many("Figures by year.", ProfileModel.kecamatan_id)
    service_hours: Connection[ServiceHours] = many("Service hours by channel.", HoursModel.kecamatan_id)


@queries
class KecamatanQueries:
    """Root fields."""

    kecamatans: Connection[Kecamatan] | None = roots("The kecamatan within your scope.")
    kecamatan: Kecamatan | None = root_one(
        "A kecamatan within your scope, by region code or id; never widens the scope.",
        {"code": RegionCode, "id": strawberry.ID},
    )
    data_use_agreements: Connection[DataUseAgreement] | None = roots(
        "Agreements on the use of population data, ended ones too.", guard=Permission.EXPORT_REGISTER
    )
    kecamatan_profiles: Connection[KecamatanProfile] | None = roots(
        "Figures of the kecamatan within your scope; of one year where sums shall mean something.",
        arguments={
            "year": Argument(
                type=int,
                description="Only figures of this year.",
                condition=lambda c, b, given: c.year == b.value(given, Integer()),
            )
        },
    )
