"""What partner organizations may write about their own commitments, and parties that leave a draft.

See docs/adr/0006-commitments.md.
"""

from collections.abc import Iterator

from alembic import op

from hub.store import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Counts for every reader what it may not see: an organization signs beside citizens whose rows are closed to it. It
# runs as the owner, whom the forced policy still keeps inside `hub.tenant`, and tells a number and a day only.
SIGNATURES = """
create function hub_signatures(of_commitment uuid, out missing int, out last_on date)
language sql stable security definer
set search_path = public, pg_temp
as $body$
    select (count(*) filter (where p.signed_at is null))::int, max(p.signed_on)
    from commitment_party p
    where p.tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)
      and p.commitment_id = of_commitment and p.role = 'SIGNATORY'
$body$
"""

_OWN = f"{rls.TENANT} and {rls.PARTY} = any (organizations)"
_OWN_PARTY = f"{rls.TENANT} and organization_id = {rls.PARTY}"
_COMMITMENT = "exists (select from commitment c where c.tenant_id = {0}.tenant_id and c.id = {0}.commitment_id and {1})"
_SIGNABLE = "state in ('AWAITING_SIGNATURES', 'PARTIALLY_SIGNED')"


def privileges() -> Iterator[str]:
    """Statements, in order."""
    yield SIGNATURES
    yield "revoke all on function hub_signatures(uuid) from public"
    yield "grant execute on function hub_signatures(uuid) to hub_api, hub_outside"

    # An organization signs or declines for itself, while signatures are asked for.
    open_now = _COMMITMENT.format("commitment_party", f"c.{_SIGNABLE}")
    yield (
        f"create policy signing on commitment_party as permissive for update to hub_outside "
        f"using ({_OWN_PARTY}) with check ({_OWN_PARTY} and {open_now})"
    )
    yield (
        "grant update (signed_at, signed_on, signatory_name, signatory_position, declined_at, declined_reason, "
        "version, updated_at) on commitment_party to hub_outside"
    )
    # Its signature moves the commitment on; SIGNED only when the database counts no signature missing.
    yield (
        f"create policy signing on commitment as permissive for update to hub_outside "
        f"using ({_OWN} and {_SIGNABLE}) "
        f"with check ({_OWN} and (state = 'PARTIALLY_SIGNED' "
        f"or state = 'SIGNED' and (hub_signatures(id)).missing = 0))"
    )
    yield "grant update (state, signed_on, version, updated_at) on commitment to hub_outside"
    # And it attaches evidence to what it is a party to.
    own_evidence = _COMMITMENT.format(
        "commitment_evidence", f"{rls.PARTY} = any (c.organizations) and c.state <> 'REVOKED'"
    )
    yield (
        f"create policy reporting on commitment_evidence as permissive for insert to hub_outside "
        f"with check ({rls.TENANT} and {own_evidence})"
    )
    yield "grant insert on commitment_evidence to hub_outside"

    # A draft is not yet an act: a party that was entered by mistake leaves without a trace but in the journal.
    draft = _COMMITMENT.format("commitment_party", "c.state = 'DRAFT'")
    yield f"create policy draft on commitment_party as restrictive for delete to hub_api using ({draft})"
    yield "grant delete on commitment_party to hub_api"


def upgrade() -> None:
    """Apply."""
    for statement in privileges():
        op.execute(statement)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
