"""Linking what fulfils or proves a commitment or an item of a plan. Both ends must be there for the actor to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from hub.domains.commitments import policy as commitments
from hub.domains.commitments import queries as reading
from hub.domains.commitments.errors import NotYourCommitment
from hub.domains.commitments.model import Commitment
from hub.domains.commitments.policy import CommitmentAction
from hub.domains.files.model import StoredFile
from hub.domains.houses.model import BuildingPermit
from hub.domains.links import events
from hub.domains.links.errors import LinkEnded, LinkExists, LinkToItself
from hub.domains.links.model import RELATIONS, Link
from hub.domains.plans import policy as plans
from hub.domains.plans import queries as planned
from hub.domains.plans.model import ActionPlanItem
from hub.domains.plans.policy import ItemAction
from hub.domains.vital_events.model import VitalEvent
from hub.journal.model import Effect
from hub.journal.record import record
from hub.kernel.errors import Forbidden
from hub.kernel.scope import Reader
from hub.store.base import TenantRow
from hub.store.constraints import translating
from hub.store.unit import Unit
from hub.tenants.permissions import Permission

CONSTRAINTS = {
    "uq_link_once": LinkExists,
    "ck_link_not_to_itself": LinkToItself,
    "ck_link_item_not_to_itself": LinkToItself,
}
_FAR: Mapping[str, type[TenantRow]] = {
    "permit_id": BuildingPermit,
    "event_id": VitalEvent,
    "file_id": StoredFile,
    "to_commitment_id": Commitment,
    "to_item_id": ActionPlanItem,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a link: its column, the key there, and the input field that gave it."""

    arc: str
    key: UUID
    path: tuple[str, ...] = ()


async def add(unit: Unit, *, near: End, far: End, note: str | None) -> Link:
    """A link; the relation follows from the kinds of the two ends."""
    await _may_prove(unit, near)
    await unit.see(_FAR[far.arc], far.key, path=far.path)
    made = Link(tenant_id=unit.tenant.id, relation=RELATIONS[near.arc, far.arc].value, note=note)
    setattr(made, near.arc, near.key)
    setattr(made, far.arc, far.key)
    with translating(CONSTRAINTS, path=far.path):
        await unit.add(made)
    await record(unit, events.of(events.LinkAdded, made, effect=Effect.CREATED))
    return made


async def remove(unit: Unit, key: UUID, *, reason: str, expected: int | None = None) -> Link:
    """Take a link back; what was closed on the strength of it stays closed."""
    link = await unit.find(Link, key, path=("id",))
    arc = "commitment_id" if link.commitment_id else "item_id"
    near = link.commitment_id or link.item_id
    assert near is not None  # noqa: S101  # an exclusive arc
    await _may_prove(unit, End(arc=arc, key=near))
    if link.ended_at is not None:
        raise LinkEnded
    ended = await unit.change(link, expected=expected, ended_at=unit.now.instant, end_reason=reason)
    await record(unit, events.of(events.LinkRemoved, ended, link, effect=Effect.ENDED))
    return ended


async def _may_prove(unit: Unit, near: End) -> None:
    """What may be proven now and by this actor: as for evidence of the same thing."""
    if unit.scope.reader is not Reader.API:
        raise Forbidden
    if near.arc == "item_id":
        await _may_prove_item(unit, near)
    else:
        await _may_prove_commitment(unit, near)


async def _may_prove_item(unit: Unit, near: End) -> None:
    seen = await unit.see(ActionPlanItem, near.key, path=near.path)
    if not unit.scope.may(Permission.WRITE_PLAN):
        raise Forbidden
    plans.require_item(await planned.plan_of(unit, seen), seen, ItemAction.ADD_EVIDENCE)


async def _may_prove_commitment(unit: Unit, near: End) -> None:
    commitment = await reading.locked(unit, near.key, path=near.path)
    if not commitments.for_the_office(unit.scope):
        parties = await reading.parties(unit, commitment.id)
        if not any(commitments.stands_for(unit.scope, each) for each in parties):
            raise NotYourCommitment
    today = unit.now.today(unit.tenant.zone)
    commitments.require(unit.scope, commitment, CommitmentAction.ADD_EVIDENCE, today=today)
