"""Reading plans for their actions."""

from uuid import UUID

from sqlalchemy import func, null, select

from hub.domains.kecamatan.model import Kecamatan
from hub.domains.plans.model import ActionPlan, ActionPlanItem, PlanItemEvidence, PlanItemProblem, PlanItemStakeholder
from hub.domains.plans.policy import CLOSED
from hub.kernel.errors import NotFound
from hub.store.base import table
from hub.store.unit import Unit

_ITEMS, _STAKEHOLDERS = table(ActionPlanItem), table(PlanItemStakeholder)
_PROBLEMS, _EVIDENCE = table(PlanItemProblem), table(PlanItemEvidence)


async def office(unit: Unit) -> UUID:
    """The kecamatan's own row."""
    found = await unit.first(unit.own(Kecamatan), Kecamatan)
    if found is None:
        raise NotFound
    return found.id


async def items(unit: Unit, plan: UUID) -> list[ActionPlanItem]:
    """The items of a plan in their order."""
    statement = unit.own(ActionPlanItem).where(_ITEMS.c.plan_id == plan)
    return await unit.all(statement.order_by(_ITEMS.c.position, _ITEMS.c.id), ActionPlanItem)


async def open_items(unit: Unit, plan: UUID) -> int:
    """How many items are not closed yet."""
    return sum(1 for each in await items(unit, plan) if each.state not in CLOSED)


async def next_position(unit: Unit, plan: UUID) -> int:
    """The number after the last item. Ask with the plan locked."""
    statement = select(func.coalesce(func.max(_ITEMS.c.position), 0) + 1).where(
        _ITEMS.c.tenant_id == unit.tenant.id, _ITEMS.c.plan_id == plan
    )
    return int(await unit.value(statement))


async def stakeholders(unit: Unit, plan: UUID) -> list[PlanItemStakeholder]:
    """Who takes part in the items of a plan, in order of entry."""
    of_plan = select(_ITEMS.c.id).where(_ITEMS.c.tenant_id == unit.tenant.id, _ITEMS.c.plan_id == plan)
    statement = unit.own(PlanItemStakeholder).where(_STAKEHOLDERS.c.item_id.in_(of_plan))
    return await unit.all(statement.order_by(_STAKEHOLDERS.c.id), PlanItemStakeholder)


async def open_problems(unit: Unit, item: UUID) -> int:
    """How many problems of an item have no solution."""
    statement = select(func.count()).where(
        _PROBLEMS.c.tenant_id == unit.tenant.id, _PROBLEMS.c.item_id == item, _PROBLEMS.c.solution.is_(None)
    )
    return int(await unit.value(statement))


async def proven(unit: Unit, item: UUID) -> bool:
    """Whether an item has evidence or a link to what fulfils or proves it."""
    evidence = select(func.count()).where(_EVIDENCE.c.tenant_id == unit.tenant.id, _EVIDENCE.c.item_id == item)
    return bool(await unit.value(evidence)) or bool(await unit.value(select(func.hub_links(null(), item))))


async def plan_of(unit: Unit, item: ActionPlanItem) -> ActionPlan:
    """The plan of an item, locked, so that acts on one plan come one by one."""
    return await unit.find(ActionPlan, item.plan_id)
