"""The invented numbers: well-formed, and out of reach of every office."""

from datetime import date

import pytest
from lokal import parse_nik

from hub.demo.numbers import PREFIXES, Numbers
from hub.demo.villages import villages
from hub.domains.regions.data import regions


def test_no_region_in_any_edition_bears_a_prefix_of_the_demo() -> None:
    known = {record.code.replace(".", "") for record in regions()}
    regencies = {code[:4] for code in known if len(code) >= 4}

    assert [prefix for prefix in PREFIXES if prefix in known] == []
    assert {prefix[:4] for prefix in PREFIXES} & regencies == set()
    assert max(int(code[2:]) for code in regencies) == 79


def test_a_parser_takes_the_number_apart() -> None:
    numbers = Numbers(villages()["63.01.01.2001"])

    nik = numbers.nik(date(1990, 5, 31), female=True, prefix="639901")
    info = parse_nik(nik, reference_date=date(2026, 11, 21))

    assert nik == "6399017105900001"
    assert (info.valid, info.gender, info.birth_date) == (True, "P", "1990-05-31")


def test_the_same_birth_date_gets_the_next_serial() -> None:
    numbers = Numbers(villages()["63.01.01.2002"])

    found = [numbers.nik(date(2001, 2, 3), female=False, prefix="639901") for _ in range(2)]

    assert found == ["6399010302010151", "6399010302010152"]


def test_a_village_never_runs_into_the_numbers_of_the_next() -> None:
    numbers = Numbers(villages()["63.01.01.2001"])
    for _ in range(150):
        numbers.nik(date(2001, 2, 3), female=False, prefix="639901")

    with pytest.raises(ValueError, match="no serial left"):
        numbers.nik(date(2001, 2, 3), female=False, prefix="639901")


def test_a_temporary_number_starts_with_zero_and_the_village() -> None:
    numbers = Numbers(villages()["63.01.01.2004"])

    assert [numbers.temporary(), numbers.temporary()] == ["0630101200499901", "0630101200499902"]
