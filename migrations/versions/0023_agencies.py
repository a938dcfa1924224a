"""Agencies: the directory of who serves a district."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = "'DINAS', 'BADAN', 'BUREAU', 'INSPECTORATE', 'VERTICAL', 'FACILITY_OPERATOR'"
AFFAIRS = [
    "EDUCATION",
    "HEALTH",
    "PUBLIC_WORKS_SPATIAL",
    "HOUSING_SETTLEMENT",
    "PEACE_ORDER_LINMAS",
    "SOCIAL",
    "LABOUR",
    "WOMEN_CHILDREN",
    "FOOD",
    "LAND",
    "ENVIRONMENT",
    "POPULATION_DOC",
    "VILLAGES",
    "FAMILY_PLANNING",
    "TRANSPORT",
    "COMMUNICATION",
    "COOPERATIVES",
    "LICENSING",
    "YOUTH_SPORT",
    "STATISTICS",
    "CODES",
    "CULTURE",
    "LIBRARIES",
    "ARCHIVES",
    "FISHERIES",
    "TOURISM",
    "AGRICULTURE",
    "FORESTRY",
    "ENERGY_MINING",
    "TRADE",
    "INDUSTRY",
    "TRANSMIGRATION",
    "PLANNING",
    "SUPERVISION",
    "ORGANIZATION",
    "OTHER",
]


def upgrade() -> None:
    """Apply."""
    text = sa.Text(collation="C")
    affairs = ", ".join(f"'{each}'" for each in AFFAIRS)
    op.create_table(
        "agency",
        sa.Column("code", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("region_code", text, nullable=False),
        sa.Column("affairs", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_agency_kind_known")),
        sa.CheckConstraint(f"affairs <@ ARRAY[{affairs}]::text[]", name=op.f("ck_agency_affairs_known")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_agency_region_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agency")),
    )
    for columns in (["region_code", "code"], ["kind", "code"], ["name", "code"]):
        op.create_index(op.f(f"ix_agency_{'_'.join(columns)}"), "agency", columns)
    op.execute("grant select on agency to hub_api, hub_worker")


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
