"""A district of a test's own: kecamatan with counted figures, short ways to confirm, publish and read."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy import delete

from hub.domains.publications import actions, published, publishing
from hub.domains.publications.model import ReportPeriod
from hub.domains.publications.publishing import Outcomes
from hub.domains.reports.assembling import Report
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.counting import state_id
from hub.domains.reports.model import ReportCount, ReportState, ReportVillage
from hub.kernel.clock import Now
from hub.kernel.scope import Reader, Scope, Zone
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Session, Unit, writing
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.domains.reports.stage import Stage
from tests.world import make

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = "2026-11"
DAY = 10
KTP = ("KTP_EL", "")
Figures = Mapping[Any, tuple[int, int | None]]  # by figure, number of the village, dimensions
Counts = tuple[int, int, int]  # held, not known, eligible


@dataclass
class District:
    """Kecamatan of one district. Time passes with each step, as it does."""

    hub: Hub
    region: str
    kecamatan: list[Stage] = field(default_factory=list)
    at: datetime = START

    def now(self) -> Now:
        """A second later each time."""
        self.at += timedelta(seconds=1)
        return Now(self.at)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """The worker's."""
        async with self.hub.pools.of(Reader.WORKER).connection() as found:
            yield found

    async def count(self, stage: Stage, report: str, figures: Figures) -> None:
        """As if a report had been counted so; villages are numbered, one without any figure does not report."""
        async with stage.worker(self.now()) as unit:
            for each in (ReportCount, ReportVillage, ReportState):
                own = table(each).c
                await unit.rows(delete(table(each)).where(own.tenant_id == stage.tenant.id, own.report == report))
            await _write(unit, stage, report, figures)

    async def documents(self, stage: Stage, villages: Sequence[Counts | None]) -> None:
        """R-07: who holds a card, of whom it is not known, for whom one is due; None: the village sent nothing."""
        figures: dict[Any, tuple[int, int | None]] = {}
        for number, counts in enumerate(villages):
            if counts is not None:
                held, unknown, due = counts
                figures["held", number, KTP] = (held, due)
                figures["unknown", number, KTP] = (unknown, due)
        await self.count(stage, "R-07", figures)

    async def period(self, stage: Stage, period: str = PERIOD) -> ReportPeriod:
        """A month of a kecamatan."""
        async with writing(self.hub.pools.of(Reader.API), make.camat(stage.tenant), self.now()) as unit:
            found = await unit.first(unit.own(ReportPeriod).where(table(ReportPeriod).c.period == period), ReportPeriod)
        assert found is not None
        return found

    async def confirm(self, *stages: Stage, period: str = PERIOD) -> None:
        """As camat of each."""
        async with self.connection() as connection:
            await publishing.open_periods(connection, self.now(), region=self.region)
        for stage in stages:
            row = await self.period(stage, period)
            async with writing(self.hub.pools.of(Reader.API), make.camat(stage.tenant), self.now()) as unit:
                await actions.confirm(unit, row.id, expected=row.version)

    async def publish(self, period: str = PERIOD, *, at_once: bool = True) -> Outcomes:
        """As the worker."""
        async with self.connection() as connection:
            return await publishing.publish(connection, self.region, period, clock=self.now, day=DAY, at_once=at_once)

    @asynccontextmanager
    async def reader(self, region: str | None = None) -> AsyncIterator[Session]:
        """An analyst's snapshot."""
        scope = replace(analyst(), figures=region or self.region)
        async with published.outside(self.hub.pools, scope, self.now()) as session:
            yield session

    async def report(self, code: str, kecamatan: Sequence[str] | None = None, period: str | None = None) -> Report:
        """A published report."""
        async with self.reader() as session:
            found = await published.find(session, self.region, period)
            return await published.report(session, found, REPORTS[code], self.at, kecamatan)


def analyst() -> Scope:
    """Without a region."""
    return Scope(Reader.OUTSIDE, Role.AGENCY_ANALYST.value, frozenset(ROLES[Role.AGENCY_ANALYST]))


async def district(
    hub: Hub, owner: asyncpg.Connection, *codes: str, at: datetime = START, villages: int = 2
) -> District:
    """A district with these kecamatan, of so many villages each."""
    made = District(hub, publishing.region_of(codes[0]), at=at)
    for code in codes:
        tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name="Uji", zone=Zone.WITA)
        below = await owner.fetch("select code, name from region where parent_code = $1 order by code", code)
        office = make.office(tenant, f"Kecamatan {code}")
        stage = Stage(hub, tenant, office, [make.village(tenant, *each) for each in below[:villages]])
        await stage.add(office, *stage.villages)
        made.kecamatan.append(stage)
    return made


def lines(report: Report) -> dict[Any, Any]:
    """By place and dimensions: numerators and denominators as shown, with the word for how."""
    return {
        (row.region_code or "", *(part.key for part in row.parts)): [
            (cell.numerator, cell.denominator, cell.shown.value) for cell in row.cells
        ]
        for row in (*report.rows, *report.with_partial)
    }


async def _write(unit: Unit, stage: Stage, report: str, figures: Figures) -> None:
    tenant, today = stage.tenant.id, date(2026, 11, 22)
    reporting = {village for _, village, _ in figures}
    await unit.add_all(
        [
            ReportCount(
                tenant_id=tenant,
                report=report,
                figure=figure,
                village_id=None if village is None else stage.villages[village].id,
                dimension_1=one,
                dimension_2=two,
                numerator=numerator,
                denominator=denominator,
                origin="REGISTER",
                as_of=today,
            )
            for (figure, village, (one, two)), (numerator, denominator) in figures.items()
        ]
    )
    if REPORTS[report].reporting is not None:
        await unit.add_all(
            [
                ReportVillage(
                    tenant_id=tenant, report=report, village_id=each.id, reporting=number in reporting, synced_at=START
                )
                for number, each in enumerate(stage.villages)
            ]
        )
    state = ReportState(
        tenant_id=tenant, id=state_id(report), report=report, counted_at=unit.now.instant, rule=1, revision=1
    )
    await unit.add(state)
