"""The workbook: what OpenSID's template looks like, and what a reader gets back."""

from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from hub.demo.people import people
from hub.demo.workbook import write_workbook
from hub.demo.writing import COLUMNS


def test_a_workbook_holds_every_person_of_the_village(tmp_path: Path) -> None:
    path = tmp_path / "kapul.xlsx"

    count = write_workbook("63.11.02.2011", path)

    book = load_workbook(path, read_only=True)
    rows = list(book["Data Penduduk"].iter_rows(values_only=True))
    assert book.sheetnames == ["Data Penduduk", "Kode Data"]
    assert count == 338
    assert rows[0] == COLUMNS
    assert rows[339][1] == "###"
    first = next(people("63.11.02.2011"))
    found = [cell.date() if isinstance(cell, datetime) else cell for cell in rows[1]]
    assert found == [first[column] for column in COLUMNS]


def test_the_same_village_gives_the_same_file(tmp_path: Path) -> None:
    write_workbook("63.11.02.2009", tmp_path / "one.xlsx")
    write_workbook("63.11.02.2009", tmp_path / "two.xlsx")

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_code_sheet_lists_every_code(tmp_path: Path) -> None:
    write_workbook("63.11.02.2009", tmp_path / "one.xlsx")

    rows = list(load_workbook(tmp_path / "one.xlsx")["Kode Data"].iter_rows(values_only=True))

    assert rows[:3] == [
        ("kolom", "kode", "keterangan"),
        ("sex", 1, "LAKI-LAKI"),
        ("sex", 2, "PEREMPUAN"),
    ]
    assert len(rows) == 1 + 195
