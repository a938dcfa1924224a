"""Twin cases in the graph: one's own half, and of the other side the office alone."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement

from hub.domains.twins import policy
from hub.domains.twins.model import TwinCase as Model
from hub.domains.twins.model import TwinDecision, TwinSide, TwinState, TwinTask
from hub.domains.twins.policy import TwinAction
from hub.graph.binds import Binds
from hub.graph.declare import Connection, column, derived, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, RegionCode
from hub.schema.citizens.types import Citizen
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER = Permission.READ_REGISTER

for _words in (TwinAction, TwinDecision, TwinSide, TwinState, TwinTask):
    exposed(_words)


@strawberry.type(description="A step that may be taken with a twin case, or why it may not be taken now.")
class TwinAllowedAction:
    """What a front-end shows as a button."""

    action: TwinAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _state(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.state
    return kept


def _allowed(state: str, binds: Binds) -> list[dict[str, Any]]:
    found = policy.allowed_actions(state, binds.permissions, binds.lang)
    return [
        {"action": each["action"], "label": each["label"], "disabled_reason": each["disabledReason"]} for each in found
    ]


@node(Model, filters=("state", "village", "citizen"), orders={"ID": ()}, groups=("state",))
class TwinCase:
    """Another kecamatan has somebody with the NIK of a person here (data ganda). Nothing is told of who it is."""

    version: int = column("Version, for `expectedVersion`.")
    state: TwinState = column("State (keadaan).")
    allowed_actions: list[TwinAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutation.",
        _state,
        TwinState,
        _allowed,
    )
    other_code: RegionCode = column("Code of the other kecamatan.")
    proposal: TwinDecision | None = column("What this office says it is (usulan).")
    proposal_side: TwinSide | None = column("Which side this office means, seen from here.")
    decision: TwinDecision | None = column("What was decided, once both offices said the same (keputusan).")
    decision_side: TwinSide | None = column("Which side is meant, seen from here.")
    decided_on: Date | None = column("Day of the decision.")
    task: TwinTask | None = column("What an officer here is asked to do; null where nothing is left.")
    opened_at: DateTime = column("When it was noticed.", Model.created_at)
    village: Village = one("The village of the person here.", Model.village_id)
    citizen: Citizen = one("The person here.", Model.citizen_id)


@queries
class TwinQueries:
    """Root fields."""

    twin_cases: Connection[TwinCase] | None = roots("Twin cases within your scope.", guard=REGISTER)
    twin_case: TwinCase | None = root_one("A twin case by id.", {"id": strawberry.ID}, guard=REGISTER)
