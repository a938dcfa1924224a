"""Personal before and after values: readable while the person's key exists, noise afterwards.

Each person has a random key, stored wrapped by the key ring. Erasure destroys the wrapped key; the chain still
verifies, because it covers the ciphertext. A backup older than the erasure still holds the key: after a restore the
erasures made since must be repeated.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.journal.model import SubjectKey
from hub.kernel.errors import Conflict, HubError
from hub.store import sql
from hub.store.base import MOMENT, table
from hub.store.unit import Session, Unit

KEY_BYTES = 32
_NONCE_BYTES = 12

_KEYS = table(SubjectKey)
_HELD = sql.prepare(
    select(_KEYS.c.wrapped).where(
        _KEYS.c.tenant_id == bindparam("tenant", type_=_KEYS.c.tenant_id.type),
        _KEYS.c.subject_id == bindparam("subject", type_=_KEYS.c.subject_id.type),
    )
)
_KEEP = sql.prepare(
    insert(_KEYS)
    .values({name: bindparam(name) for name in ("tenant_id", "subject_id", "wrapped", "created_at")})
    .on_conflict_do_nothing()
    .returning(_KEYS.c.wrapped)
)
_DESTROY = sql.prepare(
    update(_KEYS)
    .where(
        _KEYS.c.tenant_id == bindparam("tenant", type_=_KEYS.c.tenant_id.type),
        _KEYS.c.subject_id == bindparam("subject", type_=_KEYS.c.subject_id.type),
        _KEYS.c.wrapped.is_not(None),
    )
    .values(wrapped=None, destroyed_at=bindparam("now", type_=MOMENT))
    .returning(_KEYS.c.subject_id)
)


class SubjectErased(Conflict):
    """This person's data was erased; nothing personal can be recorded about them any more."""

    code = "SUBJECT_ERASED"
    hint = "Register the person again as a new record if they are to be served."


class Unreadable(HubError):
    """A recorded personal value cannot be decrypted."""

    code = "JOURNAL_UNREADABLE"
    hint = "Tell the operator: a journal key is missing, or the entry was altered; `hub doctor` says which."


class PersonKeys(Protocol):
    """What wraps a person's key; the key ring does."""

    def wrap(self, data_key: bytes, *, tenant: int, person: UUID) -> bytes:
        """The key, encrypted for this person."""

    def unwrap(self, wrapped: bytes, *, tenant: int, person: UUID) -> bytes:
        """The key again."""


async def key_for(unit: Unit, subject: UUID, keys: PersonKeys) -> bytes:
    """The person's key, made at its first use. Raises SubjectErased where it was destroyed."""
    tenant = unit.tenant.id
    held = await _fetch(unit, _HELD, tenant=tenant, subject=subject)
    if not held:
        fresh = keys.wrap(os.urandom(KEY_BYTES), tenant=tenant, person=subject)
        held = await _fetch(
            unit, _KEEP, tenant_id=tenant, subject_id=subject, wrapped=fresh, created_at=unit.now.instant
        ) or await _fetch(unit, _HELD, tenant=tenant, subject=subject)  # somebody else was first
    wrapped: bytes | None = held[0]["wrapped"]
    if wrapped is None:
        raise SubjectErased
    return keys.unwrap(wrapped, tenant=tenant, person=subject)


def seal_values(values: bytes, *, key: bytes, tenant: int, subject: UUID, entry: UUID) -> bytes:
    """Ciphertext that opens only in this entry of this person."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, values, _place(tenant, subject, entry))


async def reveal(session: Session, entry: Mapping[str, Any], keys: PersonKeys) -> dict[str, list[Any]] | None:
    """The personal [before, after] pairs of a `journal_entry` row; None where there are none or no more.

    For screens and exports whose permission was checked; the caller journals the reading.
    """
    if entry["personal"] is None:
        return None
    tenant, subject = int(entry["tenant_id"]), UUID(str(entry["subject_id"]))
    held = await _fetch(session, _HELD, tenant=tenant, subject=subject)
    if not held or held[0]["wrapped"] is None:
        return None
    key = keys.unwrap(held[0]["wrapped"], tenant=tenant, person=subject)
    raw: bytes = entry["personal"]
    try:
        plain = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _place(tenant, subject, entry["id"]))
    except InvalidTag:
        raise Unreadable from None
    values: dict[str, list[Any]] = orjson.loads(plain)
    return values


async def erase(connection: sql.Runs, *, tenant: int, subject: UUID, now: datetime) -> bool:
    """Destroy a person's key, as the worker inside the tenant. False where there was none to destroy.

    Cannot be undone: every personal value ever recorded about the person becomes unreadable.
    """
    gone = await connection.fetch(
        _DESTROY.text, *_DESTROY.arguments({"tenant": tenant, "subject": subject, "now": now})
    )
    return bool(gone)


def _place(tenant: int, subject: UUID, entry: UUID) -> bytes:
    return b"hub-journal-1" + tenant.to_bytes(4, "big") + subject.bytes + entry.bytes


async def _fetch(session: Session, statement: sql.Statement, **values: Any) -> list[Any]:
    session.statements += 1
    return await session.connection.fetch(statement.text, *statement.arguments(values))
