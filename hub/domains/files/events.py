"""What happened to files. Their names may name persons: they are told as changed, never with their words."""

from typing import Any, TypeVar

from hub.domains.files.model import StoredFile
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)
_WORDLESS = ("name", "end_reason")
_UPLOADER = ("village_id", "organization_id", "principal_id", "grant_id")


class FileStored(Event):
    """A file was uploaded and kept."""


class FileRefused(Event):
    """A file was uploaded and not kept."""


class FileLinkMade(Event):
    """Somebody asked for a link that opens a file once."""


class FileOpened(Event):
    """A file was handed out by such a link."""


class FileEnded(Event):
    """A file is over."""


def of_nobody(kind: type[E], file: StoredFile, **more: Any) -> E:
    """An event about a file for feedback: nothing that says who uploaded it. Record it in nobody's name."""
    bare = file.model_copy(update=dict.fromkeys(_UPLOADER))
    return kind(
        type_name="StoredFile",
        object_id=file.id,
        version=file.version,
        changes=told(bare, wordless=_WORDLESS),
        **more,
    )


def of(kind: type[E], file: StoredFile, before: StoredFile | None = None, **more: Any) -> E:
    """An event about a file, told with what changed since `before`."""
    return kind(
        type_name="StoredFile",
        object_id=file.id,
        version=file.version,
        village_id=file.village_id,
        changes=told(file, before, wordless=_WORDLESS) if before is not file else {},
        **more,
    )
