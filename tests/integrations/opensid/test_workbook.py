"""Cells as they are, rows by their Excel numbers."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hub.integrations.opensid.archive import Limits
from hub.integrations.opensid.errors import TooManyRows
from hub.integrations.opensid.workbook import Broken, Row, column_index, column_letters, open_workbook


def rows_of(path: Path, sheet: int = 0) -> list[Row]:
    with open_workbook(path) as book:
        return list(book.rows(book.sheets[sheet]))


def test_values_keep_their_kind(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    page.append(["teks", 7, 2.5, True, date(1990, 7, 5), datetime(1990, 7, 5, 13), None, "#N/A"])  # noqa: DTZ001
    page["A3"] = CellRichText("te", TextBlock(InlineFont(b=True), "bal"))
    path = tmp_path / "a.xlsx"
    made.save(path)

    day = date(1990, 7, 5)
    assert rows_of(path) == [
        Row(1, {0: "teks", 1: 7, 2: 2.5, 3: True, 4: day, 5: day, 7: Broken.ERROR}),
        Row(3, {0: "tebal"}),
    ]


def test_both_calendars_are_counted_right(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.worksheets[0].append([date(1990, 7, 5)])
    made.save(tmp_path / "mac.xlsx")
    book = xlsxwriter.Workbook(tmp_path / "early.xlsx")
    page, shown = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    for column, serial in enumerate((1, 59, 60, 61, 0, -3)):
        page.write_number(0, column, serial, shown)
    book.close()

    assert rows_of(tmp_path / "mac.xlsx")[0].cells == {0: date(1990, 7, 5)}
    early = rows_of(tmp_path / "early.xlsx")[0].cells
    assert early == {
        0: date(1900, 1, 1),
        1: date(1900, 2, 28),
        2: Broken.NO_DATE,
        3: date(1900, 3, 1),
        4: Broken.NO_DATE,
        5: Broken.NO_DATE,
    }


def test_a_formula_counts_by_its_stored_result(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.write_formula(0, 0, "=1+1", None, 2)
    page.write_formula(0, 1, '="a"&"b"', None, "ab")
    book.close()
    bare = openpyxl.Workbook()
    bare.worksheets[0].append(["=1+1"])
    bare.save(tmp_path / "b.xlsx")

    assert rows_of(tmp_path / "a.xlsx")[0].cells == {0: 2, 1: "ab"}
    assert rows_of(tmp_path / "b.xlsx")[0].cells == {0: Broken.NO_RESULT}


def test_merged_cells_are_marked_only_in_rows_that_hold_something(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    page["A1"], page["C1"], page["A2"] = "a", "c", "d"
    page.merge_cells("A1:B1")
    page.merge_cells("A5:B9")
    path = tmp_path / "a.xlsx"
    made.save(path)

    assert rows_of(path) == [Row(1, {0: Broken.MERGED, 1: Broken.MERGED, 2: "c"}), Row(2, {0: "d"})]


def test_too_many_rows_are_refused_while_reading(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for number in range(11):
        made.worksheets[0].append([number])
    path = tmp_path / "a.xlsx"
    made.save(path)

    with open_workbook(path, Limits(rows=10)) as book, pytest.raises(TooManyRows):
        list(book.rows(book.sheets[0]))


@pytest.mark.parametrize(("letters", "index"), [("A", 0), ("Z", 25), ("AA", 26), ("AQ", 42), ("XFD", 16383)])
def test_column_letters_count_from_zero(letters: str, index: int) -> None:
    assert column_index(letters) == index
    assert column_letters(index) == letters
