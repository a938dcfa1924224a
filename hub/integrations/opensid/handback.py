"""The village's own workbook, handed back with a verdict on every row.

The workbook is not rebuilt: it is copied part by part, and only three things change on the way. Each judged row gets
the columns STATUS and KETERANGAN; faulty cells get a copy of their own format with a coloured background; `styles.xml`
gets these copies. Everything else (other sheets, macros, widths, validations, pictures, formulas) stays byte for byte.
That also keeps memory constant: a row is the most that is held, where a workbook of 40,000 rows loaded for editing
takes more than a gigabyte.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from hub.integrations.opensid.archive import Archive, local, new_parser, parse, parse_pieces
from hub.integrations.opensid.columns import REMARK, STATUS, Header, find_header, header_names
from hub.integrations.opensid.errors import FileSuspicious
from hub.integrations.opensid.problems import Lang
from hub.integrations.opensid.rows import JudgedRow
from hub.integrations.opensid.workbook import (
    Workbook,
    column_index,
    column_letters,
    column_of,
    open_workbook,
    row_number,
)

_STYLES = "xl/styles.xml"
_MOST_STYLES = 64_000  # Excel reads about 65,490
_MOST_TEXT = 32_000
_LONGEST_ROW = 8 * 1024 * 1024
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_USUAL_CELL = re.compile(rb"<c r=\"([A-Z]{1,3})[0-9]+\"(?: s=\"([0-9]+)\")?")
_SPANS = re.compile(rb"\sspans\s*=\s*(\"[^\"]*\"|'[^']*')")
_STYLE = re.compile(rb"\ss\s*=\s*(\"[^\"]*\"|'[^']*')")
_COUNT = re.compile(rb"\scount\s*=\s*(\"[^\"]*\"|'[^']*')")
_FILL = re.compile(rb"\s(fillId|applyFill)\s*=\s*(\"[^\"]*\"|'[^']*')")
_REFERENCE = re.compile(rb"(\sref\s*=\s*[\"'][A-Z]+\d+)(?::([A-Z]+)(\d+))?")


class Colour(IntEnum):
    """The two backgrounds, in the order in which their formats are appended."""

    REFUSED = 0
    DOUBTED = 1


_RGB = {Colour.REFUSED: "FFFFC7CE", Colour.DOUBTED: "FFFFEB9C"}
_WORDS: dict[Lang, tuple[str, str, str]] = {
    "id": ("DITERIMA", "PERINGATAN", "DITOLAK"),
    "en": ("ACCEPTED", "WARNING", "REFUSED"),
}
REFUSED_WORDS = frozenset(words[2] for words in _WORDS.values())
_LOOKS = {word: colour for _, *words in _WORDS.values() for word, colour in zip(words[::-1], Colour, strict=True)}


def hand_back(
    source: Path, target: Path, judged: Iterable[JudgedRow], *, lang: Lang = "id", widest: int | None = None
) -> None:
    """Write the source workbook to `target` with its verdicts; `judged` must be of this file, in row order.

    `widest` is the last filled column (A is 0) where the caller has read all rows already; that saves reading them once
    more. The target appears only when it is complete. Raises a FileRefused as reading does, and ValueError where rows
    were judged that the file does not have.
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with open_workbook(source) as book:
            header = find_header(book)
            status, remark = _places(book, header, widest)
            styles = _read_styles(book.archive)
            editor = _SheetEditor(header, iter(judged), status, remark, styles, lang)
            _copy(book.archive, unfinished, {header.sheet.part: editor.edited(book.archive), **styles.parts()})
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def status_of(row: JudgedRow, lang: Lang = "id") -> str:
    """The one word on a row."""
    accepted, warning, refused = _WORDS[lang]
    return refused if row.problems else warning if row.warnings else accepted


def remark_of(row: JudgedRow, lang: Lang = "id") -> str:
    """All sentences on a row."""
    return " | ".join(problem.sentence(lang) for problem in (*row.problems, *row.warnings))[:_MOST_TEXT]


def _copy(archive: Archive, target: Path, changed: dict[str, Iterator[bytes]]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
        for entry in archive.entries:
            info = zipfile.ZipInfo(entry.filename, entry.date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = entry.external_attr
            pieces = changed.get(entry.filename) or archive.inflate(entry.filename)
            with out.open(info, "w") as stream:
                for piece in pieces:
                    stream.write(piece)


def _places(book: Workbook, header: Header, known: int | None) -> tuple[int, int]:
    """Where the two columns stand: where an earlier hand-back put them, else right of everything."""
    rows = book.rows(header.sheet)
    widest, names = -1, dict[str, int]()
    for row in rows:
        widest = max(widest, *row.cells)
        if row.number == header.row_number:
            names = {name: index for index, name in header_names(row).items()}
            if known is not None or (STATUS.casefold() in names and REMARK.casefold() in names):
                break
    widest = widest if known is None else known
    status = names.get(STATUS.casefold(), widest + 1)
    return status, names.get(REMARK.casefold(), max(status, widest) + 1)


@dataclass(slots=True)
class _Styles:
    """The edited styles, and how many formats there were: a coloured copy of format s is count + colour * count + s."""

    count: int = 0
    edited: bytes | None = None

    def coloured(self, style: int, colour: Colour) -> int:
        """The number of a format's coloured copy; the format itself where colouring is not possible."""
        return style + self.count * (1 + colour) if style < self.count else style

    def parts(self) -> dict[str, Iterator[bytes]]:
        """What replaces the part."""
        return {} if self.edited is None else {_STYLES: iter((self.edited,))}


@dataclass(slots=True)
class _Section:
    """A list in styles.xml: where its start tag and its children begin, where it ends, its prefix."""

    start: int = -1
    children: list[int] = field(default_factory=list)
    end: int = -1
    prefix: str = ""


def _read_styles(archive: Archive) -> _Styles:
    """Append two backgrounds and, for each, a copy of every cell format."""
    if not archive.has(_STYLES):
        return _Styles()
    raw = b"".join(archive.inflate(_STYLES, held=True))
    fills, formats = _sections(archive)
    count = len(formats.children)
    if min(fills.end, formats.end) < 0 or not count or count * 3 > _MOST_STYLES:
        return _Styles()
    bounds = pairwise((*formats.children, formats.end))
    copied = [raw[first:last] for first, last in bounds]
    new_formats = b"".join(_filled(xf, len(fills.children) + colour) for colour in Colour for xf in copied)
    new_fills = "".join(_fill(fills.prefix, rgb) for rgb in _RGB.values()).encode()
    insertions = ((fills, new_fills, 2), (formats, new_formats, 2 * count))
    for section, text, more in sorted(insertions, key=lambda insertion: -insertion[0].start):
        head = raw[section.start : section.children[0] if section.children else section.end]
        total = _attribute("count", len(section.children) + more)
        counted = _COUNT.sub(total, head, count=1)
        body = raw[section.start + len(head) : section.end]
        raw = raw[: section.start] + counted + body + text + raw[section.end :]
    return _Styles(count, raw)


def _sections(archive: Archive) -> tuple[_Section, _Section]:
    found = {"fills": _Section(), "cellXfs": _Section()}
    inside: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        tag, offset = local(name), parser.CurrentByteIndex
        if inside and inside[-1] in found and tag in ("fill", "xf"):
            found[inside[-1]].children.append(offset)
        elif tag in found:
            found[tag].start, found[tag].prefix = offset, name.removesuffix(tag)
        inside.append(tag)

    def end(_: str) -> None:
        tag = inside.pop()
        if tag in found:
            found[tag].end = parser.CurrentByteIndex if found[tag].children else -1

    parser = new_parser(start=start, end=end)
    for _ in parse(archive, _STYLES, parser, held=True):
        pass
    return found["fills"], found["cellXfs"]


def _fill(prefix: str, rgb: str) -> str:
    p = prefix
    colours = f'<{p}fgColor rgb="{rgb}"/><{p}bgColor indexed="64"/>'
    return f'<{p}fill><{p}patternFill patternType="solid">{colours}</{p}patternFill></{p}fill>'


def _filled(xf: bytes, fill: int) -> bytes:
    """A cell format with another background."""
    tag, close, rest = xf.partition(b">")
    slash = b"/" if tag.endswith(b"/") else b""
    bare = _FILL.sub(b"", tag.removesuffix(b"/"))
    return bare.rstrip() + _attribute("fillId", fill) + _attribute("applyFill", 1) + slash + close + rest


def _attribute(name: str, value: int) -> bytes:
    return f' {name}="{value}"'.encode()


def _cells_of(raw: bytes) -> list[tuple[bytes, bytes, int]]:
    """The letters, the format and the beginning of every cell of a row, however it is written."""
    found: list[tuple[bytes, bytes, int]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "c":
            letters, style = attributes.get("r", "").rstrip("0123456789"), attributes.get("s", "")
            found.append((letters.encode(), style.encode() if style.isdecimal() else b"", parser.CurrentByteIndex))

    parser = new_parser(start=start)
    parser.Parse(raw, False)  # its end tag is not among it
    return found


class _SheetEditor:
    """Copies a sheet's XML and rewrites the rows that were judged, by their byte positions."""

    def __init__(
        self, header: Header, judged: Iterator[JudgedRow], status: int, remark: int, styles: _Styles, lang: Lang
    ) -> None:
        self._header, self._judged, self._lang, self._styles = header, judged, lang, styles
        self._status, self._remark = status, remark
        self._columns = {column.name: index for index, column in header.columns.items()}
        self._next = next(judged, None)
        self._parser = new_parser(start=self._start, end=self._end)
        self._raw = bytearray()
        self._offset = 0  # of the first byte in _raw
        self._out: list[bytes] = []
        self._row: int | None = None  # where the open row begins
        self._number = 0
        self._known: dict[bytes, int] = {}  # columns by their letters
        self._dimension: int | None = None
        self._prefix = ""

    def edited(self, archive: Archive) -> Iterator[bytes]:
        """The sheet's XML in pieces."""
        pieces = self._listening(archive.inflate(self._header.sheet.part))
        for _ in parse_pieces(pieces, self._parser, self._header.sheet.part):
            yield from self._take()
        self._flush(self._offset + len(self._raw))
        yield from self._take()
        if self._next is not None:
            raise ValueError(f"row {self._next.row_number} was judged but is not in the file")

    def _listening(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._raw += piece
            yield piece

    def _take(self) -> list[bytes]:
        """What is finished: all before the open row or the token being parsed."""
        safe = next((held for held in (self._row, self._dimension) if held is not None), self._parser.CurrentByteIndex)
        if self._row is not None and len(self._raw) > _LONGEST_ROW:
            raise FileSuspicious(reason=f"row {self._number} is too long")
        self._flush(safe)
        out, self._out = self._out, []
        return out

    def _flush(self, until: int) -> None:
        if until > self._offset:
            self._out.append(bytes(self._raw[: until - self._offset]))
            self._drop(until)

    def _drop(self, until: int) -> None:
        del self._raw[: until - self._offset]
        self._offset = until

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        here = self._parser.CurrentByteIndex
        tag = name if ":" not in name else local(name)
        if self._dimension is not None:
            self._widen(here)
        if tag == "row":
            self._number = row_number(attributes.get("r"), previous=self._number)
            self._row, self._prefix = here, name.removesuffix("row")
            self._parser.StartElementHandler = None  # of a row only its end is asked for: a sheet has millions of cells
        elif tag == "dimension":
            self._dimension = here

    def _end(self, name: str) -> None:
        if not name.endswith("row") or local(name) != "row":
            return
        self._parser.StartElementHandler = self._start
        start, self._row = self._row, None
        if start is not None and (edits := self._edits()):
            self._flush(start)
            end = self._parser.CurrentByteIndex
            self._out.append(self._rewritten(end, edits))
            self._drop(end)

    def _cells(self, raw: bytes) -> list[tuple[int, int, int]]:
        """Of each cell of a row its column, its format and where it begins."""
        found = [(match[1], match[2], match.start()) for match in _USUAL_CELL.finditer(raw)]
        if self._prefix or b"<!" in raw or len(found) != raw.count(b"<c"):
            found = _cells_of(raw)
        cells: list[tuple[int, int, int]] = []
        for letters, style, start in found:
            column = self._known.get(letters)
            if column is None:
                column = column_of(letters.decode(), previous=cells[-1][0] if cells else -1)
                if letters:
                    self._known[letters] = column
            cells.append((column, int(style or 0), start))
        return cells

    def _widen(self, here: int) -> None:
        """Let the sheet's stated extent hold the new columns: some programs read no further."""
        start, self._dimension = self._dimension or here, None
        self._flush(start)
        last = column_letters(max(self._status, self._remark)).encode()

        def wider(match: re.Match[bytes]) -> bytes:
            stated = match[2] or b"A"
            right = stated if column_index(stated.decode()) >= column_index(last.decode()) else last
            return match[1] + b":" + right + (match[3] or b"1")

        self._out.append(_REFERENCE.sub(wider, bytes(self._raw[: here - start]), count=1))
        self._drop(here)

    def _edits(self) -> dict[int, "str | Colour | None"]:
        """Column -> a text to write there, a background to give, or None to clear."""
        if self._number == self._header.row_number:
            return {self._status: STATUS, self._remark: REMARK}
        if self._next is None or self._next.row_number != self._number:
            return {}
        row, self._next = self._next, next(self._judged, None)
        edits: dict[int, str | Colour | None] = {}
        for problems, colour in ((row.warnings, Colour.DOUBTED), (row.problems, Colour.REFUSED)):
            edits |= {self._columns[p.column]: colour for p in problems if p.column in self._columns}
        return edits | {self._status: status_of(row, self._lang), self._remark: remark_of(row, self._lang) or None}

    def _rewritten(self, end: int, edits: dict[int, "str | Colour | None"]) -> bytes:
        """The open row up to its end tag, with the edits in column order."""
        raw = bytes(self._raw[: end - self._offset])
        cells = self._cells(raw)
        copied = cells[0][2] if cells else len(raw)
        pieces = [_SPANS.sub(b"", raw[:copied], count=1)]
        waiting = sorted(edits)
        for index, (column, style, start) in enumerate(cells):
            if not waiting:
                break
            if waiting[0] > column:
                continue
            pieces.append(raw[copied:start])
            copied = start
            while waiting and waiting[0] < column:
                pieces.append(self._written(waiting[0], edits[waiting.pop(0)]))
            if waiting and waiting[0] == column:
                edit = edits[waiting.pop(0)]
                copied = cells[index + 1][2] if index + 1 < len(cells) else len(raw)
                cell = raw[start:copied]
                pieces.append(
                    self._restyled(cell, style, edit) if isinstance(edit, Colour) else self._written(column, edit)
                )
        pieces.append(raw[copied:])
        pieces += [self._written(column, edits[column]) for column in waiting]
        return b"".join(pieces)

    def _restyled(self, cell: bytes, style: int, colour: Colour) -> bytes:
        tag, close, rest = cell.partition(b">")
        slash = b"/" if tag.endswith(b"/") else b""
        bare = _STYLE.sub(b"", tag.removesuffix(b"/"), count=1).rstrip()
        return bare + _attribute("s", self._styles.coloured(style, colour)) + slash + close + rest

    def _written(self, column: int, edit: "str | Colour | None") -> bytes:
        """A cell of ours: a text, or an empty coloured cell where something is missing."""
        p, place = self._prefix, f"{column_letters(column)}{self._number}"
        if isinstance(edit, Colour):
            return f'<{p}c r="{place}" s="{self._styles.coloured(0, edit)}"/>'.encode()
        if edit is None:
            return b""
        text = escape(_NOT_XML.sub("", edit))
        style = self._styles.coloured(0, _LOOKS[edit]) if edit in _LOOKS else 0
        inner = f'<{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is>'
        return f'<{p}c r="{place}" s="{style}" t="inlineStr">{inner}</{p}c>'.encode()
