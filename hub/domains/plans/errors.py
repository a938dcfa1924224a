"""What is refused about action plans."""

from hub.kernel.errors import BadInput, Conflict


class PlanStepClosed(Conflict):
    """An action plan that is {state} cannot take this step; from there it can become: {allowed}."""

    code = "PLAN_STEP_CLOSED"
    hint = "Read the plan again; `allowedActions` lists the steps that are open now."


class ItemStepClosed(Conflict):
    """An item that is {state}, of a plan that is {plan}, cannot take this step."""

    code = "ITEM_STEP_CLOSED"
    hint = "Read the item and its plan again: items are worded in a draft and worked on while the plan is ACTIVE."


class PlanIncomplete(Conflict):
    """The plan's form is not complete: {missing}."""

    code = "PLAN_INCOMPLETE"
    hint = "Fill in the named parts of the form (A: why, what, how; B: aims; C: at least one item), then send it again."


class ItemsOpen(Conflict):
    """{open} items of this plan are still open."""

    code = "ITEMS_OPEN"
    hint = "Close or cancel every item first, or revise the plan."


class PlanAlreadyPublished(Conflict):
    """This plan is already published."""

    code = "PLAN_ALREADY_PUBLISHED"
    hint = "Nothing is left to do."


class PlanNotPublished(Conflict):
    """This plan is not published."""

    code = "PLAN_NOT_PUBLISHED"
    hint = "Nothing is left to do."


class ItemTimeOutOfOrder(BadInput):
    """The end of this item lies before its beginning."""

    code = "ITEM_TIME_OUT_OF_ORDER"
    hint = "Correct `startsOn` or `endsOn`."


class TargetWithoutUnit(BadInput):
    """A target and its unit belong together."""

    code = "TARGET_WITHOUT_UNIT"
    hint = "Give both `target` and `unit`, or neither."


class OtherUnit(BadInput):
    """This item is counted in {wanted}, not in {given}."""

    code = "OTHER_UNIT"
    hint = "Only figures of one unit are compared: count what was reached in the unit of the target."


class NoTarget(BadInput):
    """This item has no target to which a figure could be compared."""

    code = "NO_TARGET"
    hint = "Leave `actual` out and tell how far it is by `progressPercent`."


class ActualNeeded(BadInput):
    """What was reached is missing: this item has a target."""

    code = "ACTUAL_NEEDED"
    hint = "Give `actual` with its unit."


class ItemEvidenceNeeded(Conflict):
    """An item is closed only with evidence."""

    code = "ITEM_EVIDENCE_NEEDED"
    hint = "Add evidence to the item, or link a stored file, a permit, an event or another item to it."


class ProblemSolved(Conflict):
    """This problem is solved already."""

    code = "PROBLEM_SOLVED"
    hint = "Report a new problem where it has come back."


class NewTargetNeeded(BadInput):
    """The new target is missing."""

    code = "NEW_TARGET_NEEDED"
    hint = "A review of the kind NEW_TARGET says in `newTarget` what is aimed at from now on."


class StakeholderExists(Conflict):
    """This stakeholder already takes part in the item."""

    code = "STAKEHOLDER_EXISTS"
    hint = "Each village, organization, agency, person or group takes part once."
