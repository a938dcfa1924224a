"""What time does to feedback, as the worker: silence closes it, and a complaint about the office goes past the office.

One tenant and one transaction at a time; what was done is not there to be done again.
"""

from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, func, literal, or_, select

from hub.domains.agencies.model import Affair, Agency
from hub.domains.calendar.days import days_off
from hub.domains.citizens.telling import times
from hub.domains.feedback import events, policy
from hub.domains.feedback.model import Feedback, FeedbackDisposition, FeedbackState
from hub.journal.record import record
from hub.kernel.clock import Now
from hub.kernel.workdays import working_days_after
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants.acting import acting, tenant_of

MOST = 500
_ROWS, _AGENCY = table(Feedback).c, table(Agency)
_TENANTS = "select id from tenant where kind = 'KECAMATAN' and status = 'ACTIVE' order by id"


@dataclass(slots=True)
class Swept:
    """How much was done."""

    closed: int = 0
    forwarded: int = 0


async def sweep(connection: Connection, now: Now, *, tenants: list[int] | None = None) -> Swept:
    """Look at every kecamatan, or at these."""
    swept = Swept()
    for tenant in tenants or [row["id"] for row in await connection.fetch(_TENANTS)]:
        async with acting(connection, await tenant_of(connection, tenant), now) as unit:
            swept.closed += await _close_silent(unit)
            swept.forwarded += await _forward(unit)
    return swept


async def _close_silent(unit: Unit) -> int:
    """Ten working days have passed without a reply."""
    today = unit.now.today(unit.tenant.zone)
    silent = unit.own(Feedback).where(_ROWS.state == FeedbackState.ANSWERED.value, _ROWS.closes_on < today)
    found = await unit.all(silent.order_by(_ROWS.id).limit(MOST).with_for_update(skip_locked=True), Feedback)
    for each in found:
        closed = await unit.change(each, state=FeedbackState.CLOSED.value, closed_on=today)
        await record(unit, events.of(events.FeedbackClosed, closed, each))
    return len(found)


async def _forward(unit: Unit) -> int:
    """To the inspectorate of the district; where the directory has none yet it waits."""
    fresh = or_(_ROWS.state == FeedbackState.RECEIVED.value, _ROWS.state == FeedbackState.REOPENED.value)
    waiting = unit.own(Feedback).where(_ROWS.about_office, fresh)
    found = await unit.all(waiting.order_by(_ROWS.id).limit(MOST).with_for_update(skip_locked=True), Feedback)
    agency = await _inspectorate(unit) if found else None
    if agency is None:
        return 0
    today = unit.now.today(unit.tenant.zone)
    due = working_days_after(today, policy.ANSWER_DAYS, await days_off(unit, since=today))
    for each in found:
        sent = FeedbackDisposition(
            tenant_id=unit.tenant.id,
            feedback_id=each.id,
            agency_code=agency,
            sent_on=today,
            due_on=due,
            **times(unit),
        )
        await unit.add(sent)
        escalated = await unit.change(each, state=FeedbackState.ESCALATED.value, forwarded_on=today, answer_due_on=due)
        await record(unit, events.forwarded(escalated))
    return len(found)


async def _inspectorate(unit: Unit) -> str | None:
    """Who supervises: of the narrowest region that holds the kecamatan."""
    supervises = literal(Affair.SUPERVISION.value, Text()) == _AGENCY.c.affairs.cast(ARRAY(Text())).any_()
    above = func.starts_with(literal(f"{unit.tenant.code}.", Text()), _AGENCY.c.region_code + ".")
    chosen = select(_AGENCY.c.code).where(supervises, above, _AGENCY.c.ended_on.is_(None))
    order = (func.length(_AGENCY.c.region_code).desc(), _AGENCY.c.code)
    found: str | None = await unit.value(chosen.order_by(*order).limit(1))
    return found
