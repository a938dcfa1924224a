"""The table of regions, filled again and again."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.domains.regions import loader
from hub.store.pools import Connection
from tests import cluster
from tests.conftest import as_role, prepare

TAKISUNG = "select name, aliases from region where code = '63.01.01.2004'"


@pytest.fixture(scope="module")
async def alone() -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(as_role(await cluster.database_for("regions", prepare), "hub_owner"))
    yield connection
    await connection.close()


async def test_every_code_is_loaded_over_those_that_were_there(alone: Connection) -> None:
    assert 0 < await loader.count(alone) < 92_219
    assert await loader.load(alone) == 92_219


async def test_a_changed_row_is_set_right_and_what_a_split_has_written_down_stays(alone: Connection) -> None:
    await loader.load(alone)
    before = await alone.fetchrow(TAKISUNG)
    await alone.execute("update region set name = 'X' where code = '63.01.01.2004'")
    split = "update region set valid_to = '2026-05-31', predecessor_code = '63.01.02' where code = '63.01.01.2006'"
    await alone.execute(split)
    untouched = "select xmin::text from region where code in ('63.01.01.2005', '63.01.01.2006') order by code"
    rows = await alone.fetch(untouched)

    await loader.load(alone)

    assert await alone.fetchrow(TAKISUNG) == before
    assert await alone.fetch(untouched) == rows
