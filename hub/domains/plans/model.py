"""Action plans (rencana aksi) in the form of the handbook: why, what and how, aims, and a table of items.

See docs/adr/0028-plans-and-links.md.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Numeric, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from hub.domains.commitments.model import EvidenceKind
from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    exactly_one,
    one_of,
    tenant_index,
)
from hub.store.rls import OVERSEES, PARTY


class PlanState(Word):
    """State of an action plan."""

    DRAFT = "DRAFT", "Rancangan", "Draft"
    REVIEW = "REVIEW", "Ditelaah", "Under review"
    SIGNED = "SIGNED", "Ditandatangani", "Signed"
    FORWARDED = "FORWARDED", "Diteruskan ke kabupaten", "Forwarded to the district"
    RECEIVED = "RECEIVED", "Diterima kabupaten", "Received by the district"
    ACTIVE = "ACTIVE", "Berjalan", "Under way"
    COMPLETED = "COMPLETED", "Selesai", "Completed"
    REVISED = "REVISED", "Diganti edisi baru", "Replaced by a new edition"
    CANCELLED = "CANCELLED", "Dibatalkan", "Cancelled"


class ItemState(Word):
    """State of an item of a plan as acts have made it."""

    PLANNED = "PLANNED", "Direncanakan", "Planned"
    IN_PROGRESS = "IN_PROGRESS", "Dikerjakan", "In progress"
    BLOCKED = "BLOCKED", "Terhambat", "Blocked"
    ACHIEVED = "ACHIEVED", "Tercapai", "Achieved"
    PARTIALLY_ACHIEVED = "PARTIALLY_ACHIEVED", "Tercapai sebagian", "Partially achieved"
    CANCELLED = "CANCELLED", "Dibatalkan", "Cancelled"


class ItemStatus(Word):
    """Status of an item on a day: its state, or what the calendar and the figures make of it."""

    PLANNED = "PLANNED", "Direncanakan", "Planned"
    IN_PROGRESS = "IN_PROGRESS", "Dikerjakan", "In progress"
    DELAYED = "DELAYED", "Terlambat", "Delayed"
    BLOCKED = "BLOCKED", "Terhambat", "Blocked"
    ACHIEVED = "ACHIEVED", "Tercapai", "Achieved"
    OVER_ACHIEVED = "OVER_ACHIEVED", "Melampaui target", "Over-achieved"
    PARTIALLY_ACHIEVED = "PARTIALLY_ACHIEVED", "Tercapai sebagian", "Partially achieved"
    CANCELLED = "CANCELLED", "Dibatalkan", "Cancelled"


class TargetUnit(Word):
    """Unit in which a target is counted."""

    PERCENT = "PERCENT", "Persen", "Percent"
    TIMES = "TIMES", "Kali", "Times"
    PERSON = "PERSON", "Orang", "Persons"
    HOUSE = "HOUSE", "Rumah", "Houses"
    DOCUMENT = "DOCUMENT", "Dokumen", "Documents"
    VILLAGE = "VILLAGE", "Desa", "Villages"
    VEHICLE = "VEHICLE", "Kendaraan", "Vehicles"


class PlanReviewKind(Word):
    """Kind of a review that follows a plan up (menindaklanjuti)."""

    CHECK_RESULT = "CHECK_RESULT", "Memeriksa hasil", "Check the result"
    EVALUATE = "EVALUATE", "Mengevaluasi", "Evaluate"
    COMMUNICATE_AND_REWARD = "COMMUNICATE_AND_REWARD", "Menyampaikan dan menghargai", "Communicate and reward"
    STUDY = "STUDY", "Mengambil pelajaran", "Learn from it"
    NEW_TARGET = "NEW_TARGET", "Menetapkan target baru", "Set a new target"


class ActionPlan(TenantRow, table=True):
    """An action plan of a kecamatan for a year; a revised one goes on as a new edition."""

    __tablename__ = "action_plan"
    __table_args__ = (
        belongs("kecamatan_id", "kecamatan"),
        belongs("revises_id", "action_plan"),
        one_of("state", PlanState),
        tenant_index("kecamatan_id", "id"),
        tenant_index("revises_id", "id"),
        tenant_index("state", "id"),
        tenant_index("title", "id"),
        tenant_index("year", "id"),
    )

    kecamatan_id: UUID
    title: str = Field(sa_type=C_TEXT)
    year: int
    edition: int = Field(default=1)
    revises_id: UUID | None = None
    background_why: str | None = Field(default=None, sa_type=Text)
    background_what: str | None = Field(default=None, sa_type=Text)
    background_how: str | None = Field(default=None, sa_type=Text)
    goals_benefits: str | None = Field(default=None, sa_type=Text)
    state: str = Field(default=PlanState.DRAFT.value, sa_type=C_TEXT)
    published: bool = Field(default=False)
    review_note: str | None = Field(default=None, sa_type=Text)
    signed_on: date | None = None
    signed_place: str | None = Field(default=None, sa_type=Text)
    signatory_name: str | None = Field(default=None, sa_type=Text)
    signatory_position: str | None = Field(default=None, sa_type=Text)
    forwarded_on: date | None = None
    forwarded_to: str | None = Field(default=None, sa_type=Text)
    forwarded_agency: str | None = Field(default=None, sa_type=C_TEXT, foreign_key="agency.code")
    received_on: date | None = None
    receipt_number: str | None = Field(default=None, sa_type=Text)
    receipt_note: str | None = Field(default=None, sa_type=Text)
    started_on: date | None = None
    ended_on: date | None = None
    end_note: str | None = Field(default=None, sa_type=Text)
    organizations: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))


class ActionPlanItem(TenantRow, table=True):
    """A line of a plan's table: activity, time, output, who answers for it, and how far it is."""

    __tablename__ = "action_plan_item"
    __table_args__ = (
        belongs("plan_id", "action_plan"),
        one_of("state", ItemState),
        one_of("unit", TargetUnit),
        CheckConstraint("starts_on <= ends_on", name="time_in_order"),
        CheckConstraint("(target is null) = (unit is null)", name="target_has_unit"),
        CheckConstraint("actual is null or target is not null", name="actual_has_target"),
        CheckConstraint("target > 0 and actual >= 0", name="figures_not_negative"),
        CheckConstraint("progress_percent between 0 and 100", name="progress_is_percent"),
        UniqueConstraint("tenant_id", "plan_id", "position"),
        tenant_index("plan_id", "position", "id"),
        tenant_index("state", "id"),
        tenant_index("ends_on", "id"),
    )

    plan_id: UUID
    position: int
    activity: str = Field(sa_type=Text)
    starts_on: date
    ends_on: date
    output: str = Field(sa_type=Text)
    responsible: str = Field(sa_type=Text)
    resource_needed: str | None = Field(default=None, sa_type=Text)
    resource_source: str | None = Field(default=None, sa_type=Text)
    expected_result: str | None = Field(default=None, sa_type=Text)
    target: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    unit: str | None = Field(default=None, sa_type=C_TEXT)
    actual: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    actual_output: str | None = Field(default=None, sa_type=Text)
    actual_on: date | None = None
    progress_percent: int = Field(default=0)
    state: str = Field(default=ItemState.PLANNED.value, sa_type=C_TEXT)
    end_note: str | None = Field(default=None, sa_type=Text)


class PlanItemStakeholder(TenantRow, table=True):
    """Who takes part in an item: a village, an organization, an agency, a person, or a group by its name."""

    __tablename__ = "plan_item_stakeholder"
    __table_args__ = (
        belongs("item_id", "action_plan_item"),
        belongs("village_id", "village"),
        belongs("organization_id", "partner_organization"),
        belongs("citizen_id", "citizen"),
        exactly_one("village_id", "organization_id", "agency_code", "citizen_id", "name"),
        UniqueConstraint(
            "tenant_id",
            "item_id",
            "village_id",
            "organization_id",
            "agency_code",
            "citizen_id",
            "name",
            name="uq_plan_item_stakeholder_once",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_index("item_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("organization_id", "id"),
        tenant_index("citizen_id", "id"),
    )

    item_id: UUID
    village_id: UUID | None = None
    organization_id: UUID | None = None
    agency_code: str | None = Field(default=None, sa_type=C_TEXT, foreign_key="agency.code")
    citizen_id: UUID | None = None
    name: str | None = Field(default=None, sa_type=Text)


class PlanItemProblem(TenantRow, table=True):
    """A problem of an item; it is open until a solution is written. The target stays as it was."""

    __tablename__ = "plan_item_problem"
    __table_args__ = (
        belongs("item_id", "action_plan_item"),
        CheckConstraint("(solution is null) = (solved_on is null)", name="solved_on_a_day"),
        tenant_index("item_id", "id"),
    )

    item_id: UUID
    problem: str = Field(sa_type=Text)
    raised_on: date
    solution: str | None = Field(default=None, sa_type=Text)
    solved_on: date | None = None


class PlanItemEvidence(TenantRow, table=True):
    """Evidence of an item: where the paper, photo or minutes can be found. Stored files are linked instead."""

    __tablename__ = "plan_item_evidence"
    __table_args__ = (
        belongs("item_id", "action_plan_item"),
        one_of("kind", EvidenceKind),
        tenant_index("item_id", "id"),
    )

    item_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    description: str = Field(sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    captured_on: date | None = None


class ActionPlanReview(TenantRow, table=True):
    """A review of a plan that is under way or completed."""

    __tablename__ = "action_plan_review"
    __table_args__ = (
        belongs("plan_id", "action_plan"),
        one_of("kind", PlanReviewKind),
        CheckConstraint("kind <> 'NEW_TARGET' or new_target is not null", name="new_target_is_said"),
        tenant_index("plan_id", "id"),
    )

    plan_id: UUID
    reviewed_on: date
    kind: str = Field(sa_type=C_TEXT)
    note: str = Field(sa_type=Text)
    new_target: str | None = Field(default=None, sa_type=Text)


# Who reads a plan from outside: everybody what is published, an organization what it is a stakeholder of, the district
# above what the camat has signed. What hangs on a plan is read with it; problems and reviews are not for everybody.
_CONCERNED = f"{PARTY} = any ({{0}}organizations) or ({{0}}signed_on is not null and {OVERSEES})"
_WITH_PLAN = "exists (select from action_plan p where p.tenant_id = {0}.tenant_id and p.id = {0}.plan_id{1})"
_WITH_ITEM = "exists (select from action_plan_item i where i.tenant_id = {0}.tenant_id and i.id = {0}.item_id)"
_INNER = (
    "exists (select from action_plan_item i join action_plan p on p.tenant_id = i.tenant_id and p.id = i.plan_id "
    "where i.tenant_id = {0}.tenant_id and i.id = {0}.item_id and ({1}))"
)
_NOBODY = "a plan names offices by their positions; what people wrote in it is the kecamatan's own paper"

describe(
    ActionPlan,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    outside=all_columns(ActionPlan),
    published=f"published or {_CONCERNED.format('')}",
)
describe(
    ActionPlanItem,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    outside=all_columns(ActionPlanItem),
    published=_WITH_PLAN.format("action_plan_item", ""),
)
describe(
    PlanItemStakeholder,
    Kind.TENANT,
    Retention.ARCHIVE,
    subject="citizen_id",
    outside=tuple(name for name in all_columns(PlanItemStakeholder) if name != "citizen_id"),
    published="citizen_id is null and " + _WITH_ITEM.format("plan_item_stakeholder"),
    rights={"hub_api": ("SELECT", "INSERT", "UPDATE", "DELETE")},
)
describe(
    PlanItemProblem,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    outside=all_columns(PlanItemProblem),
    published=_INNER.format("plan_item_problem", _CONCERNED.format("p.")),
)
describe(
    PlanItemEvidence,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    outside=all_columns(PlanItemEvidence),
    published=_WITH_ITEM.format("plan_item_evidence"),
)
describe(
    ActionPlanReview,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody=_NOBODY,
    outside=all_columns(ActionPlanReview),
    published=_WITH_PLAN.format("action_plan_review", f" and ({_CONCERNED.format('p.')})"),
)
