"""`hub worker`: jobs in a process of their own."""

import asyncio

import typer
import uvloop

from hub.entrypoints import logs, place, serve, working
from hub.settings import Settings
from hub.wiring import open_hub


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
            stop, wake = asyncio.Event(), asyncio.Event()
            serve.on_signal(stop.set)
            try:
                await working.run(hub, stop=stop, wake=wake)
            finally:
                await hub.close()
                logs.SINK.flush()

        uvloop.run(work())
