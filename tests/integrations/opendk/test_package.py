"""A village's ZIP becomes a workbook for the importer: forms of OpenSID's releases undone, bombs not inflated."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from hub.integrations.opendk import package
from hub.integrations.opendk.errors import ColumnsMissing, OtherVillage, WorkbookMissing, ZipNeeded, ZipSuspicious
from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.errors import FileDamaged, FileTooLarge
from hub.integrations.opensid.workbook import CellValue, open_workbook
from hub.kernel.region_code import RegionCode
from tests.integrations.opendk import village as sender
from tests.integrations.opendk.village import people_of

VILLAGE = "99.00.01.2001"
Translate = Callable[[bytes], tuple[package.Package, list[dict[str, CellValue]]]]


@pytest.fixture
def translate(tmp_path: Path) -> Translate:
    """Figures, and the rows of the importer's workbook by column."""

    def run(book: bytes) -> tuple[package.Package, list[dict[str, CellValue]]]:
        source, target = tmp_path / "sent.xlsx", tmp_path / "ours.xlsx"
        source.write_bytes(book)
        found = package.translate(source, target, village=RegionCode(VILLAGE))
        with open_workbook(target) as opened:
            header = find_header(opened)
            names = {index: column.name for index, column in header.columns.items()}
            rows = [row for row in opened.rows(header.sheet) if row.number > 1]
        return found, [
            {"row": row.number} | {names[index]: value for index, value in row.cells.items() if index in names}
            for row in rows
        ]

    return run


def one(**given: object) -> Sequence[Mapping[str, object]]:
    """The first person, with some values of its own."""
    return [{**people_of(VILLAGE)[0], **given}]


def test_columns_are_renamed_by_name_and_specific_personal_data_stays_out(translate: Translate) -> None:
    found, rows = translate(sender.workbook(people_of(VILLAGE)[:1], list(reversed(sender.HEADER))))

    assert found == package.Package(1, 0)
    assert rows == [
        {
            "row": 2,
            "dusun": "-",
            "rw": "-",
            "rt": "-",
            "nama": "WARGA CONTOH SATU",
            "no_kk": "9900012001000001",
            "nik": "9900010101800001",
            "sex": "1",
            "tempatlahir": "CONTOH",
            "tanggallahir": "1980-01-01",
            "pendidikan_kk_id": "5",
            "status_kawin": "2",
            "kk_level": "1",
            "warganegara_id": "1",
            "status_dasar": "1",
        }
    ]


@pytest.mark.parametrize(
    ("sent", "column", "expected"),
    [
        ({"alamat": '"Jl. ""Mawar"" 1"'}, "alamat", 'Jl. "Mawar" 1'),
        ({"alamat": 'Gang "A"'}, "alamat", 'Gang "A"'),
        ({"alamat": "=1+1"}, "alamat", "=1+1"),
        ({"pekerjaan": "0"}, "pekerjaan_id", None),
        ({"pekerjaan": 0}, "pekerjaan_id", None),
        ({"ktp_el": "3"}, "ktp_el", None),
        ({"nomor_nik": "0"}, "nik", "0"),
        ({"dusun": None}, "dusun", "-"),
        ({"rt": ""}, "rt", "-"),
        ({"status_dasar": 6}, "status_dasar", "6"),
        ({"id": 11}, "nama", "WARGA CONTOH SATU"),
        ({"desa_id": "9900012001"}, "nama", "WARGA CONTOH SATU"),
    ],
)
def test_a_cell_says_what_it_was_meant_to_say(
    sent: dict[str, object], column: str, expected: str | None, translate: Translate
) -> None:
    _, rows = translate(sender.workbook(one(**sent)))

    assert rows[0].get(column) == expected


@pytest.mark.parametrize("nik", ["9900010101800001", "9900010101800030", "6301011505900007"])
def test_a_nik_in_a_cell_of_numbers_keeps_all_its_digits(nik: str, translate: Translate) -> None:
    book = sender.exact_number(sender.workbook(one(nomor_nik="NIK")), "NIK", nik)

    _, rows = translate(book)

    assert rows[0]["nik"] == nik


def test_rows_keep_their_numbers_and_those_that_name_nobody_are_counted(translate: Translate) -> None:
    people = [people_of(VILLAGE)[0], {}, {**people_of(VILLAGE)[1], "id": None}, people_of(VILLAGE)[2]]

    found, rows = translate(sender.workbook(people))

    assert found == package.Package(2, 1)
    assert [row["row"] for row in rows] == [2, 5]


def test_a_row_of_another_village_refuses_the_file(translate: Translate) -> None:
    with pytest.raises(OtherVillage) as refused:
        translate(sender.workbook([*one(), *one(desa_id="99.00.01.2002")]))
    assert refused.value.params == {"row": 3}


def test_missing_columns_are_named(translate: Translate) -> None:
    header = [name for name in sender.HEADER if name not in ("desa_id", "nomor_kk")]

    with pytest.raises(ColumnsMissing) as refused:
        translate(sender.workbook(one(), header))
    assert refused.value.params == {"columns": "desa_id, nomor_kk"}


def many_entries() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(package.ENTRIES + 1):
            archive.writestr(f"{number}.jpg", b"")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (lambda: b"", ZipNeeded),
        (lambda: b"%PDF-1.4", ZipNeeded),
        (lambda: b"PK\x03\x04 and nothing more", FileDamaged),
        (lambda: sender.zipped({}), WorkbookMissing),
        (lambda: sender.zipped({"a.csv": b""}), WorkbookMissing),
        (lambda: sender.zipped({"a.xlsx": b"", "b.XLSX": b""}), WorkbookMissing),
        (lambda: sender.zipped({"a.xlsx": b"\0" * 53_000_000}), FileTooLarge),
        (many_entries, ZipSuspicious),
    ],
    ids=["empty", "no zip", "cut", "no entries", "no workbook", "two workbooks", "bomb", "entries"],
)
def test_a_zip_that_opensid_does_not_make_is_refused(
    content: Callable[[], bytes], refusal: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(refusal):
        package.unpack(io.BytesIO(content()), tmp_path / "out.xlsx")


def test_the_workbook_is_found_whatever_it_is_called_and_wherever_it_points(tmp_path: Path) -> None:
    package.unpack(io.BytesIO(sender.zipped({"../../etc/a.XLSX": b"abc", "b.jpg": b""})), tmp_path / "out.xlsx")

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.xlsx", b"abc")]
