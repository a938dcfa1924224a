"""Following cursors to the end, forward and backward, changing the path on every page."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from graphql import get_named_type

from hub.graph.declare import CONNECTIONS, NODES, ROOTS, Many, NodeType, Roots
from hub.graph.execution import Question
from hub.graph.registry import core_of
from hub.kernel.scope import Scope
from hub.schema.build import schema
from hub.tenants.permissions import Role
from tests.parity.both import Both, scope_of
from tests.world.build import Place, World

PAGE = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
LISTS = {
    "villages by name": "villages(%s)",
    "villages by code": "villages(orderBy: CODE, %s)",
    "citizens by name": "citizens(%s)",
    "citizens by id": "citizens(orderBy: ID, %s)",
    "citizens filtered": 'citizens(filter: {or: [{sex: {eq: MALE}}, {birthDate: {gte: "2000-01-01"}}]}, %s)',
    "households by village": "households(orderBy: VILLAGE, %s)",
    "partners by name": "partnerOrganizations(%s)",
    "commitments by date": "commitments(%s)",
    "commitments by title": "commitments(orderBy: TITLE, %s)",
    "regions by name": 'regions(orderBy: NAME, filter: {level: {eq: KECAMATAN}, name: {startsWith: "Su"}}, %s)',
    "provinces": "regions(filter: {level: {eq: PROVINCE}}, %s)",
}
NESTED = {
    "subVillages": 'village(code: "32.01.06.2001") { subVillages(%s) { PAGE } }',
    "officials": 'village(code: "32.01.06.2001") { officials(%s) { PAGE } }',
    "serviceHours": 'kecamatan(code: "32.01.06") { serviceHours(%s) { PAGE } }',
    "profiles": 'kecamatan(code: "32.01.06") { profiles(%s) { PAGE } }',
    "children": 'region(code: "32.01") { children(orderBy: NAME, %s) { PAGE } }',
}


PARENTS = {
    "Village": 'village(code: "32.01.06.2001")',
    "Kecamatan": 'kecamatan(code: "32.01.06")',
    "Region": 'region(code: "32.01")',
}


def every_order() -> Iterator[tuple[str, str]]:
    """Every list of the root and below the parents above, in every order, with a name."""
    core = core_of(schema())
    assert core.query_type is not None
    for name, source in ROOTS.items():
        if isinstance(source, Roots):
            node = CONNECTIONS[get_named_type(core.query_type.fields[name].type).name]
            few = ', filter: {level: {eq: KECAMATAN}, name: {startsWith: "Su"}}' if node.name == "Region" else ""
            yield from ((f"{name} {order}", f"{name}({_by(node, order)}%s{few})") for order in node.orders)
    for parent, found in PARENTS.items():
        type_: Any = core.type_map[parent]
        for name, each in NODES[parent].fields.items():
            if isinstance(each, Many):
                node = CONNECTIONS[get_named_type(type_.fields[name].type).name]
                for order in node.orders:
                    yield f"{parent}.{name} {order}", f"{found} {{ {name}({_by(node, order)}%s) {{ PAGE }} }}"


def _by(node: NodeType, order: str) -> str:
    return f"orderBy: {order}, " if len(node.orders) > 1 else ""


EVERY_ORDER = dict(every_order())


async def page(both: Both, scope: Scope, field: str, arguments: str, *, by: int) -> Any:
    engine = (both.plan, both.resolvers)[by % 2]
    text = "{ " + (field % arguments).replace("PAGE", PAGE) + (f" {{ {PAGE} }}" if "PAGE" not in field else "") + " }"
    answer = await engine.answer(Question(text), scope)
    found = orjson.loads(answer.body)
    assert "errors" not in found, (text, found)
    assert answer.path == ("plan", "resolvers")[by % 2]
    inside = next(iter(found["data"].values()))
    return inside if "nodes" in inside else next(iter(inside.values()))


async def walk(both: Both, scope: Scope, field: str, *, backward: bool, size: int) -> list[str]:
    """All ids, page by page, each page by the other path."""
    word, mark = ("last", "before") if backward else ("first", "after")
    more, end = ("hasPreviousPage", "startCursor") if backward else ("hasNextPage", "endCursor")
    found: list[str] = []
    arguments = f"{word}: {size}"
    for number in range(200):
        here = await page(both, scope, field, arguments, by=number)
        ids = [each["id"] for each in here["nodes"]]
        found = [*ids, *found] if backward else [*found, *ids]
        if not here["pageInfo"][more]:
            return found
        assert len(ids) == size
        arguments = f'{word}: {size}, {mark}: "{here["pageInfo"][end]}"'
    raise AssertionError(field)


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("name", [*LISTS, *NESTED, *EVERY_ORDER])
async def test_pages_taken_from_both_paths_in_turn_make_the_whole_list(
    name: str, backward: bool, both: Both, rich: Place, world: World
) -> None:
    field = (LISTS | NESTED | EVERY_ORDER)[name]
    scope = scope_of(Role.AGENCY_OFFICER if name.startswith("agencyAssignments") else Role.CAMAT, rich)

    found = await walk(both, scope, field, backward=backward, size=2)

    whole = await walk(both, scope, field, backward=False, size=100)
    assert found == whole
    assert len(set(found)) == len(found)


async def test_an_agency_pages_over_several_kecamatan(both: Both, rich: Place, world: World) -> None:
    scope = scope_of(Role.AGENCY_ANALYST, rich, [world.takisung.tenant, world.halong.tenant])

    found = await walk(both, scope, "villages(%s)", backward=False, size=3)

    whole = await page(both, scope, "villages(%s)", "first: 100", by=1)
    assert found == [each["id"] for each in whole["nodes"]]
    assert len(found) == 10


async def test_a_cursor_of_another_list_order_or_kecamatan_is_refused(both: Both, rich: Place, world: World) -> None:
    scope = scope_of(Role.CAMAT, rich)
    cursor = (await page(both, scope, LISTS["villages by name"], "first: 1", by=0))["pageInfo"]["endCursor"]
    elsewhere = (
        (scope, "villages(orderBy: CODE, first: 1"),
        (scope, "partnerOrganizations(first: 1"),
        (scope_of(Role.CAMAT, world.takisung), "villages(first: 1"),
    )
    for asker, field in elsewhere:
        pair = await both.ask(f'{{ {field}, after: "{cursor}") {{ nodes {{ id }} }} }}', asker)
        assert [each["extensions"]["code"] for each in pair.data["errors"]] == ["CURSOR_INVALID"]
