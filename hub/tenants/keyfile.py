"""The key file (HUB_KEYS_FILE): master secrets on disk, readable by one account only.

JSON. Losing the file loses every NIK, KK number and phone; copying it into a backup gives them
away. So it lies outside the data folder, has mode 0600, and is only ever replaced whole.
"""

import base64
import binascii
import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import structlog

from hub.kernel import keyring
from hub.kernel.clock import Clock
from hub.kernel.errors import Faulty
from hub.kernel.keyring import SHARED_PURPOSES, KeyRing, Purpose, Version

MODE = 0o600
LOOK_SECONDS = 2.0  # how long a running process may not know of a change; far less than rotation waits
_FORMAT = 1
_MAX_BYTES = 1 << 20
_FOREIGN_BITS = stat.S_IRWXG | stat.S_IRWXO

log = structlog.get_logger(__name__)


class KeysMissing(Faulty):
    """There is no key file at {place}."""

    code = "KEYS_MISSING"
    hint = "Create one with `hub secrets create`, or set HUB_KEYS_FILE to where it lies."


class KeysExist(Faulty):
    """There is a key file at {place} already."""

    code = "KEYS_EXIST"
    hint = "Use it, or name another place; without the keys in it the data is lost."


class KeysExposed(Faulty):
    """Other accounts of this machine may read the key file {place}."""

    code = "KEYS_EXPOSED"
    hint = "Run `chmod 600` on it as its owner; if others could read it for long, rotate the keys."


class KeysMisplaced(Faulty):
    """The key file {place} lies inside the data folder."""

    code = "KEYS_MISPLACED"
    hint = "Move it elsewhere and set HUB_KEYS_FILE; a copy of the data must not carry the keys."


class KeysDamaged(Faulty):
    """The key file {place} cannot be read: {problem}"""

    code = "KEYS_DAMAGED"
    hint = "Restore it from where you keep its copy; a newly created one would open nothing."


class _KeyEntry(TypedDict):
    purpose: str
    version: int
    created_at: str
    active_from: str
    secret: str


class _KeyFile(TypedDict):
    format: int
    keys: list[_KeyEntry]
    former_signers: dict[str, str]


class KeyHolder:
    """The ring of a running process: looks at the key file now and then and reloads what was replaced.

    A file that is gone or damaged while the process runs leaves the last good ring in use, and is logged: the hub goes
    on serving what it can serve.
    """

    def __init__(
        self, path: Path, *, clock: Clock, monotonic: Callable[[], float], outside: Path | None = None
    ) -> None:
        """Load the file; raises what `load` raises."""
        self._path, self._outside = path, outside
        self._clock, self._monotonic = clock, monotonic
        self._stamp = _stamp_or_none(path)
        self._ring = load(path, now=clock().instant, outside=outside)
        self._looked = monotonic()

    def ring(self) -> KeyRing:
        """The ring as of now. Ask for it anew for every piece of work; do not keep it."""
        if self._monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = self._monotonic()
            self._look()
        return self._ring

    def _look(self) -> None:
        now, found = self._clock().instant, _stamp_or_none(self._path)
        if found != self._stamp:
            try:
                self._ring = load(self._path, now=now, outside=self._outside)
                self._stamp = found
            except Faulty as fault:
                log.error("keys.not_reloaded", code=fault.code)
        self._ring = self._ring.at(now)


def create(path: Path, *, now: datetime, purposes: Iterable[Purpose] = SHARED_PURPOSES) -> KeyRing:
    """Write a new key file with fresh secrets; refuses to touch one that exists."""
    ring = keyring.fresh(now=now, purposes=purposes)
    with _locked(path):
        if path.exists():
            raise KeysExist(place=str(path))
        _write(path, ring)
    return ring


def load(*paths: Path, now: datetime, outside: Path | None = None) -> KeyRing:
    """The ring of one or more key files.

    `outside` is the data folder: in production a key file within it is refused.
    """
    rings = [_load_one(path, now=now, outside=outside) for path in paths]
    ring = rings[0]
    for other in rings[1:]:
        ring = ring.merged(other, now=now)
    return ring


def update(path: Path, change: Callable[[KeyRing], KeyRing], *, now: datetime) -> KeyRing:
    """Apply a change (rotation, retirement) to the file, one process at a time."""
    with _locked(path):
        ring = change(_load_one(path, now=now, outside=None))
        _write(path, ring)
    return ring


def stamp(path: Path) -> tuple[int, int]:
    """What changes when the file is replaced: a server compares it and reloads."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _stamp_or_none(path: Path) -> tuple[int, int] | None:
    try:
        return stamp(path)
    except OSError:
        return None


def _load_one(path: Path, *, now: datetime, outside: Path | None) -> KeyRing:
    place = str(path)
    if outside is not None and path.resolve().is_relative_to(outside.resolve()):
        raise KeysMisplaced(place=place)
    try:
        with path.open("rb") as file:
            # Mode and content come from one descriptor: nobody can swap the file in between.
            if os.fstat(file.fileno()).st_mode & _FOREIGN_BITS:
                raise KeysExposed(place=place)
            raw = file.read(_MAX_BYTES)
    except FileNotFoundError:
        raise KeysMissing(place=place) from None
    except OSError as error:
        raise KeysDamaged(place=place, problem=error.strerror or "unreadable") from None
    return _parse(raw, place=place, now=now)


def _parse(raw: bytes, *, place: str, now: datetime) -> KeyRing:
    # Causes are cut off: the text of a parse error would quote secrets into a log.
    try:
        content: _KeyFile = json.loads(raw)
        if content["format"] != _FORMAT:
            raise KeysDamaged(place=place, problem="it was written by another version of the hub")
        versions = [_version(entry) for entry in content["keys"]]
        former = {int(k): _unbase64(v) for k, v in content["former_signers"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysDamaged(place=place, problem="it is not a complete key file") from None
    try:
        return KeyRing(versions, now=now, former_signers=former)
    except Faulty as fault:
        raise KeysDamaged(place=place, problem=str(fault.params["problem"])) from None


def _version(entry: _KeyEntry) -> Version:
    return Version(
        Purpose(entry["purpose"]),
        int(entry["version"]),
        datetime.fromisoformat(entry["created_at"]),
        datetime.fromisoformat(entry["active_from"]),
        _unbase64(entry["secret"]),
    )


def _write(path: Path, ring: KeyRing) -> None:
    """Replace the file whole: a crash leaves the old one or the new one, never half."""
    content: _KeyFile = {
        "format": _FORMAT,
        "keys": [
            {
                "purpose": version.purpose.value,
                "version": version.number,
                "created_at": version.created_at.isoformat(),
                "active_from": version.active_from.isoformat(),
                "secret": base64.b64encode(version.secret).decode(),
            }
            for version in ring.versions
        ],
        "former_signers": {str(number): base64.b64encode(key).decode() for number, key in ring.former_signers.items()},
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One writer at a time, by a lock file beside it (the key file itself gets replaced)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f".{path.name}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
