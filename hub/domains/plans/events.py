"""What happened to action plans. What people wrote of problems, reasons and names is told as changed, without words."""

from typing import Any, TypeVar

from hub.domains.plans.model import (
    ActionPlan,
    ActionPlanItem,
    ActionPlanReview,
    PlanItemEvidence,
    PlanItemProblem,
    PlanItemStakeholder,
)
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)
Part = ActionPlanItem | ActionPlanReview | PlanItemEvidence | PlanItemProblem | PlanItemStakeholder

WORDLESS = frozenset(
    {
        "review_note",
        "receipt_note",
        "end_note",
        "signatory_name",
        "signatory_position",
        "citizen_id",
        "name",
        "problem",
        "solution",
        "note",
        "responsible",
    }
)


class PlanDrafted(Event):
    """A draft was made, anew, as a copy or as a new edition."""


class PlanUpdated(Event):
    """A draft was changed."""


class PlanSubmitted(Event):
    """The complete form went to the secretary."""


class PlanReturned(Event):
    """It came back with a comment."""


class PlanSigned(Event):
    """The camat signed."""


class PlanForwarded(Event):
    """It went to the district."""


class PlanReceived(Event):
    """The district's receipt was recorded."""


class PlanStarted(Event):
    """It is under way."""


class PlanReviewed(Event):
    """A review was recorded."""


class PlanCompleted(Event):
    """Every item is closed."""


class PlanRevised(Event):
    """A new edition took its place."""


class PlanCancelled(Event):
    """It is over."""


class PlanPublished(Event):
    """It is open to everybody."""


class PlanUnpublished(Event):
    """It is no longer open to everybody."""


class PlanItemAdded(Event):
    """An item stands in the table."""


class PlanItemUpdated(Event):
    """An item of a draft was changed."""


class PlanItemStarted(Event):
    """Work on an item began."""


class PlanItemProgressed(Event):
    """Progress on an item was reported."""


class PlanItemClosed(Event):
    """An item was closed with what was reached."""


class PlanItemCancelled(Event):
    """An item will not be done."""


class StakeholderAdded(Event):
    """Somebody takes part in an item."""


class StakeholderRemoved(Event):
    """Somebody was taken out of a draft's item."""


class PlanEvidenceAdded(Event):
    """Evidence of an item was added."""


class ProblemReported(Event):
    """An item is blocked by a problem."""


class SolutionRecorded(Event):
    """A problem of an item was solved."""


def of(kind: type[E], plan: ActionPlan, before: ActionPlan | None = None, **more: Any) -> E:
    """An event about the plan itself, told with what changed since `before`."""
    return kind(
        type_name="ActionPlan",
        object_id=plan.id,
        version=plan.version,
        parties=tuple(plan.organizations),
        changes=told(plan, before, wordless=WORDLESS),
        **{"published": plan.published, **more},
    )


def of_part(kind: type[E], plan: ActionPlan, part: Part, before: Part | None = None, **more: Any) -> E:
    """An event about what hangs on a plan. Problems and reviews are not told to everybody."""
    inner = isinstance(part, PlanItemProblem | ActionPlanReview)
    return kind(
        type_name=type(part).__name__,
        object_id=part.id,
        version=part.version,
        parties=tuple(plan.organizations),
        published=plan.published and not inner,
        changes=told(part, before, wordless=WORDLESS),
        **more,
    )
