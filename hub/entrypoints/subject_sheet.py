"""What `hub subject export` found, as a sheet in Bahasa Indonesia that the person can read."""

from collections.abc import Iterator, Mapping
from typing import Any

TITLES = {
    "citizen": "Data kependudukan",
    "household": "Keluarga",
    "citizen_sensitive": "Data pribadi spesifik",
    "citizen_name_token": "Kata-kata nama untuk pencarian",
    "vital_event": "Peristiwa kependudukan",
    "vital_event_subject": "Peran dalam peristiwa",
    "vital_event_effect": "Perubahan karena peristiwa",
    "journal_entry": "Jejak pemrosesan (siapa berbuat apa, kapan, untuk apa)",
    "subject_key": "Kunci data pribadi",
    "import_row": "Baris berkas impor yang belum diterapkan",
    "commitment_party": "Pihak dalam komitmen",
    "plan_item_stakeholder": "Peran dalam rencana aksi",
    "partner_member": "Keanggotaan organisasi mitra",
    "village_official": "Jabatan di desa",
    "partner_organization": "Narahubung organisasi mitra",
    "principal": "Akun",
    "access_grant": "Hak akses",
    "api_key": "Kunci API",
    "identity": "Identitas masuk",
    "idempotency": "Permintaan yang diingat sementara",
    "stored_file": "Berkas yang diunggah",
    "upload": "Unggahan yang belum selesai",
    "file_link": "Tautan berkas",
}
_LEGEND = (
    "Ditampilkan seluruh data yang disimpan hub tentang Anda di kecamatan ini. Data orang lain tidak ditampilkan: "
    "pengenal mereka diganti dengan (orang lain), NIK ayah dan ibu hanya empat angka pertamanya, dan catatan peristiwa "
    "yang pokoknya orang lain tidak dikutip. Nilai lama yang sudah dihapus ditulis (telah dihapus)."
)


def text(told: Mapping[str, Any]) -> str:
    """The sheet."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    tenant = told["tenant"]
    yield f"DATA PRIBADI YANG DISIMPAN - {tenant['name']} ({tenant['code']})"
    yield f"Dibuat: {told['madeAt']}"
    yield f"Keperluan: {told['purpose']}"
    yield ""
    yield _LEGEND
    for name, rows in told["tables"].items():
        yield from _section(TITLES.get(name, name), rows)
    if told["waitingFiles"]:
        yield from _section("Berkas desa yang menunggu persetujuan", told["waitingFiles"])
    yield ""
    yield f"Tabel yang diperiksa: {', '.join(told['searched'])}."


def _section(title: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield f"== {title} ({len(rows)}) =="
    for number, row in enumerate(rows, start=1):
        yield f"-- {number}"
        yield from (f"   {name}: {_said(value)}" for name, value in row.items() if value not in (None, "", [], {}))


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return " -> ".join("-" if each is None else _said(each) for each in value)
    return " ".join(str(value).split())
