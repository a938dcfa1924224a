"""API keys: their text, their cache, and why one is refused.

    hub_pub_<tenant>_<43 random><6 checksum>     browsers and apps: published data, listed origins
    hub_sec_<tenant>_<43 random><6 checksum>     servers: refused when a browser sends it
    hub_rep_<tenant>_<43 random><6 checksum>     sheets: opens the files of reports and nothing else

The random part is 256 bits in base62, the checksum CRC32 of everything before it: a typing error
is refused without a look-up, and secret scanners recognise a leaked key for certain. Only the
SHA-256 of the whole text is ever stored. The tenant in the text says where to look; it gives no
right.
"""

import hashlib
import re
import secrets
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from hub.kernel.errors import Forbidden, Unauthenticated
from hub.tenants.grants import GrantFacts
from hub.tenants.model import DocumentMode, KeyKind, TenantStatus

KEPT_SECONDS = 10.0
MAX_KEPT = 10_000

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_BITS = 256
_SECRET_CHARS = 43
_CHECK_CHARS = 6
_TEXT = re.compile(r"hub_(pub|sec|rep)_([1-9][0-9]{0,8})_([0-9A-Za-z]{49})", re.ASCII)
_LABEL_CHARS = 4
_HEADS = {KeyKind.PUBLIC: "pub", KeyKind.SECRET: "sec", KeyKind.REPORT: "rep"}
_KINDS = {head: kind for kind, head in _HEADS.items()}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class KeyMalformed(Unauthenticated):
    """This API key is not valid."""

    code = "KEY_MALFORMED"
    hint = "Copy the key again, whole, from where it was shown; or ask for a new one."


class KeyUnknown(Unauthenticated):
    """This API key is not valid."""

    code = "KEY_UNKNOWN"
    hint = "Copy the key again, whole, from where it was shown; or ask for a new one."


class KeyExpired(Unauthenticated):
    """This API key has expired."""

    code = "KEY_EXPIRED"
    hint = "Ask the administrator of the kecamatan or agency for a new key."


class KeyRevoked(Unauthenticated):
    """This API key was revoked."""

    code = "KEY_REVOKED"
    hint = "Ask the administrator of the kecamatan or agency for a new key."


class KeyFromBrowser(Forbidden):
    """This secret API key was sent by a browser."""

    code = "KEY_FROM_BROWSER"
    hint = "Use a public key (hub_pub_) in web pages; rotate this one, for visitors can read it."


class OriginNotAllowed(Forbidden):
    """This API key does not work from this web site."""

    code = "ORIGIN_NOT_ALLOWED"
    hint = "Have the site's address added to the key's allowed origins, spelled as browsers send it."


class TenantSuspended(Forbidden):
    """The hub does not serve this kecamatan or agency at the moment."""

    code = "TENANT_SUSPENDED"
    hint = "Ask the operator of the hub when it will be served again."


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """A well-formed key, without the key. `label` is safe to show and to log."""

    kind: KeyKind
    tenant: int
    sha256: bytes = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as stored, with what a request needs to know of its tenant and grant."""

    id: UUID
    tenant_id: int
    grant_id: UUID
    kind: KeyKind
    sha256: bytes = field(repr=False)
    origins: frozenset[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    tenant_status: TenantStatus
    grant: GrantFacts | None = None  # what the key stands for; None only where nobody asks
    app_id: UUID | None = None
    documents: DocumentMode = DocumentMode.OFF


Kept = TypeVar("Kept")
LookUp = Callable[[ParsedKey], Awaitable[KeyRecord | None]]


def mint(kind: KeyKind, tenant: int) -> tuple[str, bytes]:
    """A new key and the SHA-256 to store. The text exists only here: show it once."""
    secret = _base62(secrets.randbits(_SECRET_BITS), _SECRET_CHARS)
    text = f"hub_{_HEADS[kind]}_{tenant}_{secret}"
    text += _checksum(text)
    if _TEXT.fullmatch(text) is None:
        raise ValueError(tenant)
    return text, _sha256(text)


def parse(text: str) -> ParsedKey | None:
    """What a key's text says; None where it is not one."""
    match = _TEXT.fullmatch(text)
    if match is None or _checksum(text[:-_CHECK_CHARS]) != text[-_CHECK_CHARS:]:
        return None
    label = text[: match.start(3) + _LABEL_CHARS] + "…"
    return ParsedKey(_KINDS[match[1]], int(match[2]), _sha256(text), label)


def looks_like(credential: str) -> bool:
    """Whether a bearer credential means to be an API key rather than a token."""
    return credential.startswith("hub_")


def origin_of(text: str) -> str | None:
    """An allowed origin as browsers spell it; None where it is none, or a wildcard."""
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        port = parts.port
    except ValueError:
        return None
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "*" in parts.netloc or not bare:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    tail = "" if port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{tail}"


def check(record: KeyRecord | None, *, origin: str | None, now: datetime) -> KeyRecord:
    """The record, where the key may be used now and from there; otherwise the reason, raised.

    A public key without an `Origin` passes: apps send none. So a public key is an address, not a
    secret, and its grant must carry published data only.
    """
    if record is None:
        raise KeyUnknown
    if record.kind is not KeyKind.PUBLIC and origin is not None:
        raise KeyFromBrowser
    if record.revoked_at is not None and record.revoked_at <= now:
        raise KeyRevoked
    if record.expires_at is not None and record.expires_at <= now:
        raise KeyExpired
    if record.tenant_status is not TenantStatus.ACTIVE:
        raise TenantSuspended
    if origin is not None and origin not in record.origins:
        raise OriginNotAllowed
    return record


class KeyCache:
    """Look-ups of the last seconds; a revoked key works at most ten seconds more.

    Found and not found are bounded apart: guessing does not push out the keys in use.
    """

    __slots__ = ("_absent", "_clock", "_found", "_limit", "_seconds")

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        seconds: float = KEPT_SECONDS,
        limit: int = MAX_KEPT,
    ) -> None:
        """`clock` is monotonic, in seconds."""
        self._clock = clock
        self._seconds = min(seconds, KEPT_SECONDS)
        self._limit = limit
        self._found: OrderedDict[bytes, tuple[float, KeyRecord]] = OrderedDict()
        self._absent: OrderedDict[bytes, float] = OrderedDict()

    async def find(self, key: ParsedKey, look_up: LookUp) -> KeyRecord | None:
        """The record of a key; a look-up that fails is not remembered."""
        started = self._clock()
        if (kept := self._found.get(key.sha256)) is not None and started < kept[0]:
            return kept[1]
        if (until := self._absent.get(key.sha256)) is not None and started < until:
            return None

        record = await look_up(key)
        # Counted from before the look-up: a late answer must not make the key live longer.
        self._keep(key.sha256, record, started + self._seconds)
        return record

    def known(self, text: str) -> KeyRecord | None:
        """The record of a key found within the last seconds, without reading its text: the digest is of all of it."""
        kept = self._found.get(_sha256(text))
        return kept[1] if kept is not None and self._clock() < kept[0] else None

    def forget(self, sha256: bytes) -> None:
        """Drop one key, at once in this process: after it was revoked or changed here."""
        self._found.pop(sha256, None)
        self._absent.pop(sha256, None)

    def clear(self) -> None:
        """Drop everything: after a tenant was suspended here."""
        self._found.clear()
        self._absent.clear()

    def _keep(self, sha256: bytes, record: KeyRecord | None, until: float) -> None:
        self.forget(sha256)
        if record is None:
            self._absent[sha256] = until
            _trim(self._absent, self._limit)
        else:
            self._found[sha256] = (until, record)
            _trim(self._found, self._limit)


def _trim(kept: OrderedDict[bytes, Kept], limit: int) -> None:
    while len(kept) > limit:
        kept.popitem(last=False)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_CHARS)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
