"""`populationAt`: how many people lived in the villages at the end of a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo

from hub.domains.vital_events import queries
from hub.graph.context import Context
from hub.graph.declare import NODES, answered, answered_part
from hub.graph.identity import read_id
from hub.graph.resolving import load_row
from hub.graph.scalars import Date
from hub.kernel.errors import DateInFuture
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

Info: TypeAlias = "GraphQLResolveInfo[Context]"


async def _population(_root: object, info: Info, on: date, village: str | None = None) -> list[Mapping[str, Any]]:
    context: Context = info.context
    tenant = context.given.scope.tenant
    if tenant is None:
        return []
    if on > context.given.now.today(tenant.zone):
        raise DateInFuture(path=("on",))
    key: Any = None if village is None else read_id(village, context.given, NODES["Village"])
    if village is not None and key is None:
        return []
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        found = await queries.population(context.session, tenant, on, key)
    return [{**row, "tenant_id": tenant.id, "total": row["males"] + row["females"]} for row in found]


def _village(counted: Mapping[str, Any], info: Info) -> Any:
    return load_row(info, NODES["Village"], counted["tenant_id"], counted["village_id"])


@strawberry.type(description="People of a village at the end of a day (jumlah penduduk).")
class PopulationCount:
    """A village's line."""

    village: Village | None = answered_part("The village.", _village)
    males: int = strawberry.field(description="Men and boys (laki-laki).")
    females: int = strawberry.field(description="Women and girls (perempuan).")
    total: int = strawberry.field(description="Both.")


POPULATION = answered(
    "How many people lived in each village within your scope at the end of a day, from births, arrivals and ends as "
    "they are known today. Who has neither birth date nor a recorded arrival counts from the beginning.",
    _population,
    arguments={
        "on": (Date, "The day; not in the future."),
        "village": (strawberry.ID | None, "Only this village."),
    },
    guard=Permission.READ_REGISTER,
)
