"""Row-level security of the first tables, and the look-ups that run before a scope exists."""

from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CIVIC = (
    "kecamatan",
    "kecamatan_profile",
    "service_hours",
    "village",
    "sub_village",
    "village_official",
    "partner_organization",
    "commitment",
    "commitment_party",
    "commitment_clause",
    "commitment_evidence",
)
REGISTER = ("household", "citizen", "citizen_sensitive", "citizen_name_token")
FOUNDATIONS = ("principal", "access_grant", "api_key", "issuer", "identity")
REFERENCE = ("region", "tenant")

# What a credential stands for, as one JSON text. The function enters the tenant the key's text claims, for its own
# duration only; row-level security then decides.
FIND_KEY = """
create function hub_find_key(claimed int, digest bytea) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'key_id', k.id, 'kind', k.kind, 'origins', k.origins,
        'expires_at', k.expires_at, 'key_revoked_at', k.revoked_at, 'grant', hub_grant(g)
    )::text into found
    from api_key k join access_grant g on g.tenant_id = k.tenant_id and g.id = k.grant_id
    where k.tenant_id = claimed and k.sha256 = digest;
    return found;
end $body$
"""

GRANT = """
create function hub_grant(g access_grant) returns json
language sql stable
set search_path = public, pg_temp
as $body$
    select json_build_object(
        'id', g.id, 'principal_id', g.principal_id, 'role', g.role, 'village_id', g.village_id,
        'organization_id', g.organization_id, 'region_code', g.region_code, 'starts_on', g.starts_on,
        'ends_on', g.ends_on, 'revoked_at', g.revoked_at, 'reason', g.reason, 'acting_for', g.acting_for,
        'tenant', json_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'zone', t.zone, 'status', t.status),
        'reach', (
            select coalesce(json_agg(json_build_object('id', r.id, 'code', r.code, 'zone', r.zone) order by r.code), '[]')
            from tenant r
            where r.kind = 'KECAMATAN' and r.status = 'ACTIVE' and g.region_code is not null
              and (r.code = g.region_code or r.code like g.region_code || '.%')
        )
    )
    from tenant t where t.id = g.tenant_id
$body$
"""

FIND_IDENTITY = """
create function hub_find_identity(claimed int, token_issuer text, token_subject text) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_agg(hub_grant(g) order by g.id)::text into found
    from identity i join access_grant g on g.tenant_id = i.tenant_id and g.principal_id = i.principal_id
    where i.tenant_id = claimed and i.issuer = token_issuer and i.subject = token_subject;
    return found;
end $body$
"""

FIND_ISSUER = """
create function hub_find_issuers(claimed int) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_agg(json_build_object(
        'url', url, 'audience', audience, 'algorithms', algorithms, 'jwks_uri', jwks_uri) order by url)::text into found
    from issuer where tenant_id = claimed;
    return found;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    # the head of a household points back at its member: alembic leaves such a circle out of the tables' script
    op.create_foreign_key(
        "fk_household_tenant_id_head_id",
        "household",
        "citizen",
        ["tenant_id", "head_id"],
        ["tenant_id", "id"],
        deferrable=True,
        initially="DEFERRED",
    )
    for table in CIVIC:
        protect(op.execute, table, kind=Kind.TENANT)
    for table in REGISTER:
        protect(op.execute, table, kind=Kind.PERSON, village="village_id")
    for table in FOUNDATIONS:
        protect(op.execute, table, kind=Kind.TENANT)
        op.execute(f"revoke insert, update on {table} from hub_worker")
    for table in REFERENCE:
        op.execute(f"grant select on {table} to hub_api, hub_worker")
    for function in (GRANT, FIND_KEY, FIND_IDENTITY, FIND_ISSUER):
        op.execute(function)
    for signature in ("hub_find_key(int, bytea)", "hub_find_identity(int, text, text)", "hub_find_issuers(int)"):
        op.execute(f"revoke all on function {signature} from public")
        op.execute(f"grant execute on function {signature} to hub_api, hub_outside")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
