"""Imports can be undone, and propose events. See docs/adr/0023-a-file-taken-back.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _undoing()
    _proposals()


def _undoing() -> None:
    for name in ("undoable_until", "undone_at"):
        op.add_column("import_batch", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_import_batch_state_known"), "import_batch")
    op.create_check_constraint(
        op.f("ck_import_batch_state_known"),
        "import_batch",
        "state IN ('READING', 'APPLYING', 'WAITING', 'DONE', 'REFUSED', 'ABANDONED', 'UNDONE')",
    )
    op.create_index(op.f("ix_import_batch_tenant_id_state"), "import_batch", ["tenant_id", "state"])
    op.create_table(
        "before_import",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("not fresh or sealed is null", name=op.f("ck_before_import_fresh_has_no_past")),
        _to("before_import", "batch_id", "import_batch"),
        _to("before_import", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "id", name=op.f("pk_before_import")),
    )
    for column in ("id", "citizen_id", "village_id"):
        op.create_index(op.f(f"ix_before_import_tenant_id_{column}"), "before_import", ["tenant_id", column])
    protect(op.execute, "before_import", kind=Kind.PERSON, village="village_id")
    op.execute("grant delete on before_import to hub_api, hub_worker")


def _proposals() -> None:
    kinds = "'BIRTH', 'ARRIVAL', 'DEATH', 'DEPARTURE', 'ABSENCE', 'MARRIAGE', 'DIVORCE', 'NAME_CHANGE'"
    op.create_table(
        "proposed_event",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("vital_event_id", sa.Uuid(), nullable=True),
        sa.Column("departure_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_proposed_event_kind_known")),
        sa.CheckConstraint("state IN ('OPEN', 'CONFIRMED', 'DECLINED')", name=op.f("ck_proposed_event_state_known")),
        _to("proposed_event", "village_id", "village"),
        _to("proposed_event", "batch_id", "import_batch"),
        _to("proposed_event", "citizen_id", "citizen"),
        _to("proposed_event", "vital_event_id", "vital_event"),
        _to("proposed_event", "departure_id", "departure"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_proposed_event")),
    )
    for columns in (["batch_id", "id"], ["village_id", "id"], ["kind", "id"], ["state", "id"], ["citizen_id"]):
        name = op.f(f"ix_proposed_event_tenant_id_{'_'.join(columns)}")
        op.create_index(name, "proposed_event", ["tenant_id", *columns])
    protect(op.execute, "proposed_event", kind=Kind.PERSON, village="village_id")
    op.execute("grant delete on proposed_event to hub_api, hub_worker")  # a later comparison proposes anew


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
