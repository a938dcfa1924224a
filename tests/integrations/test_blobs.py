"""Contents in a folder: what is put comes back whole, and anything else does not open."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub.domains.files.errors import UploadBusy, UploadLost
from hub.integrations.blobs import FRAME_BYTES, FolderBlobs
from hub.kernel.keyring import Undecipherable

KEY, OTHER = bytes(range(32)), bytes(32)
NAME = bytes(range(18))
LATER = datetime.now(UTC) + timedelta(days=1)
HEAD = 8  # bytes of the mark before the first frame
FRAME = 4 + 12 + FRAME_BYTES + 16


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    """An empty store."""
    return FolderBlobs(tmp_path / "files")


def file_of(blobs: FolderBlobs) -> Path:
    """The one content in it."""
    return next(blobs.folder.glob("blobs/*/*/*"))


@pytest.mark.parametrize("length", [1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES])
def test_a_content_comes_back_as_it_was(length: int, blobs: FolderBlobs) -> None:
    content = b"isi " * (length // 4) + b"x" * (length % 4)
    blobs.put(7, NAME, KEY, content)
    assert blobs.has(7, NAME)
    assert b"".join(blobs.read(7, NAME, KEY)) == content


def swapped(raw: bytes) -> bytes:
    return raw[:HEAD] + raw[HEAD + FRAME : HEAD + 2 * FRAME] + raw[HEAD : HEAD + FRAME] + raw[HEAD + 2 * FRAME :]


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda raw: raw[:100] + bytes([raw[100] ^ 1]) + raw[101:],
    "frames swapped": swapped,
    "a frame left out": lambda raw: raw[:HEAD] + raw[HEAD + FRAME :],
    "cut between frames": lambda raw: raw[: HEAD + 2 * FRAME],
    "cut in a frame": lambda raw: raw[:-1],
    "a frame doubled": lambda raw: raw[: HEAD + FRAME] + raw[HEAD:],
    "nothing": lambda raw: raw[:HEAD],
    "another mark": lambda raw: b"hubfile2" + raw[HEAD:],
    "something behind": lambda raw: raw + b"\x00\x00",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_content_that_was_changed_does_not_open(change: str, blobs: FolderBlobs) -> None:
    blobs.put(7, NAME, KEY, b"a" * (2 * FRAME_BYTES + 5))
    path = file_of(blobs)
    path.write_bytes(CHANGES[change](path.read_bytes()))
    with pytest.raises(Undecipherable):
        list(blobs.read(7, NAME, KEY))


def test_a_content_opens_nowhere_else(blobs: FolderBlobs) -> None:
    blobs.put(7, NAME, KEY, b"rahasia")
    other = bytes(18)
    for tenant, name in ((8, NAME), (7, other)):
        blobs.put(tenant, name, KEY, b"lain")
        copied = blobs.folder / "blobs" / str(tenant) / name.hex()[-2:] / name.hex()
        copied.write_bytes((blobs.folder / "blobs/7" / NAME.hex()[-2:] / NAME.hex()).read_bytes())
        with pytest.raises(Undecipherable):
            list(blobs.read(tenant, name, KEY))
    with pytest.raises(Undecipherable):
        list(blobs.read(7, NAME, OTHER))
    with pytest.raises(Undecipherable):
        list(blobs.read(9, NAME, KEY))


def test_what_is_put_twice_lies_there_once_and_can_be_dropped(blobs: FolderBlobs) -> None:
    blobs.put(7, NAME, KEY, b"satu")
    blobs.put(7, NAME, OTHER, b"dua")
    assert b"".join(blobs.read(7, NAME, OTHER)) == b"dua"
    assert blobs.names(7, before=LATER) == [NAME]
    assert blobs.names(7, before=LATER - timedelta(days=2)) == []
    blobs.drop(7, NAME)
    assert (blobs.has(7, NAME), blobs.names(7, before=LATER)) == (False, [])


def test_what_a_power_cut_left_unfinished_goes(blobs: FolderBlobs) -> None:
    blobs.put(7, NAME, KEY, b"satu")
    left = file_of(blobs).with_name(".0123")
    left.write_bytes(b"x")
    assert blobs.names(7, before=LATER) == [NAME]
    assert not left.exists()


def drafted(blobs: FolderBlobs, *pieces: bytes) -> UUID:
    """A draft with these pieces."""
    upload = uuid4()
    blobs.begin(7, upload)
    with blobs.draft(7, upload, KEY) as draft:
        draft.resume(0)
        for piece in pieces:
            draft.append(piece)
        draft.keep()
    return upload


def test_a_draft_goes_on_where_it_was_counted_last(blobs: FolderBlobs) -> None:
    upload = drafted(blobs, b"satu ", b"dua ", b"tidak dihitung")
    with blobs.draft(7, upload, KEY) as draft:
        draft.resume(9)
        draft.append(b"tiga")
        draft.keep()
        assert draft.whole() == b"satu dua tiga"


@pytest.mark.parametrize("received", [3, 8, 10])
def test_a_draft_that_is_not_what_was_counted_is_lost(received: int, blobs: FolderBlobs) -> None:
    upload = drafted(blobs, b"satu ", b"dua ")
    with blobs.draft(7, upload, KEY) as draft, pytest.raises(UploadLost):
        draft.resume(received)


def test_a_draft_that_is_cut_is_lost(blobs: FolderBlobs) -> None:
    upload = drafted(blobs, b"satu ", b"dua ")
    path = blobs.folder / "drafts" / "7" / upload.hex
    path.write_bytes(path.read_bytes()[:-1])
    with blobs.draft(7, upload, KEY) as draft, pytest.raises(UploadLost):
        draft.resume(9)


def test_a_draft_is_held_by_one(blobs: FolderBlobs) -> None:
    upload = drafted(blobs, b"satu")
    with blobs.draft(7, upload, KEY), pytest.raises(UploadBusy):
        blobs.draft(7, upload, KEY)
    with blobs.draft(7, upload, KEY) as draft:
        draft.resume(4)
        assert draft.whole() == b"satu"


def test_drafts_are_listed_by_age_and_dropped(blobs: FolderBlobs) -> None:
    upload = drafted(blobs, b"satu")
    assert blobs.drafts(7, before=LATER) == [upload]
    assert blobs.drafts(7, before=LATER - timedelta(days=2)) == []
    blobs.drop_draft(7, upload)
    assert blobs.drafts(7, before=LATER) == []
    with pytest.raises(UploadLost):
        blobs.draft(7, upload, KEY)
