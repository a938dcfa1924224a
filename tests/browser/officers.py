"""An officer at the desk."""

import time

import pyotp

from hub.entrypoints.web import Application
from tests.browser.chromium import Page
from tests.browser.walking import fill
from tests.pages.visitor import PASSPHRASE, Visitor, invited
from tests.world.build import Place


async def joined(app: Application, here: Place, name: str) -> Visitor:
    """Somebody of the office who has an account."""
    visitor = Visitor.of(app)
    await visitor.join(await invited(app, here, name, role="KEC_SECRETARY"))
    return visitor


async def press(browser: Page, text: str, *, until: str) -> None:
    """Press the button of that name and wait for what the next page shows."""
    await browser.value("window.before = true")
    await browser.click("main button", text=text)
    await browser.wait(f"window.before !== true && document.readyState === 'complete' && ({until})")


async def read(browser: Page) -> str:
    """What the page says."""
    return str(await browser.value("document.querySelector('main').innerText"))


async def open_(browser: Page, address: str, until: str) -> None:
    """Open a page."""
    await browser.go(address)
    await browser.wait(f"document.readyState === 'complete' && ({until})")


async def sign_in(browser: Page, address: str, officer: Visitor, code: str, name: str, *, ahead: int = 0) -> None:
    """By passphrase and code, and on to the desk."""
    await open_(browser, f"{address}/masuk?lanjut=/meja", "document.querySelector('#sandi') !== null")
    await fill(browser, kecamatan=code, nama=name, sandi=PASSPHRASE)
    await press(browser, "Lanjut", until="location.pathname === '/masuk/kode'")
    await fill(browser, kode=pyotp.TOTP(officer.secret).at(int(time.time()) + 30 * ahead))
    await press(browser, "Masuk", until="location.pathname === '/meja'")
