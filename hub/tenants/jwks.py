"""The public keys of token issuers: fetched seldom, kept a while, never waited for twice.

Known keys are served at once, also when they are due for a refresh, which then runs beside the
request; so an issuer that fails is noticed only by new keys, and by nobody else's issuer at all.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from hub.kernel.errors import HubError, Unavailable

FRESH_SECONDS = 600.0
STALE_SECONDS = 6 * 3600.0
UNKNOWN_KID_SECONDS = 30.0
FAILED_SECONDS = 10.0
MAX_SOURCES = 1024
MAX_KEYS = 64

_MIN_RSA_BITS = 2048
# In base64url. Larger moduli (over 8192 bits) would make one signature cost milliseconds.
_RSA_TEXT = range(342, 1400)
_MAX_EXPONENT_TEXT = 6
_MAX_KID = 255

PublicKey = ECKey | OKPKey | RSAKey
KeySet = Mapping[str, Mapping[str, PublicKey]]
"""Key id -> algorithm -> key: a key can only be found under an algorithm that it is for."""

FetchJwks = Callable[[str], Awaitable[bytes]]
"""Gets a URL's body, guarded and bounded in size and time; raises HubError where it cannot."""


class IssuerUnavailable(Unavailable):
    """The keys of the token's issuer cannot be fetched at the moment."""

    code = "ISSUER_UNAVAILABLE"
    hint = "Wait a little and send the same request again; the token may well be good."


class KeySetDamaged(Unavailable):
    """The issuer's key set is not usable: {problem}"""

    code = "KEY_SET_DAMAGED"
    hint = "Tell whoever runs the issuer; the hub needs a JSON object with a list named keys."


@dataclass(slots=True)
class _Source:
    keys: KeySet = field(default_factory=dict)
    fetched_at: float = float("-inf")
    tried_at: float = float("-inf")
    fault: str | None = None
    task: asyncio.Task[None] | None = None


def parse_key_set(raw: bytes) -> KeySet:
    """The usable keys of a JWKS. A key the hub has no use for is skipped, not an error."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise KeySetDamaged(problem="not JSON") from None
    entries = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise KeySetDamaged(problem=f"no list of at most {MAX_KEYS} keys")

    found: dict[str, dict[str, PublicKey]] = {}
    for entry in entries:
        if isinstance(entry, dict) and (kid := _kid(entry)) is not None:
            found.setdefault(kid, {}).update(_by_algorithm(entry))
    usable = {kid: keys for kid, keys in found.items() if keys}
    if not usable:
        raise KeySetDamaged(problem="no key for ES256, Ed25519, RS256 or PS256 in it")
    return usable


class KeySets:
    """The key sets of all issuers, by their address. Lives in one event loop."""

    __slots__ = ("_clock", "_fetch", "_sources")

    def __init__(self, fetch: FetchJwks, *, clock: Callable[[], float]) -> None:
        """`clock` is monotonic, in seconds."""
        self._fetch = fetch
        self._clock = clock
        self._sources: dict[str, _Source] = {}

    async def keys(self, uri: str, kid: str) -> Mapping[str, PublicKey] | None:
        """The keys of this id by algorithm; None where the issuer has none.

        IssuerUnavailable where nothing usable was ever fetched, or too long ago.
        """
        source = self._source(uri)
        age = self._clock() - source.fetched_at
        if age < STALE_SECONDS and kid in source.keys:
            if age >= FRESH_SECONDS:
                self._refresh(uri, source)
            return source.keys[kid]

        if (task := self._refresh(uri, source)) is not None:
            # Shielded: others wait for the same fetch when this request is cancelled.
            await asyncio.shield(task)
        if self._clock() - source.fetched_at >= STALE_SECONDS:
            raise IssuerUnavailable
        return source.keys.get(kid)

    def faults(self) -> dict[str, str]:
        """The issuers whose last fetch failed, with the failure's code; for doctor and metrics."""
        return {uri: source.fault for uri, source in self._sources.items() if source.fault}

    async def close(self) -> None:
        """End fetches that still run."""
        tasks = [source.task for source in self._sources.values() if source.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _source(self, uri: str) -> _Source:
        if uri not in self._sources and len(self._sources) >= MAX_SOURCES:
            del self._sources[next(iter(self._sources))]
        return self._sources.setdefault(uri, _Source())

    def _refresh(self, uri: str, source: _Source) -> asyncio.Task[None] | None:
        """The running fetch, or a new one, or None where the last try was too recent."""
        if source.task is not None:
            return source.task
        pause = FAILED_SECONDS if source.fault else UNKNOWN_KID_SECONDS
        if self._clock() - source.tried_at < pause:
            return None
        source.tried_at = self._clock()
        source.task = asyncio.create_task(self._fetch_into(uri, source))
        return source.task

    async def _fetch_into(self, uri: str, source: _Source) -> None:
        try:
            source.keys = parse_key_set(await self._fetch(uri))
        except HubError as failure:
            source.fault = failure.code
        else:
            source.fetched_at, source.fault = self._clock(), None
        finally:
            source.task = None


def _kid(entry: Mapping[str, object]) -> str | None:
    kid = entry.get("kid")
    return kid if isinstance(kid, str) and 0 < len(kid) <= _MAX_KID else None


def _by_algorithm(entry: Mapping[str, object]) -> dict[str, PublicKey]:
    """The key under each algorithm that it is meant for; empty where it is not for verifying."""
    operations = entry.get("key_ops")
    if entry.get("use", "sig") != "sig" or "d" in entry:
        return {}  # a published private key is nobody's signature
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return {}
    try:
        fits = _fitting(entry)
    except (JoseError, ValueError, KeyError, TypeError):
        return {}
    named = "Ed25519" if entry.get("alg") == "EdDSA" else entry.get("alg")
    return {name: key for name, key in fits.items() if named in {None, name}}


def _fitting(entry: Mapping[str, object]) -> dict[str, PublicKey]:
    """Only the numbers of a key are imported: nothing else in the entry has a say."""
    match entry:
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
            ec = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})
            return {"ES256": _checked(ec)}
        case {"kty": "OKP", "crv": "Ed25519", "x": str(x)}:
            okp = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
            return {"Ed25519": _checked(okp)}
        case {"kty": "RSA", "n": str(n), "e": str(e)} if len(n) in _RSA_TEXT and len(e) <= _MAX_EXPONENT_TEXT:
            rsa = RSAKey.import_key({"kty": "RSA", "n": n, "e": e})
            if rsa.raw_value.key_size < _MIN_RSA_BITS:
                return {}
            return {"RS256": rsa, "PS256": rsa}
    return {}


def _checked(key: PublicKey) -> PublicKey:
    """The key, built now: joserfc imports lazily, and a bad point should fail here."""
    _ = key.raw_value
    return key
