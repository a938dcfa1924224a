"""`hub worker`: jobs in a process of their own."""

import asyncio
from datetime import timedelta

import typer
import uvloop

from hub.entrypoints import logs, place, serve, working
from hub.settings import Settings
from hub.wiring import open_hub

LOOK = timedelta(seconds=2)


def worker(ctx: typer.Context) -> None:
    """Carry out jobs until a signal."""
    del ctx
    settings = Settings()
    logs.configure()
    with serve.stoppable(), place.joined(settings) as here:

        async def work() -> None:
            serve.stop_on_signal()
            await place.check(here)
            hub = await open_hub(settings, here.readers())
            hub.sender.everywhere = LOOK  # nobody tells this process what another has sealed
            stop, wake = asyncio.Event(), asyncio.Event()
            serve.on_signal(stop.set)
            try:
                await working.run(hub, stop=stop, wake=wake)
            finally:
                await hub.close()
                logs.SINK.flush()

        uvloop.run(work())
