"""The regions the tests speak of: two provinces with everything below."""

import asyncpg
from sqlalchemy import insert

from hub.domains.regions.data import regions
from hub.domains.regions.model import Region
from hub.store import sql
from hub.store.base import table

PROVINCES = ("63", "32")
# A desk of a test's own takes the next free kecamatan of these; what a test names is left to it.
DESKS = ("32.02", "32.03", "32.04", "32.05", "32.06", "32.07", "32.08", "32.09")
REGENCIES = ("63.01", "63.11", "32.01", "32.15", "32.13", "32.14", *DESKS)


async def load_regions(owner: str) -> None:
    """Insert them as the owner."""
    prepared = sql.prepare(insert(table(Region)))
    chosen = [each for each in regions() if each.code[:5] in (*PROVINCES, *REGENCIES)]
    rows = [
        Region(
            code=each.code,
            name=each.name,
            level=each.level,
            kind=each.kind,
            parent_code=each.parent_code,
            aliases=list(each.aliases),
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            predecessor_code=each.predecessor_code,
            population=each.population,
            postal_code=each.postal_code,
        ).model_dump()
        for each in chosen
    ]
    connection = await asyncpg.connect(owner)
    await connection.executemany(prepared.text, [prepared.arguments(row) for row in rows])
    await connection.close()
