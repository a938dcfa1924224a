"""A member of an organization at a telephone of 360 pixels."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.entrypoints.web import application
from hub.wiring import Hub
from tests.browser.chromium import Page, opened
from tests.browser.walking import chromium, fill, served, submit
from tests.pages.visitor import PASSPHRASE, earlier, invited
from tests.world.build import Place


@asynccontextmanager
async def telephone(hub: Hub, profile: Path) -> AsyncIterator[tuple[Page, str]]:
    """A telephone's browser before the served hub, and its address."""
    async with served(hub) as address, opened(chromium(), profile, lang="id") as browser:
        await browser.call(
            "Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True
        )
        yield browser, address


async def see(browser: Page, url: str, until: str) -> None:
    """Open an address and wait for what shows that it is there."""
    await browser.go(url)
    await browser.wait(f"document.readyState === 'complete' && document.querySelector('{until}') !== null")


async def join(hub: Hub, here: Place, browser: Page, address: str, name: str) -> str:
    """A member of an organization accepts an invitation at this telephone; the secret of their codes."""
    organization = here.id("PartnerOrganization")
    url = await invited(application(hub), here, name, role="PARTNER_ORG", organization=organization)
    await see(browser, address + url, "#sandi")
    await fill(browser, sandi=PASSPHRASE, sandi_lagi=PASSPHRASE)
    await submit(browser, until="/masuk/pasang")
    secret = str(await browser.value("document.querySelector('.secret').textContent")).replace(" ", "")
    await fill(browser, kode=await earlier(secret))
    await submit(browser, until="/suara")
    return secret


async def write(browser: Page, subject: str, **more: str) -> None:
    """Fill in the form that is open and send it."""
    await fill(
        browser, jenis="COMPLAINT", judul=subject, uraian=f"{subject}: sejak Senin, 40 keluarga terdampak.", **more
    )
    await browser.value("document.querySelector('#lapor button[type=submit]').click(), true")
