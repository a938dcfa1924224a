"""Tokens of people and machines: JWTs from issuers that a tenant or agency allowed by name.

A token proves an identity, (issuer, subject), and nothing else: rights come from grants in the hub,
never from claims. Reasons of refusal differ inwardly, for log and metrics; outwardly there are two.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from hub.kernel.errors import Faulty, Unauthenticated
from hub.kernel.ids import unbase64url
from hub.tenants.jwks import IssuerUnavailable, KeySets, PublicKey

ALGORITHMS = frozenset({"ES256", "Ed25519", "RS256", "PS256"})
MAX_TOKEN_BYTES = 8192
LEEWAY_SECONDS = 60
KEPT_SECONDS = 60
MAX_KEPT = 10_000

_PARTS = 3
_MAX_SUBJECT = 255
_LAST_INSTANT = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_TYPES = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})
_KEPT_CLAIMS = ("azp", "client_id", "acr", "sid", "jti", "nonce")


class Reason(StrEnum):
    """Why a token was refused: for the log, never for the client."""

    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    CRITICAL_HEADER = "critical_header"
    TYPE = "type"
    NO_KEY_ID = "no_key_id"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    UNKNOWN_KEY = "unknown_key"
    KEY_MISMATCH = "key_mismatch"
    SIGNATURE = "signature"
    NO_EXPIRY = "no_expiry"
    NO_SUBJECT = "no_subject"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


class TokenInvalid(Unauthenticated):
    """This token is not valid here."""

    code = "TOKEN_INVALID"
    hint = "Sign in again; if that does not help, ask which sign-in service the hub accepts."

    def __init__(self, reason: Reason) -> None:
        """`reason` stays inside."""
        super().__init__()
        self.reason = reason


class TokenExpired(Unauthenticated):
    """This token has expired."""

    code = "TOKEN_EXPIRED"
    hint = "Refresh the token at its issuer or sign in again."
    reason = Reason.EXPIRED


@dataclass(frozen=True, slots=True)
class Issuer:
    """A sign-in service that one tenant trusts, for one audience.

    Two tenants may name the same `url` with different `jwks_uri`; so what a key set vouches for
    counts for the tenants that named this key set, and for no other.
    """

    url: str
    audience: str
    algorithms: frozenset[str]
    jwks_uri: str
    tenant_id: int

    def __post_init__(self) -> None:
        if not self.algorithms or not self.algorithms <= ALGORITHMS:
            raise Faulty(problem=f"an issuer's algorithms are not among {sorted(ALGORITHMS)}")


Issuers = Mapping[str, Sequence[Issuer]]
"""The allow-list, by issuer URL."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks of, and the tenants for which its issuer may say so."""

    issuer: str
    subject: str
    tenants: frozenset[int]
    expires_at: datetime
    claims: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a token says of itself, before any signature was looked at."""

    token: str
    algorithm: str
    key_id: str
    claims: Mapping[str, object]


def looks_like(credential: str) -> bool:
    """Whether a bearer credential means to be a token."""
    return credential.startswith("ey")


class TokenVerifier:
    """Verifies tokens, and remembers for a minute at most which ones were good."""

    __slots__ = ("_kept", "_key_sets", "_limit")

    def __init__(self, key_sets: KeySets, *, limit: int = MAX_KEPT) -> None:
        """`limit` bounds the remembered tokens."""
        self._key_sets = key_sets
        self._limit = limit
        self._kept: OrderedDict[bytes, tuple[float, Identity]] = OrderedDict()

    async def verify(self, token: str, *, issuers: Issuers, now: datetime) -> Identity:
        """Who sent this token; TokenInvalid, TokenExpired, or IssuerUnavailable (try again)."""
        if len(token) > MAX_TOKEN_BYTES:
            raise TokenInvalid(Reason.TOO_LONG)
        instant = now.timestamp()
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        if (known := self._recall(digest, issuers, instant)) is not None:
            return known

        claimed = _read(token)
        trusted = _trusted(claimed, issuers)
        tenants = await self._vouching(claimed, trusted)
        identity = _identity(claimed, tenants, instant)

        until = min(identity.expires_at.timestamp(), instant + KEPT_SECONDS)
        self._kept[digest] = (until, identity)
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return identity

    def forget(self) -> None:
        """Drop what is remembered: after an issuer was changed here."""
        self._kept.clear()

    def _recall(self, digest: bytes, issuers: Issuers, instant: float) -> Identity | None:
        """A remembered identity, as long as the very tenants that trusted it still do."""
        if (kept := self._kept.get(digest)) is None:
            return None
        until, identity = kept
        trusting = {issuer.tenant_id for issuer in issuers.get(identity.issuer, ())}
        if instant < until and identity.tenants <= trusting:
            return identity
        del self._kept[digest]
        return None

    async def _vouching(self, claimed: _Claimed, trusted: Sequence[Issuer]) -> frozenset[int]:
        """The tenants whose key set verifies the signature; refused where there is none."""
        tenants: set[int] = set()
        refusal: TokenInvalid | IssuerUnavailable = TokenInvalid(Reason.UNKNOWN_KEY)
        for uri in dict.fromkeys(issuer.jwks_uri for issuer in trusted):
            try:
                await self._verify_signature(claimed, uri)
            except (TokenInvalid, IssuerUnavailable) as reason:
                refusal = reason
            else:
                tenants.update(issuer.tenant_id for issuer in trusted if issuer.jwks_uri == uri)
        if not tenants:
            raise refusal
        return frozenset(tenants)

    async def _verify_signature(self, claimed: _Claimed, uri: str) -> None:
        keys = await self._key_sets.keys(uri, claimed.key_id)
        if keys is None:
            raise TokenInvalid(Reason.UNKNOWN_KEY)
        if (key := keys.get(claimed.algorithm)) is None:
            raise TokenInvalid(Reason.KEY_MISMATCH)
        if not _signed(claimed, key):
            raise TokenInvalid(Reason.SIGNATURE)


def _read(token: str) -> _Claimed:
    """Take a token apart and refuse what no signature could make good."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise TokenInvalid(Reason.MALFORMED)
    header, claims = _json_object(parts[0]), _json_object(parts[1])
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "jwt")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise TokenInvalid(Reason.ALGORITHM)
    if "crit" in header or "b64" in header:
        raise TokenInvalid(Reason.CRITICAL_HEADER)
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenInvalid(Reason.TYPE)
    if not isinstance(key_id, str) or not key_id:
        raise TokenInvalid(Reason.NO_KEY_ID)
    return _Claimed(token, algorithm, key_id, claims)


def _trusted(claimed: _Claimed, issuers: Issuers) -> list[Issuer]:
    """The entries of the allow-list that this token may appeal to."""
    url, audience = claimed.claims.get("iss"), claimed.claims.get("aud")
    named = issuers.get(url, ()) if isinstance(url, str) else ()
    if not named:
        raise TokenInvalid(Reason.ISSUER)
    audiences = audience if isinstance(audience, list) else [audience]
    meant = [issuer for issuer in named if issuer.audience in audiences]
    if not meant:
        raise TokenInvalid(Reason.AUDIENCE)
    trusted = [issuer for issuer in meant if claimed.algorithm in issuer.algorithms]
    if not trusted:
        raise TokenInvalid(Reason.ALGORITHM)
    return trusted


def _signed(claimed: _Claimed, key: PublicKey) -> bool:
    """Whether this key made the signature. Headers that carry or name keys have no say."""
    registry = JWSRegistry(algorithms=[claimed.algorithm], strict_check_header=False)
    registry.max_header_length = MAX_TOKEN_BYTES
    try:
        jws.deserialize_compact(claimed.token, key, registry=registry)
    except (JoseError, ValueError):
        return False
    return True


def _identity(claimed: _Claimed, tenants: frozenset[int], instant: float) -> Identity:
    """What a well signed token says, if its time has come and is not over."""
    claims = claimed.claims
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT:
        raise TokenInvalid(Reason.NO_SUBJECT)
    if (expiry := _instant(claims.get("exp"))) is None:
        raise TokenInvalid(Reason.NO_EXPIRY)
    if expiry + LEEWAY_SECONDS <= instant:
        raise TokenExpired
    for name in ("nbf", "iat"):
        start = _instant(claims.get(name, 0))
        if start is None or start - LEEWAY_SECONDS > instant:
            raise TokenInvalid(Reason.NOT_YET)
    kept = {name: text for name in _KEPT_CLAIMS if isinstance(text := claims.get(name), str)}
    expires_at = datetime.fromtimestamp(expiry, UTC)
    return Identity(str(claims["iss"]), subject, tenants, expires_at, kept)


def _instant(value: object) -> float | None:
    """A NumericDate that is a moment in time: no text, no truth value, no infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < _LAST_INSTANT else None


def _json_object(part: str) -> Mapping[str, object]:
    raw = unbase64url(part)
    try:
        content = json.loads(raw or b"")
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise TokenInvalid(Reason.MALFORMED)
    return content
