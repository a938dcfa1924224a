"""Action plans, links, members of partner organizations, agencies as parties. See docs/adr/0028-plans-and-links.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# How many links in force start from a commitment or from an item of a plan. It reads as whoever calls it.
LINKS = """
create function hub_links(of_commitment uuid, of_item uuid) returns int
language sql stable
set search_path = public, pg_temp
as $body$
    select count(*)::int from link l
    where l.tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)
      and l.ended_at is null and (l.commitment_id = of_commitment or l.item_id = of_item)
$body$
"""
# Who takes part in an item of a draft may be taken out again, as a party of a draft may.
DRAFT = """
create policy draft on plan_item_stakeholder as restrictive for delete to hub_api using (
    exists (
        select from action_plan_item i join action_plan p on p.tenant_id = i.tenant_id and p.id = i.plan_id
        where i.tenant_id = plan_item_stakeholder.tenant_id and i.id = plan_item_stakeholder.item_id
          and p.state = 'DRAFT'
    )
)
"""


def upgrade() -> None:
    """Apply."""
    _action_plan()
    _action_plan_item()
    _plan_item_stakeholder()
    _plan_item_problem()
    _plan_item_evidence()
    _action_plan_review()
    _partner_member()
    _link()
    _agency_as_party()
    _end_of_organizations()
    op.execute(DRAFT)
    op.execute("grant delete on plan_item_stakeholder to hub_api")
    op.execute(LINKS)
    op.execute("revoke all on function hub_links(uuid, uuid) from public")
    op.execute("grant execute on function hub_links(uuid, uuid) to hub_api")


def _action_plan() -> None:
    op.create_table(
        "action_plan",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kecamatan_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("revises_id", sa.Uuid(), nullable=True),
        sa.Column("background_why", sa.Text(), nullable=True),
        sa.Column("background_what", sa.Text(), nullable=True),
        sa.Column("background_how", sa.Text(), nullable=True),
        sa.Column("goals_benefits", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_place", sa.Text(), nullable=True),
        sa.Column("signatory_name", sa.Text(), nullable=True),
        sa.Column("signatory_position", sa.Text(), nullable=True),
        sa.Column("forwarded_on", sa.Date(), nullable=True),
        sa.Column("forwarded_to", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("receipt_note", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=True),
        sa.Column("organizations", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'REVIEW', 'SIGNED', 'FORWARDED', 'RECEIVED', 'ACTIVE', 'COMPLETED', 'REVISED', 'CANCELLED')",
            name=op.f("ck_action_plan_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "kecamatan_id"],
            ["kecamatan.tenant_id", "kecamatan.id"],
            name=op.f("fk_action_plan_tenant_id_kecamatan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "revises_id"],
            ["action_plan.tenant_id", "action_plan.id"],
            name=op.f("fk_action_plan_tenant_id_revises_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_action_plan")),
    )
    op.create_index(
        op.f("ix_action_plan_tenant_id_kecamatan_id_id"),
        "action_plan",
        ["tenant_id", "kecamatan_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_plan_tenant_id_revises_id_id"), "action_plan", ["tenant_id", "revises_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_action_plan_tenant_id_state_id"), "action_plan", ["tenant_id", "state", "id"], unique=False
    )
    op.create_index(
        op.f("ix_action_plan_tenant_id_title_id"), "action_plan", ["tenant_id", "title", "id"], unique=False
    )
    op.create_index(op.f("ix_action_plan_tenant_id_year_id"), "action_plan", ["tenant_id", "year", "id"], unique=False)
    protect(op.execute, "action_plan", kind=Kind.TENANT)


def _action_plan_item() -> None:
    op.create_table(
        "action_plan_item",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("resource_needed", sa.Text(), nullable=True),
        sa.Column("resource_source", sa.Text(), nullable=True),
        sa.Column("expected_result", sa.Text(), nullable=True),
        sa.Column("target", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("actual", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("actual_output", sa.Text(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("progress_percent", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("end_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('PLANNED', 'IN_PROGRESS', 'BLOCKED', 'ACHIEVED', 'PARTIALLY_ACHIEVED', 'CANCELLED')",
            name=op.f("ck_action_plan_item_state_known"),
        ),
        sa.CheckConstraint(
            "unit IN ('PERCENT', 'TIMES', 'PERSON', 'HOUSE', 'DOCUMENT', 'VILLAGE', 'VEHICLE')",
            name=op.f("ck_action_plan_item_unit_known"),
        ),
        sa.CheckConstraint("(target is null) = (unit is null)", name=op.f("ck_action_plan_item_target_has_unit")),
        sa.CheckConstraint("actual is null or target is not null", name=op.f("ck_action_plan_item_actual_has_target")),
        sa.CheckConstraint("progress_percent between 0 and 100", name=op.f("ck_action_plan_item_progress_is_percent")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_action_plan_item_time_in_order")),
        sa.CheckConstraint("target > 0 and actual >= 0", name=op.f("ck_action_plan_item_figures_not_negative")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["action_plan.tenant_id", "action_plan.id"],
            name=op.f("fk_action_plan_item_tenant_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_action_plan_item")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "position", name=op.f("uq_action_plan_item_tenant_id_plan_id_position")
        ),
    )
    op.create_index(
        op.f("ix_action_plan_item_tenant_id_ends_on_id"),
        "action_plan_item",
        ["tenant_id", "ends_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_plan_item_tenant_id_plan_id_position_id"),
        "action_plan_item",
        ["tenant_id", "plan_id", "position", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_plan_item_tenant_id_state_id"), "action_plan_item", ["tenant_id", "state", "id"], unique=False
    )
    protect(op.execute, "action_plan_item", kind=Kind.TENANT)


def _plan_item_stakeholder() -> None:
    op.create_table(
        "plan_item_stakeholder",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("agency_code", sa.Text(collation="C"), nullable=True),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(village_id, organization_id, agency_code, citizen_id, name) = 1",
            name=op.f("ck_plan_item_stakeholder_arc"),
        ),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"], name=op.f("fk_plan_item_stakeholder_agency_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_plan_item_stakeholder_tenant_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["action_plan_item.tenant_id", "action_plan_item.id"],
            name=op.f("fk_plan_item_stakeholder_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organization_id"],
            ["partner_organization.tenant_id", "partner_organization.id"],
            name=op.f("fk_plan_item_stakeholder_tenant_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_plan_item_stakeholder_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_item_stakeholder")),
        sa.UniqueConstraint(
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
    )
    op.create_index(
        op.f("ix_plan_item_stakeholder_tenant_id_citizen_id_id"),
        "plan_item_stakeholder",
        ["tenant_id", "citizen_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_plan_item_stakeholder_tenant_id_item_id_id"),
        "plan_item_stakeholder",
        ["tenant_id", "item_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_plan_item_stakeholder_tenant_id_organization_id_id"),
        "plan_item_stakeholder",
        ["tenant_id", "organization_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_plan_item_stakeholder_tenant_id_village_id_id"),
        "plan_item_stakeholder",
        ["tenant_id", "village_id", "id"],
        unique=False,
    )
    protect(op.execute, "plan_item_stakeholder", kind=Kind.TENANT)


def _plan_item_problem() -> None:
    op.create_table(
        "plan_item_problem",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("solved_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(solution is null) = (solved_on is null)", name=op.f("ck_plan_item_problem_solved_on_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["action_plan_item.tenant_id", "action_plan_item.id"],
            name=op.f("fk_plan_item_problem_tenant_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_item_problem")),
    )
    op.create_index(
        op.f("ix_plan_item_problem_tenant_id_item_id_id"),
        "plan_item_problem",
        ["tenant_id", "item_id", "id"],
        unique=False,
    )
    protect(op.execute, "plan_item_problem", kind=Kind.TENANT)


def _plan_item_evidence() -> None:
    op.create_table(
        "plan_item_evidence",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("captured_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('DOCUMENT', 'PHOTO', 'MINUTES', 'ATTENDANCE', 'DISPLAY', 'FULFILMENT', 'OTHER')",
            name=op.f("ck_plan_item_evidence_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["action_plan_item.tenant_id", "action_plan_item.id"],
            name=op.f("fk_plan_item_evidence_tenant_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_item_evidence")),
    )
    op.create_index(
        op.f("ix_plan_item_evidence_tenant_id_item_id_id"),
        "plan_item_evidence",
        ["tenant_id", "item_id", "id"],
        unique=False,
    )
    protect(op.execute, "plan_item_evidence", kind=Kind.TENANT)


def _action_plan_review() -> None:
    op.create_table(
        "action_plan_review",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("new_target", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'NEW_TARGET' or new_target is not null", name=op.f("ck_action_plan_review_new_target_is_said")
        ),
        sa.CheckConstraint(
            "kind IN ('CHECK_RESULT', 'EVALUATE', 'COMMUNICATE_AND_REWARD', 'STUDY', 'NEW_TARGET')",
            name=op.f("ck_action_plan_review_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["action_plan.tenant_id", "action_plan.id"],
            name=op.f("fk_action_plan_review_tenant_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_action_plan_review")),
    )
    op.create_index(
        op.f("ix_action_plan_review_tenant_id_plan_id_id"),
        "action_plan_review",
        ["tenant_id", "plan_id", "id"],
        unique=False,
    )
    protect(op.execute, "action_plan_review", kind=Kind.TENANT)


def _partner_member() -> None:
    op.create_table(
        "partner_member",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until is null or until >= since", name=op.f("ck_partner_member_until_after_since")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_partner_member_tenant_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organization_id"],
            ["partner_organization.tenant_id", "partner_organization.id"],
            name=op.f("fk_partner_member_tenant_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_partner_member_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_partner_member")),
    )
    op.create_index(
        op.f("ix_partner_member_tenant_id_citizen_id_id"),
        "partner_member",
        ["tenant_id", "citizen_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_member_tenant_id_organization_id_id"),
        "partner_member",
        ["tenant_id", "organization_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_member_tenant_id_village_id_id"),
        "partner_member",
        ["tenant_id", "village_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_partner_member_once",
        "partner_member",
        ["tenant_id", "organization_id", "citizen_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    protect(op.execute, "partner_member", kind=Kind.PERSON, village="village_id")


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relation", sa.Text(collation="C"), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("permit_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("to_commitment_id", sa.Uuid(), nullable=True),
        sa.Column("to_item_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(relation = 'EVIDENCED_BY') = (file_id is not null)", name=op.f("ck_link_relation_fits")),
        sa.CheckConstraint("relation IN ('FULFILLED_BY', 'EVIDENCED_BY')", name=op.f("ck_link_relation_known")),
        sa.CheckConstraint("(ended_at is null) = (end_reason is null)", name=op.f("ck_link_ended_for_a_reason")),
        sa.CheckConstraint("num_nonnulls(commitment_id, item_id) = 1", name=op.f("ck_link_start")),
        sa.CheckConstraint(
            "num_nonnulls(permit_id, event_id, file_id, to_commitment_id, to_item_id) = 1", name=op.f("ck_link_arc")
        ),
        sa.CheckConstraint(
            "to_commitment_id is distinct from commitment_id or to_commitment_id is null",
            name=op.f("ck_link_not_to_itself"),
        ),
        sa.CheckConstraint(
            "to_item_id is distinct from item_id or to_item_id is null", name=op.f("ck_link_item_not_to_itself")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "commitment_id"],
            ["commitment.tenant_id", "commitment.id"],
            name=op.f("fk_link_tenant_id_commitment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["vital_event.tenant_id", "vital_event.id"],
            name=op.f("fk_link_tenant_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["stored_file.tenant_id", "stored_file.id"],
            name=op.f("fk_link_tenant_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["action_plan_item.tenant_id", "action_plan_item.id"],
            name=op.f("fk_link_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "permit_id"],
            ["building_permit.tenant_id", "building_permit.id"],
            name=op.f("fk_link_tenant_id_permit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_commitment_id"],
            ["commitment.tenant_id", "commitment.id"],
            name=op.f("fk_link_tenant_id_to_commitment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_item_id"],
            ["action_plan_item.tenant_id", "action_plan_item.id"],
            name=op.f("fk_link_tenant_id_to_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_link")),
    )
    op.create_index(
        op.f("ix_link_tenant_id_commitment_id_id"), "link", ["tenant_id", "commitment_id", "id"], unique=False
    )
    op.create_index(op.f("ix_link_tenant_id_event_id_id"), "link", ["tenant_id", "event_id", "id"], unique=False)
    op.create_index(op.f("ix_link_tenant_id_file_id_id"), "link", ["tenant_id", "file_id", "id"], unique=False)
    op.create_index(op.f("ix_link_tenant_id_item_id_id"), "link", ["tenant_id", "item_id", "id"], unique=False)
    op.create_index(op.f("ix_link_tenant_id_permit_id_id"), "link", ["tenant_id", "permit_id", "id"], unique=False)
    op.create_index(
        op.f("ix_link_tenant_id_to_commitment_id_id"), "link", ["tenant_id", "to_commitment_id", "id"], unique=False
    )
    op.create_index(op.f("ix_link_tenant_id_to_item_id_id"), "link", ["tenant_id", "to_item_id", "id"], unique=False)
    op.create_index(
        "uq_link_once",
        "link",
        ["tenant_id", "commitment_id", "item_id", "permit_id", "event_id", "file_id", "to_commitment_id", "to_item_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    protect(op.execute, "link", kind=Kind.TENANT)


def _agency_as_party() -> None:
    name = "commitment_party"
    op.add_column(name, sa.Column("agency_code", sa.Text(collation="C"), nullable=True))
    op.create_foreign_key(op.f(f"fk_{name}_agency_code"), name, "agency", ["agency_code"], ["code"])
    op.drop_constraint(op.f(f"ck_{name}_arc"), name)
    op.create_check_constraint(
        op.f(f"ck_{name}_arc"),
        name,
        "num_nonnulls(village_id, organization_id, kecamatan_id, citizen_id, agency_code) = 1",
    )
    op.drop_constraint("uq_commitment_party_once", name)
    op.create_unique_constraint(
        "uq_commitment_party_once",
        name,
        [
            "tenant_id",
            "commitment_id",
            "village_id",
            "organization_id",
            "kecamatan_id",
            "citizen_id",
            "agency_code",
            "role",
        ],
        postgresql_nulls_not_distinct=True,
    )


def _end_of_organizations() -> None:
    op.add_column("partner_organization", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("partner_organization", sa.Column("end_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
