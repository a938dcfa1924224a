"""One mutation, one effect: a key that was used answers what came of it then.

The key is claimed in the mutation's own transaction. So a refusal or a crash frees it, and a second request with the
same key waits for the first one to end. Kept are ids, codes and versions; a replay reads the objects again under the
rights of today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Integer, bindparam, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.journal.model import HASH_BYTES, KEY_LENGTH, Idempotency
from hub.journal.worker import inside
from hub.kernel.errors import BadInput, Conflict, Faulty
from hub.store import sql
from hub.store.base import MOMENT, table
from hub.store.pools import Connection
from hub.store.unit import Unit

KEEP = timedelta(days=7)
KEEP_BATCH = timedelta(days=180)
NOBODY = UUID(int=0)  # requests without a principal share one space of keys

Outcome = Mapping[str, str | int | list[str] | None]

_ROWS = table(Idempotency)
_PLACE = ("tenant_id", "principal_id", "field", "key")
_HERE = [_ROWS.c[name] == bindparam(f"at_{name}", type_=_ROWS.c[name].type) for name in _PLACE]


def _claiming() -> sql.Statement:
    """Insert, or take over a row that has expired; waits while another transaction holds the key."""
    names = (*_PLACE, "input_sha256", "created_at", "expires_at")
    fresh = insert(_ROWS).values({name: bindparam(name, type_=_ROWS.c[name].type) for name in names})
    renewed = {name: fresh.excluded[name] for name in ("input_sha256", "outcome", "created_at", "expires_at")}
    return sql.prepare(
        fresh.on_conflict_do_update(
            index_elements=list(_PLACE), set_=renewed, where=_ROWS.c.expires_at <= fresh.excluded.created_at
        ).returning(literal(1))
    )


_CLAIM = _claiming()
_HELD = sql.prepare(select(_ROWS.c.input_sha256, _ROWS.c.outcome, _ROWS.c.created_at).where(*_HERE))
_SETTLE = sql.prepare(
    update(_ROWS).where(*_HERE).values(outcome=bindparam("result", type_=_ROWS.c.outcome.type)).returning(literal(1))
)
_EXPIRE = sql.prepare(
    delete(_ROWS)
    .where(
        _ROWS.c.tenant_id == bindparam("tenant", type_=Integer),
        _ROWS.c.expires_at <= bindparam("now", type_=MOMENT),
    )
    .returning(literal(1))
)


class IdempotencyKeyReused(Conflict):
    """This idempotency key was already used for a different input."""

    code = "IDEMPOTENCY_KEY_REUSED"
    hint = "Use a fresh key for each new intention, and the same key only to repeat the very same request."


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of the first request with this key."""

    outcome: Outcome
    created_at: datetime


async def claim(unit: Unit, field: str, key: str, input_sha256: bytes, *, keep: timedelta = KEEP) -> Replay | None:
    """Take the key for this mutation; None where it is fresh, else what was done under it.

    Call it first in the transaction. May wait for a concurrent request with the same key.
    """
    if not 1 <= len(key) <= KEY_LENGTH or "\x00" in key:
        raise BadInput(problem=f"an idempotency key has 1 to {KEY_LENGTH} characters", path=("idempotencyKey",))
    if len(input_sha256) != HASH_BYTES:
        raise Faulty(problem="the digest of a mutation's input is not SHA-256")
    now = unit.now.instant
    place = _place(unit, field, key)
    claimed = await _fetch(unit, _CLAIM, **place, input_sha256=input_sha256, created_at=now, expires_at=now + keep)
    return None if claimed else await _replay(unit, place, input_sha256)


async def settle(unit: Unit, field: str, key: str, outcome: Outcome) -> None:
    """Keep what came of a claimed mutation, before it commits: ids, codes, versions; nothing personal.

    From here on the change stands, even where its payload cannot be read.
    """
    if not await _fetch(unit, _SETTLE, **_at(_place(unit, field, key)), result=dict(outcome)):
        raise Faulty(problem=f"{field} settled an idempotency key that it had not claimed")
    await unit.keep()


async def expire(connection: Connection, tenant: int, *, now: datetime) -> int:
    """Delete a tenant's expired keys, as the worker; how many."""
    async with inside(connection, tenant):
        return len(await connection.fetch(_EXPIRE.text, *_EXPIRE.arguments({"tenant": tenant, "now": now})))


async def _replay(unit: Unit, place: Mapping[str, Any], input_sha256: bytes) -> Replay:
    found = await _fetch(unit, _HELD, **_at(place))
    if not found:
        raise Conflict(path=("idempotencyKey",))  # deleted by retention between two statements
    if found[0]["input_sha256"] != input_sha256:
        raise IdempotencyKeyReused(path=("idempotencyKey",))
    if found[0]["outcome"] is None:
        raise Faulty(problem=f"{place['field']} committed without settling its idempotency key")
    await unit.keep()
    return Replay(cast("Outcome", orjson.loads(found[0]["outcome"])), found[0]["created_at"])


def _place(unit: Unit, field: str, key: str) -> dict[str, Any]:
    return {
        "tenant_id": unit.tenant.id,
        "principal_id": unit.scope.principal_id or NOBODY,
        "field": field,
        "key": key,
    }


def _at(place: Mapping[str, Any]) -> dict[str, Any]:
    return {f"at_{name}": value for name, value in place.items()}


async def _fetch(unit: Unit, statement: sql.Statement, **values: Any) -> list[Any]:
    unit.statements += 1
    return await unit.connection.fetch(statement.text, *statement.arguments(values))
