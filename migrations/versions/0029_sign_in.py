"""People who sign in: accounts, invitations, sessions. See docs/adr/0032-sign-in.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

READABLE = "tenant_id, id, version, created_at, updated_at, principal_id, name, activated_at"
CHANGEABLE = "passphrase, totp_sealed, totp_step, activated_at, version, updated_at"

# Each gives one row, of the tenant that the token or the form names. Whether the row still counts is the caller's to
# judge: it knows the time.
FIND_SESSION = """
create function hub_find_session(claimed int, digest bytea) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'id', s.id, 'stage', s.stage, 'method', s.method, 'account_id', s.account_id, 'grant_id', s.grant_id,
        'invitation_id', s.invitation_id, 'seen_at', s.seen_at, 'expires_at', s.expires_at, 'ended_at', s.ended_at,
        'principal_id', a.principal_id, 'sign_in_name', a.name, 'activated_at', a.activated_at, 'name', p.name,
        'tenant', json_build_object('id', t.id, 'code', t.code, 'zone', t.zone, 'status', t.status, 'name', t.name),
        'grants', (
            select coalesce(json_agg(hub_grant(g) order by g.id), '[]')
            from access_grant g where g.tenant_id = a.tenant_id and g.principal_id = a.principal_id
        )
    )::text into found
    from sign_in_session s
    join sign_in_account a on a.tenant_id = s.tenant_id and a.id = s.account_id
    join principal p on p.tenant_id = a.tenant_id and p.id = a.principal_id
    join tenant t on t.id = s.tenant_id
    where s.tenant_id = claimed and s.token_hash = digest;
    return found;
end $body$
"""

FIND_INVITATION = """
create function hub_find_invitation(claimed int, digest bytea) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'id', i.id, 'kind', i.kind, 'expires_at', i.expires_at, 'ended_at', i.ended_at, 'account_id', a.id,
        'principal_id', a.principal_id, 'sign_in_name', a.name, 'name', p.name,
        'tenant', json_build_object('id', t.id, 'code', t.code, 'zone', t.zone, 'status', t.status, 'name', t.name)
    )::text into found
    from sign_in_invitation i
    join sign_in_account a on a.tenant_id = i.tenant_id and a.id = i.account_id
    join principal p on p.tenant_id = a.tenant_id and p.id = a.principal_id
    join tenant t on t.id = i.tenant_id
    where i.tenant_id = claimed and i.token_hash = digest;
    return found;
end $body$
"""

# Holds what proves a person, so only the worker may ask.
FIND_ACCOUNT = """
create function hub_find_account(claimed int, wanted text) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'id', a.id, 'principal_id', a.principal_id, 'passphrase', a.passphrase, 'activated_at', a.activated_at
    )::text into found
    from sign_in_account a where a.tenant_id = claimed and a.name = wanted;
    return found;
end $body$
"""

# Which issuers a page may send people to; those for tokens alone have no client of ours.
FIND_SIGN_IN_ISSUERS = """
create function hub_find_sign_in_issuers(claimed int) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_agg(json_build_object(
        'id', id, 'url', url, 'algorithms', algorithms, 'jwks_uri', jwks_uri, 'client_id', client_id,
        'label', coalesce(label, url)) order by url)::text into found
    from issuer where tenant_id = claimed and client_id is not null;
    return found;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    _accounts()
    _invitations()
    _sessions()
    for table in ("sign_in_account", "sign_in_invitation", "sign_in_session"):
        protect(op.execute, table, kind=Kind.TENANT)
    op.execute("revoke select, update on sign_in_account from hub_api")
    op.execute(f"grant select ({READABLE}), update ({CHANGEABLE}) on sign_in_account to hub_api")
    op.execute("grant delete on sign_in_session to hub_worker")
    op.add_column("issuer", sa.Column("client_id", sa.Text(), nullable=True))
    op.add_column("issuer", sa.Column("label", sa.Text(), nullable=True))
    op.execute("grant insert on identity to hub_worker")
    for function, signature, role in (
        (FIND_SESSION, "hub_find_session(int, bytea)", "hub_outside"),
        (FIND_INVITATION, "hub_find_invitation(int, bytea)", "hub_outside"),
        (FIND_SIGN_IN_ISSUERS, "hub_find_sign_in_issuers(int)", "hub_outside"),
        (FIND_ACCOUNT, "hub_find_account(int, text)", "hub_worker"),
    ):
        op.execute(function)
        op.execute(f"revoke all on function {signature} from public")
        op.execute(f"grant execute on function {signature} to {role}")


def _accounts() -> None:
    op.create_table(
        "sign_in_account",
        *_row(),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("passphrase", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        _to("sign_in_account", "principal_id", "principal"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sign_in_account")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_sign_in_account_tenant_id_name")),
        sa.UniqueConstraint("tenant_id", "principal_id", name=op.f("uq_sign_in_account_tenant_id_principal_id")),
    )


def _invitations() -> None:
    name = "sign_in_invitation"
    op.create_table(
        name,
        *_row(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_as", sa.Text(collation="C"), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('JOIN', 'RESET')", name=op.f("ck_sign_in_invitation_kind_known")),
        sa.CheckConstraint(
            "kind = 'JOIN' or reason is not null", name=op.f("ck_sign_in_invitation_reset_for_a_reason")
        ),
        sa.CheckConstraint(
            "kind = 'JOIN' or asked_by is not null", name=op.f("ck_sign_in_invitation_reset_by_somebody")
        ),
        sa.CheckConstraint(
            "kind = 'JOIN' or (approved_by is null) = (token_hash is null)",
            name=op.f("ck_sign_in_invitation_reset_by_two"),
        ),
        sa.CheckConstraint("approved_by <> asked_by", name=op.f("ck_sign_in_invitation_two_persons")),
        _to(name, "account_id", "sign_in_account"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sign_in_invitation")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_sign_in_invitation_tenant_id_token_hash")),
    )
    _index(name, "account_id")
    _index(name, "expires_at")


def _sessions() -> None:
    name = "sign_in_session"
    op.create_table(
        name,
        *_row(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("method", sa.Text(collation="C"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stage IN ('ENROL', 'CODE', 'OPEN')", name=op.f("ck_sign_in_session_stage_known")),
        sa.CheckConstraint("method IN ('PASSPHRASE', 'OIDC')", name=op.f("ck_sign_in_session_method_known")),
        _to(name, "account_id", "sign_in_account"),
        _to(name, "grant_id", "access_grant"),
        _to(name, "invitation_id", "sign_in_invitation"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_sign_in_session_tenant_id_token_hash")),
    )
    for column in ("account_id", "grant_id", "invitation_id", "expires_at"):
        _index(name, column)


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
