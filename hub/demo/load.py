"""Filling an empty hub with the demo: regions, tenants, facts, people and keys.

Everything is done in steps, each of which is noted in the database when it is done: a start after a cut goes on where
the last one stopped, a start after a whole one does nothing. What people changed since stays as it is.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from hub.demo import complaints, facts, keys, voices
from hub.demo.agencies import agencies
from hub.demo.keys import DemoKey, Wanted
from hub.demo.rows import rows_of, tables
from hub.demo.telling import events_of
from hub.demo.villages import HALONG, KECAMATAN, TAKISUNG, villages, villages_of
from hub.demo.workbook import write_workbook
from hub.domains.agencies import directory
from hub.domains.partners.model import PartnerOrganization
from hub.domains.regions import loader
from hub.domains.villages.model import Village
from hub.journal.record import record_all
from hub.kernel.clock import Clock
from hub.kernel.keyring import KeyRing
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection, Pool, Pools
from hub.store.unit import writing
from hub.tenants import administration as admin
from hub.tenants.administration import NoSuchTenant, On
from hub.tenants.gate import Gate
from hub.tenants.model import KeyKind, Tenant, TenantKind
from hub.tenants.permissions import Role

REGIONS, PLACES, PEOPLE = "regions", "places", "people"
DUKCAPIL, PMD, PUPR = "63.11/DUKCAPIL", "63/PMD", "63.01/PUPR"
VILLAGE = "63.01.01.2004"
PARTNER = "PKK Kecamatan Takisung"
_SLUG = "demo"

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done and how much there is."""


class Filled(Protocol):
    """What loading needs of a wired hub."""

    @property
    def pools(self) -> Pools:
        """Open pools."""

    @property
    def gate(self) -> Gate:
        """Turns a key into its scope."""


class ImportVillage(Protocol):
    """The importer's way in: a workbook into one village's register, resumable and repeatable.

    `hub.demo` stands below the integrations in the order of imports, so it is handed the function.
    """

    async def __call__(
        self, pool: Pool, scope: Scope, keys: KeyRing, clock: Clock, path: Path, *, village: RegionCode
    ) -> object: ...


@dataclass(frozen=True, slots=True)
class _Agency:
    code: str
    name: str
    audience: str
    role: Role
    region: str | None = None


_AGENCIES = (
    _Agency(PMD, "Dinas PMD Provinsi Kalimantan Selatan", "dinas", Role.PROVINCE_ANALYST, "63"),
    _Agency(DUKCAPIL, "Disdukcapil Kabupaten Balangan", "dinas", Role.AGENCY_ANALYST, "63.11"),
    _Agency(PUPR, "Dinas PUPR Kabupaten Tanah Laut", "agency", Role.AGENCY_OFFICER),
)


async def load(
    owner: Connection,
    hub: Filled,
    folder: Path,
    *,
    ring: KeyRing,
    clock: Clock,
    progress: Progress,
    import_village: ImportVillage | None = None,
) -> list[DemoKey]:
    """Do what is not done yet, and return the demo's keys. `folder` keeps them (`demo-keys.json`)."""
    done = await noted(owner)
    if REGIONS not in done:
        progress(REGIONS, 0, 1)
        await loader.load(owner)
        await note(owner, done, REGIONS)
        progress(REGIONS, 1, 1)
    for each in agencies():
        await directory.enter(owner, each)
    made = [each async for each in _places(owner, hub, folder, done, ring=ring, clock=clock, progress=progress)]
    keys.write(folder, made)
    if import_village is not None:
        await load_people(owner, hub, folder, done, import_village, ring=ring, clock=clock, progress=progress)
    return made


async def load_people(
    owner: Connection,
    hub: Filled,
    folder: Path,
    done: set[str],
    import_village: ImportVillage,
    *,
    ring: KeyRing,
    clock: Clock,
    progress: Progress,
) -> None:
    """One workbook per village, through the importer, as the camat of its kecamatan."""
    total, people = sum(plan.people for plan in villages().values()), 0
    officers = {each.tenant: each for each in keys.read(folder) if each.role == Role.CAMAT.value}
    pool = hub.pools.of(Reader.API)
    with tempfile.TemporaryDirectory(prefix="workbooks-", dir=folder) as books:
        for code in KECAMATAN:
            scope = await keys.scope_of(hub.gate, officers[code])
            for plan in villages_of(code):
                if plan.code not in done:
                    progress(PEOPLE, people, total)
                    book = Path(books) / f"{plan.code}.xlsx"
                    await asyncio.to_thread(write_workbook, plan.code, book)
                    await import_village(pool, scope, ring, clock, book, village=RegionCode(plan.code))
                    book.unlink()
                    await note(owner, done, plan.code)
                people += plan.people
        progress(PEOPLE, people, total)


async def _places(
    owner: Connection, hub: Filled, folder: Path, done: set[str], *, ring: KeyRing, clock: Clock, progress: Progress
) -> AsyncIterator[DemoKey]:
    """Tenants with what belongs to them; yields their keys, those of Takisung first."""
    total = len(KECAMATAN) + len(_AGENCIES)
    progress(PLACES, 0, total)
    for number, profile in enumerate(facts.kecamatan_profiles(), start=1):
        tenant = await _tenant(owner, TenantKind.KECAMATAN, profile.code, profile.name, Zone(profile.timezone))
        camat = await keys.ensure(owner, hub.gate, folder, tenant, Wanted("officer", Role.CAMAT))
        scope = await keys.scope_of(hub.gate, camat)
        if f"{PLACES} {profile.code}" not in done:
            if not await _ids(owner, scope, Village, "code"):
                await _fill(hub, scope, profile, ring, clock)
            await note(owner, done, f"{PLACES} {profile.code}")
        yield camat
        for wanted in await _others(owner, scope, profile.code):
            yield await keys.ensure(owner, hub.gate, folder, tenant, wanted)
        progress(PLACES, number, total)
    for number, agency in enumerate(_AGENCIES, start=len(KECAMATAN) + 1):
        tenant = await _tenant(owner, TenantKind.AGENCY, agency.code, agency.name, Zone.WITA)
        wanted = Wanted(agency.audience, agency.role, On(region_code=agency.region))
        yield await keys.ensure(owner, hub.gate, folder, tenant, wanted)
        progress(PLACES, number, total)


async def _tenant(owner: Connection, kind: TenantKind, code: str, name: str, zone: Zone) -> Tenant:
    try:
        return await admin.find_tenant(owner, code)
    except NoSuchTenant:
        await admin.add_tenant(owner, kind=kind, code=code, name=name, zone=zone, demo=True)
        return await admin.find_tenant(owner, code)


async def _fill(hub: Filled, scope: Scope, profile: facts.KecamatanProfile, ring: KeyRing, clock: Clock) -> None:
    """All civic rows of a kecamatan, and what the journal says of them, in one transaction."""
    rows = rows_of(scope.tenants[0], profile)
    async with writing(hub.pools.of(Reader.API), scope, clock()) as unit:
        for run in tables(rows):
            await unit.add_all(run)
        await record_all(unit, list(events_of(rows)), ring)
        await voices.speak(unit)
        await complaints.complain(unit, ring, agency=f"{profile.code[:5]}/PUPR")


async def _others(owner: Connection, scope: Scope, code: str) -> list[Wanted]:
    """The keys of a kecamatan beside the camat's."""
    wanted = [
        Wanted("front-end", Role.FRONT_END, kind=KeyKind.PUBLIC, origins=keys.ORIGINS),
        Wanted("officer", Role.KEC_COUNTER),
    ]
    if code == TAKISUNG:
        in_villages = await _ids(owner, scope, Village, "code")
        organizations = await _ids(owner, scope, PartnerOrganization, "name")
        wanted.append(Wanted("officer", Role.VILLAGE_HEAD, On(village_id=in_villages[VILLAGE])))
        wanted.append(Wanted("partner", Role.PARTNER_ORG, On(organization_id=organizations[PARTNER])))
    if code == HALONG:
        wanted.append(Wanted("officer", Role.INTEGRATION))
    return wanted


async def _ids(owner: Connection, scope: Scope, model: type[Any], column: str) -> dict[str, UUID]:
    """The ids of a tenant's rows by a column that names them."""
    tenant: TenantRef = scope.tenants[0]
    own = table(model)
    async with admin.entered(owner, tenant.id):
        rows = await sql.fetch(owner, select(own.c[column].label("name"), own.c.id).where(own.c.tenant_id == tenant.id))
    return {row["name"]: row["id"] for row in rows}


# What is done stands in the database itself, as its comment: it is there exactly as long as the rows are.


async def noted(owner: Connection) -> set[str]:
    """The steps that are done."""
    text = await owner.fetchval(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
    )
    try:
        found = json.loads(text or "{}")
        return set(found.get(_SLUG, ()))
    except (ValueError, AttributeError, TypeError):
        return set()


async def note(owner: Connection, done: set[str], step: str) -> None:
    """Remember one more step."""
    done.add(step)
    statement = await owner.fetchval(
        "select format('comment on database %I is %L', current_database(), $1::text)",
        json.dumps({_SLUG: sorted(done)}),
    )
    await owner.execute(statement)
