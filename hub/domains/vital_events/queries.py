"""Counting the register as at a date, from the rows' beginnings and ends and from the events in force."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, Uuid, and_, cast, func, literal, or_, select

from hub.domains.citizens.finding import among
from hub.domains.citizens.model import Citizen, EndReason
from hub.domains.villages.model import Village
from hub.domains.vital_events.kinds import ARRIVALS
from hub.domains.vital_events.model import VitalEvent, VitalEventState, VitalEventSubject
from hub.kernel.register_codes import Sex
from hub.kernel.scope import TenantRef
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Session

_CITIZENS, _EVENTS, _SUBJECTS, _VILLAGES = (table(each) for each in (Citizen, VitalEvent, VitalEventSubject, Village))
_MISTAKES = (EndReason.INVALID.value, EndReason.UNDONE.value)


async def population(session: Session, tenant: TenantRef, on: date, village: UUID | None) -> list[sql.Row]:
    """Each village's id with its `males` and `females` at the end of that day, in the order of the villages' codes.

    A person counts from the day of a recorded arrival, else from the day their village came to this kecamatan, else
    from birth, else from ever, until the day of the end. Who was registered by mistake never counts.
    """
    who, homes = _CITIZENS.c, _VILLAGES.c
    here = and_(who.tenant_id == homes.tenant_id, who.village_id == homes.id, *_counts(tenant, on))
    statement = (
        select(
            homes.id.label("village_id"),
            func.count(who.id).filter(who.sex == Sex.MALE.value).label("males"),
            func.count(who.id).filter(who.sex == Sex.FEMALE.value).label("females"),
        )
        .select_from(_VILLAGES.outerjoin(_CITIZENS, here))
        .where(homes.tenant_id == tenant.id)
        .group_by(homes.id, homes.code)
        .order_by(homes.code, homes.id)
    )
    if village is not None:
        statement = statement.where(homes.id == village)
    elif session.scope.villages:
        statement = statement.where(homes.id == among(session.scope.villages, Uuid()))
    return await session.rows(statement)


def _counts(tenant: TenantRef, on: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a person counts on a day."""
    who, what, part = _CITIZENS.c, _EVENTS.c, _SUBJECTS.c
    day = literal(on, Date())
    arrived = (
        select(func.max(what.occurred_on))
        .select_from(
            _SUBJECTS.join(_EVENTS, and_(what.tenant_id == part.tenant_id, what.id == part.event_id)),
        )
        .where(
            part.tenant_id == tenant.id,
            part.citizen_id == who.id,
            what.tenant_id == tenant.id,
            what.type == among(ARRIVALS, Text()),
            what.state == VitalEventState.RECORDED.value,
        )
        .scalar_subquery()
    )
    begun = func.coalesce(arrived, who.counted_from, who.birth_date, day)
    ended = func.coalesce(who.ended_on, cast(func.timezone(tenant.zone.value, who.ended_at), Date()))
    return (
        begun <= day,
        or_(who.ended_at.is_(None), and_(ended > day, *(who.end_reason != each for each in _MISTAKES))),
    )
