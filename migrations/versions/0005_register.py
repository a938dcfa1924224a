"""The register: masks of the parents' NIKs, telephone numbers, an index for the name search."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = {"father_nik": "father_nik_prefix", "mother_nik": "mother_nik_prefix", "phone": "phone_bidx"}


def upgrade() -> None:
    """Apply."""
    op.add_column("citizen", sa.Column("father_nik_prefix", sa.Text(collation="C"), nullable=True))
    op.add_column("citizen", sa.Column("mother_nik_prefix", sa.Text(collation="C"), nullable=True))
    op.add_column("citizen", sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("citizen", sa.Column("phone_bidx", sa.LargeBinary(), nullable=True))
    op.add_column("citizen", sa.Column("ended_on", sa.Date(), nullable=True))
    for number, companion in WHOLE.items():
        op.create_check_constraint(
            op.f(f"ck_citizen_{number}_whole"), "citizen", f"({number}_sealed is null) = ({companion} is null)"
        )
    op.create_index(
        op.f("ix_citizen_tenant_id_phone_bidx"),
        "citizen",
        ["tenant_id", "phone_bidx"],
        postgresql_where=sa.text("phone_bidx IS NOT NULL"),
    )
    op.drop_index(op.f("ix_citizen_name_token_tenant_id_village_id"), "citizen_name_token")
    op.create_index(
        "ix_citizen_name_token_search",
        "citizen_name_token",
        ["tenant_id", "token", "citizen_id"],
        postgresql_include=["village_id"],
    )
    # Tokens are drawn from the name and go with it: those of a corrected name must not find the person any more.
    op.execute("grant delete on citizen_name_token to hub_api, hub_worker")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
