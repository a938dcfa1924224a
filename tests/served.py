"""A hub that serves in a process of its own, over a database that is there already."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HUB = [sys.executable, "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")', "serve"]
_WAIT_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Served:
    """Where it listens, its process, and the file with its log."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.port}/graphql"


@contextmanager
def served(address: str, keys: Path, folder: Path, **settings: str) -> Iterator[Served]:
    """`hub serve` over the database at a superuser's address; ended by SIGTERM, and it must end well."""
    given = {"HUB_DATABASE_URL": address, "HUB_KEYS_FILE": str(keys), "HUB_DATA": str(folder / "data"), **settings}
    port, log = _free_port(), folder / "hub.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*HUB, "--port", str(port)], cwd=ROOT, env={**os.environ, **given}, stdout=output, stderr=output
        )
    try:
        _wait(port, process, log)
        yield Served(port, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(_WAIT_SECONDS)
    assert code == 0, log.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(_WAIT_SECONDS * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
