"""The counter's search: what it finds, the same by both paths, and by which index."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
import pytest
from graphql import ExecutionResult, parse
from graphql.execution import execute

from hub.graph.binds import Given
from hub.graph.context import Context
from hub.graph.execution import Question, TransactionalExecutor
from hub.graph.plan.planner import Plans
from hub.kernel.clock import system_clock
from hub.kernel.names import covered, query_tokens, search_tokens
from hub.kernel.scope import Reader, Scope
from hub.schema.citizens import search
from hub.schema.citizens.search import ranges_of
from hub.store.unit import reading
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.client import Client
from tests.schema.citizens.stage import END, Office, open_office

NAMES = (
    ("Muhammad Rifani", 1990, 0),
    ("Mohd. Yusuf", 1985, 0),
    ("Drs. H. Soedarjo", 1960, 0),
    ("Siti Nuraini, S.Pd.", 1990, 1),
    ("St. Aminah", 1971, 1),
    ("Abdurrahman", 1971, 0),
)
SEARCH = """
query ($search: String, $year: Int, $filter: CitizenFilter, $after: Cursor) {
  citizens(first: 10, orderBy: NAME, search: $search, birthYear: $year, filter: $filter, after: $after) {
    totalCount
    nodes { fullName }
  }
}
"""


FOUND = [
    ("rifani muhammad", ["Muhammad Rifani"]),
    ("muhammad rifani", ["Muhammad Rifani"]),
    ("MUHAMAD RIF", ["Muhammad Rifani"]),
    ("mhd jusuf", ["Mohd. Yusuf"]),
    ("muhammad", ["Mohd. Yusuf", "Muhammad Rifani"]),
    ("mohammad", ["Mohd. Yusuf", "Muhammad Rifani"]),
    ("muh", ["Mohd. Yusuf", "Muhammad Rifani"]),
    ("sudaryo", ["Drs. H. Soedarjo"]),
    ("Bapak H. Sudaryo", ["Drs. H. Soedarjo"]),
    ("siti nur aini", ["Siti Nuraini, S.Pd."]),
    ("aini siti", ["Siti Nuraini, S.Pd."]),
    ("sitinur", ["Siti Nuraini, S.Pd."]),
    ("sitti", ["Siti Nuraini, S.Pd.", "St. Aminah"]),
    ("s", ["Siti Nuraini, S.Pd.", "Drs. H. Soedarjo", "St. Aminah"]),
    ("z", ["Siti Nuraini, S.Pd.", "Drs. H. Soedarjo", "St. Aminah"]),
    ("abdul rahman", ["Abdurrahman"]),
    ("rahman", ["Abdurrahman"]),
    ("rifani aminah", []),
    ("siti muhammad", []),
    ("xyz", []),
    ("", []),
    (" , . ", []),
    ("%", []),
]


@dataclasses.dataclass
class Counter:
    """A small kecamatan to search in, by both paths."""

    hub: Hub
    office: Office

    async def answer(self, query: str, variables: Mapping[str, Any], *, villages: tuple[int, ...] = ()) -> Any:
        """What both paths answer alike."""
        within = tuple(self.office.villages[index].id for index in villages)
        role = Role.VILLAGE_OFFICER if villages else Role.KEC_COUNTER
        scope = Scope(Reader.API, role.value, ROLES[role], (self.office.tenant,), villages=within, lang="en")
        question = Question(query, variables=variables)
        planned = await self.hub.engine.answer(question, scope)
        resolved = await dataclasses.replace(self.hub.engine, planning=False).answer(question, scope)
        assert resolved.path == "resolvers"
        found = orjson.loads(planned.body)
        assert found == orjson.loads(resolved.body)
        assert planned.path == ("resolvers" if "errors" in found else "plan")
        return found

    async def found(self, search: str | None, *, villages: tuple[int, ...] = (), **more: Any) -> list[str]:
        """The names found."""
        page = (await self.answer(SEARCH, {"search": search, **more}, villages=villages))["data"]["citizens"]
        names = [node["fullName"] for node in page["nodes"]]
        assert page["totalCount"] == len(names)
        return names


@pytest.fixture(scope="module")
async def counter(hub: Hub, client: Client, owner_dsn: str) -> Counter:
    """Six people in two villages, and one who has died."""
    owner = await asyncpg.connect(owner_dsn)
    office = await open_office(hub, client, owner, "63.11.05")
    await owner.close()
    for name, year, village in NAMES:
        await office.citizen(await office.household(village=village), name=name, birthDate=f"{year}-06-01")
    dead = await office.citizen(await office.household(), name="Muhammad Almarhum")
    await office.do(END, citizen=dead["id"], expectedVersion=1, status="DEAD", on="2026-01-01")
    return Counter(hub, office)


@pytest.mark.parametrize(("text", "names"), FOUND)
async def test_people_are_found_as_their_names_sound(counter: Counter, text: str, names: list[str]) -> None:
    assert await counter.found(text) == names


async def test_names_too_frequent_to_gather_are_walked_and_find_the_same(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)  # in six people no name is frequent
    engine = dataclasses.replace(counter.hub.engine, plans=Plans(counter.hub.engine.plans.schema))
    walking = dataclasses.replace(counter, hub=dataclasses.replace(counter.hub, engine=engine))

    assert [(text, await walking.found(text)) for text, _ in FOUND] == FOUND
    assert await walking.found("s", villages=(0,)) == ["Drs. H. Soedarjo"]


async def test_without_a_search_everybody_living_is_listed_by_name(counter: Counter) -> None:
    assert await counter.found(None) == [
        "Abdurrahman",
        "Mohd. Yusuf",
        "Muhammad Rifani",
        "Siti Nuraini, S.Pd.",
        "Drs. H. Soedarjo",
        "St. Aminah",
    ]


async def test_a_search_narrows_by_year_of_birth_and_village(counter: Counter) -> None:
    second = {"village": {"eq": counter.office.village(1)}}

    assert await counter.found("siti", year=1971) == ["St. Aminah"]
    assert await counter.found(None, year=1990) == ["Muhammad Rifani", "Siti Nuraini, S.Pd."]
    assert await counter.found("muhammad", filter=second) == []
    assert await counter.found("siti", filter=second, year=1990) == ["Siti Nuraini, S.Pd."]


async def test_an_officer_finds_people_of_the_own_village_only(counter: Counter) -> None:
    assert await counter.found("siti", villages=(0,)) == []
    assert await counter.found("siti", villages=(1,)) == ["Siti Nuraini, S.Pd.", "St. Aminah"]


async def test_a_search_goes_on_behind_its_cursor(counter: Counter) -> None:
    query = (
        'query ($after: Cursor) { citizens(first: 1, search: "muh", after: $after) '
        "{ nodes { fullName } pageInfo { endCursor hasNextPage } } }"
    )

    first = (await counter.answer(query, {}))["data"]["citizens"]
    second = (await counter.answer(query, {"after": first["pageInfo"]["endCursor"]}))["data"]["citizens"]

    assert [first["nodes"], first["pageInfo"]["hasNextPage"]] == [[{"fullName": "Mohd. Yusuf"}], True]
    assert [second["nodes"], second["pageInfo"]["hasNextPage"]] == [[{"fullName": "Muhammad Rifani"}], False]


async def test_pages_of_a_search_make_the_whole_list_in_every_order(counter: Counter) -> None:
    for order in ("NAME", "ID"):
        for word, mark, end in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
            query = (
                f'query ($place: Cursor) {{ citizens({word}: 1, {mark}: $place, orderBy: {order}, search: "m") '
                f"{{ totalCount nodes {{ fullName }} pageInfo {{ {end} }} }} }}"
            )
            found, place = [], None
            for _ in range(2):
                page = (await counter.answer(query, {"place": place}))["data"]["citizens"]
                found += [each["fullName"] for each in page["nodes"]]
                place = page["pageInfo"][end]
            assert (page["totalCount"], sorted(found)) == (2, ["Mohd. Yusuf", "Muhammad Rifani"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"search": "a " * 9}, "SEARCH_TOO_LONG"),
        ({"search": "a" * 101}, "SEARCH_TOO_LONG"),
        ({"year": 1849}, "BIRTH_YEAR"),
        ({"year": 2201}, "BIRTH_YEAR"),
    ],
)
async def test_what_cannot_be_searched_is_refused_by_name(counter: Counter, given: Any, code: str) -> None:
    answer = await counter.answer(SEARCH, given)

    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]


async def test_any_search_has_one_plan(counter: Counter) -> None:
    await counter.found("siti")
    before = len(counter.hub.engine.plans.kept)

    await counter.found("muhammad rifani hidayat akbar")

    assert len(counter.hub.engine.plans.kept) == before


@pytest.mark.parametrize("search", ["siti nur aini", "muh", "abd rahman s", "hj. st. aminah", "m yusuf"])
def test_ranges_ask_what_the_kernel_asks(search: str) -> None:
    asked, ranges = query_tokens(search), ranges_of(search)

    for name, _, _ in NAMES:
        tokens = search_tokens(name)
        bits = 0
        for low, high, typed, bit in zip(ranges.low, ranges.high, ranges.typed, ranges.bits, strict=True):
            read = (token for token, length in covered(tokens).items() if length < typed)
            bits |= bit if any(low <= token <= high for token in read) else 0
        assert (bits == ranges.all_bits) == asked.meets(tokens)


async def test_a_page_costs_the_same_statements_for_one_and_for_three(counter: Counter) -> None:
    scope = Scope(Reader.API, Role.CAMAT.value, ROLES[Role.CAMAT], (counter.office.tenant,))
    query = """query ($first: Int) { citizens(first: $first) { nodes {
        fullName household { kkNumber members(first: 5) { nodes { fullName } } head { fullName } }
        village { name } sensitive { religion } } } }"""
    counts = []
    for first in (1, 3):
        given = Given(scope, system_clock(), {"first": first})
        async with reading(counter.hub.pools.of(Reader.API), scope, given.now) as session:
            context = Context(given, session, counter.hub.engine.schema)
            result = execute(
                context.schema,
                parse(query),
                context_value=context,
                variable_values={"first": first},
                executor_class=TransactionalExecutor,
            )
            assert not isinstance(result, ExecutionResult)
            assert (await result).errors is None
            counts.append(session.statements)

    assert counts == [6, 6]
