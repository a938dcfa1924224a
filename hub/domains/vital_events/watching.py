"""What an event changes: the households concerned and their people are locked and looked at, before and after."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, or_, select

from hub.domains.citizens.errors import MembersMoved
from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen, Household
from hub.domains.vital_events.model import ChangedField, VitalEvent, VitalEventEffect
from hub.kernel import ids
from hub.kernel.ids import GlobalId
from hub.store.base import table
from hub.store.unit import Unit

_CITIZENS, _HOUSEHOLDS = table(Citizen), table(Household)
_POINTS_AT = {ChangedField.HOUSEHOLD_ID: "Household", ChangedField.HEAD_ID: "Citizen"}
OF_HOUSEHOLDS = (
    ChangedField.HEAD_ID,
    ChangedField.END_REASON,
    ChangedField.ADDRESS,
    ChangedField.HAMLET,
    ChangedField.RW,
    ChangedField.RT,
)
OF_PEOPLE = tuple(each for each in ChangedField if each not in OF_HOUSEHOLDS)


@dataclass(frozen=True, slots=True)
class Seen:
    """Households and people as they were at one moment."""

    homes: dict[UUID, Household]
    people: dict[UUID, Citizen]


async def look(unit: Unit, homes: Iterable[UUID], people: Iterable[UUID]) -> Seen:
    """These households with all who live in them, and these people; locked in the register's order.

    MembersMoved where somebody went elsewhere between being found and being locked.
    """
    wanted_homes, wanted = sorted(set(homes)), sorted(set(people))
    own = _HOUSEHOLDS.c
    found = select(_HOUSEHOLDS).where(own.tenant_id == unit.tenant.id, own.id == among(wanted_homes, Uuid()))
    seen = {each.id: each for each in await unit.all(found.order_by(own.id).with_for_update(), Household)}
    who = _CITIZENS.c
    lives_there = (who.household_id == among(wanted_homes, Uuid())) & who.ended_at.is_(None)
    living = select(_CITIZENS).where(who.tenant_id == unit.tenant.id, or_(lives_there, who.id == among(wanted, Uuid())))
    persons = {each.id: each for each in await unit.all(living.order_by(who.id).with_for_update(), Citizen)}
    if any(persons[each].household_id not in seen for each in wanted if each in persons):
        raise MembersMoved
    return Seen(seen, persons)


async def effects(unit: Unit, event: VitalEvent, before: Seen) -> list[VitalEventEffect]:
    """What is different now; of who is new, that they are there. The order is that of the fields' list."""
    after = await look(unit, before.homes, before.people)
    found: list[VitalEventEffect] = []
    for key, person in after.people.items():
        fields = OF_PEOPLE if key in before.people else (ChangedField.BASE_STATUS,)
        for field, was, now in _differences(before.people.get(key), person, fields):
            found.append(_effect(event, len(found), person, field, was, now))
    for key, home in after.homes.items():
        for field, was, now in _differences(before.homes[key], home, OF_HOUSEHOLDS):
            found.append(_effect(event, len(found), home, field, was, now))
    return found


def present(row: Citizen | Household, field: ChangedField) -> str | None:
    """A field of a row as effects write it."""
    value = getattr(row, field.value.lower())
    if isinstance(value, UUID):
        return GlobalId(_POINTS_AT[field], row.tenant_id, value).encode()
    return value.isoformat() if isinstance(value, date) else value


def read(field: ChangedField, written: str | None) -> Any:
    """The column's value that an effect wrote."""
    if written is None:
        return None
    if field in _POINTS_AT:
        found = ids.decode(written)
        return None if found is None else found.key
    return date.fromisoformat(written) if field.value.endswith("_ON") else written


def _differences(
    before: Citizen | Household | None, after: Citizen | Household, fields: Sequence[ChangedField]
) -> Iterator[tuple[ChangedField, str | None, str | None]]:
    for field in fields:
        was = None if before is None else present(before, field)
        now = present(after, field)
        if was != now:
            yield field, was, now


def _effect(
    event: VitalEvent,
    position: int,
    whose: Citizen | Household,
    field: ChangedField,
    before: str | None,
    after: str | None,
) -> VitalEventEffect:
    return VitalEventEffect(
        tenant_id=event.tenant_id,
        event_id=event.id,
        created_at=event.created_at,
        updated_at=event.created_at,
        citizen_id=whose.id if isinstance(whose, Citizen) else None,
        household_id=whose.id if isinstance(whose, Household) else None,
        village_id=whose.village_id,
        position=position,
        field=field.value,
        before=before,
        after=after,
    )
