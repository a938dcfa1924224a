"""The roots of the graph: the nouns' root fields joined."""

import strawberry

from hub.graph.declare import ROOTS, Node, RootNode, RootNodes, Source
from hub.schema.citizens.types import CitizenQueries
from hub.schema.commitments.types import CommitmentQueries
from hub.schema.kecamatan.types import KecamatanQueries
from hub.schema.partners.types import PartnerQueries
from hub.schema.regions.types import RegionQueries
from hub.schema.villages.types import VillageQueries


def _unresolved() -> None:
    """The registry puts the resolver in."""


@strawberry.type(description="Everything that can be read.")
class Query(RegionQueries, KecamatanQueries, VillageQueries, CitizenQueries, PartnerQueries, CommitmentQueries):
    """The query root."""

    @strawberry.field(description="Anything by its global id; null where it is not there or not yours.")
    def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002  # Relay's name
        """See `hub.graph.resolving`."""
        return _unresolved()

    @strawberry.field(description="Up to 100 things by their global ids, in the order asked; null for each not yours.")
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None]:
        """See `hub.graph.resolving`."""
        return []


_ROOT_NODES: dict[str, Source] = {"node": RootNode(description=""), "nodes": RootNodes(description="")}
ROOTS.update(_ROOT_NODES)
