"""Row-level security: the policies of a table, in one place, for migrations and for `hub doctor`.

Per role and command there is exactly one permissive policy (several would be OR-ed); narrowing is RESTRICTIVE.
The settings are read in a sub-select, so that PostgreSQL evaluates them once per statement.
"""

from collections.abc import Callable

from hub.store.base import MANIFEST, Entry, Kind

Run = Callable[[str], object]

TENANT = "tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)"
TENANTS = "tenant_id = any ((select nullif(current_setting('hub.tenants', true), '')::int[])::int[])"
VILLAGES = (
    "((select nullif(current_setting('hub.villages', true), '')) is null or {column} = any "
    "((select nullif(current_setting('hub.villages', true), '')::uuid[])::uuid[]))"
)
# Rows that lie within the region over which a Disdukcapil decides; none for whoever has no such region.
REGION = "starts_with(region_code || '.', (select nullif(current_setting('hub.region', true), '')) || '.')"
AGENCY = "(select nullif(current_setting('hub.agency', true), ''))"
# Whether the reader is set over the kecamatan whose rows are read: a district, its agency or the province.
OVERSEES = "(select nullif(current_setting('hub.oversees', true), '')) is not null"
PARTY = "(select nullif(current_setting('hub.party', true), '')::uuid)"


def protect(run: Run, table: str, *, kind: Kind, village: str | None = None) -> None:
    """Turn a new table of a tenant into a protected one.

    `run` executes a statement (alembic's `op.execute`). `village` names the column by which the rows of a person
    table are narrowed to an official's villages. What
    `hub_outside` may read is set from the manifest at the end of every migration.
    """
    run(f"alter table {table} enable row level security")
    run(f"alter table {table} force row level security")
    run(
        f"create policy tenant on {table} as permissive for all to hub_api, hub_worker, hub_owner "
        f"using ({TENANT}) with check ({TENANT})"
    )
    if village is not None:
        narrow = VILLAGES.format(column=village)
        run(
            f"create policy villages on {table} as restrictive for all to hub_api "
            f"using ({narrow}) with check ({narrow})"
        )
    run(f"grant select, insert, update on {table} to hub_api, hub_worker")
    if kind is Kind.PERSON:
        run(f"revoke all on {table} from hub_outside")


def open_outside(run: Run, table: str, entry: Entry) -> None:
    """Let `hub_outside` read what the manifest says of a table: some columns of some rows, in its scope's tenants."""
    if not entry.outside:
        return
    run(f"drop policy if exists outside on {table}")
    run(f"revoke select on {table} from hub_outside")  # noqa: S608  # no select but a privilege, names are ours
    if entry.published is not None:
        run(
            f"create policy outside on {table} as permissive for select to hub_outside "
            f"using ({TENANTS} and ({entry.published}))"
        )
    columns = ", ".join(entry.outside)
    run(f"grant select ({columns}) on {table} to hub_outside")


def readable_outside(table: str) -> frozenset[str]:
    """The columns of a table that `hub_outside` may read."""
    entry = MANIFEST.get(table)
    return frozenset(entry.outside) if entry else frozenset()
