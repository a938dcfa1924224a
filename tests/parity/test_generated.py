"""Random operations over the rich kecamatan: both paths agree. `make parity N=20000` for the night.

A difference names its seed: `HUB_PARITY_SEED=that HUB_PARITY_N=1` makes the same operation again over the same rows.
"""

import os
import random

import orjson
import pytest

from hub.graph.execution import Question
from hub.kernel.ids import GlobalId
from hub.kernel.scope import Scope
from tests.parity.both import Both, Differ
from tests.parity.generate import Larder, Maker, cursors_in
from tests.world.build import Place, World

NUMBER = int(os.environ.get("HUB_PARITY_N") or 120)
SEED = int(os.environ.get("HUB_PARITY_SEED") or 1)
BATCHES = 4
CURSORS = """{
  villages(first: 9) { edges { cursor node { __typename
    households(first: 9) { edges { cursor node { __typename members(first: 9) { edges { cursor } } } } }
    citizens(first: 9) { edges { cursor } } subVillages(first: 9) { edges { cursor } }
    officials(first: 9) { edges { cursor } } partners(first: 9) { edges { cursor } }
    commitments(first: 9) { edges { cursor } } } } }
  citizens(first: 20) { edges { cursor } }
  households(first: 20) { edges { cursor } }
  regions(first: 20) { edges { cursor node { __typename children(first: 5) { edges { cursor } } } } }
  kecamatans(first: 5) { edges { cursor node { __typename
    profiles(first: 5) { edges { cursor } } serviceHours(first: 5) { edges { cursor } } } } }
  partnerOrganizations(first: 9) { edges { cursor node { __typename commitments(first: 9) { edges { cursor } } } } }
  commitments(first: 9) { edges { cursor node { __typename
    parties(first: 9) { edges { cursor } } clauses(first: 9) { edges { cursor } }
    evidence(first: 9) { edges { cursor } } missingSignatures(first: 9) { edges { cursor } } } } }
}"""


@pytest.fixture(scope="session")
async def larder(both: Both, all_scopes: list[Scope], rich: Place, world: World) -> Larder:
    """Ids, texts and cursors that lead somewhere."""
    found = Larder()
    for name in rich.rows:
        found.ids[name] = [
            place.id(name, index)
            for place in (rich, world.takisung)
            for index in range(min(4, len(place.rows.get(name, ()))))
        ]
    found.ids["Region"] = [GlobalId("Region", 0, code).encode() for code in ("63", "32.01.06", "32.01.06.2001")]
    found.texts = [*(each.name for each in rich.villages), *(each.name for each in rich.partners)]

    def keep(place: str, cursor: str) -> None:
        found.cursors.setdefault(place, []).append(cursor)

    for scope in all_scopes:
        if scope.role in ("CAMAT", "AGENCY_ANALYST"):
            answer = await both.resolvers.answer(Question(CURSORS), scope)
            cursors_in(orjson.loads(answer.body)["data"], keep)
    return found


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_both_paths_agree_on_any_operation(
    batch: int, both: Both, all_scopes: list[Scope], larder: Larder
) -> None:
    paths = {"plan": 0, "resolvers": 0, "invalid": 0}
    for seed in range(SEED + batch, SEED + NUMBER, BATCHES):
        maker = Maker(both.plan.schema, larder, random.Random(seed))  # noqa: S311  # repeatable on purpose
        made, scope = maker.operation(), maker.random.choice(all_scopes)
        try:
            pair = await both.ask(made.text, scope, made.variables)
        except Differ as difference:
            pytest.fail(f"seed {seed}: {difference}")
        assert pair.plan.status < 500, (seed, made, pair.plan.body[:500])
        assert b'"INTERNAL"' not in pair.plan.body, (seed, made, pair.plan.body[:500])
        paths[pair.plan.path] += 1
    if NUMBER >= BATCHES * 20:
        assert paths["plan"] > sum(paths.values()) / 3, (paths, both.plan.fallbacks)
        assert paths["invalid"] < sum(paths.values()) / 20
