"""A village's people as the workbook OpenSID's import takes: two sheets, machine names on top."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from hub.demo.people import people
from hub.demo.pool import AS_OF, SEED
from hub.demo.writing import COLUMNS, Cell, labels

DATA_SHEET, CODE_SHEET = "Data Penduduk", "Kode Data"
END_MARK = "###"  # in the second column: data end here, notes follow


def write_workbook(village_code: str, path: Path, *, seed: str = SEED) -> int:
    """Write the village's workbook and return the number of people in it. Overwrites `path`."""
    with Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(AS_OF.year, AS_OF.month, AS_OF.day)})  # noqa: DTZ001
        sheet = book.add_worksheet(DATA_SHEET)
        day_format = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, COLUMNS)
        count = 0
        for count, row in enumerate(people(village_code, seed=seed), start=1):
            _write(sheet, count, (row[column] for column in COLUMNS), day_format)
        sheet.write_string(count + 1, 1, END_MARK)
        sheet.write_string(count + 2, 0, "Baris di bawah tanda ### tidak dibaca.")
        _write_codes(book.add_worksheet(CODE_SHEET))
    return count


def _write(sheet: Worksheet, number: int, cells: Iterable[Cell], day_format: object) -> None:
    for column, value in enumerate(cells):
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(number, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(number, column, value, day_format)
        else:
            sheet.write_number(number, column, value)


def _write_codes(sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ("kolom", "kode", "keterangan"))
    for number, ((field, code), label) in enumerate(labels().items(), start=1):
        sheet.write_row(number, 0, (field, code, label))
