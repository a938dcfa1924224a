"""A village's ZIP to a workbook that the importer takes: one entry read, columns renamed, forms of OpenSID undone.

A stranger's file: nothing of it is named on disk by its own names, photos are not read at all, and the workbook in it
passes the importer's own guards. Columns of specific personal data are left out here already.
"""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import IO

from xlsxwriter import Workbook as Written

from hub.domains.imports.known import SENSITIVE
from hub.integrations.opendk.errors import ColumnsMissing, OtherVillage, WorkbookMissing, ZipNeeded, ZipSuspicious
from hub.integrations.opensid.archive import DEFAULT_LIMITS
from hub.integrations.opensid.cells import clean
from hub.integrations.opensid.columns import BY_FIELD, DATA_SHEET
from hub.integrations.opensid.errors import FileDamaged, FileTooLarge
from hub.integrations.opensid.workbook import Broken, CellValue, Row, Sheet, Workbook, open_workbook
from hub.kernel.region_code import RegionCode

MEGABYTE = 1024 * 1024
ENTRIES = 50_000  # photos, one per person
DIRECTORY_BYTES = 8 * MEGABYTE  # what zipfile reads into memory before anybody can count
_END, _END_BYTES, _COMMENT = b"PK\x05\x06", 22, 65_535
_CHUNK = 64 * 1024
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, OSError)

# The name that OpenSID sends -> the name in the importer's template.
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "alamat": "alamat",
        "dusun": "dusun",
        "rw": "rw",
        "rt": "rt",
        "nama": "nama",
        "nomor_kk": "no_kk",
        "nomor_nik": "nik",
        "jenis_kelamin": "sex",
        "tempat_lahir": "tempatlahir",
        "tanggal_lahir": "tanggallahir",
        "agama": "agama_id",
        "pendidikan_dlm_kk": "pendidikan_kk_id",
        "pendidikan_sdg_ditempuh": "pendidikan_sedang_id",
        "pekerjaan": "pekerjaan_id",
        "kawin": "status_kawin",
        "hubungan_keluarga": "kk_level",
        "kewarganegaraan": "warganegara_id",
        "nama_ayah": "nama_ayah",
        "nama_ibu": "nama_ibu",
        "gol_darah": "golongan_darah_id",
        "akta_lahir": "akta_lahir",
        "nomor_dokumen_pasport": "dokumen_pasport",
        "tanggal_akhir_pasport": "tanggal_akhir_paspor",
        "nomor_dokumen_kitas": "dokumen_kitas",
        "nik_ayah": "ayah_nik",
        "nik_ibu": "ibu_nik",
        "nomor_akta_perkawinan": "akta_perkawinan",
        "tanggal_perkawinan": "tanggalperkawinan",
        "nomor_akta_perceraian": "akta_perceraian",
        "tanggal_perceraian": "tanggalperceraian",
        "cacat": "cacat_id",
        "cara_kb": "cara_kb_id",
        "hamil": "hamil",
        "ktp_el": "ktp_el",
        "status_rekam": "status_rekam",
        "alamat_sekarang": "alamat_sekarang",
        "status_dasar": "status_dasar",
    }
)
_KEYS = ("desa_id", "id")
_NEEDED = frozenset((*_KEYS, "nama", "nomor_nik", "nomor_kk", "dusun", "rw", "rt"))
_LEFT_OUT = frozenset(BY_FIELD[name].name for name in SENSITIVE)
_CODED = frozenset(
    BY_FIELD[name].name
    for name in (
        "sex",
        "education",
        "schooling",
        "occupation",
        "marital_status",
        "family_relation",
        "citizenship",
        "ektp_status",
        "ktp_recording_status",
        "base_status",
    )
)
_PLACES = frozenset(("dusun", "rw", "rt"))  # newer OpenSIDs leave them empty where older ones write "-"
_CHILD_CARD = "3"  # in `ktp_el`: a child's card, which is no electronic identity card


@dataclass(frozen=True, slots=True)
class Package:
    """What was found: rows of people, and rows that name no village or no person of it, which are passed over."""

    rows: int
    nameless: int


def unpack(zipped: IO[bytes], target: Path) -> None:
    """Write the one workbook of a ZIP to `target`; a FileRefused names what is wrong with it."""
    _check_end(zipped)
    try:
        with zipfile.ZipFile(zipped) as opened:
            entries = opened.infolist()
            if len(entries) > ENTRIES:
                raise ZipSuspicious(reason="too many entries")
            books = [each for each in entries if each.filename.casefold().endswith(".xlsx") and not each.is_dir()]
            if len(books) != 1:
                raise WorkbookMissing
            if books[0].flag_bits & _ENCRYPTED:
                raise ZipSuspicious(reason="it is protected with a password")
            _inflate(opened, books[0], target)
    except _BROKEN as broken:
        raise FileDamaged(part=".zip") from broken


def translate(source: Path, target: Path, *, village: RegionCode) -> Package:
    """Write the pushed workbook as the importer's; row numbers stay. OtherVillage refuses the whole."""
    rows = nameless = 0
    with open_workbook(source) as book, Written(str(target), _OPTIONS) as written:
        sheet, header_row, header = _header(book)
        page = written.add_worksheet(DATA_SHEET)
        kept = [name for name in COLUMNS if name in header.values() and COLUMNS[name] not in _LEFT_OUT]
        page.write_row(0, 0, ["id", *(COLUMNS[name] for name in kept)])
        places = {name: index for index, name in reversed(header.items())}
        for row in book.rows(sheet):
            if row.number <= header_row or not any(clean(value) for value in row.cells.values()):
                continue
            keys = [_text(row.cells.get(places[name])) for name in _KEYS]
            if not all(keys):
                nameless += 1
                continue
            if RegionCode.parse(keys[0]) != village:
                raise OtherVillage(row=row.number)
            values = [keys[1], *(_cell(row, places[name], COLUMNS[name]) for name in kept)]
            for column, value in enumerate(values):
                if value:
                    page.write_string(row.number - header_row, column, value)
            rows += 1
    return Package(rows, nameless)


_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def _check_end(zipped: IO[bytes]) -> None:
    """Look at the end of the ZIP before anything reads its directory whole."""
    zipped.seek(0)
    if zipped.read(2) != b"PK":
        raise ZipNeeded
    size = zipped.seek(0, 2)
    zipped.seek(max(0, size - _END_BYTES - _COMMENT))
    tail = zipped.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise FileDamaged(part=".zip")
    directory = struct.unpack("<I", tail[place + 12 : place + 16])[0]
    if directory > DIRECTORY_BYTES:
        raise ZipSuspicious(reason="too many entries")
    zipped.seek(0)


def _inflate(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    inflated, limit = 0, DEFAULT_LIMITS.file_bytes
    with opened.open(entry) as stream, target.open("wb") as file:
        while piece := stream.read(_CHUNK):
            inflated += len(piece)
            if inflated > limit:
                raise FileTooLarge(limit=limit // MEGABYTE)
            file.write(piece)


def _header(book: Workbook) -> tuple[Sheet, int, dict[int, str]]:
    """The sheet with the people, its header's row, and column index -> name."""
    missing: set[str] = set(_NEEDED)
    for sheet in book.sheets:
        row = next((row for row in book.rows(sheet) if any(clean(value) for value in row.cells.values())), None)
        names = {index: clean(value).casefold() for index, value in sorted(row.cells.items())} if row else {}
        missing = set(_NEEDED) - set(names.values())
        if row is not None and not missing:
            return sheet, row.number, names
    raise ColumnsMissing(columns=", ".join(sorted(missing)))


def _cell(row: Row, index: int, column: str) -> str:
    """A cell as the importer reads it: what OpenSID's exports write for "nothing" is nothing."""
    text = _text(row.cells.get(index))
    if column in _PLACES:
        return text.strip() or "-"
    if column in _CODED and (text == "0" or (column == "ktp_el" and text == _CHILD_CARD)):
        return ""
    return text


def _text(value: CellValue) -> str:
    """Text as it was meant: older exports put CSV's quotes around a text with quotes, inside the cell."""
    if value is None or isinstance(value, Broken):
        return ""
    if isinstance(value, str):
        inner = value[1:-1].replace('""', "")
        quoted = len(value) > 1 and value[0] == value[-1] == '"' and '"' not in inner
        return value[1:-1].replace('""', '"') if quoted else value
    return value.isoformat() if isinstance(value, date) else clean(value)
