"""What can be done with partner organizations."""

from datetime import date
from typing import Any
from uuid import UUID

from hub.domains.partners.errors import LevelAndVillageDisagree, OrganizationEnded, OrganizationExists
from hub.domains.partners.events import PartnerEnded, PartnerRegistered, PartnerUpdated
from hub.domains.partners.model import PartnerLevel, PartnerOrganization
from hub.journal.model import Effect
from hub.journal.record import Event, record
from hub.journal.telling import told
from hub.kernel.errors import DateInFuture, NotFound
from hub.kernel.keyring import KeyRing
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {"uq_partner_organization_tenant_id_name": OrganizationExists}
PERSONAL = ("contact_name", "end_reason")


async def register(
    unit: Unit,
    keys: KeyRing,
    *,
    level: PartnerLevel,
    village: UUID | None,
    phone: str | None,
    values: dict[str, Any],
) -> PartnerOrganization:
    """A new organization. `phone` is E.164 and kept sealed."""
    if (level is PartnerLevel.VILLAGE) != (village is not None):
        raise LevelAndVillageDisagree(path=("village",))
    made = PartnerOrganization(tenant_id=unit.tenant.id, level=level.value, village_id=village, **values)
    made.phone_sealed = _sealed(keys, made, phone)
    refusals = {**CONSTRAINTS, "fk_partner_organization_tenant_id_village_id": NotFound}
    with translating(refusals, path=("name",) if village is None else ("village",)):
        await unit.add(made)
    await record(unit, _event(PartnerRegistered, made, None, Effect.CREATED), keys)
    return made


async def update(unit: Unit, keys: KeyRing, key: UUID, *, expected: int, values: dict[str, Any]) -> PartnerOrganization:
    """Change an organization; a `phone` among the values is E.164, None removes it."""
    before = await working(unit, key, path=("id",))
    fresh = dict(values)
    if "phone" in fresh:
        fresh["phone_sealed"] = _sealed(keys, before, fresh.pop("phone"))
    with translating(CONSTRAINTS, path=("name",)):
        after = await unit.change(before, expected=expected, **fresh)
    await record(unit, _event(PartnerUpdated, after, before, Effect.CHANGED), keys)
    return after


async def end(
    unit: Unit, keys: KeyRing, key: UUID, *, reason: str, on: date | None, expected: int | None = None
) -> PartnerOrganization:
    """It no longer works with the kecamatan; what it signed stays."""
    before = await working(unit, key, path=("id",))
    today = unit.now.today(unit.tenant.zone)
    if on is not None and on > today:
        raise DateInFuture(path=("endedOn",))
    after = await unit.change(before, expected=expected, ended_on=on or today, end_reason=reason)
    await record(unit, _event(PartnerEnded, after, before, Effect.ENDED), keys)
    return after


async def working(unit: Unit, key: UUID, *, path: tuple[str, ...] = ()) -> PartnerOrganization:
    """An organization that works with the kecamatan, locked; OrganizationEnded."""
    found = await unit.find(PartnerOrganization, key, path=path)
    if found.ended_on is not None:
        raise OrganizationEnded(path=path)
    return found


def _sealed(keys: KeyRing, row: PartnerOrganization, phone: str | None) -> bytes | None:
    if phone is None:
        return None
    return keys.seal(phone.encode(), tenant=row.tenant_id, table="partner_organization", column="phone", row=row.id)


def _event(kind: type[Event], after: PartnerOrganization, before: PartnerOrganization | None, effect: Effect) -> Event:
    old = before.contact_name if before else None
    named = {"contact_name": (old, after.contact_name)} if after.contact_name != old else {}
    return kind(
        type_name="PartnerOrganization",
        object_id=after.id,
        version=after.version,
        effect=effect,
        village_id=after.village_id,
        parties=(after.id,),
        published=True,
        changes=told(after, before, wordless=PERSONAL),
        subject_id=after.id if named else None,
        personal=named,
    )
