"""People of the register as a workbook that OpenSID's own import takes.

One sheet with the name and the column names of its template, in their order; dates as text with the day first (a date
of Excel begins with 1900 and the register with 1850), numbers of sixteen digits as text, codes as numbers or labels;
behind the last row the mark that ends the data. The sheet is written straight into the file, not by a library: the
libraries put clear numbers into files of their own on the way, and take nearly four times as long.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Self
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from hub.integrations.opensid.cells import Fault, clean
from hub.integrations.opensid.columns import BY_FIELD, COLUMNS, DATA_SHEET, Column
from hub.integrations.opensid.rows import DASH_KEPT, EMPTY, END_MARK, REQUIRED_OF_NEW
from hub.integrations.opensid.workbook import column_letters
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
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read a character out of it
_COMPRESSION = 4
_CODES = {
    column.field: {code.name: code for code in CODE_LISTS[column.field].codes}
    for column in COLUMNS
    if column.field in CODE_LISTS
}
_LETTERS = [column_letters(index) for index in range(len(COLUMNS))]
_TEXT_STYLE = 1

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS_OF = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_PART = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": f"""{_DECLARED}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>\
<Override PartName="/{_SHEET_PART}" ContentType="{_TYPE}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_RELATIONS_OF}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{_DECLARED}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS_OF}">\
<sheets><sheet name="{DATA_SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_RELATIONS_OF}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{_RELATIONS_OF}/styles" Target="styles.xml"/></Relationships>""",
    # 49 is Excel's own number of the format "text": a NIK that somebody corrects stays a text.
    "xl/styles.xml": f"""{_DECLARED}<styleSheet xmlns="{_MAIN}">\
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>""",
}
_WIDTHS = "".join(
    f'<col min="{index}" max="{index}" width="16" customWidth="1" style="{int(column.field not in _CODES)}"/>'
    for index, column in enumerate(COLUMNS, start=1)
)
_HEAD = f'{_DECLARED}<worksheet xmlns="{_MAIN}"><cols>{_WIDTHS}</cols><sheetData>'
_TAIL = "</sheetData></worksheet>"


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
    """A workbook on its way into an open file; a row is the most that is held, and no other file is made.

    As a context it gives up, without a word, what was not closed when the block ends.
    """

    def __init__(self, file: IO[bytes], *, labels: bool, leave_out: frozenset[str]) -> None:
        """`labels`: codes as OpenSID prints them; `leave_out`: fields whose columns stay empty."""
        self._labels, self._leave_out = labels, leave_out
        self._nameless: set[tuple[object, ...]] = set()
        self.written = Written()
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION)
        for part, text in _PARTS.items():
            self._zip.writestr(part, text)
        self._page = self._zip.open(_SHEET_PART, "w", force_zip64=True)
        self._page.write(_HEAD.encode())
        self._write(0, [_text_cell(index, 1, column.name) for index, column in enumerate(COLUMNS)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):
            self._page.close()
        with suppress(OSError, ValueError):
            self._zip.close()

    def add(self, people: Sequence[Fields]) -> None:
        """Write people, each as one row."""
        for fields in people:
            self.written.rows += 1
            self._note(fields)
            self._add(fields)

    def close(self) -> Written:
        """Set the mark behind the last row and complete the file."""
        last = self.written.rows + 1
        self._write(last, [_text_cell(MARK_COLUMN, last + 1, END_MARK)])
        self._page.write(_TAIL.encode())
        self._page.close()
        self._zip.close()
        return self.written

    def _add(self, fields: Fields) -> None:
        number, found = self.written.rows + 1, list[str]()
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
                found.append(f'<c r="{_LETTERS[index]}{number}"><v>{cell}</v></c>')
            else:
                found.append(_text_cell(index, number, cell))
        self._write(number - 1, found)

    def _write(self, index: int, cells: list[str]) -> None:
        self._page.write(f'<row r="{index + 1}">{"".join(cells)}</row>'.encode())

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


def _text_cell(index: int, number: int, text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    place = f'r="{_LETTERS[index]}{number}" s="{_TEXT_STYLE}"'
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


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
    text = str(value)
    return text if text.isprintable() and len(text) <= _LONGEST else _NOT_XML.sub("", text)[:_LONGEST] or None


def _degrees(value: Decimal) -> str:
    text = format(value, "f")
    return text if len(text) >= _LEAST_DEGREES else f"{text}.0"


_EXACT = frozenset((*_CODES, "nik", "kk_number", "father_nik", "mother_nik"))
_READ = frozenset(
    column.field for column in COLUMNS if column.field not in _EXACT and not column.name.startswith("tanggal")
)
