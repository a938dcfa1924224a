"""Relay, worker and sender: from jobs that were asked for to jobs that are done, and webhooks."""

import asyncio

from hub.jobs import relay
from hub.jobs.running import Worker
from hub.kernel.scope import Reader
from hub.wiring import Hub


async def run(hub: Hub, *, stop: asyncio.Event, wake: asyncio.Event) -> None:
    """Queue and carry out jobs until `stop`; set `wake` after it."""
    clock = hub.engine.clock
    worker = Worker(hub.pools, hub.dsns[Reader.WORKER], hub.kinds, clock)
    await asyncio.gather(
        relay.run(hub.pools, stop=stop, wake=wake, clock=clock), worker.run(stop), hub.sender.run(stop=stop)
    )
