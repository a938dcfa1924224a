"""Vital and population events, with the legal limits of their reports. See docs/adr/0013-vital-events.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LAW = "UU 23/2006 jo. UU 24/2013, Pasal {}"
# Days from the event (from the decision of the court where one is needed) to the report, and the article.
LIMITS = {
    "BIRTH": (60, 27),
    "STILLBIRTH": (30, 33),
    "MARRIAGE": (60, 34),
    "DIVORCE": (60, 40),
    "DEATH": (30, 44),
    "ADOPTION": (30, 47),
    "CHILD_ACKNOWLEDGEMENT": (30, 49),
    "CHILD_LEGITIMATION": (30, 50),
    "NAME_CHANGE": (30, 52),
    "CITIZENSHIP_CHANGE": (60, 53),
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "event_limit",
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "type IN ('ADDRESS_CHANGE', 'MOVE_IN_PERMANENT', 'LIMITED_STAY', 'FOREIGN_LIMITED_TO_PERMANENT', 'BIRTH', 'STILLBIRTH', 'DEATH', 'MARRIAGE', 'DIVORCE', 'ADOPTION', 'CHILD_ACKNOWLEDGEMENT', 'CHILD_LEGITIMATION', 'CITIZENSHIP_CHANGE', 'NAME_CHANGE', 'OTHER_VITAL')",
            name=op.f("ck_event_limit_type_known"),
        ),
        sa.CheckConstraint("days > 0", name=op.f("ck_event_limit_days_positive")),
        sa.PrimaryKeyConstraint("type", name=op.f("pk_event_limit")),
    )
    op.create_table(
        "vital_event",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("corrected_by_id", sa.Uuid(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'CORRECTED') = (corrected_by_id is not null)", name=op.f("ck_vital_event_corrected_by_one")
        ),
        sa.CheckConstraint(
            "(state = 'CORRECTION') = (corrects_id is not null)", name=op.f("ck_vital_event_correction_corrects")
        ),
        sa.CheckConstraint("state IN ('RECORDED', 'CORRECTED', 'CORRECTION')", name=op.f("ck_vital_event_state_known")),
        sa.CheckConstraint(
            "type IN ('ADDRESS_CHANGE', 'MOVE_IN_PERMANENT', 'LIMITED_STAY', 'FOREIGN_LIMITED_TO_PERMANENT', 'BIRTH', 'STILLBIRTH', 'DEATH', 'MARRIAGE', 'DIVORCE', 'ADOPTION', 'CHILD_ACKNOWLEDGEMENT', 'CHILD_LEGITIMATION', 'CITIZENSHIP_CHANGE', 'NAME_CHANGE', 'OTHER_VITAL')",
            name=op.f("ck_vital_event_type_known"),
        ),
        sa.CheckConstraint("reported_on >= occurred_on", name=op.f("ck_vital_event_reported_after")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_vital_event_tenant_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "corrected_by_id"],
            ["vital_event.tenant_id", "vital_event.id"],
            name=op.f("fk_vital_event_tenant_id_corrected_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "corrects_id"],
            ["vital_event.tenant_id", "vital_event.id"],
            name=op.f("fk_vital_event_tenant_id_corrects_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "household_id"],
            ["household.tenant_id", "household.id"],
            name=op.f("fk_vital_event_tenant_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_vital_event_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vital_event")),
    )
    op.create_index(op.f("ix_vital_event_tenant_id_citizen_id_id"), "vital_event", ["tenant_id", "citizen_id", "id"])
    op.create_index(
        op.f("ix_vital_event_tenant_id_household_id_id"), "vital_event", ["tenant_id", "household_id", "id"]
    )
    op.create_index(op.f("ix_vital_event_tenant_id_occurred_on_id"), "vital_event", ["tenant_id", "occurred_on", "id"])
    op.create_index(op.f("ix_vital_event_tenant_id_reported_on_id"), "vital_event", ["tenant_id", "reported_on", "id"])
    op.create_index(op.f("ix_vital_event_tenant_id_state_id"), "vital_event", ["tenant_id", "state", "id"])
    op.create_index(op.f("ix_vital_event_tenant_id_type_id"), "vital_event", ["tenant_id", "type", "id"])
    op.create_index(
        op.f("ix_vital_event_tenant_id_village_id_occurred_on_id"),
        "vital_event",
        ["tenant_id", "village_id", "occurred_on", "id"],
    )
    op.create_index(
        "uq_vital_event_correction",
        "vital_event",
        ["tenant_id", "corrects_id"],
        unique=True,
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_index(
        "uq_vital_event_death",
        "vital_event",
        ["tenant_id", "citizen_id"],
        unique=True,
        postgresql_where=sa.text("type = 'DEATH' AND state = 'RECORDED'"),
    )
    op.create_table(
        "vital_event_subject",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint(
            "part IN ('SUBJECT', 'CHILD', 'MOTHER', 'FATHER', 'SPOUSE', 'DECEASED')",
            name=op.f("ck_vital_event_subject_part_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_vital_event_subject_tenant_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["vital_event.tenant_id", "vital_event.id"],
            name=op.f("fk_vital_event_subject_tenant_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_vital_event_subject_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vital_event_subject")),
        sa.UniqueConstraint("tenant_id", "event_id", "citizen_id", name="uq_vital_event_subject_once"),
    )
    op.create_index(
        op.f("ix_vital_event_subject_tenant_id_citizen_id_id"), "vital_event_subject", ["tenant_id", "citizen_id", "id"]
    )
    op.create_index(
        op.f("ix_vital_event_subject_tenant_id_event_id_position_id"),
        "vital_event_subject",
        ["tenant_id", "event_id", "position", "id"],
    )
    op.create_table(
        "vital_event_effect",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(collation="C"), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "field IN ('BASE_STATUS', 'ENDED_ON', 'FULL_NAME', 'HOUSEHOLD_ID', 'FAMILY_RELATION', 'MARITAL_STATUS', 'MARRIED_ON', 'MARRIAGE_CERTIFICATE', 'DIVORCED_ON', 'DIVORCE_CERTIFICATE', 'CITIZENSHIP', 'KITAS_NUMBER', 'CURRENT_ADDRESS', 'FATHER_NAME', 'MOTHER_NAME', 'HEAD_ID', 'END_REASON', 'ADDRESS', 'HAMLET', 'RW', 'RT')",
            name=op.f("ck_vital_event_effect_field_known"),
        ),
        sa.CheckConstraint("num_nonnulls(citizen_id, household_id) = 1", name=op.f("ck_vital_event_effect_arc")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_vital_event_effect_tenant_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["vital_event.tenant_id", "vital_event.id"],
            name=op.f("fk_vital_event_effect_tenant_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "household_id"],
            ["household.tenant_id", "household.id"],
            name=op.f("fk_vital_event_effect_tenant_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_vital_event_effect_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vital_event_effect")),
    )
    op.create_index(
        op.f("ix_vital_event_effect_tenant_id_citizen_id_id"), "vital_event_effect", ["tenant_id", "citizen_id", "id"]
    )
    op.create_index(
        op.f("ix_vital_event_effect_tenant_id_event_id_position_id"),
        "vital_event_effect",
        ["tenant_id", "event_id", "position", "id"],
    )
    op.create_index(
        op.f("ix_vital_event_effect_tenant_id_household_id_id"),
        "vital_event_effect",
        ["tenant_id", "household_id", "id"],
    )
    limits = sa.table("event_limit", *(sa.column(name) for name in ("type", "days", "legal_basis")))
    op.bulk_insert(
        limits,
        [{"type": of, "days": days, "legal_basis": _LAW.format(article)} for of, (days, article) in LIMITS.items()],
    )
    op.execute("grant select on event_limit to hub_api, hub_worker")
    for table in ("vital_event", "vital_event_subject", "vital_event_effect"):
        protect(op.execute, table, kind=Kind.PERSON, village="village_id")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
