"""Residents as members of organizations. What is said of them is kept under the person's key."""

from datetime import date
from uuid import UUID

from hub.domains.citizens.errors import CitizenEnded
from hub.domains.citizens.model import Citizen
from hub.domains.partners.actions import working
from hub.domains.partners.errors import MemberExists, MembershipOutOfOrder, MembershipOver
from hub.domains.partners.events import MemberAdded, MembershipEnded
from hub.domains.partners.model import PartnerMember
from hub.journal.model import Effect
from hub.journal.record import Changes, Event, record
from hub.kernel.errors import DateInFuture
from hub.kernel.keyring import KeyRing
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {
    "uq_partner_member_once": MemberExists,
    "ck_partner_member_until_after_since": MembershipOutOfOrder,
}


async def add(
    unit: Unit, keys: KeyRing, *, organization: UUID, citizen: UUID, function: str | None, since: date | None
) -> PartnerMember:
    """A resident becomes a member."""
    await working(unit, organization, path=("organization",))
    person = await unit.see(Citizen, citizen, path=("citizen",))
    if person.ended_at is not None:
        raise CitizenEnded(path=("citizen",))
    made = PartnerMember(
        tenant_id=unit.tenant.id,
        village_id=person.village_id,
        organization_id=organization,
        citizen_id=citizen,
        function=function,
        since=_day(unit, since, path=("since",)),
    )
    with translating(CONSTRAINTS, path=("citizen",)):
        await unit.add(made)
    told: Changes = {"function": (None, made.function), "since": (None, made.since)}
    await record(unit, _event(MemberAdded, made, told, Effect.CREATED), keys)
    return made


async def end(
    unit: Unit, keys: KeyRing, key: UUID, *, until: date | None, expected: int | None = None
) -> PartnerMember:
    """A membership is over; the row stays."""
    before = await unit.find(PartnerMember, key, path=("id",))
    if before.until is not None:
        raise MembershipOver
    day = _day(unit, until, path=("until",))
    with translating(CONSTRAINTS, path=("until",)):
        after = await unit.change(before, expected=expected, until=day)
    await record(unit, _event(MembershipEnded, after, {"until": (None, day)}, Effect.ENDED), keys)
    return after


def _day(unit: Unit, day: date | None, *, path: tuple[str, ...]) -> date:
    today = unit.now.today(unit.tenant.zone)
    if day is not None and day > today:
        raise DateInFuture(path=path)
    return day or today


def _event(kind: type[Event], row: PartnerMember, told: Changes, effect: Effect) -> Event:
    return kind(
        type_name="PartnerMember",
        object_id=row.id,
        version=row.version,
        effect=effect,
        village_id=row.village_id,
        subject_id=row.citizen_id,
        personal=told,
    )
