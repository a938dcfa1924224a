"""The workbook comes back as it was, with a verdict on every row."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.handback import hand_back
from hub.integrations.opensid.rows import JudgedRow, judge
from hub.integrations.opensid.workbook import open_workbook
from hub.kernel.region_code import RegionCode

Person = dict[str, object]
MakePerson = Callable[..., Person]
MakeBook = Callable[..., Path]
Judge = Callable[[Path], list[JudgedRow]]

RED, YELLOW, PLAIN = "FFFFC7CE", "FFFFEB9C", "00000000"

SEX_DIFFERS = (
    'nik "6301............": Jenis kelamin di NIK berbeda dari kolom sex. Cocokkan keduanya dengan KTP atau KK.'
)
NIK_SHORT = 'nik "1": NIK berisi 1 digit, seharusnya 16. Cocokkan dengan KTP atau KK.'
SEX_UNKNOWN = 'sex "9": Kode atau sebutan tidak dikenal. Pilih salah satu: 1 LAKI-LAKI, 2 PEREMPUAN.'


def page_of(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)["Data Penduduk"]


def colour(page: Worksheet, place: str) -> str:
    return str(page[place].fill.fgColor.rgb)


@pytest.fixture
def handed(tmp_path: Path, judged: Judge) -> Callable[[Path], Path]:
    """Judges a file and hands it back."""

    def run(path: Path) -> Path:
        target = tmp_path / f"hasil-{path.name}"
        hand_back(path, target, judged(path))
        return target

    return run


def test_every_row_gets_a_word_and_its_sentences(
    person: MakePerson, book: MakeBook, handed: Callable[[Path], Path]
) -> None:
    people = [person(), person(sex=1), person(sex=9, nik="1"), {"dusun": "###"}, {"alamat": "catatan"}]

    page = page_of(handed(book(people)))

    assert [[cell.value for cell in row] for row in page["L1:M6"]] == [
        ["STATUS", "KETERANGAN"],
        ["DITERIMA", None],
        [
            "PERINGATAN",
            SEX_DIFFERS,
        ],
        [
            "DITOLAK",
            f"{NIK_SHORT} | {SEX_UNKNOWN}",
        ],
        [None, None],
        [None, None],
    ]


def test_faulty_cells_are_coloured_and_missing_ones_made(
    person: MakePerson, book: MakeBook, handed: Callable[[Path], Path]
) -> None:
    page = page_of(handed(book([person(), person(sex=1), person(sex=9, rt=None)])))

    assert [colour(page, place) for place in ("G2", "G3", "L3", "H4", "D4", "L4", "G4")] == [
        PLAIN,
        YELLOW,
        YELLOW,
        RED,
        RED,
        RED,
        PLAIN,
    ]
    assert page["H4"].value == 9


def test_all_else_stays_as_it_was(person: MakePerson, book: MakeBook, handed: Callable[[Path], Path]) -> None:
    path = book([person(), person(tanggallahir=date(2090, 1, 1))])
    made = openpyxl.load_workbook(path)
    page = made["Data Penduduk"]
    page["E2"].font = Font(bold=True)
    page["J3"].fill, page["J3"].number_format = PatternFill("solid", fgColor="FF00FF00"), "yyyy/mm/dd"
    page.column_dimensions["E"].width = 44
    rule = DataValidation(type="whole", sqref="H2:H99")
    page.add_data_validation(rule)
    page["N1"], page["N2"] = None, "=1+1"
    made.create_sheet("Kode Data")["A1"] = "tetap & <utuh>"
    made.save(path)

    back = handed(path)

    with zipfile.ZipFile(path) as before, zipfile.ZipFile(back) as after:
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
        assert before.namelist() == after.namelist()
    assert changed == ["xl/worksheets/sheet1.xml", "xl/styles.xml"]
    kept = page_of(back)
    assert kept["E2"].font.b is True
    assert (kept["J3"].number_format, colour(kept, "J3")) == ("yyyy/mm/dd", RED)
    assert kept.column_dimensions["E"].width == 44
    assert [str(one.sqref) for one in kept.data_validations.dataValidation] == ["H2:H99"]
    assert (kept["N2"].value, kept["O1"].value, kept["P1"].value) == ("=1+1", "STATUS", "KETERANGAN")
    assert kept.dimensions == "A1:P3"


def test_handed_back_again_the_verdicts_are_replaced_in_place(
    person: MakePerson, book: MakeBook, handed: Callable[[Path], Path]
) -> None:
    once = handed(book([person(sex=9), person()]))
    made = openpyxl.load_workbook(once)
    made["Data Penduduk"]["H2"] = 2
    made.save(once)

    page = page_of(handed(once))

    assert [[cell.value for cell in row] for row in page["K1:N3"]] == [
        ["kk_level", "STATUS", "KETERANGAN", None],
        [4, "DITERIMA", None, None],
        [4, "DITERIMA", None, None],
    ]


def test_no_half_file_is_left_where_the_rows_do_not_belong(tmp_path: Path, person: MakePerson, book: MakeBook) -> None:
    path = book([person()])

    with pytest.raises(ValueError, match="row 9"):
        hand_back(path, tmp_path / "hasil.xlsx", [JudgedRow(9, None)])

    assert sorted(file.name for file in tmp_path.iterdir()) == ["desa.xlsx"]


def test_xml_with_prefixes_and_a_byte_order_mark_is_edited_alike(
    tmp_path: Path, person: MakePerson, book: MakeBook, handed: Callable[[Path], Path]
) -> None:
    plain, odd = book([person(sex=9, rt=None), person()]), tmp_path / "awalan.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(odd, "w") as out:
        for name in source.namelist():
            raw = source.read(name)
            if name in ("xl/styles.xml", "xl/worksheets/sheet1.xml"):
                raw = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", raw).replace(b"xmlns=", b"xmlns:x=")
                raw = b"\xef\xbb\xbf" + raw
            out.writestr(name, raw)

    page = page_of(handed(odd))

    assert [page[place].value for place in ("L1", "L2", "L3")] == ["STATUS", "DITOLAK", "DITERIMA"]
    assert [colour(page, place) for place in ("H2", "D2", "L2", "H3")] == [RED, RED, RED, PLAIN]


def test_macros_survive(tmp_path: Path, person: MakePerson, book: MakeBook, handed: Callable[[Path], Path]) -> None:
    path = tmp_path / "desa.xlsm"
    book([person()]).rename(path)
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("xl/vbaProject.bin", b"macros")

    with zipfile.ZipFile(handed(path)) as back:
        assert back.read("xl/vbaProject.bin") == b"macros"


CELL = st.one_of(
    st.none(),
    st.integers(-5, 10**16),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).filter(lambda text: not text.startswith("=")),
    st.dates(date(1901, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["L", "HIDUP", "6301014507900001", "0", "-", "#N/A", "_x000D_", "a<b&c>"]),
)
NAMES = ("nama", "nik", "no_kk", "sex", "tanggallahir", "rt", "status_dasar", "lat")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, CELL)), min_size=1, max_size=6))
def test_what_was_handed_back_reads_as_before(tmp_path: Path, book: MakeBook, people: list[Person]) -> None:
    source, back = book(people, name="acak.xlsx"), tmp_path / "kembali.xlsx"

    def verdicts(path: Path) -> list[JudgedRow]:
        with open_workbook(path) as opened:
            header = find_header(opened)
            village, today = RegionCode("63.01.01.2009"), date(2026, 11, 21)
            return list(judge(opened.rows(header.sheet), header, village=village, today=today))

    before = verdicts(source)
    hand_back(source, back, before)

    assert verdicts(back) == before
    page = openpyxl.load_workbook(back).worksheets[0]
    original = openpyxl.load_workbook(source).worksheets[0]
    for row in original.iter_rows():
        for cell in row:
            assert page[cell.coordinate].value == cell.value
