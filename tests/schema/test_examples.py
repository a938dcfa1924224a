"""The examples that GraphiQL shows run on the graph as it is, and are answered by plans."""

from importlib.resources import files
from pathlib import Path

import orjson
import pytest

from hub.entrypoints.examples import Example, load
from hub.graph.execution import Question
from hub.tenants.gate import Visit
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.world.build import World

EXAMPLES = load(Path(str(files("hub.schema") / "examples")))
AUDIENCES = {"public", "front-end", "dinas", "partner", "officer"}


def key_of(audience: str, world: World) -> str:
    keys = world.takisung.keys
    return {
        "front-end": keys[Role.FRONT_END.value],
        "dinas": world.agency_key,
        "partner": keys[Role.PARTNER_ORG.value],
        "officer": keys[Role.CAMAT.value],
    }[audience]


def test_every_audience_has_its_examples() -> None:
    assert {each.audience for each in EXAMPLES} == AUDIENCES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.title)
async def test_an_example_is_answered_without_errors_by_its_plan(hub: Hub, world: World, example: Example) -> None:
    public = example.audience == "public"  # asks for the schema itself, which no plan reads
    entry = await hub.gate.enter(Visit(authorization="" if public else f"Bearer {key_of(example.audience, world)}"))

    answer = await hub.engine.answer(Question(example.query, variables=example.variables), entry.scope)

    found = orjson.loads(answer.body)
    assert (list(found), answer.status) == (["data", "extensions"], 200)
    assert list(found["extensions"]) == ["cost"]
    assert answer.path == ("resolvers" if public else "plan")
    assert None not in found["data"].values()
