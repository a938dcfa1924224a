"""What can be done with the kecamatan's office, its yearly figures and its service hours."""

from datetime import time
from typing import Any
from uuid import UUID

from hub.domains.kecamatan.errors import (
    AreaNotPositive,
    HoursOutOfOrder,
    PermitsExceedHouses,
    WeekdayNeeded,
    YearOutOfRange,
)
from hub.domains.kecamatan.events import (
    KecamatanAdded,
    KecamatanProfileSet,
    KecamatanUpdated,
    ServiceHoursRemoved,
    ServiceHoursSet,
)
from hub.domains.kecamatan.model import Kecamatan, KecamatanProfile, ServiceChannel, ServiceHours, Weekday
from hub.journal.model import Effect
from hub.journal.record import record
from hub.journal.telling import told
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

_PROFILE, _HOURS = table(KecamatanProfile), table(ServiceHours)
CONSTRAINTS = {
    "ck_kecamatan_profile_year_plausible": YearOutOfRange,
    "ck_kecamatan_profile_area_positive": AreaNotPositive,
    "ck_kecamatan_profile_permits_within_houses": PermitsExceedHouses,
    "ck_service_hours_opens_before_it_closes": HoursOutOfOrder,
}


async def take_in(unit: Unit, office: Kecamatan) -> None:
    """A new kecamatan's office comes into the hub."""
    await unit.add(office)
    await record(
        unit,
        KecamatanAdded(
            type_name="Kecamatan",
            object_id=office.id,
            effect=Effect.CREATED,
            published=True,
            changes=told(office),
        ),
    )


async def update(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> Kecamatan:
    """Change where the office is found on the web."""
    before = await unit.find(Kecamatan, key, path=("id",))
    after = await unit.change(before, expected=expected, **values)
    await record(
        unit,
        KecamatanUpdated(
            type_name="Kecamatan",
            object_id=key,
            version=after.version,
            published=True,
            changes=told(after, before),
        ),
    )
    return after


async def set_profile(
    unit: Unit, key: UUID, *, year: int, values: dict[str, Any], expected: int | None = None
) -> KecamatanProfile:
    """Set figures of a year; what is not named stays. `expected` 0 says that there is no profile of that year yet."""
    office = await unit.find(Kecamatan, key, path=("kecamatan",))  # two first profiles of a year come one by one
    before = await unit.first(
        unit.own(KecamatanProfile).where(_PROFILE.c.kecamatan_id == office.id, _PROFILE.c.year == year),
        KecamatanProfile,
    )
    _expect(before, expected)
    with translating(CONSTRAINTS):
        if before is None:
            after = KecamatanProfile(tenant_id=unit.tenant.id, kecamatan_id=office.id, year=year, **values)
            await unit.add(after)
        else:
            after = await unit.change(before, **values)
    await record(
        unit,
        KecamatanProfileSet(
            type_name="KecamatanProfile",
            object_id=after.id,
            version=after.version,
            effect=Effect.CHANGED if before else Effect.CREATED,
            published=True,
            changes=told(after, before),
        ),
    )
    return after


async def set_hours(
    unit: Unit,
    key: UUID,
    *,
    channel: ServiceChannel,
    weekdays: list[str],
    opens_at: time,
    closes_at: time,
    expected: int | None = None,
) -> ServiceHours:
    """Set when a channel is served, in the kecamatan's own time."""
    if not weekdays:
        raise WeekdayNeeded(path=("weekdays",))
    office = await unit.find(Kecamatan, key, path=("kecamatan",))
    before = await unit.first(
        unit.own(ServiceHours).where(_HOURS.c.kecamatan_id == office.id, _HOURS.c.channel == channel.value),
        ServiceHours,
    )
    _expect(before, expected)
    values: dict[str, Any] = {"weekdays": _in_order(weekdays), "opens_at": opens_at, "closes_at": closes_at}
    with translating(CONSTRAINTS, path=("closesAt",)):
        if before is None:
            after = ServiceHours(tenant_id=unit.tenant.id, kecamatan_id=office.id, channel=channel.value, **values)
            await unit.add(after)
        else:
            after = await unit.change(before, **values)
    await record(unit, _hours(ServiceHoursSet, after, before, Effect.CHANGED if before else Effect.CREATED))
    return after


async def remove_hours(unit: Unit, key: UUID, *, expected: int | None = None) -> ServiceHours:
    """From now on the channel is served on no day; the row stays, for rows are not deleted."""
    before = await unit.find(ServiceHours, key, path=("id",))
    after = await unit.change(before, expected=expected, weekdays=[])
    await record(unit, _hours(ServiceHoursRemoved, after, before, Effect.CHANGED))
    return after


def _hours(
    kind: type[ServiceHoursSet] | type[ServiceHoursRemoved],
    after: ServiceHours,
    before: ServiceHours | None,
    effect: Effect,
) -> ServiceHoursSet | ServiceHoursRemoved:
    return kind(
        type_name="ServiceHours",
        object_id=after.id,
        version=after.version,
        effect=effect,
        published=True,
        changes=told(after, before),
    )


def _expect(before: KecamatanProfile | ServiceHours | None, expected: int | None) -> None:
    current = before.version if before else 0
    if expected is not None and expected != current:
        raise StaleVersion(current=current, path=("expectedVersion",))


def _in_order(weekdays: list[str]) -> list[str]:
    return [day.value for day in Weekday if day.value in weekdays]
