"""Publications over HTTP: an analyst of Balangan reads eight kecamatan at once, and nobody in them."""

import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import openpyxl
import pytest
import structlog

from hub.domains.reports.carrying import COUNTED
from hub.kernel.scope import Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.domains.publications.stage import District, district
from tests.world import make
from tests.world.build import key_for

EIGHT = [f"63.11.0{number}" for number in range(1, 9)]
NAMES = ("Aminah Binti Salman", "Zulkarnain Putra", "Hidayatullah", "Norhasanah")
NIK = "631102410590{:04d}"
VERIFIED = make.verified(date(2026, 6, 1), date(2027, 6, 1))
FORMS = ("csv", "excel.csv", "xlsx", "json")
REPORT = """query D($code: String!, $period: String, $region: String, $kecamatan: [String!]) {
  districtReport(code: $code, period: $period, region: $region, kecamatan: $kecamatan) {
    definition { code disclosure } number revision sha256 dataAsOf waiting
    rows { regionCode regionName village { name } dimensions { key name }
      cells { column numerator denominator value shown } coverage { villagesReporting villagesTotal } }
    totals { cells { numerator denominator value shown } }
    totalsWithPartial { regionCode dimensions { key } cells { column numerator denominator shown } }
    exceptions { kind column row { regionCode } }
    tenantsIncluded { code name partial } tenantsMissing { code name reason }
    publication { number regionCode period state supersededBy reports { code sha256 } }
    difference { column before { numerator } after { numerator } } } }"""
PERIODS = """{ reportPeriods(first: 12) { nodes { id version period state number confirmedAt publishedAt
  allowedActions { action label disabledReason } } } }"""
CONFIRM = """mutation C($input: ConfirmReportPeriodInput!) { confirmReportPeriod(input: $input) {
  reportPeriod { state confirmations } userErrors { code message } } }"""


@dataclass
class Desk:
    """Balangan: Halong has people, the other seven kecamatan do not use the hub."""

    made: District
    client: Client
    camat: str
    analyst: str
    stranger: str

    async def ask(self, code: str, **more: Any) -> Any:
        """A report as the analyst gets it."""
        return (await self.client.data(REPORT, {"code": code, **more}, key=self.analyst))["districtReport"]


@pytest.fixture(scope="module")
async def desk(hub: Hub, client: Client, owner_dsn: str) -> Desk:
    """Sixty people in one village, three in another; one of the three is vulnerable and without a card."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        made = await district(hub, owner, "63.11.02", villages=3)
        halong = made.kecamatan[0]
        camat = await key_for(owner, halong.tenant, Role.CAMAT)
        keys = []
        for region, code in (("63.11", "63.11/DUKCAPIL"), ("63.01", "63.01/DUKCAPIL")):
            agency = await admin.add_tenant(
                owner, kind=TenantKind.AGENCY, code=code, name="Disdukcapil", zone=Zone.WITA
            )
            on = admin.On(region_code=region)
            keys.append(await key_for(owner, agency, Role.AGENCY_ANALYST, on=on, kind=TenantKind.AGENCY))
    finally:
        await owner.close()
    for number, village in ((60, halong.villages[0].id), (3, halong.villages[1].id)):
        home = make.household(hub, halong.tenant, village)
        await halong.add(home)
        for each in range(number):
            who = make.citizen(
                hub,
                halong.tenant,
                home,
                NAMES[each % len(NAMES)],
                nik=NIK.format(number * 100 + each),
                ektp_status="NOT_YET" if each % 3 == 0 else "KTP_EL",
            )
            await halong.add(*who)
            if each == 0:
                await halong.add(make.vulnerability(who[0], "ELDERLY", **VERIFIED))  # type: ignore[arg-type]  # a citizen
    for code in COUNTED:
        await halong.recount(code)
    found = Desk(made, client, camat, *keys)
    await made.confirm()  # opens the month
    await _confirm(found)
    await made.publish()
    return found


async def _confirm(desk: Desk) -> None:
    nodes = (await desk.client.data(PERIODS, key=desk.camat))["reportPeriods"]["nodes"]
    assert [(each["period"], each["state"]) for each in nodes] == [("2026-11", "OPEN")]
    assert nodes[0]["allowedActions"] == [{"action": "CONFIRM", "label": "Sahkan", "disabledReason": None}]
    given = {
        "input": {
            "reportPeriod": nodes[0]["id"],
            "expectedVersion": nodes[0]["version"],
            "idempotencyKey": "confirm-november-2026",
        }
    }
    told = (await desk.client.data(CONFIRM, given, key=desk.camat))["confirmReportPeriod"]
    assert told == {"reportPeriod": {"state": "CONFIRMED", "confirmations": 1}, "userErrors": []}


async def test_eight_kecamatan_at_once_one_included_seven_missing_none_zero(desk: Desk) -> None:
    found = await desk.ask("R-07", kecamatan=EIGHT)
    assert [(each["code"], each["partial"]) for each in found["tenantsIncluded"]] == [("63.11.02", True)]
    missing = {each["code"]: each["reason"] for each in found["tenantsMissing"]}
    assert missing == {code: "NOT_IN_HUB" for code in EIGHT if code != "63.11.02"}
    assert {row["regionCode"][:8] for row in found["rows"]} == {"63.11.02"}
    assert (found["totals"], found["totalsWithPartial"]) == ([], [])
    whole = await desk.ask("R-07")
    assert whole["totals"] == []
    assert [each["cells"][0]["denominator"] for each in whole["totalsWithPartial"]] != [0]
    assert whole["sha256"] == found["sha256"]
    third = desk.made.kecamatan[0].villages[2].code
    cells = next(row["cells"] for row in whole["rows"] if row["regionCode"] == third)
    assert {(cell["numerator"], cell["shown"]) for cell in cells} == {(None, "NO_DATA")}


async def test_no_name_no_nik_and_no_small_cell_in_answer_file_error_log_or_cost(desk: Desk) -> None:
    bearer = {"authorization": f"Bearer {desk.analyst}"}
    told: list[str] = []
    with structlog.testing.capture_logs() as logs:
        for code in (*COUNTED, "R-06", "R-99"):
            for more in ({}, {"kecamatan": EIGHT}, {"region": "63.01"}, {"period": "2020-01"}, {"kecamatan": NAMES}):
                answer = await desk.client.post(
                    {"query": REPORT, "variables": {"code": code, **more}}, key=desk.analyst
                )
                told += [answer.text, str(answer.headers)]
            for form in FORMS:
                answer = await desk.client.http.get(f"/reports/{code}.{form}", headers=bearer)
                told += [_text(answer, form), str(answer.headers)]
        for query in (PERIODS, '{ report(code: "R-07") { number } citizens(first: 1) { nodes { id } } }'):
            told.append((await desk.client.post({"query": query}, key=desk.analyst)).text)
    told.append(str(logs))
    everything = "\n".join(told)
    assert "63.11.02" in everything
    assert not [name for name in NAMES if name in everything]
    assert not re.findall(r"6311024105\d{6}", everything)
    for code in ("R-07", "R-15"):
        found = await desk.ask(code)
        least = 10 if code == "R-15" else 5
        for row in (*found["rows"], *found["totalsWithPartial"]):
            for cell in row["cells"]:
                values = [Decimal(cell[part]) for part in ("numerator", "denominator") if cell[part] is not None]
                assert not [value for value in values if 0 < value < least], (code, row)


def _text(answer: httpx.Response, form: str) -> str:
    if form != "xlsx" or answer.status_code != 200:
        return answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])


async def test_the_three_of_a_village_are_hidden_and_said_to_be(desk: Desk) -> None:
    found = await desk.ask("R-07")
    village = desk.made.kecamatan[0].villages[1].code
    keys = {row["dimensions"][0]["key"]: row["cells"] for row in found["rows"] if row["regionCode"] == village}
    cells = keys["KTP_EL"]
    told = {cell["column"]: (cell["numerator"], cell["denominator"], cell["value"], cell["shown"]) for cell in cells}
    assert told == {"held": (None, None, None, "SUPPRESSED"), "unknown": ("0", None, None, "SUPPRESSED")}


async def test_files_bear_the_digest_by_which_anybody_finds_the_publication(desk: Desk) -> None:
    bearer = {"authorization": f"Bearer {desk.analyst}"}
    url = "/reports/R-07.{}?period=2026-11&region=63.11"
    answers = [await desk.client.http.get(url.format(form), headers=bearer) for form in FORMS]
    assert {answer.status_code for answer in answers} == {200}
    digests = {answer.headers["hub-report-digest"] for answer in answers}
    numbers = {answer.headers["hub-report-number"] for answer in answers}
    assert numbers == {"R-07/63.11/2026-11/1"}
    query = """query P($number: String!) { publication(number: $number) { number regionName period revision state
      publishedAt sha256 supersededBy reports { code title number sha256 } } }"""
    found = (await desk.client.data(query, {"number": numbers.pop()}))["publication"]
    assert (found["number"], found["regionName"], found["state"]) == (
        "63.11/2026-11/1",
        "Kabupaten Balangan",
        "PUBLISHED",
    )
    assert digests == {each["sha256"] for each in found["reports"] if each["code"] == "R-07"}
    assert (await desk.client.data(query, {"number": "63.11/2026-11/2"}))["publication"] is None
    lines = answers[0].text.splitlines()
    assert lines[0].endswith("Disembunyikan,Dibulatkan ke bawah ke puluhan")


async def test_who_took_a_file_stands_in_the_journal_of_the_agency(desk: Desk, owner: asyncpg.Connection) -> None:
    bearer = {"authorization": f"Bearer {desk.analyst}"}
    assert (await desk.client.http.get("/reports/R-01.json", headers=bearer)).status_code == 200
    tenant = await admin.find_tenant(owner, "63.11/DUKCAPIL")
    async with admin.entered(owner, tenant.id):
        rows = await owner.fetch("select payload::text from journal_entry where kind = 'PUBLISHED_REPORT_TAKEN'")
    assert any("R-01/63.11/2026-11/1" in row["payload"] for row in rows)


async def test_another_districts_analyst_and_a_visitor_read_nothing(desk: Desk) -> None:
    answer = await desk.client.ask(REPORT, {"code": "R-07", "region": "63.11"}, key=desk.stranger)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["PUBLICATION_UNKNOWN"]
    listed = "{ publications { number } }"
    assert (await desk.client.data(listed, key=desk.stranger))["publications"] == []
    assert (await desk.client.data(listed, key=desk.analyst))["publications"] == [{"number": "63.11/2026-11/1"}]
    assert (await desk.client.data(listed, key=desk.camat))["publications"] == [{"number": "63.11/2026-11/1"}]
    visitor = await desk.client.ask(REPORT, {"code": "R-07", "region": "63.11"})
    assert visitor["data"]["districtReport"] is None
    assert (await desk.client.http.get("/reports/R-07.csv?region=63.11")).status_code == 401
