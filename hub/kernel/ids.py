"""Ids: UUIDv7 for rows, and the opaque global ids of the graph.

A global id is unpadded base64url of `Type:tenant.` (filled with dots to a multiple of three bytes, so that the
prefix is a constant piece of text) followed by the sixteen bytes of the row's uuid, or by the text key of a
reference row. `hub.graph.plan` builds the same text in SQL; `tests/graph/test_ids.py` holds both together.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from uuid_utils import compat

_HEAD = re.compile(rb"([A-Z][A-Za-z]{0,40}):(\d{1,9})\.{1,3}", re.ASCII)
_UUID_BYTES = 16
_UUID_CHARACTERS = 22
_LAST = "AQgw"  # the last of them: its lower four bits are nobody's


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A decoded global id: GraphQL type, tenant number (0 for reference rows), and the row's key."""

    type_name: str
    tenant: int
    key: UUID | str

    def encode(self) -> str:
        """The opaque text clients see."""
        tail = self.key.bytes if isinstance(self.key, UUID) else self.key.encode()
        return prefix(self.type_name, self.tenant) + base64url(tail)


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return compat.uuid7()


@lru_cache(maxsize=4_096)
def prefix(type_name: str, tenant: int) -> str:
    """The constant first part of every global id of this type in this tenant."""
    return base64url(f"{type_name}:{tenant}.".ljust(_head_bytes(type_name, tenant), ".").encode())


def _head_bytes(type_name: str, tenant: int) -> int:
    """The length of `Type:tenant.` filled to a multiple of three."""
    return -(-len(f"{type_name}:{tenant}.") // 3) * 3


def key_of(text: str, type_name: str, tenant: int) -> UUID | None:
    """The uuid in a global id of this type in this tenant, None for any other text: what `decode` says, in short."""
    head = prefix(type_name, tenant)
    if len(text) != len(head) + _UUID_CHARACTERS or not text.startswith(head) or text[-1] not in _LAST:
        return None
    if "+" in text or "/" in text:
        return None  # the other alphabet, which the library takes as well
    raw = unbase64url(text[len(head) :])
    return None if raw is None else UUID(bytes=raw)


def decode(text: str, *, text_key: frozenset[str] = frozenset()) -> GlobalId | None:
    """Parse a global id; None where it is not one. `text_key` names the types whose key is text."""
    raw = unbase64url(text)
    if raw is None or (match := _HEAD.match(raw)) is None:
        return None
    type_name, tenant = match[1].decode(), int(match[2])
    tail = raw[_head_bytes(type_name, tenant) :]
    if type_name in text_key:
        found = GlobalId(type_name, tenant, tail.decode(errors="replace"))
    elif len(tail) == _UUID_BYTES:
        found = GlobalId(type_name, tenant, UUID(bytes=tail))
    else:
        return None
    return found if found.encode() == text else None


def base64url(raw: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes | None:
    """The bytes of unpadded base64url, or None."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
