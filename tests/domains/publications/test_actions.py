"""Confirming a month: who may, what is frozen, and that it stays; the hourly look opens months and publishes."""

from dataclasses import replace
from datetime import date

import asyncpg
import pytest
from sqlalchemy import select

from hub.domains.publications import actions, publishing
from hub.domains.publications.errors import PeriodNotCounted
from hub.domains.publications.model import ReportFrozen
from hub.kernel.errors import Forbidden
from hub.kernel.scope import Reader, Scope
from hub.store.base import table
from hub.store.unit import StaleVersion, writing
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.domains.publications.stage import DAY, PERIOD, District, district
from tests.world import make

MANY = [(700, 100, 1000), (600, 200, 1000)]
_codes = iter(("32.13.01", "32.14.01", "32.15.03", "63.01.04"))


@pytest.fixture
async def made(hub: Hub, owner: asyncpg.Connection) -> District:
    """A kecamatan in a district of its own, whose month is open."""
    found = await district(hub, owner, next(_codes))
    async with found.connection() as connection:
        assert await publishing.open_periods(connection, found.now(), region=found.region) == 1
        assert await publishing.open_periods(connection, found.now(), region=found.region) == 0
    return found


async def confirm(made: District, scope: Scope, expected: int | None = None) -> None:
    """As somebody."""
    row = await made.period(made.kecamatan[0])
    async with writing(made.hub.pools.of(Reader.API), scope, made.now()) as unit:
        await actions.confirm(unit, row.id, expected=row.version if expected is None else expected)


async def test_what_is_frozen_is_what_was_counted_and_stays(made: District) -> None:
    stage = made.kecamatan[0]
    await made.documents(stage, MANY)
    await made.confirm(stage)
    await made.documents(stage, [(1, 1, 2), (1, 1, 2)])
    async with writing(made.hub.pools.of(Reader.API), make.camat(stage.tenant), made.now()) as unit:
        own = table(ReportFrozen).c
        [row] = await unit.rows(select(table(ReportFrozen)).where(own.tenant_id == stage.tenant.id))
        assert (row["report"], row["confirmation"]) == ("R-07", 1)
        assert '"numerator": 700' in row["figures"]
        assert stage.villages[0].code in row["villages"]
    for reader in (Reader.API, Reader.WORKER):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await made.hub.pools.of(reader).execute("update report_frozen set figures = '[]'")
    narrowed = replace(make.camat(stage.tenant), villages=(stage.villages[0].id,))
    async with writing(made.hub.pools.of(Reader.API), narrowed, made.now()) as unit:
        assert await unit.rows(select(own.id).where(own.tenant_id == stage.tenant.id)) == []


async def test_only_the_camat_and_the_secretary_confirm_and_only_what_they_have_read(made: District) -> None:
    stage = made.kecamatan[0]
    with pytest.raises(PeriodNotCounted):
        await confirm(made, make.camat(stage.tenant))
    await made.documents(stage, MANY)
    head = Scope(Reader.API, Role.KEC_SECTION_HEAD, frozenset(ROLES[Role.KEC_SECTION_HEAD]), (stage.tenant,))
    with pytest.raises(Forbidden):
        await confirm(made, head)
    with pytest.raises(StaleVersion):
        await confirm(made, make.camat(stage.tenant), expected=9)
    await confirm(made, replace(head, permissions=frozenset(ROLES[Role.KEC_SECRETARY])))
    assert (await made.period(stage)).state == "CONFIRMED"


async def test_the_hourly_look_publishes_what_all_have_confirmed(made: District) -> None:
    stage = made.kecamatan[0]
    await made.documents(stage, MANY)
    await made.confirm(stage)
    async with made.connection() as connection:
        assert await publishing.publish_due(connection, made.now, day=DAY) >= 1
        assert (await made.period(stage)).number == f"{made.region}/{PERIOD}/1"
        assert await publishing.publish_due(connection, made.now, day=DAY) == 0


def test_a_month_is_published_on_its_day_of_the_next() -> None:
    assert publishing.due_on("2026-11", 10) == date(2026, 12, 10)
    assert publishing.due_on("2026-12", 3) == date(2027, 1, 3)
