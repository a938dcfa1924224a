"""Where feedback is about, and whether visitors may send it without signing in. See docs/adr/0035-speaking-up.md."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for column in ("latitude", "longitude"):
        op.add_column("feedback", sa.Column(column, sa.Numeric(8, 5), nullable=True))
    op.create_check_constraint(op.f("ck_feedback_point_whole"), "feedback", "(latitude is null) = (longitude is null)")
    op.create_check_constraint(
        op.f("ck_feedback_point_in_indonesia"),
        "feedback",
        "latitude between -11.5 and 6.5 and longitude between 94.5 and 141.5",
    )
    op.add_column("kecamatan", sa.Column("public_feedback", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("kecamatan", "public_feedback", server_default=None)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
