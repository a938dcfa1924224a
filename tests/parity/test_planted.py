"""A fault planted in the compiler is caught: the comparison would notice if the plans went wrong."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, Text, cast, func, literal_column
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.graph.plan import compiler, wire
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.parity.both import Differ, both_of, scope_of
from tests.world.build import Place

QUERY = """{ villages(first: 9, filter: {name: {startsWith: "S"}}) { nodes { name aliases connectivity
  commitments(first: 2, orderBy: TITLE) { edges { cursor node { title updatedAt } } pageInfo { hasNextPage } } } }
  citizens(last: 9) { nodes { fullName sensitive { religion } } } }"""


def unfiltered(*_arguments: Any) -> ColumnElement[bool]:
    return literal_column("true")


def bare(value: ColumnElement[Any]) -> ColumnElement[str]:
    return literal_column("'\"'", Text).concat(cast(value, Text)).concat(literal_column("'\"'", Text))


def _unordered(page: Any, item: Any) -> Any:
    listed = func.string_agg(
        item, aggregate_order_by(wire.literal(","), page.rank if page.backward else page.rank.desc())
    )
    return wire.literal("[").concat(listed.filter(page.shown)).concat(wire.literal("]"))


PLANTS: dict[str, tuple[Any, str, Any]] = {
    "no order": (compiler.Page, "gather", _unordered),
    "no filter": (compiler, "condition", unfiltered),
    "nothing escaped": (wire._SCALARS, "String", bare),
    "no microseconds": (wire._SCALARS, "DateTime", bare),
    "one row too many": (compiler.Page, "shown", property(lambda page: page.rank <= page.size + 1)),
    "not null where null": (wire, "NULL", lambda: None),
    "children of all parents": (compiler, "linked", unfiltered),
}


@pytest.mark.parametrize("name", PLANTS)
async def test_a_planted_fault_is_noticed(name: str, hub: Hub, rich: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    both, scope = both_of(hub), scope_of(Role.CAMAT, rich)
    where, what, fault = PLANTS[name]
    planted = wire.literal('""') if name == "not null where null" else fault
    if isinstance(where, dict):
        monkeypatch.setitem(where, what, planted)
    else:
        monkeypatch.setattr(where, what, planted)

    with pytest.raises(Differ):
        await both.ask(QUERY, scope)


async def test_without_a_fault_there_is_nothing_to_notice(hub: Hub, rich: Place) -> None:
    pair = await both_of(hub).ask(QUERY, scope_of(Role.CAMAT, rich))
    assert pair.plan.path == "plan"
