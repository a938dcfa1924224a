"""Every row of a file gets its verdict, in Indonesian, with nothing told that should not be."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.problems import _TEXTS, ProblemCode, masked
from hub.integrations.opensid.rows import CitizenRow, JudgedRow, judge
from hub.integrations.opensid.workbook import open_workbook
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.region_code import RegionCode

Person = dict[str, object]
MakePerson = Callable[..., Person]
MakeBook = Callable[..., Path]
Judge = Callable[[Path], list[JudgedRow]]

VILLAGE = RegionCode("63.01.01.2009")
TODAY = date(2026, 11, 21)


def codes(row: JudgedRow) -> list[tuple[str, str]]:
    return [(problem.code, problem.column) for problem in row.problems]


def doubts(row: JudgedRow) -> list[tuple[str, str]]:
    return [(problem.code, problem.column) for problem in row.warnings]


def test_a_complete_row_becomes_a_citizen(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    one = person(
        agama_id="ISLAM",
        pekerjaan_id=9.0,
        pendidikan_kk_id="SLTA / SEDERAJAT",
        ayah_nik="0",
        nama_ayah="Contoh Bapak",
        hamil=2,
        lat="-3.84",
        akta_lahir=4433.0,
        suku="-",
    )

    assert judged(book([one])) == [
        JudgedRow(
            2,
            CitizenRow(
                nik=Nik("6301014507900001"),
                full_name="Contoh Warga",
                kk_number=KkNumber("6301010101100001"),
                sex="FEMALE",
                birth_place="Pelaihari",
                birth_date=date(1990, 7, 5),
                religion="ISLAM",
                education="UPPER_SECONDARY",
                occupation="FARMER",
                family_relation="CHILD",
                father_name="Contoh Bapak",
                birth_certificate="4433",
                pregnant="NOT_PREGNANT",
                latitude=Decimal("-3.84"),
                address="Jl. Contoh No. 1",
                hamlet="SATU",
                rw="002",
                rt="001",
            ),
        )
    ]


def test_rows_keep_their_excel_numbers_until_the_end_mark(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    empty: Person = {"alamat": " ", "rt": None}
    end: Person = {"dusun": "###"}

    rows = judged(book([person(), empty, {}, person(), end, person()]))

    assert [row.row_number for row in rows] == [2, 5]


def test_a_file_of_few_columns_updates_known_people_only(book: MakeBook, judged: Judge) -> None:
    path = book([{"nik": "6301014507900001", "golongan_darah_id": "A+"}])

    (as_new,) = judged(path)
    with open_workbook(path) as opened:
        header = find_header(opened)
        rows = opened.rows(header.sheet)
        (as_known,) = judge(rows, header, village=VILLAGE, today=TODAY, known={"6301014507900001"})

    required = [("REQUIRED_FOR_NEW", name) for name in ("nama", "no_kk", "kk_level", "dusun", "rw", "rt", "sex")]
    assert codes(as_new) == required
    assert as_new.values is None
    assert as_known == JudgedRow(2, CitizenRow(nik=Nik("6301014507900001"), blood_type="A_POSITIVE"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"nik": None}, [("NIK_EMPTY", "nik")]),
        ({"nik": "-"}, [("NIK_EMPTY", "nik")]),
        ({"nik": "123"}, [("NIK_LENGTH", "nik")]),
        ({"no_kk": "123"}, [("KK_LENGTH", "no_kk")]),
        ({"nama": "-"}, [("REQUIRED_FOR_NEW", "nama")]),
        ({"nama": "Budi 2"}, [("NAME_CHARACTERS", "nama")]),
        ({"sex": 9}, [("CODE_UNKNOWN", "sex")]),
        ({"tanggallahir": "31-02-1990"}, [("DATE_IMPOSSIBLE", "tanggallahir")]),
        ({"tanggallahir": "22-11-2026"}, [("DATE_FUTURE", "tanggallahir")]),
        ({"alamat": "=A99"}, [("FORMULA_WITHOUT_RESULT", "alamat")]),
        ({"alamat": "#N/A"}, [("CELL_ERROR", "alamat")]),
        ({"sex": 9, "rt": "0001", "nik": "1"}, [("TEXT_LENGTH", "rt"), ("NIK_LENGTH", "nik"), ("CODE_UNKNOWN", "sex")]),
        ({"rt": "-", "rw": "-"}, []),
        ({"tanggallahir": "21-11-2026", "nik": "6301016111260001"}, []),
    ],
)
def test_faults_are_named_with_their_column(
    given: Person, expected: list[tuple[str, str]], person: MakePerson, book: MakeBook, judged: Judge
) -> None:
    (row,) = judged(book([person(**given)]))

    assert codes(row) == expected
    assert (row.values is None) == bool(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"nik": "0"}, [("NIK_UNKNOWN", "nik")]),
        ({"nik": "0630101200900001"}, [("NIK_TEMPORARY", "nik")]),
        ({"tanggallahir": date(1991, 7, 5)}, [("NIK_BIRTH_DATE", "nik")]),
        ({"sex": 1}, [("NIK_SEX", "nik")]),
        ({"nik": "3171014507900001"}, [("NIK_REGION", "nik")]),
        ({"nik": "6301019907900001"}, [("NIK_MALFORMED", "nik")]),
        (
            {"tanggallahir": "05-07-1890", "status_dasar": "HIDUP"},
            [("BIRTH_DATE_IMPLAUSIBLE", "tanggallahir")],
        ),
        ({"tanggallahir": "05-07-1890", "status_dasar": "MATI"}, []),
        ({"nama_ayah": "Bapak (alm)"}, [("PARENT_NAME_CHARACTERS", "nama_ayah")]),
        ({"lat": "114.73", "lng": "-3.84"}, None),
        ({"lat": "48.1", "lng": "11.6"}, [("COORDINATE_OUTSIDE", "lat"), ("COORDINATE_OUTSIDE", "lng")]),
    ],
)
def test_doubts_warn_and_do_not_refuse(
    given: Person, expected: list[tuple[str, str]] | None, person: MakePerson, book: MakeBook, judged: Judge
) -> None:
    (row,) = judged(book([person(**given)]))

    if expected is None:
        assert codes(row) == [("COORDINATE", "lat")]
    else:
        assert row.values is not None
        assert doubts(row) == expected


def test_pregnancy_is_ignored_for_men(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    man = person(sex=1, hamil=1, nik="6301010507900001")

    (row,) = judged(book([man]))

    assert row.values is not None
    assert row.values.pregnant is None


def test_a_second_row_of_one_person_names_the_first(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    nik = "6301014507900001"
    people = [person(nik=nik), person(nik=f"'{nik}"), person(nik=0), person(nik="0"), person(nik=0, nama="Lain")]

    rows = judged(book(people))

    assert [codes(row) for row in rows] == [[], [("NIK_DUPLICATE", "nik")], [], [("PERSON_DUPLICATE", "nik")], []]
    assert rows[1].problems[0].reason() == "NIK sama dengan baris 2"
    assert rows[3].problems[0].params == (("row", "4"),)


def test_a_second_living_head_of_a_family_is_refused(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    rows = judged(book([person(kk_level=1, status_dasar=1), person(kk_level=1), person(kk_level=1, status_dasar=2)]))

    assert [codes(row) for row in rows] == [[], [("SECOND_HEAD", "kk_level")], []]


def test_merged_cells_are_one_fault_of_the_row(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    path = book([person(), person()])
    made = openpyxl.load_workbook(path)
    made.worksheets[0].merge_cells("A3:C3")
    made.save(path)

    rows = judged(path)

    assert [codes(row)[:1] for row in rows] == [[], [("CELL_MERGED", "alamat")]]
    assert [code for code, _ in codes(rows[1])].count("CELL_MERGED") == 1


def test_the_sentence_tells_what_to_do_and_no_identity(person: MakePerson, book: MakeBook, judged: Judge) -> None:
    wrong = person(nama="Rahasia Sekali 7", nik="63010145079", alamat=6301014507900001)

    (row,) = judged(book([wrong]))
    name, nik = row.problems

    assert name.sentence() == (
        'nama "Rah…": Nama memuat karakter 7. Pakai hanya huruf, spasi, titik, koma, petik (\'), dan tanda hubung.'
    )
    assert nik.sentence("en") == (
        'nik "6301............": The NIK has 11 digits instead of 16. Compare it with the identity or family card.'
    )
    assert masked("KK 6301014507900001 lama") == "6301............"


def test_nothing_of_a_citizen_is_told_by_its_repr() -> None:
    row = CitizenRow(nik=Nik("6301014507900001"), full_name="Contoh Warga", birth_date=date(1990, 7, 5))

    assert repr(row) == "CitizenRow(6301............)"


def test_every_code_has_its_sentences_in_both_languages() -> None:
    assert set(_TEXTS) == set(ProblemCode)
    assert all(set(texts) == {"id", "en"} for texts in _TEXTS.values())
