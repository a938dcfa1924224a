"""Where people lived on which day. See docs/adr/0024-as-at-a-day.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.backfill import backfill_rows
from hub.store.base import Kind
from hub.store.rls import protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "stay"
KEPT = ("village_id", "household_id", "full_name", "sex", "family_relation", "marital_status")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        NAME,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        _text("sex"),
        _text("family_relation"),
        _text("marital_status", nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        _text("beginning"),
        _text("state"),
        _text("end_reason", nullable=True),
        _check("state_known", "state IN ('HELD', 'REPLACED', 'INVALID')"),
        _check("beginning_known", "beginning IN ('RECORDED', 'EVENT')"),
        _check("until_after_from", "until_on >= from_on"),
        _check("end_has_day", "end_reason is null or until_on is not null"),
        *(_belongs(f"{each}_id", each) for each in ("citizen", "household", "village")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{NAME}")),
    )
    op.create_index(
        "uq_stay_open",
        NAME,
        ["tenant_id", "citizen_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL AND state = 'HELD'"),
    )
    for columns in (["from_on"], *([f"{each}_id", "from_on"] for each in ("citizen", "household", "village"))):
        _index(*columns, "id")
    _index("family_relation", "id")
    protect(op.execute, NAME, kind=Kind.PERSON, village="village_id")
    _present()


def _present() -> None:
    """Everybody who lives here now: so since the row last changed, what was before the hub did not keep."""
    names = ("tenant_id", "id", "updated_at", "ended_at", *KEPT)
    who, homes = sa.table("citizen", *map(sa.column, names)), sa.table("tenant", sa.column("id"), sa.column("zone"))
    made = {
        "tenant_id": who.c.tenant_id,
        "id": sa.func.gen_random_uuid(),
        "version": sa.literal_column("1"),
        "created_at": who.c.updated_at,
        "updated_at": who.c.updated_at,
        "citizen_id": who.c.id,
        **{name: who.c[name] for name in KEPT},
        "from_on": sa.cast(sa.func.timezone(homes.c.zone, who.c.updated_at), sa.Date()),
        "beginning": sa.literal_column("'RECORDED'"),
        "state": sa.literal_column("'HELD'"),
    }
    chosen = (
        sa.select(*(value.label(name) for name, value in made.items()))
        .select_from(who.join(homes, homes.c.id == who.c.tenant_id))
        .where(who.c.ended_at.is_(None))
    )
    backfill_rows(op.get_bind(), sa.table(NAME, *map(sa.column, made)), list(made), chosen, of="citizen")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=nullable)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{NAME}_{name}"))


def _belongs(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{NAME}_tenant_id_{column}")
    )


def _index(*columns: str) -> None:
    op.create_index(op.f(f"ix_{NAME}_tenant_id_{'_'.join(columns)}"), NAME, ["tenant_id", *columns])


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
