"""The counter's search: name tokens carry the key that people are sorted by, and what another token answers.

See docs/adr/0007-name-search.md.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.backfill import backfill

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TOKEN = sa.table(
    "citizen_name_token",
    *(sa.column(name) for name in ("tenant_id", "token", "citizen_id", "sort_key")),
    sa.column("covered", sa.Integer),
)
CITIZEN = sa.table("citizen", sa.column("tenant_id"), sa.column("id"), sa.column("sort_key"))


def upgrade() -> None:
    """Apply."""
    op.add_column("citizen_name_token", sa.Column("sort_key", sa.Text(collation="C"), nullable=True))
    op.add_column("citizen_name_token", sa.Column("covered", sa.Integer(), nullable=True))
    own = sa.select(CITIZEN.c.sort_key).where(
        CITIZEN.c.tenant_id == TOKEN.c.tenant_id, CITIZEN.c.id == TOKEN.c.citizen_id
    )
    other = TOKEN.alias("other")
    longest = sa.select(sa.func.coalesce(sa.func.max(sa.func.length(other.c.token)), 0)).where(
        other.c.tenant_id == TOKEN.c.tenant_id,
        other.c.citizen_id == TOKEN.c.citizen_id,
        other.c.token != TOKEN.c.token,
        sa.func.left(TOKEN.c.token, sa.func.length(other.c.token)) == other.c.token,
    )
    fresh = {"sort_key": own.scalar_subquery(), "covered": longest.scalar_subquery()}
    backfill(op.get_bind(), sa.update(TOKEN).values(**fresh))
    op.alter_column("citizen_name_token", "sort_key", nullable=False)
    op.alter_column("citizen_name_token", "covered", nullable=False)
    op.drop_index("ix_citizen_name_token_search", "citizen_name_token")
    op.create_index(
        "ix_citizen_name_token_search",
        "citizen_name_token",
        ["tenant_id", "token", "citizen_id"],
        postgresql_include=["village_id", "sort_key", "covered"],
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
