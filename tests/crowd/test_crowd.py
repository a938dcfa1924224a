"""A mixed crowd of several kecamatan asks a real server and its worker at once, for a while.

`make crowd` runs it, 50 clients for a minute. It measures, and needs a machine for itself, so it is no part of the
suite. Dead webhooks are called in every second slice of time.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from signal import SIGTERM

import asyncpg
import httpx
import pytest

from hub.kernel.ids import GlobalId
from tests import cluster
from tests.client import Client
from tests.conftest import prepare
from tests.crowd.people import CAST, Asker, Watch, for_ever, signing_in
from tests.crowd.town import Town, built
from tests.fuzz.watch import resident
from tests.served import ROOT, Served, served

SECONDS = float(os.environ.get("HUB_CROWD_SECONDS") or 8)
CLIENTS = int(os.environ.get("HUB_CROWD_CLIENTS") or 20)
SLICES = 12 if SECONDS >= 60 else 4
WARM = SECONDS / 3
LONG = SECONDS >= 60
WEB_MB, WORKER_MB = (16.0, 8.0) if LONG else (40.0, 20.0)  # a short run measures while caches still fill
# By so many times and so many seconds the slowest in twenty may be slower beside the dead.
SLOWER, LATER = (1.5, 0.1) if LONG else (3.0, 0.5)
POOLS = 16  # connections to the database that open by and by: four for each class of reader, and some
GENEROUS = {
    f"HUB_RATE_{each}": str(10**9)
    for each in (
        "ANONYMOUS",
        "PUBLIC",
        "CLIENT",
        "FEEDBACK",
        "TRACKING",
        "SURVEY",
        "FILES",
        "SIGN_IN",
        "SIGN_IN_NETWORK",
    )
}


@dataclass
class Sizes:
    """Megabytes and open files of both processes, at the ends of slices."""

    web: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)
    files: list[tuple[int, int]] = field(default_factory=list)

    def look(self, web: int, worker: int) -> None:
        """Note them now."""
        self.web.append(resident(web))
        self.worker.append(resident(worker))
        self.files.append((opened(web), opened(worker)))


def opened(pid: int) -> int:
    """Open files and connections of a process."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def growth(samples: list[float]) -> float:
    """By how much the last two exceed two of the first third, when everything has been done once."""
    early = len(samples) // 4
    return statistics.mean(samples[-2:]) - statistics.mean(samples[early : early + 2])


def p95(values: list[float]) -> float:
    """The slowest but one in twenty."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


@contextmanager
def working(address: str, keys: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`hub worker` beside the server; ended by SIGTERM, and it must end well."""
    command = [sys.executable, "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")', "worker"]
    given = {"HUB_DATABASE_URL": address, "HUB_KEYS_FILE": str(keys), "HUB_DATA": str(folder / "data")}
    given["HUB_ALLOW_LOOPBACK_WEBHOOKS"] = "true"
    with (folder / "worker.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given}, stdout=output, stderr=output)  # noqa: S603
    try:
        yield process
    finally:
        process.send_signal(SIGTERM)
        code = process.wait(60)
    assert code == 0, (folder / "worker.log").read_text()


@asynccontextmanager
async def crowd(town: Town, watch: Watch, there: Served) -> AsyncIterator[None]:
    """Everybody at once, as long as the block."""
    people = [list(each.people) for each in town.quarters]
    async with asyncio.TaskGroup() as group, lines(CLIENTS, there) as open_lines:
        tasks = []
        for number, line in enumerate(open_lines):
            asker, (name, act, role) = asker_of(town, watch, line, number), CAST[number % len(CAST)]
            if role == "SIGN_IN":
                work = signing_in(asker, people[number % len(people)].pop(), there.port)
            else:
                work = for_ever(asker, name, act)
            tasks.append(group.create_task(work))
        yield
        for each in tasks:
            each.cancel()


@asynccontextmanager
async def lines(number: int, there: Served) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients with connections of their own."""
    async with AsyncExitStack() as stack:
        base = f"http://127.0.0.1:{there.port}"
        made = [httpx.AsyncClient(base_url=base, trust_env=False, timeout=60) for _ in range(number)]
        for each in made:
            await stack.enter_async_context(each)
        yield made


def asker_of(town: Town, watch: Watch, http: httpx.AsyncClient, number: int) -> Asker:
    """The client of this number, with the key of its role."""
    quarter, (_, _, role) = town.quarters[number % len(town.quarters)], CAST[number % len(CAST)]
    asker = Asker(http, watch, town, quarter, Random(number))  # noqa: S311  # a load
    if role == "AGENCY":
        asker.key = town.agencies[quarter.code[:5]]
        asker.heard = {each.tenant for each in town.quarters if each.code[:5] == quarter.code[:5]}
    elif role not in (None, "SIGN_IN"):
        asker.key = quarter.place.keys[role]
    return asker


async def opening(town: Town, watch: Watch, there: Served) -> None:
    """One after the other, before the crowd comes: a hub that has just begun compiles its plans."""
    async with lines(len(CAST), there) as open_lines:
        for turn in range(3):
            for number, line in enumerate(open_lines):
                _, act, role = CAST[number]
                if role != "SIGN_IN":
                    await act(asker_of(town, watch, line, number + turn * len(CAST)))
    watch.taken.clear()
    watch.acts.clear()


@pytest.mark.slow
@pytest.mark.skipif("HUB_CROWD_SECONDS" not in os.environ, reason="it measures: make crowd")
async def test_a_mixed_crowd_is_served_without_error_leak_or_growth_and_the_dead_slow_nobody(tmp_path: Path) -> None:
    address = await cluster.database_for("crowd", prepare)
    keys, watch, sizes = tmp_path / "keys.json", Watch(), Sizes()
    borders: list[float] = []
    async with built(address, tmp_path, signing_in=1 + CLIENTS // 30) as town:
        with (
            served(address, keys, tmp_path, HUB_WORKER="false", **GENEROUS) as there,
            working(address, keys, tmp_path) as worker,
        ):
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{there.port}", trust_env=False) as http:
                steward = Client(http)
                before = opened(there.process.pid)
                await opening(town, watch, there)
                async with crowd(town, watch, there):
                    await asyncio.sleep(WARM)
                    for number in range(SLICES):
                        if number:
                            await town.switch(steward, dead=number % 2 == 1)
                        sizes.look(there.process.pid, worker.pid)
                        borders.append(time.monotonic())
                        await asyncio.sleep(SECONDS / SLICES)
                    borders.append(time.monotonic())
                    sizes.look(there.process.pid, worker.pid)
                await told_of_everything(town, watch)
            await asyncio.sleep(0.5)
            left = opened(there.process.pid)
        log = there.log.read_text() + (tmp_path / "worker.log").read_text()
    without, beside = halves(watch, borders)
    report(watch, sizes, without, beside, town)

    faults = [line for line in log.splitlines() if '"unexpected"' in line or '"error"' in line]
    assert faults == []
    assert watch.busy <= (0 if LONG else len(watch.taken) / 50)  # a short run has the machine for itself seldom
    assert set(watch.acts) == {name for name, _, _ in CAST[:CLIENTS]} - {"signing in"} | {"signed in"}
    there_is = await kept(address, town)
    assert watch.sent <= set(there_is)  # whoever left without an answer may be there too
    assert len(set(there_is.values())) == len(there_is)  # and nobody twice
    assert growth(sizes.web) < WEB_MB, sizes
    assert growth(sizes.worker) < WORKER_MB, sizes
    assert left <= before + POOLS, (before, left)  # no connection of a client is left
    assert p95(beside) <= p95(without) * SLOWER + LATER
    assert town.hanging.got
    assert town.refusing.got


async def told_of_everything(town: Town, watch: Watch) -> None:
    """Wait until the living receiver has heard of all feedback."""
    async with asyncio.timeout(60):
        while watch.sent - {each.told["data"]["id"] for each in town.living.got}:  # noqa: ASYNC110  # by another process
            await asyncio.sleep(0.1)


async def kept(address: str, town: Town) -> dict[str, str]:
    """Ids and subjects of the crowd's feedback, each with the mark of the kecamatan that keeps it."""
    query = """select id, subject from feedback where tenant_id = $1 and subject ~ ('^' || $2 || ' [0-9]+$')"""
    connection = await asyncpg.connect(address)
    try:
        return {
            GlobalId("Feedback", each.tenant, row["id"]).encode(): row["subject"]
            for each in town.quarters
            for row in await connection.fetch(query, each.tenant, each.mark)
        }
    finally:
        await connection.close()


def halves(watch: Watch, borders: list[float]) -> tuple[list[float], list[float]]:
    """What requests took while the dead were left alone, and beside their calls."""
    found: tuple[list[float], list[float]] = ([], [])
    for number, (first, last) in enumerate(pairwise(borders)):
        found[number % 2].extend(took for began, took in watch.taken if first <= began < last)
    return found


def lags(town: Town) -> list[float]:
    """Seconds from a change to its message at the living receiver."""
    shift = time.time() - time.monotonic()
    return [each.at + shift - datetime.fromisoformat(each.told["timestamp"]).timestamp() for each in town.living.got]


def report(watch: Watch, sizes: Sizes, without: list[float], beside: list[float], town: Town) -> None:
    """For `make crowd`."""
    told = {
        "clients": CLIENTS,
        "seconds": SECONDS,
        "requests": len(watch.taken),
        "asked for patience": watch.busy,
        "lines that were cut": watch.cut,
        "acts": dict(watch.acts),
        "feedback": len(watch.sent),
        "p50, p95 without": [round(1000 * each) for each in (statistics.median(without), p95(without))],
        "p50, p95 beside the dead": [round(1000 * each) for each in (statistics.median(beside), p95(beside))],
        "calls to the dead": [len(town.hanging.got), len(town.refusing.got)],
        "messages": len(town.living.got),
        "lag p50, most": [round(each, 1) for each in (statistics.median(lags(town)), max(lags(town)))],
        "web MB": [round(each) for each in sizes.web],
        "worker MB": [round(each) for each in sizes.worker],
        "open files": sizes.files,
    }
    print("", *(f"{name}: {value}" for name, value in told.items()), sep="\n")  # noqa: T201  # what `make crowd` is for
