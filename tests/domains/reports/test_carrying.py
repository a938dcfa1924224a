"""The worker: what changed marks, what is marked is counted, and at local midnight everything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from hub.domains.kecamatan import actions
from hub.domains.reports import carrying
from hub.domains.reports.counting import state_id
from hub.journal import errands, sealer
from hub.journal.errands import Due
from hub.kernel.clock import Now
from hub.kernel.scope import Reader
from hub.store.pools import Connection
from hub.wiring import Hub
from tests.domains.reports.stage import Stage, opened
from tests.world import make

_codes = iter(("32.13.06", "32.13.08", "32.13.09", "32.13.26", "32.13.27", "32.13.28"))
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # eleven in the morning there


@pytest.fixture
async def stage(hub: Hub, owner: asyncpg.Connection) -> Stage:
    """One for each test, under a code of its own."""
    return await opened(hub, owner, next(_codes))


async def profiled(stage: Stage, population: int) -> None:
    """A change by an officer: it is in the journal."""
    async with make.unit(stage.hub, stage.tenant) as unit:
        values = {"population": population, "civil_servant_count": 22}
        await actions.set_profile(unit, stage.office.id, year=2018, values=values)


async def sealed(stage: Stage, connection: Connection) -> None:
    """Seal what was said in the kecamatan."""
    while await sealer.seal(connection, stage.tenant.id, now=START):
        pass


async def asked(stage: Stage, connection: Connection, at: datetime) -> list[str]:
    """The reports whose count is due by then."""
    names = {state_id(code): code for code in carrying.COUNTED}
    due = await errands.due(connection, carrying.ERRAND, now=at, limit=10_000)
    return sorted(names[each.object_id] for each in due if each.home_tenant == stage.tenant.id)


async def carry_out(stage: Stage, connection: Connection, at: datetime) -> list[str]:
    """Count what is due by then."""
    done = await asked(stage, connection, at)
    for each in await errands.due(connection, carrying.ERRAND, now=at, limit=10_000):
        if each.home_tenant == stage.tenant.id:
            await carrying.run_errand(connection, each, stage.hub.services.keys, clock=lambda: Now(at))
    return done


async def shown(stage: Stage) -> list[Any]:
    """The figures of R-02."""
    report = await stage.report("R-02", counted=False)
    return [cell.numerator for row in report.rows for cell in row.cells]


async def test_a_change_marks_the_reports_that_it_bears_upon_and_they_are_counted(stage: Stage) -> None:
    await profiled(stage, 31_020)
    async with stage.hub.pools.of(Reader.WORKER).connection() as connection:
        await sealed(stage, connection)
        while await carrying.notice(connection, stage.tenant.id, clock=lambda: Now(START)):
            pass
        assert await asked(stage, connection, START - timedelta(seconds=1)) == []
        assert (await stage.report("R-02", counted=False)).waiting
        assert await carry_out(stage, connection, START) == ["R-01", "R-02", "R-03"]
        assert await shown(stage) == [31_020]
        assert not (await stage.report("R-02", counted=False)).waiting
        assert await asked(stage, connection, START) == []


async def test_a_second_change_waits_a_little_and_is_counted_once_with_those_behind_it(stage: Stage) -> None:
    async with stage.hub.pools.of(Reader.WORKER).connection() as connection:
        for step, population in enumerate((1, 2, 3)):
            await profiled(stage, population)
            await sealed(stage, connection)
            at = START + timedelta(seconds=step)
            while await carrying.notice(connection, stage.tenant.id, clock=lambda at=at: Now(at)):  # type: ignore[misc]
                pass
            await carry_out(stage, connection, at)
        assert await shown(stage) == [1]
        assert await asked(stage, connection, START + carrying.PAUSE - timedelta(milliseconds=1)) == []
        assert await carry_out(stage, connection, START + carrying.PAUSE) == ["R-01", "R-02", "R-03"]
        assert await shown(stage) == [3]


async def test_a_worker_that_dies_between_counting_and_settling_counts_again(stage: Stage) -> None:
    await profiled(stage, 5)
    async with stage.hub.pools.of(Reader.WORKER).connection() as connection:
        await sealed(stage, connection)
        await carrying.notice(connection, stage.tenant.id, clock=lambda: Now(START))
        stale = Due(carrying.ERRAND, stage.tenant.id, state_id("R-02"), asked=0)  # asked for again meanwhile
        await carrying.run_errand(connection, stale, stage.hub.services.keys, clock=lambda: Now(START))
        assert "R-02" in await carry_out(stage, connection, START)
        assert await shown(stage) == [5]


async def test_a_new_day_in_the_kecamatans_own_time_asks_for_everything_once(stage: Stage) -> None:
    evening = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)  # a minute to midnight in WITA, not yet in WIB
    everything = sorted(carrying.COUNTED)
    async with stage.hub.pools.of(Reader.WORKER).connection() as connection:
        for at, expected in (
            (START, everything),
            (evening, []),
            (evening + timedelta(minutes=1), everything),
            (evening + timedelta(minutes=2), []),
        ):
            assert await carrying.daily(connection, stage.tenant.id, clock=lambda at=at: Now(at)) == len(expected)  # type: ignore[misc]
            assert await carrying.daily(connection, stage.tenant.id, clock=lambda at=at: Now(at)) == 0  # type: ignore[misc]
            assert await carry_out(stage, connection, at) == expected


async def test_another_rule_of_a_definition_is_counted_anew(stage: Stage) -> None:
    async with stage.hub.pools.of(Reader.WORKER).connection() as connection:
        await carrying.daily(connection, stage.tenant.id, clock=lambda: Now(START))
        await carry_out(stage, connection, START)
        async with stage.worker() as unit:
            await unit.connection.fetch("update report_state set rule = 0 where report = 'R-07'")
        assert await carrying.daily(connection, stage.tenant.id, clock=lambda: Now(START)) == 1
        assert await asked(stage, connection, START + carrying.PAUSE) == ["R-07"]


async def test_an_agency_has_no_reports(hub: Hub, world: Any) -> None:
    async with hub.pools.of(Reader.WORKER).connection() as connection:
        assert await carrying.daily(connection, world.agency.id, clock=lambda: Now(START)) == 0
