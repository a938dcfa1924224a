"""Workbooks built in the test, people made up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import asyncpg
import openpyxl
import pytest

from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.rows import JudgedRow, judge
from hub.integrations.opensid.workbook import open_workbook
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.integrations.opensid.desk import Desk, open_desk
from tests.world import make

VILLAGE = RegionCode("63.01.01.2009")
TODAY = date(2026, 11, 21)

Person = dict[str, object]
MakePerson = Callable[..., Person]
MakeBook = Callable[..., Path]
Judge = Callable[[Path], list[JudgedRow]]


@pytest.fixture
def person() -> MakePerson:
    """A dull, complete citizen; each call differs in serial number."""
    serial = 0

    def make(**given: object) -> Person:
        nonlocal serial
        serial += 1
        return {
            "alamat": "Jl. Contoh No. 1",
            "dusun": "Dusun Satu",
            "rw": "002",
            "rt": "001",
            "nama": "Contoh Warga",
            "no_kk": "6301010101100001",
            "nik": f"630101450790{serial:04d}",
            "sex": 2,
            "tempatlahir": "Pelaihari",
            "tanggallahir": date(1990, 7, 5),
            "kk_level": 4,
            **given,
        }

    return make


@pytest.fixture
def book(tmp_path: Path) -> MakeBook:
    """Writes people to a workbook: columns from the first person, in that order."""

    def make(people: Sequence[Mapping[str, object]], *, sheet: str = "Data Penduduk", name: str = "desa.xlsx") -> Path:
        made = openpyxl.Workbook()
        page = made.active
        assert page is not None
        page.title = sheet
        names = list(people[0])
        page.append(names)
        for one in people:
            page.append([one.get(column) for column in names])
        path = tmp_path / name
        made.save(path)
        return path

    return make


@pytest.fixture
def judged() -> Judge:
    """Judges a whole file for the village of the tests, on the day of the tests."""

    def run(path: Path) -> list[JudgedRow]:
        with open_workbook(path) as opened:
            header = find_header(opened)
            return list(judge(opened.rows(header.sheet), header, village=VILLAGE, today=TODAY))

    return run


@pytest.fixture
async def desk(hub: Hub, owner: asyncpg.Connection, database: str, tmp_path: Path) -> Desk:
    """A kecamatan with empty villages."""
    return await open_desk(hub, owner, tmp_path, dsn=database)


@pytest.fixture(scope="module")
def desks() -> list[Desk]:
    """The desks of a module's one kecamatan: there are not enough for every test to have its own."""
    return []


@pytest.fixture
async def village_desk(
    request: pytest.FixtureRequest, hub: Hub, owner: asyncpg.Connection, tmp_path: Path, desks: list[Desk]
) -> Desk:
    """An empty village of the kecamatan that the module names: `KECAMATAN`."""
    kecamatan: str = request.module.KECAMATAN
    if desks:
        tenant = desks[0].tenant
    else:
        tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=kecamatan, name="Uji", zone=Zone.WIB)
    code = f"{kecamatan}.2{len(desks) + 1:03d}"
    village = make.village(tenant, code, f"Uji {len(desks)}")
    async with make.unit(hub, tenant) as unit:
        await unit.add(village)
    desks.append(Desk(hub, owner, tenant, village.id, RegionCode(code), village.id, RegionCode(code), tmp_path, ""))
    return desks[-1]
