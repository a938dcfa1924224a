"""The worker's part: what changed marks reports, marked reports are counted, at local midnight all of them.

People turn 17 and 60 without an event, so a day's first look counts everything. A mark is an errand too, by which the
worker finds it among all kecamatan. Counted too often is never wrong, only work.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.counting import Difference, mark, recount, state_id
from hub.domains.reports.definition import Definition
from hub.domains.reports.model import ReportState
from hub.journal import errands
from hub.journal.errands import Due
from hub.journal.following import Followed, follow
from hub.kernel.clock import Clock, Now
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import TenantRef
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.sql import Row
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of

CONSUMER = ERRAND = "reports"
# Between two counts of one report: with a second for the seal, a change is in the figures within five.
PAUSE = timedelta(seconds=3)
COUNTED = {code: each for code, each in REPORTS.items() if each.tallies}
_BY_ID = {state_id(code): each for code, each in COUNTED.items()}
_STATES = table(ReportState)
_KECAMATAN = "select kind = 'KECAMATAN' from tenant where id = $1"
_RECENT = "select id, counted_at from report_state where tenant_id = $1 and counted_at > $2"


async def notice(connection: Connection, tenant: int, *, clock: Clock) -> int:
    """Mark the reports that sealed changes bear upon, and ask for their count."""

    async def take(inside: Connection, home: int, changes: Sequence[Followed]) -> None:
        types = {each.type_name for each in changes}
        touched = [code for code, each in COUNTED.items() if each.marks & types]
        if touched and await inside.fetchval(_KECAMATAN, home):
            async with acting(inside, await tenant_of(inside, home), clock()) as unit:
                await _ask(unit, inside, touched)

    return await follow(connection, CONSUMER, tenant, take)


async def daily(connection: Connection, tenant: int, *, clock: Clock) -> int:
    """Ask for the reports that were not counted today, in the kecamatan's own time, or by another rule; how many."""
    if not await connection.fetchval(_KECAMATAN, tenant):
        return 0
    now, home = clock(), await tenant_of(connection, tenant)
    async with acting(connection, home, now) as unit:
        own = _STATES.c
        states = {row["id"]: row for row in await unit.rows(select(_STATES).where(own.tenant_id == home.id))}
        old = [code for code, each in COUNTED.items() if _is_old(each, states.get(state_id(code)), now, home)]
        if old:
            await _ask(unit, connection, old)
    return len(old)


async def run_errand(connection: Connection, errand: Due, _keys: KeyRing, *, clock: Clock) -> None:
    """Count one report of one kecamatan."""
    definition = _BY_ID.get(errand.object_id)
    if definition is not None:
        now = clock()
        async with acting(connection, await tenant_of(connection, errand.home_tenant), now) as unit:
            await recount(unit, definition)
    await errands.settled(connection, errand)


async def recount_all(
    connection: Connection, tenant: TenantRef, now: Now, *, write: bool, codes: Sequence[str] = ()
) -> dict[str, list[Difference]]:
    """Count the reports of a kecamatan, each in a transaction of its own; what differed from what stood."""
    found: dict[str, list[Difference]] = {}
    for definition in wanted(codes):
        async with acting(connection, tenant, now) as unit:
            found[definition.code] = await recount(unit, definition, write=write)
    return found


def wanted(codes: Sequence[str]) -> list[Definition]:
    """The reports that are counted, or those of them with these codes."""
    return [each for code, each in COUNTED.items() if not codes or code in codes]


async def _ask(unit: Unit, connection: Connection, codes: Sequence[str]) -> None:
    """Mark them and ask for their count; one that was counted just now waits a little."""
    now, tenant = unit.now.instant, unit.tenant.id
    recent = {row["id"]: row["counted_at"] for row in await connection.fetch(_RECENT, tenant, now - PAUSE)}
    await mark(unit, codes)
    for code in codes:
        key = state_id(code)
        at = recent[key] + PAUSE if key in recent else now
        await errands.want(connection, ERRAND, tenant, [key], now=at)


def _is_old(definition: Definition, state: Row | None, now: Now, home: TenantRef) -> bool:
    """Whether nobody has counted it today by its present rule, nor been asked to."""
    if state is None:
        return True
    if state["marked_at"] is not None:
        return False
    counted = state["counted_at"]
    return counted is None or state["rule"] != definition.rule or Now(counted).today(home.zone) < now.today(home.zone)
