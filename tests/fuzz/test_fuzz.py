"""A real server is asked nonsense: it refuses, in clear words, stays small, and answers the next good question.

`make fuzz N=60000` runs the long one; it stops by itself. HUB_FUZZ_SEED begins elsewhere.
"""

import asyncio
import os
import time
from pathlib import Path

import asyncpg
import httpx
import pytest
from graphql import GraphQLSchema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from hub.graph.registry import core_of
from hub.graph.scalars import SCALARS
from hub.kernel.clock import system_clock
from hub.means import READERS
from hub.schema.build import schema
from hub.settings import Settings
from hub.tenants import keyfile
from hub.wiring import open_hub
from tests import cluster
from tests.conftest import as_role, prepare
from tests.fuzz.nonsense import Nonsense
from tests.fuzz.watch import Watch, family, parent_of, resident
from tests.fuzz.wire import Line, Unreadable
from tests.parity.generate import Larder
from tests.served import Served, served
from tests.world.build import World, build_world

NUMBER = int(os.environ.get("HUB_FUZZ_N") or 1_500)
SEED = int(os.environ.get("HUB_FUZZ_SEED") or 0)
LINES = 6
# Nobody is turned away for asking too often: what is behind the gate is what is tried.
PATIENT = {f"HUB_RATE_{kind}": str(10**9) for kind in ("ANONYMOUS", "PUBLIC", "CLIENT", "IDENTITY")}
SAMPLES = 12
OTHERS = min(400, 10 + NUMBER // 60)  # documents of hypothesis-graphql; a fifth of a second each
SERVER_MB, POSTGRES_MB = 60.0, 80.0  # by which the last third of the run may exceed the middle one


def documents(number: int) -> list[str]:
    """Valid documents, mutations among them, as hypothesis-graphql makes them; they know nothing of our pages."""
    found: list[str] = []
    custom = {each.name: st.just(nodes.String("x")) for each in SCALARS.values()}

    @settings(
        max_examples=number,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(from_schema(str(schema()), custom_scalars=custom))
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


def nonsense(world: World, core: GraphQLSchema) -> Nonsense:
    """The maker of cases over this world."""
    larder = Larder(texts=["Takisung 0", "PKK Takisung"])
    for place in (world.takisung, world.halong):
        for name, rows in place.rows.items():
            larder.ids.setdefault(name, []).extend(place.id(name, index) for index in range(min(3, len(rows))))
    keys = [*world.takisung.keys.values(), *world.halong.keys.values(), world.agency_key]
    return Nonsense(core, larder, keys, documents(OTHERS))


async def ask_all(there: Served, made: Nonsense, watch: Watch, postmaster: int) -> list[tuple[float, float]]:
    """Send every case over a few connections; memory of server and database, sampled on the way."""
    seeds = iter(range(SEED, SEED + NUMBER))
    samples: list[tuple[float, float]] = []
    every = max(1, NUMBER // SAMPLES)

    async def work() -> None:
        line = Line(there.port)
        for seed in seeds:
            if (seed - SEED) % every == every - 1:
                samples.append((resident(there.process.pid), family(postmaster)))
            case = made.case(seed)
            try:
                watch.judge(seed, case, await line.send(case))
            except (Unreadable, TimeoutError, ValueError, KeyError) as error:
                watch.unanswered(seed, case, error)
                await line.close()
        await line.close()

    await asyncio.gather(*(work() for _ in range(LINES)))
    return samples


@pytest.mark.slow
async def test_nonsense_is_refused_and_does_no_harm(tmp_path: Path) -> None:
    address = await cluster.database_for("fuzz", prepare)
    keys = tmp_path / "keys.json"
    keyfile.create(keys, now=system_clock().instant)
    dsns = {reader: as_role(address, reader.value) for reader in READERS}
    hub = await open_hub(Settings(keys_file=keys, demo=True), dsns)
    world = await build_world(hub, as_role(address, "hub_owner"))
    await hub.close()
    made, watch = nonsense(world, core_of(schema())), Watch()
    watcher = await asyncpg.connect(address)
    postmaster = parent_of(await watcher.fetchval("select pg_backend_pid()"))

    with served(address, keys, tmp_path, HUB_INTROSPECTION="true", **PATIENT) as there:
        began = time.monotonic()
        samples = await ask_all(there, made, watch, postmaster)
        seconds = time.monotonic() - began
        good = await good_question(there, world)
    await watcher.close()

    report(watch, samples, seconds)
    faults = [line for line in there.log.read_text().splitlines() if '"unexpected"' in line or '"error"' in line]
    assert (watch.wrongs, faults) == ([], [])
    assert good == {"villages": {"nodes": [{"name": "Takisung 0"}, {"name": "Takisung 1"}]}}
    assert watch.statuses[200] > NUMBER / 4
    assert growth([server for server, _ in samples]) < SERVER_MB, samples
    assert growth([database for _, database in samples]) < POSTGRES_MB, samples


async def good_question(there: Served, world: World) -> object:
    """What anybody would ask."""
    async with httpx.AsyncClient() as http:
        response = await http.post(
            there.url,
            json={"query": '{ villages(first: 2, filter: { name: { startsWith: "Takisung" } }) { nodes { name } } }'},
            headers={"authorization": f"Bearer {world.takisung.keys['CAMAT']}"},
        )
    return response.json()["data"]


def growth(samples: list[float]) -> float:
    """By how much the most of the last third exceeds the most of the middle one, when caches are full."""
    third = len(samples) // 3
    return max(samples[2 * third :]) - max(samples[third : 2 * third])


def report(watch: Watch, samples: list[tuple[float, float]], seconds: float) -> None:
    """For `make fuzz`."""
    server, database = ([round(each[side]) for each in samples] for side in (0, 1))
    lines = (
        f"{NUMBER} cases in {seconds:.0f} s; kinds {dict(watch.kinds.most_common())}",
        f"statuses {dict(sorted(watch.statuses.items()))}; without an answer {dict(watch.silent.most_common())}",
        f"codes {dict(watch.codes.most_common())}",
        f"server MB {server}; PostgreSQL MB {database}",
        *watch.wrongs[:20],
    )
    print("", *lines, sep="\n")  # noqa: T201  # what `make fuzz` is for
