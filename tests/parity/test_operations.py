"""Every operation of `operations/`, for every role, on both paths: the same bytes, and really by a plan.

A file holds one operation. Lines before it: `# variables: {...}` for each set of variables to try (`@Village/0` is the
id of the asker's first village), and `# resolvers: reason` where no plan can answer it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.kernel.ids import GlobalId
from hub.kernel.scope import Scope
from tests.parity.both import Both
from tests.world.build import Place, World

FOLDER = Path(__file__).parent / "operations"
THOROUGH = ("CAMAT", "VILLAGE_HEAD", "PARTNER_ORG")  # these try every set of variables, the others the first
_HEAD = re.compile(r"^# (variables|resolvers): (.*)$")


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, its sets of variables, and why it has no plan, if so."""

    text: str
    variables: tuple[Mapping[str, Any], ...]
    resolvers: str | None


def read(path: Path) -> Case:
    """Take a file apart."""
    found: dict[str, list[str]] = {"variables": [], "resolvers": []}
    lines = path.read_text().splitlines()
    while match := _HEAD.match(lines[0]):
        found[match[1]].append(match[2])
        lines = lines[1:]
    variables = tuple(orjson.loads(each) for each in found["variables"]) or ({},)
    return Case("\n".join(lines), variables, next(iter(found["resolvers"]), None))


def filled(value: Any, place: Place) -> Any:
    """Variables with the ids of a place in them."""
    if isinstance(value, dict):
        return {name: filled(each, place) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, place) for each in value]
    if isinstance(value, str) and value.startswith("@"):
        type_name, _, which = value[1:].partition("/")
        if type_name in ("Region", "Agency"):  # the same for all, so their key says which
            return GlobalId(type_name, 0, which).encode()
        return place.id(type_name, int(which) % len(place.rows[type_name]))
    return value


FILES = [
    pytest.param(path, id=str(path.relative_to(FOLDER).with_suffix(""))) for path in sorted(FOLDER.rglob("*.graphql"))
]


@pytest.mark.parametrize("path", FILES)
async def test_both_paths_give_the_same_bytes_to_everybody(
    path: Path, both: Both, all_scopes: list[Scope], rich: Place, world: World
) -> None:
    case = read(path)
    places = {place.tenant.id: place for place in (rich, world.takisung, world.halong)}
    wanted = "plan" if case.resolvers is None else "resolvers"
    for scope in all_scopes:
        place = places[scope.tenants[0].id] if scope.tenants else rich
        for variables in case.variables if scope.role in THOROUGH else case.variables[:1]:
            before = both.plan.fallbacks[case.resolvers or ""]
            pair = await both.ask(case.text, scope, filled(variables, place))
            assert pair.plan.path == wanted, (scope.role, variables, pair.plan.body[:500], both.plan.fallbacks)
            assert (both.plan.fallbacks[case.resolvers or ""] > before) is (case.resolvers is not None)
            assert pair.plan.status == 200


def test_the_corpus_is_not_small() -> None:
    assert len(FILES) >= 80
