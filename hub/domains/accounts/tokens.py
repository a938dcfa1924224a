"""Tokens of invitations and sessions: `<tenant>.<43 characters>`, 256 bits by chance; only their SHA-256 is kept.

The tenant in the text says where to look; it gives no right.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

_BYTES = 32
_TOKEN = re.compile(r"([1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A well-formed token, without the token."""

    tenant: int
    digest: bytes = field(repr=False)


def mint(tenant: int) -> tuple[str, bytes]:
    """A new token and what is kept of it."""
    text = f"{tenant}.{secrets.token_urlsafe(_BYTES)}"
    return text, digest_of(text)


def parse(text: str) -> Parsed | None:
    """Where a token says to look; None where it is none."""
    found = _TOKEN.fullmatch(text)
    return Parsed(int(found[1]), digest_of(text)) if found else None


def digest_of(text: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).digest()
