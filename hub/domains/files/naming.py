"""Names of files as senders give them, and as the hub keeps them."""

import re
import unicodedata
from pathlib import PurePosixPath

from hub.domains.files.errors import FileNameMissing
from hub.domains.files.model import FileKind

MOST = 150
_SPACE = re.compile(r"\s+")
_UNWANTED = frozenset('<>:"|?*')
_SUFFIXES = {
    FileKind.PDF: (".pdf",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.PNG: (".png",),
    FileKind.WEBP: (".webp",),
    FileKind.XLSX: (".xlsx",),
    FileKind.DOCX: (".docx",),
    FileKind.CSV: (".csv",),
    FileKind.TEXT: (".txt",),
}


def cleaned(given: str) -> str:
    """The last part of a path as one readable line; FileNameMissing where nothing is left of it.

    Control characters and those that turn the direction of writing go: with them `fdp.exe` can look like `exe.pdf`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C" or each.isspace())
    name = _SPACE.sub(" ", "".join(each for each in kept if each not in _UNWANTED)).strip(" .")
    if not name:
        raise FileNameMissing
    suffix = PurePosixPath(name).suffix[:MOST]
    return name if len(name) <= MOST else name[: MOST - len(suffix)] + suffix


def suited(name: str, kind: FileKind) -> str:
    """The name with an ending that says what the content is."""
    suffixes = _SUFFIXES[kind]
    return name if name.lower().endswith(suffixes) else name[: MOST - len(suffixes[0])] + suffixes[0]


def says_workbook(name: str) -> bool:
    """Whether a name announces a workbook."""
    return name.lower().endswith(_SUFFIXES[FileKind.XLSX])
