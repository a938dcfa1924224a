"""The sheets of an XLSX or XLSM workbook as rows of plain values, in constant memory.

Read with expat and not with openpyxl's read-only mode, although that is fast enough, because four things matter
here which that mode does not tell: a formula without a stored result (an empty cell to openpyxl), merged cells, a
document type in the XML, and a row number far beyond the last (openpyxl fills the gap with empty rows). The same
positions also let the workbook be handed back byte for byte with only our cells changed.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path

from openpyxl.styles.numbers import is_date_format

from hub.integrations.opensid.archive import DEFAULT_LIMITS, Archive, Limits, local, new_parser, parse
from hub.integrations.opensid.errors import FileDamaged, TooManyRows

MAX_COLUMNS = 256
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001  (a date in a sheet has no zone)
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LEAP_BUG = 60  # Excel believes in 29 February 1900
_MAX_TEXT = 32_767  # what one Excel cell can hold
_MAX_ROW = 1_048_576
_LETTERS = re.compile("[A-Z]{1,3}")
_ROW_NUMBER = re.compile("[0-9]{1,7}")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?\bref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)


class Broken(Enum):
    """A cell that shows something but holds no value."""

    NO_RESULT = "formula without a stored result"
    ERROR = "error such as #N/A"
    MERGED = "merged cell"
    NO_DATE = "number that is no date"


CellValue = str | int | float | bool | date | Broken | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its Excel number and its filled cells by column index (A is 0)."""

    number: int
    cells: dict[int, CellValue]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by the name people see and the part that holds it."""

    name: str
    part: str


class Workbook:
    """An opened workbook: its sheets, and what their cells refer to."""

    def __init__(self, archive: Archive) -> None:
        """Read the small parts: sheet names, date formats. Texts are read with the first sheet."""
        self.archive = archive
        self.sheets, self._epoch = _sheets(archive)
        self._dates = _date_styles(archive)
        self._texts: list[str] | None = None
        self._merged: dict[str, dict[int, list[tuple[int, int]]]] = {}

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The filled rows in order; a FileRefused may come at any row, so nothing before it is safe to keep."""
        if self._texts is None:
            self._texts = _texts(self.archive)
        if sheet.part not in self._merged:
            self._merged[sheet.part] = _merged(self.archive, sheet.part)
        merged = self._merged[sheet.part]
        reader = _SheetReader(self._texts, self._dates, self._epoch)
        count = 0
        for _ in parse(self.archive, sheet.part, reader.parser):
            found, reader.found = reader.found, []
            count += len(found)
            if count > self.archive.limits.rows:
                raise TooManyRows(limit=self.archive.limits.rows)
            for row in found:
                _mark_merged(row, merged)
                yield row


@contextmanager
def open_workbook(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Workbook]:
    """Open a guarded workbook; raises a FileRefused by name before anything is parsed."""
    archive = Archive(path, limits)
    try:
        yield Workbook(archive)
    finally:
        archive.close()


def column_index(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_of(reference: str | None, *, previous: int) -> int:
    """The column of a cell such as `AQ12`; one right of the previous where the file leaves the reference out."""
    if not reference:
        return previous + 1
    letters = reference.rstrip("0123456789")
    if not _LETTERS.fullmatch(letters):
        raise FileDamaged(part=f"cell {reference[:12]}")
    return column_index(letters)


def row_number(stated: str | None, *, previous: int) -> int:
    """The number of a row; one below the previous where the file leaves it out."""
    if not stated:
        return previous + 1
    if not _ROW_NUMBER.fullmatch(stated) or not previous < int(stated) <= _MAX_ROW:
        raise FileDamaged(part=f"row {stated[:12]}")
    return int(stated)


def column_letters(index: int) -> str:
    """The inverse of column_index."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _SheetReader:
    """Expat's callbacks for one sheet; finished rows gather in `found`."""

    def __init__(self, texts: list[str], dates: frozenset[int], epoch: datetime) -> None:
        self.found: list[Row] = []
        self.parser = new_parser(start=self._start, end=self._end)
        self._texts, self._dates, self._epoch = texts, dates, epoch
        self._columns: dict[str, int] = {}
        self._number = 0
        self._column = -1
        self._cells: dict[int, CellValue] = {}
        self._type, self._style = "n", "0"
        self._formula = False
        self._pieces: list[str] | None = None
        self._value: str | None = None
        self._phonetic = False

    # Called for every element of a sheet, some seven million times in a large one: in the order of their frequency.

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            reference = attributes.get("r")
            self._column = self._position(reference) if reference else self._column + 1
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._formula, self._value = False, None
        elif name == "v" or (name == "t" and not self._phonetic):
            pieces: list[str] = []
            self._pieces, self.parser.CharacterDataHandler = pieces, pieces.append
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True

    def _end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            if 0 <= self._column < MAX_COLUMNS and (value := self._cell()) is not None:
                self._cells[self._column] = value
        elif name in ("v", "t"):
            if self._pieces is not None:
                self._value = (self._value or "") + "".join(self._pieces)
                self._pieces, self.parser.CharacterDataHandler = None, None
        elif name == "row":
            if self._cells:
                self.found.append(Row(self._number, self._cells))
        elif name == "rPh":
            self._phonetic = False

    def _begin_row(self, number: str | None) -> None:
        previous = self._number
        self._number = row_number(number, previous=previous)
        self._cells, self._column = {}, -1

    def _position(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            found = self._columns[letters] = column_of(reference, previous=-1)
        return found

    def _cell(self) -> CellValue:
        value = self._value
        if value is None or (value == "" and self._type not in ("str", "inlineStr", "s")):
            return Broken.NO_RESULT if self._formula else None
        try:
            if self._type == "s":
                return self._texts[int(value)]
            return self._number_or_date(value) if self._type == "n" else self._convert(value)
        except (ValueError, IndexError, OverflowError) as wrong:
            raise FileDamaged(part=f"row {self._number}") from wrong

    def _convert(self, value: str) -> CellValue:
        match self._type:
            case "str" | "inlineStr":
                return _unescaped(value) or None
            case "b":
                return value == "1"
            case "e":
                return Broken.ERROR
            case "d":
                return datetime.fromisoformat(value).date()
            case other:
                raise ValueError(other)

    def _number_or_date(self, value: str) -> CellValue:
        if int(self._style) in self._dates:
            return _date(float(value), self._epoch)
        if value.isdecimal():
            return int(value)  # exactly: a float holds only some of the numbers with sixteen digits
        number = float(value)
        return int(number) if number.is_integer() else number


@lru_cache(maxsize=40_000)  # a century of birth dates; few days are many people's
def _date(serial: float, epoch: datetime) -> date | Broken:
    if epoch is _EPOCH_1900 and int(serial) == _LEAP_BUG:
        return Broken.NO_DATE
    if epoch is _EPOCH_1900 and 0 < serial < _LEAP_BUG:
        serial += 1
    try:
        return (epoch + timedelta(days=serial)).date() if serial > 0 else Broken.NO_DATE
    except OverflowError:
        return Broken.NO_DATE


def _sheets(archive: Archive) -> tuple[list[Sheet], datetime]:
    """The worksheets in tab order, and from when the workbook counts days."""
    found: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    main: list[str] = []
    epoch = [_EPOCH_1900]

    def relation(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")
            if attributes.get("Type", "").endswith("/officeDocument"):
                main.append(attributes.get("Target", ""))

    def book(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            rid = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            found.append((attributes.get("name", ""), rid))
        elif local(name) == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epoch[0] = _EPOCH_1904

    _read(archive, "_rels/.rels", relation)
    part = main[0].lstrip("/") if main else "xl/workbook.xml"
    folder, file = posixpath.split(part)
    targets.clear()
    _read(archive, part, book)
    _read(archive, posixpath.join(folder, "_rels", f"{file}.rels"), relation)
    located = ((name, posixpath.normpath(posixpath.join("/", folder, targets.get(rid, "")))) for name, rid in found)
    return [Sheet(name, path.lstrip("/")) for name, path in located if archive.has(path.lstrip("/"))], epoch[0]


def _read(archive: Archive, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    for _ in parse(archive, part, new_parser(start=start), held=True):
        pass


def _date_styles(archive: Archive) -> frozenset[int]:
    """Which cell formats show a date."""
    part = "xl/styles.xml"
    if not archive.has(part):
        return frozenset()
    formats: dict[str, str] = {}
    used: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(local(name))
        if inside[-1] == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif inside[-2:] == ["cellXfs", "xf"]:
            used.append(attributes.get("numFmtId", "0"))

    def end(_: str) -> None:
        inside.pop()

    for _ in parse(archive, part, new_parser(start=start, end=end), held=True):
        pass
    return frozenset(index for index, number in enumerate(used) if _shows_date(number, formats))


def _shows_date(number: str, formats: dict[str, str]) -> bool:
    if number in formats:
        return bool(is_date_format(formats[number]))
    return number.isdecimal() and int(number) in _DATE_FORMATS


def _texts(archive: Archive) -> list[str]:
    """The shared texts, each with its formatting dropped."""
    part = "xl/sharedStrings.xml"
    if not archive.has(part):
        return []
    found: list[str] = []
    pieces: list[str] = []
    phonetic = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        tag = local(name)
        if tag == "rPh":
            phonetic += 1
        elif tag == "t" and not phonetic:
            parser.CharacterDataHandler = pieces.append

    def end(name: str) -> None:
        nonlocal phonetic
        tag = local(name)
        if tag == "t":
            parser.CharacterDataHandler = None
        elif tag == "rPh":
            phonetic -= 1
        elif tag == "si":
            found.append(_unescaped("".join(pieces)))
            pieces.clear()

    parser = new_parser(start=start, end=end)
    for _ in parse(archive, part, parser, held=True):
        pass
    return found


def _unescaped(text: str) -> str:
    """Undo Excel's `_x000D_` for characters XML cannot hold, and cut what no cell can hold."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text[:_MAX_TEXT]


def _merged(archive: Archive, part: str) -> dict[int, list[tuple[int, int]]]:
    """Row number -> the spans of columns merged there; they stand behind the rows, so this reads ahead."""
    spans: dict[int, list[tuple[int, int]]] = {}
    rest = b""
    budget = archive.limits.rows * 2
    for chunk in archive.inflate(part):
        text = rest + chunk
        cut = text.rfind(b"<")
        text, rest = (text[:cut], text[cut:]) if cut > 0 and len(text) - cut < len(chunk) else (text, b"")
        for first, top, last, bottom in _MERGE.findall(text) if b"mergeCell " in text else ():
            span = (column_index(first.decode()), column_index(last.decode()))
            for number in range(int(top), min(int(bottom), int(top) + budget) + 1):
                budget -= 1
                spans.setdefault(number, []).append(span)
    return spans


def _mark_merged(row: Row, merged: dict[int, list[tuple[int, int]]]) -> None:
    for first, last in merged.get(row.number, ()):
        for column in range(first, min(last, MAX_COLUMNS) + 1):
            row.cells[column] = Broken.MERGED
