"""What the items of action plans were to reach and have reached. Only figures of one unit are added up."""

from typing import Any

from sqlalchemy import BigInteger, Select, Text, case, cast, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from hub.domains.plans.model import ActionPlan, ActionPlanItem, PlanItemProblem, TargetUnit
from hub.domains.reports.catalogue import plans, sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    Definition,
    Dimension,
    Figure,
    Frame,
    ReportDisclosure,
    Tally,
    Term,
    Variable,
    Words,
)
from hub.domains.reports.model import ReportOrigin
from hub.store.base import table

_PLANS, _ITEMS, _PROBLEMS = table(ActionPlan), table(ActionPlanItem), table(PlanItemProblem)
_DECIMALS = 2  # as `action_plan_item` keeps them
_CONCEPT = Words("Target kegiatan", "Targets of items")
_OWN_UNIT = Words("satuan target", "unit of the target")
_ACTS = Words("permasalahan", "problems")

_TARGET = Variable(
    name=Words("Target", "Target"),
    concept=_CONCEPT,
    definition=Words("Yang harus dicapai kegiatan, dalam satuannya", "What the item is to reach, in its unit"),
    unit=_OWN_UNIT,
    source=plans.SOURCE,
    decimals=_DECIMALS,
)
_ACTUAL = Variable(
    name=Words("Capaian", "Achieved"),
    concept=_CONCEPT,
    definition=Words("Yang sudah dicapai, dalam satuan target", "What has been reached, in the unit of the target"),
    unit=_OWN_UNIT,
    source=plans.SOURCE,
    decimals=_DECIMALS,
)
_PROBLEM = Variable(
    name=Words("Permasalahan", "Problems"),
    concept=Words("Permasalahan kegiatan", "Problems of items"),
    definition=Words("Permasalahan yang dicatat pada kegiatan", "Problems recorded with the item"),
    unit=_ACTS,
    source=plans.SOURCE,
)
_UNSOLVED = Variable(
    name=Words("Permasalahan terbuka", "Open problems"),
    concept=Words("Permasalahan kegiatan", "Problems of items"),
    definition=Words("Permasalahan yang solusinya belum dicatat", "Problems without a recorded solution"),
    unit=_ACTS,
    source=plans.SOURCE,
)


def _by_item(frame: Frame) -> Select[Any]:
    """A line for each item with a target, of plans that stand."""
    plan, own = _PLANS.c, _ITEMS.c
    joined, stands = plans.standing_items(frame)
    actual, target = _hundredths(own.actual), _hundredths(own.target)
    return (
        select(
            own.unit.label("dimension_1"),
            cast(own.id, Text).label("dimension_2"),
            func.concat(plan.title, " · ", own.position, ". ", own.activity).label("label_2"),
            target.label("n_target"),
            actual.label("n_actual"),
            actual.label("n_achieved"),
            target.label("d_achieved"),
            _problems(frame, solved=True).label("n_problems"),
            _problems(frame, solved=False).label("n_open"),
        )
        .select_from(joined)
        .where(stands, own.target.is_not(None), own.state != literal("CANCELLED"))
    )


def _hundredths(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(amount * 10**_DECIMALS, BigInteger)


def _problems(frame: Frame, *, solved: bool) -> ColumnElement[Any]:
    """How many problems an item has; only the open ones unless `solved`."""
    own = _PROBLEMS.c
    counted = func.count(own.id) if solved else func.count(case((own.solution.is_(None), own.id)))
    return (
        select(counted)
        .where(own.tenant_id == frame.tenant, own.item_id == _ITEMS.c.id)
        .correlate(_ITEMS)
        .scalar_subquery()
    )


REPORTS = (
    Definition(
        code="R-04",
        title=Words("Target dan capaian per kegiatan", "Target and achievement by item"),
        formula=Words("capaian ÷ target × 100, satuan yang sama", "achieved ÷ target × 100, in the same unit"),
        terms=(
            Term(
                Words("Capaian belum diketahui", "Achievement not known"),
                Words(
                    "Kegiatan dengan target yang capaiannya belum dicatat; tidak dihitung nol",
                    "An item with a target whose achievement is not recorded; it does not count as zero",
                ),
                plans.BASIS,
            ),
        ),
        figures=(
            Figure(
                key="target",
                title=Words("Target", "Target"),
                definition=Words("Target kegiatan dalam satuannya", "Target of the item in its unit"),
                interpretation=Words("Yang dijanjikan rencana", "What the plan has promised"),
                unit=_OWN_UNIT,
                numerator=_TARGET,
            ),
            Figure(
                key="actual",
                title=Words("Capaian", "Achieved"),
                definition=Words("Capaian kegiatan dalam satuan target", "What the item has reached, in its unit"),
                interpretation=Words("Kosong berarti belum dicatat", "Empty means not recorded yet"),
                unit=_OWN_UNIT,
                numerator=_ACTUAL,
                awaited=True,
            ),
            Figure(
                key="achieved",
                title=Words("Capaian dari target", "Achieved of the target"),
                definition=Words("Bagian target yang dicapai", "Part of the target that was reached"),
                interpretation=Words("Di atas 100 melampaui target", "Over 100 goes beyond the target"),
                unit=IN_PERCENT,
                numerator=_ACTUAL,
                denominator=_TARGET,
                factor=PERCENT,
            ),
            Figure(
                key="problems",
                title=Words("Permasalahan", "Problems"),
                definition=Words("Jumlah permasalahan yang dicatat", "Number of problems recorded"),
                interpretation=Words("Hambatan yang dihadapi", "What stood in the way"),
                unit=_ACTS,
                numerator=_PROBLEM,
            ),
            Figure(
                key="open",
                title=Words("Permasalahan terbuka", "Open problems"),
                definition=Words("Permasalahan tanpa solusi", "Problems without a solution"),
                interpretation=Words("Di atas 0 perlu dicarikan solusi", "Over 0 waits for a solution"),
                unit=_ACTS,
                numerator=_UNSOLVED,
                above=sources.NONE,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis=plans.BASIS,
        dimensions=(
            Dimension(
                "unit",
                Words("Satuan target", "Unit of the target"),
                words={each.value: Words(each.label_id, each.label_en) for each in TargetUnit},
            ),
            Dimension("item", Words("Kegiatan", "Item"), kept=False),
        ),
        tallies=(Tally(_by_item, ReportOrigin.ACTS),),
        marks=frozenset({"ActionPlan", "ActionPlanItem"}),
    ),
)
