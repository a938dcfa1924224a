"""Sweeping what is due to go every hour, beside a serving hub: files, and what was kept to undo imports."""

import asyncio

import structlog

from hub.domains.files.sweeping import sweep
from hub.domains.imports import sweeping as imports
from hub.kernel.scope import Reader
from hub.wiring import Hub

EVERY_SECONDS = 3_600
FIRST_SECONDS = 60

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
        await _files(hub)
        await _imports(hub)


async def _files(hub: Hub) -> None:
    try:
        async with hub.pools.of(Reader.WORKER).connection() as connection:
            swept = await sweep(connection, hub.blobs, now=hub.engine.clock().instant)
    except Exception:
        log.exception("files.sweep failed")
    else:
        log.info("files.swept", drafts=swept.drafts, contents=swept.contents)


async def _imports(hub: Hub) -> None:
    try:
        async with hub.pools.of(Reader.WORKER).connection() as connection:
            rows = await imports.sweep(connection, now=hub.engine.clock().instant)
    except Exception:
        log.exception("imports.sweep failed")
    else:
        log.info("imports.swept", rows=rows)
