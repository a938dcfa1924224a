"""From the sealed feed to messages: each visible change once for each endpoint that wants it.

The feed is read as the endpoint's grant reads it, in that reader's role. The messages and the endpoint's place are
written in one transaction, so a worker that is killed begins again where the last one was kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.domains.webhooks import actions, signing
from hub.domains.webhooks.model import DeliveryState, WebhookEndpoint, WebhookState, WebhookStop
from hub.journal import epoch, feed
from hub.journal.feed import Cursor, Told
from hub.journal.worker import inside
from hub.kernel.clock import Now
from hub.kernel.ids import new_id
from hub.kernel.scope import Scope
from hub.store.pools import Connection, Pools
from hub.store.unit import reading
from hub.tenants.acting import acting, tenant_of
from hub.tenants.grants import GrantOver, scope_again
from hub.tenants.permissions import Permission

PAGE = 500
BACKLOG = 1_000  # messages that wait; the rest waits in the feed, where it costs nothing
NEEDED = frozenset({Permission.READ_CHANGES.value, Permission.MANAGE_WEBHOOKS.value})
REQUEST = "webhooks"

_WAITING = "next_at is not null"  # as the index of what waits has it
NEXT = f"""
(select next_at from webhook_delivery where tenant_id = $1 and endpoint_id = $2 and {_WAITING}
order by seq nulls first, id limit 1)
"""  # noqa: S608  # words of this package, as in the others
_ACTIVE = f"select tenant_id, id from webhook_endpoint where state = '{WebhookState.ACTIVE}' order by tenant_id, id"  # noqa: S608
_READ = f"""
select seq, types, effects, grant_id, released_epoch,
    (select count(*) from webhook_delivery where tenant_id = $1 and endpoint_id = $2 and {_WAITING}) as waiting
from webhook_endpoint where tenant_id = $1 and id = $2 and state = '{WebhookState.ACTIVE}'
"""  # noqa: S608
_LOCK = f"""
select true from webhook_endpoint
where tenant_id = $1 and id = $2 and seq = $3 and state = '{WebhookState.ACTIVE}' for update
"""  # noqa: S608
# What is there already and settled was replayed: it is the same message, sent again.
_PUT = f"""
insert into webhook_delivery as had (tenant_id, id, version, created_at, updated_at, endpoint_id, message_id, seq,
    type_name, object_id, effect, object_version, happened_at, state, attempts, next_at)
values ($1, $2, 1, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, '{DeliveryState.WAITING}', 0, $3)
on conflict (tenant_id, endpoint_id, seq) do update
set state = excluded.state, attempts = 0, next_at = excluded.next_at, settled_at = null,
    updated_at = excluded.updated_at
where had.state <> '{DeliveryState.WAITING}'
"""  # noqa: S608
_MOVE = f"update webhook_endpoint set seq = $3, due_at = {NEXT} where tenant_id = $1 and id = $2"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Spread:
    """What came of a look: how many messages were made, and whether another look would find more."""

    made: int = 0
    more: bool = False


async def active(worker: Connection) -> list[tuple[int, UUID]]:
    """Tenant and id of every endpoint that is told of changes."""
    return [(row["tenant_id"], row["id"]) for row in await worker.fetch(_ACTIVE)]


async def spread(pools: Pools, worker: Connection, tenant: int, endpoint: UUID, now: Now) -> Spread:
    """Make messages of the next page of the feed for one endpoint; pauses it where its grant no longer holds."""
    async with inside(worker, tenant):
        row = await worker.fetchrow(_READ, tenant, endpoint)
    if row is None or row["waiting"] >= BACKLOG:
        return Spread()
    scope = await scope_of(worker, tenant, row["grant_id"], now)
    if scope is None:
        await end_for_grant(worker, tenant, endpoint, now)
        return Spread()
    async with reading(pools.of(scope.reader), scope, now) as session:
        life = await epoch.read(session.connection)
        if life != row["released_epoch"]:
            return Spread()  # after a restore: waits for a person's release
        start = Cursor(life, feed.fingerprint(scope), {tenant: row["seq"]})
        page = await feed.changes(session, start, PAGE)
    reached = page.cursor.places.get(tenant, row["seq"])
    if reached == row["seq"]:
        return Spread()
    wanted = [each for each in page.entries if _wants(row, each)]
    async with inside(worker, tenant):
        if not await worker.fetchval(_LOCK, tenant, endpoint, row["seq"]):
            return Spread(more=True)  # another process was faster, or its owner has just changed it
        await worker.executemany(_PUT, _rows(tenant, endpoint, wanted, life, now))
        await worker.execute(_MOVE, tenant, endpoint, reached)
    return Spread(len(wanted), page.more)


async def scope_of(worker: Connection, tenant: int, grant: UUID, now: Now) -> Scope | None:
    """The scope under which an endpoint reads, as it is now; None where it may no longer."""
    try:
        scope = await scope_again(worker, tenant, grant, now, request_id=REQUEST, lang="id")
    except GrantOver:
        return None
    own = scope.tenant is not None and scope.tenant.id == tenant
    return scope if own and scope.permissions >= NEEDED else None


async def end_for_grant(worker: Connection, tenant: int, endpoint: UUID, now: Now) -> None:
    """Pause an endpoint whose grant no longer holds; whoever resumes it lends theirs."""
    async with acting(worker, await tenant_of(worker, tenant), now, request_id=REQUEST) as unit:
        found = await unit.first(unit.own(WebhookEndpoint, endpoint).with_for_update(), WebhookEndpoint)
        if found is not None and found.state == WebhookState.ACTIVE:
            await actions.stop(unit, found, WebhookState.PAUSED, WebhookStop.GRANT_OVER)


def _wants(row: Any, change: Told) -> bool:
    types, effects = row["types"], row["effects"]
    return (not types or change.type_name in types) and (not effects or change.effect.value in effects)


def _rows(tenant: int, endpoint: UUID, changes: Sequence[Told], life: int, now: Now) -> list[tuple[Any, ...]]:
    return [
        (
            tenant,
            new_id(),
            now.instant,
            endpoint,
            signing.message_id(endpoint, each.seq, life),
            each.seq,
            each.type_name,
            each.object_id,
            each.effect.value,
            each.version,
            each.happened_at,
        )
        for each in changes
    ]
