"""The demo's published month: Halong and Takisung confirm the present one, so that analysts have something to read."""

from hub.demo import keys
from hub.demo.keys import DemoKey
from hub.demo.load import Filled
from hub.demo.villages import HALONG, TAKISUNG
from hub.domains.publications import actions, publishing
from hub.domains.publications.model import ReportPeriod
from hub.domains.reports import carrying
from hub.kernel.clock import Clock
from hub.kernel.scope import Reader
from hub.store.base import table
from hub.store.unit import writing
from hub.tenants.permissions import Role

_DAY = 10
_THERE = "select exists (select from publication where region_code = $1)"


async def publish(hub: Filled, made: list[DemoKey], clock: Clock) -> None:
    """Count, confirm and publish, in districts of which nothing is published yet."""
    camats = {each.tenant: each for each in made if each.role == Role.CAMAT.value}
    async with hub.pools.of(Reader.WORKER).connection() as worker:
        for code in (HALONG, TAKISUNG):
            region = publishing.region_of(code)
            if await worker.fetchval(_THERE, region):
                continue
            scope = await keys.scope_of(hub.gate, camats[code])
            [tenant] = scope.tenants
            await carrying.recount_all(worker, tenant, clock(), write=True)
            await publishing.open_periods(worker, clock(), region=region)
            period = publishing.period_of(clock().today(tenant.zone))
            async with writing(hub.pools.of(Reader.API), scope, clock()) as unit:
                own = unit.own(ReportPeriod).where(table(ReportPeriod).c.period == period)
                row = await unit.first(own, ReportPeriod)
                assert row is not None  # noqa: S101  # opened just now
                await actions.confirm(unit, row.id, expected=row.version)
            await publishing.publish(worker, region, period, clock=clock, day=_DAY, at_once=True)
