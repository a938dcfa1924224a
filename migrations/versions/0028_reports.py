"""Reports: what was counted, for which villages, and when. See docs/adr/0031-reports.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _count()
    _village()
    _state()
    for table in ("report_count", "report_village", "report_state"):
        op.execute(f"revoke insert, update on {table} from hub_api")
        op.execute(f"grant delete on {table} to hub_worker")


def _count() -> None:
    name = "report_count"
    op.create_table(
        name,
        *_row(),
        _text("report"),
        _text("figure"),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        _text("dimension_1"),
        _text("dimension_2"),
        sa.Column("label_1", sa.Text(), nullable=True),
        sa.Column("label_2", sa.Text(), nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        _text("origin"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint("origin IN ('REGISTER', 'PROFILE', 'ACTS')", name=op.f(f"ck_{name}_origin_known")),
        sa.CheckConstraint("denominator >= 0", name=op.f(f"ck_{name}_denominator_not_negative")),
        _of_village(name),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "tenant_id",
            "report",
            "figure",
            "village_id",
            "dimension_1",
            "dimension_2",
            name="uq_report_count_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f(f"ix_{name}_tenant_id_village_id_id"), name, ["tenant_id", "village_id", "id"])
    protect(op.execute, name, kind=Kind.PERSON, village="village_id")


def _village() -> None:
    name = "report_village"
    op.create_table(
        name,
        *_row(),
        _text("report"),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("reporting", sa.Boolean(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        _of_village(name),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "report", "village_id", name=op.f(f"uq_{name}_tenant_id_report_village_id")),
    )
    op.create_index(op.f(f"ix_{name}_tenant_id_village_id_id"), name, ["tenant_id", "village_id", "id"])
    protect(op.execute, name, kind=Kind.PERSON, village="village_id")


def _state() -> None:
    name = "report_state"
    op.create_table(
        name,
        *_row(),
        _text("report"),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "report", name=op.f(f"uq_{name}_tenant_id_report")),
    )
    protect(op.execute, name, kind=Kind.TENANT)


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def _of_village(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "village_id"],
        ["village.tenant_id", "village.id"],
        name=op.f(f"fk_{table}_tenant_id_village_id"),
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
