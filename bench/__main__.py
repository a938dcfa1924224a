"""Measure the ways to answer against each other: `make bench`, or `python -m bench --rounds 9`."""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import orjson

from bench.measure import Cost, ask, cost, request
from bench.operations import CITIZENS, NESTED, OPERATIONS, VILLAGES, Operation
from hub.kernel.clock import system_clock
from hub.kernel.scope import Zone
from hub.settings import Settings
from hub.store import embedded, migrate
from hub.tenants import administration as admin
from hub.tenants import keyfile
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import READERS, dsn_for, open_hub
from tests.world import make
from tests.world.build import key_for
from tests.world.regions import load_regions

CODE, DATABASE = "32.01.07", "bench"
WAYS = {"/resolvers": "resolvers", "/plan": "plan", "/hand": "by hand"}
INTRODUCTION = """Processor time of one request in milliseconds (medians of interleaved rounds), the same bytes by every
way. `by hand` is an ASGI endpoint that passes the same gate, enters the same scope and runs SQL written by hand.
Python {python}, {cores} cores, load {load}: read the figures as ratios."""
RESULTS = Path(__file__).parent / "RESULTS.md"


async def fill(cluster: str, keys: Path) -> tuple[str, str]:
    """A kecamatan with 12 villages of 40 residents; the address of its database and a camat's key."""
    dsn = dsn_for(cluster, "postgres", DATABASE).replace(
        "postgres@", cluster.partition("//")[2].partition("@")[0] + "@"
    )
    connection = await asyncpg.connect(cluster)
    await connection.execute(f"create database {DATABASE}")
    await connection.close()
    await migrate.prepare_server(dsn, DATABASE)
    owner_dsn = dsn_for(dsn, "hub_owner", DATABASE)
    await migrate.upgrade(owner_dsn)
    await load_regions(owner_dsn)
    hub = await open_hub(
        Settings(keys_file=keys, demo=True), {each: dsn_for(dsn, each.value, DATABASE) for each in READERS}
    )
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=CODE, name="Bench", zone=Zone.WIB)
    async with make.unit(hub, tenant) as unit:
        await unit.add(make.office(tenant, "Bench"))
        for number in range(VILLAGES):
            village = make.village(tenant, f"{CODE}.{2001 + number}", f"Desa {number}", connectivity="GOOD")
            home = make.household(hub, tenant, village.id)
            await unit.add(village)
            await unit.add(home)
            for person in range(CITIZENS + 15):
                for row in make.citizen(hub, tenant, home, f"Warga {person:03d}", occupation="FARMER"):
                    await unit.add(row)
    key = await key_for(owner, tenant, Role.CAMAT)
    await owner.execute("analyze")
    await owner.close()
    await hub.close()
    return dsn, key


def start(dsn: str, keys: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The measured server and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = orjson.dumps({"dsn": dsn, "keys": str(keys), "port": port}).decode()
    server = subprocess.Popen([sys.executable, "-m", "bench.server", given])  # noqa: S603  # our own module
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
        time.sleep(0.1)
    server.kill()
    raise TimeoutError


async def measure(
    operation: Operation, key: str, port: int, pids: tuple[int, int], *, rounds: int
) -> dict[str, list[Cost]]:
    """Rounds of each way in turn; first their bytes are compared."""
    sent = {way: request(way, operation.query, operation.variables, key) for way in WAYS}
    bodies = {way: await ask(port, each, 20) for way, each in sent.items()}
    for way, body in bodies.items():
        pairs = enumerate(zip(body, bodies["/plan"], strict=False))
        at = next((index for index, (one, other) in pairs if one != other), 0)
        assert body == bodies["/plan"], (way, at, body[at - 100 : at + 100], bodies["/plan"][at - 100 : at + 100])
    print(f"{operation.name}: {len(bodies['/plan'])} bytes, the same by every way", flush=True)
    found: dict[str, list[Cost]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, each in sent.items():
            times = (
                (40 if way == "/resolvers" else 400) if operation is NESTED else (200 if way == "/resolvers" else 1_000)
            )
            found[way].append(await cost(port, each, times, *pids))
    return found


def table(name: str, found: dict[str, list[Cost]]) -> str:
    """Medians as a table."""
    floor = statistics.median(each.whole for each in found["/hand"])
    lines = [f"### {name}", "", "| way | server ms | PostgreSQL ms | both | times by hand |", "|---|---|---|---|---|"]
    for way, label in WAYS.items():
        server = statistics.median(each.server for each in found[way])
        database = statistics.median(each.database for each in found[way])
        whole = statistics.median(each.whole for each in found[way])
        lines.append(f"| {label} | {server:.2f} | {database:.2f} | {whole:.2f} | {whole / floor:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure everything, print and keep the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        keys = Path(folder) / "keys.json"
        keyfile.create(keys, now=system_clock().instant)
        cluster = embedded.start(Path(folder) / "data", throwaway=True)
        server = None
        try:
            dsn, key = asyncio.run(fill(cluster.dsn(), keys))
            server, port = start(dsn, keys)
            postmaster = cluster.pid
            tables = [
                table(each.name, asyncio.run(measure(each, key, port, (server.pid, postmaster), rounds=rounds)))
                for each in OPERATIONS
            ]
        finally:
            if server is not None:
                server.terminate()
                server.wait(10)
            cluster.stop()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    text = "\n\n".join(
        [
            "# Bench",
            INTRODUCTION.format(python=sys.version.split()[0], cores=os.cpu_count(), load=load),
            *tables,
        ]
    )
    print(text)
    RESULTS.write_text(text + "\n")


if __name__ == "__main__":
    main()
