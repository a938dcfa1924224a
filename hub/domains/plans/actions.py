"""What can be done with action plans. Every act locks the plan first, so that acts on one come one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal

from hub.domains.agencies.naming import known, serving
from hub.domains.plans import events, policy, queries
from hub.domains.plans.errors import (
    ItemsOpen,
    ItemTimeOutOfOrder,
    NewTargetNeeded,
    PlanAlreadyPublished,
    PlanIncomplete,
    PlanNotPublished,
    StakeholderExists,
    TargetWithoutUnit,
)
from hub.domains.plans.model import (
    ActionPlan,
    ActionPlanItem,
    ActionPlanReview,
    PlanItemStakeholder,
    PlanReviewKind,
)
from hub.domains.plans.policy import PlanAction
from hub.journal.model import Effect
from hub.journal.record import Event, record
from hub.kernel.errors import DateInFuture, NotFound
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

_STAKEHOLDERS = table(PlanItemStakeholder)
ITEM_CONSTRAINTS = {
    "ck_action_plan_item_time_in_order": ItemTimeOutOfOrder,
    "ck_action_plan_item_target_has_unit": TargetWithoutUnit,
}
STAKEHOLDER_CONSTRAINTS = {
    "uq_plan_item_stakeholder_once": StakeholderExists,
    "fk_plan_item_stakeholder_tenant_id_village_id": NotFound,
    "fk_plan_item_stakeholder_tenant_id_organization_id": NotFound,
    "fk_plan_item_stakeholder_tenant_id_citizen_id": NotFound,
}
# What the form must say before it goes to the secretary, by the name of the field.
FORM = {
    "background_why": "backgroundWhy",
    "background_what": "backgroundWhat",
    "background_how": "backgroundHow",
    "goals_benefits": "goalsBenefits",
}
_WORDED = (
    "activity",
    "output",
    "responsible",
    "resource_needed",
    "resource_source",
    "expected_result",
    "target",
    "unit",
)
_LEAP = (2, 29)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStakeholder:
    """Who takes part: one key of the arc, by its column; `path` names the input field that gave it."""

    arc: str
    key: UUID | str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item to add."""

    values: dict[str, Any]
    stakeholders: Sequence[NewStakeholder] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How the camat signed, as it stands on the paper."""

    name: str
    position: str
    place: str
    signed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """An item to copy with those who take part."""

    item: ActionPlanItem
    stakeholders: Sequence[PlanItemStakeholder] = field(default_factory=tuple)


# Making and wording


async def draft(unit: Unit, *, values: dict[str, Any], items: Sequence[NewItem] = ()) -> ActionPlan:
    """A draft with its items."""
    organizations = [each for item in items for each in _organizations(item.stakeholders)]
    made = await _begun(unit, {**values, "organizations": list(dict.fromkeys(organizations))})
    for position, item in enumerate(items, 1):
        await _place(unit, made, item, position)
    return made


async def revise_text(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> ActionPlan:
    """Change the form of a draft."""
    plan = await _taking(unit, key, PlanAction.UPDATE)
    return await moved(unit, plan, events.PlanUpdated, expected=expected, **values)


async def add_item(unit: Unit, key: UUID, item: NewItem) -> ActionPlanItem:
    """One more item, at the end of a draft's table."""
    plan = await _taking(unit, key, PlanAction.ADD_ITEM, path=("plan",))
    plan = await _concerning(unit, plan, item.stakeholders)
    return await _place(unit, plan, item, await queries.next_position(unit, plan.id))


async def add_stakeholder(unit: Unit, key: UUID, stakeholder: NewStakeholder) -> PlanItemStakeholder:
    """One more who takes part in an item of a draft."""
    item = await unit.see(ActionPlanItem, key, path=("item",))
    plan = await queries.plan_of(unit, item)
    policy.require(unit.scope, plan, PlanAction.UPDATE)
    plan = await _concerning(unit, plan, [stakeholder])
    return await _bring(unit, plan, item, stakeholder)


async def remove_stakeholder(unit: Unit, key: UUID) -> ActionPlanItem:
    """Take somebody out of an item of a draft. An organization with no other item in it no longer reads the draft."""
    gone = await unit.see(PlanItemStakeholder, key, path=("stakeholder",))
    item = await unit.see(ActionPlanItem, gone.item_id)
    plan = await queries.plan_of(unit, item)
    policy.require(unit.scope, plan, PlanAction.UPDATE)
    await unit.rows(
        delete(_STAKEHOLDERS)
        .where(_STAKEHOLDERS.c.tenant_id == unit.tenant.id, _STAKEHOLDERS.c.id == key)
        .returning(literal(1))
    )
    await record(unit, events.of_part(events.StakeholderRemoved, plan, gone, gone, effect=Effect.ENDED))
    left = [each.organization_id for each in await queries.stakeholders(unit, plan.id) if each.organization_id]
    if gone.organization_id and gone.organization_id not in left:
        await moved(unit, plan, events.PlanUpdated, organizations=list(dict.fromkeys(left)))
    return item


# The way of a plan


async def submit(unit: Unit, key: UUID, *, expected: int | None = None) -> ActionPlan:
    """The form is complete: A, B and at least one item."""
    plan = await _taking(unit, key, PlanAction.SUBMIT)
    await _complete(unit, plan)
    return await _to(unit, plan, PlanAction.SUBMIT, events.PlanSubmitted, expected=expected, review_note=None)


async def give_back(unit: Unit, key: UUID, *, note: str, expected: int | None = None) -> ActionPlan:
    """The secretary's comment: the plan is a draft again."""
    plan = await _taking(unit, key, PlanAction.RETURN)
    return await _to(unit, plan, PlanAction.RETURN, events.PlanReturned, expected=expected, review_note=note)


async def sign(unit: Unit, key: UUID, *, signature: Signature, expected: int | None = None) -> ActionPlan:
    """The camat signs."""
    plan = await _taking(unit, key, PlanAction.SIGN)
    return await _to(
        unit,
        plan,
        PlanAction.SIGN,
        events.PlanSigned,
        expected=expected,
        signed_on=not_later(unit, signature.signed_on, path=("signedOn",)),
        signed_place=signature.place,
        signatory_name=signature.name,
        signatory_position=signature.position,
    )


async def forward(
    unit: Unit, key: UUID, *, to: str, on: date | None, agency: str | None = None, expected: int | None = None
) -> ActionPlan:
    """It goes to the regent or mayor; in the hub to the `agency` that takes it in for them, where one is named."""
    plan = await _taking(unit, key, PlanAction.FORWARD)
    day = not_later(unit, on, path=("forwardedOn",))
    if agency is not None:
        await serving(unit, agency, path=("agency",))
    return await _to(
        unit,
        plan,
        PlanAction.FORWARD,
        events.PlanForwarded,
        expected=expected,
        forwarded_on=day,
        forwarded_to=to,
        forwarded_agency=agency,
    )


async def record_receipt(
    unit: Unit, key: UUID, *, number: str, on: date | None, note: str | None, expected: int | None = None
) -> ActionPlan:
    """The district received it: the number of its receipt, and what it remarked."""
    plan = await _taking(unit, key, PlanAction.RECORD_RECEIPT)
    return await _to(
        unit,
        plan,
        PlanAction.RECORD_RECEIPT,
        events.PlanReceived,
        expected=expected,
        received_on=not_later(unit, on, path=("receivedOn",)),
        receipt_number=number,
        receipt_note=note,
    )


async def start(unit: Unit, key: UUID, *, expected: int | None = None) -> ActionPlan:
    """Its items are worked on from now on."""
    plan = await _taking(unit, key, PlanAction.START)
    return await _to(unit, plan, PlanAction.START, events.PlanStarted, expected=expected, started_on=today(unit))


async def review(
    unit: Unit, key: UUID, *, kind: PlanReviewKind, note: str, new_target: str | None, on: date | None
) -> ActionPlanReview:
    """One of the five ways to follow a plan up."""
    plan = await _taking(unit, key, PlanAction.REVIEW, path=("plan",))
    if kind is PlanReviewKind.NEW_TARGET and new_target is None:
        raise NewTargetNeeded(path=("newTarget",))
    made = ActionPlanReview(
        tenant_id=unit.tenant.id,
        plan_id=plan.id,
        reviewed_on=not_later(unit, on, path=("reviewedOn",)),
        kind=kind.value,
        note=note,
        new_target=new_target,
    )
    await unit.add(made)
    await record(unit, events.of_part(events.PlanReviewed, plan, made, effect=Effect.CREATED))
    return made


async def complete(unit: Unit, key: UUID, *, expected: int | None = None) -> ActionPlan:
    """Every item is closed or cancelled."""
    plan = await _taking(unit, key, PlanAction.COMPLETE)
    waiting = await queries.open_items(unit, plan.id)
    if waiting:
        raise ItemsOpen(open=waiting)
    return await _to(unit, plan, PlanAction.COMPLETE, events.PlanCompleted, expected=expected, ended_on=today(unit))


async def revise(unit: Unit, key: UUID, *, reason: str, expected: int | None = None) -> ActionPlan:
    """A new edition in DRAFT with the items that are still open; the old one stays as it was, REVISED."""
    plan = await _taking(unit, key, PlanAction.REVISE)
    old = await _to(
        unit,
        plan,
        PlanAction.REVISE,
        events.PlanRevised,
        expected=expected,
        ended_on=today(unit),
        end_note=reason,
    )
    items = [each for each in await _with_stakeholders(unit, old.id) if each.item.state in policy.OPEN]
    values = _form(old) | {"year": old.year, "edition": old.edition + 1, "revises_id": old.id}
    return await _copy(unit, values, items, years=0)


async def clone(unit: Unit, key: UUID, *, year: int) -> ActionPlan:
    """A draft for another year with all items that were not cancelled, their days moved by as many years."""
    plan = await _taking(unit, key, PlanAction.CLONE)
    items = [each for each in await _with_stakeholders(unit, plan.id) if each.item.state != "CANCELLED"]
    return await _copy(unit, _form(plan) | {"year": year}, items, years=year - plan.year)


async def cancel(unit: Unit, key: UUID, *, reason: str, expected: int | None = None) -> ActionPlan:
    """The camat ends a plan that is not over."""
    plan = await _taking(unit, key, PlanAction.CANCEL)
    return await _to(
        unit,
        plan,
        PlanAction.CANCEL,
        events.PlanCancelled,
        expected=expected,
        ended_on=today(unit),
        end_note=reason,
    )


async def publish(unit: Unit, key: UUID, *, expected: int | None = None) -> ActionPlan:
    """Open a signed plan to everybody."""
    plan = await _taking(unit, key, PlanAction.PUBLISH)
    if plan.published:
        raise PlanAlreadyPublished
    return await moved(unit, plan, events.PlanPublished, expected=expected, published=True)


async def unpublish(unit: Unit, key: UUID, *, expected: int | None = None) -> ActionPlan:
    """Close it again; the public feed is told."""
    plan = await _taking(unit, key, PlanAction.UNPUBLISH)
    if not plan.published:
        raise PlanNotPublished
    after = await unit.change(plan, expected=expected, published=False)
    await record(unit, events.of(events.PlanUnpublished, after, plan, published=True))
    return after


# Pieces


def today(unit: Unit) -> date:
    """The calendar date where the kecamatan lies."""
    return unit.now.today(unit.tenant.zone)


def not_later(unit: Unit, day: date | None, *, path: tuple[str, ...]) -> date:
    """The day it happened, today where none is given."""
    if day is not None and day > today(unit):
        raise DateInFuture(path=path)
    return day or today(unit)


async def moved(
    unit: Unit, before: ActionPlan, kind: type[Event], *, expected: int | None = None, **values: Any
) -> ActionPlan:
    """The plan with new values, and the event that tells of them."""
    after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of(kind, after, before))
    return after


async def _taking(unit: Unit, key: UUID, action: PlanAction, *, path: tuple[str, ...] = ("id",)) -> ActionPlan:
    """The plan, locked, when it may take this step by this actor."""
    plan = await unit.find(ActionPlan, key, path=path)
    policy.require(unit.scope, plan, action)
    return plan


async def _to(
    unit: Unit, plan: ActionPlan, action: PlanAction, kind: type[Event], *, expected: int | None, **values: Any
) -> ActionPlan:
    to = policy.RULES[action].to
    assert to is not None  # noqa: S101  # asked only of steps that lead on
    return await moved(unit, plan, kind, expected=expected, state=to.value, **values)


async def _complete(unit: Unit, plan: ActionPlan) -> None:
    missing = [shown for name, shown in FORM.items() if getattr(plan, name) is None]
    if not any(each.state in policy.OPEN for each in await queries.items(unit, plan.id)):
        missing.append("items")
    if missing:
        raise PlanIncomplete(missing=", ".join(missing))


async def _begun(unit: Unit, values: dict[str, Any]) -> ActionPlan:
    made = ActionPlan(tenant_id=unit.tenant.id, kecamatan_id=await queries.office(unit), **values)
    await unit.add(made)
    await record(unit, events.of(events.PlanDrafted, made, effect=Effect.CREATED))
    return made


async def _concerning(unit: Unit, plan: ActionPlan, found: Sequence[NewStakeholder]) -> ActionPlan:
    """The plan with the organizations that take part, which read it from then on."""
    fresh = [each for each in _organizations(found) if each not in plan.organizations]
    if not fresh:
        return plan
    return await moved(unit, plan, events.PlanUpdated, organizations=[*plan.organizations, *fresh])


async def _place(unit: Unit, plan: ActionPlan, item: NewItem, position: int) -> ActionPlanItem:
    made = ActionPlanItem(tenant_id=unit.tenant.id, plan_id=plan.id, position=position, **item.values)
    with translating(ITEM_CONSTRAINTS, path=item.path):
        await unit.add(made)
    await record(unit, events.of_part(events.PlanItemAdded, plan, made, effect=Effect.CREATED))
    for each in item.stakeholders:
        await _bring(unit, plan, made, each)
    return made


async def _bring(
    unit: Unit, plan: ActionPlan, item: ActionPlanItem, stakeholder: NewStakeholder
) -> PlanItemStakeholder:
    made = PlanItemStakeholder(tenant_id=unit.tenant.id, item_id=item.id)
    setattr(made, stakeholder.arc, stakeholder.key)
    if stakeholder.arc == "agency_code":
        await known(unit, str(stakeholder.key), path=stakeholder.path)
    with translating(STAKEHOLDER_CONSTRAINTS, path=stakeholder.path):
        await unit.add(made)
    await record(unit, events.of_part(events.StakeholderAdded, plan, made, effect=Effect.CREATED))
    return made


async def _with_stakeholders(unit: Unit, plan: UUID) -> list[Copied]:
    everybody = await queries.stakeholders(unit, plan)
    return [
        Copied(item=item, stakeholders=[each for each in everybody if each.item_id == item.id])
        for item in await queries.items(unit, plan)
    ]


async def _copy(unit: Unit, values: dict[str, Any], items: Sequence[Copied], *, years: int) -> ActionPlan:
    copies = [
        NewItem(
            values={name: getattr(each.item, name) for name in _WORDED}
            | {"starts_on": _shifted(each.item.starts_on, years), "ends_on": _shifted(each.item.ends_on, years)},
            stakeholders=[_again(who) for who in each.stakeholders],
        )
        for each in items
    ]
    return await draft(unit, values=values, items=copies)


def _again(who: PlanItemStakeholder) -> NewStakeholder:
    arcs = ("village_id", "organization_id", "agency_code", "citizen_id", "name")
    arc = next(each for each in arcs if getattr(who, each) is not None)
    return NewStakeholder(arc=arc, key=getattr(who, arc))


def _form(plan: ActionPlan) -> dict[str, Any]:
    return {"title": plan.title} | {name: getattr(plan, name) for name in FORM}


def _shifted(day: date, years: int) -> date:
    """The same day of another year; 28 February where there is no 29th."""
    if years and (day.month, day.day) == _LEAP:
        day = day.replace(day=28)
    return day.replace(year=day.year + years)


def _organizations(found: Iterable[NewStakeholder]) -> list[UUID]:
    return [each.key for each in found if each.arc == "organization_id" and isinstance(each.key, UUID)]
