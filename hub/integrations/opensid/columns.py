"""The 43 columns of the template, and the header row that says where they stand."""

import difflib
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType

from hub.integrations.opensid import cells
from hub.integrations.opensid.errors import NikColumnMissing, NoDataSheet, RepeatedColumns, UnknownColumns
from hub.integrations.opensid.workbook import Row, Sheet, Workbook

DATA_SHEET = "Data Penduduk"
CODE_SHEET = "Kode Data"
STATUS, REMARK = "STATUS", "KETERANGAN"
_LISTED = 10
_NAME_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the template: its name there, the register's field, how a cell is read, how much of it is shown."""

    name: str
    field: str
    read: cells.Reader
    shown: int = 24


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of one sheet stand.

    `renamed`: the sheet is not called `Data Penduduk` (OpenSID itself would import nothing from it, silently).
    `ignored`: columns that are known but not imported.
    """

    sheet: Sheet
    row_number: int
    columns: MappingProxyType[int, Column]
    ignored: tuple[str, ...]
    renamed: bool


def _coded(name: str, field: str) -> Column:
    return Column(name, field, cells.read_code(field))


COLUMNS = (
    Column("alamat", "address", cells.read_text, 6),
    Column("dusun", "hamlet", cells.read_hamlet),
    Column("rw", "rw", cells.read_rt_rw),
    Column("rt", "rt", cells.read_rt_rw),
    Column("nama", "full_name", cells.read_name, 3),
    Column("no_kk", "kk_number", cells.read_kk, 4),
    Column("nik", "nik", cells.read_nik, 4),
    _coded("sex", "sex"),
    Column("tempatlahir", "birth_place", cells.read_text),
    Column("tanggallahir", "birth_date", cells.read_date),
    _coded("agama_id", "religion"),
    _coded("pendidikan_kk_id", "education"),
    _coded("pendidikan_sedang_id", "schooling"),
    _coded("pekerjaan_id", "occupation"),
    _coded("status_kawin", "marital_status"),
    _coded("kk_level", "family_relation"),
    _coded("warganegara_id", "citizenship"),
    Column("ayah_nik", "father_nik", cells.read_nik, 4),
    Column("nama_ayah", "father_name", cells.read_text, 3),
    Column("ibu_nik", "mother_nik", cells.read_nik, 4),
    Column("nama_ibu", "mother_name", cells.read_text, 3),
    _coded("golongan_darah_id", "blood_type"),
    Column("akta_lahir", "birth_certificate", cells.read_text, 4),
    Column("dokumen_pasport", "passport_number", cells.read_text, 4),
    Column("tanggal_akhir_paspor", "passport_expires_on", cells.read_date),
    Column("dokumen_kitas", "kitas_number", cells.read_text, 4),
    Column("akta_perkawinan", "marriage_certificate", cells.read_text, 4),
    Column("tanggalperkawinan", "married_on", cells.read_date),
    Column("akta_perceraian", "divorce_certificate", cells.read_text, 4),
    Column("tanggalperceraian", "divorced_on", cells.read_date),
    _coded("cacat_id", "disability"),
    _coded("cara_kb_id", "contraception"),
    _coded("hamil", "pregnant"),
    _coded("ktp_el", "ektp_status"),
    _coded("status_rekam", "ktp_recording_status"),
    Column("alamat_sekarang", "current_address", cells.read_text, 6),
    _coded("status_dasar", "base_status"),
    Column("suku", "ethnicity", cells.read_text),
    Column("tag_id_card", "tag_id_card", cells.read_tag, 4),
    _coded("id_asuransi", "health_insurance"),
    Column("no_asuransi", "insurance_number", cells.read_text, 4),
    Column("lat", "latitude", cells.read_degrees(90)),
    Column("lng", "longitude", cells.read_degrees(180)),
)
# What only SIAK knows: how far the identity card has come, and its chip. A village has it from Dukcapil alone, so it is
# passed on by agreement alone; everything else of the form a village writes down itself.
SIAK = ("ektp_status", "ktp_recording_status", "tag_id_card")
BY_FIELD = MappingProxyType({column.field: column for column in COLUMNS})
_BY_NAME = MappingProxyType({column.name: column for column in COLUMNS})
# OpenSID's export writes `asuransi` where its import wants `id_asuransi`, and adds a row id and a photo's name.
_ALIASES = MappingProxyType({"asuransi": "id_asuransi"})
_NOT_IMPORTED = frozenset(("id", "foto", STATUS.casefold(), REMARK.casefold()))


def find_header(book: Workbook) -> Header:
    """The data sheet and its header; a FileRefused names what does not fit."""
    named = [sheet for sheet in book.sheets if _same(sheet.name, DATA_SHEET)]
    if named:
        return _header(named[0], _first_row(book, named[0]), renamed=False)
    others = [sheet for sheet in book.sheets if not _same(sheet.name, CODE_SHEET)]
    refusals: list[UnknownColumns | RepeatedColumns] = []
    for sheet in others:
        try:
            return _header(sheet, _first_row(book, sheet), renamed=True)
        except NikColumnMissing:
            continue
        except (UnknownColumns, RepeatedColumns) as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    raise NoDataSheet(sheets=", ".join(sheet.name[:_NAME_SHOWN] for sheet in book.sheets[:_LISTED]) or "-")


def header_names(row: Row) -> dict[int, str]:
    """Column index -> name as it is compared: trimmed, without case."""
    names = ((index, cells.clean(value).casefold()) for index, value in sorted(row.cells.items()))
    return {index: name for index, name in names if name}


def _first_row(book: Workbook, sheet: Sheet) -> Row | None:
    return next((row for row in book.rows(sheet) if header_names(row)), None)


def _header(sheet: Sheet, row: Row | None, *, renamed: bool) -> Header:
    names = {index: _ALIASES.get(name, name) for index, name in header_names(row).items()} if row else {}
    if row is None or "nik" not in names.values():
        raise NikColumnMissing(sheet=sheet.name[:_NAME_SHOWN])
    unknown = [name for name in names.values() if name not in _BY_NAME and name not in _NOT_IMPORTED]
    if unknown:
        raise UnknownColumns(sheet=sheet.name[:_NAME_SHOWN], columns=_listed(unknown), nearest=_nearest(unknown))
    repeated = [name for name, times in Counter(names.values()).items() if times > 1 and name in _BY_NAME]
    if repeated:
        raise RepeatedColumns(sheet=sheet.name[:_NAME_SHOWN], columns=_listed(repeated))
    columns = {index: _BY_NAME[name] for index, name in names.items() if name in _BY_NAME}
    ignored = tuple(name for name in names.values() if name in _NOT_IMPORTED)
    return Header(sheet, row.number, MappingProxyType(columns), ignored, renamed)


def _nearest(unknown: list[str]) -> str:
    found = (
        (name, difflib.get_close_matches(name.replace(" ", "").removesuffix("_id"), _BY_NAME, n=1, cutoff=0.5))
        for name in unknown[:_LISTED]
    )
    return _listed([f"{name[:_NAME_SHOWN]} -> {near[0]}" for name, near in found if near]) or "-"


def _listed(names: list[str]) -> str:
    more = f", +{len(names) - _LISTED}" if len(names) > _LISTED else ""
    return ", ".join(name[: 2 * _NAME_SHOWN] for name in names[:_LISTED]) + more


def _same(name: str, other: str) -> bool:
    return name.strip().casefold() == other.casefold()
