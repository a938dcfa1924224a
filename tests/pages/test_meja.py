"""The officer's desk over HTTP: what is due first, what may be done, and how a refusal comes back."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from hub.domains.files.model import StoredFile, Upload
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId
from hub.store.base import table
from tests.client import Client
from tests.integrations.opensid.conftest import MakeBook, MakePerson, book, person
from tests.pages.conftest import Stage
from tests.pages.visitor import CSRF, ORIGIN, Visitor
from tests.world import make

assert book  # the fixtures
assert person
PLACE = ("32.05.06", "Cibatu", ("32.05.06.2001", "32.05.06.2002"))
HIDDEN = re.compile(r'name="(kunci|versi)" value="([^"]+)"')


async def told(stage: Stage, subject: str, **more: Any) -> str:
    """Feedback that is open and due in a week, unless something else is said; its id."""
    today = system_clock().today(stage.place.tenant.zone)
    days = {"received_on": today, "forward_due_on": today + timedelta(days=7)}
    made = make.feedback(stage.place.tenant, subject=subject, **{**days, **more})
    async with make.unit(stage.hub, stage.place.tenant) as unit:
        await unit.add(made)
    return GlobalId("Feedback", made.tenant_id, made.id).encode()


async def officer(stage: Stage, **more: str) -> Visitor:
    """A section head who is signed in."""
    return await stage.member(f"petugas.{uuid4().hex[:8]}", **{"role": "KEC_SECTION_HEAD", **more})


def within(text: str, path: str) -> dict[str, str]:
    """The hidden fields of the form that goes to a path."""
    form = text[text.index(f'action="{path}"') :]
    return dict(HIDDEN.findall(form[: form.index("</form>")]))


async def send(visitor: Visitor, path: str, **fields: str) -> int:
    """Send a form as it stands on the page, with what a person writes into it."""
    await visitor.send(path, **{**within(visitor.text, path), **fields})
    return visitor.here.status_code


async def test_what_is_overdue_stands_first_and_says_so_in_words(stage: Stage) -> None:
    await told(stage, "Lampu jalan padam")
    late = system_clock().today(stage.place.tenant.zone) - timedelta(days=3)
    await told(stage, "Jembatan putus", received_on=late - timedelta(days=5), forward_due_on=late)
    desk = await officer(stage)
    await desk.see("/meja")
    subjects = re.findall(r"<h2><a[^>]*>([^<]+)</a></h2>", desk.text)
    assert subjects.index("Jembatan putus") < subjects.index("Lampu jalan padam")
    assert "Lewat tenggat 3 hari" in desk.text
    assert "Sisa 7 hari" in desk.text


async def test_an_answer_is_sent_once_however_often_the_button_is_pressed(stage: Stage) -> None:
    key = await told(stage, "Air mati", state="TRIAGED")
    desk = await officer(stage)
    await desk.see(f"/meja/{key}")
    fields = within(desk.text, f"/meja/{key}/jawab")
    for _ in range(2):
        await desk.send(f"/meja/{key}/jawab", **fields, jawaban="Sudah diperbaiki.")
        assert desk.here.status_code == 200
    assert "Selesai. Laporan sekarang seperti tampak di sini." in desk.text
    assert desk.text.count("Sudah diperbaiki.") == 1


async def test_what_was_typed_stays_when_a_colleague_was_faster(stage: Stage) -> None:
    key = await told(stage, "Got tersumbat", state="TRIAGED")
    desk, colleague = await officer(stage), await officer(stage)
    here = f"/meja/{key}"
    for each in (desk, colleague):
        await each.see(here)
    assert await send(colleague, f"{here}/disposisi", seksi="Seksi Pelayanan Umum") == 200
    assert await send(desk, f"{here}/jawab", jawaban="Kami periksa besok.") == 409
    assert "Rekan Anda lebih cepat" in desk.text
    assert "Kami periksa besok.</textarea>" in desk.text
    assert "Didisposisikan ke <strong>Seksi Pelayanan Umum</strong>" in desk.text
    assert await send(desk, f"{here}/jawab", jawaban="Kami periksa besok.") == 200


async def test_a_step_that_closed_meanwhile_leaves_the_words_to_be_read(stage: Stage) -> None:
    key = await told(stage, "Pohon tumbang", state="TRIAGED")
    desk, colleague = await officer(stage), await officer(stage)
    here = f"/meja/{key}"
    for each in (desk, colleague):
        await each.see(here)
    assert await send(colleague, f"{here}/jawab", jawaban="Sudah dipotong.") == 200
    assert await send(desk, f"{here}/tolak", alasan="Bukan wilayah kami.") == 409
    assert "readonly>\nBukan wilayah kami.</textarea>" in desk.text
    assert f'action="{here}/tolak"' not in desk.text


async def test_only_open_steps_have_a_form_and_the_others_say_why(stage: Stage) -> None:
    key = await told(stage, "Sampah menumpuk")
    desk = await officer(stage)
    await desk.see(f"/meja/{key}")
    forms = re.findall(rf'action="/meja/{key}/(\w+)"', desk.text)
    assert forms == ["telaah", "ganda", "tolak"]
    assert "<strong>Jawab</strong>: " in desk.text
    assert "<strong>Buka kembali</strong>: " in desk.text


async def test_a_fault_stands_beside_its_field_and_takes_the_focus(stage: Stage) -> None:
    key = await told(stage, "Jalan gelap", state="TRIAGED")
    desk = await officer(stage)
    await desk.see(f"/meja/{key}")
    assert await send(desk, f"/meja/{key}/disposisi", isi="Tolong cek") == 422
    field = re.search(r'<input id="disposisi-seksi"[^>]*>', desk.text)
    assert field is not None
    assert 'aria-describedby="disposisi-seksi-galat" aria-invalid="true" autofocus' in field[0]
    assert 'id="disposisi-seksi-galat"' in desk.text
    assert 'role="alert"' in desk.text
    assert "Tolong cek</textarea>" in desk.text


async def test_filters_narrow_the_queue_and_pages_follow_each_other(stage: Stage) -> None:
    for number in range(21):
        await told(stage, f"Antre {number:02d}", sector="EDUCATION", villages=[stage.place.villages[1].id])
    desk = await officer(stage)
    village = GlobalId("Village", stage.place.tenant.id, stage.place.villages[1].id).encode()
    await desk.see(f"/meja?bidang=EDUCATION&desa={village}")
    assert "21 ditemukan" in desk.text
    assert len(re.findall(r"<h2><a", desk.text)) == 20
    onward = re.search(r'href="(/meja\?[^"]+)" rel="next"', desk.text)
    assert onward is not None
    await desk.see(onward[1])
    assert len(re.findall(r"<h2><a", desk.text)) == 1
    back = re.search(r'href="(/meja\?[^"]+)" rel="prev"', desk.text)
    assert back is not None
    await desk.see(back[1])
    assert len(re.findall(r"<h2><a", desk.text)) == 20
    await desk.see("/meja?bidang=EDUCATION&lewat=1")
    assert "0 ditemukan" in desk.text
    await desk.see("/meja?keadaan=CLOSED&bidang=NONSENSE")
    assert desk.here.status_code == 200


async def test_a_village_answers_what_was_handed_to_it_and_nothing_else(stage: Stage) -> None:
    village = stage.place.villages[0]
    key = await told(stage, "Pasar becek", state="TRIAGED", villages=[village.id])
    other = await told(stage, "Bukan desa ini", state="TRIAGED")
    office = await officer(stage)
    await office.see(f"/meja/{key}")
    here = GlobalId("Village", stage.place.tenant.id, village.id).encode()
    assert await send(office, f"/meja/{key}/disposisi", desa=here, isi="Tinjau pasarnya.") == 200
    head = await officer(stage, role="VILLAGE_HEAD", village=here)
    await head.see(f"/meja/{other}")
    assert head.here.status_code == 404
    await head.see(f"/meja/{key}")
    assert "Tinjau pasarnya." in head.text
    sent = within(head.text, f"/meja/{key}/terima")
    disposition = re.search(r'name="disposisi" value="([^"]+)"', head.text)
    assert disposition is not None
    await head.send(f"/meja/{key}/terima", **sent, disposisi=disposition[1])
    assert "Ditangani" in head.text
    assert await send(head, f"/meja/{key}/jawab", jawaban="Sudah diuruk.") == 200
    assert "Sudah diuruk." in head.text


async def test_who_has_no_desk_is_sent_away(stage: Stage) -> None:
    partner = GlobalId("PartnerOrganization", stage.place.tenant.id, stage.place.partners[0].id).encode()
    visitor = await officer(stage, role="PARTNER_ORG", organization=partner)
    for page in ("", "/impor", "/templat", "/undang"):
        await visitor.see(f"/meja{page}")
        assert visitor.here.status_code == 403, page
    counter = await officer(stage, role="KEC_COUNTER")
    seen = [(await counter.see(f"/meja{page}")).status_code for page in ("", "/impor", "/templat", "/undang")]
    assert seen == [200, 403, 403, 403]
    stranger = stage.visitor()
    await stranger.see("/meja")
    assert stranger.here.url.path == "/masuk"


async def test_templates_are_written_changed_and_ended_on_their_page(stage: Stage) -> None:
    desk = await officer(stage)
    await desk.see("/meja/templat")
    sent = within(desk.text, "/meja/templat")
    await desk.send("/meja/templat", **sent, judul="Salah isi", isi="Kode {kode}", jenis="", bidang="")
    assert desk.here.status_code == 422
    assert "Teks ini memuat tempat isian yang tidak dikenal: {kode}." in desk.text
    await desk.send("/meja/templat", **within(desk.text, "/meja/templat"), judul="Benar", isi="Soal {judul}", jenis="")
    assert "<h2>Benar</h2>" in desk.text
    change = re.search(r'href="(/meja/templat\?ubah=[^"#]+)#[^"]*" aria-label="Ubah: Benar"', desk.text)
    assert change is not None
    await desk.see(change[1])
    key = change[1].partition("=")[2]
    more = {**within(desk.text, "/meja/templat"), "templat": key, "judul": "Lebih benar", "isi": "Soal {judul}"}
    await desk.send("/meja/templat", **more)
    assert "<h2>Lebih benar</h2>" in desk.text
    end = desk.text[desk.text.index("Lebih benar") :]
    await desk.send("/meja/templat/akhiri", **within(end, "/meja/templat/akhiri"), templat=key)
    assert "Lebih benar" not in desk.text


async def test_a_person_is_invited_and_the_address_is_shown_once(stage: Stage) -> None:
    desk = await officer(stage, role="KEC_SECRETARY")
    await desk.see("/meja/undang")
    fields = {"nama": "Ani Contoh", "peran": "KEC_COUNTER", "dasar": "SK 7", "desa": "", "mitra": "", "sampai": ""}
    await desk.send("/meja/undang", **fields, masuk="A B")
    assert desk.here.status_code == 422
    assert 'id="undang-masuk-galat"' in desk.text
    await desk.send("/meja/undang", **fields, masuk="ani.contoh")
    found = re.search(r'class="secret">https://hub.test(/undangan/[^<]+)<', desk.text)
    assert found is not None
    await desk.send("/meja/undang/ganti", masuk="ani.contoh")
    second = re.search(r'class="secret">https://hub.test(/undangan/[^<]+)<', desk.text)
    assert second is not None
    assert (await stage.visitor().see(found[1])).status_code == 404
    assert (await stage.visitor().see(second[1])).status_code == 200
    await desk.see("/meja/undang")
    assert "/undangan/" not in desk.text
    assert "<h3>Ani Contoh · ani.contoh</h3>" in desk.text
    await desk.send("/meja/undang/tarik", **within(desk.text, "/meja/undang/tarik"), masuk="ani.contoh")
    assert (desk.here.url.path, "Petugas loket · Ditarik" in desk.text) == ("/meja/undang", True)
    assert (await stage.visitor().see(second[1])).status_code == 404
    await desk.send("/meja/undang/tarik", masuk="tidak.ada")
    assert desk.here.status_code == 422


async def test_a_file_of_feedback_is_opened_for_a_purpose(stage: Stage, person: MakePerson, book: MakeBook) -> None:
    desk = await officer(stage)
    await desk.see("/meja/impor")
    assert await upload(desk, book([person()]).read_bytes(), name="Daftar warga.xlsx", desa="") == 422
    said = make.feedback(stage.place.tenant, subject="Dengan lampiran", state="TRIAGED")
    own = table(StoredFile)
    async with make.unit(stage.hub, stage.place.tenant) as unit:
        file = await unit.first(select(own).where(own.c.name == "Daftar warga.xlsx"), StoredFile)
        assert file is not None
        for row in (said, make.feedback_file(said, file)):
            await unit.add(row)
    key = GlobalId("Feedback", said.tenant_id, said.id).encode()
    chosen = GlobalId("StoredFile", file.tenant_id, file.id).encode()
    await desk.see(f"/meja/{key}")
    assert await send(desk, f"/meja/{key}/berkas", berkas=chosen, keperluan="") == 422
    assert 'id="berkas-keperluan-galat"' in desk.text
    csrf = CSRF.search(desk.text)
    assert csrf is not None
    sent = {"csrf": csrf[1], "berkas": chosen, "keperluan": "Melihat kerusakan"}
    answer = await desk.post(f"/meja/{key}/berkas", sent)
    assert answer.status_code == 303
    opened = await desk.http.get(answer.headers["location"])
    assert opened.content.startswith(b"PK")


async def upload(visitor: Visitor, content: bytes, *, name: str = "penduduk.xlsx", **fields: str) -> int:
    """Send the form of an import, its file last as browsers do."""
    csrf = CSRF.search(visitor.text)
    given = {"csrf": csrf[1] if csrf else "", "kunci": str(uuid4()), "jenis": "OPENSID", **fields}
    page = await visitor.http.post(
        "/meja/impor", data=given, files={"berkas": (name, content)}, headers={"origin": ORIGIN}
    )
    visitor.page = page
    return page.status_code


async def test_a_workbook_is_taken_in_from_a_plain_form_and_waits_for_its_dry_run(
    stage: Stage, person: MakePerson, book: MakeBook
) -> None:
    desk = await officer(stage)
    village = GlobalId("Village", stage.place.tenant.id, stage.place.villages[0].id).encode()
    await desk.see("/meja/impor")
    assert await upload(desk, book([person()]).read_bytes(), desa=village) == 303
    await desk.see(desk.here.headers["location"])
    assert "Menunggu giliran" in desk.text
    assert desk.here.headers["refresh"] == "5"
    assert "penduduk.xlsx" in desk.text


NO_WORKBOOKS = [(b"", "kosong.xlsx"), (b"MZ no workbook" * 40, "program.xlsx"), (b"\x00\x01" * 99, "rusak.xlsx")]


@pytest.mark.parametrize(("content", "name"), NO_WORKBOOKS)
async def test_what_is_no_workbook_is_refused_beside_its_field(stage: Stage, content: bytes, name: str) -> None:
    desk = await officer(stage)
    await desk.see("/meja/impor")
    village = GlobalId("Village", stage.place.tenant.id, stage.place.villages[1].id).encode()
    assert await upload(desk, content, name=name, desa=village) == 422
    assert 'id="impor-berkas-galat"' in desk.text


async def test_a_form_of_another_site_leaves_no_upload(stage: Stage) -> None:
    desk = await officer(stage)
    await desk.see("/meja/impor")
    before = await uploads(stage)
    assert await upload(desk, b"PK\x03\x04" * 100, csrf="salah") == 403
    assert await uploads(stage) == before


async def uploads(stage: Stage) -> int:
    """How many uploads the kecamatan has begun."""
    async with make.unit(stage.hub, stage.place.tenant) as unit:
        return len(await unit.rows(select(table(Upload).c.id).where(table(Upload).c.tenant_id == unit.tenant.id)))


SUBMIT = "mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { feedback { id } } }"


async def test_how_a_raiser_can_be_reached_is_told_for_a_purpose_to_those_who_may(stage: Stage) -> None:
    contact = {"name": "Ibu Contoh", "phone": "081234567890"}
    item = {"kind": "COMPLAINT", "subject": "Dari loket", "body": "Air mati.", "contact": contact, "channel": "COUNTER"}
    given = {"input": {"item": item, "idempotencyKey": str(uuid4())}}
    counter = await officer(stage, role="KEC_COUNTER")
    made = await Client(counter.http).data(SUBMIT, given, key=stage.place.keys["KEC_COUNTER"])
    key = made["submitFeedback"]["feedback"]["id"]
    head = await officer(stage)
    await head.see(f"/meja/{key}")
    assert f"/meja/{key}/kontak" not in head.text
    await counter.see(f"/meja/{key}")
    assert "+6281234567890" not in counter.text
    assert await send(counter, f"/meja/{key}/kontak", keperluan="Menanyakan alamat") == 200
    assert "Ibu Contoh" in counter.text
    assert 'href="tel:+6281234567890"' in counter.text
    await counter.see(f"/meja/{key}")
    assert "+6281234567890" not in counter.text


@pytest.mark.parametrize("page", ["/meja/bukan-id", "/meja/impor/bukan-id"])
async def test_an_address_of_nothing_is_not_there(stage: Stage, page: str) -> None:
    desk = await officer(stage)
    await desk.see(page)
    assert desk.here.status_code == 404
    await desk.see("/meja?desa=bukan-desa&keadaan=X")
    assert desk.here.status_code == 200
