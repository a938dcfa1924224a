"""A camat's word on a case. It stands alone until the other camat says the same."""

from uuid import UUID

from hub.domains.twins import errors, events, policy
from hub.domains.twins.model import TwinCase, TwinDecision, TwinSide
from hub.journal.record import record
from hub.store.unit import Unit


async def propose(unit: Unit, key: UUID, *, expected: int, decision: TwinDecision, side: TwinSide | None) -> TwinCase:
    """Say what the two records are; it may be said anew until both sides say the same."""
    case = await unit.find(TwinCase, key, path=("twinCase",))
    policy.require(unit.scope, case)
    if (decision is TwinDecision.TWO_PEOPLE) != (side is None):
        raise errors.SideNeeded(path=("side",))
    changed = await unit.change(
        case, expected=expected, proposal=decision.value, proposal_side=None if side is None else side.value
    )
    await record(unit, events.of(changed, case.state))
    return changed
