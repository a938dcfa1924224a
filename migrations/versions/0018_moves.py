"""The registry of persons, kept by the worker alone, moves and twin cases. See docs/adr/0021-one-person.md."""

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _registry()
    _moves()
    _twins()


def _registry() -> None:
    op.create_table(
        "feed_mark",
        sa.Column("consumer", sa.Text(collation="C"), nullable=False),
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "home_tenant", name=op.f("pk_feed_mark")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "person_key",
        sa.Column("bidx", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("octet_length(bidx) = 18", name=op.f("ck_person_key_whole_index")),
        _of_person("person_key"),
        sa.PrimaryKeyConstraint("bidx", name=op.f("pk_person_key")),
    )
    op.create_index(op.f("ix_person_key_person_id"), "person_key", ["person_id"])
    op.create_table(
        "person_home",
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        _of_person("person_home"),
        sa.PrimaryKeyConstraint("home_tenant", "citizen_id", name=op.f("pk_person_home")),
    )
    op.create_index(op.f("ix_person_home_person_id"), "person_home", ["person_id"])
    op.create_table(
        "errand",
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("home_tenant", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "home_tenant", "object_id", name=op.f("pk_errand")),
    )
    op.create_index(op.f("ix_errand_due_at"), "errand", ["due_at"])
    for table in ("feed_mark", "errand", "person", "person_key", "person_home"):
        op.execute(f"grant select, insert, update, delete on {table} to hub_worker")


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"],
        ["person.id"],
        name=op.f(f"fk_{table}_person_id"),
        deferrable=True,
        initially="DEFERRED",
    )


def _moves() -> None:
    reasons = "reason IN ('WORK', 'EDUCATION', 'SECURITY', 'HEALTH', 'HOUSING', 'FAMILY', 'OTHER')"
    _create(
        "departure",
        {"village_id": "village", "household_id": "household"},
        [
            sa.Column("village_id", sa.Uuid(), nullable=False),
            sa.Column("household_id", sa.Uuid(), nullable=False),
            _word("state"),
            _word("reason"),
            sa.Column("note", sa.Text(), nullable=True),
            sa.Column("departed_on", sa.Date(), nullable=False),
            _word("destination"),
            sa.Column("to_tenant", sa.Integer(), nullable=True),
            sa.Column("to_code", sa.Text(collation="C"), nullable=True),
            sa.Column("to_village_code", sa.Text(collation="C"), nullable=True),
            sa.Column("place", sa.Text(), nullable=True),
            sa.Column("whole", sa.Boolean(), nullable=False),
            sa.Column("expires_on", sa.Date(), nullable=True),
            sa.Column("answer", sa.Text(), nullable=True),
        ],
        {
            "state_known": "state IN ('SENT', 'OFFERED', 'ACCEPTED', 'REFUSED', 'CANCELLING', 'CANCELLED', 'EXPIRED', 'GONE', 'REOPENED')",
            "destination_known": "destination IN ('KECAMATAN', 'OUTSIDE', 'ABROAD')",
            "reason_known": reasons,
            "hub_has_tenant": "(destination = 'KECAMATAN') = (to_tenant is not null)",
        },
        [["state"], ["departed_on"], ["village_id"], ["household_id"]],
    )
    _create(
        "departure_person",
        {"departure_id": "departure", "citizen_id": "citizen", "village_id": "village"},
        [
            sa.Column("departure_id", sa.Uuid(), nullable=False),
            sa.Column("citizen_id", sa.Uuid(), nullable=False),
            sa.Column("village_id", sa.Uuid(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            _word("family_relation"),
            sa.Column("arrived_id", sa.Uuid(), nullable=True),
        ],
        {},
        [["departure_id", "position"], ["citizen_id"]],
    )
    _create(
        "arrival",
        {"village_id": "village", "household_id": "household"},
        [
            sa.Column("village_id", sa.Uuid(), nullable=True),
            sa.Column("household_id", sa.Uuid(), nullable=True),
            _word("state"),
            _word("reason"),
            sa.Column("from_tenant", sa.Integer(), nullable=False),
            _word("from_code"),
            sa.Column("departed_on", sa.Date(), nullable=False),
            sa.Column("arrived_on", sa.Date(), nullable=True),
            sa.Column("expires_on", sa.Date(), nullable=False),
            sa.Column("answer", sa.Text(), nullable=True),
            sa.Column("kk_sealed", sa.LargeBinary(), nullable=True),
        ],
        {
            "state_known": "state IN ('OFFERED', 'ACCEPTED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')",
            "reason_known": reasons,
        },
        [["state"], ["departed_on"], ["village_id"], ["household_id"]],
    )
    _create(
        "arrival_person",
        {"arrival_id": "arrival", "citizen_id": "citizen", "village_id": "village"},
        [
            sa.Column("arrival_id", sa.Uuid(), nullable=False),
            sa.Column("village_id", sa.Uuid(), nullable=True),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("full_name", sa.Text(), nullable=True),
            _word("sex"),
            sa.Column("birth_date", sa.Date(), nullable=True),
            _word("family_relation"),
            sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
            sa.Column("departed_id", sa.Uuid(), nullable=False),
            sa.Column("citizen_id", sa.Uuid(), nullable=True),
        ],
        {},
        [["arrival_id", "position"], ["citizen_id"]],
    )


def _twins() -> None:
    words = {
        "state": "'OPEN', 'DECIDED', 'SETTLED', 'CLOSED'",
        "proposal": "'SAME_PERSON', 'TWO_PEOPLE', 'TYPING_ERROR'",
        "proposal_side": "'HERE', 'THERE'",
        "decision": "'SAME_PERSON', 'TWO_PEOPLE', 'TYPING_ERROR'",
        "decision_side": "'HERE', 'THERE'",
        "task": "'CORRECT_NIK', 'END_RECORD'",
    }
    whole = "({0} is null or {0} = 'TWO_PEOPLE') = ({0}_side is null)"
    _create(
        "twin_case",
        {"village_id": "village", "citizen_id": "citizen"},
        [
            sa.Column("village_id", sa.Uuid(), nullable=False),
            sa.Column("citizen_id", sa.Uuid(), nullable=False),
            sa.Column("other_tenant", sa.Integer(), nullable=False),
            sa.Column("other_citizen", sa.Uuid(), nullable=False),
            _word("other_code"),
            _word("state"),
            *(
                sa.Column(name, sa.Text(collation="C"), nullable=True)
                for name in ("proposal", "proposal_side", "decision", "decision_side")
            ),
            sa.Column("decided_on", sa.Date(), nullable=True),
            sa.Column("task", sa.Text(collation="C"), nullable=True),
        ],
        {
            **{f"{name}_known": f"{name} IN ({known})" for name, known in words.items()},
            "proposal_whole": whole.format("proposal"),
            "decision_whole": whole.format("decision"),
            "decided_has_task": "(state = 'DECIDED') = (task is not null)",
        },
        [["state"], ["village_id"], ["citizen_id"]],
    )


def _create(
    table: str,
    keys: dict[str, str],
    columns: list[sa.Column[object]],
    checks: dict[str, str],
    indexes: list[list[str]],
) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
        *(sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}")) for name, check in checks.items()),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{to}.tenant_id", f"{to}.id"],
                name=op.f(f"fk_{table}_tenant_id_{column}"),
            )
            for column, to in keys.items()
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )
    for names in indexes:
        op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(names)}_id"), table, ["tenant_id", *names, "id"])
    protect(op.execute, table, kind=Kind.PERSON, village="village_id")


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
