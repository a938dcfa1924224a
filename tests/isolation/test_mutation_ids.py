"""A mutation given a hidden row's id answers as for a row that never was, and changes nothing behind the wall.

Generated from the mutation root: every id in every input, for everybody.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
)

from hub.graph.declare import NODES
from hub.kernel.ids import GlobalId
from hub.store.base import MANIFEST, Kind, metadata
from hub.wiring import Hub
from tests.client import Client
from tests.isolation import questions
from tests.isolation.wall import ASKERS, Wall, ask, build_wall

ABSENT = UUID("01890000-0000-7000-8000-000000000000")
CAMAT = "CAMAT@TENANT"
VALUES: Mapping[str, Any] = {
    "String": "uji",
    "Int": 1,
    "Boolean": True,
    "Float": 1.0,
    "Date": "2026-01-05",
    "DateTime": "2026-01-05T08:00:00+08:00",
    "TimeOfDay": "08:00",
    "Decimal": "1.00",
    "Rupiah": "5000",
    "RegionCode": "32.01.34.2003",
    "Nik": "6399011705900001",
    "KkNumber": "6399011705900002",
}
Path = tuple[str, ...]
# Beside an id that may be left out: one of two that may not.
ONE_OF: Mapping[tuple[str, Path], Path] = {("recordPopulationDocument", ("file",)): ("citizen",)}
OF_AGENCIES = frozenset({"acknowledgeAssignment", "returnAssignment", "answerAssignment", "reviewAssignedPlan"})


def who(name: str) -> str:
    """Who may do the most with a mutation."""
    return "AGENCY_OFFICER@AGENCY" if name in OF_AGENCIES else CAMAT


def mutations() -> dict[str, GraphQLInputObjectType]:
    """Every mutation with its input."""
    root = questions.core().mutation_type
    if root is None:
        return {}
    found = {name: get_named_type(field.args["input"].type) for name, field in root.fields.items()}
    return {name: given for name, given in found.items() if isinstance(given, GraphQLInputObjectType)}


def id_paths(given: GraphQLInputObjectType, above: Path = ()) -> Iterator[Path]:
    """Where in an input ids stand."""
    for name, field in given.fields.items():
        type_ = get_named_type(field.type)
        if type_.name == "ID":
            yield (*above, name)
        elif isinstance(type_, GraphQLInputObjectType):
            yield from id_paths(type_, (*above, name))


def filled(given: GraphQLInputObjectType, ids: Mapping[Path, str], above: Path = ()) -> dict[str, Any]:
    """An input with what it requires, and the ids given."""
    found: dict[str, Any] = {}
    for name, field in given.fields.items():
        path = (*above, name)
        wanted = is_non_null_type(field.type) or any(each[: len(path)] == path for each in ids)
        if wanted:
            value = _value(get_named_type(field.type), ids, path)
            found[name] = [value] if is_list_type(get_nullable_type(field.type)) else value
    return found


def _value(type_: Any, ids: Mapping[Path, str], path: Path) -> Any:
    if isinstance(type_, GraphQLInputObjectType):
        return filled(type_, ids, path)
    if type_.name == "ID":
        return ids.get(path, GlobalId("Village", 1, ABSENT).encode())
    if is_enum_type(type_):
        return next(iter(type_.values))
    if path[-1] == "idempotencyKey":
        return uuid4().hex
    return VALUES[type_.name]


ID_PLACES = [(name, path) for name, given in mutations().items() for path in id_paths(given)]


@pytest.fixture(scope="module")
async def writable(hub: Hub, owner_dsn: str, superuser: asyncpg.Connection) -> Wall:
    """A wall whose near side may be changed."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await build_wall(hub, owner, superuser, ("32.01.34", "32.01.35"))
    finally:
        await owner.close()


async def perform(client: Client, wall: Wall, asker: str, name: str, ids: Mapping[Path, str]) -> dict[str, Any]:
    """The answer to a mutation with these ids in its input."""
    given = mutations()[name]
    root = questions.core().mutation_type
    assert root is not None
    told = "userErrors { code message path }"
    if "results" in get_named_type(root.fields[name].type).fields:  # each item of a batch by itself
        told += f" results {{ {told} }}"
    query = f"mutation($input: {given.name}!) {{ {name}(input: $input) {{ {told} }} }}"
    found: dict[str, Any] = json.loads(await ask(client, wall.askers[asker], query, {"input": filled(given, ids)}))
    return found


def refusals(answer: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """The codes and paths of an answer's refusals."""
    found = next(iter((answer.get("data") or {}).values()), None) or {"userErrors": []}
    several = [found, *(found.get("results") or ())]
    return [(each["code"], tuple(each["path"])) for one in several for each in one["userErrors"]]


def named(path: Path) -> str:
    """The name at which a path ends, passing over the place in a list."""
    return next((each for each in reversed(path) if not each.isdigit()), "")


async def wanted_types(client: Client, wall: Wall, name: str) -> dict[Path, str]:
    """The type whose id each place takes, found by trying: an id of another type is refused as such."""
    given = mutations()[name]
    found: dict[Path, str] = {}
    for path in sorted(id_paths(given), key=lambda each: (not required(given, each), not required(given, each, each))):
        for node in questions.type_names():
            answer = await perform(
                client, wall, who(name), name, beside(wall, name, found, path) | {path: absent(wall, node)}
            )
            if ("ID_INVALID", path[-1]) not in {(code, named(at)) for code, at in refusals(answer)}:
                found[path] = node
                break
    return found


def required(given: GraphQLInputObjectType, path: Path, sent: Path = ()) -> bool:
    """Whether an input needs the id at this place, where the objects that lead to `sent` are there."""
    field = given.fields[path[0]]
    below = get_named_type(field.type)
    if not isinstance(below, GraphQLInputObjectType):
        return is_non_null_type(field.type)
    there = len(sent) > 1 and sent[0] == path[0]
    return (there or is_non_null_type(field.type)) and required(below, path[1:], sent[1:] if there else ())


def beside(wall: Wall, name: str, types: Mapping[Path, str], path: Path) -> dict[Path, str]:
    """Ids of rows of the near side for the other places that need one."""
    given = mutations()[name]
    own = {row.node: row.id for row in wall.rows if row.tenant == wall.near.tenant.id}
    one = ONE_OF.get((name, path))
    return {
        each: own[node] for each, node in types.items() if each != path and (each == one or required(given, each, path))
    }


def absent(wall: Wall, node: str) -> str:
    """The id of a row that never was, on the near side."""
    return GlobalId(node, wall.near.tenant.id, ABSENT).encode()


async def behind(superuser: asyncpg.Connection, wall: Wall) -> str:
    """A digest of every row of the far side."""
    found = hashlib.sha256()
    for name, entry in sorted(MANIFEST.items()):
        if entry.kind in (Kind.TENANT, Kind.PERSON) and "tenant_id" in metadata.tables[name].columns:
            whole = "coalesce(string_agg(t::text, chr(10) order by t::text), chr(10))"
            query = f"select {whole} from {name} t where tenant_id = $1"
            found.update((await superuser.fetchval(query, wall.far.tenant.id)).encode())
    return found.hexdigest()


@pytest.mark.parametrize("name", mutations())
async def test_a_hidden_id_is_an_id_that_never_was(
    name: str, writable: Wall, client: Client, superuser: asyncpg.Connection
) -> None:
    types = await wanted_types(client, writable, name)
    before = await behind(superuser, writable)
    for path, node in types.items():
        for asker in ASKERS:
            others = beside(writable, name, types, path)
            for row in {each.tenant: each for each in writable.hidden_of(asker, node)}.values():
                # the id says whose it is, so an answer may depend on that; it must not depend on what is there
                never = GlobalId(node, row.tenant, ABSENT).encode()
                nothing = await perform(client, writable, asker, name, {**others, path: never})
                assert await perform(client, writable, asker, name, {**others, path: row.id}) == nothing
    assert await behind(superuser, writable) == before


@pytest.mark.parametrize("name", mutations())
async def test_the_camat_is_told_that_another_tenants_row_is_not_found(
    name: str, writable: Wall, client: Client
) -> None:
    types = await wanted_types(client, writable, name)
    for path, node in types.items():
        far = next(row for row in writable.rows if row.node == node and row.tenant == writable.far.tenant.id)
        others = beside(writable, name, types, path)
        answer = await perform(client, writable, who(name), name, {**others, path: far.id})
        assert "errors" not in answer
        assert [code for code, _ in refusals(answer)] == ["NOT_FOUND"], (path, node, answer)


def test_every_type_of_an_input_has_a_value_to_try() -> None:
    assert all(NODES[node].tenant for node in questions.type_names())
    for given in mutations().values():
        assert filled(given, dict.fromkeys(id_paths(given), "id"))
