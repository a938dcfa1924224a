"""Which step a plan or an item may take, from which state, and with which permission: two tables.

The actions ask `require` and `require_item`, the graph shows `allowed_actions`. What the calendar makes of an item
(DELAYED) and what the figures make of it (OVER_ACHIEVED) is computed where it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.domains.plans.errors import ItemStepClosed, PlanStepClosed
from hub.domains.plans.model import ActionPlan, ActionPlanItem, ItemState, PlanState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class PlanAction(Word):
    """A step an action plan can take."""

    UPDATE = "UPDATE", "Ubah", "Change"
    ADD_ITEM = "ADD_ITEM", "Tambah kegiatan", "Add an item"
    SUBMIT = "SUBMIT", "Ajukan untuk ditelaah", "Send for review"
    RETURN = "RETURN", "Kembalikan dengan catatan", "Return with a comment"
    SIGN = "SIGN", "Tanda tangani", "Sign"
    FORWARD = "FORWARD", "Teruskan ke kabupaten", "Forward to the district"
    RECORD_RECEIPT = "RECORD_RECEIPT", "Catat tanda terima", "Record the receipt"
    START = "START", "Mulai laksanakan", "Start"
    REVIEW = "REVIEW", "Catat tindak lanjut", "Record a review"
    COMPLETE = "COMPLETE", "Nyatakan selesai", "Declare completed"
    REVISE = "REVISE", "Buat edisi baru", "Make a new edition"
    CANCEL = "CANCEL", "Batalkan", "Cancel"
    CLONE = "CLONE", "Salin untuk tahun lain", "Copy for another year"
    PUBLISH = "PUBLISH", "Publikasikan", "Publish"
    UNPUBLISH = "UNPUBLISH", "Tarik dari publik", "Withdraw from the public"


class ItemAction(Word):
    """A step an item of a plan can take."""

    UPDATE = "UPDATE", "Ubah", "Change"
    START = "START", "Mulai", "Start"
    REPORT = "REPORT", "Laporkan kemajuan", "Report progress"
    ADD_EVIDENCE = "ADD_EVIDENCE", "Lampirkan bukti", "Attach evidence"
    REPORT_PROBLEM = "REPORT_PROBLEM", "Laporkan masalah", "Report a problem"
    SOLVE = "SOLVE", "Catat penyelesaian", "Record a solution"
    CLOSE = "CLOSE", "Tutup", "Close"
    CANCEL = "CANCEL", "Batalkan", "Cancel"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step starts, with which permission, and to which state it leads (none: it stays)."""

    start: frozenset[PlanState]
    permission: Permission
    to: PlanState | None = None


@dataclass(frozen=True, slots=True)
class ItemRule:
    """From which states of the plan and of the item a step starts."""

    plan: frozenset[PlanState]
    start: frozenset[ItemState]


_S, _A, _P, _I = PlanState, PlanAction, Permission, ItemState
_OVER = frozenset({_S.COMPLETED, _S.REVISED, _S.CANCELLED})
_SIGNED = frozenset(_S) - {_S.DRAFT, _S.REVIEW, _S.CANCELLED}


def _only(*states: PlanState) -> frozenset[PlanState]:
    return frozenset(states)


RULES: Mapping[PlanAction, Rule] = MappingProxyType(
    {
        _A.UPDATE: Rule(_only(_S.DRAFT), _P.WRITE_PLAN),
        _A.ADD_ITEM: Rule(_only(_S.DRAFT), _P.WRITE_PLAN),
        _A.SUBMIT: Rule(_only(_S.DRAFT), _P.WRITE_PLAN, to=_S.REVIEW),
        _A.RETURN: Rule(_only(_S.REVIEW), _P.REVIEW_PLAN, to=_S.DRAFT),
        _A.SIGN: Rule(_only(_S.REVIEW), _P.SIGN_PLAN, to=_S.SIGNED),
        _A.FORWARD: Rule(_only(_S.SIGNED), _P.REVIEW_PLAN, to=_S.FORWARDED),
        _A.RECORD_RECEIPT: Rule(_only(_S.FORWARDED), _P.REVIEW_PLAN, to=_S.RECEIVED),
        _A.START: Rule(_only(_S.RECEIVED), _P.REVIEW_PLAN, to=_S.ACTIVE),
        _A.REVIEW: Rule(_only(_S.ACTIVE, _S.COMPLETED), _P.REVIEW_PLAN),
        _A.COMPLETE: Rule(_only(_S.ACTIVE), _P.REVIEW_PLAN, to=_S.COMPLETED),
        _A.REVISE: Rule(_only(_S.ACTIVE), _P.REVIEW_PLAN, to=_S.REVISED),
        _A.CANCEL: Rule(frozenset(_S) - _OVER, _P.SIGN_PLAN, to=_S.CANCELLED),
        _A.CLONE: Rule(frozenset(_S), _P.WRITE_PLAN),
        _A.PUBLISH: Rule(_SIGNED, _P.REVIEW_PLAN),
        _A.UNPUBLISH: Rule(frozenset(_S), _P.REVIEW_PLAN),
    }
)
OPEN = frozenset({_I.PLANNED, _I.IN_PROGRESS, _I.BLOCKED})
CLOSED = frozenset(_I) - OPEN
_ACTIVE = _only(_S.ACTIVE)
ITEM_RULES: Mapping[ItemAction, ItemRule] = MappingProxyType(
    {
        ItemAction.UPDATE: ItemRule(_only(_S.DRAFT), frozenset({_I.PLANNED})),
        ItemAction.START: ItemRule(_ACTIVE, frozenset({_I.PLANNED})),
        ItemAction.REPORT: ItemRule(_ACTIVE, frozenset({_I.IN_PROGRESS, _I.BLOCKED})),
        ItemAction.ADD_EVIDENCE: ItemRule(_only(_S.ACTIVE, _S.COMPLETED), frozenset(_I) - {_I.CANCELLED}),
        ItemAction.REPORT_PROBLEM: ItemRule(_ACTIVE, OPEN),
        ItemAction.SOLVE: ItemRule(_ACTIVE, frozenset({_I.BLOCKED})),
        ItemAction.CLOSE: ItemRule(_ACTIVE, frozenset({_I.IN_PROGRESS})),
        ItemAction.CANCEL: ItemRule(_only(_S.DRAFT, _S.ACTIVE), OPEN),
    }
)


def require(scope: Scope, plan: ActionPlan, action: PlanAction) -> None:
    """Refuse a step that this plan cannot take, or that is not for this actor."""
    refusal = _closed(RULES[action], PlanState[plan.state], scope.permissions)
    if refusal is not None:
        raise refusal


def require_item(plan: ActionPlan, item: ActionPlanItem, action: ItemAction) -> None:
    """Refuse a step that this item cannot take. All of them need the right to write plans."""
    rule = ITEM_RULES[action]
    if plan.state not in rule.plan or item.state not in rule.start:
        raise ItemStepClosed(state=item.state, plan=plan.state)


def next_states(state: PlanState) -> tuple[PlanState, ...]:
    """The states that acts can lead to from this one."""
    found = {rule.to for rule in RULES.values() if state in rule.start and rule.to}
    return tuple(each for each in PlanState if each in found)


def allowed_actions(state: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step in order, with the reason where it is closed to these permissions in this state."""
    return [step(action, _closed(RULES[action], PlanState[state], permissions), lang) for action in PlanAction]


def _closed(rule: Rule, state: PlanState, permissions: frozenset[str]) -> HubError | None:
    if rule.permission not in permissions:
        return Forbidden()
    if state not in rule.start:
        return PlanStepClosed(state=state.value, allowed=", ".join(next_states(state)) or "-")
    return None
