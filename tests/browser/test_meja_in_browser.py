"""The officer's desk in a real Chromium, on a telephone and on a wide screen: answered, forwarded, imported, undone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import asyncpg
import pytest

from hub.entrypoints import working
from hub.entrypoints.web import application
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId
from hub.wiring import Hub
from tests.browser.chromium import Page, opened
from tests.browser.officers import joined, open_, press, read, sign_in
from tests.browser.walking import chromium, fill, looked_at, served
from tests.integrations.opensid.conftest import MakeBook, MakePerson, book, person
from tests.pages.visitor import Visitor
from tests.world import make
from tests.world.build import Place, place

assert book  # the fixtures
assert person
PLACE = ("32.15.18", "Rawamerta", ("32.15.18.2001", "32.15.18.2002"))
OFFICER = "kasi.pelayanan"
MOST_BYTES = 100 * 1024
WEIGHT = (
    "performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
    ".reduce((sum, each) => sum + each.decodedBodySize, 0)"
)
WAYS = {"": (360, 740, True), "-lebar": (1280, 800, False)}


@dataclass
class Office:
    """A kecamatan with two officers, one complaint that is overdue and a village without people."""

    hub: Hub
    place: Place
    officer: Visitor
    colleague: Visitor
    complaint: str
    lamp: str
    empty: str


@pytest.fixture(scope="module")
async def office(hub: Hub, owner_dsn: str) -> Office:
    """The office."""
    owner = await asyncpg.connect(owner_dsn)
    here, app = await place(hub, owner, *PLACE), application(hub)
    await owner.close()
    today, tenant = system_clock().today(here.tenant.zone), here.tenant
    late = make.feedback(
        tenant,
        subject="Jembatan gantung putus",
        body="Sejak hujan lebat anak sekolah memutar lewat sawah.\nMohon segera ditangani.",
        state="TRIAGED",
        sector="INFRASTRUCTURE",
        severity=3,
        villages=[here.villages[0].id],
        received_on=date(2020, 1, 1),
        forward_due_on=date(2020, 1, 6),
    )
    lamp = make.feedback(
        tenant, subject="Lampu jalan padam", state="TRIAGED", received_on=today, forward_due_on=today + timedelta(3)
    )
    empty = make.village(tenant, f"{PLACE[0]}.2009", "Desa Baru")
    template = make.answer_template(
        tenant, "Jembatan", body="Laporan tentang {judul} di {nama_desa} sudah kami teruskan.", kind="COMPLAINT"
    )
    async with make.unit(hub, tenant) as unit:
        for row in (late, make.feedback_village(late, here.villages[0].id), lamp, empty, template):
            await unit.add(row)
    officer, colleague = [await joined(app, here, name) for name in (OFFICER, "rekan")]
    complaint, other = (GlobalId("Feedback", tenant.id, row.id).encode() for row in (late, lamp))
    village = GlobalId("Village", tenant.id, empty.id).encode()
    return Office(hub, here, officer, colleague, complaint, other, village)


async def seen(browser: Page, name: str) -> None:
    """Looked at on a telephone and on a wide screen; with all that it loads no page weighs more than 100 KB."""
    assert await browser.value(WEIGHT) <= MOST_BYTES, name
    for way, (width, height, mobile) in WAYS.items():
        await browser.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile
        )
        await looked_at(browser, f"meja-{name}{way}")


async def test_an_officer_answers_with_a_template_and_a_faster_colleague_costs_no_words(
    office: Office, tmp_path: Path
) -> None:
    here = f"/meja/{office.complaint}"
    async with served(office.hub) as address, opened(chromium(), tmp_path, lang="id") as browser:
        await sign_in(browser, address, office.officer, PLACE[0], OFFICER)
        assert await browser.value("document.querySelector('.queue h2').innerText") == "Jembatan gantung putus"
        assert "Lewat tenggat" in str(await browser.value("document.querySelector('.queue .due').innerText"))
        await seen(browser, "antrean")
        await browser.click(".queue a", text="Jembatan gantung putus")
        await browser.wait(f"location.pathname === '{here}' && document.readyState === 'complete'")
        await seen(browser, "laporan")

        chosen = "[...document.querySelectorAll('#jawab-templat option')].find((e) => e.text === 'Jembatan').value"
        await fill(browser, **{"jawab-jawaban": "Terima kasih."})
        await browser.value(f"document.querySelector('#jawab-templat').value = {chosen}, true")
        await press(browser, "Isikan templat", until="document.querySelector('#jawab-jawaban').value.length > 20")
        filled = await browser.value("document.querySelector('#jawab-jawaban').value")
        village = office.place.villages[0].name
        assert filled == f"Terima kasih.\n\nLaporan tentang Jembatan gantung putus di {village} sudah kami teruskan."

        await faster(office, here)
        mine = f"{filled} Perbaikan dimulai hari Senin."
        await fill(browser, **{"jawab-jawaban": mine})
        await press(browser, "Kirim jawaban", until="document.querySelector('[role=alert]') !== null")
        assert "Rekan Anda lebih cepat" in await read(browser)
        assert await browser.value("document.querySelector('#jawab-jawaban').value") == mine
        assert await browser.value("document.activeElement.getAttribute('role')") == "alert"
        await seen(browser, "konflik")

        twice = "const b = [...document.querySelectorAll('main button')].find((e) => e.textContent.includes('Kirim'));"
        await browser.value(f"(() => {{ {twice} setTimeout(() => {{ b.click(); b.click() }}); return true }})()")
        await browser.wait("document.querySelector('p.done[role=status]') !== null")
        assert (await read(browser)).count("Perbaikan dimulai hari Senin.") == 1
        await seen(browser, "terjawab")

        await open_(browser, f"{address}/meja/{office.lamp}", "document.querySelector('#langkah-disposisi') !== null")
        await browser.value("document.querySelector('#langkah-disposisi').open = true")
        await press(browser, "Disposisikan", until="document.querySelector('[role=alert]') !== null")
        await seen(browser, "galat")
        await fill(browser, **{"disposisi-seksi": "Seksi Pelayanan Umum", "disposisi-isi": "Periksa gardunya."})
        await press(browser, "Disposisikan", until="document.querySelector('p.done[role=status]') !== null")
        assert "Seksi Pelayanan Umum · Dikirim" in await read(browser)
        assert [each for each in browser.complaints if "status of 4" not in each] == []  # those are meant


async def faster(office: Office, here: str) -> None:
    """A colleague hands it to a section while the officer writes."""
    visitor = office.colleague
    await visitor.see(here)
    form = visitor.text[visitor.text.index(f'action="{here}/disposisi"') :]
    values = {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("kunci", "versi")}
    await visitor.send(f"{here}/disposisi", **values, seksi="Seksi Pelayanan Umum")
    assert visitor.here.status_code == 200, visitor.text


@asynccontextmanager
async def at_work(hub: Hub) -> AsyncIterator[None]:
    """The hub's worker runs as long as the block."""
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(working.run(hub, stop=stop, wake=wake))
    try:
        yield
    finally:
        stop.set()
        wake.set()
        await asyncio.wait_for(running, 60)


async def choose_file(browser: Page, selector: str, file: Path) -> None:
    """Put a file into a field, as the dialogue of the system would."""
    root = (await browser.call("DOM.getDocument"))["root"]["nodeId"]
    found = await browser.call("DOM.querySelector", nodeId=root, selector=selector)
    await browser.call("DOM.setFileInputFiles", nodeId=found["nodeId"], files=[str(file)])


async def settled(browser: Page, state: str) -> None:
    """Wait until the page, which looks again by itself, says this of the import."""
    for _ in range(4):
        try:
            await browser.wait(f"document.querySelector('p.standing').innerText.startsWith({json.dumps(state)})")
        except AssertionError:
            continue
        return
    raise AssertionError(await read(browser))


async def test_a_workbook_is_compared_then_written_then_taken_back(
    office: Office, tmp_path: Path, person: MakePerson, book: MakeBook
) -> None:
    size = 3
    file = book([person(kk_level=1 if number == 0 else 4) for number in range(size)])
    profile = tmp_path / "profil"
    async with at_work(office.hub), served(office.hub) as address, opened(chromium(), profile, lang="id") as browser:
        await sign_in(browser, address, office.officer, PLACE[0], OFFICER, ahead=1)
        await open_(browser, f"{address}/meja/impor", "document.querySelector('#impor-berkas') !== null")
        await seen(browser, "impor")
        await browser.value(f"document.querySelector('#impor-desa').value = '{office.empty}', true")
        await choose_file(browser, "#impor-berkas", file)
        await press(browser, "Kirim dan bandingkan", until="location.pathname.startsWith('/meja/impor/')")
        await settled(browser, "Menunggu persetujuan")
        assert "Uji coba: belum ada yang ditulis." in await read(browser)
        assert await figures(browser) == {"Baru": ["3", "0", "3"]}
        await seen(browser, "uji-coba")

        await press(browser, "Tulis ke data penduduk", until="true")
        await settled(browser, "Selesai")
        assert await figures(browser) == {"Baru": ["3", "3", "0"]}
        await seen(browser, "tertulis")

        await press(browser, "Batalkan impor", until="true")
        assert "Dibatalkan" in await read(browser)
        await seen(browser, "dibatalkan")
        for page in ("templat", "undang"):
            await open_(browser, f"{address}/meja/{page}", "document.querySelector('h1') !== null")
            await seen(browser, page)
        assert [each for each in browser.complaints if "status of 4" not in each] == []


async def figures(browser: Page) -> dict[str, list[str]]:
    """The table of the import."""
    rows: list[list[str]] = await browser.value(
        "[...document.querySelectorAll('.figures tbody tr')].map((row) => [...row.children].map((e) => e.innerText))"
    )
    return {name: found for name, *found in rows}
