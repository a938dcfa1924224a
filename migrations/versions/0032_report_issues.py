"""Reports that were taken away: what the paper or the file says of itself; keys that open nothing but their files.

See docs/adr/0034-pages-of-reports.md.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# Whoever holds the number is told what the paper says already, and whether the figures have changed since.
FIND = """
create function hub_find_report_issue(claimed int, held text) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'number', i.number, 'report', i.report, 'report_number', i.report_number, 'form', i.form,
        'revision', i.revision, 'sha256', i.sha256, 'generated_at', i.generated_at, 'data_as_of', i.data_as_of,
        'narrowed', i.narrowed, 'tenant_code', t.code, 'tenant_name', t.name,
        'revised', exists (select from report_state s where s.tenant_id = i.tenant_id and s.report = i.report
                           and s.revision > i.revision)
    )::text into found
    from report_issue i join tenant t on t.id = i.tenant_id
    where i.tenant_id = claimed and i.number = held;
    return found;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    name = "report_issue"
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _text("number"),
        _text("report"),
        _text("report_number"),
        _text("form"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("sha256"),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("narrowed", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("form IN ('PRINT', 'CSV', 'CSV_EXCEL', 'XLSX', 'JSON')", name=op.f(f"ck_{name}_form_known")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f(f"uq_{name}_tenant_id_number")),
    )
    op.create_index(
        op.f(f"ix_{name}_tenant_id_principal_id_day_report"), name, ["tenant_id", "principal_id", "day", "report"]
    )
    op.execute("alter table api_key drop constraint ck_api_key_kind_known")
    op.create_check_constraint(op.f("ck_api_key_kind_known"), "api_key", "kind IN ('PUBLIC', 'SECRET', 'REPORT')")
    protect(op.execute, name, kind=Kind.TENANT)
    op.execute(f"revoke update on {name} from hub_api")
    op.execute(f"revoke insert, update on {name} from hub_worker")
    op.execute(FIND)
    op.execute("revoke all on function hub_find_report_issue(int, text) from public")
    op.execute("grant execute on function hub_find_report_issue(int, text) to hub_api, hub_outside")


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
