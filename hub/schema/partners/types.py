"""Partner organizations in the graph."""

import strawberry

from hub.domains.partners.model import PartnerKind, PartnerLevel
from hub.domains.partners.model import PartnerOrganization as Model
from hub.graph.declare import Connection, DataClass, column, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

for _words in (
    PartnerKind,
    PartnerLevel,
):
    exposed(_words)


@node(
    Model,
    filters=("name", "kind", "village"),
    orders={"NAME": ("name",)},
    groups=("kind", "level", "information_partner"),
)
class PartnerOrganization:
    """An organization that works with the kecamatan (organisasi mitra)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    name: str = column("Name (nama).")
    kind: PartnerKind = column("Kind (jenis).")
    level: PartnerLevel = column("Level (tingkat).")
    unit_name: str | None = column("Name of the unit, such as Kwaran.")
    contact_name: str | None = column(
        "Contact person (narahubung).", guard=Permission.SEE_CONTACTS, data=DataClass.GENERAL
    )
    information_partner: bool = column("Whether it relays information (mitra informasi).")
    village: Village | None = one("The village of a village-level organization.", Model.village_id)


@extend(Village)
class VillagePartners:
    """Organizations of a village."""

    partners: Connection[PartnerOrganization] = many("Village-level organizations.", Model.village_id)


@queries
class PartnerQueries:
    """Root fields."""

    partner_organizations: Connection[PartnerOrganization] | None = roots("Partner organizations in your scope.")
    partner_organization: PartnerOrganization | None = root_one("A partner organization by id.", {"id": strawberry.ID})
