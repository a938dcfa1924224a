"""The same question to both ways of reading: two engines over the same pools, and the answers side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from hub.graph.documents import Documents
from hub.graph.execution import Answer, Engine, Question
from hub.graph.limits import Limits
from hub.graph.plan.planner import Plans
from hub.kernel.clock import Now
from hub.kernel.scope import Scope, TenantRef
from hub.tenants.permissions import ROLES, STANDINGS, Role, Target
from hub.wiring import Hub
from tests.client import without_cost
from tests.world.build import Place

NOW = Now(datetime(2026, 11, 21, 17, 30, 0, 123456, tzinfo=UTC))  # already tomorrow in Indonesia
_BUSY = (b'"STATEMENT_TIMEOUT"', b'"UNAVAILABLE"')
LIMITS = Limits(tokens=50_000, fields=50_000, aliases=500, nodes=10**12, cost=10**12)


class Differ(AssertionError):
    """The two paths answer differently."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both answers to one question."""

    plan: Answer
    resolvers: Answer

    @property
    def data(self) -> Any:
        """The decoded body, but for what it cost."""
        return without_cost(orjson.loads(self.plan.body))


@dataclass(slots=True)
class Both:
    """Two engines that differ only in planning."""

    plan: Engine
    resolvers: Engine

    async def ask(self, query: str, scope: Scope, variables: Mapping[str, Any] | None = None) -> Pair:
        """The answers of both paths; Differ where one byte is different."""
        question = Question(query, variables=dict(variables or {}))
        for _ in range(5):  # a machine that is busy with other things may need longer than the hub allows
            pair = Pair(await self.plan.answer(question, scope), await self.resolvers.answer(question, scope))
            if not any(code in each.body for code in _BUSY for each in (pair.plan, pair.resolvers)):
                break
        else:
            raise TimeoutError(query)
        if (pair.plan.body, pair.plan.status) != (pair.resolvers.body, pair.resolvers.status):
            raise Differ(difference(query, variables, scope, pair))
        return pair


def both_of(hub: Hub) -> Both:
    """Engines of their own, so that a test may spoil the plans of one."""
    return Both(engine(hub, planning=True), engine(hub, planning=False))


def engine(hub: Hub, *, planning: bool) -> Engine:
    """An engine over the hub's pools, at a fixed moment."""
    core = hub.engine.schema
    return Engine(core, hub.pools, Documents(core, LIMITS), Plans(core), lambda: NOW, hub.services, planning=planning)


def difference(query: str, variables: Mapping[str, Any] | None, scope: Scope, pair: Pair) -> str:
    """Where two answers part."""
    planned, resolved = pair.plan.body, pair.resolvers.body
    shorter = min(len(planned), len(resolved))
    at = next((index for index in range(shorter) if planned[index] != resolved[index]), shorter)
    around = slice(max(0, at - 150), at + 150)
    return (
        f"as {scope.role} of {[each.code for each in scope.tenants]}, at byte {at}\n{query}\n{variables}\n"
        f"plan ({pair.plan.path}):           {planned[around]!r}\n"
        f"resolvers ({pair.resolvers.path}): {resolved[around]!r}"
    )


# Scopes


def scope_of(role: Role, place: Place, more: Iterable[TenantRef] = ()) -> Scope:
    """The scope a grant of this role gives in a place: on its first village, its first partner, its tenant."""
    standing = STANDINGS[role]
    found = Scope(
        standing.reader, role.value, frozenset(ROLES[role]), (place.tenant, *more), request_id="r" * 32, lang="en"
    )
    if role in (Role.VILLAGE_HEAD, Role.VILLAGE_OFFICER, Role.VILLAGE_SYNC):
        return replace(found, villages=(place.villages[0].id,))
    if role is Role.DUKCAPIL_OPERATOR:
        return replace(found, region="63")  # as if the place were its agency: there lie referrals of this region too
    if standing.targets == {Target.ORGANIZATION}:
        return replace(found, party=place.partners[0].id)
    return found


def scopes(rich: Place, others: Iterable[Place]) -> list[Scope]:
    """Every role in the rich kecamatan, some in the others, agencies over all of them, and nobody.

    Of scopes that the hub cannot tell apart only the first.
    """
    more = [each.tenant for each in others]
    found = [scope_of(role, rich) for role in Role]
    found += [replace(scope_of(Role.PARTNER_ORG, rich), party=rich.partners[1].id)]
    found += [scope_of(role, place) for place in others for role in (Role.CAMAT, Role.VILLAGE_HEAD, Role.PARTNER_ORG)]
    found += [scope_of(role, rich, more) for role in (Role.AGENCY_ANALYST, Role.DISTRICT_HEAD)]
    found.append(replace(scope_of(Role.ANONYMOUS, rich), tenants=()))
    alike: dict[object, Scope] = {}
    for each in found:
        alike.setdefault((each.reader, each.permissions, each.tenants, each.villages, each.party, each.region), each)
    return list(alike.values())
