"""Under row-level security an index serves a filter only if its operator is leakproof: shown for every filter.

Run as hub_api inside a tenant, on the very condition that the graph makes of the filter.
"""

import re
from typing import Any

import asyncpg
import pytest
from graphql import get_named_type
from sqlalchemy import select

from hub.graph.binds import Binds, Given
from hub.graph.declare import NODES, Column, NodeType, One
from hub.graph.filters import condition
from hub.graph.selecting import alias_of, within
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId
from hub.store import sql
from tests.isolation import questions
from tests.isolation.raw import a_value, inside
from tests.isolation.wall import Wall
from tests.world import make

# A million rows in the planner's eyes, of which it knows nothing more: on a handful every index costs the same, and
# what autovacuum has learnt of them depends on the hour. Undone with the transaction.
_GROW = """
    with forgotten as (delete from pg_statistic where starelid = $1::text::regclass)
    update pg_class set reltuples = 1000000, relpages = 1
    where oid = $1::text::regclass or oid in (select indexrelid from pg_index where indrelid = $1::text::regclass)
"""
CASES = questions.filter_operators()


def test_every_type_with_filters_is_explained() -> None:
    assert {name for name, _, _ in CASES} == {node.name for node in NODES.values() if node.filters}


@pytest.mark.parametrize(("name", "field", "operator"), CASES)
async def test_a_filter_is_served_by_an_index(
    name: str, field: str, operator: str, wall: Wall, superuser: asyncpg.Connection
) -> None:
    node = NODES[name]
    plan = await explained(wall, superuser, node, {field: {operator: sample(wall, node, field, operator)}})
    conditions = [line for line in plan if "Index Cond" in line]
    assert re.search(rf"\b{column_of(node, field)}\b", " ".join(conditions)), plan


async def explained(wall: Wall, superuser: asyncpg.Connection, node: NodeType, given: dict[str, Any]) -> list[str]:
    """The plan of the rows of a type under one filter, as an office gets it."""
    scope = make.camat(wall.near.tenant)
    binds, rows = Binds.under(scope), alias_of(node.table, "t1")
    where = [*within(rows, node, binds), condition(node, rows, given, binds)]
    prepared = sql.prepare(select(rows.c[node.key]).where(*where))
    arguments = prepared.arguments(binds.values(Given(scope, system_clock())))
    async with inside(superuser, tenant=wall.near.tenant.id):
        await superuser.execute(_GROW, node.table.name)
        await superuser.execute("set local role hub_api")
        await superuser.execute("set local enable_seqscan = off")
        return [row[0] for row in await superuser.fetch(f"explain {prepared.text}", *arguments)]


def sample(wall: Wall, node: NodeType, field: str, operator: str) -> Any:
    """A value for a filter: the id of a row of the edge's type, or something the column takes."""
    value = a_value(node.table.c[column_of(node, field)])
    if isinstance(node.fields[field], One):
        target = get_named_type(questions.object_type(node.name).fields[field].type).name
        ids = (row.id for row in wall.rows if row.node == target and row.tenant == wall.near.tenant.id)
        value = next(ids, None) or GlobalId(target, 0, "63.11").encode()  # what is the same for all has no row there
    return [value] if operator == "in" else value


def column_of(node: NodeType, field: str) -> str:
    """The column that a filter compares."""
    source = node.fields[field]
    assert isinstance(source, One | Column)
    return source.key if isinstance(source, One) else source.attribute or source.name
