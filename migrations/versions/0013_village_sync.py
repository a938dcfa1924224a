"""What villages send by themselves: how it goes, and the file that waits for a word."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = "state IN ('RUNNING', 'DONE', 'WAITING', 'REFUSED', 'FAILED')"


def upgrade() -> None:
    """Apply."""
    _create(
        "village_sync",
        sa.Column("state", sa.Text(collation="C"), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "applied", "waiting", "refused")),
        sa.Column("removals", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(collation="C"), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_village_sync_state_known")),
    )
    _create("village_sync_file", sa.Column("sealed", sa.LargeBinary(), nullable=False))
    op.execute("grant delete on village_sync_file to hub_api, hub_worker")


def _create(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        *columns,
        sa.CheckConstraint("id = village_id", name=op.f(f"ck_{table}_of_its_village")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f(f"fk_{table}_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_tenant_id_village_id"), table, ["tenant_id", "village_id"], unique=False)
    protect(op.execute, table, kind=Kind.PERSON, village="village_id")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
