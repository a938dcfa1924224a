"""Inputs of the kecamatan's office."""

from typing import Any

import strawberry

from hub.domains.kecamatan.model import ServiceChannel, Topography, Weekday
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.graph.scalars import Date, Decimal, TimeOfDay
from hub.kernel.written import address, line
from hub.schema.given import Parse, about, as_it_is, between, codes, values_of

for _words in (ServiceChannel, Topography, Weekday):
    exposed(_words)


@command
class UpdateKecamatanInput:
    """Where the office is found on the web; what is left out stays, null empties."""

    id: strawberry.ID = about("The kecamatan.")
    expected_version: int = about("Its version as you read it.")
    website: str | None = about("Website (laman).")
    instagram: str | None = about("Instagram account.")
    facebook: str | None = about("Facebook page.")
    public_feedback: bool | None = about("Whether anybody may send feedback at the hub's own page (/suara/kirim).")


@command
class UpsertKecamatanProfileInput:
    """Figures of a year (profil kecamatan); what is left out stays, null empties."""

    kecamatan: strawberry.ID = about("The kecamatan.")
    year: int = about("Year (tahun).")
    expected_version: int | None = about("Version of that year's profile as you read it; 0 where there was none.")
    area_km2: Decimal | None = about("Area in square kilometres (luas wilayah).")
    village_count: int | None = about("Number of rural villages (jumlah desa).")
    kelurahan_count: int | None = about("Number of urban wards (jumlah kelurahan).")
    farthest_village_km: Decimal | None = about("Distance of the farthest village from the office, in kilometres.")
    topography: list[Topography] | None = about("Terrain (topografi).")
    population: int | None = about("Number of residents (jumlah penduduk, jiwa).")
    household_count: int | None = about("Number of families (jumlah kepala keluarga).")
    house_count: int | None = about("Number of houses (jumlah rumah).")
    houses_with_permit: int | None = about("Houses with a building permit (rumah ber-IMB).")
    civil_servant_count: int | None = about("Number of civil servants (jumlah PNS).")
    contract_staff_count: int | None = about("Number of contract staff (jumlah PTT).")
    new_village_heads: int | None = about("Newly elected village heads (kepala desa baru).")
    motorcycles: int | None = about("Official motorcycles (kendaraan dinas roda dua).")
    cars: int | None = about("Official cars (kendaraan dinas roda empat).")
    public_transport: str | None = about("Public transport (moda angkutan umum).")
    main_livelihood: str | None = about("Main livelihood (mata pencaharian utama).")
    source: str | None = about("Where the figures come from.")


@command
class SetServiceHoursInput:
    """When a channel is served (jam pelayanan), in the kecamatan's own time."""

    kecamatan: strawberry.ID = about("The kecamatan.")
    channel: ServiceChannel = about("Channel (saluran).")
    weekdays: list[Weekday] = about("Days of service (hari).")
    opens_at: TimeOfDay = about("Opening time (jam buka).")
    closes_at: TimeOfDay = about("Closing time (jam tutup).")
    expected_version: int | None = about("Version of the channel's hours as you read them; 0 where there were none.")


@command
class RemoveServiceHoursInput:
    """A channel that is served no more."""

    id: strawberry.ID = about("The service hours.")
    expected_version: int | None = about("Their version as you read them.")


@command
class RecordDataUseAgreementInput:
    """An agreement under which what comes from SIAK may be passed on."""

    number: str = about("Number of the agreement (nomor perjanjian).")
    purpose: str = about("What the data may be used for (tujuan).")
    starts_on: Date = about("First day.")
    expires_on: Date = about("Last day (berlaku sampai).")


@command
class EndDataUseAgreementInput:
    """An agreement that holds no more, before its last day."""

    id: strawberry.ID = about("The agreement.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why (alasan).")


def web(given: UpdateKecamatanInput) -> dict[str, Any]:
    """The columns that were sent."""
    return values_of(given, _WEB, required=("public_feedback",))


def figures(given: UpsertKecamatanProfileInput) -> dict[str, Any]:
    """The columns that were sent."""
    return values_of(given, _FIGURES, required=("topography",))


_WEB: dict[str, Parse] = {"website": address, "instagram": line, "facebook": line, "public_feedback": as_it_is}
_FIGURES: dict[str, Parse] = {
    "area_km2": between(0, 99_999_999),
    "village_count": between(0, 1_000),
    "kelurahan_count": between(0, 1_000),
    "farthest_village_km": between(0, 9_999),
    "topography": codes,
    "population": between(0, 10_000_000),
    "household_count": between(0, 10_000_000),
    "house_count": between(0, 10_000_000),
    "houses_with_permit": between(0, 10_000_000),
    "civil_servant_count": between(0, 100_000),
    "contract_staff_count": between(0, 100_000),
    "new_village_heads": between(0, 1_000),
    "motorcycles": between(0, 100_000),
    "cars": between(0, 100_000),
    "public_transport": line,
    "main_livelihood": line,
    "source": line,
}
