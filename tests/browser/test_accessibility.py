"""The judge of pages judges: what it must find it finds, and a page without faults passes."""

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest

from tests.browser.accessibility import findings, no_serious
from tests.browser.chromium import opened
from tests.browser.walking import chromium

SOUND = """<!doctype html><html lang="id"><head><title>Laporan</title></head><body><main><h1>Laporan</h1>
<form><label for="nomor">Nomor</label><input id="nomor"><button>Cari</button></form></main></body></html>"""
FAULTY = SOUND.replace('<label for="nomor">Nomor</label>', "").replace(
    "<h1>", '<p style="color:#bbb;background:#fff">Pudar</p><h1>'
)


def test_it_finds_a_field_without_a_name_and_pale_words_and_says_where(tmp_path: Path) -> None:
    async def look() -> None:
        async with opened(chromium(), tmp_path) as page:
            await page.go(f"data:text/html;base64,{b64encode(SOUND.encode()).decode()}")
            await page.wait("document.querySelector('#nomor') !== null")
            await no_serious(page)
            await page.go(f"data:text/html;base64,{b64encode(FAULTY.encode()).decode()}")
            await page.wait("document.querySelector('label') === null && document.querySelector('#nomor') !== null")
            assert {each.rule: each.impact for each in await findings(page)} == {
                "label": "critical",
                "color-contrast": "serious",
            }
            with pytest.raises(AssertionError, match="critical: Form elements must have labels") as told:
                await no_serious(page, "contoh")
            assert "axe on contoh:" in str(told.value)
            assert "#nomor: Fix any of the following" in str(told.value)

    asyncio.run(look())
