"""A Disdukcapil's word on a case. It is kept in the agency's own tenant; the worker brings it to both kecamatan."""

from uuid import UUID

from sqlalchemy import select

from hub.domains.twins import errors, events, policy
from hub.domains.twins.model import TwinDecision, TwinReferral, TwinReferralSide, TwinReferralState
from hub.journal.record import record
from hub.store.base import table
from hub.store.unit import Unit

_SIDES = table(TwinReferralSide).c


async def rule(
    unit: Unit, key: UUID, *, expected: int, decision: TwinDecision, kecamatan: str | None, reason: str
) -> TwinReferral:
    """Say what two records are. `kecamatan` is the code of the side that is meant; none where they are two people."""
    referral = await unit.find(TwinReferral, key, path=("twinReferral",))
    policy.require_ruling(unit.scope, referral)
    if (decision is TwinDecision.TWO_PEOPLE) != (kecamatan is None):
        raise errors.SideNeeded(path=("kecamatan",))
    if kecamatan is not None and kecamatan not in await _codes(unit, referral):
        raise errors.NotASide(path=("kecamatan",))
    changed = await unit.change(
        referral,
        expected=expected,
        state=TwinReferralState.RULED.value,
        decision=decision.value,
        decision_code=kecamatan,
        reason=reason,
        decided_on=unit.now.today(unit.tenant.zone),
        principal_id=unit.scope.principal_id,
        grant_id=unit.scope.grant_id,
    )
    await record(unit, events.of_referral(changed, referral.state))
    return changed


async def _codes(unit: Unit, referral: TwinReferral) -> list[str]:
    sides = select(_SIDES.code).where(_SIDES.tenant_id == unit.tenant.id, _SIDES.referral_id == referral.id)
    return [row["code"] for row in await unit.rows(sides)]
