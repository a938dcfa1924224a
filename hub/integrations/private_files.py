"""Files that hold people's data on their way out: readable by their owner alone from the first byte, and whole or not
there at all.

Until a file is whole it lies beside its name as `.hub-….part`, locked by the process that writes it. A process that was
killed loses its lock and leaves the part; whoever writes into the same folder next removes it.
"""

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from hub.kernel.errors import BadInput, Conflict

PRIVATE = 0o600
_PREFIX, _SUFFIX = ".hub-", ".part"
_NO_LINKS = frozenset((errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS))


class FileStands(Conflict):
    """{file} stands there already."""

    code = "FILE_STANDS"
    hint = "Choose another name, or write over it with --force."


class FileNotWritten(BadInput):
    """{file} could not be written: {problem}"""

    code = "FILE_NOT_WRITTEN"
    hint = "Look whether the disk has room and whether you may write in that folder, or name another."


class NoFolder(BadInput):
    """There is no folder {folder}."""

    code = "FOLDER_MISSING"
    hint = "Make the folder first, or name another."


@contextmanager
def put_down(target: Path) -> Iterator[None]:
    """A full disk is said as such; inside a transaction it would be taken for a lost database."""
    try:
        yield
    except OSError as wrong:
        raise FileNotWritten(file=target.name, problem=wrong.strerror or type(wrong).__name__) from wrong


def refuse_place(target: Path, *, force: bool) -> None:
    """FileStands or NoFolder where the file cannot be written."""
    if not target.parent.is_dir():
        raise NoFolder(folder=str(target.parent))
    if target.is_dir() or (os.path.lexists(target) and not force):
        raise FileStands(file=target.name)


@contextmanager
def unfinished(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A fresh file beside the target that only its owner may read; gone when the block ends."""
    abandoned(target.parent)
    descriptor, name = _locked(target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield Path(name), file
    finally:
        Path(name).unlink(missing_ok=True)


def put(whole: Path, target: Path, *, force: bool) -> None:
    """Give the complete file its name; without `force` never over one that has appeared meanwhile."""
    if not force:
        try:
            os.link(whole, target)
        except FileExistsError:
            raise FileStands(file=target.name) from None
        except OSError as refusal:
            if refusal.errno not in _NO_LINKS or os.path.lexists(target):  # a stick with FAT knows no links
                raise
        else:
            return
    whole.replace(target)
    with suppress(OSError):
        target.chmod(PRIVATE)


def write(target: Path, content: bytes, *, force: bool = False) -> None:
    """A whole small file, on the disk when this returns. Raises FileStands, NoFolder or FileNotWritten."""
    with put_down(target):
        refuse_place(target, force=force)
        with unfinished(target) as (whole, file):
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            put(whole, target, force=force)


def abandoned(folder: Path) -> int:
    """Remove the parts in a folder whose processes are gone; how many. One that is being written is left alone."""
    removed = 0
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):  # somebody else's, a link, or removed by another just now
            descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
                removed += 1
            finally:
                os.close(descriptor)
    return removed


def _locked(folder: Path) -> tuple[int, str]:
    """A new part under our lock. One that was taken for abandoned before the lock held is made again."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, name
        os.close(descriptor)
