"""The one feed: sealed changes by (tenant, seq), for offline sync, subscriptions, webhooks and the relay.

Places are gapless, so a page is a stretch of places: a reader who may see few of them still moves on, and what a
policy hides leaves no gap that could be mistaken for something to wait for. Personal values are never in it.
"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, bindparam, func, select, true
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import Select

from hub.journal.model import ChainHead, Change, Effect, Epoch, Pending
from hub.kernel.errors import BadInput, Conflict
from hub.kernel.ids import base64url, unbase64url
from hub.kernel.scope import Scope
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Session

# Places looked at per page, shared among its tenants: bounds the work for a reader to whom most are hidden.
STRETCH = 5_000
FIELDS = (
    "tenant_id",
    "seq",
    "kind",
    "effect",
    "type_name",
    "object_id",
    "version",
    "village_id",
    "fields",
    "happened_at",
    "sealed_at",
)

_FORMAT = 1
_HEAD = struct.Struct(">BQ4s")
_PLACE = struct.Struct(">IQ")
_SUM = struct.Struct(">I")

_CHANGE, _CHAIN, _EPOCH, _PENDING = table(Change), table(ChainHead), table(Epoch), table(Pending)


class ResyncRequired(Conflict):
    """This cursor is of no use any more: the database was restored, or your scope is another one."""

    code = "RESYNC_REQUIRED"
    hint = "Take a fresh cursor, read everything again, and continue from there."


class FeedCursorRefused(BadInput):
    """This text is not a cursor of the feed of changes."""

    code = "FEED_CURSOR_INVALID"
    hint = "Send the cursor of the last page exactly as the hub gave it, or take a fresh one from `changesCursor`."


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has come in each tenant; opaque to clients."""

    epoch: int
    scope: bytes
    places: Mapping[int, int]

    def encode(self) -> str:
        """The text clients keep."""
        raw = _HEAD.pack(_FORMAT, self.epoch, self.scope)
        raw += b"".join(_PLACE.pack(tenant, seq) for tenant, seq in sorted(self.places.items()))
        return base64url(raw + _SUM.pack(zlib.crc32(raw)))


@dataclass(frozen=True, slots=True)
class Told:
    """One change as the feed tells it."""

    tenant_id: int
    seq: int
    kind: str
    effect: Effect
    type_name: str
    object_id: UUID
    version: int
    village_id: UUID | None
    fields: tuple[str, ...]
    happened_at: datetime
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the feed. `more` says that the next page need not be waited for, `lag` how far sealing is behind."""

    entries: tuple[Told, ...]
    cursor: Cursor
    more: bool
    lag: timedelta


@dataclass(frozen=True, slots=True)
class _State:
    """What a page starts from."""

    epoch: int
    oldest: datetime | None
    heads: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))


def _stretch(tenant: ColumnElement[int], after: ColumnElement[int], until: ColumnElement[int]) -> Select[Any]:
    """Visible changes of one tenant in (after, until]."""
    return (
        select(*(_CHANGE.c[name] for name in FIELDS))
        .where(_CHANGE.c.tenant_id == tenant, _CHANGE.c.seq > after, _CHANGE.c.seq <= until)
        .order_by(_CHANGE.c.seq)
        .limit(bindparam("size", type_=Integer))
    )


def _one() -> sql.Statement:
    tenant = bindparam("tenant", type_=Integer)
    return sql.prepare(_stretch(tenant, *(bindparam(name, type_=BigInteger) for name in ("after", "until"))))


def _several() -> sql.Statement:
    """Of each tenant the first few, then the tenants' firsts before their seconds: no busy tenant hides a quiet one."""
    spot = (
        func.unnest(
            bindparam("tenants", type_=ARRAY(Integer)),
            bindparam("afters", type_=ARRAY(BigInteger)),
            bindparam("untils", type_=ARRAY(BigInteger)),
        )
        .table_valued("tenant", "after", "until")
        .render_derived(name="spot")
    )
    part = _stretch(spot.c.tenant, spot.c.after, spot.c.until).lateral("part")
    turn = func.row_number().over(partition_by=part.c.tenant_id, order_by=part.c.seq)
    return sql.prepare(
        select(*part.c)
        .join_from(spot, part, true())
        .order_by(turn, part.c.tenant_id)
        .limit(bindparam("size", type_=Integer))
    )


def _state_of() -> sql.Statement:
    asked = func.unnest(bindparam("tenants", type_=ARRAY(Integer))).table_valued("id").render_derived(name="asked")
    oldest = select(func.min(_PENDING.c.happened_at)).where(_PENDING.c.tenant_id == asked.c.id).scalar_subquery()
    number = select(_EPOCH.c.number).where(_EPOCH.c.id == 1).scalar_subquery()
    return sql.prepare(
        select(
            asked.c.id.label("tenant"),
            func.coalesce(_CHAIN.c.seq, 0).label("head"),
            oldest.label("oldest"),
            number.label("epoch"),
        ).join_from(asked, _CHAIN, _CHAIN.c.tenant_id == asked.c.id, isouter=True)
    )


_ONE, _SEVERAL, _STATE = _one(), _several(), _state_of()


def parse(text: str) -> Cursor:
    """A client's cursor; FeedCursorRefused where it is not one that the hub gave."""
    raw = unbase64url(text) or b""
    body, places = raw[: -_SUM.size], len(raw) - _HEAD.size - _SUM.size
    if places < 0 or places % _PLACE.size or _SUM.pack(zlib.crc32(body)) != raw[-_SUM.size :] or raw[0] != _FORMAT:
        raise FeedCursorRefused(path=("after",))
    _, epoch, scope = _HEAD.unpack_from(body)
    return Cursor(epoch, scope, dict(_PLACE.iter_unpack(body[_HEAD.size :])))


async def here(session: Session) -> Cursor:
    """The cursor of now: what comes behind it happened, or was sealed, later."""
    state = await _state(session)
    return Cursor(state.epoch, fingerprint(session.scope), dict(state.heads))


async def changes(session: Session, after: Cursor | None, limit: int) -> Page:
    """Up to `limit` changes that the scope may see, behind `after` (None: from the very beginning).

    Two statements. A page may be empty and still move the cursor: go on while `more`. Within a tenant changes come
    in their order; between tenants there is none. Raises ResyncRequired where the cursor does not fit any more.
    """
    state = await _state(session)
    start = _start(session.scope, after, state)
    reach = max(STRETCH // max(len(state.heads), 1), 1)
    ends = {tenant: min(head, start.get(tenant, 0) + reach) for tenant, head in state.heads.items()}
    rows = await _rows(session, start, ends, limit)

    places = {**start, **_reached(rows, ends, full=len(rows) == limit)}
    return Page(
        entries=tuple(_told(row) for row in rows),
        cursor=Cursor(state.epoch, fingerprint(session.scope), places),
        more=any(places.get(tenant, 0) < head for tenant, head in state.heads.items()),
        lag=max(session.now.instant - state.oldest, timedelta(0)) if state.oldest else timedelta(0),
    )


def fingerprint(scope: Scope) -> bytes:
    """What a cursor remembers of the scope: with another narrowing it would skip what was hidden before."""
    villages = ",".join(sorted(str(village) for village in scope.villages))
    text = f"{scope.reader.value}|{villages}|{scope.party}|{scope.subject}"
    return sha256(text.encode()).digest()[:4]


def _start(scope: Scope, after: Cursor | None, state: _State) -> dict[int, int]:
    if after is None:
        return {}
    ahead = any(state.heads.get(tenant, seq) < seq for tenant, seq in after.places.items())
    if after.epoch != state.epoch or after.scope != fingerprint(scope) or ahead:
        raise ResyncRequired(path=("after",))
    return dict(after.places)


async def _rows(session: Session, start: Mapping[int, int], ends: Mapping[int, int], limit: int) -> list[Any]:
    behind = [tenant for tenant in sorted(ends) if start.get(tenant, 0) < ends[tenant]]
    if not behind:
        return []
    session.statements += 1
    if len(behind) == 1:
        tenant = behind[0]
        one = {"tenant": tenant, "after": start.get(tenant, 0), "until": ends[tenant], "size": limit}
        return await session.connection.fetch(_ONE.text, *_ONE.arguments(one))
    several = {
        "tenants": behind,
        "afters": [start.get(tenant, 0) for tenant in behind],
        "untils": [ends[tenant] for tenant in behind],
        "size": limit,
    }
    return await session.connection.fetch(_SEVERAL.text, *_SEVERAL.arguments(several))


def _reached(rows: list[Any], ends: Mapping[int, int], *, full: bool) -> dict[int, int]:
    """How far each tenant was read: to the last change given, or over the whole stretch where the page has room."""
    return {row["tenant_id"]: row["seq"] for row in rows} if full else dict(ends)


async def _state(session: Session) -> _State:
    tenants = [tenant.id for tenant in session.scope.tenants]
    session.statements += 1
    rows = await session.connection.fetch(_STATE.text, *_STATE.arguments({"tenants": tenants}))
    oldest = [row["oldest"] for row in rows if row["oldest"] is not None]
    epoch = rows[0]["epoch"] if rows else 0
    return _State(epoch, min(oldest, default=None), {row["tenant"]: row["head"] for row in rows})


def _told(row: Mapping[str, Any]) -> Told:
    values = {**row, "effect": Effect(row["effect"]), "fields": tuple(row["fields"])}
    return Told(**values)
