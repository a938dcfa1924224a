"""A whole kecamatan's register through the command line: in, out, and compared with a later file.

Each step is one `hub` command as an operator runs it, on a server of the bench's own that begins empty. Wall clock,
processor time and peak memory are the command's; PostgreSQL's processor time stands beside them. Nobody in the files
exists.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

from bench import measure
from hub.integrations.opensid.columns import COLUMNS
from hub.kernel.register_codes import CODE_LISTS
from hub.store import embedded

ROOT = Path(__file__).parents[1]
ROWS, FAMILY = 40_000, 4
CHANGED_IN_100, FAULTY_IN_100 = 5, 1
VILLAGE = "63.01.01.2004"
HUB = (sys.executable, "-c", "from hub.entrypoints.cli import app; app(prog_name='hub')")
DATES = tuple(column.name for column in COLUMNS if column.name.startswith("tanggal"))
SENSITIVE = "religion,ethnicity,blood_type,disability,contraception,pregnant"
_LOOK = 0.02  # seconds between looks at the memory of a step
_FEMALE = 2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what it may take."""

    name: str
    arguments: tuple[str, ...]
    exits: int
    seconds: int
    megabytes: int = 300


@dataclass(frozen=True, slots=True)
class Took:
    """What a step took: seconds of the clock, of its process, of PostgreSQL's; megabytes at its peak."""

    step: Step
    wall: float
    own: float
    database: float
    megabytes: float

    @property
    def good(self) -> bool:
        """Whether it kept within its bounds."""
        return self.wall <= self.step.seconds and self.megabytes <= self.step.megabytes


def run(folder: Path, rows: int = ROWS) -> list[Took]:
    """All steps, in order; a command that ends otherwise than it should stops the run."""
    place = folder / "register"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    first, later = place / "januari.xlsx", place / "februari.xlsx"
    write(first, (row(number) for number in range(rows)))
    write(later, (changed(number) for number in range(rows)))
    chosen = os.environ.get("HUB_PG_BIN")
    with embedded.start(place / "cluster", bin_dir=Path(chosen) if chosen else None) as cluster:
        means = {"HUB_DATABASE_URL": cluster.dsn(), "HUB_KEYS_FILE": str(place / "keys.json"), "HUB_LANG": "en"}
        for order in (("secrets", "create"), ("migrate",), ("regions", "load"), ("tenant", "add", VILLAGE[:8])):
            command(order, means)
        return [take(step, means, place, cluster.pid) for step in steps(first, later, place)]


def steps(first: Path, later: Path, place: Path) -> Sequence[Step]:
    """What is measured, with the goals."""
    into = ("--village", VILLAGE, "--sensitive", SENSITIVE)
    out = str(place / "keluar.xlsx")
    return (
        Step("import into an empty village", ("import", "opensid", str(first), *into), 0, 60),
        Step("export", ("export", "opensid", out, *into, "--purpose", "Pengukuran"), 0, 20),
        Step("comparison import", ("import", "opensid", str(later), *into, "--confirm", "changed"), 1, 30),
    )


def command(order: Sequence[str], means: Mapping[str, str]) -> None:
    """Run a command that is not measured."""
    done = subprocess.run(  # noqa: S603  (our own)
        [*HUB, *order], cwd=ROOT, env={**os.environ, **means}, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{order[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")


def take(step: Step, means: Mapping[str, str], place: Path, postmaster: int) -> Took:
    """Run a step and watch it."""
    before, began, peak = database_seconds(postmaster), time.monotonic(), 0.0
    with (place / "log.txt").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  (our own)
            [*HUB, *step.arguments], cwd=ROOT, env={**os.environ, **means}, stdout=log, stderr=log
        )
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, measure.peak(process.pid))  # of its own life: what wait4 says keeps the starter's size
            time.sleep(_LOOK)
    process.returncode = code = os.waitstatus_to_exitcode(ended[1])
    if code != step.exits:
        raise RuntimeError(f"{step.name} ended with {code}: {(place / 'log.txt').read_text()[-2000:]}")
    wall, used = time.monotonic() - began, ended[2]
    return Took(step, wall, used.ru_utime + used.ru_stime, database_seconds(postmaster) - before, peak)


def database_seconds(postmaster: int) -> float:
    """Processor time of a PostgreSQL server so far: its processes that live, and those that have ended."""
    ticks = 0
    for pid in measure.family(postmaster):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own, ended = fields[11:13], fields[13:15]  # user and system time of itself; of children it has waited for
        ticks += sum(map(int, [*own, *(ended if pid == postmaster else ())]))
    return ticks / _TICKS


def table(found: Sequence[Took]) -> str:
    """The figures in Markdown."""
    lines = [
        "| | wall s | goal s | command CPU s | PostgreSQL CPU s | peak MB | goal MB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {each.step.name} | {each.wall:.1f} | {each.step.seconds} | {each.own:.1f} | {each.database:.1f} "
        f"| {each.megabytes:.0f} | {each.step.megabytes} |"
        for each in found
    ]
    return "\n".join(lines)


# The files


def write(path: Path, rows: Iterator[Mapping[str, object]]) -> None:
    """A workbook of the template's columns."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as made:
        page, shown = made.add_worksheet("Data Penduduk"), made.add_format({"num_format": "dd-mm-yyyy"})
        page.write_row(0, 0, [column.name for column in COLUMNS])
        for number, values in enumerate(rows, start=1):
            for index, column in enumerate(COLUMNS):
                value = values[column.name]
                if isinstance(value, datetime):
                    page.write_datetime(number, index, value, shown)
                else:
                    page.write(number, index, value)


def row(number: int) -> dict[str, object]:
    """A person with every column filled; families of four."""
    home, codes = number // FAMILY, {column.name: column.field for column in COLUMNS if column.field in CODE_LISTS}
    day = datetime(1950 + number % 60, 1 + number % 12, 1 + number % 28)  # noqa: DTZ001  (a sheet's date)
    texts = {column.name: f"{column.name} {number}" for column in COLUMNS}
    picked = {name: list(CODE_LISTS[field].codes)[number % 2].number for name, field in codes.items()}
    return {
        **texts,
        **picked,
        **dict.fromkeys(DATES, day),
        "alamat": f"Jl. Contoh No. {home}",
        "dusun": f"Dusun {home % 9}",
        "rw": f"{home % 7:03d}",
        "rt": f"{home % 5:03d}",
        "nama": f"Warga {_word(number)}",
        "nama_ayah": f"Bapak {_word(home)}",
        "nama_ibu": f"Ibu {_word(home)}",
        "no_kk": f"63010101011{home:05d}",
        "nik": f"6301010101{number:06d}",
        "ayah_nik": f"63010101016{home:05d}",
        "ibu_nik": f"63010141016{home:05d}",
        "sex": _FEMALE if number % 2 else 1,
        "kk_level": 4 if number % FAMILY else 1,
        "status_dasar": 1,
        "tag_id_card": f"{number:012d}",
        "lat": f"-3.{number % 1000:03d}",
        "lng": f"114.{number % 1000:03d}",
    }


def changed(number: int) -> dict[str, object]:
    """The same person a month later: some have changed, some rows are faulty."""
    found = row(number)
    if number % 100 < CHANGED_IN_100:
        found |= {"tempatlahir": f"Lain {number}", "no_asuransi": f"Baru {number}"}
    elif number % 100 < CHANGED_IN_100 + FAULTY_IN_100:
        found["tanggallahir"] = "31-02-1990"
    return found


def _word(number: int) -> str:
    """Letters of a number: a name has no digits."""
    letters = ""
    while number or not letters:
        number, digit = divmod(number, 26)
        letters += chr(ord("a") + digit)
    return letters
