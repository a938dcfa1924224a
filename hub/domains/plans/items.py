"""What can be done with the items of a plan. Every act locks the plan first, then the item."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.domains.plans import events, policy, queries
from hub.domains.plans.actions import ITEM_CONSTRAINTS, not_later
from hub.domains.plans.errors import (
    ActualNeeded,
    ItemEvidenceNeeded,
    NoTarget,
    OtherUnit,
    ProblemSolved,
)
from hub.domains.plans.model import (
    ActionPlan,
    ActionPlanItem,
    ItemState,
    PlanItemEvidence,
    PlanItemProblem,
    TargetUnit,
)
from hub.domains.plans.policy import ItemAction
from hub.journal.model import Effect
from hub.journal.record import Event, record
from hub.store.constraints import translating
from hub.store.unit import Unit

WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What was reached of an item, and how it looks."""

    actual: Decimal | None = None
    unit: TargetUnit | None = None
    progress: int | None = None
    output: str | None = None
    on: date | None = None


async def update(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> ActionPlanItem:
    """Change an item of a draft."""
    plan, item = await _taking(unit, key, ItemAction.UPDATE)
    return await _moved(unit, plan, item, events.PlanItemUpdated, expected=expected, **values)


async def start(unit: Unit, key: UUID, *, expected: int | None = None) -> ActionPlanItem:
    """Work began."""
    plan, item = await _taking(unit, key, ItemAction.START)
    state = ItemState.IN_PROGRESS.value
    return await _moved(unit, plan, item, events.PlanItemStarted, expected=expected, state=state)


async def report(unit: Unit, key: UUID, *, reached: Reached, expected: int | None = None) -> ActionPlanItem:
    """How far it is; the figure is compared with the target only in its unit."""
    plan, item = await _taking(unit, key, ItemAction.REPORT)
    values = _figures(unit, item, reached)
    return await _moved(unit, plan, item, events.PlanItemProgressed, expected=expected, **values)


async def close(unit: Unit, key: UUID, *, reached: Reached, expected: int | None = None) -> ActionPlanItem:
    """It is done: ACHIEVED where the target was reached, else PARTIALLY_ACHIEVED. Only with evidence or a link."""
    plan, item = await _taking(unit, key, ItemAction.CLOSE)
    values = _figures(unit, item, reached)
    actual = values.get("actual", item.actual)
    if item.target is not None and actual is None:
        raise ActualNeeded(path=("actual",))
    if not await queries.proven(unit, item.id):
        raise ItemEvidenceNeeded
    if item.target is not None and actual is not None:
        achieved = actual >= item.target
    else:
        achieved = reached.progress in (None, WHOLE)
        values["progress_percent"] = WHOLE if reached.progress is None else reached.progress
    state = ItemState.ACHIEVED if achieved else ItemState.PARTIALLY_ACHIEVED
    values |= {"state": state.value, "actual_on": not_later(unit, reached.on, path=("actualOn",))}
    return await _moved(unit, plan, item, events.PlanItemClosed, expected=expected, **values)


async def cancel(unit: Unit, key: UUID, *, reason: str, expected: int | None = None) -> ActionPlanItem:
    """It will not be done."""
    plan, item = await _taking(unit, key, ItemAction.CANCEL)
    state = ItemState.CANCELLED.value
    return await _moved(unit, plan, item, events.PlanItemCancelled, expected=expected, state=state, end_note=reason)


async def add_evidence(
    unit: Unit, key: UUID, *, kind: str, description: str, url: str | None, captured_on: date | None
) -> PlanItemEvidence:
    """Where a paper, photo or list can be found."""
    plan, item = await _taking(unit, key, ItemAction.ADD_EVIDENCE, path=("item",))
    made = PlanItemEvidence(
        tenant_id=unit.tenant.id,
        item_id=item.id,
        kind=kind,
        description=description,
        url=url,
        captured_on=captured_on,
    )
    await unit.add(made)
    await record(unit, events.of_part(events.PlanEvidenceAdded, plan, made, effect=Effect.CREATED))
    return made


async def report_problem(unit: Unit, key: UUID, *, problem: str, on: date | None) -> PlanItemProblem:
    """A problem without a solution: the item is BLOCKED, its target stays."""
    plan, item = await _taking(unit, key, ItemAction.REPORT_PROBLEM, path=("item",))
    made = PlanItemProblem(
        tenant_id=unit.tenant.id, item_id=item.id, problem=problem, raised_on=not_later(unit, on, path=("raisedOn",))
    )
    await unit.add(made)
    await record(unit, events.of_part(events.ProblemReported, plan, made, effect=Effect.CREATED))
    if item.state != ItemState.BLOCKED:
        await _moved(unit, plan, item, events.PlanItemProgressed, state=ItemState.BLOCKED.value)
    return made


async def solve(
    unit: Unit, key: UUID, *, solution: str, on: date | None, expected: int | None = None
) -> PlanItemProblem:
    """The solution of a problem; with the last one the item is IN_PROGRESS again."""
    seen = await unit.see(PlanItemProblem, key, path=("problem",))
    plan, item = await _taking(unit, seen.item_id, ItemAction.SOLVE)
    problem = await unit.find(PlanItemProblem, key, path=("problem",))
    if problem.solution is not None:
        raise ProblemSolved
    solved = await unit.change(
        problem, expected=expected, solution=solution, solved_on=not_later(unit, on, path=("solvedOn",))
    )
    await record(unit, events.of_part(events.SolutionRecorded, plan, solved, problem))
    if not await queries.open_problems(unit, item.id):
        await _moved(unit, plan, item, events.PlanItemStarted, state=ItemState.IN_PROGRESS.value)
    return solved


# Pieces


async def _taking(
    unit: Unit, key: UUID, action: ItemAction, *, path: tuple[str, ...] = ("id",)
) -> tuple[ActionPlan, ActionPlanItem]:
    """The plan and the item, both locked, when the item may take this step."""
    seen = await unit.see(ActionPlanItem, key, path=path)
    plan = await queries.plan_of(unit, seen)
    item = await unit.find(ActionPlanItem, key, path=path)
    policy.require_item(plan, item, action)
    return plan, item


async def _moved(
    unit: Unit,
    plan: ActionPlan,
    before: ActionPlanItem,
    kind: type[Event],
    *,
    expected: int | None = None,
    **values: Any,
) -> ActionPlanItem:
    with translating(ITEM_CONSTRAINTS):
        after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of_part(kind, plan, after, before))
    return after


def _figures(unit: Unit, item: ActionPlanItem, reached: Reached) -> dict[str, Any]:
    """The columns of what was reached. Only figures of the target's unit are compared with it."""
    found: dict[str, Any] = {}
    if reached.actual is not None:
        if item.unit is None:
            raise NoTarget(path=("actual",))
        if reached.unit is None or reached.unit.value != item.unit:
            raise OtherUnit(path=("unit",), wanted=item.unit, given=reached.unit.value if reached.unit else "-")
        found["actual"] = reached.actual
        found["actual_on"] = not_later(unit, reached.on, path=("actualOn",))
    if reached.progress is not None:
        found["progress_percent"] = reached.progress
    if reached.output is not None:
        found["actual_output"] = reached.output
    return found
