"""Policies and privileges of the journal's tables, and the first epoch. See docs/adr/0004-journal.md."""

from collections.abc import Iterator

from alembic import op

from hub.store import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "journal_entry",
    "journal_pending",
    "journal_change",
    "chain_head",
    "journal_anchor",
    "subject_key",
    "idempotency",
)


def protection() -> Iterator[str]:
    """Policies and privileges: entries are inserted and never changed, the worker orders them."""
    narrow = rls.VILLAGES.format(column="village_id")
    everyone = "hub_api, hub_outside, hub_worker, hub_owner"
    subject = "(select nullif(current_setting('hub.subject', true), '')::uuid)"
    for table in TABLES:
        yield f"alter table {table} enable row level security"
        yield f"alter table {table} force row level security"

    # Entries: everyone in a tenant inserts, its offices and the worker read, nobody updates or deletes.
    yield f"create policy said on journal_entry for insert to {everyone} with check ({rls.TENANT})"
    yield f"create policy tenant on journal_entry for select to hub_api, hub_worker, hub_owner using ({rls.TENANT})"
    yield f"create policy villages on journal_entry as restrictive for select to hub_api using ({narrow})"
    yield "grant insert on journal_entry to hub_api, hub_outside, hub_worker"
    yield "grant select on journal_entry to hub_api, hub_worker"

    # The queue: the one table that the worker reads across tenants. Others see only how old it is.
    yield f"create policy queued on journal_pending for insert to {everyone} with check ({rls.TENANT})"
    yield f"create policy tenant on journal_pending for select to hub_api, hub_owner using ({rls.TENANT})"
    yield f"create policy outside on journal_pending for select to hub_outside using ({rls.TENANTS})"
    yield "create policy queue on journal_pending for select to hub_worker using (true)"
    yield f"create policy sealed on journal_pending for delete to hub_worker using ({rls.TENANT})"
    yield "grant insert on journal_pending to hub_api, hub_outside, hub_worker"
    yield "grant select (tenant_id, happened_at) on journal_pending to hub_api, hub_outside"
    yield "grant select, delete on journal_pending to hub_worker"
    yield (
        "alter table journal_pending set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, "
        "autovacuum_vacuum_cost_delay = 0)"
    )

    # The order and its head: the worker writes, the scope reads.
    yield f"create policy tenant on journal_change for select to hub_api, hub_worker, hub_owner using ({rls.TENANT})"
    yield f"create policy villages on journal_change as restrictive for select to hub_api using ({narrow})"
    yield f"create policy sealed on journal_change for insert to hub_worker with check ({rls.TENANT})"
    yield "grant select on journal_change to hub_api, hub_worker"
    yield "grant insert on journal_change to hub_worker"
    yield f"create policy tenant on chain_head for all to hub_api, hub_worker, hub_owner using ({rls.TENANT})"
    yield "grant select on chain_head to hub_api"
    yield "grant select, insert, update on chain_head to hub_worker"
    yield f"create policy tenant on journal_anchor for all to hub_api, hub_worker, hub_owner using ({rls.TENANT})"
    yield "grant select on journal_anchor to hub_api"
    yield "grant select, insert on journal_anchor to hub_worker"

    # Keys of persons: made by whoever first records something personal, destroyed by the worker.
    yield f"create policy tenant on subject_key for all to hub_api, hub_worker, hub_owner using ({rls.TENANT})"
    yield (
        f"create policy own on subject_key for all to hub_outside using ({rls.TENANT} and subject_id = {subject}) "
        f"with check ({rls.TENANT} and subject_id = {subject})"
    )
    yield "grant select, insert on subject_key to hub_api, hub_outside, hub_worker"
    yield "grant update (wrapped, destroyed_at) on subject_key to hub_worker"

    yield f"create policy tenant on idempotency for all to {everyone} using ({rls.TENANT}) with check ({rls.TENANT})"
    yield "grant select, insert, update on idempotency to hub_api, hub_outside, hub_worker"
    yield "grant delete on idempotency to hub_worker"

    yield "grant select on epoch to hub_api, hub_outside, hub_report, hub_worker"
    yield "insert into epoch (id, number, raised_at, reason) values (1, 1, now(), 'new database')"


def upgrade() -> None:
    """Apply."""
    for statement in protection():
        op.execute(statement)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
