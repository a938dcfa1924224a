"""Imports: batches and their staged rows."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "import_batch",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("to_do", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('READING', 'APPLYING', 'WAITING', 'DONE', 'REFUSED', 'ABANDONED')",
            name=op.f("ck_import_batch_state_known"),
        ),
        sa.CheckConstraint("done between 0 and to_do", name=op.f("ck_import_batch_done_within")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_import_batch_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_batch")),
    )
    op.create_index(
        op.f("ix_import_batch_tenant_id_village_id_id"), "import_batch", ["tenant_id", "village_id", "id"], unique=False
    )
    op.create_index(
        "uq_import_batch_running",
        "import_batch",
        ["tenant_id", "village_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('READING', 'APPLYING')"),
    )
    op.create_table(
        "import_row",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(collation="C"), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("family", sa.LargeBinary(), nullable=True),
        sa.Column("former_family", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "action IN ('NEW', 'CHANGED', 'SAME', 'MISSING', 'MOVED', 'DIED', 'REJECTED')",
            name=op.f("ck_import_row_action_known"),
        ),
        sa.CheckConstraint(
            "sealed is null or (pending and citizen_id is not null)", name=op.f("ck_import_row_sealed_is_pending")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["import_batch.tenant_id", "import_batch.id"],
            name=op.f("fk_import_row_tenant_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_import_row_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "position", name=op.f("pk_import_row")),
    )
    op.create_index(op.f("ix_import_row_tenant_id_village_id"), "import_row", ["tenant_id", "village_id"], unique=False)
    for table in ("import_batch", "import_row"):
        protect(op.execute, table, kind=Kind.PERSON, village="village_id")
    # Staged rows go as they are written; name tokens are an index, rebuilt where a name changes.
    op.execute("grant delete on import_row to hub_api, hub_worker")
    op.execute("grant delete on citizen_name_token to hub_api, hub_worker")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
