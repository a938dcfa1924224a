"""What the yearly profile of a kecamatan says: staff, density, families, houses, village heads."""

from hub.domains.reports.catalogue import sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    Definition,
    Figure,
    ReportDisclosure,
    Tally,
    Term,
    Variable,
    Words,
)
from hub.domains.reports.model import ReportOrigin

_MARKS = frozenset({"KecamatanProfile"})
_NOT_OFFICIAL = Term(
    Words("Jumlah penduduk", "Residents"),
    Words(
        "Angka yang dinyatakan kecamatan dalam profilnya; bukan angka resmi Disdukcapil atau BPS",
        "The figure that the kecamatan states in its profile; not one of the civil registry or of BPS",
    ),
    "Kecamatan Hub",
)


def _stated(name: Words, unit: Words, *, decimals: int = 0) -> Variable:
    """A figure of the profile."""
    return Variable(
        name=name,
        concept=name,
        definition=Words(
            f"{name.id}, sebagaimana dinyatakan dalam profil tahunan", f"{name.en}, as stated in the yearly profile"
        ),
        unit=unit,
        source=sources.PROFILE,
        decimals=decimals,
    )


_PERSONS, _HOUSES, _FAMILIES = Words("orang", "persons"), Words("rumah", "houses"), Words("keluarga", "families")
_HEADS = Words("kepala desa", "village heads")
_SERVANTS = _stated(Words("Pegawai negeri sipil", "Civil servants"), _PERSONS)
_HOUSEHOLDS = _stated(Words("Kepala keluarga", "Families"), _FAMILIES)
_HOUSE = _stated(Words("Rumah", "Houses"), _HOUSES)
_AREA = _stated(Words("Luas wilayah", "Area"), Words("km²", "km²"), decimals=2)
_NEW_HEADS = _stated(Words("Kepala desa baru", "New village heads"), _HEADS)
_VILLAGES = _stated(Words("Desa", "Villages"), Words("desa", "villages"))


def _ratio(key: str, title: Words, unit: Words, parts: tuple[Variable, Variable], *, factor: int = 1) -> Figure:
    over, under = parts
    return Figure(
        key=key,
        title=title,
        definition=Words(f"{over.name.id} per {under.name.id.lower()}", f"{over.name.en} per {under.name.en.lower()}"),
        interpretation=Words("Untuk dibandingkan antarkecamatan", "For comparing kecamatan"),
        unit=unit,
        numerator=over,
        denominator=under,
        factor=factor,
    )


def _tallies(*figures: tuple[str, str, str]) -> tuple[Tally, ...]:
    return tuple(Tally(sources.of_profile(*each), ReportOrigin.PROFILE) for each in figures)


REPORTS = (
    Definition(
        code="R-02",
        title=Words("Rasio pegawai", "Staff ratio"),
        formula=Words("jumlah penduduk ÷ PNS kecamatan", "residents ÷ civil servants of the kecamatan"),
        terms=(_NOT_OFFICIAL,),
        figures=(
            _ratio(
                "residentsPerServant",
                Words("Penduduk per PNS", "Residents per civil servant"),
                Words("orang per PNS", "persons per civil servant"),
                (sources.POPULATION, _SERVANTS),
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis="Care Mobile",
        tallies=_tallies(("residentsPerServant", "population", "civil_servant_count")),
        marks=_MARKS,
    ),
    Definition(
        code="R-03",
        title=Words("Kepadatan, keluarga, rumah, dan kepala desa baru", "Density, families, houses, new village heads"),
        formula=Words(
            "penduduk ÷ luas; penduduk ÷ keluarga; rumah ÷ keluarga; kepala desa baru ÷ desa × 100",
            "residents ÷ area; residents ÷ families; houses ÷ families; new village heads ÷ villages × 100",
        ),
        terms=(
            _NOT_OFFICIAL,
            Term(
                Words("Luas wilayah", "Area"),
                Words(
                    "Luas menurut profil, bukan luas poligon peta", "The area of the profile, not of a map's polygon"
                ),
                "Kecamatan Hub",
            ),
        ),
        figures=(
            _ratio(
                "density",
                Words("Kepadatan", "Density"),
                Words("orang per km²", "persons per km²"),
                (sources.POPULATION, _AREA),
            ),
            _ratio(
                "personsPerHousehold",
                Words("Jiwa per keluarga", "Persons per household"),
                Words("orang per keluarga", "persons per family"),
                (sources.POPULATION, _HOUSEHOLDS),
            ),
            _ratio(
                "housesPerHousehold",
                Words("Rumah per keluarga", "Houses per household"),
                Words("rumah per keluarga", "houses per family"),
                (_HOUSE, _HOUSEHOLDS),
            ),
            _ratio(
                "newVillageHeads",
                Words("Kepala desa baru", "New village heads"),
                IN_PERCENT,
                (_NEW_HEADS, _VILLAGES),
                factor=PERCENT,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis="Care Mobile",
        tallies=_tallies(
            ("density", "population", "area_km2"),
            ("personsPerHousehold", "population", "household_count"),
            ("housesPerHousehold", "house_count", "household_count"),
            ("newVillageHeads", "new_village_heads", "village_count"),
        ),
        marks=_MARKS,
    ),
)
