"""A village of its own for every test that imports, and what one asks of its register afterwards."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from hub.domains.imports.model import RowAction
from hub.integrations.opensid.importing import import_file
from hub.integrations.opensid.report import Report
from hub.kernel.clock import Now
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.means import dsn_for
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make
from tests.world.regions import DESKS

ROOT = Path(__file__).parents[3]
CHILD = Path(__file__).with_name("child.py")  # imports or exports in a process of its own, and says what it took
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
# A kecamatan that some test names is left to it, whichever of them comes first.
_TESTS = Path(__file__).parents[2]
NAMED = sorted(
    {code for file in _TESTS.rglob("*.py") for code in re.findall(r'"(\d\d\.\d\d\.\d\d)', file.read_text("utf-8"))}
)
FREE = """
    select v.code from region v join region k on k.code = v.parent_code
     where v.level = 'DESA' and k.parent_code = any ($3::text[]) and k.code <> all ($2::text[])
       and not exists (select from tenant t where t.code = k.code)
     order by k.code desc, v.code limit $1
"""
REGISTER = """
    select c.full_name, c.sex, c.birth_place, c.birth_date, c.occupation, c.family_relation, c.base_status, c.nik_bidx,
           c.nik_prefix, c.nik_status, c.sort_key, c.father_nik_prefix, c.row_digest, c.end_reason, c.version,
           h.kk_bidx, h.address, h.hamlet, h.rw, h.rt, h.version as home_version, h.end_reason as home_end,
           h.head_id = c.id as is_head, s.religion, s.blood_type,
           (select array_agg(t.token order by t.token) from citizen_name_token t
             where t.tenant_id = c.tenant_id and t.citizen_id = c.id) as tokens
      from citizen c
      join household h on h.tenant_id = c.tenant_id and h.id = c.household_id
      join citizen_sensitive s on s.tenant_id = c.tenant_id and s.id = c.id
     where c.tenant_id = $1 and c.village_id = $2
     order by c.sort_key, c.nik_bidx, c.row_digest
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a test's files are imported."""

    hub: Hub
    owner: asyncpg.Connection
    tenant: TenantRef
    village: UUID
    code: RegionCode
    other_village: UUID
    other_code: RegionCode
    folder: Path
    dsn: str

    @property
    def scope(self) -> Scope:
        return make.camat(self.tenant)

    async def bring(self, path: Path, *, day: Now | None = None, **given: Any) -> Report:
        """Import; the handed-back workbook goes beside the file."""
        clock = self.hub.services.clock
        options = {"village": self.code, "handed_back": self.folder / f"hasil-{path.name}", **given}
        return await import_file(
            self.hub.pools.of(Reader.API),
            options.pop("scope", self.scope),
            self.hub.services.keys,
            (lambda: day) if day else clock,
            path,
            **options,
        )

    def order(self, path: Path, **more: str) -> dict[str, str]:
        """What `child.py` needs to import the file here."""
        dsn = dsn_for(self.dsn, Reader.API.value, self.dsn.partition("?")[0].rpartition("/")[2])
        keys = str(self.hub.settings.keys_file)
        place = {"tenant": str(self.tenant.id), "code": self.tenant.code, "village": str(self.code)}
        return {**place, "dsn": dsn, "keys": keys, "file": str(path), **more}

    async def people(self) -> list[dict[str, Any]]:
        """The register of the village, without ids and times."""
        return [dict(row) for row in await self.ask(REGISTER, self.tenant.id, self.village)]

    async def ask(self, question: str, *values: object) -> list[Any]:
        """A query as the owner, inside the tenant."""
        async with self.owner.transaction():
            await self.owner.execute("select set_config('hub.tenant', $1, true)", str(self.tenant.id))
            return list(await self.owner.fetch(question, *values))

    async def number(self, question: str, *values: object) -> int:
        """One figure."""
        rows = await self.ask(question, *values)
        return int(rows[0][0])

    async def counted(self) -> dict[str, int]:
        """How much there is of everything an import writes."""
        tables = ("citizen", "citizen_sensitive", "citizen_name_token", "household", "import_row")
        return {
            name: await self.number(f"select count(*) from {name} where tenant_id = $1", self.tenant.id)
            for name in tables
        }

    async def entries(self) -> dict[str, int]:
        """Journal entries by kind."""
        rows = await self.ask(
            "select kind, count(*) from journal_entry where tenant_id = $1 group by kind", self.tenant.id
        )
        return {row[0]: row[1] for row in rows}

    async def here(self, table: str) -> int:
        """How many rows of a table this village has."""
        return await self.number(
            f"select count(*) from {table} where tenant_id = $1 and village_id = $2", self.tenant.id, self.village
        )

    async def said(self) -> dict[str, int]:
        """Journal entries of this village by kind."""
        counting = "select kind, count(*) from journal_entry where tenant_id = $1 and village_id = $2 group by kind"
        return {row[0]: row[1] for row in await self.ask(counting, self.tenant.id, self.village)}

    async def fingerprint(self) -> str:
        """Equal for equal registers."""
        return hashlib.sha256(repr(await self.people()).encode()).hexdigest()


async def open_desk(hub: Hub, owner: asyncpg.Connection, folder: Path, *, dsn: str = "", name: str = "Uji") -> Desk:
    """A fresh kecamatan with two villages."""
    first, second = (row["code"] for row in await owner.fetch(FREE, 2, NAMED, list(DESKS)))
    code = first.rpartition(".")[0]
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=name, zone=Zone.WIB)
    village, other = make.village(tenant, first, name), make.village(tenant, second, f"{name} Dua")
    async with make.unit(hub, tenant) as unit:
        await unit.add(village)
        await unit.add(other)
    return Desk(hub, owner, tenant, village.id, RegionCode(village.code), other.id, RegionCode(other.code), folder, dsn)


CONFIRM_ALL = frozenset((RowAction.NEW, RowAction.CHANGED, RowAction.DIED, RowAction.MOVED, RowAction.MISSING))
