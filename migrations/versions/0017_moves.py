"""The registry of persons, kept by the worker alone. See docs/adr/0021-one-person.md."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _registry()


def _registry() -> None:
    op.create_table(
        "feed_mark",
        sa.Column("consumer", sa.Text(collation="C"), nullable=False),
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "home_tenant", name=op.f("pk_feed_mark")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "person_key",
        sa.Column("bidx", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("octet_length(bidx) = 18", name=op.f("ck_person_key_whole_index")),
        _of_person("person_key"),
        sa.PrimaryKeyConstraint("bidx", name=op.f("pk_person_key")),
    )
    op.create_index(op.f("ix_person_key_person_id"), "person_key", ["person_id"])
    op.create_table(
        "person_home",
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        _of_person("person_home"),
        sa.PrimaryKeyConstraint("home_tenant", "citizen_id", name=op.f("pk_person_home")),
    )
    op.create_index(op.f("ix_person_home_person_id"), "person_home", ["person_id"])
    for table in ("feed_mark", "person", "person_key", "person_home"):
        op.execute(f"grant select, insert, update, delete on {table} to hub_worker")


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"],
        ["person.id"],
        name=op.f(f"fk_{table}_person_id"),
        deferrable=True,
        initially="DEFERRED",
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
