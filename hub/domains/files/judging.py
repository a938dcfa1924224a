"""What a content is, by its bytes alone, and whether it is kept. Costs up to seconds: call it in a thread.

A stranger's file is opened here. Pictures are decoded within bounds and written anew, so that nothing of the sender's
bytes is left in them; documents are only measured, and kept as they came.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps

from hub.domains.files.errors import (
    ArchiveSuspicious,
    ContentDamaged,
    HasMacros,
    KindUnknown,
    NotAWorkbook,
    NotForFeedback,
    PictureTooLarge,
)
from hub.domains.files.model import FileKind, FileState

MOST_MEGAPIXELS = 40
MOST_PARTS = 2_000
MOST_UNPACKED = 400 * 1024 * 1024
MOST_RATIO = 300
_RATIO_FROM = 8 * 1024 * 1024  # a small part may be as repetitive as it likes
_MEGA = 1_000_000
_CHUNK = 1 << 16
_QUALITY = 88
_ENCRYPTED = 0x1
_SAMPLE_LINES = 5
_ZIP = b"PK\x03\x04"
_RIFF, _WEBP = b"RIFF", b"WEBP"
_PICTURES = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.WEBP: "WEBP"}
_FOR_FEEDBACK = frozenset({*_PICTURES, FileKind.PDF})
_DOCUMENTS = {"xl/workbook.xml": FileKind.XLSX, "word/document.xml": FileKind.DOCX}
_CONTENT_TYPES = "[Content_Types].xml"
_MACROS = "vbaproject.bin"
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PICTURE_FAULTS = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error, zlib.error)
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, OSError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Judged:
    """A content that is kept, as it is kept."""

    kind: FileKind
    state: FileState
    content: bytes


def judge(content: bytes, *, workbook: bool, for_feedback: bool = False) -> Judged:
    """What a content is and what of it is kept; a ContentRefused where nothing is.

    `workbook`: it is larger than anything but a workbook may be. `for_feedback`: only pictures and PDF are taken.
    """
    kind = kind_of(content)
    if for_feedback and kind not in _FOR_FEEDBACK:
        raise NotForFeedback
    if workbook and kind is not FileKind.XLSX:
        raise NotAWorkbook
    if kind in _PICTURES:
        return Judged(kind, FileState.SCANNED_CLEAN, made_anew(content, kind))
    return Judged(kind, FileState.UNSCANNED, content)


def kind_of(content: bytes) -> FileKind:
    """The kind; KindUnknown where it is none of ours."""
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(_RIFF) and content[8:12] == _WEBP:
        return FileKind.WEBP
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-1024:]:
            raise ContentDamaged
        return FileKind.PDF
    if content.startswith(_ZIP):
        return _document(content)
    return _text(content)


def made_anew(content: bytes, kind: FileKind) -> bytes:
    """A picture decoded and written again: upright, its first frame, without place, camera, comments or thumbnails."""
    name = _PICTURES[kind]
    try:
        with Image.open(io.BytesIO(content), formats=(name,)) as opened:
            if opened.width * opened.height > MOST_MEGAPIXELS * _MEGA:
                raise PictureTooLarge
            opened.load()
            upright = ImageOps.exif_transpose(opened)
        plain = upright.convert(_mode(upright, kind))
        plain.info = {}
        written = io.BytesIO()
        plain.save(written, name, **({} if kind is FileKind.PNG else {"quality": _QUALITY}))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureTooLarge from None
    except _PICTURE_FAULTS as fault:
        raise ContentDamaged from fault
    return written.getvalue()


def _mode(picture: Image.Image, kind: FileKind) -> str:
    """The colours of a picture as its kind holds them."""
    if kind is not FileKind.JPEG and picture.has_transparency_data:
        return "RGBA"
    return "L" if picture.mode in ("1", "L", "I;16") else "RGB"


def _document(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts, len(content))
            names = {part.filename for part in parts}
            kind = next((each for name, each in _DOCUMENTS.items() if name in names), None)
            if kind is None or _CONTENT_TYPES not in names:
                raise KindUnknown
            _read_through(archive, parts)
    except _ZIP_FAULTS as fault:
        raise ContentDamaged from fault
    return kind


def _check_parts(parts: list[zipfile.ZipInfo], size: int) -> None:
    """What an archive says of itself, before anything is unpacked."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ArchiveSuspicious
    if sum(part.compress_size for part in parts) > size:
        raise ArchiveSuspicious  # parts that overlap
    for part in parts:
        if part.flag_bits & _ENCRYPTED or part.filename.lower().endswith(_MACROS):
            raise HasMacros
        if part.file_size > _RATIO_FROM and part.file_size > MOST_RATIO * max(1, part.compress_size):
            raise ArchiveSuspicious


def _read_through(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack every part once, keeping nothing: its length and its check sum must be as it says."""
    for part in parts:
        with archive.open(part) as stream:
            while stream.read(_CHUNK):
                continue


def _text(content: bytes) -> FileKind:
    """Text in UTF-8 without control characters and not the beginning of a page or picture in markup."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KindUnknown from None
    if _CONTROL.search(text) or text.lstrip().startswith("<"):
        raise KindUnknown
    return FileKind.CSV if _is_table(text) else FileKind.TEXT


def _is_table(text: str) -> bool:
    """Whether the first lines have the same number of cells, more than one."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    if len(lines) < 2:  # noqa: PLR2004  # a head and a row
        return False
    for separator in ",;\t":
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=separator, strict=True)}
        except csv.Error:
            continue
        if len(widths) == 1 and widths.pop() > 1:
            return True
    return False
