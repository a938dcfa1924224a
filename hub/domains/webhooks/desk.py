"""For those who run the hub: looking at webhooks, releasing them after a restore, sending again, sweeping, figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hub.domains.webhooks import actions
from hub.domains.webhooks.model import DeliveryState, WebhookEndpoint, WebhookState
from hub.journal.worker import inside
from hub.kernel.clock import Now
from hub.kernel.errors import NotFound
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.tenants.acting import acting, tenant_of
from hub.tenants.permissions import Permission

KEEP_DEAD = timedelta(days=90)
OLD_DEAD = timedelta(days=7)
SWEPT_AT_ONCE = 5_000

_EPOCH = "(select number from epoch where id = 1)"
_SHOWN = f"""
select e.tenant_id, t.code as tenant, e.id, e.state, e.stopped_for, e.seq, e.due_at, e.failing_since,
    e.released_epoch <> {_EPOCH} as held
from webhook_endpoint e join tenant t on t.id = e.tenant_id
"""  # noqa: S608  # words of this file, as in the others
_ALL = f"{_SHOWN} where $1::text is null or t.code = $1 order by t.code, e.id"
_ONE = f"{_SHOWN} where e.id = $1"
_RELEASE = f"""
update webhook_endpoint set released_epoch = {_EPOCH}, leased_until = null
where tenant_id = $1 and id = $2 and released_epoch <> {_EPOCH}
"""  # noqa: S608
_FIGURES = f"""
select count(*) filter (where state = '{WebhookState.ACTIVE}') as active,
    count(*) filter (where state = '{WebhookState.PAUSED}') as paused,
    count(*) filter (where state = '{WebhookState.ACTIVE}' and failing_since is not null) as failing,
    count(*) filter (where state <> '{WebhookState.DISABLED}' and released_epoch <> {_EPOCH}) as held,
    coalesce(extract(epoch from $1 - min(due_at) filter (
        where state = '{WebhookState.ACTIVE}' and due_at <= $1 and released_epoch = {_EPOCH})), 0)::float8 as oldest
from webhook_endpoint
"""  # noqa: S608
_SWEEP = f"""
with gone as (
    delete from webhook_delivery where tenant_id = $1 and id in (
        select id from webhook_delivery where tenant_id = $1
        and settled_at < case state when '{DeliveryState.DELIVERED}' then $2::timestamptz else $3::timestamptz end
        and settled_at < $2 limit $4)
    returning 1
) select count(*) from gone
"""  # noqa: S608
_STANDING = f"""
select (select count(*) from webhook_delivery
    where tenant_id = $1 and state = '{DeliveryState.DEAD}' and seq is not null and settled_at < $2) as dead,
  (select count(*) from webhook_endpoint
    where tenant_id = $1 and state <> '{WebhookState.DISABLED}' and released_epoch <> {_EPOCH}) as held
"""  # noqa: S608


class WebhookUnknown(NotFound):
    """There is no webhook {webhook}."""

    code = "WEBHOOK_UNKNOWN"
    hint = "`hub webhooks list` shows those that there are."


@dataclass(frozen=True, slots=True)
class Figures:
    """How many webhooks there are, how many fail or wait for a release, and how late the oldest message is."""

    active: int
    paused: int
    failing: int
    held: int
    oldest: float


async def listed(worker: Connection, tenant: str | None = None) -> list[Mapping[str, Any]]:
    """The webhooks of all tenants, or of one."""
    return [dict(row) for row in await worker.fetch(_ALL, tenant)]


async def release(worker: Connection, tenant: str | None = None) -> int:
    """Let webhooks send again after a restore, all or a tenant's; how many had waited."""
    released = 0
    for row in await listed(worker, tenant):
        if row["held"]:
            async with inside(worker, row["tenant_id"]):
                await worker.execute(_RELEASE, row["tenant_id"], row["id"])
            released += 1
    return released


async def replay(worker: Connection, webhook: UUID, *, since: int | None, now: datetime) -> None:
    """Send again what was given up, or everything from a place on; WebhookUnknown."""
    row = await worker.fetchrow(_ONE, webhook)
    if row is None:
        raise WebhookUnknown(webhook=str(webhook))
    may = frozenset({Permission.MANAGE_WEBHOOKS})
    async with acting(worker, await tenant_of(worker, row["tenant_id"]), Now(now), may=may, request_id="cli") as unit:
        await actions.send_again(unit, await unit.find(WebhookEndpoint, webhook), since=since)


async def figures(worker: Connection, *, now: datetime) -> Figures:
    """For /metrics."""
    row = await worker.fetchrow(_FIGURES, now)
    return Figures(**dict(row)) if row else Figures(0, 0, 0, 0, 0)


async def sweep(worker: Connection, *, now: datetime, keep: timedelta) -> int:
    """Remove messages that were delivered, or given up long ago, of each tenant in turn; how many."""
    swept = 0
    for tenant in await worker.fetch("select distinct tenant_id as id from webhook_endpoint order by 1"):
        number = SWEPT_AT_ONCE
        while number == SWEPT_AT_ONCE:
            async with inside(worker, tenant["id"]):
                number = await worker.fetchval(
                    _SWEEP, tenant["id"], now - keep, now - max(keep, KEEP_DEAD), SWEPT_AT_ONCE
                )
            swept += number
    return swept


async def examine(owner: Connection, *, now: datetime) -> list[Finding]:
    """For `hub doctor`, as the owner: old dead letters, and webhooks that wait for a release."""
    faults: list[Finding] = []
    for tenant in await owner.fetch("select id, code from tenant order by id"):
        async with inside(owner, tenant["id"]):
            row = await owner.fetchrow(_STANDING, tenant["id"], now - OLD_DEAD)
        if row is not None and row["dead"]:
            faults.append(Finding(Fault.WEBHOOKS_DEAD, tenant["code"], str(row["dead"])))
        if row is not None and row["held"]:
            faults.append(Finding(Fault.WEBHOOKS_HELD, tenant["code"], str(row["held"])))
    return faults
