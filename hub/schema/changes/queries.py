"""`changes(after:)`: the feed, for offline copies and synchronisation."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo

from hub.graph.context import Context
from hub.graph.declare import NODES, answered, answered_part, queries
from hub.graph.enums import exposed
from hub.graph.resolving import load_row
from hub.graph.scalars import DateTime
from hub.journal import feed
from hub.journal.feed import Told
from hub.journal.model import Effect
from hub.kernel.errors import BadInput
from hub.kernel.ids import GlobalId
from hub.kernel.scope import TenantRef
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

Info: TypeAlias = "GraphQLResolveInfo[Context]"
MOST = 500

_EFFECTS: Mapping[Effect, tuple[str, str]] = {
    Effect.CREATED: ("Dibuat", "Created: put it into your copy"),
    Effect.CHANGED: ("Diubah", "Changed: read it again"),
    Effect.ENDED: ("Berakhir", "Ended: mark or drop it in your copy"),
    Effect.LEFT: ("Keluar dari cakupan", "Left your scope: drop it from your copy"),
}

exposed(Effect, labels=lambda effect: _EFFECTS[effect])


class FeedSizeRefused(BadInput):
    """Ask for 1 to {allowed} changes at a time."""

    code = "FEED_SIZE"
    hint = "Give `first` within these bounds, and go on with the cursor while `more` is true."


async def _changes(_root: object, info: Info, first: int, after: str | None = None) -> Mapping[str, Any]:
    context: Context = info.context
    if not 1 <= first <= MOST:
        raise FeedSizeRefused(allowed=MOST, path=("first",))
    start = None if after is None else feed.parse(after)
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        page = await feed.changes(context.session, start, first)
    tenants = {tenant.id: tenant for tenant in context.given.scope.tenants}
    return {
        "entries": [_entry(told, tenants[told.tenant_id]) for told in page.entries],
        "cursor": page.cursor.encode(),
        "more": page.more,
        "lag_seconds": round(page.lag.total_seconds(), 3),
    }


async def _cursor(_root: object, info: Info) -> str:
    context: Context = info.context
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        return (await feed.here(context.session)).encode()


def _entry(told: Told, tenant: TenantRef) -> dict[str, Any]:
    return {
        **asdict(told),
        "id": GlobalId(told.type_name, told.tenant_id, told.object_id).encode(),
        "type": told.type_name,
        "tenant": tenant.code,
        "fields": list(told.fields),
    }


def _village(entry: Mapping[str, Any], info: Info) -> Any:
    key = entry["village_id"]
    return load_row(info, NODES["Village"], entry["tenant_id"], key) if key else None


@strawberry.type(description="Something that happened to one object. What is in it now, read by its id.")
class ChangeEntry:
    """One sealed change."""

    kind: str = strawberry.field(description="What happened, such as COMMITMENT_SIGNED; new kinds come with time.")
    effect: Effect = strawberry.field(description="What it means for your copy.")
    type: str = strawberry.field(description="GraphQL type of the object.")
    id: strawberry.ID = strawberry.field(description="Global id of the object.")
    village: Village | None = answered_part("The village it concerns.", _village)
    tenant: str = strawberry.field(description="Code of the tenant it happened in.")
    version: int = strawberry.field(description="Version of the object after it; skip it where yours is as new.")
    fields: list[str] = strawberry.field(description="Names of what changed; values are never told here.")
    happened_at: DateTime = strawberry.field(description="When it happened.")
    seq: int = strawberry.field(description="Place in the tenant's one order, from 1, without gaps of its own.")


@strawberry.type(description="A stretch of the feed.")
class ChangesPage:
    """A page with the cursor to go on from."""

    entries: list[ChangeEntry] = strawberry.field(
        description="Changes in order; between several tenants there is none. May be empty while `more` is true."
    )
    cursor: str = strawberry.field(description="Where this page ends; send it as `after`. Keep it with your copy.")
    more: bool = strawberry.field(description="Whether the next page is there already; if not, ask again later.")
    lag_seconds: float = strawberry.field(
        description="Seconds by which the order is behind the oldest change that waits for its place; mostly 0."
    )


@queries
class ChangeQueries:
    """Root fields."""

    changes: ChangesPage | None = answered(
        "What changed within your scope, in an order that never skips and never repeats: the way to keep a copy, "
        "online or after days offline. First take `changesCursor`, then read what you need page by page, then ask "
        "`changes(after: cursor)` again and again and apply each entry: read the object by `node(id:)` for CREATED "
        "and CHANGED, drop it for ENDED and LEFT. Store the new cursor together with what you applied. The error "
        "RESYNC_REQUIRED means that the database was restored or your scope changed: start over.",
        _changes,
        arguments={
            "after": (str | None, "Cursor of the last page; without it the feed begins with the first change ever."),
            "first": (int, f"Number of changes, 1 to {MOST}."),
        },
        guard=Permission.READ_CHANGES,
    )
    changes_cursor: str | None = answered(
        "The cursor of now, to begin with before you read everything once.", _cursor, guard=Permission.READ_CHANGES
    )
