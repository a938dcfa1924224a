"""What is handed to agencies, and what they do with it. See docs/adr/0036-what-agencies-do.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

C_TEXT = sa.Text(collation="C")
SECTORS = (
    "'EDUCATION', 'HEALTH', 'INFRASTRUCTURE', 'HOUSING', 'WATER_SANITATION', 'SOCIAL', 'FOOD', 'ECONOMY', "
    "'ENVIRONMENT', 'POPULATION_DOC', 'LICENSING', 'SECURITY', 'VILLAGE_GOVERNMENT', 'OTHER'"
)
FEEDBACK_STATES = (
    "'RECEIVED', 'TRIAGED', 'ASSIGNED', 'IN_PROGRESS', 'ESCALATED', 'ANSWERED', 'CLOSED', 'REOPENED', 'DUPLICATE', "
    "'REJECTED'"
)
PLAN_STATES = "'DRAFT', 'REVIEW', 'SIGNED', 'FORWARDED', 'RECEIVED', 'ACTIVE', 'COMPLETED', 'REVISED', 'CANCELLED'"
SERVICES = (
    "'EDUCATION', 'POSYANDU', 'IMMUNISATION', 'VITAMIN_A', 'FOOD_SUPPLY', 'RICE_AID', 'HEALTH_CARE', 'CLEAN_WATER', "
    "'ELECTRICITY', 'TRANSPORT', 'ADMINISTRATION', 'OTHER'"
)
REVIEWS = "'CHECK_RESULT', 'EVALUATE', 'COMMUNICATE_AND_REWARD', 'STUDY', 'NEW_TARGET'"


def upgrade() -> None:
    """Apply."""
    op.add_column("action_plan", sa.Column("forwarded_agency", C_TEXT, nullable=True))
    op.create_foreign_key(
        op.f("fk_action_plan_forwarded_agency"), "action_plan", "agency", ["forwarded_agency"], ["code"]
    )
    _assignments()
    _acts()
    for table in ("agency_assignment", "agency_act"):
        protect(op.execute, table, kind=Kind.TENANT)
    # What lies with an agency follows the kecamatan, and what came of an act is the worker's to say.
    op.execute("revoke insert, update on agency_assignment from hub_api")
    op.execute("revoke update on agency_act from hub_api")


def _assignments() -> None:
    checks = {
        "kind_known": "kind IN ('FEEDBACK', 'OFFICE_COMPLAINT', 'ACTION_PLAN')",
        "state_known": "state IN ('SENT', 'ACKNOWLEDGED', 'RETURNED', 'DONE')",
        "sector_known": f"sector IN ({SECTORS})",
        "feedback_state_known": f"feedback_state IN ({FEEDBACK_STATES})",
        "plan_state_known": f"plan_state IN ({PLAN_STATES})",
        "affected_services_known": f"affected_services <@ ARRAY[{SERVICES}]::text[]",
        "plan_has_state": "(kind = 'ACTION_PLAN') = (plan_state is not null)",
        "feedback_has_state": "(kind = 'ACTION_PLAN') = (feedback_state is null)",
    }
    op.create_table(
        "agency_assignment",
        *_row(),
        sa.Column("kind", C_TEXT, nullable=False),
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("home_code", C_TEXT, nullable=False),
        sa.Column("home_name", sa.Text(), nullable=False),
        sa.Column("object_ref", C_TEXT, nullable=False),
        sa.Column("state", C_TEXT, nullable=False),
        sa.Column("feedback_state", C_TEXT, nullable=True),
        sa.Column("plan_state", C_TEXT, nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("sector", C_TEXT, nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("affected_services", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("affected_population", sa.Integer(), nullable=True),
        sa.Column("village_names", sa.ARRAY(sa.Text()), nullable=False),
        *_checked("agency_assignment", checks),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agency_assignment")),
    )
    for column in ("kind", "state", "due_on", "sent_on", "home_code"):
        name = op.f(f"ix_agency_assignment_tenant_id_{column}_id")
        op.create_index(name, "agency_assignment", ["tenant_id", column, "id"])


def _acts() -> None:
    checks = {
        "kind_known": "kind IN ('RECEIPT', 'RETURN', 'ANSWER', 'REVIEW')",
        "state_known": "state IN ('SENT', 'CARRIED', 'REFUSED')",
        "review_kind_known": f"review_kind IN ({REVIEWS})",
        "review_has_kind": "(kind = 'REVIEW') = (review_kind is not null)",
        "says_something": "kind = 'RECEIPT' or text is not null",
        "refused_for_a_reason": "(state = 'REFUSED') = (refusal is not null)",
        "settled_once": "(state = 'SENT') = (settled_at is null)",
    }
    op.create_table(
        "agency_act",
        *_row(),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", C_TEXT, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("review_kind", C_TEXT, nullable=True),
        sa.Column("new_target", sa.Text(), nullable=True),
        sa.Column("lang", C_TEXT, nullable=False),
        sa.Column("state", C_TEXT, nullable=False),
        sa.Column("refusal", C_TEXT, nullable=True),
        sa.Column("refusal_sentence", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *_checked("agency_act", checks),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["agency_assignment.tenant_id", "agency_assignment.id"],
            name=op.f("fk_agency_act_tenant_id_assignment_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agency_act")),
    )
    for column in ("assignment_id", "state"):
        op.create_index(op.f(f"ix_agency_act_tenant_id_{column}_id"), "agency_act", ["tenant_id", column, "id"])
    op.create_index(
        "uq_agency_act_on_the_way",
        "agency_act",
        ["tenant_id", "assignment_id", "kind"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _checked(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()]


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
