"""Many rows in one statement: every value arrives as it was given, whatever its shape."""

import json
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from hub.domains.imports.model import ImportBatch, ImportRow
from hub.domains.villages.model import Village
from hub.kernel.clock import Now
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.base import table
from hub.store.bulk import insert_many, update_many
from hub.store.unit import Unit, writing
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make

NOW = Now(datetime(2026, 11, 21, 4, 0, tzinfo=UTC))
ONE = [{"code": "NIK_LENGTH", "column": "nik"}]
TWO = [*ONE, {"code": "DATE_FUTURE", "column": "tanggallahir"}]

Problems = list[dict[str, str]] | None


@pytest.fixture(scope="module")
async def batch(hub: Hub, owner_dsn: str) -> ImportBatch:
    """A batch without rows, in a kecamatan of its own."""
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="32.01.40", name="Uji", zone=Zone.WIB)
    await owner.close()
    village = make.village(tenant, "32.01.40.2001", "Uji")
    made = ImportBatch(tenant_id=tenant.id, village_id=village.id, file_sha256=b"")
    async with make.unit(hub, tenant) as unit:
        await unit.add(village)
        await unit.add(made)
    return made


def row(of: ImportBatch, position: int, problems: Problems) -> dict[str, object]:
    """A refused row."""
    key = {"tenant_id": of.tenant_id, "batch_id": of.id, "position": position}
    return {**key, "village_id": of.village_id, "action": "REJECTED", "pending": False, "problems": problems}


async def inserted(hub: Hub, batch: ImportBatch, given: list[Problems]) -> list[Problems]:
    """What stands in the table after inserting rows with these problems; nothing stays."""
    tenant = TenantRef(batch.tenant_id, "32.01.40", Zone.WIB)
    async with writing(hub.pools.of(Reader.API), make.camat(tenant), NOW) as unit:
        await insert_many(unit, ImportRow, [row(batch, place, problems) for place, problems in enumerate(given)])
        found = await stored(unit, batch.id)
        await unit.connection.fetch("delete from import_row where tenant_id = $1", tenant.id)
    return found


async def stored(unit: Unit, batch: UUID) -> list[Problems]:
    own = table(ImportRow).c
    rows = await unit.rows(select(own.problems).where(own.batch_id == batch).order_by(own.position))
    return [each["problems"] and json.loads(each["problems"]) for each in rows]


@pytest.mark.parametrize(
    "given",
    [
        [ONE, TWO],
        [ONE, ONE],
        [TWO, TWO],
        [[], []],
        [None, [], ONE, TWO],
        [None],
    ],
)
async def test_json_lists_of_any_length_arrive_as_they_are(hub: Hub, batch: ImportBatch, given: list[Problems]) -> None:
    assert await inserted(hub, batch, given) == given


async def test_a_column_that_no_row_names_is_null(hub: Hub, batch: ImportBatch) -> None:
    tenant = TenantRef(batch.tenant_id, "32.01.40", Zone.WIB)
    async with writing(hub.pools.of(Reader.API), make.camat(tenant), NOW) as unit:
        bare = row(batch, 90, None)
        del bare["problems"]
        await insert_many(unit, ImportRow, [bare])
        own = table(ImportRow).c
        found = await unit.rows(select(own.problems.is_(None).label("none"), own.row_number))
        await unit.connection.fetch("delete from import_row where tenant_id = $1", tenant.id)
    assert [tuple(each.values()) for each in found] == [(True, None)]


async def test_rows_are_one_statement_and_none_are_none(hub: Hub, batch: ImportBatch) -> None:
    tenant = TenantRef(batch.tenant_id, "32.01.40", Zone.WIB)
    async with writing(hub.pools.of(Reader.API), make.camat(tenant), NOW) as unit:
        await insert_many(unit, ImportRow, [])
        assert unit.statements == 0
        await insert_many(unit, ImportRow, [row(batch, place, ONE) for place in range(3)])
        assert unit.statements == 1
        await unit.connection.fetch("delete from import_row where tenant_id = $1", tenant.id)


async def test_whole_rows_are_written_over_those_of_the_same_key(hub: Hub, batch: ImportBatch) -> None:
    tenant = TenantRef(batch.tenant_id, "32.01.40", Zone.WIB)
    changed = {**batch.model_dump(), "state": "DONE", "version": 2, "created_at": NOW.instant}
    async with writing(hub.pools.of(Reader.API), make.camat(tenant), NOW) as unit:
        await update_many(unit, ImportBatch, [changed])
        found = await unit.find(ImportBatch, batch.id)
    assert (found.state, found.version, found.created_at) == ("DONE", 2, batch.created_at)


async def test_a_table_with_array_columns_is_refused_at_first_use(hub: Hub, batch: ImportBatch) -> None:
    tenant = TenantRef(batch.tenant_id, "32.01.40", Zone.WIB)
    village = make.village(tenant, "32.01.40.2002", "Larik", aliases=["a", "b"])
    said = r"^Village has array columns \(aliases, terrain\): insert its rows with Unit.add_all$"
    async with writing(hub.pools.of(Reader.API), make.camat(tenant), NOW) as unit:
        for verb in (insert_many, update_many):
            with pytest.raises(TypeError, match=said):
                await verb(unit, Village, [village.model_dump()])
        assert unit.statements == 0
