"""What can be done with announcements: check, change, record."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from hub.domains.announcements import events, policy
from hub.domains.announcements.errors import ExpiryPast, NothingCorrected, NotYourRelay, RelayForWhom
from hub.domains.announcements.model import (
    Announcement,
    AnnouncementEdition,
    AnnouncementRelay,
    AnnouncementState,
    Audience,
    RelayMeans,
)
from hub.domains.announcements.policy import AnnouncementAction
from hub.domains.partners.model import PartnerOrganization
from hub.domains.villages.model import Village
from hub.journal.model import Effect
from hub.journal.record import record, record_all
from hub.kernel.errors import DateInFuture, NotFound
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit

_RELAYS, _PARTNERS, _VILLAGES = table(AnnouncementRelay), table(PartnerOrganization), table(Village)
CONSTRAINTS = {
    "ck_announcement_expiry": ExpiryPast,
    "fk_announcement_relay_tenant_id_village_id": NotFound,
    "fk_announcement_relay_tenant_id_organization_id": NotFound,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """That it was passed on: on which day, by which means, to about how many people."""

    on: date | None
    means: RelayMeans
    reached: int | None
    note: str | None
    captured_at: datetime | None = None


# The office's words


async def draft(unit: Unit, values: dict[str, Any]) -> Announcement:
    """A draft, which only the office sees."""
    made = Announcement(tenant_id=unit.tenant.id, **values)
    await unit.add(made)
    await record(unit, events.of(events.AnnouncementDrafted, made, effect=Effect.CREATED))
    return made


async def update(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> Announcement:
    """Change a draft."""
    before = await _taking(unit, key, AnnouncementAction.UPDATE)
    after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of(events.AnnouncementUpdated, after, before))
    return after


async def publish(unit: Unit, key: UUID, *, expected: int | None = None) -> Announcement:
    """Publish a draft, and ask those whom it concerns to pass it on."""
    before = await _taking(unit, key, AnnouncementAction.PUBLISH)
    values = {"state": AnnouncementState.PUBLISHED.value, "published_at": unit.now.instant, "edition": 1}
    with translating(CONSTRAINTS, path=("id",)):
        after = await unit.change(before, expected=expected, **values)
    await unit.add(_edition(unit, after))
    asked = await _asked(unit, after)
    await unit.add_all(asked)

    partners = await _hearers(unit, after)
    await record(unit, events.of(events.AnnouncementPublished, after, before, partners=partners))
    await record_all(unit, [events.of_relay(events.RelayAsked, each, effect=Effect.CREATED) for each in asked])
    return after


async def correct(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any], note: str) -> Announcement:
    """Publish another text in the place of this one; the former stays readable, with why it was corrected."""
    before = await _taking(unit, key, AnnouncementAction.CORRECT)
    if all(getattr(before, name) == value for name, value in values.items()):
        raise NothingCorrected
    after = await unit.change(before, expected=expected, edition=before.edition + 1, **values)
    await unit.add(_edition(unit, after, note))
    partners = await _hearers(unit, after)
    await record(unit, events.of(events.AnnouncementCorrected, after, before, partners=partners))
    return after


async def withdraw(unit: Unit, key: UUID, *, reason: str, expected: int | None = None) -> Announcement:
    """It holds no longer; what was published stays readable, with why."""
    before = await _taking(unit, key, AnnouncementAction.WITHDRAW)
    values = {
        "state": AnnouncementState.WITHDRAWN.value,
        "withdrawn_at": unit.now.instant,
        "withdrawn_reason": reason,
    }
    after = await unit.change(before, expected=expected, **values)
    partners = await _hearers(unit, after)
    await record(unit, events.of(events.AnnouncementWithdrawn, after, before, partners=partners))
    return after


# Passing it on


async def relay(
    unit: Unit,
    key: UUID,
    said: Relayed,
    *,
    village: UUID | None = None,
    organization: UUID | None = None,
    expected: int | None = None,
) -> AnnouncementRelay:
    """A village or an organization passed it on, once; said again, it is changed.

    The office says it for others and names them; others speak for themselves.
    """
    row = await unit.see(Announcement, key, path=("announcement",))
    policy.require(unit.scope, AnnouncementState[row.state], AnnouncementAction.RELAY)
    column, whose = _who(unit, village, organization)
    day = said.on or unit.now.today(unit.tenant.zone)
    if day > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("on",))

    values: dict[str, Any] = {"relayed_on": day, "means": said.means.value, "reached": said.reached, "note": said.note}
    before = await unit.first(_of_party(unit, row.id, column, whose), AnnouncementRelay)
    if before is None:
        if expected is not None:
            raise StaleVersion(current=0, path=("expectedVersion",))
        after = AnnouncementRelay(tenant_id=unit.tenant.id, announcement_id=row.id, **values)
        setattr(after, column, whose)
        with translating(CONSTRAINTS, path=("announcement",)):
            await unit.add(after)
    else:
        after = await unit.change(before, expected=expected, **values)
    effect = Effect.CREATED if before is None else Effect.CHANGED
    told = events.of_relay(events.AnnouncementRelayed, after, before, effect=effect, captured_at=said.captured_at)
    await record(unit, told)
    return after


def _who(unit: Unit, village: UUID | None, organization: UUID | None) -> tuple[str, UUID]:
    """For whom it is said: the column of the arc and its key."""
    scope = unit.scope
    if scope.party is not None:
        if village is not None or organization not in (None, scope.party):
            raise NotYourRelay
        return "organization_id", scope.party
    if scope.villages:
        if organization is not None or (village is not None and village not in scope.villages):
            raise NotYourRelay
        if village is None and len(scope.villages) > 1:
            raise RelayForWhom(fields="village")
        return "village_id", village or scope.villages[0]
    if village is not None and organization is None:
        return "village_id", village
    if organization is not None and village is None:
        return "organization_id", organization
    raise RelayForWhom(fields="village, organization")


def _of_party(unit: Unit, announcement: UUID, column: str, whose: UUID) -> Select[Any]:
    own = unit.own(AnnouncementRelay)
    return own.where(_RELAYS.c.announcement_id == announcement, _RELAYS.c[column] == whose).with_for_update()


# Pieces


async def _taking(unit: Unit, key: UUID, action: AnnouncementAction) -> Announcement:
    found = await unit.find(Announcement, key, path=("id",))
    policy.require(unit.scope, AnnouncementState[found.state], action)
    return found


def _edition(unit: Unit, row: Announcement, note: str | None = None) -> AnnouncementEdition:
    return AnnouncementEdition(
        tenant_id=unit.tenant.id,
        announcement_id=row.id,
        number=row.edition,
        title=row.title,
        body=row.body,
        note=note,
        published_at=unit.now.instant,
    )


async def _asked(unit: Unit, row: Announcement) -> list[AnnouncementRelay]:
    """Rows for all who are asked to pass it on: villages, and the organizations that relay information."""
    audience, own = Audience[row.audience], unit.tenant.id
    villages: list[Any] = []
    if audience in (Audience.PUBLIC, Audience.VILLAGES):
        own_villages = select(_VILLAGES.c.id).where(_VILLAGES.c.tenant_id == own)
        villages = await unit.rows(own_villages.order_by(_VILLAGES.c.code, _VILLAGES.c.id))
    partners: list[UUID] = []
    if audience in (Audience.PUBLIC, Audience.PARTNERS):
        partners = await _partners(unit, relaying=audience is Audience.PUBLIC)
    return [
        *(AnnouncementRelay(tenant_id=own, announcement_id=row.id, village_id=each["id"]) for each in villages),
        *(AnnouncementRelay(tenant_id=own, announcement_id=row.id, organization_id=each) for each in partners),
    ]


async def _hearers(unit: Unit, row: Announcement) -> list[UUID]:
    """Which organizations the feed tells; none of a draft."""
    to_partners = row.audience == Audience.PARTNERS.value and row.published_at is not None
    return await _partners(unit) if to_partners else []


async def _partners(unit: Unit, *, relaying: bool = False) -> list[UUID]:
    """The organizations of the kecamatan, or those of them that relay information."""
    found = select(_PARTNERS.c.id).where(_PARTNERS.c.tenant_id == unit.tenant.id)
    if relaying:
        found = found.where(_PARTNERS.c.information_partner)
    rows = await unit.rows(found.order_by(_PARTNERS.c.name, _PARTNERS.c.id))
    return [each["id"] for each in rows]
