"""/suara on a telephone of 360 pixels: over a slow line, without one, with two people at one telephone."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.wiring import Hub
from tests.browser.chromium import Page
from tests.browser.partners import join, see, telephone, write
from tests.browser.walking import fill, looked_at, submit
from tests.client import client_of
from tests.world.build import Place, place

PLACE = ("32.13.19", "Patokbeusi", ("32.13.19.2001", "32.13.19.2002"))
KILOBITS, MILLISECONDS = 400, 400  # "slow 3G" of the browsers' own tools
HEAVY = 100 * 1024
QUEUED = "document.querySelectorAll('#antrean-daftar > li').length"
TOLD = "document.querySelector('#antrean-keadaan').textContent"
CODES = "[...document.querySelectorAll('#antrean-daftar output')].map((each) => each.textContent).filter(Boolean)"


@pytest.fixture(scope="module")
async def here(hub: Hub, owner_dsn: str) -> Place:
    """A kecamatan with an organization."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await place(hub, owner, *PLACE)
    finally:
        await owner.close()


async def stored(owner_dsn: str, here: Place, like: str) -> list[str]:
    """The subjects in the database, in order."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        await owner.execute("select set_config('hub.tenant', $1, false)", str(here.tenant.id))
        found = await owner.fetch("select subject from feedback where subject like $1 order by 1", like)
        return [str(each["subject"]) for each in found]
    finally:
        await owner.close()


async def office(hub: Hub, here: Place, subject: str, text: str) -> None:
    """The office answers, by the graph."""
    async with client_of(hub) as client:
        query = "{ feedbacks(last: 20) { nodes { id subject } } }"
        listed = (await client.data(query, key=here.keys["CAMAT"]))["feedbacks"]["nodes"]
        found = next(each["id"] for each in listed if each["subject"] == subject)
        for name, more in (("triageFeedback", {}), ("answerFeedback", {"text": text})):
            given: dict[str, Any] = {"feedback": found, "idempotencyKey": str(uuid4()), **more}
            typed = f"{name[0].upper()}{name[1:]}Input"
            asked = f"mutation ($input: {typed}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
            done = await client.data(asked, {"input": given}, key=here.keys["CAMAT"])
            assert done[name]["userErrors"] == []


async def weight(browser: Page, address: str) -> int:
    """The bytes of the page that is open, with all that it loaded, before any compression."""
    names = "performance.getEntriesByType('resource').map((each) => each.name).concat(location.href)"
    script = f"Promise.all({names}.map((each) => fetch(each).then((got) => got.blob()).then((got) => got.size)))"
    reply = await browser.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
    return sum(reply["result"]["value"])


async def test_over_a_slow_line_a_complaint_is_sent_answered_and_opened_again(
    hub: Hub, here: Place, owner_dsn: str, tmp_path: Path
) -> None:
    async with telephone(hub, tmp_path) as (browser, address):
        await join(hub, here, browser, address, "rahma")
        await looked_at(browser, "suara-kosong")
        await browser.line(kilobits=KILOBITS, milliseconds=MILLISECONDS)
        await see(browser, address + "/suara/baru", "#lapor")
        await looked_at(browser, "suara-baru")
        assert await weight(browser, address) <= HEAVY
        await write(browser, "Jalan Desa putus")
        await browser.wait(f"{CODES}.length === 1")
        await looked_at(browser, "suara-terkirim")
        assert await stored(owner_dsn, here, "Jalan Desa%") == ["Jalan Desa putus"]
        await see(browser, address + "/suara", ".state")
        await looked_at(browser, "suara-daftar")
        await office(hub, here, "Jalan Desa putus", "Alat berat datang pekan depan.")
        await browser.value("document.querySelector('main a[href^=\"/suara/\"] strong').parentElement.click(), true")
        await browser.wait("document.readyState === 'complete' && document.querySelector('#alasan') !== null")
        assert "Alat berat datang pekan depan." in str(await browser.value("document.body.innerText"))
        await looked_at(browser, "suara-dijawab")
        await fill(browser, alasan="Sudah lewat, belum ada alat berat.")
        await browser.click("button[value=buka]")
        await browser.wait("document.readyState === 'complete' && document.querySelector('#alasan') === null")
        assert "Dibuka kembali" in str(await browser.value("document.querySelector('.state').textContent"))
        await looked_at(browser, "suara-dibuka-kembali")
        assert [each for each in browser.complaints if "404" not in each] == []  # there is no favicon


async def test_what_was_written_without_a_line_is_sent_once_when_there_is_one(
    hub: Hub, here: Place, owner_dsn: str, tmp_path: Path
) -> None:
    async with telephone(hub, tmp_path) as (browser, address):
        await join(hub, here, browser, address, "tigor")
        await see(browser, address + "/suara/baru", "#lapor")
        await browser.wait("navigator.serviceWorker.controller !== null")
        await browser.line(offline=True)
        await write(browser, "Luring satu")
        await browser.wait(f"{QUEUED} === 1 && {TOLD}.startsWith('Belum ada jaringan')")
        await browser.go(address + "/suara/baru")  # the telephone's own page
        await browser.wait("document.readyState === 'complete' && document.title.startsWith('Tidak ada jaringan')")
        await browser.wait("document.querySelectorAll('#desa-pilihan input').length === 2")
        await looked_at(browser, "suara-luring")
        for number, subject in enumerate(("Luring dua", "Luring tiga"), start=2):
            await write(browser, subject)
            await browser.wait(f"{QUEUED} === {number}")
        await looked_at(browser, "suara-antrean")
        assert await stored(owner_dsn, here, "Luring%") == []
        await browser.call("Page.stopLoading")
        await browser.line()
        await asyncio.gather(*(browser.click("#antrean-kirim") for _ in range(2)))  # two tries at one moment
        await browser.wait(f"{CODES}.length === 3")
        await looked_at(browser, "suara-antrean-terkirim")
        assert await stored(owner_dsn, here, "Luring%") == ["Luring dua", "Luring satu", "Luring tiga"]


async def test_an_answer_that_was_lost_on_the_way_takes_nothing_in_twice(
    hub: Hub, here: Place, owner_dsn: str, tmp_path: Path
) -> None:
    async with telephone(hub, tmp_path) as (browser, address):
        await join(hub, here, browser, address, "ulang")
        await see(browser, address + "/suara/baru", "#lapor")
        lose = """const plain = window.fetch; window.losing = true; window.fetch = async (...given) => {
          const got = await plain(...given);
          if (given[1]?.method === 'POST' && window.losing) throw new TypeError('lost on the way');
          return got; }; true"""
        assert await browser.value(lose)
        await write(browser, "Hilang di jalan")
        await browser.wait(f"{TOLD}.startsWith('Belum ada jaringan')")
        assert await stored(owner_dsn, here, "Hilang%") == ["Hilang di jalan"]
        await browser.value("window.losing = false")
        await browser.click("#antrean-kirim")
        await browser.wait(f"{CODES}.length === 1")
        assert await stored(owner_dsn, here, "Hilang%") == ["Hilang di jalan"]


async def test_a_press_while_a_round_is_still_under_way_is_a_round_of_its_own_after_it(
    hub: Hub, here: Place, owner_dsn: str, tmp_path: Path
) -> None:
    async with telephone(hub, tmp_path) as (browser, address):
        await join(hub, here, browser, address, "tekan")
        await see(browser, address + "/suara/baru", "#lapor")
        await browser.wait("navigator.serviceWorker.controller !== null")
        await browser.line(offline=True)
        await write(browser, "Ditekan")
        await browser.wait(f"{QUEUED} === 1 && {TOLD}.startsWith('Belum ada jaringan')")
        hold = "navigator.locks.request('suara-kirim', () => new Promise((end) => { window.end = end; })), true"
        assert await browser.value(hold)
        await browser.wait("'end' in window")  # another tab is sending, or this one is not quite done
        await browser.line()
        for _ in range(3):
            await browser.click("#antrean-kirim")
        await browser.wait(
            "navigator.locks.query().then(({ pending }) => { window.pending = pending.length; }), window.pending"
        )
        assert await browser.value("window.pending") == 1
        assert await stored(owner_dsn, here, "Ditekan%") == []
        await browser.value("window.end(), true")
        await browser.wait(f"{CODES}.length === 1")
        assert await stored(owner_dsn, here, "Ditekan%") == ["Ditekan"]


async def test_the_next_person_at_the_telephone_neither_sees_nor_sends_what_waits(
    hub: Hub, here: Place, owner_dsn: str, tmp_path: Path
) -> None:
    async with telephone(hub, tmp_path) as (browser, address):
        await join(hub, here, browser, address, "pertama")
        await see(browser, address + "/suara/baru", "#lapor")
        await browser.wait("navigator.serviceWorker.controller !== null")
        await browser.line(offline=True)
        await write(browser, "Milik orang pertama")
        await browser.wait(f"{QUEUED} === 1 && {TOLD}.startsWith('Belum ada jaringan')")
        await browser.line()
        await browser.call("Network.deleteCookies", name="hub-demo", url=address)  # the session is over
        await browser.click("#antrean-kirim")
        await browser.wait(f"{TOLD}.startsWith('Sesi Anda')")
        await looked_at(browser, "suara-sesi-habis")
        await join(hub, here, browser, address, "kedua")
        await see(browser, address + "/suara", "#antrean:not([hidden])")
        told = str(await browser.value("document.querySelector('#antrean').innerText"))
        assert "Milik orang lain, atau peran lain, di telepon ini: 1." in told
        assert "Milik orang pertama" not in told
        await looked_at(browser, "suara-milik-orang-lain")
        await browser.value("document.querySelector('nav form button').click(), true")
        await browser.wait("document.readyState === 'complete' && location.pathname === '/masuk'")
        assert await stored(owner_dsn, here, "Milik%") == []
        left = "caches.keys().then(async (names) => [names, (await navigator.serviceWorker.getRegistrations()).length])"
        reply = await browser.call("Runtime.evaluate", expression=left, returnByValue=True, awaitPromise=True)
        assert json.dumps(reply["result"]["value"]) == "[[], 0]"


async def test_without_a_script_the_form_still_sends_and_shows_a_receipt(hub: Hub, here: Place, tmp_path: Path) -> None:
    async with telephone(hub, tmp_path) as (browser, address):
        await join(hub, here, browser, address, "tanpa.skrip")
        await browser.call("Emulation.setScriptExecutionDisabled", value=True)
        await see(browser, address + "/suara/baru", "#lapor")
        await write(browser, "Tanpa skrip")
        await browser.wait("document.readyState === 'complete' && document.querySelector('.resi output') !== null")
        await browser.call("Emulation.setScriptExecutionDisabled", value=False)  # for axe
        await looked_at(browser, "suara-tanda-terima")
        assert "Diteruskan paling lambat" in str(await browser.value("document.querySelector('.resi').innerText"))


async def test_a_visitor_sends_where_everybody_may_and_follows_by_code(
    hub: Hub, here: Place, owner_dsn: str, tmp_path: Path
) -> None:
    owner = await asyncpg.connect(owner_dsn)
    await owner.execute("select set_config('hub.tenant', $1, false)", str(here.tenant.id))
    await owner.execute("update kecamatan set public_feedback = true")
    await owner.close()
    async with telephone(hub, tmp_path) as (browser, address):
        await see(browser, address + "/suara/kirim", "#kecamatan")
        await looked_at(browser, "suara-kirim-ke-mana")
        await fill(browser, kecamatan=PLACE[0])
        await submit(browser, until=f"/suara/kirim/{PLACE[0]}")
        await browser.click("summary")
        await looked_at(browser, "suara-kirim")
        await fill(browser, jenis="INFORMATION_REQUEST", judul="Jadwal loket", uraian="Kapan loket buka?")
        await browser.click("main form button[type=submit]")
        code = str(await browser.wait("document.querySelector('.resi output')?.textContent"))
        await looked_at(browser, "suara-kirim-tanda-terima")
        await office(hub, here, "Jadwal loket", "Senin sampai Kamis, pukul delapan sampai tiga.")
        await see(browser, address + "/suara/lacak", "#kode")
        await fill(browser, kode=code.replace("-", "").lower())
        await submit(browser, until="/suara/lacak")
        await browser.wait("document.querySelector('#alasan') !== null")
        await looked_at(browser, "suara-lacak")
        assert await browser.value("location.search") == ""
        await fill(browser, kode="3-AAAAA-AAAAAA")
        await browser.value("document.querySelector('#kode').form.requestSubmit(), true")
        await browser.wait("document.readyState === 'complete' && document.querySelector('[role=alert]') !== null")
        await looked_at(browser, "suara-lacak-galat")
