"""A whole kecamatan's register in one file: 40,000 rows of 43 columns, in bounded time and memory."""

import platform
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from hub.integrations.opensid.columns import COLUMNS

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="reads the peak memory from /proc")
ROWS = 40_000
MEASURED = """
import resource, sys
from datetime import date
from pathlib import Path
from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.handback import hand_back
from hub.integrations.opensid.rows import judge
from hub.integrations.opensid.workbook import open_workbook
from hub.kernel.region_code import RegionCode

def judged(path):
    with open_workbook(path) as book:
        header = find_header(book)
        rows = book.rows(header.sheet)
        yield from judge(rows, header, village=RegionCode("63.01.01.2009"), today=date(2026, 11, 21))

source, target = map(Path, sys.argv[1:])
if target.name == "-":
    print(sum(row.values is not None for row in judged(source)))
else:
    hand_back(source, target, judged(source))
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: it keeps the size of the process that started this one.
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(used.ru_utime + used.ru_stime, int(peak) // 1024)
"""


def full_row(number: int) -> dict[str, object]:
    codes = dict.fromkeys((column.name for column in COLUMNS if column.name.endswith("_id")), 1)
    day = datetime(1950 + number % 60, 1 + number % 12, 1 + number % 28)  # noqa: DTZ001  (a sheet's date)
    dates = dict.fromkeys(("tanggallahir", "tanggal_akhir_paspor", "tanggalperkawinan", "tanggalperceraian"), day)
    texts = ("akta_lahir", "dokumen_kitas", "akta_perkawinan", "akta_perceraian", "no_asuransi", "alamat_sekarang")
    return {
        **dict.fromkeys((column.name for column in COLUMNS), 1),
        **codes,
        **dates,
        **{name: f"{name} {number}" for name in texts},
        "alamat": f"Jl. Contoh No. {number}",
        "nama": "Contoh Warga",
        "nama_ayah": "Contoh Bapak",
        "nama_ibu": "Contoh Ibu",
        "nik": f"63{number // 1000:02d}01{day:%d%m%y}{number % 1000:04d}",
        "no_kk": f"63010101011{number:05d}",
        "ayah_nik": f"63010101016{number:05d}",
        "ibu_nik": f"63010141016{number:05d}",
        "tag_id_card": f"{number:012d}",
        "lat": "-3.84",
        "lng": "114.73",
    }


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("besar") / "kecamatan.xlsx"
    made = xlsxwriter.Workbook(path, {"constant_memory": True})
    page, shown = made.add_worksheet("Data Penduduk"), made.add_format({"num_format": "dd-mm-yyyy"})
    page.write_row(0, 0, [column.name for column in COLUMNS])
    for number in range(ROWS):
        row = full_row(number)
        for index, column in enumerate(COLUMNS):
            value = row[column.name]
            if isinstance(value, datetime):
                page.write_datetime(number + 1, index, value, shown)
            else:
                page.write(number + 1, index, value)
    made.close()
    return path


def measured(source: Path, target: Path) -> list[float]:
    command = [sys.executable, "-c", MEASURED, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (our own interpreter)
    return [float(figure) for figure in done.stdout.split()]


@pytest.mark.slow
def test_40_000_rows_are_read_and_judged_within_25_seconds_and_200_megabytes(large: Path) -> None:
    accepted, seconds, megabytes = measured(large, Path("-"))

    assert accepted == ROWS
    assert seconds < 25
    assert megabytes < 200


@pytest.mark.slow
def test_40_000_rows_are_handed_back_within_300_megabytes(large: Path, tmp_path: Path) -> None:
    seconds, megabytes = measured(large, tmp_path / "hasil.xlsx")

    assert seconds < 60
    assert megabytes < 300
