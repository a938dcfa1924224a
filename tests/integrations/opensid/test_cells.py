"""One cell, read as villages write it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from hub.integrations.opensid import cells
from hub.integrations.opensid.cells import Fault, clean
from hub.integrations.opensid.problems import ProblemCode
from hub.integrations.opensid.workbook import CellValue
from hub.kernel.nik import KkNumber, Nik

Read = Callable[[CellValue, str], object]


def read(reader: Read, value: CellValue) -> object:
    return reader(value, clean(value))


def fault(reader: Read, value: CellValue) -> tuple[ProblemCode, dict[str, str]]:
    with pytest.raises(Fault) as caught:
        read(reader, value)
    return caught.value.code, dict(caught.value.params)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Contoh \u00a0 Warga\n", "Contoh Warga"),
        ("\ufeffCon\u200btoh\u00ad", "Contoh"),
        ("Con\x00\ud800toh", "Contoh"),
        ("'002", "002"),
        ("\u2018002", "002"),
        ("Nur\u2019aini", "Nur'aini"),
        (2.0, "2.0"),
        (7, "7"),
        (date(1990, 7, 5), "1990-07-05"),
        (None, ""),
    ],
)
def test_hidden_characters_are_gone(value: CellValue, text: str) -> None:
    assert clean(value) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("6301014507900001", Nik("6301014507900001")),
        ("'6301 0145\u200b 0790-0001", Nik("6301014507900001")),
        (6301014507900001, Nik("6301014507900001")),
        ("0630101200900001", Nik("0630101200900001")),
        ("0", None),
        ("0000000000000000", None),
        (0, None),
    ],
)
def test_nik_is_sixteen_digits_or_zero(value: CellValue, expected: Nik | None) -> None:
    assert read(cells.read_nik, value) == expected


@pytest.mark.parametrize(
    ("value", "code", "params"),
    [
        ("630101450790001", ProblemCode.NIK_LENGTH, {"digits": "15"}),
        ("belum ada", ProblemCode.NIK_LENGTH, {"digits": "0"}),
        (6301014507900010, ProblemCode.NIK_ROUNDED, {}),
        ("6,30101E+15", ProblemCode.NIK_ROUNDED, {}),
    ],
)
def test_what_is_no_nik_is_refused(value: CellValue, code: ProblemCode, params: dict[str, str]) -> None:
    assert fault(cells.read_nik, value) == (code, params)


def test_kk_is_sixteen_digits_and_never_zero() -> None:
    assert read(cells.read_kk, "6301.0101.0110.0001") == KkNumber("6301010101100001")
    assert fault(cells.read_kk, "0") == (ProblemCode.KK_LENGTH, {"digits": "1"})
    assert fault(cells.read_kk, 6301010101100010) == (ProblemCode.KK_ROUNDED, {})


@pytest.mark.parametrize(
    "value",
    [date(1990, 7, 5), "05-07-1990", "5/7/1990", "05.07.1990", "1990-07-05", "'1990-07-05", "1990-07-05 00:00:00"],
)
def test_dates_are_read_day_first_or_year_first(value: CellValue) -> None:
    assert read(cells.read_date, value) == date(1990, 7, 5)


def test_the_zero_date_of_a_database_is_no_date() -> None:
    assert read(cells.read_date, "0000-00-00") is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("31-02-1990", ProblemCode.DATE_IMPOSSIBLE),
        ("07-31-1990", ProblemCode.DATE_IMPOSSIBLE),
        ("1990-02-30", ProblemCode.DATE_IMPOSSIBLE),
        ("5-7-90", ProblemCode.DATE_FORM),
        ("5 Juli 1990", ProblemCode.DATE_FORM),
        ("1990", ProblemCode.DATE_FORM),
        (1990, ProblemCode.DATE_FORM),
        (33059.0, ProblemCode.DATE_FORM),
    ],
)
def test_impossible_and_ambiguous_dates_are_refused(value: CellValue, code: ProblemCode) -> None:
    assert fault(cells.read_date, value) == (code, {})


@pytest.mark.parametrize("value", [2, 2.0, "2", "2.0", "2,0", "02", "PEREMPUAN", " perem puan", "P", "pr", "FEMALE"])
def test_codes_are_read_by_number_label_alias_and_name(value: CellValue) -> None:
    assert read(cells.read_code("sex"), value) == "FEMALE"


def test_unknown_codes_are_refused_with_what_is_allowed() -> None:
    assert fault(cells.read_code("sex"), 3) == (ProblemCode.CODE_UNKNOWN, {"allowed": "1 LAKI-LAKI, 2 PEREMPUAN"})
    assert fault(cells.read_code("sex"), True)[0] == ProblemCode.CODE_UNKNOWN
    assert fault(cells.read_code("sex"), 1.5)[0] == ProblemCode.CODE_UNKNOWN
    assert fault(cells.read_code("occupation"), "Astronaut")[1] == {"allowed": "1–89 (sheet Kode Data)"}


def test_names_hold_letters_and_a_few_marks() -> None:
    assert read(cells.read_name, "H. Nur\u2019aini, S.Pd - Andrée") == "H. Nur'aini, S.Pd - Andrée"
    assert fault(cells.read_name, "Budi (alm) 2nd") == (ProblemCode.NAME_CHARACTERS, {"characters": "( ) 2"})
    assert fault(cells.read_name, "A" * 101)[0] == ProblemCode.TEXT_LENGTH


def test_places_are_read_as_opensid_writes_them() -> None:
    assert read(cells.read_hamlet, "Dusun satu_barat") == "SATU BARAT"
    assert read(cells.read_rt_rw, "'002") == "002"
    assert read(cells.read_rt_rw, 2) == "2"
    assert fault(cells.read_rt_rw, "RT 02") == (ProblemCode.TEXT_LENGTH, {"length": "5", "least": "1", "most": "3"})
    assert fault(cells.read_tag, "123456789")[0] == ProblemCode.TEXT_LENGTH


def test_coordinates_are_possible_degrees() -> None:
    latitude = cells.read_degrees(90)

    assert read(latitude, "-3,8421") == Decimal("-3.8421")
    assert read(latitude, -3.8421) == Decimal("-3.8421")
    for impossible in ("91.5", "utara", "3°50'", "1e1", "--"):
        assert fault(latitude, impossible)[0] == ProblemCode.COORDINATE
    assert fault(latitude, "0." + "1" * 24)[0] == ProblemCode.TEXT_LENGTH
