"""Agencies in the graph."""

import strawberry

from hub.domains.agencies.model import Affair, AgencyKind
from hub.domains.agencies.model import Agency as Model
from hub.graph.declare import Connection, column, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date
from hub.schema.regions.types import Region

for _words in (AgencyKind, Affair):
    exposed(_words)


@node(
    Model,
    key="code",
    filters=("name", "kind", "region"),
    orders={"CODE": ("code",), "NAME": ("name",)},
    groups=("kind",),
)
class Agency:
    """An agency of a district or province (dinas, badan, instansi vertikal)."""

    code: str = column("Its code: that of its region and a short name, such as 63.11/DUKCAPIL.")
    name: str = column("Name (nama).")
    kind: AgencyKind = column("Kind (jenis).")
    affairs: list[Affair] = column("Affairs of government that it serves (urusan).")
    ended_on: Date | None = column("Last day, where it is no more.")
    region: Region = one("The region it serves (wilayah).", Model.region_code)


@extend(Region)
class RegionAgencies:
    """Agencies of a region."""

    agencies: Connection[Agency] = many("Agencies of this very region (perangkat daerah).", Model.region_code)


@queries
class AgencyQueries:
    """Root fields."""

    agencies: Connection[Agency] | None = roots("Agencies in the directory (perangkat daerah).")
    agency: Agency | None = root_one("An agency by code or id.", {"code": str, "id": strawberry.ID})
