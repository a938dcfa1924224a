"""Reports over HTTP: the catalogue for everybody, figures for those who may, and how one came about."""

import base64
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from hub.domains.reports.carrying import COUNTED
from hub.kernel.ids import GlobalId
from hub.tenants import administration as admin
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.domains.reports.stage import Stage, opened
from tests.world import make
from tests.world.build import World, key_for

REPORT = """query R($code: String!) { report(code: $code) {
  definition { code title disclosure mayRead }
  rows { regionCode regionName village { name } dimensions { dimension key name }
    cells { column numerator denominator value origin asOf } coverage { villagesReporting villagesTotal oldestSync } }
  totals { cells { value } } totalsWithPartial { cells { numerator denominator value } }
  exceptions { kind column row { regionCode } }
  number revision waiting dataAsOf tenantsIncluded { code partial } tenantsMissing { code reason } } }"""
EXPLAIN = """query E($code: String!, $column: String!, $village: ID, $dimensions: [String!]) {
  explainCell(code: $code, column: $column, village: $village, dimensions: $dimensions) {
    calculation cell { numerator denominator value }
    column { title formula unit numerator { name definition source unit } denominator { name unit } }
    row { regionCode } terms { name } } }"""


@dataclass
class Desk:
    """A kecamatan whose reports are counted, and keys of its readers."""

    stage: Stage
    client: Client
    keys: dict[str, str]

    async def ask(self, query: str, *, role: str = "CAMAT", **variables: Any) -> Any:
        """The data of a query."""
        return await self.client.data(query, variables, key=self.keys[role])

    async def refused(self, query: str, *, role: str = "CAMAT", **variables: Any) -> list[str]:
        """The codes of the errors of a query."""
        answer = await self.client.ask(query, variables, key=self.keys[role])
        return [each["extensions"]["code"] for each in answer["errors"]]


@pytest.fixture(scope="session")
async def desk(hub: Hub, client: Client, owner_dsn: str) -> Desk:
    """Takisung's profile, five houses in one of two villages, an old woman without a card."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        stage = await opened(hub, owner, "32.13.30")
        keys = {role.value: await key_for(owner, stage.tenant, role) for role in (Role.CAMAT, Role.KEC_COUNTER)}
        on = admin.On(village_id=stage.villages[1].id)
        keys["VILLAGE_OFFICER"] = await key_for(owner, stage.tenant, Role.VILLAGE_OFFICER, on=on)
        keys["PARTNER_ORG"] = await _partner(stage, owner)
    finally:
        await owner.close()
    village = stage.villages[0].id
    home = make.household(hub, stage.tenant, village)
    profile = {"area_km2": Decimal("343.00"), "population": 31_020, "household_count": 9_379}
    await stage.add(
        make.profile(stage.tenant, stage.office, 2018, **profile),
        *(make.house(stage.tenant, village, has_permit=number < 2) for number in range(5)),
        home,
        *make.citizen(hub, stage.tenant, home, "Aminah", ektp_status="NOT_YET"),
    )
    for code in COUNTED:
        await stage.recount(code)
    return Desk(stage, client, keys)


async def _partner(stage: Stage, owner: asyncpg.Connection) -> str:
    pkk = make.partner(stage.tenant, "PKK")
    await stage.add(pkk)
    return await key_for(owner, stage.tenant, Role.PARTNER_ORG, on=admin.On(organization_id=pkk.id))


async def test_anybody_reads_the_catalogue_with_its_metadata(client: Client, world: World) -> None:
    del world
    query = """{ reports { code title formula disclosure mayRead notKept readers
      columns { key unit numerator { name } denominator { name } } } }"""
    found = {each["code"]: each for each in (await client.data(query))["reports"]}
    assert len(found) == 13
    assert found["R-01"] == {
        "code": "R-01",
        "title": "Cakupan IMB/PBG",
        "formula": "rumah ber-IMB/PBG ÷ rumah × 100",
        "disclosure": "ACTS",
        "mayRead": False,
        "notKept": None,
        "readers": [
            *("VILLAGE_OFFICER", "VILLAGE_HEAD", "KEC_COUNTER", "KEC_SECTION_HEAD", "KEC_SECRETARY", "CAMAT"),
            "INTEGRATION",
        ],
        "columns": [
            {
                "key": "coverage",
                "unit": "persen",
                "numerator": {"name": "Rumah ber-IMB/PBG"},
                "denominator": {"name": "Rumah"},
            }
        ],
    }
    assert found["R-08"]["notKept"] == "Hub belum menyimpan permohonan layanan"
    assert found["R-08"]["columns"] == []


async def test_a_camat_reads_a_report_whole(desk: Desk) -> None:
    found = (await desk.ask(REPORT, code="R-01"))["report"]
    one, two = desk.stage.villages
    assert found.pop("dataAsOf") == "2026-11-22T03:00:00.000000Z"
    assert found.pop("number").startswith("R-01/32.13.30/")
    none = {"column": "coverage", "numerator": None, "denominator": None, "value": None, "origin": None, "asOf": None}
    here = {"column": "coverage", "numerator": "2", "denominator": "5", "value": "40.00", "origin": "REGISTER"}
    assert found == {
        "definition": {"code": "R-01", "title": "Cakupan IMB/PBG", "disclosure": "ACTS", "mayRead": True},
        "rows": [
            {
                "regionCode": one.code,
                "regionName": "Desa 1",
                "village": {"name": "Desa 1"},
                "dimensions": [],
                "cells": [{**here, "asOf": "2026-11-22"}],
                "coverage": {"villagesReporting": 1, "villagesTotal": 1, "oldestSync": None},
            },
            {
                "regionCode": two.code,
                "regionName": "Desa 2",
                "village": {"name": "Desa 2"},
                "dimensions": [],
                "cells": [none],
                "coverage": {"villagesReporting": 0, "villagesTotal": 1, "oldestSync": None},
            },
        ],
        "totals": [],
        "totalsWithPartial": [{"cells": [{"numerator": "2", "denominator": "5", "value": "40.00"}]}],
        "exceptions": [{"kind": "NO_DATA", "column": None, "row": {"regionCode": two.code}}],
        "revision": 1,
        "waiting": False,
        "tenantsIncluded": [{"code": "32.13.30", "partial": True}],
        "tenantsMissing": [],
    }


async def test_the_kecamatans_own_figures_come_exactly(desk: Desk) -> None:
    found = (await desk.ask(REPORT, code="R-03"))["report"]
    assert [
        (cell["column"], cell["numerator"], cell["denominator"], cell["value"]) for cell in found["rows"][0]["cells"]
    ] == [
        ("density", "31020", "343.00", "90.44"),
        ("personsPerHousehold", "31020", "9379", "3.31"),
        ("housesPerHousehold", None, None, None),
        ("newVillageHeads", None, None, None),
    ]
    assert found["rows"][0]["coverage"] is None


async def test_what_speaks_of_vulnerable_people_is_refused_to_the_counter(desk: Desk) -> None:
    assert await desk.refused(REPORT, role="KEC_COUNTER", code="R-15") == ["REPORT_NOT_YOURS"]
    assert (await desk.ask(REPORT, role="KEC_COUNTER", code="R-07"))["report"]["revision"] == 1


async def test_an_officer_of_a_village_reads_that_village_only(desk: Desk) -> None:
    found = (await desk.ask(REPORT, role="VILLAGE_OFFICER", code="R-01"))["report"]
    assert [row["regionCode"] for row in found["rows"]] == []
    assert [each["reason"] for each in found["tenantsMissing"]] == ["NO_DATA"]
    found = (await desk.ask(REPORT, role="VILLAGE_OFFICER", code="R-03"))["report"]
    assert found["tenantsMissing"] == [{"code": "32.13.30", "reason": "OUTSIDE_SCOPE"}]


async def test_readers_from_outside_get_no_figures_of_a_kecamatan(desk: Desk, client: Client, world: World) -> None:
    query = '{ report(code: "R-01") { number } }'
    for key in (desk.keys["PARTNER_ORG"], world.agency_key):
        answer = await client.ask(query, key=key)
        assert answer["data"] == {"report": None}
        assert answer["extensions"]["withheld"] == ["Query.report"]


@pytest.mark.parametrize(("code", "refusal"), [("R-99", "REPORT_UNKNOWN"), ("", "REPORT_UNKNOWN")])
async def test_a_report_that_is_not_in_the_catalogue_is_refused(desk: Desk, code: str, refusal: str) -> None:
    assert await desk.refused(REPORT, code=code) == [refusal]


async def test_a_report_whose_source_is_not_kept_says_so(desk: Desk) -> None:
    found = (await desk.ask(REPORT, code="R-08"))["report"]
    assert (found["rows"], found["tenantsMissing"]) == ([], [{"code": "32.13.30", "reason": "SOURCE_NOT_KEPT"}])


async def test_a_figure_is_explained_in_words_and_numbers(desk: Desk) -> None:
    village = GlobalId("Village", desk.stage.tenant.id, desk.stage.villages[0].id).encode()
    given: dict[str, Any] = {"code": "R-07", "column": "held", "village": village, "dimensions": ["KTP_EL"]}
    found = (await desk.ask(EXPLAIN, **given))["explainCell"]
    assert found["calculation"] == "0 ÷ 1 × 100 = 0,00 (dua desimal, setengah ke atas)"
    assert found["cell"] == {"numerator": "0", "denominator": "1", "value": "0.00"}
    assert found["column"]["numerator"]["source"] == "Register desa di hub"
    assert found["row"] == {"regionCode": desk.stage.villages[0].code}
    found = (await desk.ask(EXPLAIN, code="R-03", column="density"))["explainCell"]
    assert found["calculation"] == "31.020 ÷ 343,00 = 90,44 (dua desimal, setengah ke atas)"
    found = (await desk.ask(EXPLAIN, code="R-03", column="newVillageHeads"))["explainCell"]
    assert found["calculation"] == "Tidak ada data"
    for wrong in ({"column": "x"}, {"dimensions": ["PASSPORT"]}, {"village": None}):
        assert await desk.refused(EXPLAIN, **{**given, **wrong}) == ["REPORT_CELL_UNKNOWN"]


async def test_a_file_holds_what_the_graph_shows_in_every_form(desk: Desk, client: Client) -> None:
    shown = (await desk.ask('{ report(code: "R-01") { number revision sha256 } }'))["report"]
    bearer = {"authorization": f"Bearer {desk.keys['CAMAT']}", "accept-language": "en"}
    for form, kind in (
        ("csv", "text/csv; charset=utf-8"),
        ("excel.csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
    ):
        found = await client.http.get(f"/reports/R-01.{form}", headers=bearer)
        assert (found.status_code, found.headers["content-type"]) == (200, kind)
        assert found.headers["hub-report-number"] == shown["number"]
        assert found.headers["hub-report-revision"] == str(shown["revision"])
        assert found.headers["hub-report-digest"] == shown["sha256"]
        digest = base64.b64encode(hashlib.sha256(found.content).digest()).decode()
        assert found.headers["repr-digest"] == f"sha-256=:{digest}:"
        assert found.headers["cache-control"] == "private, no-store"
        name = f"{shown['number'].replace('/', '_')}_r1.{form.rpartition('.')[2]}"
        assert found.headers["content-disposition"].endswith(f"filename*=UTF-8''{name}")
    text = (await client.http.get("/reports/R-01.csv", headers=bearer)).text.splitlines()
    assert text[1] == "ROW,32.13.30.2001,Desa 1,2,5,40.00,1,1,,REGISTER,2026-11-22"


async def test_a_file_is_refused_to_whom_the_graph_refuses_the_report(desk: Desk, client: Client) -> None:
    for name, role, status, code in (
        ("R-15.csv", "KEC_COUNTER", 403, "REPORT_NOT_YOURS"),
        ("R-01.csv", "PARTNER_ORG", 403, "REPORT_NOT_YOURS"),
        ("R-99.csv", "CAMAT", 404, "REPORT_UNKNOWN"),
        ("R-01.pdf", "CAMAT", 404, "REPORT_UNKNOWN"),
    ):
        found = await client.http.get(f"/reports/{name}", headers={"authorization": f"Bearer {desk.keys[role]}"})
        assert (found.status_code, found.json()["code"]) == (status, code)
    assert (await client.http.get("/reports/R-01.csv")).status_code == 401
    assert (await client.http.get("/reports/R-01.csv", headers={"authorization": "Bearer x"})).status_code == 401
