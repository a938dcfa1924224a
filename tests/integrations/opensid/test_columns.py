"""Which sheet is read, and what its header may say."""

from pathlib import Path

import openpyxl
import pytest

from hub.integrations.opensid.columns import COLUMNS, Header, find_header
from hub.integrations.opensid.errors import (
    FileRefused,
    NikColumnMissing,
    NoDataSheet,
    RepeatedColumns,
    UnknownColumns,
)
from hub.integrations.opensid.rows import CitizenRow
from hub.integrations.opensid.workbook import open_workbook


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)
    return path


def header_of(path: Path) -> Header:
    with open_workbook(path) as book:
        return find_header(book)


def refused(path: Path, refusal: type[FileRefused]) -> dict[str, str | int]:
    with pytest.raises(refusal) as caught:
        header_of(path)
    return caught.value.params


def test_the_template_has_43_columns_one_for_each_field_of_the_register() -> None:
    assert len(COLUMNS) == 43
    assert {column.field for column in COLUMNS} == set(CitizenRow.__slots__)


def test_columns_stand_in_any_order_and_any_case(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", {"Data Penduduk": [[], ["NAMA ", None, " Nik", "\ufeffno_kk", "asuransi", "id"]]}
    )

    header = header_of(path)

    fields = {index: column.field for index, column in header.columns.items()}
    assert fields == {0: "full_name", 2: "nik", 3: "kk_number", 4: "health_insurance"}
    assert (header.row_number, header.ignored, header.renamed) == (2, ("id",), False)


def test_the_data_sheet_is_found_whatever_its_place(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Kode Data": [["nik"]],
        "Petunjuk": [["Cara mengisi"]],
        "data penduduk": [["nik"]],
    }

    header = header_of(workbook(tmp_path / "a.xlsx", sheets))

    assert (header.sheet.name, header.renamed) == ("data penduduk", False)


def test_a_sheet_of_another_name_is_read_and_reported(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {"Kode Data": [["nik"]], "Petunjuk": [], "Sheet1": [["nik", "nama"]]}

    header = header_of(workbook(tmp_path / "a.xlsx", sheets))

    assert (header.sheet.name, header.renamed) == ("Sheet1", True)


def test_unknown_columns_are_listed_with_the_nearest_known(tmp_path: Path) -> None:
    names: list[object] = ["nik", "tanggal lahir", "agama", "xyzzy"]

    params = refused(workbook(tmp_path / "a.xlsx", {"Data Penduduk": [names]}), UnknownColumns)

    assert params == {
        "sheet": "Data Penduduk",
        "columns": "tanggal lahir, agama, xyzzy",
        "nearest": "tanggal lahir -> tanggallahir, agama -> agama_id",
    }


def test_a_repeated_column_is_refused(tmp_path: Path) -> None:
    params = refused(workbook(tmp_path / "a.xlsx", {"Sheet1": [["nik", "nama", "NAMA"]]}), RepeatedColumns)

    assert params == {"sheet": "Sheet1", "columns": "nama"}


def test_without_a_nik_column_nothing_is_read_nor_shown(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Contoh Warga", "6301014507900001"]]

    assert refused(workbook(tmp_path / "a.xlsx", {"Data Penduduk": rows}), NikColumnMissing) == {
        "sheet": "Data Penduduk"
    }
    assert refused(workbook(tmp_path / "b.xlsx", {"A": rows, "B": []}), NoDataSheet) == {"sheets": "A, B"}
    assert refused(workbook(tmp_path / "c.xlsx", {"Kode Data": [["nik"]]}), NoDataSheet) == {"sheets": "Kode Data"}
