"""Twin cases before the Disdukcapil whose region holds both kecamatan. See docs/adr/0021-one-person.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import REGION, TENANT, protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_RULING = "state, decision, decision_code, reason, decided_on, principal_id, grant_id, version, updated_at"


def upgrade() -> None:
    """Apply."""
    _cases()
    _referrals()
    _sides()
    for table in ("twin_referral", "twin_referral_side"):
        protect(op.execute, table, kind=Kind.TENANT)
        op.execute(f"revoke insert, update on {table} from hub_api")
    # A Disdukcapil rules in its own tenant, over what lies in its region, and does nothing else to a referral.
    own = f"{TENANT} and {REGION}"
    op.execute(
        "create policy ruling on twin_referral as permissive for update to hub_outside "
        f"using ({own}) with check ({own} and state = 'RULED')"
    )
    op.execute(f"grant update ({_RULING}) on twin_referral to hub_outside")


def _cases() -> None:
    op.add_column("twin_case", sa.Column("referred_to", sa.Integer(), nullable=True))
    op.add_column("twin_case", _text("referred_code"))
    op.add_column("twin_case", sa.Column("ruling_reason", sa.Text(), nullable=True))
    op.drop_constraint("ck_twin_case_state_known", "twin_case")
    for name, check in {
        "state_known": "state IN ('OPEN', 'REFERRED', 'DECIDED', 'SETTLED', 'CLOSED')",
        "referred_to_somebody": "state <> 'REFERRED' or referred_to is not null",
        "referred_whole": "(referred_to is null) = (referred_code is null)",
    }.items():
        op.create_check_constraint(op.f(f"ck_twin_case_{name}"), "twin_case", check)


def _referrals() -> None:
    checks = {
        "state_known": "state IN ('OPEN', 'RULED', 'DONE', 'LATE', 'CLOSED')",
        "decision_known": "decision IN ('SAME_PERSON', 'TWO_PEOPLE', 'TYPING_ERROR')",
        "decision_whole": "(decision is null or decision = 'TWO_PEOPLE') = (decision_code is null)",
        "ruled_has_decision": "(state in ('OPEN', 'CLOSED')) = (decision is null)",
    }
    op.create_table(
        "twin_referral",
        *_row(),
        _text("region_code", nullable=False),
        _text("state", nullable=False),
        _text("decision"),
        _text("decision_code"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("principal_id", sa.Uuid(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        *(sa.CheckConstraint(check, name=op.f(f"ck_twin_referral_{name}")) for name, check in checks.items()),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_twin_referral")),
    )
    op.create_index(op.f("ix_twin_referral_tenant_id_state_id"), "twin_referral", ["tenant_id", "state", "id"])


def _sides() -> None:
    table = "twin_referral_side"
    op.create_table(
        table,
        *_row(),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        _text("region_code", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        _text("code", nullable=False),
        sa.Column("village_name", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        _text("sex"),
        sa.Column("birth_place", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        _text("nik_prefix"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["twin_referral.tenant_id", "twin_referral.id"],
            name=op.f(f"fk_{table}_tenant_id_referral_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "tenant_id", "referral_id", "position", name=op.f(f"uq_{table}_tenant_id_referral_id_position")
        ),
    )


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=nullable)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
