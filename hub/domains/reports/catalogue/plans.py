"""Action plans: whether a kecamatan has forwarded one, and how far the items of its plans are."""

from typing import Any

from sqlalchemy import FromClause, Select, Text, cast, func, literal, null, or_, select, type_coerce, union_all
from sqlalchemy.sql.elements import ColumnElement

from hub.domains.plans import standing
from hub.domains.plans.model import ActionPlan, ActionPlanItem, ItemState, ItemStatus, PlanState
from hub.domains.reports.catalogue import sources
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

_PLANS, _ITEMS = table(ActionPlan), table(ActionPlanItem)
SOURCE = Words("Rencana aksi yang dicatat di hub", "Action plans recorded in the hub")
_ITEM = Words("kegiatan", "items")
BASIS = "Buku Kerja Camat"
_STANDING = (PlanState.SIGNED, PlanState.FORWARDED, PlanState.RECEIVED, PlanState.ACTIVE, PlanState.COMPLETED)
_DONE = (ItemState.ACHIEVED, ItemState.PARTIALLY_ACHIEVED)


def _items(name: Words, definition: Words) -> Variable:
    concept = Words("Kegiatan rencana aksi", "Items of action plans")
    return Variable(name=name, concept=concept, definition=definition, unit=_ITEM, source=SOURCE)


_FORWARDED = Variable(
    name=Words("Kecamatan yang meneruskan", "Kecamatan that have forwarded a plan"),
    concept=Words("Kecamatan", "Kecamatan"),
    definition=Words(
        "Kecamatan dengan sedikitnya satu rencana aksi tahun itu yang diteruskan ke kabupaten",
        "Kecamatan with at least one action plan of the year that was forwarded to the district",
    ),
    unit=Words("kecamatan", "kecamatan"),
    source=SOURCE,
)
_KECAMATAN = Variable(
    name=Words("Kecamatan", "Kecamatan"),
    concept=Words("Kecamatan", "Kecamatan"),
    definition=Words("Semua kecamatan dalam laporan", "All kecamatan in the report"),
    unit=Words("kecamatan", "kecamatan"),
    source=SOURCE,
)
_ALL = _items(
    Words("Kegiatan", "Items"),
    Words(
        "Kegiatan rencana yang sudah ditandatangani dan masih berlaku atau selesai",
        "Items of plans that are signed, and neither replaced nor cancelled",
    ),
)
_ENDED = _items(
    Words("Selesai", "Finished"), Words("Tercapai, seluruhnya atau sebagian", "Achieved, wholly or in part")
)
_LATE = _items(
    Words("Lewat waktu", "Overdue"), Words("Masih terbuka setelah hari terakhirnya", "Open after their last day")
)
_GIVEN = _items(Words("Dengan keluaran", "With output"), Words("Keluarannya sudah dicatat", "Their output is recorded"))


def _submitted(frame: Frame) -> Select[Any]:
    """A line for each year in which there is a plan, and for this year."""
    own = _PLANS.c
    this = select(literal(frame.today.year).label("year"), null().label("forwarded_on"))
    years = union_all(
        select(own.year, cast(own.forwarded_on, Text)).where(own.tenant_id == frame.tenant), this
    ).subquery()
    return select(
        cast(years.c.year, Text).label("dimension_1"),
        cast(years.c.year, Text).label("label_1"),
        func.least(func.count(years.c.forwarded_on), 1).label("n_forwarded"),
        literal(1).label("d_forwarded"),
    ).group_by(years.c.year)


def standing_items(frame: Frame) -> tuple[FromClause, ColumnElement[bool]]:
    """The items of plans that are signed, and neither replaced nor cancelled: what to select from, and where."""
    own, plan = _ITEMS.c, _PLANS.c
    stands: ColumnElement[bool] = or_(*(plan.state == each.value for each in _STANDING))
    joined = _PLANS.join(_ITEMS, (own.tenant_id == frame.tenant) & (own.plan_id == plan.id))
    return joined, (plan.tenant_id == frame.tenant) & stands


def _by_plan(frame: Frame) -> Select[Any]:
    """A line for each plan that stands."""
    own, plan = _ITEMS.c, _PLANS.c
    joined, where = standing_items(frame)
    today, every = type_coerce(literal(frame.today), own.ends_on.type), func.count(own.id)
    done: ColumnElement[bool] = or_(*(own.state == each.value for each in _DONE))
    return (
        select(
            cast(plan.id, Text).label("dimension_1"),
            plan.title.label("label_1"),
            every.label("n_items"),
            every.filter(done).label("n_done"),
            every.label("d_done"),
            every.filter(standing.overdue(own, today)).label("n_overdue"),
            every.label("d_overdue"),
            every.filter(own.actual_output.is_not(None)).label("n_output"),
            every.label("d_output"),
        )
        .select_from(joined)
        .where(where)
        .group_by(plan.id, plan.title)
    )


def _by_status(frame: Frame) -> Select[Any]:
    """A line for each plan and status."""
    own, plan = _ITEMS.c, _PLANS.c
    joined, where = standing_items(frame)
    status = standing.status(own, type_coerce(literal(frame.today), own.ends_on.type))
    return (
        select(
            cast(plan.id, Text).label("dimension_1"),
            plan.title.label("label_1"),
            status.label("dimension_2"),
            func.count(own.id).label("n_status"),
        )
        .select_from(joined)
        .where(where)
        .group_by(plan.id, plan.title, status)
    )


REPORTS = (
    Definition(
        code="R-26",
        title=Words("Pengiriman rencana aksi", "Submission of action plans"),
        formula=Words(
            "kecamatan dengan rencana terkirim ÷ kecamatan × 100", "kecamatan with a forwarded plan ÷ kecamatan × 100"
        ),
        terms=(
            Term(
                Words("Diteruskan", "Forwarded"),
                Words(
                    "Ditandatangani camat dan diteruskan ke bupati atau wali kota",
                    "Signed by the camat and forwarded to the regent or mayor",
                ),
                BASIS,
            ),
        ),
        figures=(
            Figure(
                key="forwarded",
                title=Words("Rencana terkirim", "Forwarded"),
                definition=Words(
                    "Bagian kecamatan yang meneruskan rencana", "Part of the kecamatan that forwarded one"
                ),
                interpretation=Words("100 berarti semua kecamatan", "100 means every kecamatan"),
                unit=IN_PERCENT,
                numerator=_FORWARDED,
                denominator=_KECAMATAN,
                factor=PERCENT,
                below=sources.ALL,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis=BASIS,
        dimensions=(Dimension("year", Words("Tahun", "Year")),),
        tallies=(Tally(_submitted, ReportOrigin.ACTS),),
        marks=frozenset({"ActionPlan"}),
    ),
    Definition(
        code="R-27",
        title=Words("Kemajuan rencana aksi", "Progress of action plans"),
        formula=Words(
            "kegiatan menurut status; kegiatan lewat waktu ÷ kegiatan × 100; keluaran ÷ kegiatan × 100",
            "items by status; overdue items ÷ items × 100; outputs ÷ items × 100",
        ),
        terms=(
            Term(
                Words("Terlambat", "Delayed"),
                Words(
                    "Direncanakan atau dikerjakan, dan hari terakhirnya sudah lewat",
                    "Planned or in progress, and its last day has passed",
                ),
                BASIS,
            ),
        ),
        figures=(
            Figure(
                key="items",
                title=Words("Kegiatan", "Items"),
                definition=Words("Jumlah kegiatan rencana", "Number of items of the plan"),
                interpretation=Words("Besarnya rencana", "How large the plan is"),
                unit=_ITEM,
                numerator=_ALL,
            ),
            Figure(
                key="done",
                title=Words("Selesai", "Finished"),
                definition=Words("Bagian kegiatan yang selesai", "Part of the items that are finished"),
                interpretation=Words("100 berarti rencana selesai", "100 means that the plan is finished"),
                unit=IN_PERCENT,
                numerator=_ENDED,
                denominator=_ALL,
                factor=PERCENT,
            ),
            Figure(
                key="overdue",
                title=Words("Lewat waktu", "Overdue"),
                definition=Words("Bagian kegiatan yang lewat waktu", "Part of the items that are overdue"),
                interpretation=Words("Di atas 0 perlu ditindaklanjuti", "Over 0 calls for action"),
                unit=IN_PERCENT,
                numerator=_LATE,
                denominator=_ALL,
                factor=PERCENT,
                above=sources.NONE,
            ),
            Figure(
                key="output",
                title=Words("Keluaran tercatat", "Output recorded"),
                definition=Words("Bagian kegiatan dengan keluaran", "Part of the items with an output"),
                interpretation=Words("Bukti bahwa kegiatan berhasil", "Proof that items led to something"),
                unit=IN_PERCENT,
                numerator=_GIVEN,
                denominator=_ALL,
                factor=PERCENT,
            ),
            Figure(
                key="status",
                title=Words("Kegiatan menurut status", "Items by status"),
                definition=Words("Jumlah kegiatan dengan status ini", "Number of items of this status"),
                interpretation=Words("Sebaran kemajuan", "How progress is spread"),
                unit=_ITEM,
                numerator=_ALL,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis=BASIS,
        dimensions=(
            Dimension("plan", Words("Rencana aksi", "Action plan"), kept=False),
            Dimension(
                "status",
                Words("Status kegiatan", "Status of items"),
                words={each.value: Words(each.label_id, each.label_en) for each in ItemStatus},
                whole=Words("Semua kegiatan", "All items"),
            ),
        ),
        tallies=(Tally(_by_plan, ReportOrigin.ACTS), Tally(_by_status, ReportOrigin.ACTS)),
        marks=frozenset({"ActionPlan", "ActionPlanItem"}),
    ),
)
