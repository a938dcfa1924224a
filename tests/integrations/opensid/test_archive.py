"""What is no honest workbook is refused by name, before it is parsed."""

import zipfile
from pathlib import Path

import pytest

from hub.integrations.opensid.archive import Archive, Limits
from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.errors import (
    FileDamaged,
    FileEncrypted,
    FileRefused,
    FileSuspicious,
    FileTooLarge,
    NotASpreadsheet,
    OldExcelFormat,
)
from hub.integrations.opensid.workbook import open_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


def least_parts(sheet: bytes) -> dict[str, bytes]:
    target = f'<Relationship Id="a" Type="{RELATIONS}/worksheet" Target="sheet.xml"/>'
    return {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": f'<R><Relationship Type="{RELATIONS}/officeDocument" Target="book.xml"/></R>'.encode(),
        "book.xml": b'<workbook xmlns:r="r"><sheets><sheet name="Data Penduduk" r:id="a"/></sheets></workbook>',
        "_rels/book.xml.rels": f"<R>{target}</R>".encode(),
        "sheet.xml": sheet,
    }


def read_all(path: Path) -> None:
    with open_workbook(path) as book:
        list(book.rows(find_header(book).sheet))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotASpreadsheet),
        (b"nik,nama\n1,2\n", NotASpreadsheet),
        (OLE, OldExcelFormat),
        (OLE + "EncryptedPackage".encode("utf-16-le"), FileEncrypted),
        (b"PK\x03\x04 cut short", FileDamaged),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, content: bytes, refusal: type[FileRefused]) -> None:
    path = tmp_path / "desa.xlsx"
    path.write_bytes(content)

    with pytest.raises(refusal) as refused:
        Archive(path)

    assert refused.value.hint != FileRefused.hint


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"readme.txt": b"x"}, NotASpreadsheet),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, OldExcelFormat),
        ({"[Content_Types].xml": b"", "xl/workbook.bin": b""}, OldExcelFormat),
    ],
)
def test_other_zips_are_refused_by_name(tmp_path: Path, parts: dict[str, bytes], refusal: type[FileRefused]) -> None:
    with pytest.raises(refusal):
        Archive(packed(tmp_path / "desa.xlsx", parts))


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = packed(tmp_path / "desa.xlsx", least_parts(b"<worksheet/>"))

    with pytest.raises(FileTooLarge):
        Archive(path, Limits(file_bytes=100))


def test_a_bomb_is_refused_by_its_declared_size(tmp_path: Path) -> None:
    path = packed(tmp_path / "desa.xlsx", least_parts(b" " * 20_000_000))

    with pytest.raises(FileSuspicious):
        Archive(path)


def test_a_bomb_that_lies_about_its_size_is_stopped_while_inflating(tmp_path: Path) -> None:
    path = packed(tmp_path / "desa.xlsx", least_parts(b"<worksheet>" + b" " * 20_000_000 + b"</worksheet>"))
    raw = path.read_bytes()
    true_size = (20_000_000 + 23).to_bytes(4, "little")
    assert raw.count(true_size) == 2
    path.write_bytes(raw.replace(true_size, (1000).to_bytes(4, "little")))

    with pytest.raises(FileDamaged):
        read_all(path)


def test_a_password_on_an_entry_is_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "desa.xlsx", least_parts(b"<worksheet/>"))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    with pytest.raises(FileEncrypted):
        Archive(path)


def test_repeated_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "desa.xlsx"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("[Content_Types].xml", "")
        with pytest.warns(UserWarning, match="Duplicate"):
            out.writestr("[Content_Types].xml", "")

    with pytest.raises(FileSuspicious):
        Archive(path)


@pytest.mark.parametrize(
    "doctype",
    [b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', b'<!DOCTYPE x [<!ENTITY e "ha">]>', b"<!DOCTYPE x>"],
)
def test_document_types_and_with_them_entities_are_refused(tmp_path: Path, doctype: bytes) -> None:
    cell = b'<c r="A1" t="str"><v>nik</v></c>'
    path = packed(
        tmp_path / "desa.xlsx", least_parts(doctype + b'<worksheet><row r="1">' + cell + b"</row></worksheet>")
    )

    with pytest.raises(FileSuspicious):
        read_all(path)


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet><row",
        b'<worksheet><row r="1"><c r="A1" t="s"><v>7</v></c></row></worksheet>',
        b'<worksheet><row r="1"><c r="A1"><v>seven</v></c></row></worksheet>',
        b'<worksheet><row r="3"/><row r="2"/></worksheet>',
        b'<worksheet><row r="99999999"/></worksheet>',
        b'<worksheet><row r="' + b"1" * 5000 + b'"/></worksheet>',
        b'<worksheet><row r="1"><c r="a1"><v>1</v></c></row></worksheet>',
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path: Path, sheet: bytes) -> None:
    with pytest.raises(FileDamaged):
        read_all(packed(tmp_path / "desa.xlsx", least_parts(sheet)))


def test_a_part_that_the_workbook_needs_may_not_be_missing(tmp_path: Path) -> None:
    parts = least_parts(b"<worksheet/>")
    del parts["_rels/book.xml.rels"]

    with pytest.raises(FileDamaged):
        read_all(packed(tmp_path / "desa.xlsx", parts))
