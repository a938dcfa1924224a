"""Nothing of another tenant, another village or another organization ever appears, by any route, on either path.

Generated: every declared type, every role on every target, every route. A test asks its question for all askers, and
names the one who saw too much: ten thousand tests of one request each would spend their time on being tests.
"""

import json
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from hub.graph.declare import NODES
from hub.kernel.ids import GlobalId
from hub.store import sql
from hub.store.base import MANIFEST
from tests.client import Client
from tests.isolation import questions
from tests.isolation.wall import (
    ASKERS,
    OFFICES,
    PRIVATE,
    VILLAGE_OFFICES,
    Asker,
    Row,
    Wall,
    ask,
    let_through,
    personal,
    tenant_nodes,
)

ABSENT = UUID("01890000-0000-7000-8000-000000000000")
TYPES = questions.type_names()
FORMS = {"eq": "{eq: $id}", "in": "{in: [$id]}"}
ABSENT_VALUES = {"code": "99.99.99.2999"}


def of(wall: Wall, name: str) -> Asker:
    return wall.askers[name]


def absent(wall: Wall, node: str) -> str:
    """The id of a row that never was, in the asker's own tenant."""
    return GlobalId(node, wall.near.tenant.id, ABSENT).encode()


def samples(wall: Wall, asker: str, node: str) -> list[Row]:
    """A hidden row of each tenant and village."""
    hidden = wall.hidden_of(asker, node)
    return list({(row.tenant, row.village): row for row in hidden}.values())


@pytest.mark.parametrize("node", TYPES)
async def test_every_type_has_rows_on_both_sides_of_the_wall(node: str, wall: Wall) -> None:
    """A type without rows is hidden by being empty, which shows nothing: add it to `fill` in tests/world/build.py."""
    tenants = {row.tenant for row in wall.rows if row.node == node}
    assert tenants == {wall.near.tenant.id, wall.far.tenant.id}
    if personal(NODES[node]):
        villages = {row.village for row in wall.rows if row.node == node and row.tenant == wall.near.tenant.id}
        assert villages - {None} == {village.id for village in wall.near.villages}  # a file may be the kecamatan's own


def test_every_condition_on_what_is_published_is_written_down_here_too() -> None:
    """A table that shows hub_outside some rows only needs a line in `PRIVATE` of tests/isolation/wall.py."""
    conditional = {
        node.table.name
        for node in tenant_nodes()
        if MANIFEST[node.table.name].outside and MANIFEST[node.table.name].published not in (None, "true")
    }
    assert conditional == set(PRIVATE)


@pytest.mark.parametrize("node", TYPES)
async def test_what_is_hidden_is_there_for_its_own_camat(node: str, wall: Wall, path: Client) -> None:
    far = [row for row in wall.rows if row.node == node and row.tenant == wall.far.tenant.id]
    found = Asker("far", of(wall, OFFICES[-1]).reader, wall.far.keys["CAMAT"])
    text = await ask(path, found, questions.by_nodes(node)[0], {"ids": [row.id for row in far]})
    assert let_through(text, far) == set(far)


@pytest.mark.parametrize("asker", VILLAGE_OFFICES)
async def test_a_village_office_sees_its_own_persons(asker: str, wall: Wall, path: Client) -> None:
    own = [
        row
        for row in wall.rows
        if row.tenant == wall.near.tenant.id and row.node == "Citizen" and row not in wall.hidden[asker]
    ]
    text = await ask(path, of(wall, asker), questions.by_nodes("Citizen")[0], {"ids": [row.id for row in own]})
    assert len(own) == 4
    assert let_through(text, own) == set(own)


@pytest.mark.parametrize("node", TYPES)
async def test_a_hidden_row_by_its_id_is_a_row_that_never_was(node: str, wall: Wall, path: Client) -> None:
    query, nothing = questions.by_node(node), absent(wall, node)
    for asker in ASKERS:
        expected = await ask(path, of(wall, asker), query, {"id": nothing})
        assert json.loads(expected)["data"] == {"node": None}, asker
        assert "errors" not in json.loads(expected), asker
        hidden = samples(wall, asker, node)
        assert hidden, asker
        for row in hidden:
            assert await ask(path, of(wall, asker), query, {"id": row.id}) == expected, asker


@pytest.mark.parametrize("node", TYPES)
async def test_hidden_rows_among_many_ids_are_null_each(node: str, wall: Wall, path: Client) -> None:
    query = questions.by_nodes(node)[0]
    for asker in ASKERS:
        hidden = wall.hidden_of(asker, node)[:100]
        nothing = [absent(wall, node)] * len(hidden)
        text = await ask(path, of(wall, asker), query, {"ids": [row.id for row in hidden]})
        assert json.loads(text)["data"] == {"nodes": [None] * len(hidden)}, asker
        assert text == await ask(path, of(wall, asker), query, {"ids": nothing}), asker


@pytest.mark.parametrize("node", [name for name in TYPES if questions.look_ups(name)])
async def test_looking_up_a_hidden_row_finds_what_never_was(
    node: str, wall: Wall, path: Client, superuser: asyncpg.Connection
) -> None:
    for asker, (column, query) in product(ASKERS, questions.look_ups(node)):
        for row in samples(wall, asker, node):
            given, nothing = row.id, absent(wall, node)
            if column != "id":
                given, nothing = await value_of(superuser, row, column), ABSENT_VALUES[column]
            text = await ask(path, of(wall, asker), query, {"given": given})
            assert list(json.loads(text)["data"].values()) == [None], asker
            assert text == await ask(path, of(wall, asker), query, {"given": nothing}), asker


@pytest.mark.parametrize("question", questions.lists())
async def test_no_list_and_no_edge_shows_a_hidden_row(question: str, wall: Wall, path: Client) -> None:
    query, _node = questions.lists()[question]
    for asker in ASKERS:
        text = await ask(path, of(wall, asker), query)
        assert "errors" not in json.loads(text), asker
        assert let_through(text, wall.hidden[asker]) == set(), asker


@pytest.mark.parametrize("node", questions.unlisted())
async def test_no_edge_of_a_visible_row_leads_to_a_hidden_one(node: str, wall: Wall, path: Client) -> None:
    for asker in ASKERS:
        hidden = set(wall.hidden[asker])
        visible = [row.id for row in wall.rows if row.node == node and row not in hidden]
        for query in questions.by_nodes(node):
            text = await ask(path, of(wall, asker), query, {"ids": visible[:100]})
            assert "errors" not in json.loads(text), asker
            assert let_through(text, wall.hidden[asker]) == set(), asker


@pytest.mark.parametrize("key", [key for key, node in questions.root_lists() if questions.filters_by_id(node)])
async def test_a_filter_by_a_hidden_id_matches_nothing(key: str, wall: Wall, path: Client) -> None:
    for edge, target in questions.filters_by_id(dict(questions.root_lists())[key]):
        query = filtering(key, edge)
        for asker in ASKERS:
            nothing = await ask(path, of(wall, asker), query, {"id": absent(wall, target)})
            assert {total(nothing, f"{form}{kind}") for form in FORMS for kind in ("Plain", "Any")} <= {0, None}, asker
            for row in samples(wall, asker, target):
                assert await ask(path, of(wall, asker), query, {"id": row.id}) == nothing, asker


def filtering(key: str, edge: str) -> str:
    """One question in all forms of a filter: by itself, among others, and turned round."""
    lists = []
    for form, given in FORMS.items():
        wanted, chosen = f"{{{edge}: {given}}}", "{ totalCount nodes { id } pageInfo { hasNextPage } }"
        lists += [
            f"{form}Plain: {key}(first: 10, filter: {wanted}) {chosen}",
            f"{form}Any: {key}(first: 10, filter: {{or: [{wanted}]}}) {chosen}",
            f"{form}None: {key}(first: 10, filter: {{not: {wanted}}}) {chosen}",
        ]
    return f"query($id: ID!) {{ {' '.join(lists)} }}"


async def test_nobody_without_a_named_kecamatan_sees_any_row(wall: Wall, path: Client) -> None:
    nobody = Asker("nobody", of(wall, "ANONYMOUS@NONE").reader, None)
    for query, _node in questions.lists().values():
        assert let_through(await ask(path, nobody, query), wall.rows) == set()


def total(text: str, key: str) -> int | None:
    """The count of a connection in an answer; None where it is withheld."""
    found: dict[str, Any] | None = json.loads(text)["data"][key]
    return None if found is None else int(found["totalCount"])


async def value_of(superuser: asyncpg.Connection, row: Row, column: str) -> Any:
    """What stands in a column of a row."""
    own = NODES[row.node].table
    found = await sql.fetch(
        superuser, select(own.c[column].label("value")).where(own.c.tenant_id == row.tenant, own.c.id == row.key)
    )
    return found[0]["value"]
