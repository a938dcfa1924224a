"""An analyst of a district agency: signs in with a code, reads a chart, takes the workbook, and verifies it."""

import re
import time
from pathlib import Path

import asyncpg
import openpyxl
import pyotp

from hub.domains.accounts import inviting
from hub.entrypoints.web import application
from hub.kernel.clock import system_clock
from hub.kernel.scope import Zone
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Permission, Role
from hub.wiring import Hub
from tests.browser.chromium import opened
from tests.browser.test_reports_in_browser import DESK, TELEPHONE, downloaded, followed, light
from tests.browser.walking import chromium, fill, served, submit
from tests.domains.publications.stage import district
from tests.pages.visitor import PASSPHRASE, Visitor

AGENCY = "63.11/DUKCAPIL"


async def analyst(owner: asyncpg.Connection) -> str:
    """The address of an invitation, as the operator makes it."""
    agency = await admin.add_tenant(owner, kind=TenantKind.AGENCY, code=AGENCY, name="Disdukcapil", zone=Zone.WITA)
    scope = admin.operator(agency, lang="id", command="invite", also=(Permission.MANAGE_GRANTS,), purpose="SK 1")
    async with admin.entered(owner, agency.id):
        made = await inviting.invite(
            Unit(owner, scope, system_clock()),
            name="Analis Balangan",
            sign_in_name="analis",
            role=Role.AGENCY_ANALYST,
            reason="SK 1/2026",
            on=admin.On(region_code="63.11"),
            kind=TenantKind.AGENCY,
        )
    return f"/undangan/{made.token}"


async def test_an_analyst_reads_a_chart_of_the_district_and_takes_the_workbook(
    hub: Hub, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    made = await district(hub, owner, "63.11.02", "63.11.03", villages=3)
    await made.documents(made.kecamatan[0], [(30, 5, 60), (12, 2, 20), None])
    await made.documents(made.kecamatan[1], [(40, 5, 55), (20, 5, 30), (25, 5, 35)])
    await made.confirm(*made.kecamatan)
    await made.publish()
    joined, saved = Visitor.of(application(hub)), tmp_path / "saved"
    await joined.join(await analyst(owner))
    async with served(hub) as address, opened(chromium(), tmp_path / "profile", lang="id") as browser:
        await browser.call("Emulation.setDeviceMetricsOverride", **TELEPHONE)
        await browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
        await browser.go(address + "/laporan")
        await browser.wait("document.querySelector('#sandi') !== null")
        await fill(browser, kecamatan=AGENCY, nama="analis", sandi=PASSPHRASE)
        await submit(browser, until="/masuk/kode")
        await fill(browser, kode=pyotp.TOTP(joined.secret).at(int(time.time())))
        await submit(browser, until="/laporan")
        await light(browser, "analis-laporan")
        await followed(browser, "main a", "R-07", to="/laporan/kabupaten/R-07")
        await light(browser, "analis-r07")
        drawn = str(await browser.value("document.querySelector('svg.chart desc').textContent"))
        assert "Kecamatan 63.11.03: 70,83%" in drawn
        assert "tidak ada data" in str(await browser.value("document.querySelector('table').textContent"))
        assert await browser.value("document.querySelectorAll('td.figure a').length") == 0
        await browser.call("Emulation.setDeviceMetricsOverride", **DESK)
        await light(browser, "analis-r07-meja")
        await browser.click("form.row button", text="XLSX")
        workbook = openpyxl.load_workbook(await downloaded(saved, ".xlsx"))
        told = {str(row[0].value): str(row[1].value) for row in workbook["Metadata"].iter_rows()}
        assert told["Nomor"] == "R-07/63.11/2026-11/1"
        await browser.go(f"{address}/laporan/verifikasi?nomor={told['Nomor']}&sha256={told['SHA-256 angka']}")
        await browser.wait("document.querySelector('[role=status]') !== null")
        assert "sama dengan angka yang diterbitkan" in str(await browser.value("document.body.innerText"))
        await light(browser, "analis-verifikasi")
        assert browser.complaints == []
        assert {re.sub(r"^(https?://[^/]+).*", r"\1", each) for each in browser.requested} == {address}
