"""Before anybody moves at a region split: the codes, the kecamatan and its villages, as the owner.

Each step is a transaction of its own that writes one tenant or none, and finds what an earlier run has done: killed
anywhere, the same command goes on. Nothing is written down of the split itself until all of this is there.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Text, func, insert, select, update

from hub.domains.citizens.finding import among as any_of
from hub.domains.kecamatan import actions as offices
from hub.domains.regions.model import Region
from hub.domains.splits.going import Going, Pair, among
from hub.domains.splits.model import RegionSplit, SplitVillage
from hub.domains.villages import actions as homes
from hub.domains.villages.errors import VillageEnded
from hub.domains.villages.model import SubVillage, Village
from hub.entrypoints import onboarding
from hub.entrypoints.onboarding import RegionUnknown
from hub.kernel.clock import Now
from hub.kernel.errors import BadInput, Conflict, NotFound
from hub.kernel.ids import new_id
from hub.kernel.region_code import RegionCode, RegionLevel
from hub.kernel.scope import TenantRef, Zone
from hub.store import sql
from hub.store.base import MANIFEST, metadata, table
from hub.store.pools import Connection
from hub.store.unit import Unit, built
from hub.tenants import administration as admin
from hub.tenants.administration import NoSuchTenant
from hub.tenants.model import Tenant, TenantKind

COMMAND = "tenant split"
_REGIONS, _VILLAGES, _HAMLETS = table(Region), table(Village), table(SubVillage)
_NOT_COUNTED = frozenset({"citizen_name_token", "journal_change", "journal_entry"})
_NEW_KECAMATAN: sql.Row = {
    **dict.fromkeys(("latitude", "longitude", "area_km2", "population", "postal_code")),
    "aliases": [],
}
_SPLITS, _GOING = table(RegionSplit), table(SplitVillage)


class SplitUnfit(BadInput):
    """{given} does not fit: the villages named belong to the kecamatan that is split, their new codes to the other."""

    code = "SPLIT_UNFIT"
    hint = "Write each village once, old=new, such as 63.01.01.2004=63.01.12.2001 for --into 63.01.12."


class SplitIncomplete(BadInput):
    """It is not said in full what is split: {missing} is missing."""

    code = "SPLIT_INCOMPLETE"
    hint = "Add the option; with --resume a split that was begun goes on without any."


class RegionCodeTaken(Conflict):
    """{given} is the code of another region already: {name}."""

    code = "REGION_CODE_TAKEN"
    hint = "Correct the new code as the decree has it."


class VillageNotOfKecamatan(NotFound):
    """The kecamatan has no village with the code {given} in the hub."""

    code = "VILLAGE_NOT_OF_KECAMATAN"
    hint = "`hub village list` shows the villages of the kecamatan."


class SplitDiffers(Conflict):
    """A split of {here} into {there} on this day was begun with other villages."""

    code = "SPLIT_DIFFERS"
    hint = "Go on with --resume; villages that were forgotten go in a split of another day."


class NothingToResume(NotFound):
    """No split of {given} waits to be finished."""

    code = "NOTHING_TO_RESUME"
    hint = "Name --into, --villages, --from and --decree to begin one."


@dataclass(frozen=True, slots=True)
class Wish:
    """A split as the decree tells it."""

    here: RegionCode
    there: RegionCode
    name: str | None
    day: date
    decree: str
    villages: tuple[tuple[RegionCode, RegionCode], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A split that can be done."""

    wish: Wish
    tenant: Tenant
    name: str  # of the other kecamatan
    villages: tuple[Village, ...]  # as they are, in the order of the wish


def wish_of(here: str, *, there: str, name: str | None, day: date, decree: str, villages: str) -> Wish:
    """What the operator wrote; SplitUnfit where codes do not fit together."""
    whole, other = RegionCode.parse(here), RegionCode.parse(there)
    if whole is None or whole.level is not RegionLevel.KECAMATAN:
        raise SplitUnfit(given=here)
    if other is None or other.level is not RegionLevel.KECAMATAN or other == whole:
        raise SplitUnfit(given=there)
    pairs = [_pair(each, whole, other) for each in filter(None, villages.replace(" ", "").split(","))]
    for side in (0, 1):
        codes = [str(pair[side]) for pair in pairs]
        for code in codes:
            if codes.count(code) > 1:
                raise SplitUnfit(given=code)
    if not pairs:
        raise SplitIncomplete(missing="--villages")
    return Wish(whole, other, name, day, decree, tuple(pairs))


async def begun(owner: Connection, wish: Wish) -> tuple[Going, list[Pair]] | None:
    """The split as it was begun before; SplitDiffers where it is another one."""
    own = _SPLITS.c
    same = (own.from_code == str(wish.here), own.to_code == str(wish.there), own.starts_on == wish.day)
    rows = await sql.fetch(owner, select(_SPLITS).where(*same))
    if not rows:
        return None
    going, pairs = await _read(owner, rows[0])
    if {(each.from_code, each.to_code) for each in pairs} != {(str(old), str(new)) for old, new in wish.villages}:
        raise SplitDiffers(here=str(wish.here), there=str(wish.there))
    return going, pairs


async def unfinished(owner: Connection, code: str) -> list[tuple[Going, list[Pair]]]:
    """The splits of a kecamatan that are not finished, the oldest first; NothingToResume."""
    own = _SPLITS.c
    waiting = select(_SPLITS).where(own.from_code == code, own.finished_at.is_(None))
    rows = await sql.fetch(owner, waiting.order_by(own.starts_on, own.id))
    if not rows:
        raise NothingToResume(given=code)
    return [await _read(owner, row) for row in rows]


async def check(owner: Connection, wish: Wish) -> Checked:
    """Refuse what cannot be; writes nothing."""
    tenant = await admin.find_tenant(owner, str(wish.here))
    if tenant.kind != TenantKind.KECAMATAN.value:
        raise SplitUnfit(given=tenant.code)
    region = await _region(owner, wish.there)
    name = wish.name or (region and str(region["name"]))
    if not name:
        raise SplitIncomplete(missing="--name")
    own, codes = _VILLAGES.c, [str(old) for old, _ in wish.villages]
    async with admin.entered(owner, tenant.id):
        rows = await sql.fetch(
            owner, select(_VILLAGES).where(own.tenant_id == tenant.id, own.code == any_of(codes, Text()))
        )
    known = {row["code"]: built(Village, row) for row in rows}
    for old, new in wish.villages:
        if str(old) not in known:
            raise VillageNotOfKecamatan(given=str(old))
        await _check_codes(owner, wish, old, new)
    return Checked(wish, tenant, name, tuple(known[code] for code in codes))


async def there_already(owner: Connection, wish: Wish) -> bool:
    """Whether the other kecamatan is a tenant."""
    try:
        return bool(await admin.find_tenant(owner, str(wish.there)))
    except NoSuchTenant:
        return False


def imagined(checked: Checked) -> Going:
    """The split as it would be, for counting only."""
    wish, zone = checked.wish, Zone(checked.tenant.zone)
    here, there = TenantRef(checked.tenant.id, str(wish.here), zone), TenantRef(0, str(wish.there), zone)
    return Going(new_id(), here, there, wish.day, wish.decree)


async def prepare(owner: Connection, checked: Checked, now: Now) -> tuple[Going, list[Pair]]:
    """Codes, kecamatan, villages, and then the split itself is written down."""
    wish, zone = checked.wish, Zone(checked.tenant.zone)
    async with owner.transaction():
        await _codes(owner, checked)
    there = await _kecamatan(owner, checked, now)
    villages = await _villages(owner, checked, there, now)

    going = Going(new_id(), TenantRef(checked.tenant.id, str(wish.here), zone), there, wish.day, wish.decree)
    pairs = [
        Pair(each.id, villages[str(new)], str(old), str(new))
        for each, (old, new) in zip(checked.villages, wish.villages, strict=True)
    ]
    async with owner.transaction():
        row = {
            "id": going.id,
            "from_tenant": going.here.id,
            "to_tenant": there.id,
            "from_code": going.here.code,
            "to_code": there.code,
            "starts_on": going.day,
            "decree": going.decree,
            "created_at": now.instant,
        }
        await sql.fetch(owner, insert(_SPLITS).values(row))
        for pair in pairs:
            values = {
                "split_id": going.id,
                "from_village": pair.from_village,
                "to_village": pair.to_village,
                "from_code": pair.from_code,
                "to_code": pair.to_code,
            }
            await sql.fetch(owner, insert(_GOING).values(values))
    return going, pairs


async def staying(owner: Connection, going: Going, pairs: Sequence[Pair]) -> dict[str, int]:
    """How many rows of each table hang on the villages as they were, and stay there as history."""
    found, villages = dict[str, int](), [each.from_village for each in pairs]
    async with admin.entered(owner, going.here.id):
        for name in sorted(MANIFEST):
            rows = metadata.tables[name]
            if "village_id" not in rows.c or "tenant_id" not in rows.c or name in _NOT_COUNTED:
                continue
            held = select(func.count().label("number")).where(
                rows.c.tenant_id == going.here.id, among(rows.c.village_id, villages)
            )
            if number := int((await sql.fetch(owner, held))[0]["number"]):
                found[name] = number
    return found


# Checking


def _pair(text: str, here: RegionCode, there: RegionCode) -> tuple[RegionCode, RegionCode]:
    left, _, right = text.partition("=")
    old, new = RegionCode.parse(left), RegionCode.parse(right)
    if old is None or new is None or old.parent != here or new.parent != there or old.kind is not new.kind:
        raise SplitUnfit(given=text)
    return old, new


async def _check_codes(owner: Connection, wish: Wish, old: RegionCode, new: RegionCode) -> None:
    before = await _known(owner, old)
    last = wish.day - timedelta(days=1)
    if before["valid_to"] not in (None, last):
        raise VillageEnded(village=str(old), until=before["valid_to"].isoformat(), now="-")
    after = await _region(owner, new)
    if after is None or after["predecessor_code"] == str(old):
        return
    # A later list of the Ministry may know the new code already, under the same name.
    if after["predecessor_code"] is not None or after["name"].casefold() != before["name"].casefold():
        raise RegionCodeTaken(given=str(new), name=after["name"])


async def _known(owner: Connection, code: RegionCode) -> sql.Row:
    found = await _region(owner, code)
    if found is None:
        raise RegionUnknown(given=str(code))
    return found


async def _region(owner: Connection, code: RegionCode) -> sql.Row | None:
    found = await sql.fetch(owner, select(_REGIONS).where(_REGIONS.c.code == str(code)))
    return found[0] if found else None


async def _read(owner: Connection, row: sql.Row) -> tuple[Going, list[Pair]]:
    tenants = {each.id: each for each in await admin.tenants(owner)}
    both = (tenants[row["from_tenant"]], tenants[row["to_tenant"]])
    here, there = (TenantRef(each.id, each.code, Zone(each.zone)) for each in both)
    own = _GOING.c
    villages = await sql.fetch(owner, select(_GOING).where(own.split_id == row["id"]).order_by(own.from_code))
    pairs = [Pair(each["from_village"], each["to_village"], each["from_code"], each["to_code"]) for each in villages]
    return Going(row["id"], here, there, row["starts_on"], row["decree"]), pairs


# Preparing


async def _codes(owner: Connection, checked: Checked) -> None:
    """New codes from the day of the split on, former ones until the day before, each with its predecessor."""
    wish = checked.wish
    whole = await _known(owner, wish.here)
    await _enter(owner, {**whole, "name": checked.name, "parent_code": str(wish.there.parent)}, wish.there, wish)
    for old, new in wish.villages:
        before = await _known(owner, old)
        await _enter(owner, {**before, "parent_code": str(wish.there)}, new, wish, of=old)
        last = update(_REGIONS).where(_REGIONS.c.code == str(old))
        await sql.fetch(owner, last.values(valid_to=wish.day - timedelta(days=1)).returning(_REGIONS.c.code))


async def _enter(
    owner: Connection, like: sql.Row, code: RegionCode, wish: Wish, *, of: RegionCode | None = None
) -> None:
    """A code like another, unless it is there. A village's that is there gets its predecessor."""
    found = await _region(owner, code)
    history = {"valid_from": wish.day, "predecessor_code": str(of or wish.here)}
    if found is None:
        own = {} if of else _NEW_KECAMATAN  # a village stays where it is; a kecamatan becomes another
        row = {**like, **own, **history, "code": str(code), "valid_to": None}
        await sql.fetch(owner, insert(_REGIONS).values(row))
    elif of is not None:
        known = update(_REGIONS).where(_REGIONS.c.code == str(code))
        await sql.fetch(owner, known.values(**history).returning(_REGIONS.c.code))


async def _kecamatan(owner: Connection, checked: Checked, now: Now) -> TenantRef:
    """The other kecamatan with its office, unless it is a tenant already."""
    code, zone = str(checked.wish.there), Zone(checked.tenant.zone)
    try:
        found = await admin.find_tenant(owner, code)
    except NoSuchTenant:
        async with owner.transaction():
            made = await admin.add_tenant(
                owner,
                kind=TenantKind.KECAMATAN,
                code=code,
                name=checked.name,
                zone=zone,
                demo=checked.tenant.demo,
            )
            async with _operating(owner, made, now) as unit:
                await offices.take_in(unit, onboarding.office(made, checked.name))
            return made
    return TenantRef(found.id, found.code, Zone(found.zone))


async def _villages(owner: Connection, checked: Checked, there: TenantRef, now: Now) -> dict[str, UUID]:
    """The villages with their hamlets in the other kecamatan; their ids by code."""
    hamlets: dict[UUID, list[sql.Row]] = {each.id: [] for each in checked.villages}
    async with admin.entered(owner, checked.tenant.id):
        own = _HAMLETS.c
        theirs = select(_HAMLETS).where(own.tenant_id == checked.tenant.id, among(own.village_id, list(hamlets)))
        for row in await sql.fetch(owner, theirs.order_by(own.name)):
            hamlets[row["village_id"]].append(row)
    codes = [str(new) for _, new in checked.wish.villages]
    async with _operating(owner, there, now) as unit:
        mine = select(_VILLAGES.c.code, _VILLAGES.c.id).where(
            _VILLAGES.c.tenant_id == there.id, _VILLAGES.c.code == any_of(codes, Text())
        )
        known = {row["code"]: row["id"] for row in await unit.rows(mine)}
        for each, code in zip(checked.villages, codes, strict=True):
            if code in known:
                continue
            made = _village(each, there, code, now)
            await homes.take_in(unit, [made])
            for hamlet in hamlets[each.id]:
                await homes.add_sub_village(unit, made.id, name=hamlet["name"], delivery_point=hamlet["delivery_point"])
            known[code] = made.id
    return known


def _village(before: Village, there: TenantRef, code: str, now: Now) -> Village:
    """The same village under its new code."""
    times = {"created_at": now.instant, "updated_at": now.instant}
    place = {"tenant_id": there.id, "id": new_id(), "version": 1, "code": code}
    return before.model_copy(update={**place, **times})


@asynccontextmanager
async def _operating(owner: Connection, tenant: TenantRef, now: Now) -> AsyncIterator[Unit]:
    """One transaction inside the tenant, as the operator of this command."""
    async with admin.entered(owner, tenant.id):
        yield Unit(owner, admin.operator(tenant, lang="id", command=COMMAND), now)
