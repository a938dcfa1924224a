"""Write docs/id/kode-kesalahan.md from the refusals in the code: `python -m tools.error_page`."""

import importlib
import pkgutil
from pathlib import Path

import hub
from hub.graph.mutations import all_refusals
from hub.kernel.errors import HubError, one_line
from hub.kernel.texts import PLACEHOLDER, say

PAGE = Path(__file__).parent.parent / "docs" / "id" / "kode-kesalahan.md"
HEAD = """# Kode kesalahan

<!-- Dibuat oleh `python -m tools.error_page`; jangan disunting dengan tangan. -->

Setiap penolakan memiliki kode yang tidak pernah berubah. Cocokkan kodenya di program Anda, bukan kalimatnya: kalimat
dapat diperbaiki dan mengikuti bahasa pembaca (`Accept-Language: en` untuk bahasa Inggris).

Bentuknya di `errors` sebuah jawaban:

```json
{
  "message": "Kode wilayah ditulis dengan titik, dari dua angka untuk provinsi sampai empat bagian untuk desa.",
  "extensions": {
    "code": "REGION_CODE_INVALID",
    "hint": "Kirim kode seperti 63.01.01 (kecamatan) atau 63.01.01.2004 (desa).",
    "requestId": "01a1ff85ea07772a92dd266cd73b8105",
    "inputPath": ["code"]
  },
  "locations": [{"line": 1, "column": 7}]
}
```

Penolakan sebuah mutasi ada di `userErrors { code message hint path }` pada jawabannya, dengan kode yang sama, dan
tidak mengubah apa pun. Sebut `requestId` saat melapor kepada pengelola hub. Nilai yang Anda kirim lewat GraphQL tidak
pernah diulang dalam pesan.

Kolom HTTP berlaku bila permintaan ditolak sebelum dijalankan. Kesalahan pada satu isian datang bersama data lainnya
dengan status 200; begitu pula penolakan kueri bila klien hanya menerima `application/json`.

"""
SECTIONS = (
    ("Permintaan dan data", "Yang dapat diterima sebuah aplikasi lewat GraphQL.", ("graph", "domains", "schema")),
    ("Masuk dan hak", "Kunci, token, penugasan.", ("tenants",)),
    (
        "Umum",
        "Dasar dari semua kode lain, dan yang datang dari penyimpanan dan jurnal.",
        ("kernel", "jobs", "journal", "store"),
    ),
    ("Berkas dan sistem lain", "Berkas OpenSID, alamat di luar hub.", ("integrations",)),
    ("Pintu masuk", "HTTP, halaman, dan baris perintah.", ("entrypoints", "pages", "demo", "wiring", "settings")),
)


def every_refusal() -> list[type[HubError]]:
    """Every class of refusal in the code base, by code."""
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        importlib.import_module(module.name)
    return [each for each in all_refusals() if each.__module__.startswith("hub.")]


def page() -> str:
    """The whole page."""
    found = every_refusal()
    placed = {floor for _, _, floors in SECTIONS for floor in floors}
    if strangers := sorted({_floor(each) for each in found} - placed):
        raise ValueError(strangers)
    return HEAD + "\n".join(_section(title, about, floors, found) for title, about, floors in SECTIONS)


def _section(title: str, about: str, floors: tuple[str, ...], found: list[type[HubError]]) -> str:
    rows = [_row(each) for each in found if _floor(each) in floors]
    head = f"## {title}\n\n{about}\n\n| kode | arti | apa yang dilakukan | HTTP |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def _row(refusal: type[HubError]) -> str:
    cells = (f"`{refusal.code}`", _told(refusal.__doc__ or ""), _told(refusal.hint), str(refusal.status))
    return f"| {' | '.join(cells)} |"


def _told(text: str) -> str:
    """The Indonesian text with its placeholders as dots, safe inside a table."""
    return PLACEHOLDER.sub("…", say(one_line(text), "id")).replace("|", "\\|")


def _floor(refusal: type[HubError]) -> str:
    return refusal.__module__.split(".")[1]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
