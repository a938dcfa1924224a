"""The measured processes: how each is started, asked and ended."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bench.data import DATABASE
from bench.operations import FLOOR, HUB, PEER, PLAIN, RESOLVERS
from hub.means import dsn_for

HERE = Path(__file__).parent
PEER_FOLDER = HERE / "servers" / "peer"
PATIENCE_SECONDS = 180
_HUB = "from hub.entrypoints.cli import app; app(prog_name='hub')"
# The buckets work as ever, but sixteen keys ask here what an office asks in a week.
_GENEROUS = {"HUB_RATE_CLIENT": "1000000000", "HUB_RATE_CLIENT_PER_SECOND": "1000000"}
# The peer logs in as itself and takes the role of the caller; the search is the hub's own statement as a function.
_PEER_STATEMENTS = (
    """do $do$ begin if not exists (select from pg_roles where rolname = 'bench_peer')
    then create role bench_peer login; end if; end $do$""",
    "grant hub_api, hub_outside to bench_peer",
    f"grant connect on database {DATABASE} to bench_peer",
    f"alter database {DATABASE} set jit = off",
    "create schema if not exists bench_peer",
    "grant usage on schema public, bench_peer to bench_peer, hub_api",
    """create or replace function bench_peer.citizens_named(low text[], high text[], bits int[], all_bits int)
    returns setof public.citizen language sql stable as $$
      select c.* from public.citizen c where c.ended_at is null and c.id = any (array(
        select k.citizen_id from unnest(low, high, bits) a (low, high, bit)
        cross join lateral (select t.citizen_id from public.citizen_name_token t
          where t.token >= a.low and t.token <= a.high offset 0) k
        group by k.citizen_id having bit_or(a.bit) = all_bits))
      order by c.sort_key, c.id $$""",
)


@dataclass
class Server:
    """A running contender."""

    name: str
    path: str
    port: int
    process: subprocess.Popen[bytes]
    backends: set[int] = field(default_factory=set)  # of PostgreSQL, that came with it

    @property
    def pid(self) -> int:
        """Its process number."""
        return self.process.pid

    def adopt(self, before: Iterable[int], after: Iterable[int]) -> None:
        """Take PostgreSQL's processes that are new for this server's connections."""
        self.backends |= set(after) - set(before)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


async def prepare_peer(administrator: str) -> None:
    """What PostGraphile needs in the database."""
    connection = await asyncpg.connect(administrator)
    try:
        for statement in _PEER_STATEMENTS:
            await connection.execute(statement)
    finally:
        await connection.close()


def peer_problem() -> str | None:
    """Why PostGraphile cannot be measured, None where it can; installs its packages where they are missing."""
    if not _node().exists():
        npm = shutil.which("npm")
        if npm is None:
            return "npm is not installed"
        done = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=PEER_FOLDER, check=False)  # noqa: S603  # npm
        if done.returncode or not _node().exists():
            return "npm ci failed"
    return None


def start(name: str, base: str, folder: Path) -> Server:
    """Start a contender; ready when this returns."""
    port = _free_port()
    api, outside = (dsn_for(base, role, DATABASE) for role in ("hub_api", "hub_outside"))
    environment: Mapping[str, str] = {}
    match name:
        case "hub" | "resolvers":
            command = [sys.executable, "-c", _HUB, "serve", "--port", str(port)]
            environment = {
                "HUB_DATABASE_URL": dsn_for(base, "hub_owner", DATABASE),
                "HUB_KEYS_FILE": str(folder / "keys.json"),
                "HUB_PLANNING": str(name == HUB).lower(),
                **_GENEROUS,
            }
        case "floor" | "plain":
            command = [sys.executable, "-m", f"bench.servers.{name}", api, outside, str(port)]
        case _:
            command = [str(_node()), str(PEER_FOLDER / "server.mjs"), dsn_for(base, "bench_peer", DATABASE), str(port)]
            environment = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own servers
            command, stdout=log, stderr=log, env={**_environment(), **environment}, cwd=HERE.parent
        )
    server = Server(name, "/" if name == FLOOR else "/graphql", port, process)
    _await(server, folder / f"{name}.log")
    return server


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "PYTHONPATH": str(HERE.parent)}


def _node() -> Path:
    return PEER_FOLDER / "node_modules" / "node" / "bin" / "node"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(server: Server, log: Path) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and server.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.1)
    server.stop()
    raise SystemExit(f"{server.name} did not start:\n{log.read_text(errors='replace')[-2_000:]}")


NOTES = {
    PLAIN: "Strawberry + SQLModel ORM",
    RESOLVERS: "the hub, resolvers only",
    PEER: "PostGraphile 5 (Amber)",
    HUB: "the hub",
    FLOOR: "hand-written SQL on bare ASGI",
}
