"""The roots of the graph: the nouns' root fields joined."""

import strawberry

from hub.graph.declare import Node, queries, root_node, root_nodes
from hub.schema.changes.queries import ChangeQueries
from hub.schema.citizens import mutations as citizen_mutations
from hub.schema.citizens.stays import StayQueries
from hub.schema.citizens.types import CitizenQueries
from hub.schema.codes.queries import CodeQueries
from hub.schema.commitments import mutations as commitment_mutations
from hub.schema.commitments.types import CommitmentQueries
from hub.schema.files import mutations as file_mutations
from hub.schema.files.types import FileQueries
from hub.schema.houses import mutations as house_mutations
from hub.schema.houses.types import HouseQueries
from hub.schema.imports import mutations as import_mutations
from hub.schema.imports.types import ImportQueries
from hub.schema.kecamatan import mutations as kecamatan_mutations
from hub.schema.kecamatan.types import KecamatanQueries
from hub.schema.moves import mutations as move_mutations
from hub.schema.moves.types import MoveQueries
from hub.schema.partners import mutations as partner_mutations
from hub.schema.partners.types import PartnerQueries
from hub.schema.regions.types import RegionQueries
from hub.schema.twins import mutations as twin_mutations
from hub.schema.twins.types import TwinQueries
from hub.schema.viewer.queries import ViewerQueries
from hub.schema.villages import mutations as village_mutations
from hub.schema.villages.types import VillageQueries
from hub.schema.vital_events import mutations as vital_event_mutations
from hub.schema.vital_events.types import VitalEventQueries
from hub.schema.vulnerabilities import mutations as vulnerability_mutations
from hub.schema.vulnerabilities.types import VulnerabilityQueries

# Importing a noun's mutations declares them; `hub.graph.mutations.root` joins them.
MUTATIONS = (
    citizen_mutations,
    commitment_mutations,
    file_mutations,
    import_mutations,
    house_mutations,
    kecamatan_mutations,
    move_mutations,
    partner_mutations,
    twin_mutations,
    village_mutations,
    vital_event_mutations,
    vulnerability_mutations,
)


@queries
class NodeQueries:
    """Look-ups by global id."""

    node: Node | None = root_node("Anything by its global id; null where it is not there or not yours.")
    nodes: list[Node | None] = root_nodes(
        "Up to 100 things by their global ids, in the order asked; null for each that is not there or not yours."
    )


@strawberry.type(description="Everything that can be read.")
class Query(
    ViewerQueries,
    NodeQueries,
    RegionQueries,
    KecamatanQueries,
    VillageQueries,
    CitizenQueries,
    StayQueries,
    VitalEventQueries,
    VulnerabilityQueries,
    HouseQueries,
    MoveQueries,
    TwinQueries,
    PartnerQueries,
    CommitmentQueries,
    FileQueries,
    ImportQueries,
    ChangeQueries,
    CodeQueries,
):
    """The query root."""
