"""Filling the table of regions: every code of the Ministry, in force and ended, the same for every tenant."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from hub.domains.regions.data import RegionRecord, regions
from hub.domains.regions.model import Region
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection

_REGION = table(Region)
COLUMNS = tuple(_REGION.columns.keys())
_INCOMING = "incoming_region"
_NAMES = ", ".join(COLUMNS)
# What a region split has written down here stays until the list knows it too: the list never empties these.
_KEPT = frozenset({"valid_from", "valid_to", "predecessor_code"})
_FRESH = {
    name: f"coalesce(excluded.{name}, region.{name})" if name in _KEPT else f"excluded.{name}" for name in COLUMNS
}
_CHANGED = ", ".join(f"{name} = {value}" for name, value in _FRESH.items() if name != "code")
# Only rows that differ are written, so that loading once more costs no more than reading.
_UPSERT = (
    f"insert into region ({_NAMES}) select {_NAMES} from {_INCOMING} "  # noqa: S608  # names from our own model
    f"on conflict (code) do update set {_CHANGED} "
    f"where ({', '.join(f'region.{name}' for name in COLUMNS)}) "
    f"is distinct from ({', '.join(_FRESH.values())})"
)


async def load(owner: Connection) -> int:
    """Bring the table up to this release's codes, in one transaction as `hub_owner`; how many codes it then has.

    Takes some five seconds. Codes that are no longer in the list stay: somebody's data may name them.
    """
    async with owner.transaction():
        await owner.execute(f"create temporary table {_INCOMING} (like region) on commit drop")
        await owner.copy_records_to_table(_INCOMING, records=_rows(), columns=COLUMNS)
        await owner.execute(_UPSERT)
    return await count(owner)


async def count(connection: Connection) -> int:
    """How many codes the table has."""
    found = await sql.fetch(connection, select(func.count().label("number")).select_from(_REGION))
    return int(found[0]["number"])


def _rows() -> Iterator[tuple[Any, ...]]:
    for record in regions():
        yield tuple(_value(record, name) for name in COLUMNS)


def _value(record: RegionRecord, name: str) -> Any:
    value = getattr(record, name)
    if isinstance(value, float):
        return Decimal(str(value))
    return list(value) if isinstance(value, tuple) else value
