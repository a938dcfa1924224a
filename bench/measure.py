"""Processor time and memory of processes, from the kernel."""

import time
from dataclasses import dataclass
from pathlib import Path

_PROCESS_CLOCK = 2  # CPUCLOCK_SCHED: nanoseconds of a process and all its threads, ended ones included


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of processor time: of a server, and of PostgreSQL's processes by number."""

    server: float
    database: dict[int, float]

    def since(self, before: "Spent") -> tuple[float, float]:
        """What was spent between two readings."""
        grown = (seconds - before.database.get(pid, 0.0) for pid, seconds in self.database.items())
        return self.server - before.server, sum(grown)


def spent(server: int, postmaster: int) -> Spent:
    """A reading."""
    return Spent(_clock(server), {pid: _clock(pid) for pid in family(postmaster)})


def _clock(pid: int) -> float:
    try:
        return time.clock_gettime((~pid << 3) | _PROCESS_CLOCK)
    except OSError:
        return 0.0


def family(postmaster: int) -> list[int]:
    """A PostgreSQL server's processes."""
    found = [postmaster]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == postmaster:
            found.append(int(stat.parent.name))
    return found


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> float:
    """Megabytes of memory that a process has held at most since it began."""
    return _status(pid, "VmHWM")


def own(pid: int) -> float:
    """Megabytes that are a process's own: without the buffers that PostgreSQL's processes share."""
    return _status(pid, "RssAnon")


def _status(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), 0.0)
