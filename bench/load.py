"""Comparing the answers, then asking in interleaved rounds."""

import base64
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from bench import measure
from bench.contenders import Server
from bench.operations import HUB, Asked, Operation, body, common, request

CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One contender's round of one operation; processor time in milliseconds for one request."""

    server: float
    database: float
    rate: float
    p50: float
    p99: float

    @property
    def whole(self) -> float:
        """Server and PostgreSQL together."""
        return self.server + self.database


class Different(Exception):  # says what it is
    """Two contenders answer differently."""


class Client:
    """The process that asks."""

    def __init__(self, folder: Path) -> None:
        self.answer = folder / "answer.json"  # the last one
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.client"],  # our own
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)

    def run(
        self, port: int, requests: Sequence[bytes], *, connections: int = CONNECTIONS, **until: float
    ) -> dict[str, Any]:
        """Ask, for `seconds` or `times`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        told = {
            "port": port,
            "keep": str(self.answer),
            "requests": [base64.b64encode(each).decode() for each in requests],
        }
        self.process.stdin.write(orjson.dumps({**told, "connections": connections, **until}) + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("The client ended: a server did not answer 200.")
        found: dict[str, Any] = orjson.loads(line)
        return found


def requests_of(server: Server, operation: Operation, asked: Sequence[Asked]) -> list[bytes]:
    """The requests of all variants."""
    return [request(server.path, each.key, body(server.name, operation, each)) for each in asked]


def compare(client: Client, servers: Sequence[Server], operation: Operation, asked: Sequence[Asked]) -> int:
    """Different unless every server answers every variant alike; the number of values in one answer."""
    size = 0
    for variant in asked:
        answers = {}
        for server in servers:
            sent = request(server.path, variant.key, body(server.name, operation, variant))
            client.run(server.port, [sent], connections=1, times=1)
            try:
                answers[server.name] = common(client.answer.read_bytes())
            except ValueError as error:
                raise Different(f"{server.name} does not answer {operation.name}: {error}") from error
        expected = answers.get(HUB, next(iter(answers.values())))
        for name, found in answers.items():
            if found != expected:
                raise Different(f"{operation.name}: {name} differs at {_first_difference(found, expected)}")
        size = _values(expected)
    return size


def cell(client: Client, server: Server, postmaster: int, requests: Sequence[bytes], seconds: float) -> Cell:
    """Ask one server for some seconds."""
    before = measure.spent(server.pid, postmaster)
    told = client.run(server.port, requests, seconds=seconds)
    own, database = measure.spent(server.pid, postmaster).since(before)
    number = told["count"]
    return Cell(1000 * own / number, 1000 * database / number, number / told["seconds"], told["p50"], told["p99"])


def median(cells: Sequence[Cell], name: str) -> float:
    """The median of one figure."""
    return float(statistics.median(getattr(each, name) for each in cells))


def least(cells: Sequence[Cell]) -> float:
    """The least processor time of all rounds: what noise has touched least."""
    return min(each.whole for each in cells)


Figures = Mapping[str, Mapping[str, Sequence[Cell]]]  # operation -> contender -> rounds


def _values(found: Any) -> int:
    if isinstance(found, dict):
        return sum(map(_values, found.values()))
    if isinstance(found, list):
        return sum(map(_values, found))
    return 1


def _first_difference(found: Any, expected: Any, path: str = "data") -> str:
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        name = next(name for name in expected if found[name] != expected[name])
        return _first_difference(found[name], expected[name], f"{path}.{name}")
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        index = next(index for index in range(len(expected)) if found[index] != expected[index])
        return _first_difference(found[index], expected[index], f"{path}[{index}]")
    return f"{path}: {str(found)[:300]} instead of {str(expected)[:300]}"
