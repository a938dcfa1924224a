"""Family cards keep their former numbers, and an ended one says why. See docs/adr/0018-families-and-houses.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_check_constraint(
        op.f("ck_household_end_has_reason"), "household", "(ended_at is null) = (end_reason is null)"
    )
    op.create_table(
        "former_card",
        *_row(),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("kk_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kk_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("kk_prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint("reason IN ('REISSUED', 'MISTYPED')", name=op.f("ck_former_card_reason_known")),
        _belongs("former_card", "household_id", "household"),
        _belongs("former_card", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_former_card")),
    )
    _index("former_card", "household_id", "id")
    _index("former_card", "kk_bidx")
    for table in ("former_card",):
        protect(op.execute, table, kind=Kind.PERSON, village="village_id")


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}"), table, ["tenant_id", *columns])


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
