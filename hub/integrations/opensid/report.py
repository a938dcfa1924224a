"""What an import tells of itself: figures, refused rows with their remedies, and what waits for a person's word.

The Indonesian texts stand here, as those of problems do: they are read beside the village's workbook. Nothing in a
report shows a whole NIK, KK number, name or address.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from hub.domains.imports.model import RowAction
from hub.integrations.opensid.problems import Lang, Problem

CONFIRMABLE = tuple(action for action in RowAction if action not in (RowAction.SAME, RowAction.REJECTED))
CONFIRM_WORDS = {action.value.lower(): action for action in CONFIRMABLE}
SAMPLES = 20  # of each action that waits

_MESSAGES: dict[str, dict[Lang, str]] = {
    "resumed": {
        "id": "Impor sebelumnya yang terputus telah diselesaikan: {count} baris.",
        "en": "An interrupted import was completed first: {count} rows.",
    },
    "strict": {
        "id": "Berkas ditolak seluruhnya karena mode ketat: {rejected} baris ditolak, {warned} baris diragukan. "
        "Tidak ada yang disimpan.",
        "en": "The whole file was refused because of strict mode: {rejected} rows refused, {warned} doubtful. "
        "Nothing was stored.",
    },
    "dry_run": {
        "id": "Uji coba: tidak ada yang disimpan.",
        "en": "Dry run: nothing was stored.",
    },
    "unchanged": {
        "id": "Tidak ada perubahan: semua {same} baris sudah sama dengan data kecamatan.",
        "en": "No changes: all {same} rows equal the register.",
    },
    "unchanged_but": {
        "id": "Tidak ada perubahan pada data kecamatan.",
        "en": "Nothing changed in the register.",
    },
    "applied": {
        "id": "Disimpan: {figures}.",
        "en": "Stored: {figures}.",
    },
    "would": {
        "id": "Akan disimpan: {figures}.",
        "en": "Would be stored: {figures}.",
    },
    "waiting": {
        "id": "Menunggu persetujuan: {figures}. Periksa daftarnya, lalu jalankan lagi dengan --confirm {words}.",
        "en": "Waiting for confirmation: {figures}. Look at the list, then run again with --confirm {words}.",
    },
    "rejected": {
        "id": "{rejected} baris ditolak. Perbaiki sel berwarna di {file}, simpan, lalu impor berkas itu.",
        "en": "{rejected} rows were refused. Correct the coloured cells in {file}, save it and import that file.",
    },
    "doubted": {
        "id": "{warned} baris diragukan; keterangannya ada di {file}.",
        "en": "{warned} rows are doubtful; {file} says why.",
    },
    "skipped": {
        "id": "{count} baris dilewati karena datanya berubah selama impor; impor lagi untuk memeriksanya.",
        "en": "{count} rows were passed over because the register changed meanwhile; import again to check them.",
    },
    "not_imported": {
        "id": "Kolom data pribadi spesifik yang tidak diimpor: {columns}.",
        "en": "Columns of specific personal data that were not imported: {columns}.",
    },
}


class Step(StrEnum):
    """What an import or an export is busy with."""

    RESUMING = "RESUMING"
    READING = "READING"
    APPLYING = "APPLYING"
    HANDING_BACK = "HANDING_BACK"
    EXPORTING = "EXPORTING"


@dataclass(frozen=True, slots=True)
class Progress:
    """For a progress bar; `total` is None where it is not known yet."""

    step: Step
    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One faulty cell of a refused row, masked, with what to do."""

    sheet: str
    row: int
    problem: Problem

    @property
    def column(self) -> str:
        """The machine name of the column."""
        return self.problem.column

    @property
    def value(self) -> str:
        """What stands there, masked."""
        return self.problem.shown

    def reason(self, lang: Lang = "id") -> str:
        """What is wrong."""
        return self.problem.reason(lang)

    def remedy(self, lang: Lang = "id") -> str:
        """What to do."""
        return self.problem.remedy(lang)

    def sentence(self, lang: Lang = "id") -> str:
        """Where, what is wrong, what to do: `Data Penduduk 6, nik: NIK kosong. Isi NIK 16 digit.`"""
        return f"{self.sheet} {self.row}, {self.column}: {self.reason(lang)}. {self.remedy(lang)}."


@dataclass(frozen=True, slots=True)
class Listed:
    """A person whose change waits; `row` is None for one whom the file does not name."""

    action: RowAction
    row: int | None
    shown: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """The outcome. `counts` has every action and `WARNED`; `applied` and `waiting` split those that write."""

    village: str
    dry_run: bool = False
    batch: UUID | None = None
    refused: bool = False
    resumed: int = 0
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    not_imported: tuple[str, ...] = ()
    handed_back: Path | None = None

    @property
    def unchanged(self) -> bool:
        """Whether the register is as it was, and nothing waits."""
        return not (self.resumed or self.applied.total() or self.waiting.total())

    def messages(self, lang: Lang = "id") -> list[str]:
        """The outcome in sentences, the most important first."""
        return [_MESSAGES[key][lang].format(**given) for key, given in self._said(lang)]

    def _said(self, lang: Lang) -> list[tuple[str, dict[str, object]]]:
        rejected, warned = self.counts[RowAction.REJECTED.value], self.counts["WARNED"]
        said: list[tuple[str, dict[str, object]]] = []
        if self.resumed:
            said.append(("resumed", {"count": self.resumed}))
        if self.refused:
            said.append(("strict", {"rejected": rejected, "warned": warned}))
        elif self.unchanged:
            same: dict[str, object] = {"same": self.counts[RowAction.SAME.value]}
            said.append(("unchanged_but" if rejected else "unchanged", same))
        if self.applied.total() and not self.refused:
            said.append(("would" if self.dry_run else "applied", {"figures": figures(self.applied, lang)}))
        if self.dry_run:
            said.append(("dry_run", {}))
        if self.waiting.total() and not self.refused:
            words = ",".join(word for word, action in CONFIRM_WORDS.items() if self.waiting[action.value])
            said.append(("waiting", {"figures": figures(self.waiting, lang), "words": words}))
        if self.handed_back:
            noted: dict[str, object] = {"rejected": rejected, "warned": warned, "file": self.handed_back.absolute()}
            said.append(("rejected" if rejected else "doubted", noted))
        if skipped := self.counts["SKIPPED"]:
            said.append(("skipped", {"count": skipped}))
        if self.not_imported:
            said.append(("not_imported", {"columns": ", ".join(self.not_imported)}))
        return said


def figures(counts: Mapping[str, int], lang: Lang) -> str:
    """Counts in words: `3 baru, 1 meninggal`."""
    words = ((action.value, action.label_id if lang == "id" else action.label_en) for action in RowAction)
    return ", ".join(f"{count} {word.lower()}" for name, word in words if (count := counts.get(name)))
