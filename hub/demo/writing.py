"""How a village writes: the same fact as code or label, as date or text."""

# ruff: noqa: S311
# (not a secret: the draw must repeat)

import csv
from datetime import date
from functools import cache
from random import Random

from hub.demo.villages import DATA, VillagePlan

Cell = str | int | date | None

COLUMNS = (
    "alamat", "dusun", "rw", "rt", "nama", "no_kk", "nik", "sex", "tempatlahir", "tanggallahir",
    "agama_id", "pendidikan_kk_id", "pendidikan_sedang_id", "pekerjaan_id", "status_kawin",
    "kk_level", "warganegara_id", "ayah_nik", "nama_ayah", "ibu_nik", "nama_ibu",
    "golongan_darah_id", "akta_lahir", "dokumen_pasport", "tanggal_akhir_paspor", "dokumen_kitas",
    "akta_perkawinan", "tanggalperkawinan", "akta_perceraian", "tanggalperceraian", "cacat_id",
    "cara_kb_id", "hamil", "ktp_el", "status_rekam", "alamat_sekarang", "status_dasar", "suku",
    "tag_id_card", "id_asuransi", "no_asuransi", "lat", "lng",
)  # fmt: skip
_SYNONYMS = {("sex", 1): "L", ("sex", 2): "P", ("status_kawin", 1): "BK", ("status_kawin", 2): "K"}
_DATE_FORMS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
_CODED = (
    "sex", "agama_id", "pendidikan_kk_id", "pendidikan_sedang_id", "pekerjaan_id", "status_kawin",
    "kk_level", "warganegara_id", "golongan_darah_id", "cacat_id", "cara_kb_id", "hamil", "ktp_el",
    "status_rekam", "status_dasar", "id_asuransi",
)  # fmt: skip
_DATED = ("tanggallahir", "tanggalperkawinan", "tanggalperceraian")


@cache
def labels() -> dict[tuple[str, int], str]:
    """OpenSID's label of every (field, code)."""
    with (DATA / "opensid_codes.csv").open(encoding="utf-8") as file:
        return {(row["field"], int(row["code"])): row["label"] for row in csv.DictReader(file)}


class Hand:
    """One village's habits; every fifth village or so mixes them."""

    def __init__(self, plan: VillagePlan, seed: str) -> None:
        self._rng = Random(f"{seed}:{plan.code}:hand")
        self._label_share = (0.0, 0.0, 1.0, 0.35, 0.0)[plan.number % 5]
        self._short = plan.number % 7 == 3  # noqa: PLR2004
        self._text_dates = (0.0, 1.0, 0.15)[plan.number % 3]
        self._date_form = _DATE_FORMS[plan.number % len(_DATE_FORMS)]
        self._capitals = plan.number % 2 == 0
        self._apostrophe = plan.number % 6 == 1
        self._dashes = plan.number % 4 == 2  # noqa: PLR2004

    def write(self, facts: dict[str, Cell]) -> dict[str, Cell]:
        """A row as this village types it; the facts themselves do not change."""
        rng = self._rng
        row = {column: facts.get(column) for column in COLUMNS}
        for column in _CODED:
            code = row.get(column)
            if isinstance(code, int):
                row[column] = self._code(column, code, as_label=rng.random() < self._label_share)
        for column in _DATED:
            day = row.get(column)
            if isinstance(day, date) and rng.random() < self._text_dates:
                row[column] = day.strftime(self._date_form)
        if self._capitals:
            row["nama"] = str(row["nama"]).upper()
        if self._apostrophe:
            row["rw"], row["rt"] = f"'{row['rw']}", f"'{row['rt']}"
        if self._dashes and row.get("akta_lahir") is None:
            row["akta_lahir"] = "-"
        return row

    def _code(self, column: str, code: int, *, as_label: bool) -> Cell:
        if self._short and (column, code) in _SYNONYMS:
            return _SYNONYMS[column, code]
        return labels()[column, code] if as_label else code
