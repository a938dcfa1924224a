"""Population documents: which were issued, to whom, and whether they still hold. See docs/adr/0038."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NAME = "population_document"
TYPES = (
    "'KTP_EL', 'TEMP_KTP_LETTER', 'KK', 'KIA', 'BIRTH_CERT', 'DEATH_CERT', 'MARRIAGE_CERT', 'DIVORCE_CERT', "
    "'ADOPTION_CERT', 'ACKNOWLEDGEMENT_CERT', 'LEGITIMATION_CERT', 'MOVE_LETTER', 'RESIDENCE_LETTER', 'OTHER'"
)
OF_PERSONS = (
    "'ACKNOWLEDGEMENT_CERT', 'ADOPTION_CERT', 'BIRTH_CERT', 'DEATH_CERT', 'DIVORCE_CERT', 'KIA', 'KTP_EL', "
    "'LEGITIMATION_CERT', 'MARRIAGE_CERT', 'MOVE_LETTER', 'OTHER', 'RESIDENCE_LETTER', 'TEMP_KTP_LETTER'"
)
OF_FAMILIES = "'KK', 'MOVE_LETTER', 'OTHER', 'RESIDENCE_LETTER'"
ONE_IN_FORCE = (
    "status = 'ACTIVE' AND ended_at IS NULL AND type NOT IN "
    "('DIVORCE_CERT', 'MARRIAGE_CERT', 'OTHER', 'RESIDENCE_LETTER')"
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        NAME,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=True),
        sa.Column("signed_electronically", sa.Boolean(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        _check("arc", "num_nonnulls(citizen_id, household_id) = 1"),
        _check("type_known", f"type IN ({TYPES})"),
        _check("status_known", "status IN ('ACTIVE', 'REPLACED', 'LOST', 'DAMAGED', 'REVOKED')"),
        _check(
            "type_fits",
            f"citizen_id is not null and type in ({OF_PERSONS}) or household_id is not null and type in ({OF_FAMILIES})",
        ),
        _check("number_apart", "number is null or type not in ('KIA', 'KK', 'KTP_EL')"),
        _check("status_has_reason", "(status in ('LOST', 'DAMAGED', 'REVOKED')) = (status_reason is not null)"),
        _check("end_has_reason", "(ended_at is null) = (end_reason is null)"),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{NAME}_tenant_id_{column}")
            )
            for column, to in (
                ("village_id", "village"),
                ("citizen_id", "citizen"),
                ("household_id", "household"),
                ("file_id", "stored_file"),
            )
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{NAME}")),
    )
    for whose in ("citizen", "household"):
        op.create_index(
            f"uq_population_document_of_{whose}",
            NAME,
            ["tenant_id", f"{whose}_id", "type"],
            unique=True,
            postgresql_where=sa.text(f"{ONE_IN_FORCE} AND {whose}_id IS NOT NULL"),
        )
    for column in ("village_id", "citizen_id", "household_id", "type", "status", "issued_on"):
        op.create_index(op.f(f"ix_{NAME}_tenant_id_{column}_id"), NAME, ["tenant_id", column, "id"])
    protect(op.execute, NAME, kind=Kind.PERSON, village="village_id")


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{NAME}_{name}"))


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
