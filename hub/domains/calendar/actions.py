"""What can be done with a tenant's own days off. Due dates that were set before stay as they are."""

from datetime import date
from uuid import UUID

from hub.domains.calendar import events
from hub.domains.calendar.errors import DayOffEnded, DayOffExists
from hub.domains.calendar.model import TenantDayOff
from hub.journal.record import record
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {"uq_tenant_day_off_day": DayOffExists}


async def close_on(unit: Unit, *, day: date, name: str) -> TenantDayOff:
    """The office is closed on a day."""
    made = TenantDayOff(
        tenant_id=unit.tenant.id, day=day, name=name, created_at=unit.now.instant, updated_at=unit.now.instant
    )
    with translating(CONSTRAINTS, path=("day",)):
        await unit.add(made)
    await record(unit, events.of(made))
    return made


async def open_on(unit: Unit, key: UUID, *, expected: int, reason: str) -> TenantDayOff:
    """It is open after all."""
    before = await unit.find(TenantDayOff, key, path=("dayOff",))
    if before.ended_at is not None:
        raise DayOffEnded(path=("dayOff",))
    after = await unit.change(before, expected=expected, ended_at=unit.now.instant, end_reason=reason)
    await record(unit, events.of(after, before))
    return after
