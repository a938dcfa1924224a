"""Bytes on their way out: gzip where the client takes it, a tag by which it may ask whether they have changed.

Compressing next to secrets is safe here (BREACH needs a victim's browser that sends its credential by itself, and a
secret in the answer worth guessing): the hub knows no cookies, and answers hold no tokens.
"""

import hashlib
import re
import zlib
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from hub.entrypoints.wishes import wishes

LEAST = 1_400  # bytes: what fits into one packet gains nothing
_LEVEL = 1  # level 6 takes three times as long for a tenth less
_SHORT = 200  # characters of a header worth remembering
_GZIP = 31  # zlib's word for gzip's frame, with the largest window
_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether the client takes gzip, and likes it no less than plain bytes."""
    if not accept_encoding:
        return False
    return _known(accept_encoding) if len(accept_encoding) <= _SHORT else _takes_gzip(accept_encoding)


def _takes_gzip(accept_encoding: bytes) -> bool:
    found = wishes(accept_encoding)
    weight = found.get(b"gzip", found.get(b"x-gzip", found.get(b"*", 0.0)))
    return 0.0 < weight >= found.get(b"identity", 0.0)


_known = lru_cache(maxsize=64)(_takes_gzip)


def gzipped(body: bytes) -> bytes:
    """The same in less; the same bytes every time."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


def tag(body: bytes, *about: bytes) -> bytes:
    """A strong entity tag: of the bytes, and of what else makes this representation (type, language, coding)."""
    return b'"' + hashlib.blake2b(b"\0".join((*about, body)), digest_size=16).hexdigest().encode() + b'"'


def known_already(if_none_match: bytes | None, entity_tag: bytes) -> bool:
    """Whether the client's copy is this one."""
    if not if_none_match:
        return False
    return if_none_match.strip() == b"*" or entity_tag in _TAG.findall(if_none_match)


class Fixed:
    """A text that never changes while the hub runs; packed once."""

    def __init__(self, body: bytes, kind: str) -> None:
        self.bodies = {b"": body, b"gzip": gzipped(body)}
        self.tags = {coding: tag(each, coding) for coding, each in self.bodies.items()}
        self.kind = kind

    async def answer(self, request: Request) -> Response:
        """The text, or 304."""
        asked = request.headers
        coding = b"gzip" if takes_gzip(asked.get("accept-encoding", "").encode("latin-1")) else b""
        headers = {
            "etag": self.tags[coding].decode(),
            "cache-control": "public, max-age=300",
            "vary": "Accept-Encoding",
            "access-control-allow-origin": "*",
            "x-content-type-options": "nosniff",
        }
        if known_already(asked.get("if-none-match", "").encode("latin-1"), self.tags[coding]):
            return Response(status_code=304, headers=headers)
        if coding:
            headers["content-encoding"] = coding.decode()
        return Response(self.bodies[coding], headers=headers, media_type=self.kind)
