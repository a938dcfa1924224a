"""Files that raisers attach to feedback. See docs/adr/0039-files-of-feedback.md."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from hub.store.rls import PARTY, TENANT, VILLAGES

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OWN = f"{TENANT} and for_feedback and organization_id = {PARTY}"
# A file that is attached is read with its feedback; every other by the office that uploaded it.
WITHIN = (
    "(feedback_id is null and {narrow}) or (feedback_id is not null and village_id is null and exists (select from feedback f "
    "where f.tenant_id = stored_file.tenant_id and f.id = stored_file.feedback_id))"
)


def upgrade() -> None:
    """Apply."""
    for table in ("stored_file", "upload"):
        op.add_column(table, sa.Column("for_feedback", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column(table, "for_feedback", server_default=None)
        op.add_column(table, sa.Column("organization_id", sa.Uuid(), nullable=True))
        _belongs(table, "organization_id", "partner_organization")
    op.add_column("stored_file", sa.Column("feedback_id", sa.Uuid(), nullable=True))
    _belongs("stored_file", "feedback_id", "feedback")
    op.create_index(op.f("ix_stored_file_tenant_id_feedback_id_id"), "stored_file", ["tenant_id", "feedback_id", "id"])
    for column in ("principal_id", "grant_id"):
        op.alter_column("stored_file", column, nullable=True)
    for name, rule in (
        ("somebodys_or_attached", "principal_id is not null or feedback_id is not null"),
        ("attached_nobodys", "feedback_id is null or num_nonnulls(village_id, organization_id, principal_id) = 0"),
        ("uploader_whole", "(principal_id is null) = (grant_id is null)"),
        ("meant_for_feedback", "for_feedback or (organization_id is null and feedback_id is null)"),
    ):
        op.create_check_constraint(op.f(f"ck_stored_file_{name}"), "stored_file", rule)
    for statement in (*_inside(), *_outside()):
        op.execute(statement)


def _inside() -> Iterator[str]:
    narrow = WITHIN.format(narrow=VILLAGES.format(column="village_id"))
    yield "drop policy villages on stored_file"
    yield (
        f"create policy villages on stored_file as restrictive for all to hub_api "
        f"using ({narrow}) with check ({narrow})"
    )


def _outside() -> Iterator[str]:
    """An organization uploads for feedback; what it attaches is its own no longer."""
    there = (
        "exists (select from feedback f where f.tenant_id = {0}.tenant_id and f.id = {0}.feedback_id) "
        f"and {PARTY} is not null"
    )
    taken = "organization_id is null and principal_id is null and village_id is null"
    yield (
        f"create policy sending on upload as permissive for insert to hub_outside "
        f"with check ({OWN} and village_id is null and file_id is null)"
    )
    yield f"create policy growing on upload as permissive for update to hub_outside using ({OWN}) with check ({OWN})"
    yield (
        f"create policy sending on stored_file as permissive for insert to hub_outside "
        f"with check ({OWN} and village_id is null and feedback_id is null)"
    )
    yield (
        f"create policy attaching on stored_file as permissive for update to hub_outside "
        f"using ({OWN} and feedback_id is null) "
        f"with check ({TENANT} and for_feedback and {taken} and {there.format('stored_file')})"
    )
    yield (
        f"create policy attaching on feedback_file as permissive for insert to hub_outside "
        f"with check ({TENANT} and {there.format('feedback_file')})"
    )
    yield "grant insert on upload, stored_file, feedback_file to hub_outside"
    yield ("grant update (name, length, received, expires_at, file_id, version, updated_at) on upload to hub_outside")
    yield (
        "grant update (name, village_id, organization_id, feedback_id, principal_id, grant_id, version, updated_at) "
        "on stored_file to hub_outside"
    )
    yield "grant execute on function hub_file_bytes(timestamptz) to hub_outside"


def _belongs(table: str, column: str, to: str) -> None:
    name = op.f(f"fk_{table}_tenant_id_{column}")
    op.create_foreign_key(name, table, to, ["tenant_id", column], ["tenant_id", "id"])


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
