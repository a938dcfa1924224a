"""The region codes: all of them, each once, each under its parent."""

import re
import time
from collections import Counter
from datetime import date

import pytest

from hub.domains.regions.data import RegionRecord, regions


@pytest.fixture(scope="module")
def records() -> list[RegionRecord]:
    return list(regions())


@pytest.fixture(scope="module")
def by_code(records: list[RegionRecord]) -> dict[str, RegionRecord]:
    return {record.code: record for record in records}


def test_every_code_in_force_is_there_once_per_level(records: list[RegionRecord]) -> None:
    in_force = [record for record in records if record.valid_to is None]

    assert Counter(record.level for record in in_force) == {
        "PROVINCE": 38,
        "REGENCY": 416,
        "CITY": 98,
        "KECAMATAN": 7_285,
        "DESA": 75_266,
        "KELURAHAN": 8_496,
    }
    assert len(in_force) == 91_599
    assert sum(record.kind == "DESA_ADAT" for record in in_force) == 14


def test_no_code_comes_twice(records: list[RegionRecord]) -> None:
    assert len({record.code for record in records}) == len(records) == 92_219


def test_codes_have_the_official_form(records: list[RegionRecord]) -> None:
    form = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.[123]\d{3})?)?)?", re.ASCII)

    assert [record.code for record in records if not form.fullmatch(record.code)] == []


def test_a_parent_comes_before_its_children(records: list[RegionRecord]) -> None:
    seen: set[str | None] = {None}
    orphans = []
    for record in records:
        if record.parent_code not in seen:
            orphans.append(record.code)
        seen.add(record.code)

    assert orphans == []


def test_ended_codes_say_when_they_ended(records: list[RegionRecord]) -> None:
    ended = [record for record in records if record.valid_to is not None]

    assert Counter((record.level, record.valid_to) for record in ended) == {
        ("REGENCY", date(2022, 12, 31)): 20,
        ("REGENCY", date(2023, 12, 31)): 5,
        ("CITY", date(2023, 12, 31)): 1,
        ("KECAMATAN", date(2022, 12, 31)): 462,
        ("KECAMATAN", date(2023, 12, 31)): 132,
    }


def test_predecessors_are_ended_codes_or_divided_provinces(
    records: list[RegionRecord], by_code: dict[str, RegionRecord]
) -> None:
    origins = [by_code[record.predecessor_code] for record in records if record.predecessor_code]

    assert Counter(origin.level for origin in origins) == {
        "PROVINCE": 4,
        "REGENCY": 25,
        "CITY": 1,
        "KECAMATAN": 591,
    }
    assert {origin.code for origin in origins if origin.valid_to is None} == {"91", "92"}


def test_a_regency_of_a_new_province_names_its_former_code(
    by_code: dict[str, RegionRecord],
) -> None:
    merauke = by_code["93.01"]

    assert (merauke.name, merauke.valid_from) == ("Kabupaten Merauke", date(2023, 1, 1))
    assert merauke.predecessor_code == "91.01"
    assert by_code["93"].predecessor_code == "91"


def test_a_name_once_borne_is_an_alias(by_code: dict[str, RegionRecord]) -> None:
    assert by_code["14.71.08"].name == "Binawidya"
    assert by_code["14.71.08"].aliases == ("Tampan",)


def test_takisung_has_its_twelve_villages(records: list[RegionRecord]) -> None:
    assert [record.name for record in records if record.parent_code == "63.01.01"] == [
        "Benua Lawas",
        "Tabanio",
        "Kuala Tambangan",
        "Takisung",
        "Gunung Makmur",
        "Benua Tengah",
        "Ranggang",
        "Pagatan Besar",
        "Batilai",
        "Ranggang Dalam",
        "Telaga langsat",
        "Sumber Makmur",
    ]


def test_a_village_carries_place_and_postal_code(by_code: dict[str, RegionRecord]) -> None:
    assert by_code["63.01.01.2004"] == RegionRecord(
        code="63.01.01.2004",
        name="Takisung",
        level="DESA",
        kind="DESA",
        parent_code="63.01.01",
        latitude=-3.8811,
        longitude=114.6237,
        area_km2=24.31,
        postal_code="70861",
    )


def test_population_of_the_provinces_is_that_of_the_country(records: list[RegionRecord]) -> None:
    people = [record.population or 0 for record in records if record.level == "PROVINCE"]

    assert sum(people) == 284_973_643


def test_loading_everything_stays_cheap() -> None:
    start = time.process_time()

    count = sum(1 for _ in regions())

    assert count == 92_219
    assert time.process_time() - start < 3.0  # twice the budget: two busy cores
