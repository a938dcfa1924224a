"""Jobs, the queue behind them, and imports that are asked for. See docs/adr/0020-jobs.md."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hub.jobs import queue
from hub.store import rls
from hub.store.base import Kind

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ACTIONS = "'NEW', 'CHANGED', 'SAME', 'MISSING', 'MOVED', 'DIED', 'REJECTED'"

# The grant that asked for a job, as it is now.
FIND_GRANT = """
create function hub_find_grant(claimed int, wanted uuid) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select hub_grant(g)::text into found from access_grant g where g.tenant_id = claimed and g.id = wanted;
    return found;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "job",
        *_row(),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint("state IN ('ASKED', 'QUEUED', 'RUNNING', 'PARKED')", name=op.f("ck_job_state_known")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_job")),
    )
    op.execute("alter table job enable row level security")
    op.execute("alter table job force row level security")
    # Requests ask, in their tenant; the worker looks at all tenants' jobs and changes those of the one it has entered.
    op.execute(f"create policy asked on job for insert to hub_api, hub_owner with check ({rls.TENANT})")
    op.execute(f"create policy tenant on job for select to hub_api, hub_owner using ({rls.TENANT})")
    op.execute("create policy queue on job for select to hub_worker using (true)")
    op.execute(f"create policy moved on job for update to hub_worker using ({rls.TENANT}) with check ({rls.TENANT})")
    op.execute(f"create policy done on job for delete to hub_worker using ({rls.TENANT})")
    op.execute("grant insert, select (tenant_id) on job to hub_api")
    op.execute("grant select, update, delete on job to hub_worker")
    _make_queue()
    _make_imports()


def _make_imports() -> None:
    op.create_table(
        "import_job",
        *_row(),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("actions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("lang", sa.Text(collation="C"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("returned_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "resumed", "warned")),
        sa.Column("problem", sa.Text(collation="C"), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'RUNNING', 'WAITING', 'DONE', 'REFUSED', 'FAILED')",
            name=op.f("ck_import_job_state_known"),
        ),
        sa.CheckConstraint(f"actions <@ ARRAY[{ACTIONS}]::text[]", name=op.f("ck_import_job_actions_known")),
        _to("import_job", "village_id", "village"),
        _to("import_job", "file_id", "stored_file"),
        _to("import_job", "batch_id", "import_batch"),
        _to("import_job", "returned_id", "stored_file"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_job")),
    )
    _index("import_job", "village_id", "id")
    _index("import_job", "state")
    op.create_index(
        "uq_import_job_unsettled",
        "import_job",
        ["tenant_id", "village_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('QUEUED', 'RUNNING')"),
    )
    op.create_table(
        "import_figure",
        *_row(),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(collation="C"), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("found", "written", "waiting")),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name=op.f("ck_import_figure_action_known")),
        _to("import_figure", "job_id", "import_job"),
        _to("import_figure", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_figure")),
    )
    _index("import_figure", "job_id", "action")
    op.create_table(
        "import_problem",
        *_row(),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("shown", "reason", "remedy")),
        _to("import_problem", "job_id", "import_job"),
        _to("import_problem", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_problem")),
    )
    _index("import_problem", "job_id", "position")
    for table in ("import_job", "import_figure", "import_problem"):
        rls.protect(op.execute, table, kind=Kind.PERSON, village="village_id")
    op.execute("grant delete on import_figure, import_problem to hub_api, hub_worker")  # a later try tells anew
    op.execute(FIND_GRANT)
    op.execute("revoke all on function hub_find_grant(int, uuid) from public")
    op.execute("grant execute on function hub_find_grant(int, uuid) to hub_worker")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _index(table: str, *columns: str) -> None:
    name = "_".join(("ix", table, "tenant_id", *columns))
    op.create_index(op.f(name), table, ["tenant_id", *columns])


def _make_queue() -> None:
    """pgqueuer's tables as the locked release makes them, for the worker alone."""
    op.execute(f"create schema if not exists {queue.SCHEMA}")
    adapted: Any = op.get_bind().connection.dbapi_connection
    adapted.run_async(lambda driver: driver.execute(queue.installation()))  # many statements, so not by alembic
    op.execute(f"revoke all on schema {queue.SCHEMA} from public")
    op.execute(f"grant usage on schema {queue.SCHEMA} to hub_worker")
    op.execute(f"grant select, insert, update, delete on all tables in schema {queue.SCHEMA} to hub_worker")
    op.execute(f"grant usage on all sequences in schema {queue.SCHEMA} to hub_worker")


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
