"""The four files of a report hold the same cells, and spreadsheets read them as they are meant."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from hub.domains.reports import assembling, writing
from hub.domains.reports.assembling import Given, Place, Report, Stand
from hub.domains.reports.catalogue import REPORTS
from hub.kernel.scope import TenantRef, Zone

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TAKISUNG = TenantRef(1, "63.01.01", Zone.WITA)
VILLAGE, OTHER = UUID(int=1), UUID(int=2)
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def report() -> Report:
    """R-07 of two villages, one of which has an awkward name and the other nothing to count."""
    stands = [
        Stand(figure, VILLAGE, (document, ""), (None, None), *parts, "REGISTER", date(2026, 11, 22))
        for document, figure, parts in (
            ("KTP_EL", "held", (1_234_567, 2_345_678)),
            ("KTP_EL", "unknown", (0, 2_345_678)),
            ("BIRTH_CERT", "held", (0, 0)),
            ("BIRTH_CERT", "unknown", (0, 0)),
        )
    ]
    given = Given(
        TAKISUNG,
        "Takisung",
        (
            Place(VILLAGE, "63.01.01.2004", '=HYPERLINK("x");"Taksiang", é'),
            Place(OTHER, "63.01.01.2001", "Benua Lawas"),
        ),
        tuple(stands),
        {VILLAGE: (True, datetime(2026, 10, 1, 18, 0, tzinfo=UTC)), OTHER: (False, None)},
        NOW,
        revision=3,
    )
    return assembling.assemble(REPORTS["R-07"], [given], NOW)


def expected(made: Report) -> list[list[Any]]:
    """The cells as the domain has them."""
    return [list(line) for line in writing.lines(made, "id")]


def shown(value: Any, *, decimal: str) -> str:
    """A cell in a text file."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, Decimal):
        return text.replace(".", decimal)
    return "'" + text if text.startswith("=") else text


def test_the_table_has_each_figure_with_its_parts_and_nothing_for_what_is_not_known() -> None:
    made = report()
    assert [each.key for each in writing.headings(made)] == [
        *("kind", "region_code", "region_name", "document_key", "document_name"),
        *("held_numerator", "held_denominator", "held_value"),
        *("unknown_numerator", "unknown_denominator", "unknown_value"),
        *("villages_reporting", "villages_total", "oldest_sync", "origin", "as_of"),
    ]
    name, sent = '=HYPERLINK("x");"Taksiang", é', "2026-10-01T18:00:00+00:00"
    ktp = [Decimal(1_234_567), Decimal(2_345_678), Decimal("52.63"), Decimal(0), Decimal(2_345_678), Decimal("0.00")]
    birth = [Decimal(0), Decimal(0), None, Decimal(0), Decimal(0), None]
    whole = ("Akta kelahiran, di bawah 18 tahun", "KTP-el")
    ends, total = [1, 1, sent, "REGISTER", "2026-11-22"], [1, 2, sent, None, None]
    assert expected(made) == [
        ["ROW", "63.01.01.2004", name, "BIRTH_CERT", whole[0], *birth, *ends],
        ["ROW", "63.01.01.2004", name, "KTP_EL", whole[1], *ktp, *ends],
        ["ROW", "63.01.01.2001", "Benua Lawas", None, None, *([None] * 6), 0, 1, None, None, None],
        ["TOTAL_WITH_PARTIAL", None, None, "BIRTH_CERT", whole[0], *birth, *total],
        ["TOTAL_WITH_PARTIAL", None, None, "KTP_EL", whole[1], *ktp, *total],
    ]


@pytest.mark.parametrize("code", REPORTS)
def test_no_two_columns_of_a_file_have_one_title(code: str) -> None:
    made = assembling.assemble(REPORTS[code], [Given(TAKISUNG, "Takisung")], NOW)
    for lang in ("id", "en"):
        titles = [each.title.of(lang) for each in writing.headings(made)]
        assert sorted(set(titles)) == sorted(titles)


def test_csv_json_and_xlsx_agree_cell_by_cell(tmp_path: Path) -> None:
    made = report()
    cells, titles = expected(made), [each.title.id for each in writing.headings(made)]

    plain = list(csv.reader(io.StringIO(writing.to_csv(made, "id").decode(), newline="")))
    assert plain == [titles, *([shown(value, decimal=".") for value in line] for line in cells)]

    raw = writing.to_excel_csv(made, "id")
    assert raw.startswith(b"\xef\xbb\xbf")
    excel = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert excel == [titles, *([shown(value, decimal=",") for value in line] for line in cells)]

    told = json.loads(writing.to_json(made, "id"))
    keys = [each.key for each in writing.headings(made)]
    assert [each["key"] for each in told["columns"]] == keys
    assert told["lines"] == [
        dict(zip(keys, (str(each) if isinstance(each, Decimal) else each for each in line), strict=True))
        for line in cells
    ]
    assert (told["number"], told["revision"], told["sha256"]) == (
        "R-07/63.01.01/2026-11-22",
        3,
        writing.digest(made),
    )

    path = tmp_path / "report.xlsx"
    writing.to_xlsx(made, "id", path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["R-07", "Metadata"]
    rows = [[cell.value for cell in row] for row in book["R-07"].iter_rows()]
    assert rows == [titles, *([float(each) if isinstance(each, Decimal) else each for each in line] for line in cells)]
    assert {cell.data_type for row in book["R-07"].iter_rows() for cell in row} <= {"s", "n"}  # no formula
    assert [row[0].value for row in book["Metadata"].iter_rows()][:4] == ["Nomor", "Judul", "Revisi", "SHA-256 angka"]


def test_every_line_of_a_csv_ends_with_cr_and_lf_and_quotes_are_doubled() -> None:
    text = writing.to_csv(report(), "en").decode()
    assert text.count("\r\n") == text.count("\n") == 6
    assert '"\'=HYPERLINK(""x"");""Taksiang"", é"' in text


def test_equal_figures_have_equal_digests_in_every_language_and_a_changed_one_has_another() -> None:
    one, same = report(), report()
    assert writing.digest(one) == writing.digest(same)
    changed = Given(
        TAKISUNG,
        "Takisung",
        (Place(VILLAGE, "63.01.01.2004", "Taksiang"),),
        (Stand("held", VILLAGE, ("KTP_EL", ""), (None, None), 1, 2, "REGISTER", date(2026, 11, 22)),),
        {VILLAGE: (True, None)},
        NOW,
    )
    assert writing.digest(assembling.assemble(REPORTS["R-07"], [changed], NOW)) != writing.digest(one)


def test_metadata_name_who_is_missing_and_never_call_a_register_figure_official() -> None:
    missing = assembling.assemble(REPORTS["R-07"], [Given(TAKISUNG, "Takisung")], NOW)
    told = dict(writing.about(missing, "en"))
    assert told["Kecamatan missing"] == "63.01.01 (NOT_COUNTED)"
    assert told["Kecamatan included"] == ""
    assert "Village register kept in the hub" in told["MS-Var Holders"]
    assert told["MS-Ind Held: measure"] == "Percentage"
    assert told["MS-Ind Held: open to the public"] == "no"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for LibreOffice, which makes itself at home once."""
    if OFFICE is None and os.environ.get("CI"):
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")
    if OFFICE is None:
        pytest.skip("LibreOffice is not installed")
    return tmp_path_factory.mktemp("office")


def converted(folder: Path, path: Path, *options: str) -> None:
    """What LibreOffice makes of a file."""
    home = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(OFFICE), home, "--headless", *options, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603  # our own file


@pytest.mark.slow
def test_libreoffice_shows_the_cells_of_the_workbook(office: Path) -> None:
    made, path = report(), office / "report.xlsx"
    writing.to_xlsx(made, "id", path)
    converted(office, path, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1")
    rows = list(csv.reader((office / "report.csv").read_text(encoding="utf-8").splitlines()))
    assert [[_read(each) for each in row] for row in rows[1:]] == _plain(made)


@pytest.mark.slow
def test_libreoffice_in_indonesian_reads_the_numbers_of_the_csv_for_excel(office: Path) -> None:
    made, path = report(), office / "excel.csv"
    path.write_bytes(writing.to_excel_csv(made, "id"))
    converted(office, path, "--infilter=CSV:59,34,76,1,,1057,false,true", "--convert-to", "xlsx")
    sheet = openpyxl.load_workbook(office / "excel.xlsx").worksheets[0]
    values = [row[:14] for row in sheet.iter_rows(min_row=2, values_only=True)]  # behind them a date, which it may read
    assert [["" if each is None else each for each in row] for row in values] == [
        [shown(each, decimal=",") if isinstance(each, str) else each for each in line[:14]] for line in _plain(made)
    ]


def _plain(made: Report) -> list[list[float | str]]:
    """The cells as a spreadsheet knows them: numbers and texts."""
    return [
        ["" if each is None else each if isinstance(each, str) else float(each) for each in line]
        for line in expected(made)
    ]


def _read(text: str) -> float | str:
    """A cell as shown, with commas between thousands."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


# Its own memory since it began; getrusage would count that of the process it was forked from.
BIG = """
import sys
from pathlib import Path
from hub.domains.reports import writing
table = (("ROW", "63.01.01.2004", f"Desa {n}", *range(n, n + 12)) for n in range(100_000))
writing.sheet(Path(sys.argv[1]), "R-07", [f"c{n}" for n in range(15)], table, [])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.slow
def test_a_workbook_of_a_hundred_thousand_rows_is_whole_and_takes_no_more_than_200_mb(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", BIG, str(tmp_path / "big.xlsx")], check=True, capture_output=True, text=True, timeout=300
    )
    assert int(done.stdout) < 200 * 1024
    book = openpyxl.load_workbook(tmp_path / "big.xlsx", read_only=True)
    rows = book["R-07"].iter_rows(values_only=True)
    assert next(rows) == tuple(f"c{n}" for n in range(15))
    number, last = 0, None
    for last in rows:  # noqa: B007  # the last one is looked at
        number += 1
    book.close()
    assert (number, last) == (100_000, ("ROW", "63.01.01.2004", "Desa 99999", *range(99_999, 100_011)))
