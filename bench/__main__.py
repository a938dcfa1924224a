"""Measure the hub against its peers: `make bench`, or `python -m bench --help`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import contenders, data, guard, measure, memory, register, report
from bench.contenders import NOTES, Server
from bench.load import Client, cell, compare, requests_of
from bench.operations import CONTENDERS, FLOOR, HUB, OPERATIONS, PEER, Asked, Operation, variants
from hub.means import dsn_for
from hub.store import embedded

FOLDER = Path(__file__).parent / ".data"
WARM_SECONDS = 1.5


@dataclass
class Stage:
    """Everything that runs: PostgreSQL, the contenders, the client."""

    postmaster: int
    servers: list[Server]
    asked: dict[str, list[Asked]]
    client: Client


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure."""

    names: Sequence[str]
    operations: Sequence[str]
    rounds: int
    seconds: float


@contextmanager
def stage(folder: Path, names: Sequence[str], size: data.Size) -> Iterator[Stage]:
    """Start it, and end exactly what was started."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = os.environ.get("HUB_PG_BIN")
    with ExitStack() as held:
        cluster = held.enter_context(embedded.start(folder / "cluster", bin_dir=Path(chosen) if chosen else None))
        base = cluster.dsn()
        register = asyncio.run(data.prepare(base, folder, size))
        administrator = dsn_for(base, embedded.SUPERUSER, data.DATABASE)
        asyncio.run(contenders.prepare_peer(administrator))
        asked = asyncio.run(variants(administrator, register))
        made = Stage(cluster.pid, [], asked, held.enter_context(Client(folder)))
        for name in names:
            before = measure.family(cluster.pid)
            server = contenders.start(name, base, folder)
            held.callback(server.stop)
            server.adopt(before, measure.family(cluster.pid))
            made.servers.append(server)
        yield made


def measured(made: Stage, plan: Plan) -> report.Found:
    """Compare every answer, warm up, then ask in rounds; within a round the contenders take turns."""
    found: report.Found = report.Found({}, {}, {})
    chosen = [each for each in OPERATIONS if each.name in plan.operations and answering(made, each)]
    for operation in chosen:
        asked, servers = made.asked[operation.name], answering(made, operation)
        found.values[operation.name] = compare(made.client, servers, operation, asked)
        found.cells[operation.name] = {server.name: [] for server in servers}
        print(f"{operation.name}: {found.values[operation.name]} values, equal from all", flush=True)
        for server in servers:
            before = measure.family(made.postmaster)
            made.client.run(server.port, requests_of(server, operation, asked), seconds=WARM_SECONDS)
            server.adopt(before, measure.family(made.postmaster))
    for number in range(plan.rounds):
        for operation in chosen:
            servers = answering(made, operation)
            turn = number % len(servers)
            for server in servers[turn:] + servers[:turn]:
                requests = requests_of(server, operation, made.asked[operation.name])
                got = cell(made.client, server, made.postmaster, requests, plan.seconds)
                found.cells[operation.name][server.name].append(got)
        print(f"round {number + 1} of {plan.rounds}", flush=True)
    for server in made.servers:
        found.memory[server.name] = memory.of(server, made.postmaster)
    return found


def answering(made: Stage, operation: Operation) -> list[Server]:
    """The running contenders that can answer an operation."""
    return [each for each in made.servers if each.name in operation.contenders]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("compare", "guard", "memory", "register"), default="compare")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the rows are kept between runs")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="of one contender in one round of one operation")
    parser.add_argument("--contenders", default=",".join(CONTENDERS))
    parser.add_argument("--operations", default=",".join(each.name for each in OPERATIONS))
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--people", type=int, default=2_500, help="in each tenant")
    parser.add_argument("--requests", type=int, default=100_000, help="of `memory`")
    parser.add_argument("--rows", type=int, default=register.ROWS, help="of `register`")
    parser.add_argument("--dry", action="store_true", help="write no files")
    parser.add_argument("--keep", action="store_true", help="`guard`: keep these ratios as the ones to hold")
    return parser.parse_args()


def main() -> None:
    """Do what the command line says."""
    given = _arguments()
    for number in (signal.SIGTERM, signal.SIGINT):  # also where a shell in the background lets us ignore it
        signal.signal(number, signal.default_int_handler)
    if given.what == "register":
        took = register.run(given.folder, given.rows)
        print(register.table(took))
        if not given.dry:
            report.write_register(register.table(took), given.rows)
        sys.exit(not all(each.good for each in took))
    size = data.Size(given.tenants, given.people)
    if given.what == "memory":
        with stage(given.folder, [HUB], size) as made:
            points = memory.watch(made.client, made.servers[0], made.postmaster, made.asked, given.requests)
        if not given.dry:
            report.write_memory(points)
        return
    if given.what == "guard":
        plan = Plan((HUB, FLOOR), guard.OPERATIONS, guard.ROUNDS, guard.SECONDS)
        with stage(given.folder, plan.names, size) as made:
            found = measured(made, plan)
        sys.exit(guard.keep(found) if given.keep else guard.judge(found))
    names = [each for each in given.contenders.split(",") if each in NOTES]
    problem = contenders.peer_problem() if PEER in names else None
    if problem:
        print(f"Without PostGraphile: {problem}.", flush=True)
        names.remove(PEER)
    plan = Plan(names, given.operations.split(","), given.rounds, given.seconds)
    with stage(given.folder, names, size) as made:
        found = measured(made, plan)
    text = report.text(found, plan.rounds, plan.seconds, size)
    print(text)
    if not given.dry:
        report.write(found, text)


if __name__ == "__main__":
    main()
