"""Former numbers of family cards; houses and building permits. See docs/adr/0018-families-and-houses.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_check_constraint(
        op.f("ck_household_end_has_reason"), "household", "(ended_at is null) = (end_reason is null)"
    )
    op.create_table(
        "former_card",
        *_row(),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("kk_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kk_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("kk_prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint("reason IN ('REISSUED', 'MISTYPED')", name=op.f("ck_former_card_reason_known")),
        _belongs("former_card", "household_id", "household"),
        _belongs("former_card", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_former_card")),
    )
    _index("former_card", "household_id", "id")
    _index("former_card", "kk_bidx")
    _create_houses()
    for table in ("former_card", "house", "building_permit"):
        protect(op.execute, table, kind=Kind.PERSON, village="village_id")


def _create_houses() -> None:
    op.create_table(
        "house",
        *_row(),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("floor_area_m2", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("condition", sa.Text(collation="C"), nullable=True),
        sa.Column("has_clean_water", sa.Boolean(), nullable=True),
        sa.Column("has_sanitation", sa.Boolean(), nullable=True),
        sa.Column("has_permit", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint("condition IN ('GOOD', 'POOR')", name=op.f("ck_house_condition_known")),
        sa.CheckConstraint(
            "end_reason IN ('DEMOLISHED', 'DUPLICATE', 'MISTAKE')", name=op.f("ck_house_end_reason_known")
        ),
        sa.CheckConstraint("(ended_at is null) = (end_reason is null)", name=op.f("ck_house_end_has_reason")),
        sa.CheckConstraint("(latitude is null) = (longitude is null)", name=op.f("ck_house_place_whole")),
        sa.CheckConstraint(
            "latitude between -90 and 90 and longitude between -180 and 180", name=op.f("ck_house_place_on_earth")
        ),
        sa.CheckConstraint("floor_area_m2 > 0", name=op.f("ck_house_floor_area_positive")),
        _belongs("house", "village_id", "village"),
        _belongs("house", "household_id", "household"),
        _belongs("house", "owner_id", "citizen"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_house")),
    )
    for column in (
        "village_id",
        "household_id",
        "owner_id",
        "condition",
        "has_clean_water",
        "has_sanitation",
        "has_permit",
    ):
        _index("house", column, "id")
    op.create_table(
        "building_permit",
        *_row(),
        sa.Column("house_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("legal_name", sa.Text(collation="C"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("legal_name IN ('IMB', 'PBG')", name=op.f("ck_building_permit_legal_name_known")),
        sa.CheckConstraint("(ended_at is null) = (end_reason is null)", name=op.f("ck_building_permit_end_has_reason")),
        _belongs("building_permit", "house_id", "house"),
        _belongs("building_permit", "village_id", "village"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_building_permit")),
    )
    for column in ("house_id", "village_id", "legal_name", "issued_on"):
        _index("building_permit", column, "id")
    op.create_index(
        "uq_building_permit_number",
        "building_permit",
        ["tenant_id", "village_id", "legal_name", "number"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}"), table, ["tenant_id", *columns])


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
