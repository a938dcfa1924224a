"""Memory: of every contender after its rounds, and of the hub over many requests of many documents."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import orjson

from bench import measure
from bench.contenders import Server
from bench.load import CONNECTIONS, Client
from bench.operations import Asked, request

DOCUMENTS = 5_000
STEPS = 20
_TENTH = 10  # every tenth request takes the next document of all, so that each is asked
_FIELDS = ("version", "code", "name", "kind", "connectivity", "distanceKm", "travelHours", "aliases", "terrain")
_PERSON = (
    "fullName",
    "sex",
    "birthDate",
    "occupation",
    "maritalStatus",
    "nikStatus",
    "education",
    "ageGroup",
    "hasKtp",
)


@dataclass(frozen=True, slots=True)
class Held:
    """Megabytes: what the server holds, and what PostgreSQL's processes hold that is not shared."""

    server: float
    database: float
    connections: int


@dataclass(frozen=True, slots=True)
class Point:
    """What was held after so many requests."""

    requests: int
    held: Held


def of(server: Server, postmaster: int) -> Held:
    """What a server and its connections hold now."""
    backends = server.backends & set(measure.family(postmaster))
    return Held(measure.resident(server.pid), sum(map(measure.own, backends)), len(backends))


def watch(
    client: Client, server: Server, postmaster: int, asked: Mapping[str, Sequence[Asked]], requests: int
) -> list[Point]:
    """Ask thousands of different documents, some often and most seldom, and look at memory in between."""
    keys = [each.key for each in asked["nested"]]
    documents = list(itertools.islice(_documents(), DOCUMENTS))
    rng, found = Random(1), [Point(0, of(server, postmaster))]  # noqa: S311  # a load
    share, in_turn = requests // STEPS, itertools.cycle(documents)
    for step in range(1, STEPS + 1):
        chosen = [documents[min(int(rng.paretovariate(0.5)), DOCUMENTS) - 1] for _ in range(share)]
        chosen[::_TENTH] = itertools.islice(in_turn, len(chosen[::_TENTH]))
        sent = [
            request(server.path, rng.choice(keys), orjson.dumps({"query": document, "variables": {}}))
            for document in chosen
        ]
        before = measure.family(postmaster)
        client.run(server.port, sent, connections=CONNECTIONS, times=share)
        server.adopt(before, measure.family(postmaster))
        found.append(Point(step * share, of(server, postmaster)))
        held = found[-1].held
        print(
            f"{step * share} requests: server {held.server:.0f} MB, PostgreSQL {held.database:.0f} MB "
            f"in {held.connections} connections",
            flush=True,
        )
    return found


def _documents() -> Iterator[str]:
    """Documents that select differently: other fields, other aliases, one to three levels."""
    rng = Random(2)  # noqa: S311  # a load
    for number in itertools.count():
        fields = " ".join(f"{name}{number}: {name}" for name in rng.sample(_FIELDS, 4))
        person = " ".join(rng.sample(_PERSON, 5))
        inside = ("", f"citizens(first: 3) {{ nodes {{ {person} }} }}", "commitments(first: 2) { nodes { id title } }")
        yield f"query D{number} {{ villages(first: {1 + number % 5}) {{ nodes {{ {fields} {inside[number % 3]} }} }} }}"
