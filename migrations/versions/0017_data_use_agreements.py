"""Agreements on the use of population data."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "data_use_agreement",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("starts_on <= expires_on", name=op.f("ck_data_use_agreement_term_in_order")),
        sa.CheckConstraint(
            "(ended_at is null) = (end_reason is null)", name=op.f("ck_data_use_agreement_ended_for_a_reason")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_data_use_agreement")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_data_use_agreement_tenant_id_number")),
    )
    op.create_index(
        op.f("ix_data_use_agreement_tenant_id_expires_on_id"),
        "data_use_agreement",
        ["tenant_id", "expires_on", "id"],
        unique=False,
    )
    protect(op.execute, "data_use_agreement", kind=Kind.TENANT)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
