"""What the office sees of the villages' own sending."""

from hub.domains.imports import model
from hub.domains.imports.model import SyncState
from hub.domains.villages.model import Village as VillageModel
from hub.graph.declare import column, extend, node, one
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

exposed(SyncState)


@node(model.VillageSync)
class VillageSync:
    """How the sending of a village's data by its own application (OpenSID) goes."""

    last_received_at: DateTime | None = column(
        "When the last whole file came; null before the first.", model.VillageSync.received_at
    )
    state: SyncState | None = column("What became of that file; null before the first.")
    rows: int = column("Rows of that file.")
    applied: int = column("Rows of it that were written.")
    waiting: int = column("Changes of it that wait for the office, people who no longer stand in it included.")
    refused: int = column("Rows of it that were refused.")
    removals: int = column("People in the village's own list of deleted ones; none is deleted by it.")
    problem: str | None = column("Code of what refused the whole file.")
    website: str | None = column("Web site that the village has told.")
    updated_at: DateTime = column("When anything here last changed.")


@extend(Village)
class Sending:
    """The sending of a village."""

    sync: VillageSync | None = one(
        "How its own application sends its data; null where it never did.",
        VillageModel.id,
        guard=Permission.READ_REGISTER,
    )
