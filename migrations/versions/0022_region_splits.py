"""Region splits: what goes from one kecamatan to another, codes with successors. See docs/adr/0026-region-split.md."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOVES = "reason IN ('WORK', 'EDUCATION', 'SECURITY', 'HEALTH', 'HOUSING', 'FAMILY', 'OTHER', 'REGION_SPLIT')"
_HOUSES = "end_reason IN ('DEMOLISHED', 'DUPLICATE', 'MISTAKE', 'REGION_SPLIT')"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "region_split",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_tenant", sa.Integer(), nullable=False),
        sa.Column("to_tenant", sa.Integer(), nullable=False),
        sa.Column("from_code", sa.Text(collation="C"), nullable=False),
        sa.Column("to_code", sa.Text(collation="C"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_tenant"], ["tenant.id"], name=op.f("fk_region_split_from_tenant")),
        sa.ForeignKeyConstraint(["to_tenant"], ["tenant.id"], name=op.f("fk_region_split_to_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_split")),
        sa.UniqueConstraint("from_code", "to_code", "starts_on", name="uq_region_split_once"),
    )
    op.create_table(
        "split_village",
        sa.Column("split_id", sa.Uuid(), nullable=False),
        sa.Column("from_village", sa.Uuid(), nullable=False),
        sa.Column("to_village", sa.Uuid(), nullable=False),
        sa.Column("from_code", sa.Text(collation="C"), nullable=False),
        sa.Column("to_code", sa.Text(collation="C"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["split_id"], ["region_split.id"], name=op.f("fk_split_village_split_id")),
        sa.PrimaryKeyConstraint("split_id", "from_village", name=op.f("pk_split_village")),
    )
    for table in ("region_split", "split_village"):
        op.execute(f"grant select, insert, update, delete on {table} to hub_worker")
    op.add_column("citizen", sa.Column("counted_from", sa.Date(), nullable=True))
    op.create_index(op.f("ix_region_predecessor_code_code"), "region", ["predecessor_code", "code"])
    for table, name, condition in (
        ("departure", "reason", _MOVES),
        ("arrival", "reason", _MOVES),
        ("house", "end_reason", _HOUSES),
    ):
        op.drop_constraint(op.f(f"ck_{table}_{name}_known"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}_known"), table, condition)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
