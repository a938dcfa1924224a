"""The pages of signing in, in a real Chromium at 360 pixels, over plain HTTP on this machine as in the demo."""

import re
import time
from pathlib import Path
from typing import Any

import asyncpg
import pyotp

from hub.entrypoints.web import application
from hub.wiring import Hub
from tests.browser.chromium import opened
from tests.browser.walking import FOCUS, chromium, fill, looked_at, order, served, submit
from tests.pages.visitor import PASSPHRASE, earlier, invited
from tests.world.build import place

PLACE = ("32.01.29", "Ciomas", ("32.01.29.2001", "32.01.29.2002"))


async def test_from_the_invitation_to_signing_out_on_a_telephone(hub: Hub, owner_dsn: str, tmp_path: Path) -> None:
    owner = await asyncpg.connect(owner_dsn)
    here = await place(hub, owner, *PLACE)
    await owner.close()
    url = await invited(application(hub), here, "siti.aminah", role="KEC_SECRETARY")
    async with served(hub) as address, opened(chromium(), tmp_path, lang="id") as browser:
        await browser.call(
            "Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True
        )
        await browser.go(address + url)
        await browser.wait("document.querySelector('#sandi') !== null")
        await looked_at(browser, "undangan")
        await fill(browser, sandi="pendek pendek", sandi_lagi="lain sekali ini")
        await submit(browser, until=url)
        await browser.wait("document.querySelector('[role=alert]') !== null")
        await looked_at(browser, "undangan-galat")
        await fill(browser, sandi=PASSPHRASE, sandi_lagi=PASSPHRASE)
        await submit(browser, until="/masuk/pasang")
        await looked_at(browser, "pasang")
        secret = str(await browser.value("document.querySelector('.secret').textContent")).replace(" ", "")
        size: dict[str, Any] = await browser.value(
            "(() => { const box = document.querySelector('.qr svg').getBoundingClientRect(); "
            "return {w: box.width, h: box.height} })()"
        )
        assert size["w"] > 200
        assert size["w"] == size["h"]
        await fill(browser, kode=await earlier(secret))
        await submit(browser, until="/meja")
        await browser.go(address + "/sesi")
        await browser.wait("document.readyState === 'complete' && location.pathname === '/sesi'")
        await looked_at(browser, "sesi")
        assert "Warga siti.aminah · Sekretaris kecamatan" in str(await browser.value("document.body.innerText"))
        assert await browser.value("document.cookie") == ""
        await browser.value("document.querySelector('nav form button').click(), true")
        await browser.wait("document.readyState === 'complete' && location.pathname === '/masuk'")
        await fill(browser, kecamatan=PLACE[0], nama="siti.aminah", sandi="bukan ini sama sekali")
        await submit(browser, until="/masuk")
        await browser.wait("document.querySelector('[role=alert]') !== null")
        await looked_at(browser, "masuk-galat")
        await fill(browser, sandi=PASSPHRASE)
        await submit(browser, until="/masuk/kode")
        await looked_at(browser, "kode")
        await fill(browser, kode=pyotp.TOTP(secret).at(int(time.time())))
        await submit(browser, until="/meja")
        await browser.go(address + "/masuk/peran")
        await browser.wait("document.querySelector('fieldset') !== null")
        await looked_at(browser, "peran")
        refused = [each for each in browser.complaints if "40" not in each]  # the answers 400 and 401 are meant
        assert refused == []
        assert {re.sub(r"^(https?://[^/]+).*", r"\1", each) for each in browser.requested} == {address}


async def test_the_keyboard_walks_the_form_in_its_order(hub: Hub, tmp_path: Path) -> None:
    async with served(hub) as address, opened(chromium(), tmp_path, lang="id") as browser:
        await browser.go(address + "/masuk")
        await browser.wait("document.querySelector('#sandi') !== null")
        await browser.wait(f"{FOCUS} === 'input kecamatan'")
        await browser.go(address + "/masuk?kecamatan=32.01.29")
        await browser.wait(f"{FOCUS} === 'input nama'")
        walked = await order(browser, 4)
        assert walked == ["input sandi", "button Lanjut", "body", "a Langsung ke isi"]
        assert await browser.value("getComputedStyle(document.activeElement).outlineStyle") != "none"
