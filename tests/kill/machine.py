"""A hub in production's shape: a durable PostgreSQL, `hub serve` as a process, imports as processes; all killable.

Everything is a child of the test and ends with it, however the test ends.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from hub.kernel.clock import system_clock
from hub.means import dsn_for
from hub.store import embedded
from hub.store.embedded import Cluster
from hub.tenants import keyfile
from tests.conftest import prepare

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "hub" / "store" / "launcher.py"  # ends a program when the test run ends
IMPORTER = ROOT / "tests" / "integrations" / "opensid" / "child.py"
SERVE = "from hub.entrypoints.cli import app; app(prog_name='hub')"
PATIENCE = 120.0  # seconds for a start or a recovery on a busy machine
TICK = 0.02


class Victim(Enum):
    """What is killed, with SIGKILL."""

    HUB = "hub"
    SERVER = "PostgreSQL"  # the server; its sessions notice by themselves
    SESSION = "a session of PostgreSQL"  # as a kernel short of memory does; the server then recovers by itself


@dataclass
class Machine:
    """The processes. `base` is an address that stays the same when the server starts again."""

    folder: Path
    cluster: Cluster
    port: int
    hub: subprocess.Popen[bytes] | None = None
    imports: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def base(self) -> str:
        return f"postgresql://{embedded.SUPERUSER}@/hub?host={self.data / 'socket'}"

    def dsn(self, role: str) -> str:
        return dsn_for(self.base, role, "hub")

    # The hub

    def start_hub(self) -> None:
        """Begin `hub serve`, against the server's address."""
        told = {
            "HUB_DATABASE_URL": self.base,
            "HUB_KEYS_FILE": str(self.keys),
            "HUB_DATA": str(self.data),
            "HUB_ALLOW_LOOPBACK_WEBHOOKS": "true",
            "HUB_RATE_FEEDBACK": "100000",
            "PYTHONPATH": str(ROOT),
        }
        with (self.folder / "hub.log").open("ab") as log:
            self.hub = subprocess.Popen(  # noqa: S603  # our own program
                _tied(sys.executable, "-c", SERVE, "serve", "--port", str(self.port)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **told},
            )

    async def ready(self) -> None:
        """Wait until the hub answers and reaches its database."""
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
            while True:
                assert self.hub is not None
                assert self.hub.poll() is None, "the hub has ended by itself"
                with suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == httpx.codes.OK:
                        return
                await asyncio.sleep(TICK)

    # Imports

    async def start_import(self, order: dict[str, str]) -> subprocess.Popen[str]:
        """An importing process that has begun to read; told to be asking, it waits before every step."""
        with (self.folder / "import.log").open("ab") as log:
            child = subprocess.Popen(  # noqa: S603, ASYNC220  # our own program; starting it takes no time
                _tied(sys.executable, str(IMPORTER), json.dumps(order)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        self.imports.append(child)
        assert child.stdout is not None
        await asyncio.to_thread(child.stdout.readline)
        return child

    async def let_go(self, child: subprocess.Popen[str]) -> None:
        """Let an asking import take its next step, and wait until it asks again."""
        self.nudge(child)
        assert child.stdout is not None
        await asyncio.to_thread(child.stdout.readline)

    def nudge(self, child: subprocess.Popen[str]) -> None:
        """Let it take its next step."""
        assert child.stdin is not None
        child.stdin.write("on\n")
        child.stdin.flush()

    async def finish_import(self, child: subprocess.Popen[str]) -> int:
        """Its exit code."""
        await asyncio.to_thread(child.communicate)
        self.imports.remove(child)
        return child.returncode

    # Death

    async def kill(self, victim: Victim) -> None:
        """Kill at once, and return when everything that is left has noticed."""
        if victim is Victim.HUB:
            self._kill_programs()
        elif victim is Victim.SERVER:
            os.kill(self.cluster.pid, signal.SIGKILL)
            while self.cluster.alive():  # noqa: ASYNC110  # a thread knows it
                await asyncio.sleep(TICK)
            self.cluster.stop()
        else:
            await self._kill_session()

    async def recover(self, victim: Victim) -> None:
        """Start again what was killed; the hub itself must get over the loss of its database."""
        if victim is Victim.SERVER:
            self.cluster = await asyncio.to_thread(embedded.start, self.data)
        if victim is Victim.HUB:
            self.start_hub()
        await self.ready()

    def _kill_programs(self) -> None:
        assert self.hub is not None
        children: list[subprocess.Popen[Any]] = [self.hub, *self.imports]
        for each in children:
            each.kill()
        for each in children:
            each.wait()

    async def _kill_session(self) -> None:
        connection = await asyncpg.connect(self.base)
        mine = "select pid from pg_stat_activity where usename = 'hub_api' order by state = 'active' desc limit 1"
        pid = await connection.fetchval(mine)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with suppress(asyncpg.PostgresError, OSError):  # the server throws everybody out
            await connection.execute("select pg_sleep(30)")
        connection.terminate()

    def end(self) -> None:
        """End what still runs and remove the files."""
        if self.hub is not None:
            self._kill_programs()
        self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@asynccontextmanager
async def machine() -> AsyncIterator[Machine]:
    """A migrated database on a durable server, and no hub yet."""
    folder = Path(tempfile.mkdtemp(prefix="hub-kill-"))  # short: a socket's path may have 103 bytes only
    try:
        made = Machine(folder, await asyncio.to_thread(embedded.start, folder / "data"), _free_port())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        keyfile.create(made.keys, now=system_clock().instant)
        await asyncio.to_thread(prepare, made.base)
        yield made
    except BaseException as error:
        error.add_note((folder / "hub.log").read_text()[-3000:] if (folder / "hub.log").exists() else "no hub ran")
        raise
    finally:
        made.end()


def _tied(*command: str) -> list[str]:
    """A command that ends with this process."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), "-", "-", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
