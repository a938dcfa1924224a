"""Buckets of points, shared by all processes: a table that nobody may touch, and the functions that do."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The clock is the database's: processes on several machines share the row. The instant is taken before the row's lock
# is, so an older one never sets a bucket back.
DRAW = """
create function hub_draw(
    of_key bytea, wanted float8, needed float8, most float8, per_second float8, out granted float8, out remaining float8
)
language plpgsql volatile security definer
set search_path = public, pg_temp
as $body$
declare instant timestamptz := clock_timestamp();
begin
    insert into rate_bucket as b (key, tokens, filled_at) values (of_key, most, instant)
    on conflict (key) do update set
        tokens = least(most, b.tokens
            + per_second * greatest(0, extract(epoch from excluded.filled_at - b.filled_at)::float8)),
        filled_at = greatest(excluded.filled_at, b.filled_at)
    returning b.tokens into remaining;
    granted := case when remaining < needed then 0 else least(wanted, remaining) end;
    remaining := remaining - granted;
    if granted > 0 then
        update rate_bucket set tokens = remaining where key = of_key;
    end if;
end $body$
"""

GIVE_BACK = """
create function hub_give_back(of_key bytea, given float8, most float8) returns void
language sql volatile security definer
set search_path = public, pg_temp
as $body$
    update rate_bucket set tokens = least(most, tokens + greatest(given, 0)) where key = of_key
$body$
"""

# A bucket untouched for a day is full, which is what a missing row says too.
TIDY = """
create function hub_tidy_buckets() returns void
language sql volatile security definer
set search_path = public, pg_temp
as $body$
    delete from rate_bucket where filled_at < clock_timestamp() - interval '1 day'
$body$
"""

FUNCTIONS = {
    "hub_draw(bytea, float8, float8, float8, float8)": DRAW,
    "hub_give_back(bytea, float8, float8)": GIVE_BACK,
    "hub_tidy_buckets()": TIDY,
}


def functions() -> Iterator[str]:
    """Statements, in order."""
    for signature, text in FUNCTIONS.items():
        yield text
        yield f"revoke all on function {signature} from public"
        yield f"grant execute on function {signature} to hub_outside"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_bucket")),
        prefixes=["UNLOGGED"],
    )
    for statement in functions():
        op.execute(statement)


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
