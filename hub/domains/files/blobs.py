"""What the domain asks of a place for contents. Contents are encrypted there under the key given, and nowhere clear."""

from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID


class Draft(Protocol):
    """The part of an upload that has come, held by one request at a time."""

    def __enter__(self) -> Self:
        """Hold it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""

    def resume(self, received: int) -> None:
        """Go on after so many bytes: what was written behind them goes; UploadLost where there are fewer."""

    def append(self, data: bytes) -> None:
        """Write more; safe only after `keep`."""

    def keep(self) -> None:
        """Return when what was appended survives a power cut."""

    def whole(self) -> bytes:
        """Everything that has come, in memory."""


class Blobs(Protocol):
    """Contents by name within a tenant, and drafts by the id of their upload. Blocks: call it in a thread."""

    def begin(self, tenant: int, upload: UUID) -> None:
        """Make an empty draft."""

    def draft(self, tenant: int, upload: UUID, key: bytes) -> Draft:
        """A draft to `resume`; UploadBusy while another request holds it, UploadLost where there is none."""

    def drop_draft(self, tenant: int, upload: UUID) -> None:
        """Remove a draft, if it is there."""

    def drafts(self, tenant: int, *, before: datetime) -> list[UUID]:
        """The drafts that nobody has written to since then."""

    def put(self, tenant: int, name: bytes, key: bytes, content: bytes) -> None:
        """Keep a content whole or not at all."""

    def has(self, tenant: int, name: bytes) -> bool:
        """Whether a content of this name is kept."""

    def read(self, tenant: int, name: bytes, key: bytes) -> Iterator[bytes]:
        """A content in pieces; Undecipherable where it is not, whole and in order, what was put."""

    def drop(self, tenant: int, name: bytes) -> None:
        """Remove a content, if it is there."""

    def names(self, tenant: int, *, before: datetime) -> list[bytes]:
        """The contents that were put before then."""
