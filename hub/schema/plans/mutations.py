"""What can be changed about action plans. Which step is open when is said in two tables: the plans' policy."""

from typing import Protocol
from uuid import UUID

from hub.domains.plans import actions, items, model
from hub.domains.plans.model import PlanReviewKind
from hub.domains.plans.policy import RULES, PlanAction
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import address, line, paragraph
from hub.schema.given import code, present
from hub.schema.plans import inputs
from hub.schema.plans.types import (
    ActionPlan,
    ActionPlanItem,
    ActionPlanReview,
    PlanItemEvidence,
    PlanItemProblem,
    PlanItemStakeholder,
)
from hub.store.unit import Unit
from hub.tenants.permissions import Permission

PLAN = {"action_plan": ActionPlan}
ITEM = {"item": ActionPlanItem, "action_plan": ActionPlan}


class Step(Protocol):
    """An action that needs nothing but the plan."""

    async def __call__(self, unit: Unit, key: UUID, *, expected: int | None = None) -> model.ActionPlan:
        """The plan after the step."""


async def _step(act: Act, given: inputs.ActionPlanStepInput, step: Step) -> Answers:
    made = await step(act.unit, act.key(given.id, "ActionPlan", "id"), expected=present(given.expected_version))
    return {"action_plan": made.id}


def _item(made: model.ActionPlanItem) -> Answers:
    return {"item": made.id, "action_plan": made.plan_id}


def _right(action: PlanAction) -> Permission:
    return RULES[action].permission


@mutation("Draft an action plan.", answers=PLAN, permission=Permission.WRITE_PLAN)
async def create_action_plan(act: Act, given: inputs.CreateActionPlanInput) -> Answers:
    """New draft."""
    table = inputs.items(act, given.items)
    made = await actions.draft(act.unit, values=inputs.form(given), items=table)
    return {"action_plan": made.id}


@mutation("Change a DRAFT.", answers=PLAN, permission=_right(PlanAction.UPDATE))
async def update_action_plan(act: Act, given: inputs.UpdateActionPlanInput) -> Answers:
    """New wording."""
    key = act.key(given.id, "ActionPlan", "id")
    made = await actions.revise_text(act.unit, key, expected=given.expected_version, values=inputs.form(given))
    return {"action_plan": made.id}


@mutation("Add an item to the table of a DRAFT.", answers=ITEM, permission=_right(PlanAction.ADD_ITEM))
async def add_plan_item(act: Act, given: inputs.AddPlanItemInput) -> Answers:
    """One more item."""
    key = act.key(given.plan, "ActionPlan", "plan")
    return _item(await actions.add_item(act.unit, key, inputs.item(act, given.item, "item")))


@mutation("Change an item of a DRAFT.", answers=ITEM, permission=Permission.WRITE_PLAN)
async def update_plan_item(act: Act, given: inputs.UpdatePlanItemInput) -> Answers:
    """New wording of an item."""
    key = act.key(given.id, "ActionPlanItem", "id")
    values = inputs.item_values(given)
    return _item(await items.update(act.unit, key, expected=given.expected_version, values=values))


@mutation(
    "Add a stakeholder to an item of a DRAFT.",
    answers={"stakeholder": PlanItemStakeholder, "item": ActionPlanItem},
    permission=Permission.WRITE_PLAN,
)
async def add_plan_stakeholder(act: Act, given: inputs.AddPlanStakeholderInput) -> Answers:
    """One more who takes part."""
    key = act.key(given.item, "ActionPlanItem", "item")
    made = await actions.add_stakeholder(act.unit, key, inputs.stakeholder(act, given.stakeholder, "stakeholder"))
    return {"stakeholder": made.id, "item": made.item_id}


@mutation("Take a stakeholder out of a DRAFT.", answers=ITEM, permission=Permission.WRITE_PLAN)
async def remove_plan_stakeholder(act: Act, given: inputs.RemovePlanStakeholderInput) -> Answers:
    """One less who takes part."""
    key = act.key(given.stakeholder, "PlanItemStakeholder", "stakeholder")
    return _item(await actions.remove_stakeholder(act.unit, key))


@mutation(
    "Send the complete form for review: DRAFT becomes REVIEW.", answers=PLAN, permission=_right(PlanAction.SUBMIT)
)
async def submit_action_plan(act: Act, given: inputs.ActionPlanStepInput) -> Answers:
    """Sent."""
    return await _step(act, given, actions.submit)


@mutation(
    "Return a plan with a comment: REVIEW becomes DRAFT again.", answers=PLAN, permission=_right(PlanAction.RETURN)
)
async def return_action_plan(act: Act, given: inputs.ReturnActionPlanInput) -> Answers:
    """Returned."""
    key, note = act.key(given.id, "ActionPlan", "id"), paragraph(given.note, "note")
    made = await actions.give_back(act.unit, key, note=note, expected=present(given.expected_version))
    return {"action_plan": made.id}


@mutation("Sign a plan as camat: REVIEW becomes SIGNED.", answers=PLAN, permission=_right(PlanAction.SIGN))
async def sign_action_plan(act: Act, given: inputs.SignActionPlanInput) -> Answers:
    """Signed."""
    key, signature = act.key(given.id, "ActionPlan", "id"), inputs.signature(given)
    made = await actions.sign(act.unit, key, signature=signature, expected=present(given.expected_version))
    return {"action_plan": made.id}


@mutation(
    "Record that a signed plan went to the district: SIGNED becomes FORWARDED.",
    answers=PLAN,
    permission=_right(PlanAction.FORWARD),
)
async def forward_action_plan(act: Act, given: inputs.ForwardActionPlanInput) -> Answers:
    """Forwarded."""
    made = await actions.forward(
        act.unit,
        act.key(given.id, "ActionPlan", "id"),
        to=line(given.forwarded_to, "forwardedTo"),
        on=present(given.forwarded_on),
        agency=present(given.agency),
        expected=present(given.expected_version),
    )
    return {"action_plan": made.id}


@mutation(
    "Record the district's receipt: FORWARDED becomes RECEIVED.",
    answers=PLAN,
    permission=_right(PlanAction.RECORD_RECEIPT),
)
async def record_plan_receipt(act: Act, given: inputs.RecordPlanReceiptInput) -> Answers:
    """Received."""
    note = present(given.note)
    made = await actions.record_receipt(
        act.unit,
        act.key(given.id, "ActionPlan", "id"),
        number=line(given.receipt_number, "receiptNumber"),
        on=present(given.received_on),
        note=None if note is None else paragraph(note, "note"),
        expected=present(given.expected_version),
    )
    return {"action_plan": made.id}


@mutation("Start a plan: RECEIVED becomes ACTIVE.", answers=PLAN, permission=_right(PlanAction.START))
async def start_action_plan(act: Act, given: inputs.ActionPlanStepInput) -> Answers:
    """Under way."""
    return await _step(act, given, actions.start)


@mutation(
    "Record a review of a plan that is ACTIVE or COMPLETED.",
    answers={"review": ActionPlanReview, "action_plan": ActionPlan},
    permission=_right(PlanAction.REVIEW),
)
async def review_action_plan(act: Act, given: inputs.ReviewActionPlanInput) -> Answers:
    """Reviewed."""
    target = present(given.new_target)
    made = await actions.review(
        act.unit,
        act.key(given.plan, "ActionPlan", "plan"),
        kind=PlanReviewKind[code(given.kind)],
        note=paragraph(given.note, "note"),
        new_target=None if target is None else paragraph(target, "newTarget"),
        on=present(given.reviewed_on),
    )
    return {"review": made.id, "action_plan": made.plan_id}


@mutation(
    "Declare a plan completed, once every item is closed or cancelled: ACTIVE becomes COMPLETED.",
    answers=PLAN,
    permission=_right(PlanAction.COMPLETE),
)
async def complete_action_plan(act: Act, given: inputs.ActionPlanStepInput) -> Answers:
    """Completed."""
    return await _step(act, given, actions.complete)


@mutation(
    "Revise a plan: ACTIVE becomes REVISED, and the items that are still open go into a new edition in DRAFT, which is "
    "answered.",
    answers=PLAN,
    permission=_right(PlanAction.REVISE),
)
async def revise_action_plan(act: Act, given: inputs.EndActionPlanInput) -> Answers:
    """A new edition."""
    key, reason = act.key(given.id, "ActionPlan", "id"), paragraph(given.reason, "reason")
    made = await actions.revise(act.unit, key, reason=reason, expected=present(given.expected_version))
    return {"action_plan": made.id}


@mutation("Cancel a plan that is not over, as camat.", answers=PLAN, permission=_right(PlanAction.CANCEL))
async def cancel_action_plan(act: Act, given: inputs.EndActionPlanInput) -> Answers:
    """Over."""
    key, reason = act.key(given.id, "ActionPlan", "id"), paragraph(given.reason, "reason")
    made = await actions.cancel(act.unit, key, reason=reason, expected=present(given.expected_version))
    return {"action_plan": made.id}


@mutation(
    "Copy a plan into a new draft for another year; the copy is answered.",
    answers=PLAN,
    permission=_right(PlanAction.CLONE),
)
async def clone_action_plan(act: Act, given: inputs.CloneActionPlanInput) -> Answers:
    """A copy."""
    key = act.key(given.id, "ActionPlan", "id")
    made = await actions.clone(act.unit, key, year=inputs.year(given.year))
    return {"action_plan": made.id}


@mutation("Open a signed plan to everybody.", answers=PLAN, permission=_right(PlanAction.PUBLISH))
async def publish_action_plan(act: Act, given: inputs.ActionPlanStepInput) -> Answers:
    """Open."""
    return await _step(act, given, actions.publish)


@mutation(
    "Close a published plan to everybody but the kecamatan, the stakeholders and the district.",
    answers=PLAN,
    permission=_right(PlanAction.UNPUBLISH),
)
async def unpublish_action_plan(act: Act, given: inputs.ActionPlanStepInput) -> Answers:
    """Closed."""
    return await _step(act, given, actions.unpublish)


@mutation("Start an item of an ACTIVE plan.", answers=ITEM, permission=Permission.WRITE_PLAN)
async def start_plan_item(act: Act, given: inputs.PlanItemStepInput) -> Answers:
    """Begun."""
    key = act.key(given.id, "ActionPlanItem", "id")
    return _item(await items.start(act.unit, key, expected=present(given.expected_version)))


@mutation("Report how far an item is.", answers=ITEM, permission=Permission.WRITE_PLAN)
async def report_plan_item(act: Act, given: inputs.ReportPlanItemInput) -> Answers:
    """Progress."""
    key, reached = act.key(given.id, "ActionPlanItem", "id"), inputs.reached(given)
    return _item(await items.report(act.unit, key, reached=reached, expected=present(given.expected_version)))


@mutation(
    "Close an item with what was reached: ACHIEVED where the target was reached, else PARTIALLY_ACHIEVED. It needs "
    "evidence or a link to what fulfils it.",
    answers=ITEM,
    permission=Permission.WRITE_PLAN,
)
async def close_plan_item(act: Act, given: inputs.ReportPlanItemInput) -> Answers:
    """Closed."""
    key, reached = act.key(given.id, "ActionPlanItem", "id"), inputs.reached(given)
    return _item(await items.close(act.unit, key, reached=reached, expected=present(given.expected_version)))


@mutation("Cancel an item that is still open.", answers=ITEM, permission=Permission.WRITE_PLAN)
async def cancel_plan_item(act: Act, given: inputs.CancelPlanItemInput) -> Answers:
    """Not to be done."""
    key, reason = act.key(given.id, "ActionPlanItem", "id"), paragraph(given.reason, "reason")
    return _item(await items.cancel(act.unit, key, reason=reason, expected=present(given.expected_version)))


@mutation(
    "Say where evidence of an item can be found.",
    answers={"evidence": PlanItemEvidence, "item": ActionPlanItem},
    permission=Permission.WRITE_PLAN,
)
async def add_plan_item_evidence(act: Act, given: inputs.AddPlanItemEvidenceInput) -> Answers:
    """One more piece of evidence."""
    url = present(given.url)
    made = await items.add_evidence(
        act.unit,
        act.key(given.item, "ActionPlanItem", "item"),
        kind=code(given.kind),
        description=paragraph(given.description, "description"),
        url=None if url is None else address(url, "url"),
        captured_on=present(given.captured_on),
    )
    return {"evidence": made.id, "item": made.item_id}


@mutation(
    "Report a problem of an item: it is BLOCKED until a solution is recorded.",
    answers={"problem": PlanItemProblem, "item": ActionPlanItem},
    permission=Permission.WRITE_PLAN,
)
async def report_plan_problem(act: Act, given: inputs.ReportPlanProblemInput) -> Answers:
    """Blocked."""
    key, problem = act.key(given.item, "ActionPlanItem", "item"), paragraph(given.problem, "problem")
    made = await items.report_problem(act.unit, key, problem=problem, on=present(given.raised_on))
    return {"problem": made.id, "item": made.item_id}


@mutation(
    "Record the solution of a problem; with the last one the item is IN_PROGRESS again.",
    answers={"problem": PlanItemProblem, "item": ActionPlanItem},
    permission=Permission.WRITE_PLAN,
)
async def solve_plan_problem(act: Act, given: inputs.SolvePlanProblemInput) -> Answers:
    """Solved."""
    made = await items.solve(
        act.unit,
        act.key(given.problem, "PlanItemProblem", "problem"),
        solution=paragraph(given.solution, "solution"),
        on=present(given.solved_on),
        expected=present(given.expected_version),
    )
    return {"problem": made.id, "item": made.item_id}
