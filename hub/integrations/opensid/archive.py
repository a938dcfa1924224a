"""The zip around a workbook: what is refused before anything is parsed, and how its parts are read.

A village's file is a stranger's file. Sizes are checked twice, as the archive declares them and as they inflate;
no document type is accepted in any XML part, so there are no entities to expand or fetch; nothing is ever written
to disk. Memory stays constant: parts are inflated and parsed in pieces.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from hub.integrations.opensid.errors import (
    FileDamaged,
    FileEncrypted,
    FileSuspicious,
    FileTooLarge,
    NotASpreadsheet,
    OldExcelFormat,
)

_MEGABYTE = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG = 0x1
_CHUNK = 64 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, OSError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is still believable."""

    file_bytes: int = 50 * _MEGABYTE
    part_bytes: int = 400 * _MEGABYTE  # 40,000 full rows take about 80 MB of XML
    held_bytes: int = 128 * _MEGABYTE  # a part that is kept in memory: texts, styles
    entries: int = 2_000
    ratio: int = 300  # deflate reaches 1,032; a sheet of equal rows about 100
    ratio_from: int = 8 * _MEGABYTE  # a small part may be as repetitive as it likes
    rows: int = 200_000


DEFAULT_LIMITS = Limits()


class Archive:
    """An opened, guarded zip."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        """Open and check; a FileRefused names what is wrong. Close after use."""
        _check_file(path, limits)
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as broken:
            raise FileDamaged(part=".zip") from broken
        try:
            self._check_entries()
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    @property
    def entries(self) -> list[zipfile.ZipInfo]:
        """The entries in file order."""
        return self._zip.infolist()

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._zip.NameToInfo

    def inflate(self, part: str, *, held: bool = False) -> Iterator[bytes]:
        """A part in pieces, stopped where it inflates beyond the limits. `held`: the caller keeps it in memory."""
        info = self._zip.NameToInfo.get(part)
        if info is None:
            raise FileDamaged(part=part)
        limit = self.limits.held_bytes if held else self.limits.part_bytes
        inflated = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    inflated += len(chunk)
                    if inflated > limit or self._too_dense(info.compress_size, inflated):
                        raise FileSuspicious(reason=f"{part} inflates beyond the limit")
                    yield chunk
        except (*_BROKEN, RuntimeError) as broken:
            raise FileDamaged(part=part) from broken

    def _check_entries(self) -> None:
        infos = self._zip.infolist()
        names = {info.filename for info in infos}
        if len(infos) > self.limits.entries or len(names) != len(infos):
            raise FileSuspicious(reason="too many or repeated entries")
        if any(info.flag_bits & _ENCRYPTED_FLAG for info in infos):
            raise FileEncrypted
        if "xl/workbook.bin" in names:
            raise OldExcelFormat(format=".xlsb")
        if "[Content_Types].xml" not in names:
            raise OldExcelFormat(format=".ods") if "mimetype" in names else NotASpreadsheet
        for info in infos:
            if info.file_size > self.limits.part_bytes or self._too_dense(info.compress_size, info.file_size):
                raise FileSuspicious(reason=f"{info.filename} would inflate to {info.file_size // _MEGABYTE} MB")
        if sum(info.file_size for info in infos) > 2 * self.limits.part_bytes:
            raise FileSuspicious(reason="its parts would inflate beyond the limit")

    def _too_dense(self, packed: int, inflated: int) -> bool:
        return inflated > self.limits.ratio_from and inflated > self.limits.ratio * max(packed, 1)


def parse(archive: Archive, part: str, parser: expat.XMLParserType, *, held: bool = False) -> Iterator[None]:
    """Feed a part to a parser, piece by piece; between two pieces the caller takes what was found."""
    return parse_pieces(archive.inflate(part, held=held), parser, part)


def parse_pieces(pieces: Iterator[bytes], parser: expat.XMLParserType, part: str) -> Iterator[None]:
    """The same for pieces that the caller listens to."""
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as broken:
        raise FileDamaged(part=part) from broken
    yield


def new_parser(
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """An expat parser that reads UTF-8 only and refuses every document type."""
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> NoReturn:
    raise FileSuspicious(reason="it declares a document type (DOCTYPE)")


def _check_file(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise FileTooLarge(limit=limits.file_bytes // _MEGABYTE)
    with path.open("rb") as file:
        head = file.read(len(_OLE))
        if head == _OLE:
            raise FileEncrypted if _ENCRYPTED_PACKAGE in file.read() else OldExcelFormat(format=".xls")
    if not head.startswith(b"PK"):
        raise NotASpreadsheet
