"""What OpenSID is told, in the shapes it shows: a wrong one leaves a blank box, a dead page or a false "sent".

OpenSID's screens differ by what was sent, so each kind has its manner of being refused. The texts are Indonesian: they
are read by a village's operator, in a page that takes them for HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from html import escape
from types import MappingProxyType
from typing import Any

from hub.domains.imports.model import SyncState
from hub.domains.imports.syncing import Outcome
from hub.integrations.opensid.report import Report
from hub.kernel.errors import HubError
from hub.kernel.texts import advice, sentence

SUCCESS, WARNING, DANGER = "success", "warning", "danger"
OK, BAD_REQUEST, UNAUTHENTICATED, UNPROCESSABLE = 200, 400, 401, 422
NOT_TAKEN = "Jenis data ini belum diterima oleh server kecamatan. Data tidak disimpan."
KEY_UNKNOWN = "Token tidak dikenal. Minta token baru ke kecamatan."
NOTHING_CAME = "Berkas penduduk tidak sampai utuh ke server kecamatan. Tidak ada yang disimpan; kirim ulang."
UNDER_WAY = "Berkas penduduk sudah diterima dan sedang diproses. Hasilnya dapat ditanyakan ke kecamatan."
FAILED = "Server kecamatan mengalami gangguan saat memproses berkas penduduk. Kirim ulang nanti."
IDENTIFIED = "Identitas desa sudah disimpan. Peta wilayah belum diterima oleh server kecamatan."
RECEIVED = "Berkas penduduk sudah diterima."
LINES = 5  # refused rows that are told

Body = dict[str, Any] | str


class Manner(Enum):
    """How a kind of sending is refused so that OpenSID shows it, and never notes it as sent."""

    BOX = "a red box with the text"
    STAMP = "any status but 422 is noted as sent"
    TALK = "a bar with the text"
    LETTER = "the body is shown as it is"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: status and JSON body."""

    status: int
    body: Body


# What is not taken, by method and path; the first three of `EMPTY` would stop a page of OpenSID if they refused.
UNSUPPORTED: Mapping[tuple[str, str], Manner] = MappingProxyType(
    {
        ("POST", "program-bantuan"): Manner.BOX,
        ("POST", "program-bantuan/peserta"): Manner.BOX,
        ("POST", "pembangunan"): Manner.BOX,
        ("POST", "pembangunan/dokumentasi"): Manner.BOX,
        ("POST", "laporan-apbdes"): Manner.STAMP,
        ("POST", "laporan-penduduk"): Manner.STAMP,
        ("POST", "pesan"): Manner.TALK,
        ("POST", "surat/kirim"): Manner.LETTER,
        ("GET", "surat/download"): Manner.LETTER,
    }
)
EMPTY: Mapping[tuple[str, str], Body] = MappingProxyType(
    {
        ("POST", "pesan/getpesan"): {"status": True, "data": []},
        ("GET", "pesan/detail"): {"status": True, "data": {}},
        ("GET", "surat"): {"success": True, "message": "Daftar Surat", "data": []},
        ("GET", "test"): "Welcome to api route",
        ("POST", "penduduk/test"): {"status": SUCCESS, "message": "Penduduk API route is working"},
    }
)


def refused(manner: Manner, text: str) -> Said:
    """A refusal in the kind's own manner."""
    match manner:
        case Manner.BOX:
            return Said(OK, {"status": DANGER, "message": text})
        case Manner.STAMP:
            return Said(UNPROCESSABLE, {"status": DANGER, "message": text, "errors": {}})
        case Manner.TALK:
            return Said(OK, {"status": False, "message": text})
        case Manner.LETTER:
            return Said(BAD_REQUEST, text)


def no_key(manner: Manner | None) -> Said:
    """Whoever shows no good key. Reports would be noted as sent by OpenSID for anything but 422."""
    status = UNPROCESSABLE if manner is Manner.STAMP else UNAUTHENTICATED
    return Said(status, {"status": DANGER, "message": KEY_UNKNOWN, "errors": {}})


def said_of(refusal: HubError) -> str:
    """A refusal as one text for the village."""
    return escape(f"{sentence(refusal, 'id')} {advice(refusal, 'id')}")


def outcome_of(report: Report, nameless: int) -> Outcome:
    """What became of a file that was judged."""
    refusals = {each.row: each for each in reversed(report.refusals)}
    refused_rows, waiting, applied = len(refusals) + nameless, report.waiting.total(), report.applied.total()
    rows = report.rows + nameless
    if report.unchanged and not refused_rows:
        parts = [f"Tidak ada perubahan: semua {rows} warga sudah sama dengan data kecamatan."]
    else:
        parts = [f"{rows} warga diterima: {applied} disimpan, {waiting} menunggu persetujuan kecamatan,"]
        parts.append(f"{refused_rows} ditolak.")
    for number in sorted(refusals)[:LINES]:
        each = refusals[number]
        parts.append(f"Baris {number}, {each.column}: {each.reason()}. {each.remedy()}.")
    if nameless:
        parts.append(f"{nameless} baris tanpa kode desa atau id dilewati.")
    state = SyncState.WAITING if waiting else SyncState.DONE
    return Outcome(state, escape(" ".join(parts)), None, rows, applied, waiting, refused_rows)


def refusal_of(refusal: HubError) -> Outcome:
    """What became of a file that was refused as a whole."""
    return Outcome(SyncState.REFUSED, said_of(refusal), refusal.code)


def told(found: Mapping[str, Any] | None, removals: int) -> Said:
    """The answer to the second call of a population sending: what became of the file of the first."""
    if found is None:
        return Said(OK, {"status": DANGER, "message": NOTHING_CAME})
    state = SyncState[found["state"]]
    if state is SyncState.RUNNING:
        return Said(OK, {"status": SUCCESS, "message": UNDER_WAY})
    text = found["message"] or RECEIVED
    if state in (SyncState.REFUSED, SyncState.FAILED):
        return Said(OK, {"status": DANGER, "message": text})
    if removals:
        text += f" Daftar hapus berisi {removals} warga sudah dicatat; "
        text += "penghapusan hanya berlaku setelah disetujui kecamatan."
    return Said(OK, {"status": WARNING if found["refused"] else SUCCESS, "message": text})
