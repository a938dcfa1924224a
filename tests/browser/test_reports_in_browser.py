"""The pages of reports in a real Chromium, on a telephone and at a desk: from signing in to workbook and paper."""

import asyncio
import base64
import os
import re
import time
from pathlib import Path

import asyncpg
import openpyxl
import pyotp

from hub.domains.reports import counting
from hub.domains.reports.catalogue import REPORTS
from hub.entrypoints.web import application
from hub.kernel.scope import Reader
from hub.store.unit import connected
from hub.tenants.acting import acting
from hub.wiring import Hub
from tests.browser.chromium import Page, opened
from tests.browser.walking import chromium, fill, looked_at, served, submit
from tests.pages.visitor import PASSPHRASE, Visitor, invited
from tests.world.build import Place, place

VILLAGES = tuple(f"32.01.14.20{number:02}" for number in range(1, 12))
PLACE = ("32.01.14", "Leuwiliang", VILLAGES)
MOST = 100 * 1024
TELEPHONE = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
DESK = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
A4 = re.compile(rb"/MediaBox \[0 0 59[45][.0-9]* 84[12]")
WEIGHT = (
    "performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
    ".reduce((sum, each) => sum + each.decodedBodySize, 0)"
)


async def counted(hub: Hub, here: Place) -> None:
    """All reports, as the worker counts them."""
    now = hub.engine.clock()
    async with (
        connected(hub.pools.of(Reader.WORKER)) as connection,
        acting(connection, here.tenant, now) as unit,
    ):
        for each in REPORTS.values():
            if each.not_kept is None:
                await counting.recount(unit, each)


async def light(browser: Page, name: str) -> None:
    """Nothing serious, nothing too wide, and at most 100 KB with all it loads."""
    await looked_at(browser, name)
    assert await browser.value(WEIGHT) <= MOST, name


async def followed(browser: Page, selector: str, text: str, *, to: str) -> None:
    """Click and wait for the page it leads to."""
    await browser.click(selector, text=text)
    await browser.wait(f"document.readyState === 'complete' && location.pathname === '{to}'")


async def downloaded(folder: Path, ending: str) -> Path:
    """The file that the browser saves, once it is whole."""
    for _ in range(100):
        if found := await asyncio.to_thread(lambda: list(folder.glob(f"*{ending}"))):
            return found[0]
        await asyncio.sleep(0.1)
    raise AssertionError("never saved: " + ending)


async def test_an_official_signs_in_reads_a_chart_and_takes_the_workbook_and_the_paper(
    hub: Hub, owner_dsn: str, tmp_path: Path
) -> None:
    owner = await asyncpg.connect(owner_dsn)
    here = await place(hub, owner, *PLACE)
    await owner.close()
    await counted(hub, here)
    app, saved = application(hub), tmp_path / "saved"
    joined = Visitor.of(app)
    await joined.join(await invited(app, here, "rahmat", role="KEC_SECTION_HEAD"))
    async with served(hub) as address, opened(chromium(), tmp_path / "profile", lang="id") as browser:
        await browser.call("Emulation.setDeviceMetricsOverride", **TELEPHONE)
        await browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
        await browser.go(address + "/laporan")
        await browser.wait("document.querySelector('#sandi') !== null")
        await fill(browser, kecamatan=PLACE[0], nama="rahmat", sandi=PASSPHRASE)
        await submit(browser, until="/masuk/kode")
        await fill(browser, kode=pyotp.TOTP(joined.secret).at(int(time.time())))
        await submit(browser, until="/laporan")
        await light(browser, "laporan")
        await key_for_excel(browser, address)
        await followed(browser, "main a", "R-07", to="/laporan/R-07")
        await light(browser, "laporan-r07")
        await browser.value("document.querySelector('#bagian').value = 'KTP_EL', true")
        await browser.click("main form.choose button")
        await browser.wait("location.search.includes('KTP_EL') && document.readyState === 'complete'")
        assert "Leuwiliang 0" in await browser.value("document.querySelector('svg.chart desc').textContent")
        assert await browser.value("document.querySelectorAll('.map svg path').length") == len(VILLAGES)
        await light(browser, "laporan-r07-ktp")
        await browser.call("Emulation.setDeviceMetricsOverride", **DESK)
        await light(browser, "laporan-r07-meja")
        await followed(browser, "td.figure a", "", to="/laporan/R-07/penjelasan")
        assert "÷" in str(await browser.value("document.querySelector('main').innerText"))
        await light(browser, "laporan-penjelasan")
        await browser.go(address + "/laporan/R-01")
        await browser.wait("document.querySelector('form.row') !== null")
        await browser.click("form.row button", text="XLSX")
        workbook = openpyxl.load_workbook(await downloaded(saved, ".xlsx"))
        rows = [row for row in workbook["R-01"].iter_rows(min_row=2, values_only=True) if row[0] == "ROW"]
        assert [row[1] for row in rows] == list(VILLAGES)
        told = {str(row[0].value): row[1].value for row in workbook["Metadata"].iter_rows()}
        await browser.go(f"{address}/laporan/verifikasi/{told['Nomor verifikasi']}")
        await browser.wait("document.querySelector('[role=status]') !== null")
        assert str(told["SHA-256 angka"]) in str(await browser.value("document.body.innerText"))
        await light(browser, "laporan-verifikasi")
        await browser.go(address + "/laporan/R-01")
        await followed(browser, "form.row button", "Tampilan cetak", to="/laporan/R-01/cetak")
        await light(browser, "laporan-cetak")
        await paper(browser)
        assert browser.complaints == []
        asked = [
            each for each in browser.requested if not each.startswith("data:")
        ]  # the browser's own picture of a date
        assert {re.sub(r"^(https?://[^/]+).*", r"\1", each) for each in asked} == {address}


async def key_for_excel(browser: Page, address: str) -> None:
    """Make a key for Excel, and back to the reports."""
    await followed(browser, "main a", "Kunci untuk Excel", to="/laporan/kunci")
    await browser.value("document.querySelector('#buat-guna').value = 'Lembar bulanan', true")
    await browser.click("main button", text="Buat kunci ini")
    await browser.wait("document.querySelector('code.secret') !== null && document.readyState === 'complete'")
    await light(browser, "laporan-kunci")
    await browser.go(address + "/laporan")
    await browser.wait("document.readyState === 'complete' && location.pathname === '/laporan'")


async def paper(browser: Page) -> None:
    """On paper it is A4, and nothing of the screen's own stands on it."""
    await browser.call("Emulation.setEmulatedMedia", media="print")
    assert await browser.value("getComputedStyle(document.querySelector('header')).display") == "none"
    printed = await browser.call("Page.printToPDF", preferCSSPageSize=True)
    await browser.call("Emulation.setEmulatedMedia", media="")
    content = base64.b64decode(printed["data"])
    assert A4.search(content) is not None, "no page of A4"
    if folder := os.environ.get("HUB_SHOTS"):
        await asyncio.to_thread(Path(folder, "laporan-cetak.pdf").write_bytes, content)


async def test_a_wrong_number_is_said_and_can_be_mended(hub: Hub, tmp_path: Path) -> None:
    async with served(hub) as address, opened(chromium(), tmp_path, lang="id") as browser:
        await browser.call("Emulation.setDeviceMetricsOverride", **TELEPHONE)
        await browser.go(address + "/laporan/verifikasi")
        await browser.wait("document.querySelector('#nomor') !== null")
        await light(browser, "verifikasi")
        await fill(browser, nomor="bukan nomor")
        await submit(browser, until="/laporan/verifikasi")
        await browser.wait("document.querySelector('[role=alert]') !== null")
        await light(browser, "verifikasi-galat")
        assert await browser.value("document.querySelector('#nomor').getAttribute('aria-describedby')") == (
            "nomor-petunjuk galat"
        )
