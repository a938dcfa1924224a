"""Trusted documents: apps, their versions and texts, and keys bound to an app. See docs/adr/0011-trusted-documents.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("client_app", "app_manifest", "document_text", "app_document")

# As in 0002, and the app whose documents the key may send.
FIND_KEY = """
create or replace function hub_find_key(claimed int, digest bytea) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'key_id', k.id, 'kind', k.kind, 'origins', k.origins,
        'expires_at', k.expires_at, 'key_revoked_at', k.revoked_at, 'app_id', k.app_id, 'documents', k.documents,
        'grant', hub_grant(g)
    )::text into found
    from api_key k join access_grant g on g.tenant_id = k.tenant_id and g.id = k.grant_id
    where k.tenant_id = claimed and k.sha256 = digest;
    return found;
end $body$
"""

# One text of an app by its SHA-256 or by its id; of several versions in force the newest says what an id means.
FIND_DOCUMENT = """
create function hub_find_document(claimed int, app uuid, named text, digest bytea, as_of timestamptz) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    if digest is not null then
        select t.text into found
        from app_document d
        join app_manifest m on m.tenant_id = d.tenant_id and m.id = d.manifest_id
        join document_text t on t.tenant_id = d.tenant_id and t.sha256 = d.sha256
        where d.tenant_id = claimed and d.sha256 = digest
          and m.app_id = app and (m.ends_at is null or m.ends_at > as_of)
        limit 1;
    else
        select t.text into found
        from app_manifest m
        join app_document d on d.tenant_id = m.tenant_id and d.manifest_id = m.id and d.name = named
        join document_text t on t.tenant_id = d.tenant_id and t.sha256 = d.sha256
        where m.tenant_id = claimed and m.app_id = app and (m.ends_at is null or m.ends_at > as_of)
        order by m.number desc
        limit 1;
    end if;
    return found;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "client_app",
        *_row(),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_client_app")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_client_app_tenant_id_name")),
    )
    op.create_table(
        "app_manifest",
        *_row(),
        sa.Column("app_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "app_id"],
            ["client_app.tenant_id", "client_app.id"],
            name=op.f("fk_app_manifest_tenant_id_app_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_app_manifest")),
        sa.UniqueConstraint("tenant_id", "app_id", "number", name=op.f("uq_app_manifest_tenant_id_app_id_number")),
        sa.UniqueConstraint("tenant_id", "app_id", "label", name=op.f("uq_app_manifest_tenant_id_app_id_label")),
    )
    op.create_table(
        "document_text",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name=op.f("pk_document_text")),
    )
    op.create_table(
        "app_document",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "manifest_id"],
            ["app_manifest.tenant_id", "app_manifest.id"],
            name=op.f("fk_app_document_tenant_id_manifest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sha256"],
            ["document_text.tenant_id", "document_text.sha256"],
            name=op.f("fk_app_document_tenant_id_sha256"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "manifest_id", "name", name=op.f("pk_app_document")),
    )
    op.create_index(
        op.f("ix_app_document_tenant_id_sha256_manifest_id"), "app_document", ["tenant_id", "sha256", "manifest_id"]
    )
    for table in TABLES:
        protect(op.execute, table, kind=Kind.TENANT)
        op.execute(f"revoke insert, update on {table} from hub_api")
        op.execute(f"revoke all on {table} from hub_worker")
    _keys()


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _keys() -> None:
    op.add_column("api_key", sa.Column("app_id", sa.Uuid(), nullable=True))
    op.add_column("api_key", sa.Column("documents", sa.Text(collation="C"), nullable=False, server_default="OFF"))
    op.alter_column("api_key", "documents", server_default=None)
    op.create_check_constraint(op.f("ck_api_key_documents_known"), "api_key", "documents IN ('OFF', 'ALLOW', 'ONLY')")
    op.create_check_constraint(
        op.f("ck_api_key_documents_of_an_app"), "api_key", "documents = 'OFF' or app_id is not null"
    )
    op.create_foreign_key(
        op.f("fk_api_key_tenant_id_app_id"), "api_key", "client_app", ["tenant_id", "app_id"], ["tenant_id", "id"]
    )
    op.create_index(op.f("ix_api_key_tenant_id_app_id"), "api_key", ["tenant_id", "app_id"])
    op.execute(FIND_KEY)
    op.execute(FIND_DOCUMENT)
    signature = "hub_find_document(int, uuid, text, bytea, timestamptz)"
    op.execute(f"revoke all on function {signature} from public")
    op.execute(f"grant execute on function {signature} to hub_outside")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
