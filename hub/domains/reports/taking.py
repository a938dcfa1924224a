"""A report as the file that is handed out: its kinds, its name, and the digests that travel with it."""

import base64
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.domains.reports import writing
from hub.domains.reports.assembling import Report
from hub.domains.reports.model import ReportForm

Write = Callable[[Report, str], bytes]
POINTS = 50
"""What a file costs its reader."""


def _xlsx(report: Report, lang: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hub-report-") as folder:
        path = Path(folder) / "report.xlsx"
        writing.to_xlsx(report, lang, path)
        return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Suffix:
    """A kind of file, by how its name ends."""

    form: ReportForm
    media: str
    write: Write


_TEXT = "text/csv; charset=utf-8"
SUFFIXES: Mapping[str, Suffix] = {
    "csv": Suffix(ReportForm.CSV, _TEXT, writing.to_csv),
    "excel.csv": Suffix(ReportForm.CSV_EXCEL, _TEXT, writing.to_excel_csv),
    "xlsx": Suffix(ReportForm.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "json": Suffix(ReportForm.JSON, "application/json", writing.to_json),
}


def file_name(report: Report, suffix: str) -> str:
    """A name that sorts and says which revision it is."""
    return f"{report.number.replace('/', '_')}_r{report.revision}.{suffix.rpartition('.')[2]}"


def digests(report: Report, body: bytes) -> dict[str, str]:
    """The digest of RFC 9530 is that of the file; `hub-report-digest` that of the figures, the same in every form."""
    whole = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {
        "repr-digest": f"sha-256=:{whole}:",
        "hub-report-number": report.number,
        "hub-report-revision": str(report.revision),
        "hub-report-digest": writing.digest(report),
        "hub-report-issue": report.issue,
    }
