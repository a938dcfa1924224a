"""`vulnerableWithoutKtp`: how many vulnerable people of each village lack an identity card."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo

from hub.domains.vulnerabilities import need
from hub.domains.vulnerabilities.model import VulnerableGroup
from hub.graph.context import Context
from hub.graph.declare import NODES, answered, answered_part
from hub.graph.enums import exposed
from hub.graph.identity import read_id
from hub.graph.resolving import load_row
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

Info: TypeAlias = "GraphQLResolveInfo[Context]"
exposed(VulnerableGroup)


async def _counts(_root: object, info: Info, village: str | None = None) -> list[Mapping[str, Any]]:
    context: Context = info.context
    tenant = context.given.scope.tenant
    if tenant is None:
        return []
    key: Any = None if village is None else read_id(village, context.given, NODES["Village"])
    if village is not None and key is None:
        return []
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        found = await need.without_ktp(context.session, tenant, key)
    return [{**row, "tenant_id": tenant.id} for row in found]


def _village(counted: Mapping[str, Any], info: Info) -> Any:
    return load_row(info, NODES["Village"], counted["tenant_id"], counted["village_id"])


def _group(counted: Mapping[str, Any], _info: Info) -> str:
    found: str = counted["vulnerable_group"]
    return found


WITHOUT = "A card is due, and the register says that there is none."
UNKNOWN = "A card is due, and the register does not know whether there is one."
AGE_UNKNOWN = "Neither birth date nor a marriage is known, so that nobody can say whether a card is due."
PROPOSED = "Without a card, and so far only proposed for a group; not counted elsewhere."


@strawberry.type(description="People of a vulnerable group in a village by whether they have an identity card.")
class GroupWithoutKtp:
    """A group's line."""

    group: VulnerableGroup = answered_part("The group.", _group)
    with_ktp: int = strawberry.field(description="A card is due and in hand.")
    without_ktp: int = strawberry.field(description=WITHOUT)
    ktp_unknown: int = strawberry.field(description=UNKNOWN)
    age_unknown: int = strawberry.field(description=AGE_UNKNOWN)
    proposed_without_ktp: int = strawberry.field(description=PROPOSED)


@strawberry.type(description="Vulnerable people of a village by whether they have an identity card (KTP-el).")
class VulnerableWithoutKtp:
    """A village's line."""

    village: Village | None = answered_part("The village.", _village)
    with_ktp: int = strawberry.field(description="A card is due and in hand.")
    without_ktp: int = strawberry.field(description=WITHOUT)
    ktp_unknown: int = strawberry.field(description=UNKNOWN)
    age_unknown: int = strawberry.field(description=AGE_UNKNOWN)
    proposed_without_ktp: int = strawberry.field(description=PROPOSED)
    elderly_not_proposed: int = strawberry.field(description="Of 60 and over, and nobody has proposed them as elderly.")
    groups: list[GroupWithoutKtp] = strawberry.field(
        description="The same by group; whoever is in two groups counts in both, and once above."
    )


WITHOUT_KTP = answered(
    "How many living people in a verified vulnerable group, by their own or their family's, have no KTP-el, by village "
    "within your scope. A card is due from 17 on or once married.",
    _counts,
    arguments={"village": (strawberry.ID | None, "Only this village.")},
    guard=Permission.READ_VULNERABLE,
)
