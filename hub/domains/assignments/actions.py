"""What an agency does with what was handed to it. It is kept in the agency's tenant; the worker brings it over."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.domains.assignments import events, policy
from hub.domains.assignments.errors import ActOnTheWay
from hub.domains.assignments.model import AgencyAct, AgencyActKind, AgencyAssignment
from hub.domains.assignments.policy import AssignmentAction
from hub.domains.citizens.telling import times
from hub.domains.plans.errors import NewTargetNeeded
from hub.domains.plans.model import PlanReviewKind
from hub.journal.record import record
from hub.kernel.errors import DateInFuture
from hub.store.constraints import translating
from hub.store.unit import Unit

_ON_THE_WAY = {"uq_agency_act_on_the_way": ActOnTheWay}
_KINDS = {
    AssignmentAction.ACKNOWLEDGE: AgencyActKind.RECEIPT,
    AssignmentAction.RETURN: AgencyActKind.RETURN,
    AssignmentAction.ANSWER: AgencyActKind.ANSWER,
    AssignmentAction.REVIEW: AgencyActKind.REVIEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an act says besides its kind."""

    text: str | None = None
    public: bool = False
    number: str | None = None
    happened_on: date | None = None
    review_kind: PlanReviewKind | None = None
    new_target: str | None = None


async def act(unit: Unit, key: UUID, action: AssignmentAction, said: Said = Said()) -> AgencyAct:  # immutable
    """Keep an act, to be carried; one of a kind at a time."""
    assignment = await unit.see(AgencyAssignment, key, path=("assignment",))
    policy.require(unit.scope, assignment, action)
    if said.happened_on is not None and said.happened_on > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("happenedOn",))
    if said.review_kind is PlanReviewKind.NEW_TARGET and said.new_target is None:
        raise NewTargetNeeded(path=("newTarget",))
    made = AgencyAct(
        tenant_id=unit.tenant.id,
        assignment_id=assignment.id,
        kind=_KINDS[action].value,
        text=said.text,
        public=said.public,
        number=said.number,
        happened_on=said.happened_on,
        review_kind=None if said.review_kind is None else said.review_kind.value,
        new_target=said.new_target,
        lang=unit.scope.lang,
        **times(unit),
    )
    with translating(_ON_THE_WAY, path=("assignment",)):
        await unit.add(made)
    await record(unit, events.of_act(made))
    return made
