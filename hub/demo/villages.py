"""The 47 villages of the demo: real codes and names, synthetic everything else."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

DATA = files("hub.demo") / "data"
TAKISUNG, HALONG, LEUWILIANG = "63.01.01", "63.11.02", "32.01.14"
KECAMATAN = (TAKISUNG, HALONG, LEUWILIANG)


@dataclass(frozen=True, slots=True)
class Hamlet:
    """A dusun with its RW and the RT numbers in it."""

    name: str
    rw: str
    rts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VillagePlan:
    """What is given about a village before anybody is born in it.

    `mix` chooses the shares of ethnic groups and religions, `livelihood` those of occupations.
    """

    number: int
    code: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    people: int
    households: int
    mix: str
    livelihood: str
    distance_km: float
    travel_hours: float
    terrain: tuple[str, ...]
    connectivity: str
    head_since: date
    elderly_without_card: int
    latitude: float
    longitude: float
    hamlets: tuple[Hamlet, ...]

    @property
    def kecamatan(self) -> str:
        """The code of its kecamatan."""
        return self.code.rpartition(".")[0]


@cache
def villages() -> dict[str, VillagePlan]:
    """All villages by code, in the order of the file."""
    with (DATA / "villages.csv").open(encoding="utf-8") as file:
        plans = [_plan(number, row) for number, row in enumerate(csv.DictReader(file))]
    return {plan.code: plan for plan in plans}


def villages_of(kecamatan: str) -> tuple[VillagePlan, ...]:
    """The villages of one kecamatan."""
    return tuple(plan for plan in villages().values() if plan.kecamatan == kecamatan)


def _plan(number: int, row: dict[str, str]) -> VillagePlan:
    return VillagePlan(
        number=number,
        code=row["code"],
        name=row["name"],
        aliases=tuple(filter(None, row["aliases"].split("|"))),
        kind=row["kind"],
        people=int(row["people"]),
        households=int(row["households"]),
        mix=row["mix"],
        livelihood=row["livelihood"],
        distance_km=float(row["distance_km"]),
        travel_hours=round(int(row["travel_minutes"]) / 60, 2),
        terrain=tuple(row["terrain"].split("|")),
        connectivity=row["connectivity"],
        head_since=date.fromisoformat(row["head_since"]),
        elderly_without_card=int(row["elderly_without_card"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        hamlets=tuple(_hamlet(text) for text in row["hamlets"].split("|")),
    )


def _hamlet(text: str) -> Hamlet:
    name, rw, rts = text.split(":")
    return Hamlet(name, rw, tuple(rts.split("/")))
