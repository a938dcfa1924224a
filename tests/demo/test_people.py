"""The synthetic population: exact totals, sound families, sound numbers, the same every time."""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from hub.demo.households import (
    CHILD,
    GRANDCHILD,
    HEAD,
    MARRIED,
    SINGLE,
    WIDOWED,
    Household,
    Person,
    households_of,
)
from hub.demo.people import PLANTED_TWINS, Row, people
from hub.demo.pool import AS_OF, shares
from hub.demo.villages import HALONG, KECAMATAN, LEUWILIANG, TAKISUNG, villages, villages_of
from hub.demo.writing import COLUMNS, labels

NIK = re.compile(r"\d{6}([04][1-9]|[1256]\d|[37][01])(0[1-9]|1[0-2])\d{2}\d{4}", re.ASCII)
NAME = re.compile(r"[A-Za-z .,'-]+", re.ASCII)
TEMPORARY = re.compile(r"0\d{15}", re.ASCII)


@pytest.fixture(scope="module")
def families() -> dict[str, list[Household]]:
    return {
        kecamatan: [home for plan in villages_of(kecamatan) for home in households_of(plan.code)]
        for kecamatan in KECAMATAN
    }


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    return {code: list(people(code)) for code in villages()}


def members(families: dict[str, list[Household]], kecamatan: str) -> list[Person]:
    return [person for home in families[kecamatan] for person in home.members]


def everybody(families: dict[str, list[Household]]) -> list[Person]:
    return [person for kecamatan in KECAMATAN for person in members(families, kecamatan)]


def of_kecamatan(rows: dict[str, list[Row]], kecamatan: str) -> Iterator[Row]:
    return (row for plan in villages_of(kecamatan) for row in rows[plan.code])


def code_of(column: str, value: object) -> int:
    """A coded cell read back, whichever way it was written."""
    synonyms = {"L": 1, "P": 2, "BK": 1, "K": 2}
    if isinstance(value, int):
        return value
    by_label = {label: code for (field, code), label in labels().items() if field == column}
    return by_label.get(str(value)) or synonyms[str(value)]


def date_of(value: object) -> date:
    """A date cell read back, whichever way it was written."""
    if isinstance(value, date):
        return value
    parts = [int(part) for part in re.split("[-/]", str(value))]
    return date(*parts) if parts[0] > 31 else date(parts[2], parts[1], parts[0])


@pytest.mark.parametrize(
    ("kecamatan", "people_count", "household_count", "village_count"),
    [(TAKISUNG, 31_020, 9_379, 12), (HALONG, 4_800, 1_482, 24), (LEUWILIANG, 3_300, 961, 11)],
)
def test_totals_are_exact(
    families: dict[str, list[Household]],
    rows: dict[str, list[Row]],
    kecamatan: str,
    people_count: int,
    household_count: int,
    village_count: int,
) -> None:
    assert len(villages_of(kecamatan)) == village_count
    assert len(families[kecamatan]) == household_count
    assert len(members(families, kecamatan)) == people_count
    assert sum(1 for _ in of_kecamatan(rows, kecamatan)) == people_count
    assert len({row["no_kk"] for row in of_kecamatan(rows, kecamatan)}) == household_count


def test_every_village_has_its_planned_people_and_households() -> None:
    for code, plan in villages().items():
        homes = households_of(code)

        assert (len(homes), sum(len(home.members) for home in homes)) == (
            plan.households,
            plan.people,
        ), code


def test_every_household_has_one_adult_head(families: dict[str, list[Household]]) -> None:
    homes = [home for kecamatan in KECAMATAN for home in families[kecamatan]]
    relations = [[person.relation for person in home.members] for home in homes]

    assert {found.count(HEAD) for found in relations} == {1}
    assert {found[0] for found in relations} == {HEAD}
    assert min(home.head.age for home in homes) >= 17


def test_mothers_are_17_to_45_years_older(families: dict[str, list[Household]]) -> None:
    days = [(person.born - person.mother.born).days for person in everybody(families) if person.mother is not None]

    assert len(days) > 15_000
    assert min(days) >= 17 * 365
    assert max(days) < 45 * 365.25


def test_children_of_a_household_have_a_parent_in_it(families: dict[str, list[Household]]) -> None:
    strangers = [
        person
        for home in families[TAKISUNG]
        for person in home.members
        if person.relation == CHILD and person.mother not in home.members and person.father not in home.members
    ]

    assert strangers == []


def test_siblings_are_never_born_within_nine_months(families: dict[str, list[Household]]) -> None:
    births: dict[int, list[date]] = {}
    for person in everybody(families):
        if person.mother and person.relation in (CHILD, GRANDCHILD):
            births.setdefault(id(person.mother), []).append(person.born)
    gaps = [
        (later - earlier).days
        for dates in births.values()
        for earlier, later in zip(sorted(dates), sorted(dates)[1:], strict=False)
    ]

    assert min(gaps) >= 280


def test_marriage_is_mutual_and_adult(families: dict[str, list[Household]]) -> None:
    for person in everybody(families):
        if person.marital == MARRIED:
            assert person.spouse is not None
            assert person.spouse.spouse is person
            assert person.spouse.female != person.female
            assert person.age >= 19
        else:
            assert person.spouse is None


def test_old_women_are_widowed_far_more_often_than_old_men(
    families: dict[str, list[Household]],
) -> None:
    old = [person for person in members(families, TAKISUNG) if person.age >= 60]
    share = {
        female: sum(p.marital == WIDOWED for p in old if p.female is female) / sum(p.female is female for p in old)
        for female in (True, False)
    }

    assert share[True] == pytest.approx(0.4886, abs=0.06)  # Statistik Penduduk Lanjut Usia 2023
    assert share[False] == pytest.approx(0.1310, abs=0.04)


def test_ages_follow_the_national_structure(families: dict[str, list[Household]]) -> None:
    found = Counter((person.female, min(person.age, 100) // 5) for person in members(families, TAKISUNG))
    deviations = [
        abs(found[female, low // 5] / 31_020 - share)
        for low, _, male, women in shares()
        for female, share in ((False, male), (True, women))
    ]

    assert len(deviations) == 42
    assert max(deviations) < 1 / 31_020


def test_household_sizes_look_like_households(families: dict[str, list[Household]]) -> None:
    sizes = Counter(len(home.members) for home in families[TAKISUNG])

    assert sizes[1] / 9_379 == pytest.approx(0.13, abs=0.01)
    assert sizes[3] + sizes[4] > 9_379 * 0.44
    assert max(sizes) <= 9


def test_rows_have_the_43_columns_in_order(rows: dict[str, list[Row]]) -> None:
    assert len(COLUMNS) == 43
    assert {tuple(row) for village in rows.values() for row in village} == {COLUMNS}


def test_every_nik_is_well_formed_newborn_or_temporary(rows: dict[str, list[Row]]) -> None:
    niks = [str(row["nik"]) for village in rows.values() for row in village]
    newborn = [nik for nik in niks if nik == "0"]
    temporary = [nik for nik in niks if nik != "0" and TEMPORARY.fullmatch(nik)]
    regular = [nik for nik in niks if nik != "0" and not TEMPORARY.fullmatch(nik)]

    assert [nik for nik in regular if not NIK.fullmatch(nik)] == []
    assert 30 <= len(newborn) <= 120
    assert 2 <= len(temporary) <= 16
    for nik in regular:
        day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
        date(2000 + year if year <= AS_OF.year % 100 else 1900 + year, month, day % 40)


def test_a_nik_agrees_with_birth_date_and_sex_but_for_a_few(rows: dict[str, list[Row]]) -> None:
    checked = wrong_date = wrong_sex = 0
    for row in of_kecamatan(rows, TAKISUNG):
        nik = str(row["nik"])
        if not NIK.fullmatch(nik) or TEMPORARY.fullmatch(nik):
            continue
        born, female = date_of(row["tanggallahir"]), code_of("sex", row["sex"]) == 2
        checked += 1
        wrong_sex += (int(nik[6:8]) > 40) != female
        wrong_date += nik[8:12] != f"{born:%m%y}" or int(nik[6:8]) % 40 != born.day % 40

    assert checked > 30_900
    assert wrong_sex == 0
    assert 20 <= wrong_date <= 120


def test_a_nik_belongs_to_one_person_except_the_planted_twins(rows: dict[str, list[Row]]) -> None:
    counts = Counter(str(row["nik"]) for village in rows.values() for row in village if row["nik"] != "0")

    assert {nik for nik, count in counts.items() if count > 1} == {twin.nik for twin in PLANTED_TWINS}
    assert {counts[twin.nik] for twin in PLANTED_TWINS} == {2}


def test_planted_twins_stand_in_both_villages(rows: dict[str, list[Row]]) -> None:
    for twin in PLANTED_TWINS:
        for code in twin.village_codes:
            [row] = [row for row in rows[code] if row["nik"] == twin.nik]

            assert str(row["nama"]).upper() == twin.name.upper()
            assert date_of(row["tanggallahir"]) == twin.born
            assert code_of("sex", row["sex"]) == (2 if twin.female else 1)


def test_names_use_only_the_letters_the_book_allows(rows: dict[str, list[Row]]) -> None:
    names = {
        str(row[column]) for village in rows.values() for row in village for column in ("nama", "nama_ayah", "nama_ibu")
    }

    assert sorted(name for name in names if not NAME.fullmatch(name)) == []
    assert len(names) > 10_000


def test_a_name_is_spelled_in_several_ways(rows: dict[str, list[Row]]) -> None:
    first = Counter(str(row["nama"]).upper().split()[0] for row in of_kecamatan(rows, TAKISUNG))

    assert min(first[word] for word in ("MUHAMMAD", "M.", "MUH.", "MOHAMMAD")) >= 50
    assert min(first[word] for word in ("NUR", "NOR", "NOOR")) >= 50


def test_between_one_and_one_and_a_half_per_cent_are_disabled(rows: dict[str, list[Row]]) -> None:
    for kecamatan in KECAMATAN:
        found = [code_of("cacat_id", row["cacat_id"]) for row in of_kecamatan(rows, kecamatan)]

        assert 0.010 <= sum(code != 7 for code in found) / len(found) <= 0.015


def test_eight_elderly_of_takisung_were_never_recorded(rows: dict[str, list[Row]]) -> None:
    found = [
        row
        for row in of_kecamatan(rows, TAKISUNG)
        if code_of("status_rekam", row["status_rekam"]) == 2 and AS_OF.year - date_of(row["tanggallahir"]).year >= 60
    ]

    assert len(found) == 8
    assert {code_of("ktp_el", row["ktp_el"]) for row in found} == {1}


def test_nobody_under_17_holds_a_card_or_works(rows: dict[str, list[Row]]) -> None:
    young = [
        row
        for row in of_kecamatan(rows, TAKISUNG)
        if date_of(row["tanggallahir"]) > AS_OF.replace(year=AS_OF.year - 17)
    ]

    assert {code_of("ktp_el", row["ktp_el"]) for row in young} == {1}
    assert {code_of("status_rekam", row["status_rekam"]) for row in young} == {1}
    assert {code_of("pekerjaan_id", row["pekerjaan_id"]) for row in young} == {1, 3}
    assert {code_of("status_kawin", row["status_kawin"]) for row in young} == {SINGLE}


def test_spouses_share_their_wedding_day(rows: dict[str, list[Row]]) -> None:
    days: dict[object, set[date]] = {}
    for row in of_kecamatan(rows, HALONG):
        if row["tanggalperkawinan"] and code_of("kk_level", row["kk_level"]) in (1, 3):
            days.setdefault(row["no_kk"], set()).add(date_of(row["tanggalperkawinan"]))

    assert len(days) > 500
    assert {len(found) for found in days.values()} == {1}


def test_villages_write_in_different_ways(rows: dict[str, list[Row]]) -> None:
    dates = {type(row["tanggallahir"]) for village in rows.values() for row in village}
    sexes = {row["sex"] for village in rows.values() for row in village}

    assert dates == {date, str}
    assert sexes == {1, 2, "LAKI-LAKI", "PEREMPUAN", "L", "P"}


def test_the_same_seed_gives_the_same_rows_in_another_process() -> None:
    script = (
        "import hashlib; from hub.demo.people import people; "
        "print(hashlib.sha256(repr(list(people('63.11.02.2005'))).encode()).hexdigest())"
    )
    here = hashlib.sha256(repr(list(people("63.11.02.2005"))).encode()).hexdigest()

    there = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert there.stdout.strip() == here


def test_another_seed_gives_other_people_but_the_same_totals() -> None:
    other = list(people("63.11.02.2011", seed="another"))

    assert len(other) == villages()["63.11.02.2011"].people
    assert other != list(people("63.11.02.2011"))
