"""Keys for reports are made and ended by officials: of keys, an office may write that kind only. Invitations are revoked.

See docs/adr/0040-keys-for-reports.md and docs/adr/0032-sign-in.md.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

READABLE = (
    "tenant_id, id, version, created_at, updated_at, grant_id, kind, label, origins, expires_at, revoked_at, app_id, "
    "documents"
)
REPORT = "kind = 'REPORT'"


def upgrade() -> None:
    """Apply."""
    op.execute("revoke select, update on api_key from hub_api")
    op.execute(f"grant select ({READABLE}), update (revoked_at, version, updated_at) on api_key to hub_api")
    op.execute(f"create policy reports_made on api_key as restrictive for insert to hub_api with check ({REPORT})")
    op.execute(
        f"create policy reports_ended on api_key as restrictive for update to hub_api "
        f"using ({REPORT}) with check ({REPORT})"
    )
    op.add_column("sign_in_invitation", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
