"""Names of files."""

import pytest

from hub.domains.files import naming
from hub.domains.files.errors import FileNameMissing
from hub.domains.files.model import FileKind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("KK Siti.pdf", "KK Siti.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\camat\\Surat.docx", "Surat.docx"),
        ("\u202efdp.exe", "fdp.exe"),
        ("a\x00b\nc.txt", "ab c.txt"),
        (' "x" <y>?.pdf ', "x y.pdf"),
        (".htaccess", "htaccess"),
        ("e\u0301.png", "é.png"),
        ("a" * 200 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_a_name_is_one_readable_line_without_a_path(given: str, kept: str) -> None:
    assert naming.cleaned(given) == kept


@pytest.mark.parametrize("given", ["", "  ", "/", "..", "\u200b", "a/"])
def test_nothing_is_no_name(given: str) -> None:
    with pytest.raises(FileNameMissing):
        naming.cleaned(given)


@pytest.mark.parametrize(
    ("name", "kind", "suited"),
    [
        ("foto.JPEG", FileKind.JPEG, "foto.JPEG"),
        ("undangan.exe", FileKind.PDF, "undangan.exe.pdf"),
        ("tanpa akhiran", FileKind.CSV, "tanpa akhiran.csv"),
        ("a" * 150, FileKind.XLSX, "a" * 145 + ".xlsx"),
    ],
)
def test_a_name_ends_in_what_the_content_is(name: str, kind: FileKind, suited: str) -> None:
    assert naming.suited(name, kind) == suited
