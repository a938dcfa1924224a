"""Contents of files in a folder of this machine, encrypted.

    blobs/<tenant>/<two digits>/<name>   one content, named by its keyed hash
    drafts/<tenant>/<upload>             what has come of an upload

A file is a mark and frames: length (4 bytes, big-endian), nonce (12), AES-256-GCM ciphertext with its tag. Each frame
is bound to the tenant, the name, its own number and whether it is the last: frames moved, left out or cut off do not
open. Nonces are random, for a draft that is cut back is written anew under the same key. No path holds anything that a
sender chose. See docs/adr/0015-files.md.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domains.files.errors import UploadBusy, UploadLost
from hub.kernel.keyring import Undecipherable

FRAME_BYTES = 256 * 1024
_MARK = b"hubfile1"
_LENGTH = struct.Struct(">I")
_PLACE = struct.Struct(">8sIQ?")
_NONCE_BYTES, _TAG_BYTES = 12, 16
_OVERHEAD = _NONCE_BYTES + _TAG_BYTES
_FILE, _FOLDER = 0o600, 0o700


class FolderBlobs:
    """A folder of contents and drafts; see `hub.domains.files.blobs.Blobs`."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when it is first needed."""
        self.folder = folder

    def begin(self, tenant: int, upload: UUID) -> None:
        """Make an empty draft."""
        path = self._draft(tenant, upload)
        _make_folder(path.parent, upto=self.folder)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "wb") as file:
            file.write(_MARK)
            _sync(file)
        _sync_folder(path.parent)

    def draft(self, tenant: int, upload: UUID, key: bytes) -> "FolderDraft":
        """A draft to `resume`; UploadBusy while another request holds it, UploadLost where there is none."""
        try:
            file = self._draft(tenant, upload).open("r+b", buffering=0)
        except FileNotFoundError:
            raise UploadLost from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise UploadBusy from None
        return FolderDraft(file, _Frames(key, tenant, upload.bytes))

    def drop_draft(self, tenant: int, upload: UUID) -> None:
        """Remove a draft, if it is there."""
        self._draft(tenant, upload).unlink(missing_ok=True)

    def drafts(self, tenant: int, *, before: datetime) -> list[UUID]:
        """The drafts that nobody has written to since then."""
        folder = self.folder / "drafts" / str(tenant)
        return [UUID(hex=path.name) for path in sorted(folder.glob("*")) if _changed(path) < before]

    def put(self, tenant: int, name: bytes, key: bytes, content: bytes) -> None:
        """Keep a content whole or not at all."""
        path, frames = self._blob(tenant, name), _Frames(key, tenant, name)
        _make_folder(path.parent, upto=self.folder)
        fresh = path.with_name(f".{uuid4().hex}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "wb") as file:
                file.write(_MARK)
                for number, start in enumerate(range(0, len(content), FRAME_BYTES)):
                    end = start + FRAME_BYTES
                    file.write(frames.seal(content[start:end], number, last=end >= len(content)))
                _sync(file)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def has(self, tenant: int, name: bytes) -> bool:
        """Whether a content of this name is kept."""
        return self._blob(tenant, name).is_file()

    def read(self, tenant: int, name: bytes, key: bytes) -> Iterator[bytes]:
        """A content in pieces; Undecipherable where it is not, whole and in order, what was put."""
        frames = _Frames(key, tenant, name)
        try:
            file = self._blob(tenant, name).open("rb")
        except FileNotFoundError:
            raise Undecipherable from None
        with file:
            _check_mark(file)
            number, frame = 0, _next(file)
            while frame is not None:
                following = _next(file)
                yield frames.open(frame, number, last=following is None)
                number, frame = number + 1, following
        if number == 0:
            raise Undecipherable

    def drop(self, tenant: int, name: bytes) -> None:
        """Remove a content, if it is there."""
        self._blob(tenant, name).unlink(missing_ok=True)

    def names(self, tenant: int, *, before: datetime) -> list[bytes]:
        """The contents that were put before then; what a power cut left unfinished is removed on the way."""
        found = []
        for path in sorted((self.folder / "blobs" / str(tenant)).glob("*/*")):
            if _changed(path) >= before:
                continue
            if path.name.startswith("."):
                path.unlink(missing_ok=True)
            else:
                found.append(bytes.fromhex(path.name))
        return found

    def _draft(self, tenant: int, upload: UUID) -> Path:
        return self.folder / "drafts" / str(tenant) / upload.hex

    def _blob(self, tenant: int, name: bytes) -> Path:
        text = name.hex()
        return self.folder / "blobs" / str(tenant) / text[-2:] / text


class FolderDraft:
    """An open draft; the lock goes with the file, so a process that is killed leaves none behind."""

    def __init__(self, file: IO[bytes], frames: "_Frames") -> None:
        """The file is open and locked."""
        self._file, self._frames, self._count = file, frames, 0

    def __enter__(self) -> Self:
        """Hold it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        self._file.close()

    def resume(self, received: int) -> None:
        """Go on after so many bytes: what was written behind them goes; UploadLost where there are fewer."""
        self._file.seek(0)
        _check_mark(self._file)
        self._count = 0
        while received > 0:
            header = self._file.read(_LENGTH.size)
            if len(header) < _LENGTH.size:
                raise UploadLost
            length = _LENGTH.unpack(header)[0]
            received -= length - _OVERHEAD
            self._file.seek(length, os.SEEK_CUR)
            self._count += 1
        if received < 0 or self._file.tell() > os.fstat(self._file.fileno()).st_size:
            raise UploadLost
        self._file.truncate()

    def append(self, data: bytes) -> None:
        """Write more; safe only after `keep`."""
        for start in range(0, len(data), FRAME_BYTES):
            frame = memoryview(self._frames.seal(data[start : start + FRAME_BYTES], self._count, last=False))
            while frame:  # a raw file may take a part
                frame = frame[self._file.write(frame) :]
            self._count += 1

    def keep(self) -> None:
        """Return when what was appended survives a power cut."""
        os.fsync(self._file.fileno())

    def whole(self) -> bytes:
        """Everything that has come, in memory."""
        self._file.seek(0)
        _check_mark(self._file)
        parts = []
        for number in range(self._count):
            frame = _next(self._file)
            if frame is None:
                raise UploadLost
            parts.append(self._frames.open(frame, number, last=False))
        return b"".join(parts)


class _Frames:
    """Seals and opens the frames of one file."""

    def __init__(self, key: bytes, tenant: int, name: bytes) -> None:
        self._aead, self._tenant, self._name = AESGCM(key), tenant, name

    def seal(self, data: bytes, number: int, *, last: bool) -> bytes:
        """A frame, with its length before it."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._aead.encrypt(nonce, data, self._place(number, last=last))
        return _LENGTH.pack(len(sealed)) + sealed

    def open(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        """What is in a frame; Undecipherable where it is not the one that belongs here."""
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._place(number, last=last))
        except (InvalidTag, ValueError):
            raise Undecipherable from None

    def _place(self, number: int, *, last: bool) -> bytes:
        return _PLACE.pack(_MARK, self._tenant, number, last) + self._name


def _next(file: IO[bytes]) -> bytes | None:
    """The next frame, None at the end; Undecipherable where it is cut."""
    header = file.read(_LENGTH.size)
    if not header:
        return None
    length = _LENGTH.unpack(header)[0] if len(header) == _LENGTH.size else 0
    if not _OVERHEAD < length <= FRAME_BYTES + _OVERHEAD:
        raise Undecipherable
    frame = file.read(length)
    if len(frame) < length:
        raise Undecipherable
    return frame


def _check_mark(file: IO[bytes]) -> None:
    if file.read(len(_MARK)) != _MARK:
        raise Undecipherable


def _make_folder(folder: Path, *, upto: Path) -> None:
    """A folder and those above it as far as `upto`, for the owner alone, safe on the disk."""
    if folder.is_dir():
        return
    if folder == upto:
        folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    else:
        _make_folder(folder.parent, upto=upto)
        folder.mkdir(mode=_FOLDER, exist_ok=True)
    _sync_folder(folder.parent)


def _changed(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
