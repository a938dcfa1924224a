"""Who has which message in hand, and what came of it. One message of an endpoint at a time, in the feed's order.

A try is counted before the call. Whoever takes a message has it for the lease; when that process dies, another takes
the same message, with the same id, once the lease is over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hub.domains.webhooks import actions, pace
from hub.domains.webhooks.model import DeliveryState, WebhookEndpoint, WebhookState, WebhookStop
from hub.domains.webhooks.spreading import NEXT, REQUEST
from hub.journal.worker import inside
from hub.kernel.clock import Now
from hub.kernel.ids import GlobalId
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import TenantRef
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of

LEASE = timedelta(seconds=60)
SLOW = timedelta(seconds=2)
TEST = "webhook.test"
GONE = 410
OBLIGING = frozenset({429, 503})  # answers that may say when to come back
_WELL = range(200, 300)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EPOCH = "(select number from epoch where id = 1)"
_FREE = f"state = '{WebhookState.ACTIVE}' and due_at <= $1 and (leased_until is null or leased_until <= $1)"
_DUE = f"""
select tenant_id, id from webhook_endpoint where {_FREE} and released_epoch = {_EPOCH} and slow = $2
order by due_at, id limit $3
"""  # noqa: S608  # words of this package, as in the others
_TAKE = f"""
update webhook_endpoint set leased_until = $4 where {_FREE} and released_epoch = {_EPOCH}
and tenant_id = $2 and id = $3
returning url, grant_id, secret_sealed, former_secret_sealed, former_until
"""  # noqa: S608
_HEAD = """
update webhook_delivery set attempts = attempts + 1, tried_at = $3
where tenant_id = $1 and next_at <= $3 and id = (
    select id from webhook_delivery where tenant_id = $1 and endpoint_id = $2 and next_at is not null
    order by seq nulls first, id limit 1)
returning id, message_id, seq, type_name, object_id, effect, object_version, happened_at, attempts
"""
_LEAVE = f"update webhook_endpoint set leased_until = null, due_at = {NEXT} where tenant_id = $1 and id = $2"  # noqa: S608
_SETTLE = f"""
update webhook_delivery set state = $4::text, next_at = $5::timestamptz, last_status = $6, last_error = $7,
    updated_at = $8::timestamptz,
    settled_at = case when $4::text = '{DeliveryState.WAITING}' then null else $8::timestamptz end
where tenant_id = $1 and id = $2 and attempts = $3 and state = '{DeliveryState.WAITING}'
"""  # noqa: S608
_AFTER = f"""
update webhook_endpoint set leased_until = null, slow = $4,
    due_at = case when state = '{WebhookState.ACTIVE}' then {NEXT} end,
    failing_since = case when $5::boolean then null else coalesce(failing_since, $6::timestamptz) end,
    delivered_at = case when $5::boolean then $6::timestamptz else delivered_at end
where tenant_id = $1 and id = $2 and leased_until = $3
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in hand: where it goes, what it says, and under which secrets."""

    tenant: TenantRef
    endpoint: UUID
    lease: datetime
    url: str
    grant: UUID
    secret: bytes
    former: bytes | None
    row: Mapping[str, Any]

    @property
    def test(self) -> bool:
        """Whether it is about nothing."""
        return self.row["seq"] is None

    def secrets(self, keys: KeyRing) -> list[str]:
        """The secrets that are valid, the newest first."""
        place: dict[str, Any] = {"tenant": self.tenant.id, "table": "webhook_endpoint", "row": self.endpoint}
        found = [keys.open(self.secret, column="secret", **place)]
        if self.former is not None:
            found.append(keys.open(self.former, column="former_secret", **place))
        return [each.decode() for each in found]

    def body(self) -> bytes:
        """What is sent: which object, and what happened to it; never what is in it."""
        row = self.row
        about: dict[str, Any] = {"tenant": self.tenant.code}
        if not self.test:
            about |= {
                "id": GlobalId(row["type_name"], self.tenant.id, row["object_id"]).encode(),
                "type": row["type_name"],
                "effect": row["effect"],
                "version": row["object_version"],
                "occurredAt": row["happened_at"],
                "seq": row["seq"],
            }
        kind = TEST if self.test else f"{_WORD.sub('_', row['type_name'])}.{row['effect']}".lower()
        told = {"id": row["message_id"], "type": kind, "timestamp": row["happened_at"], "data": about}
        return orjson.dumps(told, option=orjson.OPT_UTC_Z)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: a status, or why there was none; how long it took, and when to come back."""

    status: int | None
    error: str | None = None
    took: timedelta = timedelta(0)
    asked: timedelta | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.status in _WELL

    @property
    def word(self) -> str:
        """For the figures."""
        if self.delivered:
            return "delivered"
        return "answered" if self.status is not None else "failed"


async def due(worker: Connection, now: datetime, *, slow: bool, limit: int) -> list[tuple[int, UUID]]:
    """Tenant and id of endpoints with a message to try, of all tenants, the longest due first."""
    return [(row["tenant_id"], row["id"]) for row in await worker.fetch(_DUE, now, slow, limit)]


async def take(worker: Connection, tenant: int, endpoint: UUID, now: datetime) -> Taken | None:
    """Take the next message of an endpoint in hand and count the try; None where there is none to try now."""
    lease = now + LEASE
    async with inside(worker, tenant):
        found = await worker.fetchrow(_TAKE, now, tenant, endpoint, lease)
        if found is None:
            return None
        row = await worker.fetchrow(_HEAD, tenant, endpoint, now)
        if row is None:
            await worker.execute(_LEAVE, tenant, endpoint)
            return None
        until = found["former_until"]
        former = found["former_secret_sealed"] if until is not None and until > now else None
        place = await tenant_of(worker, tenant)
    return Taken(place, endpoint, lease, found["url"], found["grant_id"], found["secret_sealed"], former, dict(row))


async def settle(worker: Connection, taken: Taken, outcome: Outcome, now: Now) -> None:
    """Write down what came of it, and let the endpoint go. Nothing where the lease was over and another has it."""
    async with acting(worker, taken.tenant, now, request_id=REQUEST) as unit:
        state, next_at = _verdict(taken, outcome, now.instant)
        written = await worker.execute(
            _SETTLE,
            taken.tenant.id,
            taken.row["id"],
            taken.row["attempts"],
            state.value,
            next_at,
            outcome.status,
            outcome.error,
            now.instant,
        )
        slow = not outcome.delivered or outcome.took > SLOW
        mine = await worker.execute(
            _AFTER, taken.tenant.id, taken.endpoint, taken.lease, slow, outcome.delivered, now.instant
        )
        if written.endswith(" 0") or mine.endswith(" 0"):
            return
        if outcome.status == GONE:
            await _stop(unit, taken, WebhookState.DISABLED, WebhookStop.GONE)
        elif state is DeliveryState.DEAD and not taken.test:
            await _stop(unit, taken, WebhookState.PAUSED, WebhookStop.FAILING)


def _verdict(taken: Taken, outcome: Outcome, now: datetime) -> tuple[DeliveryState, datetime | None]:
    if outcome.delivered:
        return DeliveryState.DELIVERED, None
    asked = outcome.asked if outcome.status in OBLIGING else None
    pause = None if taken.test or outcome.status == GONE else pace.after(taken.row["attempts"], asked)
    return (DeliveryState.DEAD, None) if pause is None else (DeliveryState.WAITING, now + pause)


async def _stop(unit: Unit, taken: Taken, state: WebhookState, why: WebhookStop) -> None:
    found = await unit.first(unit.own(WebhookEndpoint, taken.endpoint).with_for_update(), WebhookEndpoint)
    if found is not None and found.state == WebhookState.ACTIVE:
        await actions.stop(unit, found, state, why)
