"""A published report that is taken as a file: read as anybody outside reads it, and told to the taker's own journal."""

from collections.abc import Sequence

from hub.domains.publications import events, published
from hub.domains.reports.assembling import Report
from hub.domains.reports.catalogue import REPORTS
from hub.journal.record import record
from hub.kernel.clock import Now
from hub.kernel.scope import Reader, Scope
from hub.store.pools import Pools
from hub.tenants.acting import acting
from hub.tenants.grants import GrantFacts


async def take(
    pools: Pools,
    scope: Scope,
    grants: Sequence[GrantFacts],
    code: str,
    now: Now,
    *,
    region: str | None = None,
    period: str | None = None,
) -> Report:
    """A report of a publication; who took it stands in the journal of the tenant whose grant it is."""
    wanted = published.region_in(scope, region)
    async with published.outside(pools, scope, now) as session:
        found = await published.find(session, wanted, period)
        report = await published.report(session, found, REPORTS[code], now.instant)
    if report.definition.not_kept:
        return report
    grant = next(each for each in grants if each.id == scope.grant_id)
    async with (
        pools.of(Reader.WORKER).connection() as connection,
        acting(
            connection,
            grant.tenant,
            now,
            request_id=scope.request_id,
            purpose=scope.purpose,
            principal=scope.principal_id,
        ) as unit,
    ):
        await record(unit, events.taken(grant.id, report.number))
    return report
