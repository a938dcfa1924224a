"""What can be wrong with a row, as sentences that say what to do.

The Indonesian texts stand here and not in the catalogue: they are written into the village's own workbook. A Problem
never carries a whole NIK or KK number, and of names and addresses only the beginning: problems are stored and logged.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from hub.kernel.nik import digits_of, mask

Lang = Literal["id", "en"]
_MANY_DIGITS = 9  # fewer do not single out a person
_SHOWN_TEXT = 24


class ProblemCode(StrEnum):
    """Stable codes: those above the line reject the row, those below only warn."""

    NIK_EMPTY = "NIK_EMPTY"
    NIK_LENGTH = "NIK_LENGTH"
    NIK_ROUNDED = "NIK_ROUNDED"
    NIK_DUPLICATE = "NIK_DUPLICATE"
    PERSON_DUPLICATE = "PERSON_DUPLICATE"
    KK_LENGTH = "KK_LENGTH"
    KK_ROUNDED = "KK_ROUNDED"
    REQUIRED_FOR_NEW = "REQUIRED_FOR_NEW"
    NAME_CHARACTERS = "NAME_CHARACTERS"
    DATE_FORM = "DATE_FORM"
    DATE_IMPOSSIBLE = "DATE_IMPOSSIBLE"
    DATE_FUTURE = "DATE_FUTURE"
    CODE_UNKNOWN = "CODE_UNKNOWN"
    TEXT_LENGTH = "TEXT_LENGTH"
    COORDINATE = "COORDINATE"
    FORMULA_WITHOUT_RESULT = "FORMULA_WITHOUT_RESULT"
    CELL_ERROR = "CELL_ERROR"
    CELL_MERGED = "CELL_MERGED"
    BIRTH_DATE_TOO_OLD = "BIRTH_DATE_TOO_OLD"
    SECOND_HEAD = "SECOND_HEAD"
    HEAD_REGISTERED = "HEAD_REGISTERED"
    # ---
    NIK_UNKNOWN = "NIK_UNKNOWN"
    NIK_TEMPORARY = "NIK_TEMPORARY"
    NIK_MALFORMED = "NIK_MALFORMED"
    NIK_BIRTH_DATE = "NIK_BIRTH_DATE"
    NIK_SEX = "NIK_SEX"
    NIK_REGION = "NIK_REGION"
    BIRTH_DATE_IMPLAUSIBLE = "BIRTH_DATE_IMPLAUSIBLE"
    PARENT_NAME_CHARACTERS = "PARENT_NAME_CHARACTERS"
    COORDINATE_OUTSIDE = "COORDINATE_OUTSIDE"


# code -> (reason, remedy) in Indonesian, then in English
_TEXTS: dict[ProblemCode, dict[Lang, tuple[str, str]]] = {
    ProblemCode.NIK_EMPTY: {
        "id": ("NIK kosong", "Isi NIK 16 digit, atau 0 bila belum diketahui"),
        "en": ("The NIK is empty", "Enter the 16 digits, or 0 if it is not known yet"),
    },
    ProblemCode.NIK_LENGTH: {
        "id": ("NIK berisi {digits} digit, seharusnya 16", "Cocokkan dengan KTP atau KK"),
        "en": ("The NIK has {digits} digits instead of 16", "Compare it with the identity or family card"),
    },
    ProblemCode.NIK_ROUNDED: {
        "id": (
            "NIK tersimpan sebagai angka sehingga Excel mengganti digit terakhir dengan 0",
            "Ubah format kolom menjadi Teks, lalu ketik ulang NIK dari KTP atau KK",
        ),
        "en": (
            "The NIK is stored as a number, so Excel has replaced its last digit by 0",
            "Format the column as text and type the NIK again from the card",
        ),
    },
    ProblemCode.NIK_DUPLICATE: {
        "id": ("NIK sama dengan baris {row}", "Hapus salah satu baris atau perbaiki NIK yang keliru"),
        "en": ("The NIK is the same as in row {row}", "Delete one of the rows or correct the wrong NIK"),
    },
    ProblemCode.PERSON_DUPLICATE: {
        "id": (
            "Nama, tempat, dan tanggal lahir sama dengan baris {row}, keduanya tanpa NIK",
            "Hapus salah satu baris atau isi NIK-nya",
        ),
        "en": (
            "Name, birth place and birth date are the same as in row {row}, both without NIK",
            "Delete one of the rows or enter the NIK",
        ),
    },
    ProblemCode.KK_LENGTH: {
        "id": ("Nomor KK berisi {digits} digit, seharusnya 16", "Cocokkan dengan kartu keluarga"),
        "en": ("The KK number has {digits} digits instead of 16", "Compare it with the family card"),
    },
    ProblemCode.KK_ROUNDED: {
        "id": (
            "Nomor KK tersimpan sebagai angka sehingga Excel mengganti digit terakhir dengan 0",
            "Ubah format kolom menjadi Teks, lalu ketik ulang nomor KK dari kartu keluarga",
        ),
        "en": (
            "The KK number is stored as a number, so Excel has replaced its last digit by 0",
            "Format the column as text and type the number again from the family card",
        ),
    },
    ProblemCode.REQUIRED_FOR_NEW: {
        "id": ("Penduduk ini belum terdaftar dan kolom ini kosong", "Isi kolom ini untuk penduduk baru"),
        "en": ("This person is new and this column is empty", "Fill it in; a new person needs it"),
    },
    ProblemCode.NAME_CHARACTERS: {
        "id": (
            "Nama memuat karakter {characters}",
            "Pakai hanya huruf, spasi, titik, koma, petik ('), dan tanda hubung",
        ),
        "en": ("The name contains {characters}", "Use only letters, blanks, dots, commas, quotes (') and hyphens"),
    },
    ProblemCode.DATE_FORM: {
        "id": ("Tanggal tidak terbaca", "Tulis sebagai hari-bulan-tahun, misalnya 31-12-1990"),
        "en": ("The date cannot be read", "Write day-month-year, for example 31-12-1990"),
    },
    ProblemCode.DATE_IMPOSSIBLE: {
        "id": ("Tanggal ini tidak ada di kalender", "Perbaiki tanggal; urutannya hari-bulan-tahun"),
        "en": ("There is no such date in the calendar", "Correct the date; the order is day-month-year"),
    },
    ProblemCode.DATE_FUTURE: {
        "id": ("Tanggal ini belum terjadi", "Perbaiki tahun, bulan, atau hari"),
        "en": ("The date lies in the future", "Correct the year, month or day"),
    },
    ProblemCode.CODE_UNKNOWN: {
        "id": ("Kode atau sebutan tidak dikenal", "Pilih salah satu: {allowed}"),
        "en": ("The code or label is not known", "Choose one of: {allowed}"),
    },
    ProblemCode.TEXT_LENGTH: {
        "id": ("Isi terdiri dari {length} karakter", "Harus {least} sampai {most} karakter"),
        "en": ("The text has {length} characters", "It must have {least} to {most} characters"),
    },
    ProblemCode.COORDINATE: {
        "id": ("Koordinat bukan angka yang mungkin", "Tulis derajat desimal, misalnya -3.8421 atau 114.7312"),
        "en": ("The coordinate is not a possible number", "Write decimal degrees, for example -3.8421 or 114.7312"),
    },
    ProblemCode.FORMULA_WITHOUT_RESULT: {
        "id": ("Sel berisi rumus tanpa hasil", "Ganti rumus dengan nilainya (Salin, Tempel Khusus, Nilai)"),
        "en": ("The cell holds a formula without a result", "Replace it by its value (Copy, Paste Special, Values)"),
    },
    ProblemCode.CELL_ERROR: {
        "id": ("Sel menampilkan galat Excel (misalnya #N/A)", "Ganti dengan nilai yang benar atau kosongkan"),
        "en": ("The cell shows an Excel error such as #N/A", "Enter the right value or clear the cell"),
    },
    ProblemCode.CELL_MERGED: {
        "id": ("Baris ini memuat sel gabungan", "Pisahkan sel (Unmerge Cells) dan isi setiap sel"),
        "en": ("The row contains merged cells", "Unmerge them and fill every cell"),
    },
    ProblemCode.NIK_UNKNOWN: {
        "id": ("NIK belum diketahui", "Lengkapi setelah warga merekam KTP atau menunjukkan KK"),
        "en": ("The NIK is not known yet", "Complete it when the citizen shows a card"),
    },
    ProblemCode.NIK_TEMPORARY: {
        "id": ("NIK sementara dari OpenSID", "Ganti dengan NIK asli bila sudah ada"),
        "en": ("A temporary NIK made by OpenSID", "Replace it by the real one when there is one"),
    },
    ProblemCode.NIK_MALFORMED: {
        "id": ("NIK tidak tersusun seperti lazimnya", "Cocokkan dengan KTP atau KK; bila sama, biarkan"),
        "en": ("The NIK is not built as usual", "Compare it with the card; if it is the same, leave it"),
    },
    ProblemCode.NIK_BIRTH_DATE: {
        "id": ("Tanggal lahir di NIK berbeda dari kolom tanggallahir", "Cocokkan keduanya dengan KTP atau akta lahir"),
        "en": ("The NIK tells another birth date than tanggallahir", "Compare both with the card or birth certificate"),
    },
    ProblemCode.NIK_SEX: {
        "id": ("Jenis kelamin di NIK berbeda dari kolom sex", "Cocokkan keduanya dengan KTP atau KK"),
        "en": ("The NIK tells another sex than the column sex", "Compare both with the card"),
    },
    ProblemCode.NIK_REGION: {
        "id": ("NIK diterbitkan di kecamatan lain", "Tidak perlu diubah bila warga memang pindahan"),
        "en": ("The NIK was issued in another kecamatan", "Nothing to do if the citizen moved here"),
    },
    ProblemCode.BIRTH_DATE_IMPLAUSIBLE: {
        "id": ("Menurut tanggal lahir, umurnya lebih dari {years} tahun", "Periksa tahun lahir dan status dasar"),
        "en": ("By the birth date the person is over {years} years old", "Check the birth year and the base status"),
    },
    ProblemCode.PARENT_NAME_CHARACTERS: {
        "id": ("Nama orang tua memuat karakter {characters}", "Periksa penulisan namanya"),
        "en": ("The parent's name contains {characters}", "Check how it is written"),
    },
    ProblemCode.COORDINATE_OUTSIDE: {
        "id": ("Koordinat berada di luar Indonesia", "Periksa tanda minus dan apakah lat dan lng tertukar"),
        "en": ("The coordinate lies outside Indonesia", "Check the minus sign, and whether lat and lng are swapped"),
    },
    ProblemCode.SECOND_HEAD: {
        "id": ("KK ini sudah memiliki kepala keluarga di baris {row}", "Periksa hubungan dalam keluarga kedua baris"),
        "en": ("This family already has a head in row {row}", "Check the family relation in both rows"),
    },
    ProblemCode.HEAD_REGISTERED: {
        "id": (
            "KK ini masih memiliki kepala keluarga lain di data kecamatan",
            "Setujui lebih dulu perubahan kepala keluarga yang lama, atau periksa kolom kk_level",
        ),
        "en": (
            "This family still has another head in the register",
            "Confirm the change of the former head first, or check the column kk_level",
        ),
    },
    ProblemCode.BIRTH_DATE_TOO_OLD: {
        "id": ("Tahun lahir sebelum {year}", "Perbaiki tahun lahir menurut akta atau KK"),
        "en": ("The birth year lies before {year}", "Correct it by the birth certificate or the family card"),
    },
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or doubt: where, what was written (masked), and the figures of its sentence."""

    code: ProblemCode
    column: str
    shown: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def reason(self, lang: Lang = "id") -> str:
        """What is wrong."""
        return _TEXTS[self.code][lang][0].format(**dict(self.params))

    def remedy(self, lang: Lang = "id") -> str:
        """What to do."""
        return _TEXTS[self.code][lang][1].format(**dict(self.params))

    def sentence(self, lang: Lang = "id") -> str:
        """Column, masked value, reason and remedy in one line."""
        shown = f' "{self.shown}"' if self.shown else ""
        return f"{self.column}{shown}: {self.reason(lang)}. {self.remedy(lang)}."


def masked(text: str, *, keep: int = _SHOWN_TEXT) -> str:
    """As much of a cell as may be stored: numbers as a NIK is masked, long texts cut."""
    digits = digits_of(text)
    if len(digits) >= _MANY_DIGITS:
        return mask(digits)
    return text if len(text) <= keep else f"{text[:keep]}…"
