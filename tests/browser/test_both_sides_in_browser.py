"""A complaint goes all the way: from a telephone over a slow line to the desk, and back, and back again."""

from pathlib import Path

import asyncpg

from hub.entrypoints.web import application
from hub.wiring import Hub
from tests.browser.chromium import opened
from tests.browser.officers import joined, open_, press, read, sign_in
from tests.browser.partners import join, see, telephone, write
from tests.browser.walking import chromium, fill, looked_at
from tests.world.build import place

PLACE = ("32.01.15", "Ciampea", ("32.01.15.2001", "32.01.15.2002"))

SUBJECT = "Posyandu tanpa timbangan"
OFFICER = "kasi.kesra"
CODES = "[...document.querySelectorAll('#antrean-daftar output')].map((each) => each.textContent).filter(Boolean)"
FIRST = 'main a[href^="/suara/"] strong'


async def test_a_partner_complains_an_officer_answers_and_the_partner_opens_it_again(
    hub: Hub, owner_dsn: str, tmp_path: Path
) -> None:
    owner = await asyncpg.connect(owner_dsn)
    here = await place(hub, owner, *PLACE)
    await owner.close()
    officer = await joined(application(hub), here, OFFICER)
    desk_profile, phone_profile = tmp_path / "meja", tmp_path / "telepon"
    async with (
        telephone(hub, phone_profile) as (phone, address),
        opened(chromium(), desk_profile, lang="id") as desk,
    ):
        await join(hub, here, phone, address, "kader")
        await phone.line(kilobits=400, milliseconds=400)  # "slow 3G" of the browsers' own tools
        await see(phone, address + "/suara/baru", "#lapor")
        await write(phone, SUBJECT)
        await phone.wait(f"{CODES}.length === 1")
        await looked_at(phone, "berdua-1-terkirim")

        await sign_in(desk, address, officer, PLACE[0], OFFICER)
        await desk.click(".queue a", text=SUBJECT)
        await desk.wait(f"document.readyState === 'complete' && document.querySelector('h1').innerText === '{SUBJECT}'")
        await desk.value("document.querySelector('#langkah-telaah').open = true")
        await press(desk, "Simpan", until="document.querySelector('p.done[role=status]') !== null")
        await fill(desk, **{"jawab-jawaban": "Timbangan baru datang hari Kamis."})
        await press(desk, "Kirim jawaban", until="document.querySelector('p.done[role=status]') !== null")
        await looked_at(desk, "berdua-2-dijawab")
        answered = str(await desk.value("location.pathname"))

        await see(phone, address + "/suara", ".state")
        await phone.value(f"document.querySelector('{FIRST}').parentElement.click(), true")
        await phone.wait("document.readyState === 'complete' && document.querySelector('#alasan') !== null")
        assert "Timbangan baru datang hari Kamis." in await read(phone)
        await fill(phone, alasan="Kamis sudah lewat, timbangan belum ada.")
        await phone.click("button[value=buka]")
        await phone.wait("document.readyState === 'complete' && document.querySelector('#alasan') === null")
        assert "Dibuka kembali" in await read(phone)
        await looked_at(phone, "berdua-3-dibuka-kembali")

        await open_(desk, address + answered, "document.querySelector('h1') !== null")
        assert "Kamis sudah lewat, timbangan belum ada." in await read(desk)
        await looked_at(desk, "berdua-4-di-meja-lagi")
