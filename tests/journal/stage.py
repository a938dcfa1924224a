"""What the journal's tests share: events, scopes, keys, and doing one thing in one transaction."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.journal import feed, sealer
from hub.journal.model import Effect
from hub.journal.record import Event, record
from hub.kernel.clock import Now
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.pools import Connection, Pool
from hub.store.unit import reading, writing

TENANT, OTHER = 6301, 6302
NOON = Now(datetime(2026, 11, 21, 4, 0, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class CommitmentSigned(Event):
    type_name: str = "Commitment"


@dataclass(frozen=True, kw_only=True)
class CitizenRegistered(Event):
    type_name: str = "Citizen"
    effect: Effect = Effect.CREATED


@dataclass(slots=True)
class Keys:
    """A key ring's journal part with fixed secrets: real AES-GCM and Ed25519, no key file."""

    secret: bytes = bytes(range(32))
    signing: bytes = field(default=bytes(range(32, 64)))

    def wrap(self, data_key: bytes, *, tenant: int, person: UUID) -> bytes:
        nonce = os.urandom(12)
        return nonce + AESGCM(self.secret).encrypt(nonce, data_key, tenant.to_bytes(4, "big") + person.bytes)

    def unwrap(self, wrapped: bytes, *, tenant: int, person: UUID) -> bytes:
        place = tenant.to_bytes(4, "big") + person.bytes
        return AESGCM(self.secret).decrypt(wrapped[:12], wrapped[12:], place)

    def sign(self, head: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.signing).sign(head)

    def verifies(self, signature: bytes, head: bytes) -> bool:
        try:
            Ed25519PrivateKey.from_private_bytes(self.signing).public_key().verify(signature, head)
        except InvalidSignature:
            return False
        return True


def scope(
    *tenants: int,
    reader: Reader = Reader.API,
    villages: tuple[UUID, ...] = (),
    party: UUID | None = None,
    principal: UUID | None = None,
) -> Scope:
    return Scope(
        reader=reader,
        role="KASI",
        permissions=frozenset(),
        tenants=tuple(TenantRef(id=tenant, code=f"63.01.{tenant}", zone=Zone.WITA) for tenant in tenants or (TENANT,)),
        principal_id=principal or new_id(),
        villages=villages,
        party=party,
        request_id="req-1",
    )


async def say(pool: Pool, *events: Event, under: Scope | None = None, keys: Keys | None = None) -> None:
    """Record events in one transaction."""
    async with writing(pool, under or scope(), NOON) as unit:
        for event in events:
            await record(unit, event, keys)


async def signed(pool: Pool, count: int, *, tenant: int = TENANT) -> list[UUID]:
    """Record `count` signed commitments, each in its own transaction; their ids in that order."""
    ids = [new_id() for _ in range(count)]
    for key in ids:
        await say(pool, CommitmentSigned(object_id=key), under=scope(tenant))
    return ids


async def seal_all(worker: Connection, *tenants: int) -> int:
    """Seal what waits in these tenants."""
    found = 0
    for tenant in tenants or (TENANT,):
        while batch := await sealer.seal(worker, tenant, now=NOON.instant):
            found += batch
    return found


async def page(pool: Pool, under: Scope, after: feed.Cursor | None = None, limit: int = 100) -> feed.Page:
    """One page of the feed."""
    async with reading(pool, under, NOON) as session:
        return await feed.changes(session, after, limit)
