"""Files, uploads and links that open a file once. See docs/adr/0015-files.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The link and the grant that asked for it, so that the gate can hold the grant against today. A used one is found too:
# whether it may still be used is decided in the transaction that uses it.
FIND_FILE_LINK = """
create function hub_find_file_link(claimed int, digest bytea) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object('link_id', l.id, 'grant', hub_grant(g))::text into found
    from file_link l join access_grant g on g.tenant_id = l.tenant_id and g.id = l.grant_id
    where l.tenant_id = claimed and l.token_hash = digest;
    return found;
end $body$
"""

# What the files of the tenant that is entered take up, those of every village. A village's office sees its own only, but
# the room is the kecamatan's.
FILE_BYTES = """
create function hub_file_bytes(as_of timestamptz) returns bigint
language sql stable security definer
set search_path = public, pg_temp
as $body$
    select coalesce((
        select sum(size) from stored_file
        where tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)
          and ended_at is null and content_key_sealed is not null
    ), 0)::bigint + coalesce((
        select sum(length) from upload
        where tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)
          and file_id is null and expires_at > as_of
    ), 0)::bigint
$body$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "stored_file",
        *_row(),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=True),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("refusal", sa.Text(collation="C"), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("content_key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('PDF', 'JPEG', 'PNG', 'WEBP', 'XLSX', 'DOCX', 'CSV', 'TEXT')",
            name=op.f("ck_stored_file_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('SCANNED_CLEAN', 'UNSCANNED', 'REFUSED')", name=op.f("ck_stored_file_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'REFUSED') = (refusal is not null)", name=op.f("ck_stored_file_refused_for_a_reason")
        ),
        sa.CheckConstraint("state = 'REFUSED' or kind is not null", name=op.f("ck_stored_file_kept_has_kind")),
        sa.CheckConstraint("(ended_at is null) = (end_reason is null)", name=op.f("ck_stored_file_ended_for_a_reason")),
        _to("stored_file", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stored_file")),
    )
    _index("stored_file", "village_id", "id")
    _index("stored_file", "digest")
    op.create_table(
        "upload",
        *_row(),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workbook", sa.Boolean(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("content_key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("received between 0 and length", name=op.f("ck_upload_received_within")),
        sa.CheckConstraint("file_id is null or received = length", name=op.f("ck_upload_whole_before_file")),
        _to("upload", "village_id", "village"),
        _to("upload", "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_upload")),
    )
    _index("upload", "principal_id", "id")
    _index("upload", "expires_at")
    op.create_table(
        "file_link",
        *_row(),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_file_link_whole_hash")),
        _to("file_link", "village_id", "village"),
        _to("file_link", "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_file_link")),
    )
    _index("file_link", "token_hash")
    _index("file_link", "expires_at")
    for table in ("stored_file", "upload", "file_link"):
        protect(op.execute, table, kind=Kind.PERSON, village="village_id")
    op.execute("grant delete on upload, file_link to hub_worker")
    op.execute(FIND_FILE_LINK)
    op.execute(FILE_BYTES)
    op.execute("revoke all on function hub_file_bytes(timestamptz) from public")
    op.execute("grant execute on function hub_file_bytes(timestamptz) to hub_api")
    op.execute("revoke all on function hub_find_file_link(int, bytea) from public")
    op.execute("grant execute on function hub_find_file_link(int, bytea) to hub_outside")


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _index(table: str, *columns: str) -> None:
    name = "_".join(("ix", table, "tenant_id", *columns))
    op.create_index(op.f(name), table, ["tenant_id", *columns])


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
