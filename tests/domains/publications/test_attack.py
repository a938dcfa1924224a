"""The attack: whoever reads all that is published, over periods, knows one village whole and knows of a death, learns
of nobody else.

What is attacked are the published tables as `hub_report` reads them, not what the hub meant to publish.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select

from hub.domains.publications.model import Publication, PublishedFigure
from hub.domains.reports import assembling, protecting
from hub.domains.reports.assembling import Given, Stand
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.protecting import Table, figure_key, whole_key
from hub.domains.reports.suppression import HIDDEN, Key, Outcome, Treatment
from hub.store.base import table
from hub.wiring import Hub
from tests.domains.publications.stage import KTP, District, district
from tests.domains.reports.test_suppression import Attacker, T

R07 = REPORTS["R-07"]
CODES = ("32.13.01", "32.13.02", "32.13.03")
PERIODS = ("2026-11", "2026-12", "2027-01")
MONTHS = ((2026, 11), (2026, 12), (2027, 1))
Counts = list[int]  # held, not known, due


@dataclass
class Attacked:
    """What was published in each period, and what was true."""

    made: District
    shown: list[dict[Key, Outcome]]
    truth: list[dict[Key, int]]
    sums: list[Any]
    cells: list[Any]
    lines: list[list[asyncpg.Record]]

    def attacker(self, office: str | None = None) -> Attacker:
        """Somebody who has all publications and the true figures of one office."""
        found = Attacker(self.sums, self.shown)
        for period, cell in product(range(len(self.shown)), self.cells):
            if office in cell.known_to:
                found.knows(period, cell.key, self.truth[period][cell.key])
        return found


@pytest.fixture(scope="module")
async def attacked(hub: Hub, owner_dsn: str) -> Attacked:
    """Three kecamatan of three villages; each month a few people come, go and get cards, one village has one death."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        made = await district(hub, owner, *CODES, villages=3)
    finally:
        await owner.close()
    chance = random.Random(20261122)  # noqa: S311  # a test's figures
    counts = {(k, v): _first(chance) for k, v in product(range(3), range(3))}
    counts[0, 0] = [3, 2, 40]
    sensitive = {(k, v): [chance.randint(0, 14), 30] for k, v in product(range(3), range(3))}
    found = Attacked(made, [], [], [], [], [])
    for number, (period, (year, month)) in enumerate(zip(PERIODS, MONTHS, strict=True)):
        made.at = made.at.replace(year=year, month=month)
        for each in counts.values() if number else ():
            _pass(chance, each)
        if number:
            counts[1, 1][0] -= 1
            counts[1, 1][2] -= 1
        for index, stage in enumerate(made.kecamatan):
            await made.documents(stage, [(one[0], one[1], one[2]) for one in (counts[index, v] for v in range(3))])
            groups = {("without", v, ("", "")): (sensitive[index, v][0], sensitive[index, v][1]) for v in range(3)}
            unknown = {("unknown", v, ("", "")): (0, sensitive[index, v][1]) for v in range(3)}
            await made.count(stage, "R-15", {**groups, **unknown})
        await made.confirm(*made.kecamatan, period=period)
        await made.publish(period)
        await _remember(found, period, counts)
    return found


def _first(chance: random.Random) -> Counts:
    due = chance.randint(30, 400)
    unknown = chance.randint(0, 12)
    return [due - unknown - chance.randint(0, 12), unknown, due]


def _pass(chance: random.Random, each: Counts) -> None:
    born, served = chance.randint(-2, 3), chance.randint(0, 2)
    each[2] += born
    each[0] = min(each[0] + served, each[2] - each[1])


async def _remember(found: Attacked, period: str, counts: dict[tuple[int, int], Counts]) -> None:
    own = table(PublishedFigure).c
    async with found.made.reader() as session:
        rows = await session.rows(
            select(table(PublishedFigure), table(Publication).c.period)
            .join(Publication, table(Publication).c.id == own.publication_id)
            .where(table(Publication).c.period == period)
        )
    found.lines.append([row for row in rows if row["report"] == "R-15"])  # type: ignore[misc]  # rows are records
    found.shown.append(told(row for row in rows if row["report"] == "R-07" and row["line"] != "TOTAL"))
    sheet = protecting._sheet(Table(R07, found.made.region, [_given(found, index, counts) for index in range(3)]))
    found.cells, found.sums = list(protecting._cells(sheet)), list(protecting._sums(sheet))
    found.truth.append({cell.key: cell.value for cell in found.cells})


def told(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Outcome]:
    """Lines of a published report as what they show, by the places of figures."""
    found: dict[Key, Outcome] = {}
    for row in rows:
        place, dimensions = row["place_code"], (row["dimension_1"], row["dimension_2"])
        found[figure_key(R07, row["figure"], place, dimensions)] = _outcome(row["numerator"])
        found[whole_key(R07, row["figure"], place, dimensions)] = _outcome(row["denominator"])
    return found


def _outcome(value: int | None) -> Outcome:
    return HIDDEN if value is None else Outcome(Treatment.SHOWN, value)


def _given(found: Attacked, index: int, counts: dict[tuple[int, int], Counts]) -> Given:
    stage = found.made.kecamatan[index]
    places = tuple(assembling.Place(each.id, each.code, each.name) for each in stage.villages)
    day = found.made.at.date()
    stands = [
        Stand(figure, place.id, KTP, (None, None), counts[index, v][part], counts[index, v][2], "REGISTER", day)
        for v, place in enumerate(places)
        for part, figure in enumerate(("held", "unknown"))
    ]
    return Given(stage.tenant, "", places, tuple(stands))


def readers(found: Attacked) -> list[str | None]:
    """Nobody in particular, an official of each village, and one of each kecamatan."""
    villages = [each.code for stage in found.made.kecamatan for each in stage.villages]
    return [None, *villages, *(stage.tenant.code for stage in found.made.kecamatan)]


def test_what_is_published_holds_something_back_and_tells_most(attacked: Attacked) -> None:
    values = [each.value for outcomes in attacked.shown for each in outcomes.values()]
    assert 0 < values.count(None) < len(values) / 2
    whole = whole_key(R07, "held", attacked.made.region, KTP)
    assert all(outcomes[whole].value is not None for outcomes in attacked.shown)


@pytest.mark.parametrize("number", range(13))
def test_no_small_figure_and_no_small_change_is_worked_out(attacked: Attacked, number: int) -> None:
    reader = readers(attacked)[number]
    attacker = attacked.attacker(reader)
    theirs = {cell.key for cell in attacked.cells if reader in cell.known_to}
    for period, cell in product(range(len(PERIODS)), attacked.cells):
        key, value = cell.key, attacked.truth[period][cell.key]
        if key in theirs:
            continue
        if 0 < value < T:
            low, high = attacker.bounds((1, period, key))
            assert high - low >= T - 1, (period, key, value, low, high)
        if period and 0 < abs(value - attacked.truth[period - 1][key]) < T:
            low, high = attacker.bounds((1, period, key), (-1, period - 1, key))
            assert high - low >= T - 1, (period, key, low, high)


def test_who_knows_of_a_death_does_not_learn_whether_the_dead_held_a_card(attacked: Attacked) -> None:
    village = attacked.made.kecamatan[1].villages[1].code
    held, due = figure_key(R07, "held", village, KTP), whole_key(R07, "held", village, KTP)
    attacker = attacked.attacker()
    fall = attacked.truth[1][due] - attacked.truth[0][due]
    attacker._equal({attacker.place[1, due]: 1, attacker.place[0, due]: -1}, fall)
    low, high = attacker.bounds((1, 1, held), (-1, 0, held))
    assert high - low >= T - 1, (low, high)


def test_of_sensitive_groups_tens_of_kecamatan_are_told_and_nothing_of_villages(attacked: Attacked) -> None:
    rows = [row for period in attacked.lines for row in period]
    assert {row["line"] for row in rows} == {"KECAMATAN", "TOTAL", "TOTAL_WITH_PARTIAL"}
    told = [value for row in rows for value in (row["numerator"], row["denominator"]) if value is not None]
    assert told
    assert all(value >= 10 and value % 10 == 0 for value in told)
    assert {row["shown"] for row in rows} == {"ROUNDED", "SUPPRESSED"}
