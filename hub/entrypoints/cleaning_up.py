"""What is due every hour, beside a serving hub: what goes when its time is over, feedback's clocks, publications."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog

from hub.domains.accounts import sweeping as accounts
from hub.domains.feedback import sweeping as feedback
from hub.domains.files.sweeping import sweep
from hub.domains.imports import sweeping as imports
from hub.domains.publications import publishing
from hub.domains.webhooks import desk as webhooks
from hub.kernel.scope import Reader
from hub.store.pools import Connection
from hub.wiring import Hub

EVERY_SECONDS = 3_600
FIRST_SECONDS = 60
Sweep = Callable[[Hub, Connection], Awaitable[Mapping[str, int]]]

log = structlog.get_logger()


async def run(hub: Hub, *, stop: asyncio.Event, first: float = FIRST_SECONDS) -> None:
    """Sweep until `stop`; what fails is logged and tried again an hour later."""
    wait = first
    while True:
        try:
            await asyncio.wait_for(stop.wait(), wait)
        except TimeoutError:
            wait = EVERY_SECONDS
        else:
            return
        for name, each in SWEEPS.items():
            await _swept(hub, name, each)


async def _swept(hub: Hub, name: str, each: Sweep) -> None:
    try:
        async with hub.pools.of(Reader.WORKER).connection() as connection:
            figures = await each(hub, connection)
    except Exception:
        log.exception("sweep failed", of=name)
    else:
        log.info("swept", of=name, **figures)


async def _files(hub: Hub, connection: Connection) -> Mapping[str, int]:
    swept = await sweep(connection, hub.blobs, now=hub.engine.clock().instant)
    return {"drafts": swept.drafts, "contents": swept.contents}


async def _imports(hub: Hub, connection: Connection) -> Mapping[str, int]:
    return {"rows": await imports.sweep(connection, now=hub.engine.clock().instant)}


async def _sessions(hub: Hub, connection: Connection) -> Mapping[str, int]:
    return {"rows": await accounts.sweep(connection, now=hub.engine.clock().instant)}


async def _webhooks(hub: Hub, connection: Connection) -> Mapping[str, int]:
    keep = timedelta(days=hub.settings.webhook_days)
    return {"rows": await webhooks.sweep(connection, now=hub.engine.clock().instant, keep=keep)}


async def _feedback(hub: Hub, connection: Connection) -> Mapping[str, int]:
    swept = await feedback.sweep(connection, hub.engine.clock())
    return {"closed": swept.closed, "forwarded": swept.forwarded}


async def _publications(hub: Hub, connection: Connection) -> Mapping[str, int]:
    opened = await publishing.open_periods(connection, hub.engine.clock())
    made = await publishing.publish_due(connection, hub.engine.clock, day=hub.settings.publish_day)
    return {"opened": opened, "published": made}


SWEEPS: Mapping[str, Sweep] = {
    "files": _files,
    "imports": _imports,
    "sessions": _sessions,
    "webhooks": _webhooks,
    "feedback": _feedback,
    "publications": _publications,
}
