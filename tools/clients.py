"""Makes the TypeScript and the Python client from the contract and tries both on a running hub: `make clients`.

What is generated is thrown away; `clients/` holds only what a team would write itself. Whatever is missing on this
machine is a failure, never a reason to leave something out.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "hub/schema/examples"
TYPESCRIPT = ROOT / "clients/typescript"
PYTHON = ROOT / "clients/python"
HUB = [sys.executable, "-P", "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")']
PATIENCE = 240  # seconds for the hub's first start on a busy machine
OF_THE_SCHEMA = "__schema"  # ariadne-codegen makes nothing of an operation on the schema itself


class Failed(Exception):
    """A step did not succeed; what it said stands above."""


@dataclass(frozen=True)
class Running:
    """A hub with demo data."""

    url: str
    keys: Path
    process: subprocess.Popen[bytes]


def main() -> int:
    """0 where both clients were made, compiled and answered."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="hub-clients-") as folder, hub(Path(folder)) as running:
            made = [make_typescript(), make_python()]
            await_answer(running)
            try_typescript(running)
            try_python(running)
    except Failed as failure:
        print(f"clients: FAILED, {failure}")
        return 1
    print(f"clients: {' and '.join(made)} made, compiled and answered in {time.monotonic() - began:.0f} s")
    return 0


def make_typescript() -> str:
    """Installed as locked, generated, compiled."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise Failed(f"{tool} is missing: Node 20 or newer is needed")
    fresh(TYPESCRIPT / "generated", TYPESCRIPT / "build")
    run("npm", "ci", at=TYPESCRIPT)
    run("npm", "run", "generate", at=TYPESCRIPT)
    run("npm", "run", "build", at=TYPESCRIPT)
    return "TypeScript"


def make_python() -> str:
    """In an environment of its own, for the generator wants other versions than the hub; then mypy, strict."""
    fresh(PYTHON / "generated", PYTHON / "operations")
    run("sh", "tools/env.sh", "clients", at=ROOT)
    (PYTHON / "operations").mkdir()
    for file in EXAMPLES.glob("*.graphql"):
        if OF_THE_SCHEMA not in file.read_text(encoding="utf-8"):
            shutil.copy(file, PYTHON / "operations")
    run(".venv/bin/ariadne-codegen", at=PYTHON)
    run(".venv/bin/mypy", ".", at=PYTHON)
    return "Python"


def try_typescript(running: Running) -> None:
    """Every example through the compiled client."""
    run("npm", "run", "try", "--", running.url, str(running.keys), show=True, at=TYPESCRIPT)


def try_python(running: Running) -> None:
    """Every example through the generated client."""
    run(".venv/bin/python", "try_hub.py", running.url, str(running.keys), show=True, at=PYTHON)


def run(*command: str, at: Path, show: bool = False) -> None:
    """A step, with the seconds it took; Failed where it fails. What it says is shown if so wished or if it failed."""
    began, (out, err) = time.monotonic(), (None, None) if show else (subprocess.PIPE, subprocess.STDOUT)
    done = subprocess.run(  # noqa: S603  # our own steps
        command, cwd=at, env=environment(), check=False, text=True, stdout=out, stderr=err
    )
    if done.returncode:
        print(done.stdout or "")
        raise Failed(f"{' '.join(command)} in {at.relative_to(ROOT)} ended with {done.returncode}")
    print(f"-- {' '.join(command[:3])}: {time.monotonic() - began:.0f} s", flush=True)


def environment() -> dict[str, str]:
    """npm keeps its cache at home; who has none that can be written gets one among the temporary files."""
    given = dict(os.environ)
    if not os.access(Path.home(), os.W_OK):
        given.setdefault("npm_config_cache", str(Path(tempfile.gettempdir()) / f"npm-cache-{os.getuid()}"))
    return given


def fresh(*folders: Path) -> None:
    """Nothing of an earlier run."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def hub(folder: Path) -> Iterator[Running]:
    """`hub demo` without registers, while the clients are made; what it says goes to a file."""
    port, told = free_port(), folder / "told"
    with told.open("w") as output:
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*HUB, "demo", "--no-people", "--data", str(folder / "data"), "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Running(f"http://127.0.0.1:{port}/graphql", folder / "data/demo-keys.json", process)
    finally:
        process.send_signal(signal.SIGTERM)
        if process.wait(60):
            print(told.read_text(encoding="utf-8"))


def await_answer(running: Running) -> None:
    """Until the demo's data are there and it answers."""
    until = time.monotonic() + PATIENCE
    address = running.url.replace("/graphql", "/healthz")
    while time.monotonic() < until and running.process.poll() is None:
        try:
            with urlopen(address, timeout=2):  # noqa: S310  # loopback
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise Failed("the hub has not started")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
