"""`hub serve`: the hub in production."""

from typing import Annotated

import typer
import uvloop

from hub.entrypoints import logs, migrating, place
from hub.entrypoints import serve as server
from hub.settings import Settings
from hub.wiring import open_hub


def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else HUB_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; else HUB_PORT.")] = None,
) -> None:
    """Serve in production."""
    del ctx
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings().model_copy(update={"demo": False, **given})
    logs.configure()
    with server.stoppable(), place.opened(settings) as here, server.bind(settings.host, settings.port) as bound:

        async def work() -> None:
            server.stop_on_signal()
            if here.cluster is not None and await place.fresh(here):
                await migrating.prepare(here)
            await place.check(here)
            await server.refuse_demo(here)
            hub = await open_hub(settings, here.readers())
            try:
                await server.serve(hub, here, bound, ready=lambda: server.announce(settings))
            finally:
                await hub.close()

        uvloop.run(work())
