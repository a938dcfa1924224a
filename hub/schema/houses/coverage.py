"""`permitCoverage`: how many houses have a building permit, for each village and the kecamatan (R-01)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP
from decimal import Decimal as PythonDecimal
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo

from hub.domains.houses import queries
from hub.graph.context import Context
from hub.graph.declare import NODES, answered, answered_part
from hub.graph.resolving import load_row
from hub.graph.scalars import Decimal
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

Info: TypeAlias = "GraphQLResolveInfo[Context]"
_CENT = PythonDecimal("0.01")


def covered(houses: int, houses_with_permit: int) -> Mapping[str, Any]:
    """The figures with their percentage: half a hundredth is rounded up, and nothing is a part of nothing."""
    percent = None
    if houses:
        percent = (PythonDecimal(houses_with_permit * 100) / houses).quantize(_CENT, ROUND_HALF_UP)
    return {"houses": houses, "houses_with_permit": houses_with_permit, "percent": percent}


async def _coverage(_root: object, info: Info) -> Mapping[str, Any] | None:
    context: Context = info.context
    tenant = context.given.scope.tenant
    if tenant is None:
        return None
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        rows = await queries.coverage(context.session, tenant)
    lines = [
        {
            "tenant_id": tenant.id,
            "village_id": row["village_id"],
            "coverage": covered(row["houses"], row["houses_with_permit"]),
        }
        for row in rows
    ]
    whole = covered(sum(row["houses"] for row in rows), sum(row["houses_with_permit"] for row in rows))
    return {"kecamatan": None if context.given.scope.villages else whole, "villages": lines}


def _village(line: Mapping[str, Any], info: Info) -> Any:
    return load_row(info, NODES["Village"], line["tenant_id"], line["village_id"])


@strawberry.type(description="Coverage of building permits (cakupan IMB/PBG): a part, the whole, and their quotient.")
class PermitCoverage:
    """The figures."""

    houses: int = strawberry.field(description="Houses in the register (jumlah rumah).")
    houses_with_permit: int = strawberry.field(description="Those with a permit in force (rumah ber-IMB/PBG).")
    percent: Decimal | None = strawberry.field(
        description="Houses with a permit per hundred houses, two decimals, half up; null where there are no houses."
    )


@strawberry.type(description="Coverage of building permits in a village.")
class VillagePermitCoverage:
    """A village's line."""

    village: Village | None = answered_part("The village.", _village)
    coverage: PermitCoverage = strawberry.field(description="Its figures.")


@strawberry.type(description="Coverage of building permits, as the register of houses stands now (R-01).")
class PermitCoverageReport:
    """The kecamatan and its villages."""

    kecamatan: PermitCoverage | None = strawberry.field(
        description="The whole kecamatan; null for who sees only some of its villages."
    )
    villages: list[VillagePermitCoverage] = strawberry.field(
        description="The villages within your scope, by their codes; those without houses too."
    )


COVERAGE = answered(
    "How many houses have a building permit in force, from the register of houses. A kecamatan that has none yet "
    "keeps its yearly figures in `kecamatanProfiles`.",
    _coverage,
    guard=Permission.READ_REGISTER,
)
