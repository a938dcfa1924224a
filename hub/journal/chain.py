"""The bytes that are hashed, and how one hash follows from another.

An entry's bytes are a JSON array in UTF-8 without spaces: the name of this format, then the columns of `COVERED` in
that order. Ids are text, moments RFC 3339 in UTC, ciphertext is hexadecimal, and the payload is the stored text as
one string. So anyone can compute the chain again, in any language, without the keys.
"""

from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import orjson

from hub.journal.model import HASH_BYTES

FORMAT = "hub-journal-1"
GENESIS = bytes(HASH_BYTES)

# The order and the set of columns are the format: a change of either is a new FORMAT.
COVERED = (
    "tenant_id",
    "id",
    "kind",
    "effect",
    "type_name",
    "object_id",
    "version",
    "village_id",
    "subject_id",
    "parties",
    "published",
    "fields",
    "payload",
    "personal",
    "principal_id",
    "grant_id",
    "role",
    "purpose",
    "request_id",
    "channel",
    "happened_at",
    "captured_at",
)


class Columns(Protocol):
    """A row whose columns are found by name: a driver's record, a mapping."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""


def canonical(entry: Columns) -> bytes:
    """The bytes of an entry as it was read from the database."""
    return orjson.dumps([FORMAT, *[entry[column] for column in COVERED]], default=_word)


def link(previous: bytes, entry: Columns) -> bytes:
    """The hash of the next place in the chain."""
    return sha256(previous + sha256(canonical(entry)).digest()).digest()


def _word(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):  # the driver's own subclass, which orjson does not know
        return str(value)
    raise TypeError(type(value).__name__)
