"""Links in the graph: what fulfils or proves a commitment or an item of a plan."""

from typing import Annotated

import strawberry

from hub.domains.links.model import Link as Model
from hub.domains.links.model import LinkRelation
from hub.graph.declare import Connection, arc, column, extend, many, node
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.schema.commitments.types import Commitment
from hub.schema.files.types import StoredFile
from hub.schema.houses.types import BuildingPermit
from hub.schema.plans.types import ActionPlanItem
from hub.schema.vital_events.types import VitalEvent

LinkEnd = Annotated[
    BuildingPermit | VitalEvent | StoredFile | ActionPlanItem | Commitment,
    strawberry.union("LinkEnd", description="What can fulfil or prove a commitment or an item of a plan."),
]

exposed(LinkRelation)


@node(Model, orders={"ID": ()}, groups=("relation",))
class Link:
    """What fulfils or proves a commitment or an item of a plan (pemenuhan)."""

    version: int = column("Version, for `expectedVersion`.")
    relation: LinkRelation = column("What it is to it (hubungan).")
    note: str | None = column("What is to be said of it.")
    ended_at: DateTime | None = column("When it was taken back; null while in force.")
    target: LinkEnd | None = arc(
        "What fulfils or proves it; null where the caller may not see that.",
        {
            Model.permit_id: "BuildingPermit",
            Model.event_id: "VitalEvent",
            Model.file_id: "StoredFile",
            Model.to_item_id: "ActionPlanItem",
            Model.to_commitment_id: "Commitment",
        },
    )


@extend(Commitment)
class CommitmentLinks:
    """What fulfils a commitment."""

    fulfilled_by: Connection[Link] = many(
        "What fulfils or proves it (dipenuhi oleh).", Model.commitment_id, where=lambda c, _b: c.ended_at.is_(None)
    )


@extend(ActionPlanItem)
class ItemLinks:
    """What fulfils an item of a plan."""

    fulfilled_by: Connection[Link] = many(
        "What fulfils or proves it (dipenuhi oleh).", Model.item_id, where=lambda c, _b: c.ended_at.is_(None)
    )
