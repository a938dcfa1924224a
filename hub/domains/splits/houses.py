"""The houses of a village and their permits, when all its families have gone: an owner may live in any of them.

A house that ended here for the split loses nothing by it, so no note of the way is kept: all of them are looked at, and
what is missing there is brought.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table, select, update

from hub.domains.citizens.model import Citizen, Household
from hub.domains.houses.model import BuildingPermit, House, HouseEnd
from hub.domains.splits.events import SplitOff
from hub.domains.splits.going import Going, Pair, Row, among, carried
from hub.domains.splits.taking import taken_over
from hub.journal.record import Event, record_all
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.bulk import insert_many
from hub.store.unit import Unit

_HOUSES, _PERMITS = table(House), table(BuildingPermit)


async def send_off(unit: Unit, pair: Pair, *, size: int) -> int:
    """End the next houses here; how many."""
    own = _HOUSES.c
    some = select(own.id).where(
        own.tenant_id == unit.tenant.id, own.village_id == pair.from_village, own.ended_at.is_(None)
    )
    ids = [row["id"] for row in await unit.rows(some.order_by(own.id).limit(size).with_for_update())]
    if not ids:
        return 0
    rows = await unit.rows(
        update(_HOUSES)
        .where(own.tenant_id == unit.tenant.id, among(own.id, ids))
        .values(
            ended_at=unit.now.instant,
            end_reason=HouseEnd.REGION_SPLIT.value,
            version=own.version + 1,
            updated_at=unit.now.instant,
        )
        .returning(own.id, own.version)
    )
    said = [
        SplitOff(type_name="House", object_id=row["id"], version=row["version"], village_id=pair.from_village)
        for row in rows
    ]
    await record_all(unit, said)
    return len(ids)


async def gone(unit: Unit, pair: Pair, *, after: UUID, size: int) -> tuple[list[Row], list[Row]]:
    """The houses behind an id that ended here for the split, and their permits in force."""
    own, permit = _HOUSES.c, _PERMITS.c
    found = select(_HOUSES).where(
        own.tenant_id == unit.tenant.id,
        own.village_id == pair.from_village,
        own.end_reason == HouseEnd.REGION_SPLIT.value,
        own.id > after,
    )
    houses = [dict(row) for row in await unit.rows(found.order_by(own.id).limit(size))]
    theirs = select(_PERMITS).where(
        permit.tenant_id == unit.tenant.id,
        among(permit.house_id, [each["id"] for each in houses]),
        permit.ended_at.is_(None),
    )
    return houses, [dict(row) for row in await unit.rows(theirs.order_by(permit.id))]


async def take_in(
    unit: Unit, keys: KeyRing, going: Going, pair: Pair, houses: Sequence[Row], permits: Sequence[Row]
) -> None:
    """Bring the houses that are not here yet. An owner or a family that did not come stays behind."""
    there = await _known(unit, _HOUSES, [going.over(each["id"]) for each in houses])
    coming = [each for each in houses if going.over(each["id"]) not in there]
    if not coming:
        return
    owners = await _known(unit, table(Citizen), _over(going, coming, "owner_id"))
    homes = await _known(unit, table(Household), _over(going, coming, "household_id"))

    def kept(key: UUID | None, known: set[UUID]) -> UUID | None:
        return going.over(key) if key is not None and going.over(key) in known else None

    made = [
        carried(
            unit,
            keys,
            going,
            "house",
            each,
            village_id=pair.to_village,
            owner_id=kept(each["owner_id"], owners),
            household_id=kept(each["household_id"], homes),
            ended_at=None,
            end_reason=None,
        )
        for each in coming
    ]
    known = {each["id"] for each in coming}
    papers = [
        carried(
            unit,
            keys,
            going,
            "building_permit",
            each,
            village_id=pair.to_village,
            house_id=going.over(each["house_id"]),
        )
        for each in permits
        if each["house_id"] in known
    ]
    await insert_many(unit, House, made)
    await insert_many(unit, BuildingPermit, papers)
    said: list[Event] = [taken_over("House", each, pair) for each in made]
    said += [taken_over("BuildingPermit", each, pair) for each in papers]
    await record_all(unit, said)


def _over(going: Going, rows: Sequence[Row], name: str) -> list[UUID]:
    return [going.over(each[name]) for each in rows if each[name] is not None]


async def _known(unit: Unit, rows: Table, keys: list[UUID]) -> set[UUID]:
    found = select(rows.c.id).where(rows.c.tenant_id == unit.tenant.id, among(rows.c.id, keys))
    return {row["id"] for row in await unit.rows(found)}
