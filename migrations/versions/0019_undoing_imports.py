"""What imports have written can be undone. See docs/adr/0023-undoing-imports.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name in ("undoable_until", "undone_at"):
        op.add_column("import_batch", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_import_batch_state_known"), "import_batch")
    op.create_check_constraint(
        op.f("ck_import_batch_state_known"),
        "import_batch",
        "state IN ('READING', 'APPLYING', 'WAITING', 'DONE', 'REFUSED', 'ABANDONED', 'UNDONE')",
    )
    op.create_index(op.f("ix_import_batch_tenant_id_state"), "import_batch", ["tenant_id", "state"])
    op.create_table(
        "before_import",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("not fresh or sealed is null", name=op.f("ck_before_import_fresh_has_no_past")),
        _to("before_import", "batch_id", "import_batch"),
        _to("before_import", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "id", name=op.f("pk_before_import")),
    )
    for column in ("id", "citizen_id", "village_id"):
        op.create_index(op.f(f"ix_before_import_tenant_id_{column}"), "before_import", ["tenant_id", column])
    protect(op.execute, "before_import", kind=Kind.PERSON, village="village_id")
    op.execute("grant delete on before_import to hub_api, hub_worker")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
