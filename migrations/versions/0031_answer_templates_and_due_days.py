"""Templates of answers, the day on which feedback is due, imports that are begun as a dry run. See ADR 35."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

C_TEXT = sa.Text(collation="C")
KINDS = "'ASPIRATION', 'COMPLAINT', 'INFORMATION_REQUEST', 'PRAISE'"
SECTORS = (
    "'EDUCATION', 'HEALTH', 'INFRASTRUCTURE', 'HOUSING', 'WATER_SANITATION', 'SOCIAL', 'FOOD', 'ECONOMY', "
    "'ENVIRONMENT', 'POPULATION_DOC', 'LICENSING', 'SECURITY', 'VILLAGE_GOVERNMENT', 'OTHER'"
)
DUE = "case when {0}forwarded_on is null then {0}forward_due_on else coalesce({0}answer_due_on, {0}forward_due_on) end"
# A trigger and no generated column: rows are inserted whole, with every column that the model has.
KEEP_DUE = f"""
create function hub_keep_due() returns trigger language plpgsql as $body$
begin
    new.due_on := {DUE.format("new.")};
    return new;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    _templates()
    # Generated first, for rows that are there: row security hides them from an update.
    op.execute(f"alter table feedback add column due_on date not null generated always as ({DUE.format('')}) stored")
    op.execute("alter table feedback alter column due_on drop expression")
    op.execute(KEEP_DUE)
    op.execute(
        "create trigger keep_due before insert or update on feedback for each row execute function hub_keep_due()"
    )
    op.create_index(op.f("ix_feedback_tenant_id_due_on_id"), "feedback", ["tenant_id", "due_on", "id"])
    op.add_column("import_job", sa.Column("dry_run", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("import_job", "dry_run", server_default=None)


def _templates() -> None:
    name = "answer_template"
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", C_TEXT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kind", C_TEXT, nullable=True),
        sa.Column("sector", C_TEXT, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_answer_template_kind_known")),
        sa.CheckConstraint(f"sector IN ({SECTORS})", name=op.f("ck_answer_template_sector_known")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_answer_template")),
    )
    for column in ("title", "kind", "sector"):
        op.create_index(op.f(f"ix_{name}_tenant_id_{column}_id"), name, ["tenant_id", column, "id"])
    protect(op.execute, name, kind=Kind.TENANT)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
