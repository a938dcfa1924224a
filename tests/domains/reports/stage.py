"""A kecamatan for each test of reports, and short ways to count and read there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from hub.domains.kecamatan.model import Kecamatan
from hub.domains.reports import assembling, counting, reading
from hub.domains.reports.assembling import Report
from hub.domains.reports.catalogue import REPORTS
from hub.domains.villages.model import Village
from hub.kernel.clock import Now
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.unit import Unit
from hub.store.unit import reading as snapshot
from hub.tenants import administration as admin
from hub.tenants.acting import acting
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make

NOW = Now(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))


@dataclass
class Stage:
    """A kecamatan of a test's own, with two villages."""

    hub: Hub
    tenant: TenantRef
    office: Kecamatan
    villages: list[Village]

    async def add(self, *rows: Any) -> None:
        """Insert rows."""
        async with make.unit(self.hub, self.tenant) as unit:
            for row in rows:
                await unit.add(row)

    @asynccontextmanager
    async def worker(self, now: Now = NOW) -> AsyncIterator[Unit]:
        """The worker, inside."""
        async with (
            self.hub.pools.of(Reader.WORKER).connection() as connection,
            acting(connection, self.tenant, now) as unit,
        ):
            yield unit

    async def recount(self, code: str, *, write: bool = True) -> list[counting.Difference]:
        """Count a report."""
        async with self.worker() as unit:
            return await counting.recount(unit, REPORTS[code], write=write)

    async def report(self, code: str, *, counted: bool = True) -> Report:
        """A report as the camat reads it."""
        if counted:
            await self.recount(code)
        async with snapshot(self.hub.pools.of(Reader.API), make.camat(self.tenant), NOW) as session:
            return assembling.assemble(REPORTS[code], [await reading.kept(session, self.tenant, code)], NOW.instant)


def lines(report: Report) -> list[tuple[Any, ...]]:
    """Place, dimensions, and of each figure the parts and the value."""
    return [
        (
            row.region_code,
            *(part.key if part.dimension.words else part.name.en for part in row.parts),
            *((cell.over, cell.under, cell.value) for cell in row.cells),
        )
        for row in report.rows
    ]


def total(rows: Sequence[assembling.Row]) -> list[tuple[Any, ...]]:
    """The same of totals, without a place."""
    return [
        (*(part.key for part in row.parts), *((cell.over, cell.under, cell.value) for cell in row.cells))
        for row in rows
    ]


async def opened(hub: Hub, owner: asyncpg.Connection, code: str) -> Stage:
    """A kecamatan of this code with two villages and nothing else."""
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name="Uji", zone=Zone.WITA)
    office = make.office(tenant, "Uji")
    villages = [make.village(tenant, f"{code}.200{n}", f"Desa {n}") for n in (1, 2)]
    made = Stage(hub, tenant, office, villages)
    await made.add(office, *villages)
    return made
