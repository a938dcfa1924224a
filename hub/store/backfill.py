"""Changing the data of every tenant in a migration.

As `hub_owner` under forced row-level security an UPDATE outside a tenant changes no row and says nothing. So a data
migration goes through `backfill`, which enters each tenant and counts.
"""

from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, TableClause, Update, func, insert, select, text

from hub.kernel.errors import HubError


class BackfillMissed(HubError):
    """Of {table}, {counted} rows had to change, but {touched} did ({place})."""

    code = "BACKFILL_MISSED"
    hint = "Nothing was changed. Look at the table's policies for hub_owner, and for rows of tenants that are gone."


def backfill(connection: Connection, change: Update) -> int:
    """Run an UPDATE in every tenant, inside a migration (`op.get_bind()`); the number of rows changed.

    BackfillMissed, and with it the migration is undone, where a tenant's rows, or those of the whole table, are not
    all reached. Name the table without a model (`sa.table(…)`): models move on, a migration does not. Counting the
    whole table sets the forced policies aside for a moment, so the table is locked until the migration commits.
    """
    target = _target(change)
    wanted = select(func.count()).select_from(target)
    if change.whereclause is not None:
        wanted = wanted.where(change.whereclause)

    return _everywhere(connection, target.name, wanted, change)


def backfill_rows(connection: Connection, target: TableClause, columns: list[str], chosen: Select[Any], of: str) -> int:
    """Insert what a select over the table `of` finds into another table, in every tenant; the number of rows.

    The rows of `of` are counted past all policies, as `backfill` does; other tables of tenants must not be read.
    """
    wanted = select(func.count()).select_from(chosen.subquery())
    return _everywhere(connection, of, wanted, insert(target).from_select(columns, chosen))


def _everywhere(connection: Connection, name: str, wanted: Select[Any], change: Update | Insert) -> int:
    everywhere = _unforced(connection, name, wanted)
    reached = 0
    for tenant in connection.execute(text("select id from tenant order by id")).scalars().all():
        _enter(connection, str(tenant))
        counted = connection.execute(wanted).scalar_one()
        touched = connection.execute(change).rowcount
        _refuse_difference(name, counted, touched, f"tenant {tenant}")
        reached += touched
    _enter(connection, "")
    _refuse_difference(name, everywhere, reached, "all tenants")
    return reached


def _target(change: Update) -> Table | TableClause:
    table = change.table
    if not isinstance(table, (Table, TableClause)):
        raise TypeError("a backfill changes one table")
    return table


def _unforced(connection: Connection, name: str, wanted: Select[Any]) -> int:
    """How many rows there are past all policies: the owner may look when they are not forced on it."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    connection.execute(text(f"alter table {quoted} no force row level security"))
    found = connection.execute(wanted).scalar_one()
    connection.execute(text(f"alter table {quoted} force row level security"))
    return int(found)


def _enter(connection: Connection, tenant: str) -> None:
    connection.execute(text("select set_config('hub.tenant', :tenant, true)"), {"tenant": tenant})


def _refuse_difference(table: str, counted: int, touched: int, place: str) -> None:
    if counted != touched:
        raise BackfillMissed(table=table, counted=counted, touched=touched, place=place)
