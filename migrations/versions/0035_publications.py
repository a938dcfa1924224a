"""Periods of reports, what a kecamatan confirmed, and what was published. See docs/adr/0033-publications.md."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from hub.store.base import Kind
from hub.store.rls import protect

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

UNNARROWED = "(select nullif(current_setting('hub.villages', true), '')) is null"
WITHIN = "starts_with(region_code || '.', (select nullif(current_setting('hub.figures', true), '')) || '.')"
ASKED_FOR = "number = (select nullif(current_setting('hub.publication', true), ''))"


def upgrade() -> None:
    """Apply."""
    _period()
    _frozen()
    _publication()
    _figure()
    _shown()
    for statement in privileges():
        op.execute(statement)


def _period() -> None:
    name = "report_period"
    op.create_table(
        name,
        *_row(),
        _text("period"),
        _text("state"),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        *(_moment(each) for each in ("confirmed_at", "published_at")),
        _text("number", nullable=True),
        _check(name, "state_known", "state IN ('OPEN', 'CONFIRMED', 'PUBLISHED', 'REVISED')"),
        _check(name, "a_month", r"period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'"),
        _check(name, "confirmed_is_dated", "(state = 'OPEN') = (confirmed_at is null)"),
        _check(name, "published_is_numbered", "(published_at is null) = (number is null)"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "period", name=op.f(f"uq_{name}_tenant_id_period")),
    )
    for column in ("state", "period"):
        op.create_index(op.f(f"ix_{name}_tenant_id_{column}_id"), name, ["tenant_id", column, "id"])
    protect(op.execute, name, kind=Kind.TENANT)


def _frozen() -> None:
    name = "report_frozen"
    op.create_table(
        name,
        *_row(),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        *(sa.Column(each, sa.Integer(), nullable=False) for each in ("confirmation", "rule", "revision")),
        _text("report"),
        _moment("counted_at"),
        *(sa.Column(each, JSONB(), nullable=False) for each in ("figures", "villages")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["report_period.tenant_id", "report_period.id"],
            name=op.f(f"fk_{name}_tenant_id_period_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "period_id", "confirmation", "report", name="uq_report_frozen_once"),
    )
    protect(op.execute, name, kind=Kind.TENANT)


def _publication() -> None:
    name = "publication"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(_text(each) for each in ("number", "region_code", "period", "state", "sha256", "source")),
        sa.Column("region_name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        _moment("data_as_of"),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("reports", JSONB(), nullable=False),
        _check(name, "state_known", "state IN ('PUBLISHED', 'REVISED')"),
        _check(name, "revision_from_one", "revision >= 1"),
        _check(name, "first_is_published", "(state = 'PUBLISHED') = (revision = 1)"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("region_code", "period", "revision", name=op.f(f"uq_{name}_region_code_period_revision")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{name}_number")),
    )
    op.create_index(op.f(f"ix_{name}_region_code_published_at"), name, ["region_code", "published_at"])


def _figure() -> None:
    name = "published_figure"
    key = ("report", "line", "place_code", "dimension_1", "dimension_2", "figure")
    op.create_table(
        name,
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        *(_text(each) for each in key),
        _text("region_code"),
        _text("kecamatan_code", nullable=True),
        sa.Column("place_name", sa.Text(), nullable=False),
        *(sa.Column(each, sa.Text(), nullable=True) for each in ("label_1", "label_2")),
        _text("shown"),
        *(sa.Column(each, sa.BigInteger(), nullable=True) for each in ("numerator", "denominator")),
        _text("origin", nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        *(sa.Column(each, sa.Integer(), nullable=True) for each in ("villages_reporting", "villages_total")),
        _moment("oldest_sync"),
        _check(name, "line_known", "line IN ('KECAMATAN', 'VILLAGE', 'TOTAL', 'TOTAL_WITH_PARTIAL')"),
        _check(name, "shown_known", "shown IN ('SHOWN', 'ROUNDED', 'SUPPRESSED', 'NO_DATA')"),
        _check(name, "origin_known", "origin IN ('REGISTER', 'PROFILE', 'ACTS')"),
        _check(name, "no_data_is_null", "shown <> 'NO_DATA' or num_nonnulls(numerator, denominator) = 0"),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f(f"fk_{name}_publication_id")),
        sa.PrimaryKeyConstraint("publication_id", *key, name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_region_code_report"), name, ["region_code", "report"])


def _shown() -> None:
    name = "figure_shown"
    key = ("region_code", "report", "variable", "place_code", "dimension_1", "dimension_2")
    op.create_table(
        name,
        *(_text(each) for each in key),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        _check(name, "shown_is_there", "hidden or value is not null"),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def privileges() -> Iterator[str]:
    """Who reads and writes what."""
    # what is frozen is never changed, and is the office's: officials of a village read their own village's reports
    yield "revoke update on report_frozen from hub_api"
    yield "revoke insert, update on report_frozen from hub_worker"
    yield f"create policy office on report_frozen as restrictive for select to hub_api using ({UNNARROWED})"
    for table in ("publication", "published_figure", "figure_shown"):
        yield f"alter table {table} enable row level security"
        yield f"alter table {table} force row level security"
        yield f"grant select, insert on {table} to hub_worker"
        yield f"create policy publishing on {table} for all to hub_worker using (true) with check (true)"
    yield "grant update on figure_shown to hub_worker"
    yield "grant select on publication, published_figure to hub_report"
    # a publication without its figures is told to whoever has its number
    yield f"create policy region on publication for select to hub_report using ({WITHIN} or {ASKED_FOR})"
    yield f"create policy region on published_figure for select to hub_report using ({WITHIN})"


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(collation="C"), nullable=nullable)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
