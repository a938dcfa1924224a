"""The examples that GraphiQL shows run on the graph as it is; queries are answered by plans, changes are made once."""

from importlib.resources import files
from pathlib import Path

import orjson
import pytest

from hub.entrypoints.examples import Example, load
from hub.graph.execution import Question
from hub.tenants.gate import Visit
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.acting import Acting, acting_in
from tests.client import Client
from tests.world.build import World

EXAMPLES = load(Path(str(files("hub.schema") / "examples")))
CHANGES = [each for each in EXAMPLES if "mutation " in each.query]
QUERIES = [each for each in EXAMPLES if each not in CHANGES]
REPORTS = "{ report("  # an answer of Python: definitions stand in code
AUDIENCES = {"public", "front-end", "dinas", "agency", "partner", "officer"}
KINDS = {
    "Mencatat rancangan maklumat (kunci yang sama tidak mencatat dua kali)": "COMMITMENT_CREATED",
    "Mendaftarkan organisasi mitra, atau membaca mengapa ditolak": "PARTNER_REGISTERED",
}


def key_of(audience: str, world: World) -> str:
    keys = world.takisung.keys
    return {
        "front-end": keys[Role.FRONT_END.value],
        "dinas": world.agency_key,
        "agency": world.officer_key,
        "partner": keys[Role.PARTNER_ORG.value],
        "officer": keys[Role.CAMAT.value],
    }[audience]


def test_every_audience_has_its_examples() -> None:
    assert {each.audience for each in EXAMPLES} == AUDIENCES


@pytest.mark.parametrize("example", QUERIES, ids=lambda each: each.title)
async def test_an_example_is_answered_without_errors_by_its_plan(hub: Hub, world: World, example: Example) -> None:
    public = example.audience == "public"  # asks for the schema itself, which no plan reads
    entry = await hub.gate.enter(Visit(authorization="" if public else f"Bearer {key_of(example.audience, world)}"))

    answer = await hub.engine.answer(Question(example.query, variables=example.variables), entry.scope)

    found = orjson.loads(answer.body)
    assert (list(found), answer.status) == (["data", "extensions"], 200)
    assert list(found["extensions"]) == ["cost"]
    assert answer.path == ("resolvers" if public or REPORTS in " ".join(example.query.split()) else "plan")
    assert None not in found["data"].values()


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client, owner_dsn, "63.01.11", "Bumi Makmur", ("63.01.11.2001", "63.01.11.2002"))


@pytest.mark.parametrize("example", CHANGES, ids=lambda each: each.title)
async def test_an_example_that_changes_something_does_so_once_however_often_it_is_sent(
    acting: Acting, example: Example
) -> None:
    async def sent() -> tuple[list[object], bool, dict[str, object]]:
        data = await acting.client.data(example.query, dict(example.variables), key=acting.place.keys["CAMAT"])
        [payload] = data.values()
        return payload.pop("userErrors"), payload.pop("replayed"), payload

    first = await sent()
    after = await acting.everything()
    again = await sent()

    [made] = first[2].values()
    assert isinstance(made, dict)
    assert await acting.told(made["id"]) == [KINDS[example.title]]
    assert (first[:2], again[:2]) == (([], False), ([], True))
    assert (again[2], await acting.everything()) == (first[2], after)


def test_there_are_changes_among_the_examples_all_for_officers() -> None:
    assert [(each.title, each.audience) for each in CHANGES] == [(title, "officer") for title in KINDS]
