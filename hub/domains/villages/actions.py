"""What can be done with villages, their hamlets and officials."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_

from hub.domains.villages.errors import HeadTermOverlaps, SubVillageExists, TermEnded, TermOutOfOrder
from hub.domains.villages.events import (
    OfficialAppointed,
    OfficialEnded,
    SubVillageAdded,
    SubVillageUpdated,
    VillageAdded,
    VillageUpdated,
)
from hub.domains.villages.model import SubVillage, Village, VillageOfficial, VillagePosition
from hub.domains.villages.policy import require_own
from hub.journal.model import Effect
from hub.journal.record import Event, record, record_all
from hub.journal.telling import told
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

_OFFICIAL = table(VillageOfficial)
CONSTRAINTS = {
    "uq_sub_village_tenant_id_village_id_name": SubVillageExists,
    "ck_village_official_term_in_order": TermOutOfOrder,
}
PERSONAL = ("name",)


async def take_in(unit: Unit, villages: Sequence[Village]) -> None:
    """A new kecamatan's villages come into the hub."""
    await unit.add_all(villages)
    await record_all(
        unit,
        [
            VillageAdded(
                type_name="Village",
                object_id=each.id,
                effect=Effect.CREATED,
                village_id=each.id,
                published=True,
                changes=told(each),
            )
            for each in villages
        ],
    )


async def update(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> Village:
    """Change a village's particulars."""
    before = await unit.find(Village, key, path=("id",))
    require_own(unit.scope, before.id, "id")
    after = await unit.change(before, expected=expected, **values)
    await record(
        unit,
        VillageUpdated(
            type_name="Village",
            object_id=key,
            version=after.version,
            village_id=key,
            published=True,
            changes=told(after, before),
        ),
    )
    return after


async def add_sub_village(unit: Unit, village: UUID, *, name: str, delivery_point: bool) -> SubVillage:
    """One more hamlet."""
    home = await unit.see(Village, village, path=("village",))
    require_own(unit.scope, home.id, "village")
    made = SubVillage(tenant_id=unit.tenant.id, village_id=home.id, name=name, delivery_point=delivery_point)
    with translating(CONSTRAINTS, path=("name",)):
        await unit.add(made)
    await record(unit, _hamlet(SubVillageAdded, made, None))
    return made


async def update_sub_village(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> SubVillage:
    """Change a hamlet."""
    before = await unit.find(SubVillage, key, path=("id",))
    require_own(unit.scope, before.village_id, "id")
    with translating(CONSTRAINTS, path=("name",)):
        after = await unit.change(before, expected=expected, **values)
    await record(unit, _hamlet(SubVillageUpdated, after, before))
    return after


async def appoint(
    unit: Unit,
    keys: KeyRing,
    village: UUID,
    *,
    position: VillagePosition,
    name: str,
    started_on: date,
    ended_on: date | None = None,
    phone: str | None = None,
) -> VillageOfficial:
    """A term of office; a village has one head at a time. `phone` is E.164 and kept sealed."""
    home = await unit.find(Village, village, path=("village",))  # locked: two heads come one by one
    require_own(unit.scope, home.id, "village")
    if ended_on is not None and ended_on < started_on:
        raise TermOutOfOrder(path=("endedOn",))
    if position is VillagePosition.HEAD:
        await _no_other_head(unit, home.id, started_on, ended_on)

    made = VillageOfficial(
        tenant_id=unit.tenant.id,
        village_id=home.id,
        position=position.value,
        name=name,
        started_on=started_on,
        ended_on=ended_on,
    )
    if phone is not None:
        made.phone_sealed = keys.seal(
            phone.encode(), tenant=made.tenant_id, table="village_official", column="phone", row=made.id
        )
    await unit.add(made)

    event = OfficialAppointed(
        type_name="VillageOfficial",
        object_id=made.id,
        effect=Effect.CREATED,
        village_id=home.id,
        published=True,
        changes=told(made, wordless=PERSONAL),
        subject_id=made.id,
        personal={"name": (None, name)},
    )
    await record(unit, event, keys)
    return made


async def end(unit: Unit, key: UUID, *, ended_on: date | None, expected: int | None = None) -> VillageOfficial:
    """Give a term its last day, today where none is given; a day in the future may still be changed."""
    before = await unit.find(VillageOfficial, key, path=("id",))
    require_own(unit.scope, before.village_id, "id")
    today = unit.now.today(unit.tenant.zone)
    if before.ended_on is not None and before.ended_on < today:
        raise TermEnded(path=("id",))
    last = ended_on or today
    if before.ended_on is not None and last > before.ended_on and before.position == VillagePosition.HEAD:
        await unit.find(Village, before.village_id)
        await _no_other_head(unit, before.village_id, before.started_on, last, but=before.id)

    with translating(CONSTRAINTS, path=("endedOn",)):
        after = await unit.change(before, expected=expected, ended_on=last)
    await record(
        unit,
        OfficialEnded(
            type_name="VillageOfficial",
            object_id=key,
            version=after.version,
            village_id=after.village_id,
            published=True,
            changes=told(after, before, wordless=PERSONAL),
        ),
    )
    return after


async def _no_other_head(
    unit: Unit, village: UUID, since: date | None, until: date | None, *, but: UUID | None = None
) -> None:
    """Refuse a term that touches another head's; ask with the village locked. Both ends may be open."""
    own = _OFFICIAL.c
    statement = unit.own(VillageOfficial).where(own.village_id == village, own.position == VillagePosition.HEAD.value)
    if since is not None:
        statement = statement.where(or_(own.ended_on.is_(None), own.ended_on >= since))
    if until is not None:
        statement = statement.where(or_(own.started_on.is_(None), own.started_on <= until))
    if but is not None:
        statement = statement.where(own.id != but)
    other = await unit.first(statement.order_by(own.started_on, own.id).limit(1), VillageOfficial)
    if other is not None:
        raise HeadTermOverlaps(path=("startedOn",), since=_shown(other.started_on), until=_shown(other.ended_on))


def _hamlet(kind: type[Event], after: SubVillage, before: SubVillage | None) -> Event:
    return kind(
        type_name="SubVillage",
        object_id=after.id,
        version=after.version,
        effect=Effect.CHANGED if before else Effect.CREATED,
        village_id=after.village_id,
        published=True,
        changes=told(after, before),
    )


def _shown(day: date | None) -> str:
    return day.isoformat() if day else "-"
