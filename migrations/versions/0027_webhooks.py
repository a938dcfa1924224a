"""Webhooks: endpoints and what became of each message. See docs/adr/0030-webhooks.md."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hub.store.base import Kind
from hub.store.rls import TENANT, protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

EFFECTS = "'CREATED', 'CHANGED', 'ENDED', 'LEFT'"


def upgrade() -> None:
    """Apply."""
    _endpoints()
    _deliveries()
    op.execute("alter table webhook_endpoint enable row level security")
    op.execute("alter table webhook_endpoint force row level security")
    # Offices keep their tenant's; the worker finds what is due in all, and changes it where it has entered.
    op.execute(
        f"create policy tenant on webhook_endpoint for all to hub_api, hub_owner using ({TENANT}) with check ({TENANT})"
    )
    op.execute("create policy queue on webhook_endpoint for select to hub_worker using (true)")
    op.execute(
        f"create policy moved on webhook_endpoint for update to hub_worker using ({TENANT}) with check ({TENANT})"
    )
    op.execute("grant select, insert, update on webhook_endpoint to hub_api")
    op.execute("grant select, update on webhook_endpoint to hub_worker")
    protect(op.execute, "webhook_delivery", kind=Kind.TENANT)
    op.execute("grant delete on webhook_delivery to hub_worker")


def _endpoints() -> None:
    table = "webhook_endpoint"
    checks = {
        "state_known": "state IN ('ACTIVE', 'PAUSED', 'DISABLED')",
        "stopped_for_known": "stopped_for IN ('OWNER', 'FAILING', 'GONE', 'GRANT_OVER')",
        "effects_known": f"effects <@ ARRAY[{EFFECTS}]::text[]",
        "stopped_for_a_reason": "(state = 'ACTIVE') = (stopped_for is null)",
        "former_whole": "(former_secret_sealed is null) = (former_until is null)",
        "counts_from_zero": "seq >= 0",
    }
    op.create_table(
        table,
        *_row(),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("effects", postgresql.ARRAY(sa.Text()), nullable=False),
        _text("state", nullable=False),
        _text("stopped_for"),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret_sealed", sa.LargeBinary(), nullable=True),
        _moment("former_until"),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("released_epoch", sa.BigInteger(), nullable=False),
        _moment("due_at"),
        _moment("leased_until"),
        sa.Column("slow", sa.Boolean(), nullable=False),
        _moment("failing_since"),
        _moment("delivered_at"),
        *(sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}")) for name, check in checks.items()),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_tenant_id_state_id"), table, ["tenant_id", "state", "id"])
    op.create_index(
        op.f(f"ix_{table}_tenant_id_due_at"),
        table,
        ["tenant_id", "due_at"],
        postgresql_where=sa.text("due_at is not null"),
    )


def _deliveries() -> None:
    table = "webhook_delivery"
    checks = {
        "state_known": "state IN ('WAITING', 'DELIVERED', 'DEAD')",
        "effect_known": f"effect IN ({EFFECTS})",
        "waiting_has_time": "(state = 'WAITING') = (next_at is not null)",
        "settled_has_time": "(state = 'WAITING') = (settled_at is null)",
        "whole": "num_nonnulls(seq, type_name, object_id, effect, object_version) in (0, 5)",
    }
    op.create_table(
        table,
        *_row(),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        _text("message_id", nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        _text("type_name"),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        _text("effect"),
        sa.Column("object_version", sa.Integer(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        _text("state", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("next_at"),
        _moment("tried_at"),
        _moment("settled_at"),
        sa.Column("last_status", sa.Integer(), nullable=True),
        _text("last_error"),
        *(sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}")) for name, check in checks.items()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "endpoint_id"],
            ["webhook_endpoint.tenant_id", "webhook_endpoint.id"],
            name=op.f(f"fk_{table}_tenant_id_endpoint_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "endpoint_id", "seq", name=op.f(f"uq_{table}_tenant_id_endpoint_id_seq")),
    )
    for columns in (["endpoint_id", "id"], ["state", "id"], ["settled_at"]):
        name = "_".join(("ix", table, "tenant_id", *columns))
        op.create_index(op.f(name), table, ["tenant_id", *columns])
    op.create_index(
        "ix_webhook_delivery_waiting",
        table,
        ["tenant_id", "endpoint_id", "seq"],
        postgresql_where=sa.text("next_at is not null"),
    )


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=nullable)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
