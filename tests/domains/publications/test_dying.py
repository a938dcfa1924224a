"""A worker that is killed while publishing leaves nothing or all of it, and whoever runs it again completes it."""

import asyncio
import signal
import sys

import asyncpg
import pytest

from hub.wiring import Hub
from tests.conftest import as_role
from tests.domains.publications.stage import PERIOD, District, district

COUNTS = "select (select count(*)::int from publication), (select count(*)::int from published_figure)"


@pytest.fixture(scope="module")
async def made(hub: Hub, owner_dsn: str) -> District:
    """A confirmed kecamatan."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        found = await district(hub, owner, "63.11.02")
    finally:
        await owner.close()
    await found.documents(found.kecamatan[0], [(700, 100, 1000), (600, 200, 1000)])
    await found.confirm(*found.kecamatan)
    return found


async def die(apart: str, made: District, before: str) -> tuple[int, int]:
    """Let a worker die before a statement; how many publications and figures there are then."""
    arguments = (as_role(apart, "hub_worker"), before, made.region, PERIOD)
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.domains.publications.child", *arguments)
    assert await child.wait() == -signal.SIGKILL
    async with made.connection() as connection:
        row = await connection.fetchrow(COUNTS)
    assert row is not None
    return row[0], row[1]


async def test_killed_between_any_two_statements_it_leaves_none_or_one(apart: str, made: District) -> None:
    assert await die(apart, made, "insert into published_figure") == (0, 0)
    assert await die(apart, made, "insert into figure_shown") == (0, 0)
    assert await die(apart, made, "commit") == (0, 0)
    assert await die(apart, made, "update report_period") == (1, 10)
    assert (await made.period(made.kecamatan[0])).state == "CONFIRMED"
    found = await made.publish()
    assert (found.number, found.made) == ("63.11/2026-11/1", False)
    period = await made.period(made.kecamatan[0])
    assert (period.state, period.number) == ("PUBLISHED", "63.11/2026-11/1")
