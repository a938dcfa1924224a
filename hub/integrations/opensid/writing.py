"""People of the register as a workbook that OpenSID's own import takes.

One sheet with the name and the column names of its template, in their order; dates as text with the day first (a date
of Excel begins with 1900 and the register with 1850), numbers of sixteen digits as text, codes as numbers or labels;
behind the last row the mark that ends the data.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from hub.integrations.opensid.cells import Fault, clean
from hub.integrations.opensid.columns import BY_FIELD, COLUMNS, DATA_SHEET, Column
from hub.integrations.opensid.rows import DASH_KEPT, EMPTY, END_MARK, REQUIRED_OF_NEW
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import CODE_LISTS, Sex

Cell = str | int | None
Fields = Mapping[str, object]

MARK_COLUMN = 1
UNKNOWN_NIK = "0"
NO_NUMBER = "-"  # what a village without RW or RT writes in their place
_LONGEST = 32_000
_LEAST_DEGREES = 2  # characters that OpenSID wants of a coordinate
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = "<r>"  # the library takes a text from here to "</r>" for XML of its own, if nothing follows
_CODES = {
    column.field: {code.name: code for code in CODE_LISTS[column.field].codes}
    for column in COLUMNS
    if column.field in CODE_LISTS
}
_WIDTH = 16


@dataclass(slots=True)
class Written:
    """What a file says, and what it cannot. Counts by column name: `filled` cells, and `unlike`, those that OpenSID
    reads otherwise or refuses; `lacking`: columns that a new person must have and a row has not."""

    rows: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    unlike: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    alike: int = 0  # people without a NIK whom OpenSID cannot tell from another


class Sheet:
    """A workbook on its way into an open file; a row is the most that is held."""

    def __init__(
        self, file: IO[bytes], scratch: Path, *, labels: bool, leave_out: frozenset[str], now: datetime
    ) -> None:
        """`scratch` is a folder for the pieces: they hold what the file will, so nobody else may read it."""
        options = {"constant_memory": True, "tmpdir": str(scratch), "in_memory": False}
        self._book = Workbook(cast("Any", file), options)  # the annotation forgets open files
        self._book.set_properties({"created": now.replace(tzinfo=None)})
        self._page: Worksheet = self._book.add_worksheet(DATA_SHEET)
        text = self._book.add_format({"num_format": "@"})
        for index, column in enumerate(COLUMNS):
            self._page.set_column(index, index, _WIDTH, None if column.field in _CODES else text)
        self._page.write_row(0, 0, [column.name for column in COLUMNS])
        self._labels, self._leave_out = labels, leave_out
        self._nameless: set[tuple[object, ...]] = set()
        self.written = Written()

    def add(self, people: Sequence[Fields]) -> None:
        """Write people, each as one row."""
        for fields in people:
            self.written.rows += 1
            self._note(fields)
            self._add(fields)

    def close(self) -> Written:
        """Set the mark behind the last row and complete the file."""
        self._page.write_string(self.written.rows + 1, MARK_COLUMN, END_MARK)
        self._book.close()
        return self.written

    def _add(self, fields: Fields) -> None:
        row, page = self.written.rows, self._page
        for index, column in enumerate(COLUMNS):
            if column.field in self._leave_out:
                continue
            cell = cell_of(column, fields, labels=self._labels)
            if index == MARK_COLUMN and clean(cell) == END_MARK:
                cell = None  # a hamlet of this name would end the file
            if column.field in _READ and not alike(column, cell, fields[column.field]):
                self.written.unlike[column.name] += 1
            if cell is None:
                continue
            self.written.filled[column.name] += 1
            if isinstance(cell, int):
                page.write_number(row, index, cell)
            else:
                page.write_string(row, index, f"{cell} " if cell.startswith(_MARKUP) else cell)

    def _note(self, fields: Fields) -> None:
        for name in REQUIRED_OF_NEW:
            if fields[name] is None and name not in ("rw", "rt"):
                self.written.lacking[BY_FIELD[name].name] += 1
        person = tuple(fields[name] for name in ("full_name", "birth_place", "birth_date"))
        if fields["nik"] is None and None not in person:
            self.written.alike += person in self._nameless
            self._nameless.add(person)


def cell_of(column: Column, fields: Fields, *, labels: bool = False) -> Cell:
    """What stands in a column for a person."""
    name, value = column.field, fields[column.field]
    if value is None:
        return {"nik": UNKNOWN_NIK, "rw": NO_NUMBER, "rt": NO_NUMBER}.get(name)
    if name in _CODES:
        return None if name == "pregnant" and fields["sex"] == Sex.MALE else _code(name, str(value), labels=labels)
    return _text(value)


def alike(column: Column, cell: Cell, value: object) -> bool:
    """Whether a cell of free text is read as what the register says."""
    text = clean(cell)
    if text in EMPTY and not (text == NO_NUMBER and column.field in DASH_KEPT):
        return value is None
    try:
        return column.read(cell, text) == (NO_NUMBER if value is None else value)
    except Fault:
        return False


def _code(name: str, value: str, *, labels: bool) -> Cell:
    code = _CODES[name].get(value)
    if code is None:
        return None
    return code.opensid_label if labels else code.number


def _text(value: object) -> str | None:
    if isinstance(value, (Nik, KkNumber)):
        return value.digits
    if isinstance(value, date):
        return f"{value.day:02d}-{value.month:02d}-{value.year:04d}"
    if isinstance(value, Decimal):
        return _degrees(value)
    return _NOT_XML.sub("", str(value))[:_LONGEST] or None


def _degrees(value: Decimal) -> str:
    text = format(value, "f")
    return text if len(text) >= _LEAST_DEGREES else f"{text}.0"


_EXACT = frozenset((*_CODES, "nik", "kk_number", "father_nik", "mother_nik"))
_READ = frozenset(
    column.field for column in COLUMNS if column.field not in _EXACT and not column.name.startswith("tanggal")
)
