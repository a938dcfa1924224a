"""Action plans in the graph."""

from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement

from hub.domains.commitments.model import EvidenceKind
from hub.domains.plans import policy, standing
from hub.domains.plans.model import ActionPlan as Model
from hub.domains.plans.model import ActionPlanItem as ItemModel
from hub.domains.plans.model import ActionPlanReview as ReviewModel
from hub.domains.plans.model import (
    ItemState,
    ItemStatus,
    PlanReviewKind,
    PlanState,
    TargetUnit,
)
from hub.domains.plans.model import PlanItemEvidence as EvidenceModel
from hub.domains.plans.model import PlanItemProblem as ProblemModel
from hub.domains.plans.model import PlanItemStakeholder as StakeholderModel
from hub.domains.plans.policy import PlanAction
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    arc,
    column,
    computed,
    derived,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, Decimal
from hub.kernel.steps import Step
from hub.schema.agencies.types import Agency
from hub.schema.citizens.types import Citizen
from hub.schema.kecamatan.types import Kecamatan
from hub.schema.partners.types import PartnerOrganization
from hub.schema.villages.types import Village

Stakeholder = Annotated[
    Village | PartnerOrganization | Agency | Citizen,
    strawberry.union(
        "Stakeholder",
        description="Who can take part in an item of a plan: a village, an organization, an agency or a person.",
    ),
]

for _words in (EvidenceKind, PlanAction, PlanState, ItemState, ItemStatus, TargetUnit, PlanReviewKind):
    exposed(_words)


@strawberry.type(description="A step that may be taken with an action plan, or why it may not be taken now.")
class AllowedPlanAction:
    """What a front-end shows as a button."""

    action: PlanAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _allowed(state: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(state, binds.permissions, binds.lang)


def _overdue(c: Any, binds: Binds) -> ColumnElement[bool]:
    return standing.overdue(c, binds.today(c.tenant_id))


def _status(c: Any, binds: Binds) -> ColumnElement[str]:
    return standing.status(c, binds.today(c.tenant_id))


@node(
    Model,
    filters=("state", "year", "title"),
    orders={"YEAR": ("year",), "TITLE": ("title",)},
    groups=("state",),
)
class ActionPlan:
    """An action plan of a kecamatan (rencana aksi), in the form of the handbook."""

    version: int = column("Version, for `expectedVersion` of updates.")
    title: str = column("Name of the innovative activity (nama kegiatan inovatif).")
    year: int = column("Year it is made for (tahun).")
    edition: int = column("Edition; a revised plan goes on as the next one (edisi).")
    kecamatan: Kecamatan = one("The kecamatan.", Model.kecamatan_id)
    revises: "ActionPlan | None" = one("The edition before, where this one revises it.", Model.revises_id)
    background_why: str | None = column("Part A: why the plan is made (mengapa rencana aksi dibuat).")
    background_what: str | None = column("Part A: what the activity is (apa bentuk kegiatan inovatif).")
    background_how: str | None = column("Part A: how it comes about (bagaimana mewujudkannya).")
    goals_benefits: str | None = column("Part B: aims and benefits (tujuan dan manfaat).")
    state: PlanState = column("Where the plan stands.")
    allowed_actions: list[AllowedPlanAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        lambda c, _b: c.state,
        PlanState,
        _allowed,
    )
    published: bool = column("Whether it is open to everybody.")
    review_note: str | None = column("Comment with which it was returned (catatan telaah).")
    signed_on: Date | None = column("Day of the camat's signature.")
    signed_place: str | None = column("Place of the signature.")
    signatory_name: str | None = column("Name of the camat who signed.")
    signatory_position: str | None = column("Position (jabatan) in which it was signed.")
    forwarded_on: Date | None = column("Day it went to the district (diteruskan ke bupati/wali kota).")
    forwarded_to: str | None = column("To whom it went.")
    forwarded_agency: Agency | None = one(
        "The agency that takes it in for the district, where one was named.", Model.forwarded_agency
    )
    received_on: Date | None = column("Day the district received it.")
    receipt_number: str | None = column("Number of the district's receipt.")
    receipt_note: str | None = column("What the district remarked.")
    started_on: Date | None = column("Day the work began.")
    ended_on: Date | None = column("Day it was completed, replaced or cancelled.")
    end_note: str | None = column("Why it was replaced or cancelled.")
    updated_at: DateTime = column("When it was last changed.")


@node(
    ItemModel,
    filters=("state", "ends_on"),
    orders={"POSITION": ("plan_id", "position"), "ENDS_ON": ("ends_on",)},
    groups=("state",),
)
class ActionPlanItem:
    """A line of a plan's table (kegiatan, waktu, pemangku, output)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    position: int = column("Number (no).")
    activity: str = column("Activity (kegiatan).")
    starts_on: Date = column("First day (waktu mulai).")
    ends_on: Date = column("Last day (waktu selesai).")
    output: str = column("Output.")
    responsible: str = column("Position of the official who answers for it (penanggung jawab).")
    resource_needed: str | None = column("What it needs (sumber daya).")
    resource_source: str | None = column("Where that comes from (sumber).")
    expected_result: str | None = column("Desired result (hasil yang diharapkan).")
    target: Decimal | None = column("Target, counted in `unit`.")
    unit: TargetUnit | None = column("Unit of target and actual figure (satuan).")
    actual: Decimal | None = column("What was reached, in the same unit (realisasi).")
    actual_output: str | None = column("What came out of it.")
    actual_on: Date | None = column("Day of the last figure or of the end.")
    progress_percent: int = column("How far it is, in percent.")
    state: ItemState = column("State as acts have made it.")
    status: ItemStatus = computed("Status today: the state, or what the calendar and the figures make of it.", _status)
    overdue: bool = computed("Whether it is still open after its last day (lewat waktu).", _overdue)
    end_note: str | None = column("Why it was cancelled.")
    plan: ActionPlan = one("The plan.", ItemModel.plan_id)


@node(StakeholderModel, orders={"ID": ()})
class PlanItemStakeholder:
    """Who takes part in an item (pemangku kepentingan terkait)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    name: str | None = column("The name, where it is a group that is not known here.")
    stakeholder: Stakeholder | None = arc(
        "The village, organization, agency or person; null for a group that has only a name.",
        {
            StakeholderModel.village_id: "Village",
            StakeholderModel.organization_id: "PartnerOrganization",
            StakeholderModel.agency_code: "Agency",
            StakeholderModel.citizen_id: "Citizen",
        },
    )


@node(ProblemModel, orders={"ID": ()})
class PlanItemProblem:
    """A problem of an item and its solution (masalah dan penyelesaian)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    problem: str = column("The problem (masalah).")
    raised_on: Date = column("Day it was raised.")
    solution: str | None = column("The solution (penyelesaian); null while it is open.")
    solved_on: Date | None = column("Day it was solved.")


@node(EvidenceModel, orders={"ID": ()})
class PlanItemEvidence:
    """Where evidence of an item can be found (bukti pendukung)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    kind: EvidenceKind = column("Kind (jenis).")
    description: str = column("What it shows.")
    url: str | None = column("Where it can be found.")
    captured_on: Date | None = column("Day it was made.")


@node(ReviewModel, orders={"ID": ()})
class ActionPlanReview:
    """A review that follows a plan up (tindak lanjut)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    reviewed_on: Date = column("Day of the review.")
    kind: PlanReviewKind = column("Kind (jenis).")
    note: str = column("What was found (catatan).")
    new_target: str | None = column("What is aimed at from now on (target baru).")


@extend(ActionPlan)
class PlanParts:
    """What hangs on a plan."""

    items: Connection[ActionPlanItem] = many("Its items (rencana aksi), in their order.", ItemModel.plan_id)
    overdue_items: Connection[ActionPlanItem] = many(
        "Items that are still open after their last day (lewat waktu).", ItemModel.plan_id, where=_overdue
    )
    reviews: Connection[ActionPlanReview] = many(
        "Reviews (tindak lanjut); for offices, stakeholders and the district.", ReviewModel.plan_id
    )


@extend(ActionPlanItem)
class ItemParts:
    """What hangs on an item."""

    stakeholders: Connection[PlanItemStakeholder] = many(
        "Who takes part (stakeholders terkait/terlibat).", StakeholderModel.item_id
    )
    problems: Connection[PlanItemProblem] = many(
        "Problems and solutions; for offices, stakeholders and the district.", ProblemModel.item_id
    )
    evidence: Connection[PlanItemEvidence] = many("Evidence (bukti pendukung).", EvidenceModel.item_id)


@extend(PartnerOrganization)
class OrganizationPlanItems:
    """What an organization takes part in."""

    plan_items: Connection[ActionPlanItem] = many(
        "Items of action plans in which the organization takes part.",
        through=(StakeholderModel.organization_id, StakeholderModel.item_id),
    )


@extend(Village)
class VillagePlanItems:
    """What a village takes part in."""

    plan_items: Connection[ActionPlanItem] = many(
        "Items of action plans in which the village takes part.",
        through=(StakeholderModel.village_id, StakeholderModel.item_id),
    )


@queries
class PlanQueries:
    """Root fields."""

    action_plans: Connection[ActionPlan] | None = roots(
        "Action plans within your scope (rencana aksi): an office's own; those one takes part in; for a district, its "
        "agencies and the province the signed ones of their kecamatan; published ones for everybody."
    )
    action_plan: ActionPlan | None = root_one("An action plan by id.", {"id": strawberry.ID})
    action_plan_items: Connection[ActionPlanItem] | None = roots(
        "Items of the action plans within your scope; by `endsOn` and `state` those that are due."
    )
