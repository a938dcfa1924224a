"""Serving a wired hub until a signal: one process, one loop, uvicorn in front; sealer, relays and worker inside."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import asyncpg
import structlog
import uvicorn

from hub.entrypoints import cleaning_up, logs, working
from hub.entrypoints.examples import Example
from hub.entrypoints.heads import KEEP_ALIVE_SECONDS, BoundedHeads
from hub.entrypoints.place import Place
from hub.entrypoints.relaying import Holders, Relay
from hub.entrypoints.web import application
from hub.journal import sealer
from hub.kernel.errors import Faulty
from hub.means import hold_registry_keys
from hub.settings import Settings
from hub.wiring import Hub

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PORTS = range(65_536)
GRACE_SECONDS = 10
_LOOK_SECONDS = 1.0

log = structlog.get_logger()


class PortTaken(Faulty):
    """Another program already listens at {host}:{port}."""

    code = "PORT_TAKEN"
    hint = "Stop that program, or choose another port with `--port` (with make: `make demo PORT=8001`)."


class CannotListen(Faulty):
    """The hub cannot listen at {host}:{port}: {problem}"""

    code = "CANNOT_LISTEN"
    hint = "Choose an address of this machine and a port from 1024 to 65535."


class DemoTenants(Faulty):
    """The database holds demo tenants, whose keys anybody may know."""

    code = "DEMO_TENANTS"
    hint = "Serve a database of its own; `hub demo` is for the demo's."


class DatabaseGone(Faulty):
    """PostgreSQL has ended by itself; the hub has stopped serving."""

    code = "DATABASE_GONE"
    hint = "Read the end of postgres.log in the data folder, then start the hub again."


def bind(host: str, port: int) -> socket.socket:
    """A socket at the address, not yet listening: whoever connects early is refused, not left waiting."""
    if port not in PORTS:  # the system would take the number modulo 65536
        raise CannotListen(host=host, port=port, problem="no such port")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as error:
        raise CannotListen(host=host, port=port, problem=_reason(error)) from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except (OSError, OverflowError) as error:
        bound.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise PortTaken(host=host, port=port) from None
        raise CannotListen(host=host, port=port, problem=_reason(error)) from None
    return bound


async def serve(
    hub: Hub,
    place: Place,
    bound: socket.socket,
    *,
    examples: Iterable[Example] = (),
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then let running requests end; DatabaseGone where the embedded server dies."""
    stop, wake, ask = asyncio.Event(), asyncio.Event(), asyncio.Event()
    on_signal(stop.set)

    def committed() -> None:
        wake.set()
        ask.set()

    hub.engine.committed = committed
    config = uvicorn.Config(
        application(hub, examples),
        http=BoundedHeads,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config, ready)
    clock = hub.engine.clock
    relay = Relay(hub.pools, Holders(hub.services.holder, hold_registry_keys(hub.settings, clock)), clock)

    def sealed(tenant: int) -> None:
        relay.tell(tenant)
        hub.sender.tell(tenant)

    sealing = asyncio.create_task(sealer.run(hub.pools, stop=stop, wake=wake, clock=clock, sealed=sealed))
    relaying = asyncio.create_task(relay.run(stop=stop))
    cleaning = asyncio.create_task(cleaning_up.run(hub, stop=stop))
    jobs = asyncio.create_task(working.run(hub, stop=stop, wake=ask)) if hub.settings.worker else None
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        gone = await _until(stop, place, serving)
    finally:
        stop.set()
        committed()
        relay.wake.set()
        hub.sender.wake.set()
        server.should_exit = True
        await asyncio.gather(serving, sealing, relaying, cleaning, *([jobs] if jobs else []))
        logs.SINK.flush()
    if gone:
        raise DatabaseGone


async def refuse_demo(place: Place) -> None:
    """DemoTenants where production would serve the demo."""
    connection = await asyncpg.connect(place.dsn("hub_api"))
    try:
        if await connection.fetchval("select exists (select from tenant where demo)"):
            raise DemoTenants
    finally:
        await connection.close()


def announce(settings: Settings) -> None:
    """The log's first line."""
    log.info("serving", host=settings.host, port=settings.port)


def on_signal(act: Callable[[], object]) -> None:
    """Let the signals that end a program do this instead, inside the running loop."""
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, act)


def stop_on_signal() -> None:
    """Until `serve` takes over, a signal cancels the running task, which unwinds."""
    task = asyncio.current_task()
    if task is not None:
        on_signal(task.cancel)


@contextmanager
def stoppable() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C outside of a loop too, so that it unwinds what was started."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _until(stop: asyncio.Event, place: Place, serving: asyncio.Task[None]) -> bool:
    """Wait for the stop, or for a failure to serve; True where the embedded server has died."""
    while not stop.is_set() and not serving.done():
        if place.cluster is not None and not place.cluster.alive():
            log.error("database.gone")
            return True
        try:
            await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue
    return False


class _Server(uvicorn.Server):
    """Leaves the signals to us and says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing to capture."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, then say so."""
        await super().startup(sockets)
        self._ready()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
