"""The counter's search: a name token carries its first letter and what else its person is called; indexes in order.

See docs/adr/0007-name-search.md.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.store.backfill import backfill

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TOKEN = sa.table(
    "citizen_name_token",
    *(sa.column(name) for name in ("tenant_id", "citizen_id", "heard", "initial")),
    sa.column("token", sa.Text(collation="C")),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("citizen_name_token", sa.Column("initial", sa.Text(collation="C"), nullable=True))
    op.add_column("citizen_name_token", sa.Column("heard", sa.Text(collation="C"), nullable=True))
    other = TOKEN.alias("other")
    together = sa.func.string_agg(other.c.token, aggregate_order_by(sa.literal(" "), other.c.token))
    heard = sa.select(sa.literal(" ").concat(together).concat(" ")).where(
        other.c.tenant_id == TOKEN.c.tenant_id, other.c.citizen_id == TOKEN.c.citizen_id
    )
    fresh = {"initial": sa.func.left(TOKEN.c.token, 1), "heard": heard.scalar_subquery()}
    backfill(op.get_bind(), sa.update(TOKEN).values(**fresh))
    op.alter_column("citizen_name_token", "initial", nullable=False)
    op.alter_column("citizen_name_token", "heard", nullable=False)
    op.drop_index("ix_citizen_name_token_search", "citizen_name_token")
    op.create_index(
        "ix_citizen_name_token_search",
        "citizen_name_token",
        ["tenant_id", "token", "sort_key", "citizen_id"],
        postgresql_include=["village_id", "covered", "heard"],
    )
    op.create_index(
        "ix_citizen_name_token_initial",
        "citizen_name_token",
        ["tenant_id", "initial", "sort_key", "citizen_id"],
        postgresql_include=["village_id", "heard"],
        postgresql_where=sa.text("covered = 0"),
    )
    # The people of a token are read by the index above alone; the key serves those who ask for a person's tokens.
    op.drop_constraint("pk_citizen_name_token", "citizen_name_token", type_="primary")
    op.create_primary_key("pk_citizen_name_token", "citizen_name_token", ["tenant_id", "citizen_id", "token"])
    op.drop_index("ix_citizen_name_token_tenant_id_citizen_id", "citizen_name_token")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
