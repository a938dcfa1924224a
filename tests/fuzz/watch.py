"""What a run of nonsense must not do to the server, and how it is seen."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from tests.fuzz.wire import Case, Reply, Unreadable, text_of

# What no refusal may show: a trace, SQL, a path, a driver, a library.
INSIDE = re.compile(
    rb"Traceback|\.py\b|File \\?\"/|select \w+ from|insert into|asyncpg|sqlalchemy|postgres|pydantic|strawberry|"
    rb"graphql-core|Exception|current_setting|hub_api|hub_outside|/hub/|site-packages",
    re.IGNORECASE,
)
NUMBER = re.compile(rb"(?<![0-9A-Za-z_-])\d{16}(?![0-9A-Za-z_-])")
_KB = re.compile(r"^(?:Pss|VmRSS):\s+(\d+) kB", re.MULTILINE)
_FAULT = 500
_BUSY = 503  # a limit of ours: too many operations of one tenant at once


@dataclass(slots=True)
class Watch:
    """Judges answers and counts them."""

    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)

    def judge(self, seed: int, case: Case, replies: list[Reply]) -> None:
        """Note what came of a case."""
        self.kinds[case.kind] += 1
        if not replies:
            self.silent[case.kind] += 1
        for reply in replies:
            self.statuses[reply.status] += 1
            fault = self._fault(reply)
            if fault:
                self.wrongs.append(f"seed {seed} ({case.kind}): {fault}: {reply.status} {text_of(reply)[:400]!r}")

    def unanswered(self, seed: int, case: Case, error: Exception | Unreadable) -> None:
        """Note a case whose answer never came, or was none."""
        self.wrongs.append(f"seed {seed} ({case.kind}): {type(error).__name__} {str(error)[:300]}")

    def _fault(self, reply: Reply) -> str | None:
        body = text_of(reply)
        if reply.status >= _FAULT and not (reply.status == _BUSY and b'"TENANT_BUSY"' in body):
            return "a fault of the server"
        if NUMBER.search(body):
            return "somebody's number"
        shown = body
        if b"json" in reply.headers.get(b"content-type", b"") and body:
            errors = orjson.loads(body).get("errors", [])
            self.codes.update(each["extensions"]["code"] for each in errors)
            shown = orjson.dumps(errors)
        if reply.headers.get(b"content-type", b"").startswith(b"application/graphql;"):
            return None  # the schema, which names what it likes
        return "something of the inside" if INSIDE.search(shown) else None


def resident(pid: int) -> float:
    """Megabytes that a process holds in memory."""
    return _megabytes(Path(f"/proc/{pid}/status"))


def family(postmaster: int) -> float:
    """Megabytes of a PostgreSQL server and its backends; what they share counts once."""
    return sum(_megabytes(Path(f"/proc/{pid}/smaps_rollup")) for pid in [postmaster, *_children(postmaster)])


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except OSError:
            continue  # it has ended meanwhile
    return found


def parent_of(pid: int) -> int:
    """The process that started one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _megabytes(file: Path) -> float:
    try:
        found = _KB.search(file.read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
