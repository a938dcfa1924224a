"""What a content is, by its bytes, and what is refused."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image

from hub.domains.files.errors import (
    ArchiveSuspicious,
    ContentDamaged,
    ContentRefused,
    HasMacros,
    KindUnknown,
    NotAWorkbook,
    NotForFeedback,
    PictureTooLarge,
)
from hub.domains.files.judging import judge, kind_of
from hub.domains.files.model import FileKind, FileState


def archive(*names: str, body: bytes = b"<x/>") -> bytes:
    """A zip with these members, well packed."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, body)
    return raw.getvalue()


def picture(kind: str, size: tuple[int, int] = (30, 20), mode: str = "RGB", **more: Any) -> bytes:
    """A picture."""
    raw = io.BytesIO()
    Image.new(mode, size).save(raw, kind, **more)
    return raw.getvalue()


def flagged(raw: bytes) -> bytes:
    """A zip whose members say that they are encrypted."""
    at = raw.index(b"PK\x01\x02") + 8
    return raw[:at] + bytes([raw[at] | 1]) + raw[at + 1 :]


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n...\n%%EOF", FileKind.PDF),
        (picture("JPEG"), FileKind.JPEG),
        (picture("PNG"), FileKind.PNG),
        (picture("WEBP"), FileKind.WEBP),
        (XLSX, FileKind.XLSX),
        (archive("[Content_Types].xml", "word/document.xml"), FileKind.DOCX),
        ("nama;desa\nSiti;Takisung\n".encode("utf-8-sig"), FileKind.CSV),
        (b'a,b\n"x, y",2\n', FileKind.CSV),
        ("Rapat é\r\n\tpukul 9, lalu pulang".encode(), FileKind.TEXT),
        (b"satu baris, dua bagian", FileKind.TEXT),
    ],
)
def test_the_kind_is_what_the_bytes_say(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"MZ\x90\x00", KindUnknown),
        (b"\x7fELF", KindUnknown),
        (picture("GIF"), KindUnknown),
        (b"\xff\xfea\x00", KindUnknown),
        (b"teks\x00nol", KindUnknown),
        (b"  <svg onload=alert(1)>", KindUnknown),
        (b"<html>", KindUnknown),
        (archive("a.txt"), KindUnknown),
        (archive("xl/workbook.xml"), KindUnknown),
        (b"%PDF-1.4\n...", ContentDamaged),
        (b"PK\x03\x04 bukan zip", ContentDamaged),
        (XLSX[:-30], ContentDamaged),
        (picture("JPEG")[:200], ContentDamaged),
        (picture("PNG")[:50], ContentDamaged),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ContentDamaged),
        (flagged(XLSX), HasMacros),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), HasMacros),
        (archive("[Content_Types].xml", "xl/workbook.xml", body=bytes(20_000_000)), ArchiveSuspicious),
        (archive("[Content_Types].xml", "xl/workbook.xml", *map(str, range(2_000))), ArchiveSuspicious),
        (picture("PNG", (8_001, 5_000), "1"), PictureTooLarge),
        (picture("PNG", (20_000, 20_000), "1"), PictureTooLarge),
    ],
)
def test_what_is_not_ours_or_not_whole_is_refused(content: bytes, refusal: type[ContentRefused]) -> None:
    with pytest.raises(refusal):
        judge(content, workbook=False)


def test_a_damaged_part_of_a_document_is_found() -> None:
    raw = bytearray(archive("[Content_Types].xml", "xl/workbook.xml", body=bytes(range(256)) * 40))
    raw[len(raw) // 3] ^= 0xFF
    with pytest.raises(ContentDamaged):
        kind_of(bytes(raw))


def test_a_document_is_kept_as_it_came_and_says_that_nobody_scanned_it() -> None:
    judged = judge(XLSX, workbook=True)
    assert (judged.kind, judged.state, judged.content) == (FileKind.XLSX, FileState.UNSCANNED, XLSX)


def test_only_a_workbook_may_be_large() -> None:
    with pytest.raises(NotAWorkbook):
        judge(picture("PNG"), workbook=True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_without_what_hung_on_it(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Rumah"
    given = picture(kind, exif=exif) + b"<script>di belakang</script>"
    judged = judge(given, workbook=False)
    assert judged.state is FileState.SCANNED_CLEAN
    assert b"Rumah" in given
    assert b"Rumah" not in judged.content
    assert b"script" not in judged.content
    with Image.open(io.BytesIO(judged.content)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == (kind, (30, 20), {})


def test_a_photo_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(judge(picture("JPEG", exif=exif), workbook=False).content)) as opened:
        assert opened.size == (20, 30)


@pytest.mark.parametrize(("mode", "kept"), [("RGBA", "RGBA"), ("LA", "RGBA"), ("P", "RGB"), ("1", "L"), ("I;16", "L")])
def test_colours_and_transparency_stay(mode: str, kept: str) -> None:
    with Image.open(io.BytesIO(judge(picture("PNG", mode=mode), workbook=False).content)) as opened:
        assert opened.mode == kept


def test_feedback_takes_pictures_and_pdf_and_nothing_else() -> None:
    for content in (picture("JPEG"), picture("PNG"), picture("WEBP"), b"%PDF-1.7\n%%EOF\n"):
        assert judge(content, workbook=False, for_feedback=True).kind is kind_of(content)
    for content in (b"a,b\n1,2\n", archive("[Content_Types].xml", "word/document.xml")):
        with pytest.raises(NotForFeedback):
            judge(content, workbook=False, for_feedback=True)
