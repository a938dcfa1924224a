"""The key ring: versioned master secrets, and everything that is derived from them.

Nothing here reads or writes: `hub.tenants.keyfile` does. A ring is immutable; rotation and
retirement make a new one. A new version can be given a moment from which it is used for writing, so
that every process has read the key file before the first value is sealed under it; `at(now)` gives
the ring as of a moment.

Shapes, all big-endian:
  sealed value  format (1) version (2) nonce (12) ciphertext and tag
  blind index   version (2) first 16 bytes of HMAC-SHA256
  signature     version (2) Ed25519 signature (64)
"""

import base64
import hmac
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.kernel.errors import Conflict, Faulty, HubError

SECRET_BYTES = 32
MAX_VERSION = 0xFFFF
BLIND_BYTES = 18
DERIVED_KEYS_KEPT = 4096

_FORMAT = 1
_HEAD = struct.Struct(">BH")
_VERSION = struct.Struct(">H")
_PLACE = struct.Struct(">4sIBB")
_NONCE_BYTES = 12
_TAG_BYTES = 16
_OVERHEAD = _HEAD.size + _NONCE_BYTES + _TAG_BYTES
_DIGEST_BYTES = BLIND_BYTES - _VERSION.size
_WRAP_TABLE, _WRAP_COLUMN = "journal_person", "data_key"


class Purpose(StrEnum):
    """What a master secret is for. One secret never serves two purposes."""

    DATA = "data"
    INDEX = "index"
    REGISTRY = "registry"
    JOURNAL = "journal"
    DATABASE = "database"


# The registry's index secret lies in a file of its own that only the worker can read.
SHARED_PURPOSES = frozenset(Purpose) - {Purpose.REGISTRY}
REGISTRY_PURPOSES = frozenset({Purpose.REGISTRY})


class KeyState(StrEnum):
    """Where a version stands in its life."""

    PENDING = "pending"
    CURRENT = "current"
    OLD = "old"
    MISSING = "missing"


class Undecipherable(HubError):
    """A stored value cannot be decrypted."""

    code = "UNDECIPHERABLE"
    hint = "Tell the operator: `hub secrets status` shows whether a key version is missing."
    status = 500


class KeyAbsent(Faulty):
    """This process has no key for the purpose {purpose}."""

    code = "KEY_ABSENT"
    hint = "Point HUB_KEYS_FILE at the complete key file, or run this step in the worker."


class KeyInUse(Conflict):
    """Version {version} of the {purpose} key is still in use."""

    code = "KEY_IN_USE"
    hint = "Run `hub secrets rotate` until `hub secrets status` shows nothing under it, then retire."


@dataclass(frozen=True, slots=True)
class Version:
    """One master secret. `active_from` is when it becomes the one that writes."""

    purpose: Purpose
    number: int
    created_at: datetime
    active_from: datetime
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """One line of `hub secrets status`. `values` is None where nobody counted."""

    purpose: Purpose
    version: int
    state: KeyState
    created_at: datetime | None
    values: int | None

    @property
    def retirable(self) -> bool:
        """Whether nothing needs this version any more."""
        return self.state is KeyState.OLD and self.values == 0


def new_version(purpose: Purpose, number: int, *, now: datetime, active_from: datetime) -> Version:
    """A fresh random master secret."""
    return Version(purpose, number, now, active_from, os.urandom(SECRET_BYTES))


def fresh(*, now: datetime, purposes: Iterable[Purpose] = SHARED_PURPOSES) -> "KeyRing":
    """A new ring with version 1 of each purpose."""
    return KeyRing((new_version(purpose, 1, now=now, active_from=now) for purpose in sorted(purposes)), now=now)


def version_of(sealed: bytes) -> int:
    """The key version a sealed value was made with."""
    if len(sealed) < _OVERHEAD or sealed[0] != _FORMAT:
        raise Undecipherable
    version: int = _HEAD.unpack_from(sealed)[1]
    return version


def blind_version(blind: bytes) -> int:
    """The key version a blind index was made with."""
    version: int = _VERSION.unpack_from(blind)[0]
    return version


def reseal(ring: "KeyRing", sealed: bytes, *, tenant: int, table: str, column: str, row: UUID) -> bytes | None:
    """The same plaintext under the current key, or None where it is current already."""
    if not ring.stale(sealed):
        return None
    plaintext = ring.open(sealed, tenant=tenant, table=table, column=column, row=row)
    return ring.seal(plaintext, tenant=tenant, table=table, column=column, row=row)


def status(
    ring: "KeyRing", counts: Mapping[tuple[Purpose, int], int], *, counted: Iterable[Purpose] = ()
) -> tuple[KeyStatus, ...]:
    """What `hub secrets status` shows: every version held or met in the tables.

    `counts` is values found per version. For a purpose in `counted`, a version without an entry has
    no values; for another purpose nobody looked.
    """
    known = {(version.purpose, version.number): version for version in ring.versions}
    complete = frozenset(counted)
    rows = []
    for purpose, number in sorted(known.keys() | {key for key, found in counts.items() if found}):
        version = known.get((purpose, number))
        rows.append(
            KeyStatus(
                purpose,
                number,
                ring.state(purpose, number),
                version.created_at if version else None,
                counts.get((purpose, number), 0 if purpose in complete else None),
            )
        )
    return tuple(rows)


class KeyRing:
    """Master secrets with what is derived from them. Safe to share between threads; never printed.

    `former_signers` are public halves of retired journal keys: old daily heads still verify.
    """

    __slots__ = (
        "_aead",
        "_current",
        "_index_key",
        "_known",
        "_signer",
        "former_signers",
        "versions",
    )

    def __init__(
        self,
        versions: Iterable[Version],
        *,
        now: datetime,
        former_signers: Mapping[int, bytes] | None = None,
    ) -> None:
        """Versions of any purposes; Faulty where secrets are short, shared or numbered twice."""
        self.versions = tuple(sorted(versions, key=lambda v: (v.purpose, v.number)))
        self.former_signers = dict(former_signers or {})
        _refuse_faulty(self.versions)
        self._known = {(version.purpose, version.number): version for version in self.versions}
        self._current = _current_numbers(self.versions, now)
        self._aead = lru_cache(DERIVED_KEYS_KEPT)(self._make_aead)
        self._index_key = lru_cache(DERIVED_KEYS_KEPT)(self._make_index_key)
        self._signer = lru_cache(MAX_VERSION)(self._make_signer)

    def __repr__(self) -> str:
        held = ", ".join(f"{version.purpose}:{version.number}" for version in self.versions)
        return f"KeyRing({held})"

    # Sealed columns

    def seal(self, plaintext: bytes, *, tenant: int, table: str, column: str, row: UUID) -> bytes:
        """Encrypt a value for exactly this place; moved elsewhere it does not open."""
        version = self.current(Purpose.DATA)
        return self._seal(Purpose.DATA, version, plaintext, _place(tenant, table, column, row), tenant)

    def open(self, sealed: bytes, *, tenant: int, table: str, column: str, row: UUID) -> bytes:
        """The plaintext; Undecipherable where key, place or bytes are not those of sealing."""
        return self._open(Purpose.DATA, sealed, _place(tenant, table, column, row), tenant)

    def version_of(self, sealed: bytes) -> int:
        """The key version a sealed value was made with."""
        return version_of(sealed)

    def stale(self, sealed: bytes) -> bool:
        """Whether a sealed value should be sealed anew under the current key."""
        return version_of(sealed) != self.current(Purpose.DATA)

    # Blind indexes

    def blind(self, value: str, *, tenant: int, kind: str) -> bytes:
        """The look-up value to store. `kind` keeps a NIK and a KK number of equal digits apart."""
        return self._blind(Purpose.INDEX, self.current(Purpose.INDEX), value, tenant, kind)

    def blinds(self, value: str, *, tenant: int, kind: str) -> tuple[bytes, ...]:
        """The look-up values to search for: one per live version, the current one first."""
        return tuple(self._blind(Purpose.INDEX, number, value, tenant, kind) for number in self.live(Purpose.INDEX))

    def stale_blind(self, blind: bytes) -> bool:
        """Whether a stored blind index should be made anew."""
        return blind_version(blind) != self.current(Purpose.INDEX)

    def registry_blind(self, value: str, *, kind: str) -> bytes:
        """The look-up value across tenants. Only the worker's ring can make it."""
        return self._blind(Purpose.REGISTRY, self.current(Purpose.REGISTRY), value, 0, kind)

    def registry_blinds(self, value: str, *, kind: str) -> tuple[bytes, ...]:
        """The registry's look-up values under all live versions, the current one first."""
        return tuple(self._blind(Purpose.REGISTRY, number, value, 0, kind) for number in self.live(Purpose.REGISTRY))

    # Journal

    def wrap(self, data_key: bytes, *, tenant: int, person: UUID) -> bytes:
        """A person's journal key, encrypted. Destroying it erases the person's history."""
        place = _place(tenant, _WRAP_TABLE, _WRAP_COLUMN, person)
        return self._seal(Purpose.JOURNAL, self.current(Purpose.JOURNAL), data_key, place, tenant)

    def unwrap(self, wrapped: bytes, *, tenant: int, person: UUID) -> bytes:
        """A person's journal key; Undecipherable where it is not theirs."""
        place = _place(tenant, _WRAP_TABLE, _WRAP_COLUMN, person)
        return self._open(Purpose.JOURNAL, wrapped, place, tenant)

    def stale_wrap(self, wrapped: bytes) -> bool:
        """Whether a wrapped key should be wrapped anew."""
        return version_of(wrapped) != self.current(Purpose.JOURNAL)

    def sign(self, head: bytes) -> bytes:
        """Sign a daily journal head."""
        version = self.current(Purpose.JOURNAL)
        return _VERSION.pack(version) + self._signer(version).sign(head)

    def verifies(self, signature: bytes, head: bytes) -> bool:
        """Whether this house signed that head, under any version it ever had."""
        if len(signature) <= _VERSION.size:
            return False
        public = self.signers().get(_VERSION.unpack_from(signature)[0])
        return public is not None and signed_by(public, signature, head)

    def signers(self) -> dict[int, bytes]:
        """Public keys (raw Ed25519) by version, for publication beside the anchored heads."""
        own = {number: self._signer(number).public_key().public_bytes_raw() for number in self.live(Purpose.JOURNAL)}
        return {**self.former_signers, **own}

    # Database

    def password(self, role: str) -> str:
        """The password of a database role, derived, so that it is stored nowhere."""
        secret = self._derive(Purpose.DATABASE, self.current(Purpose.DATABASE), f"role:{role}")
        return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()

    # Life of the versions

    def current(self, purpose: Purpose) -> int:
        """The version that writes."""
        try:
            return self._current[purpose]
        except KeyError:
            raise KeyAbsent(purpose=purpose.value) from None

    def live(self, purpose: Purpose) -> tuple[int, ...]:
        """Every version that can be read, the current one first, then newest first."""
        current = self.current(purpose)
        others = [v.number for v in self.versions if v.purpose is purpose and v.number != current]
        return (current, *reversed(others))

    def holds(self, purpose: Purpose) -> bool:
        """Whether this ring has any key for the purpose."""
        return purpose in self._current

    def state(self, purpose: Purpose, number: int) -> KeyState:
        """Where a version stands; MISSING where this ring does not hold it."""
        if (purpose, number) not in self._known:
            return KeyState.MISSING
        if number == self._current[purpose]:
            return KeyState.CURRENT
        return KeyState.PENDING if number > self._current[purpose] else KeyState.OLD

    def at(self, now: datetime) -> "KeyRing":
        """The ring as of this moment: itself, unless a pending version has become current."""
        if _current_numbers(self.versions, now) == self._current:
            return self
        return KeyRing(self.versions, now=now, former_signers=self.former_signers)

    def merged(self, other: "KeyRing", *, now: datetime) -> "KeyRing":
        """Two key files as one ring: the shared one and the worker's."""
        former = {**self.former_signers, **other.former_signers}
        return KeyRing((*self.versions, *other.versions), now=now, former_signers=former)

    def rotated(self, purpose: Purpose, *, now: datetime, after: timedelta = timedelta(0)) -> "KeyRing":
        """A ring with one more version, writing from `now + after`; older ones stay readable."""
        newest = max(self.live(purpose))
        if newest == MAX_VERSION:
            raise Faulty(problem=f"no version number is left for {purpose.value}")
        added = new_version(purpose, newest + 1, now=now, active_from=now + after)
        return KeyRing((*self.versions, added), now=now, former_signers=self.former_signers)

    def retired(self, purpose: Purpose, number: int, *, remaining: int, now: datetime) -> "KeyRing":
        """A ring without this version; whatever is still under it (`remaining`) would be lost."""
        if self.state(purpose, number) is not KeyState.OLD or remaining:
            raise KeyInUse(purpose=purpose.value, version=number)
        former = dict(self.former_signers)
        if purpose is Purpose.JOURNAL:
            former[number] = self._signer(number).public_key().public_bytes_raw()
        kept = (v for v in self.versions if (v.purpose, v.number) != (purpose, number))
        return KeyRing(kept, now=now, former_signers=former)

    # Small helpers

    def _seal(self, purpose: Purpose, version: int, plaintext: bytes, place: bytes, tenant: int) -> bytes:
        head = _HEAD.pack(_FORMAT, version)
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + self._aead(purpose, version, tenant).encrypt(nonce, plaintext, place)

    def _open(self, purpose: Purpose, sealed: bytes, place: bytes, tenant: int) -> bytes:
        version = version_of(sealed)
        if (purpose, version) not in self._known:
            raise Undecipherable
        nonce = sealed[_HEAD.size : _HEAD.size + _NONCE_BYTES]
        body = sealed[_HEAD.size + _NONCE_BYTES :]
        try:
            return self._aead(purpose, version, tenant).decrypt(nonce, body, place)
        except InvalidTag:
            raise Undecipherable from None

    def _blind(self, purpose: Purpose, version: int, value: str, tenant: int, kind: str) -> bytes:
        key = self._index_key(purpose, version, tenant, kind)
        return _VERSION.pack(version) + hmac.digest(key, value.encode(), "sha256")[:_DIGEST_BYTES]

    def _make_aead(self, purpose: Purpose, version: int, tenant: int) -> AESGCM:
        return AESGCM(self._derive(purpose, version, f"tenant:{tenant}"))

    def _make_index_key(self, purpose: Purpose, version: int, tenant: int, kind: str) -> bytes:
        return self._derive(purpose, version, f"tenant:{tenant}:{kind}")

    def _make_signer(self, version: int) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derive(Purpose.JOURNAL, version, "head"))

    def _derive(self, purpose: Purpose, version: int, info: str) -> bytes:
        secret = self._known[purpose, version].secret
        context = f"kecamatan-hub:{purpose.value}:{info}".encode()
        return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=context).derive(secret)


def signed_by(public: bytes, signature: bytes, head: bytes) -> bool:
    """Whether a raw Ed25519 public key made this signature of a head; needs no ring."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature[_VERSION.size :], head)
    except (InvalidSignature, ValueError):
        return False
    return True


def _place(tenant: int, table: str, column: str, row: UUID) -> bytes:
    """Where a value stands, unambiguously: lengths before names, 16 bytes of row id last."""
    table_name, column_name = table.encode(), column.encode()
    head = _PLACE.pack(b"hub1", tenant, len(table_name), len(column_name))
    return head + table_name + column_name + row.bytes


def _current_numbers(versions: Iterable[Version], now: datetime) -> dict[Purpose, int]:
    """The newest active version of each purpose; the oldest where none is active yet."""
    current: dict[Purpose, int] = {}
    for version in versions:
        if version.purpose not in current or version.active_from <= now:
            current[version.purpose] = version.number
    return current


def _refuse_faulty(versions: tuple[Version, ...]) -> None:
    """Stop at secrets that are short, shared or numbered twice."""
    if any(len(version.secret) != SECRET_BYTES for version in versions):
        raise Faulty(problem=f"a master secret is not {SECRET_BYTES} bytes long")
    if any(not 0 < version.number <= MAX_VERSION for version in versions):
        raise Faulty(problem=f"a key version is not between 1 and {MAX_VERSION}")
    if len({version.secret for version in versions}) != len(versions):
        raise Faulty(problem="two key versions share one secret")
    if len({(version.purpose, version.number) for version in versions}) != len(versions):
        raise Faulty(problem="a key version occurs twice")
