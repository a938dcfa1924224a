"""/suara over HTTP, without script: send, receipt, list, answer, open again; by code; by anybody where that is let."""

import io
import re
from html import unescape
from typing import Any
from uuid import uuid4

import orjson
import pytest
from PIL import Image

from hub.entrypoints.web import application
from hub.kernel import tracking_code
from hub.means import READERS
from hub.pages import shell
from hub.pages.suara import common
from hub.wiring import open_hub
from tests.client import client_of
from tests.conftest import as_role
from tests.pages.conftest import Stage
from tests.pages.visitor import CSRF, ORIGIN, Visitor

PLACE = ("32.13.17", "Pagaden", ("32.13.17.2001", "32.13.17.2002"))
CODE = re.compile(r"<output>([^<]+)</output>")
KEY = re.compile(r'name="kunci" value="([^"]+)"')
LISTED = "{ feedbacks(first: 100) { nodes { id subject } } }"
WRITTEN = {"jenis": "COMPLAINT", "judul": "Jembatan putus", "isi": "Jembatan ke SDN 2 putus sejak Senin."}


async def partner(stage: Stage, name: str) -> Visitor:
    """A member of an organization, at their list."""
    return await stage.member(name, role="PARTNER_ORG", organization=stage.place.id("PartnerOrganization"))


def key(visitor: Visitor) -> str:
    """The key of the form that is open."""
    found = KEY.search(visitor.here.text)
    assert found is not None, visitor.text
    return found[1]


def code(visitor: Visitor) -> str:
    """The code on the receipt that is open."""
    found = CODE.search(visitor.here.text)
    assert found is not None, visitor.text
    return unescape(found[1])


async def sent(visitor: Visitor, **more: str) -> str:
    """Something that was taken in: its code."""
    await visitor.see("/suara/baru")
    await visitor.send("/suara/baru", kunci=key(visitor), **{**WRITTEN, **more})
    assert visitor.here.status_code == 200, visitor.text
    return code(visitor)


async def answer(stage: Stage, subject: str, text: str) -> None:
    """The office answers feedback of this subject, by the graph."""
    async with client_of(stage.hub) as client:
        listed = (await client.data(LISTED, key=stage.place.keys["CAMAT"]))["feedbacks"]["nodes"]
        found = next(each["id"] for each in listed if each["subject"] == subject)
        for step, more in (("triage", {}), ("answer", {"text": text})):
            name = f"{step}Feedback"
            of = f"{step.title()}FeedbackInput"
            query = f"mutation ($input: {of}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
            given = {"feedback": found, "idempotencyKey": str(uuid4()), **more}
            done = await client.data(query, {"input": given}, key=stage.place.keys["CAMAT"])
            assert done[name]["userErrors"] == []


async def rows(stage: Stage, subject: str) -> list[Any]:
    """Feedback of this subject in the database."""
    await stage.owner.execute("select set_config('hub.tenant', $1, false)", str(stage.place.tenant.id))
    found: list[Any] = await stage.owner.fetch("select * from feedback where subject = $1", subject)
    return found


async def test_a_partner_sends_reads_the_answer_and_opens_it_again(stage: Stage) -> None:
    visitor = await partner(stage, "rahma")
    assert visitor.here.url.path == "/suara"
    village = stage.place.id("Village")
    fields = {f"desa:{village}": "ya", "layanan:EDUCATION": "ya", "titik": "-3.87123456, 114.62", "jiwa": "1.200"}
    found = await sent(visitor, judul="Jembatan putus", **fields)
    (row,) = await rows(stage, "Jembatan putus")
    assert (row["tracking_code"], row["channel"], row["affected_population"]) == (found, "WEB", 1200)
    assert (str(row["latitude"]), row["affected_services"]) == ("-3.87123", ["EDUCATION"])
    await visitor.see("/suara")
    address = re.search(r'href="(/suara/[A-Za-z0-9_-]{20,})"', visitor.here.text)
    assert address is not None
    await answer(stage, "Jembatan putus", "Jembatan diperbaiki bulan depan.")
    await visitor.see(address[1])
    assert "Jembatan diperbaiki bulan depan." in visitor.text
    await visitor.send(address[1], kunci=key(visitor), langkah="buka", alasan="")
    assert visitor.here.status_code == 409
    await visitor.send(address[1], kunci=key(visitor), langkah="buka", alasan="Belum ada yang datang.")
    assert visitor.here.status_code == 200
    assert "Dibuka kembali" in visitor.text
    assert "Belum ada yang datang." in visitor.text


async def test_the_same_form_sent_again_is_the_same_receipt(stage: Stage) -> None:
    visitor = await partner(stage, "ulang")
    await visitor.see("/suara/baru")
    form = {"kunci": key(visitor), "csrf": CSRF.findall(visitor.here.text)[0], **WRITTEN, "judul": "Dua kali tekan"}
    pages = [await visitor.post("/suara/baru", form) for _ in range(2)]
    assert len({CODE.findall(page.text)[0] for page in pages}) == 1
    assert len(await rows(stage, "Dua kali tekan")) == 1


async def test_a_receipt_tells_the_day_and_what_comes_next_in_both_languages(stage: Stage) -> None:
    visitor = await partner(stage, "english")
    visitor.http.headers["accept-language"] = "en"
    await sent(visitor, judul="Two languages")
    (row,) = await rows(stage, "Two languages")
    assert f'It is handed on by <time datetime="{row["forward_due_on"]}">' in unescape(visitor.here.text)
    assert "Within five working days more you have an answer." in visitor.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"jenis": "GOSSIP"}, "salah satu pilihan tidak ada di daftar"),
        ({"judul": " "}, "tidak boleh kosong"),
        ({"titik": "51.5, 0.1"}, "Titik ini tidak berada di Indonesia"),
        ({"titik": "di depan sekolah"}, "Titik ini tidak berada di Indonesia"),
        ({"jiwa": "banyak"}, "antara 0 dan 10000000"),
        ({"layanan:GOSSIP": "ya"}, "salah satu pilihan tidak ada di daftar"),
    ],
)
async def test_what_is_not_taken_in_stays_in_the_form(stage: Stage, wrong: dict[str, str], said: str) -> None:
    visitor = await partner(stage, f"salah.{uuid4().hex[:8]}")
    await visitor.see("/suara/baru")
    before = key(visitor)
    await visitor.send("/suara/baru", **{**WRITTEN, "kunci": before, "isi": "Tetap ada", **wrong})
    assert (visitor.here.status_code, key(visitor)) == (400, before)
    assert said in visitor.text
    assert ">Tetap ada</textarea>" in visitor.text


async def test_a_partner_does_not_see_what_others_have_sent(stage: Stage) -> None:
    visitor = await partner(stage, "sendiri")
    for address in ("/suara/bukan-id", f"/suara/{stage.place.id('Village')}"):
        await visitor.see(address)
        assert visitor.here.status_code == 404, address
    await visitor.see("/suara")
    assert all(each["subject"] in visitor.text for each in await rows(stage, "Jalan putus"))
    elsewhere = stage.visitor()
    await elsewhere.see("/suara")
    assert (elsewhere.here.url.path, elsewhere.here.url.query) == ("/masuk", b"lanjut=/suara")


async def test_the_counter_writes_down_what_it_is_told(stage: Stage) -> None:
    visitor = await stage.member("loket")
    await visitor.see("/suara/baru")
    assert visitor.here.status_code == 200
    assert visitor.here.headers["content-security-policy"] == common.GUARDS["content-security-policy"]


# Photos and letters


def photo() -> bytes:
    """A picture."""
    written = io.BytesIO()
    Image.new("RGB", (32, 24), "gray").save(written, "JPEG")
    return written.getvalue()


async def attach(visitor: Visitor, address: str, name: str, content: bytes, **more: str) -> int:
    """Send a file from the plain form of the page that is open; follow where it leads."""
    csrf = CSRF.search(visitor.here.text)
    given = {"csrf": csrf[1] if csrf else "", **more}
    sent_from = {"origin": ORIGIN}
    visitor.page = await visitor.http.post(
        f"{address}/berkas", data=given, files={"berkas": (name, content)}, headers=sent_from
    )
    status = visitor.here.status_code
    if status == 303:
        await visitor.see(visitor.here.headers["location"])
    return status


async def opened(visitor: Visitor) -> str:
    """The address of what the receipt is for; open from then on."""
    address = re.search(r'href="(/suara/[A-Za-z0-9_-]{20,})"', visitor.here.text)
    assert address is not None
    await visitor.see(address[1])
    return address[1]


async def test_a_photo_and_a_letter_are_added_from_a_plain_form_and_the_office_opens_them(stage: Stage) -> None:
    visitor = await partner(stage, "foto")
    await sent(visitor, judul="Dengan foto")
    assert "Tambahkan di halaman perkembangan laporan." in visitor.text
    address = await opened(visitor)
    assert await attach(visitor, address, "KTP Budi.jpg", photo()) == 303
    assert await attach(visitor, address, "surat.pdf", b"%PDF-1.7\nsurat\n%%EOF\n") == 303
    assert ("Lampiran 1: JPEG, 1 KB" in visitor.text, "Lampiran 2: PDF, 1 KB" in visitor.text) == (True, True)
    office = await stage.member("meja.foto")
    await office.see(address.replace("/suara/", "/meja/"))
    assert "lampiran-1.jpg" in office.text
    assert "lampiran-2.pdf" in office.text
    assert "Budi" not in office.text


@pytest.mark.parametrize(
    ("name", "content", "more", "status", "said"),
    [
        ("foto.jpg", b"", {}, 400, "Pilih berkas yang tidak kosong."),
        ("data.csv", b"a,b\n1,2\n", {}, 400, "Laporan menerima gambar dan dokumen PDF."),
        ("foto.jpg", b"\xff\xd8\xff", {}, 400, "rusak"),
        ("foto.jpg", b"\xff\xd8\xff", {"csrf": "lain"}, 403, ""),
    ],
)
async def test_a_file_that_is_not_taken_in_says_why(
    stage: Stage, name: str, content: bytes, more: dict[str, str], status: int, said: str
) -> None:
    visitor = await partner(stage, f"berkas.{uuid4().hex[:8]}")
    await sent(visitor, judul="Berkas salah")
    address = await opened(visitor)
    assert await attach(visitor, address, name, content, **more) == status
    assert said in visitor.text


async def test_after_five_files_no_sixth_is_asked_for(stage: Stage) -> None:
    visitor = await partner(stage, "lima")
    await sent(visitor, judul="Lima foto")
    address = await opened(visitor)
    for _ in range(5):
        assert 'type="file"' in visitor.here.text
        assert await attach(visitor, address, "foto.jpg", photo()) == 303
    assert 'type="file"' not in visitor.here.text
    assert await attach(visitor, address, "foto.jpg", photo()) == 400
    assert "paling banyak 5 berkas" in visitor.text


# By code


async def test_a_code_shows_how_it_stands_and_opens_it_again(stage: Stage) -> None:
    visitor = await partner(stage, "kode")
    found = await sent(visitor, judul="Lewat kode", anonim="ya")
    await answer(stage, "Lewat kode", "Sudah kami lihat.")
    guest = stage.visitor()
    await guest.see("/suara/lacak")
    await guest.send("/suara/lacak", kode=found.lower().replace("-", " "))
    assert (guest.here.status_code, guest.here.url.query) == (200, b"")
    assert "Sudah kami lihat." in guest.text
    assert "Pagaden" in guest.text
    assert "PKK" not in guest.text
    reopened = {"kode": found, "langkah": "buka", "alasan": "Belum selesai.", "kunci": key(guest)}
    await guest.send("/suara/lacak", **reopened)
    assert "Dibuka kembali" in guest.text
    await guest.send("/suara/lacak", **{**reopened, "kunci": "lain"})
    assert guest.here.status_code == 409
    assert [(each["state"], each["reopened"]) for each in await rows(stage, "Lewat kode")] == [("REOPENED", 1)]


async def test_whoever_holds_the_code_says_that_they_are_content(stage: Stage) -> None:
    visitor = await partner(stage, "puas")
    found = await sent(visitor, judul="Puas sekali")
    await answer(stage, "Puas sekali", "Selesai.")
    guest = stage.visitor()
    await guest.see("/suara/lacak")
    await guest.send("/suara/lacak", kode=found, langkah="selesai", puas="4", kunci="satu")
    assert guest.here.status_code == 200
    assert [(each["state"], each["satisfaction"]) for each in await rows(stage, "Puas sekali")] == [("CLOSED", 4)]


async def test_codes_of_nobody_and_texts_that_are_none_are_answered_alike(stage: Stage) -> None:
    guest = stage.visitor()
    answers = set()
    fresh = [tracking_code.fresh(tenant).text for tenant in (stage.place.tenant.id, 31**4)]
    for text in (*fresh, "bukan kode", "x" * 99):
        await guest.see("/suara/lacak")
        await guest.send("/suara/lacak", kode=text)
        shown = re.sub(r'(name="(?:csrf|kode)"[^>]*value|value)="[^"]*"', "", guest.here.text)
        answers.add((guest.here.status_code, shown))
    assert len(answers) == 1
    assert {status for status, _ in answers} == {404}


# Anybody


async def test_anybody_sends_only_where_the_kecamatan_lets_them(stage: Stage) -> None:
    guest = stage.visitor()
    await guest.see(f"/suara/kirim?kecamatan={PLACE[0]}")
    assert (guest.here.status_code, guest.here.url.path) == (403, f"/suara/kirim/{PLACE[0]}")
    for code_of_none in ("99.99.99", PLACE[0][:5], "apa-saja"):
        await guest.see(f"/suara/kirim/{code_of_none}")
        assert (guest.here.status_code, "Tidak ada kecamatan" in guest.text) == (404, True), code_of_none
    await let(stage, everybody=True)
    await guest.see(f"/suara/kirim/{PLACE[0]}")
    assert guest.here.status_code == 200, guest.text
    await guest.send(f"/suara/kirim/{PLACE[0]}", kunci=key(guest), **{**WRITTEN, "judul": "Dari siapa saja"})
    held = code(guest)
    named = {**WRITTEN, "judul": "Dari Bu Rahma", "nama": "Rahma", "telepon": "0812 3456 7890", "rahasia": "ya"}
    await guest.see(f"/suara/kirim/{PLACE[0]}")
    await guest.send(f"/suara/kirim/{PLACE[0]}", kunci=key(guest), **named)
    assert code(guest) != held
    (nobody,), (somebody,) = await rows(stage, "Dari siapa saja"), await rows(stage, "Dari Bu Rahma")
    assert (nobody["submitter_kind"], nobody["confidential"]) == ("ANONYMOUS", False)
    assert (somebody["submitter_kind"], somebody["confidential"]) == ("CITIZEN", True)
    await let(stage, everybody=False)
    assert (await guest.see(f"/suara/kirim/{PLACE[0]}")).status_code == 403


async def test_the_key_of_anothers_form_tells_no_code(stage: Stage) -> None:
    await let(stage, everybody=True)
    one, other = stage.visitor(), stage.visitor()
    found = []
    for guest in (one, other):
        await guest.see(f"/suara/kirim/{PLACE[0]}")
        await guest.send(f"/suara/kirim/{PLACE[0]}", kunci="sama", **{**WRITTEN, "judul": "Kunci sama"})
        found.append(code(guest))
    assert len(set(found)) == len(await rows(stage, "Kunci sama")) == 2


async def let(stage: Stage, *, everybody: bool) -> None:
    """The kecamatan says whether anybody may send, by the graph."""
    async with client_of(stage.hub) as client:
        listed = "{ kecamatans(first: 1) { nodes { id version } } }"
        (office,) = (await client.data(listed, key=stage.place.keys["CAMAT"]))["kecamatans"]["nodes"]
        query = """mutation ($input: UpdateKecamatanInput!) { updateKecamatan(input: $input) {
          kecamatan { publicFeedback } userErrors { code } } }"""
        given = {
            "id": office["id"],
            "expectedVersion": office["version"],
            "publicFeedback": everybody,
            "idempotencyKey": str(uuid4()),
        }
        done = (await client.data(query, {"input": given}, key=stage.place.keys["CAMAT"]))["updateKecamatan"]
    assert done == {"kecamatan": {"publicFeedback": everybody}, "userErrors": []}


# What a telephone kept


async def packet(visitor: Visitor, items: list[dict[str, Any]], **more: str) -> Any:
    """A packet sent as the script sends it."""
    told = (await visitor.http.get("/suara/antrean")).json()
    form = {"csrf": told.get("csrf", ""), "orang": told["orang"] or "", "barang": orjson.dumps(items).decode(), **more}
    return await visitor.post("/suara/antrean", {"kunci": "paket", **form})


def item(subject: str, **more: Any) -> dict[str, Any]:
    """What a telephone kept."""
    return {"id": str(uuid4()), "dicatat": "2026-11-20T03:00:00.000Z", "isian": {**WRITTEN, "judul": subject}, **more}


async def test_a_packet_is_taken_in_once_and_tells_its_codes_again(stage: Stage) -> None:
    visitor = await partner(stage, "paket")
    items = [item(f"Paket {each}") for each in ("baik", "anonim", "buruk")]
    items.append(item("Paket tanpa waktu", dicatat="kemarin"))
    items[1]["isian"]["anonim"] = "ya"
    items[2]["isian"]["jenis"] = "GOSIP"
    first, again = [(await packet(visitor, items)).json() for _ in range(2)]
    assert first == again
    told = first["hasil"]
    assert [bool(each["kode"]) for each in told] == [True, True, False, True]
    assert [bool(each["masalah"]) for each in told] == [False, False, True, False]
    assert [len(await rows(stage, each["isian"]["judul"])) for each in items] == [1, 1, 0, 1]
    (kept,) = await rows(stage, "Paket baik")
    assert (str(kept["id"]), kept["captured_at"].isoformat()) == (items[0]["id"], "2026-11-20T03:00:00+00:00")
    other = (await packet(visitor, items[:1], kunci="paket lain")).json()["hasil"]
    assert other[0]["kode"] == told[0]["kode"]


async def test_nobody_sends_what_another_has_written(stage: Stage) -> None:
    one, other = await partner(stage, "satu"), await partner(stage, "dua")
    speakers = [(await each.http.get("/suara/antrean")).json()["orang"] for each in (one, other)]
    assert len(set(speakers)) == 2
    refused = await packet(other, [item("Bukan milik saya")], orang=speakers[0])
    assert (refused.status_code, refused.json()["orang"]) == (401, None)
    nobody = stage.visitor()
    await nobody.see("/masuk")
    assert (await nobody.http.get("/suara/antrean")).json()["orang"] is None
    assert await rows(stage, "Bukan milik saya") == []
    forged = await other.post("/suara/antrean", {"csrf": "x", "orang": speakers[1], "barang": "[]"})
    assert forged.status_code == 403


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", '[{"id": "x", "isian": {}}]', '[{"id": null}]'])
async def test_a_packet_that_is_none_is_refused_whole(stage: Stage, text: str) -> None:
    visitor = await partner(stage, f"rusak.{uuid4().hex[:8]}")
    refused = await packet(visitor, [], barang=text)
    assert (refused.status_code, refused.json()["code"]) == (400, "FORM_MALFORMED")


async def test_the_page_that_a_telephone_keeps_has_nothing_of_anybody(stage: Stage) -> None:
    visitor = await partner(stage, "luring")
    kept = await visitor.http.get("/suara/luring")
    assert "csrf" not in kept.text
    assert "luring" not in kept.text.replace("data-luring", "")
    worker = await visitor.http.get("/suara/pekerja.js")
    assert worker.headers["service-worker-allowed"] == "/suara"
    assert f'["/suara/luring", "{shell.style_address()}", "{common.script_address()}"]' in worker.text
    script = await visitor.http.get(common.script_address())
    assert "immutable" in script.headers["cache-control"]
    for page in ("/suara", "/suara/baru", "/suara/lacak"):
        got = await visitor.http.get(page)
        assert len(got.content) + len(script.content) + len(shell.style()) <= 100 * 1024


async def test_the_name_of_the_speaker_goes_with_the_session(stage: Stage) -> None:
    visitor = await partner(stage, "nama")
    cookie = next(each for each in visitor.http.cookies.jar if each.name == "hub-suara")
    assert (cookie.path, cookie.secure, cookie.value) == ("/suara", True, await speaker(visitor))
    await visitor.send("/keluar")
    assert [each.name for each in visitor.http.cookies.jar if each.name == "hub-suara"] == []


async def speaker(visitor: Visitor) -> str:
    told: str = (await visitor.http.get("/suara/antrean")).json()["orang"]
    return told


# How often


async def test_codes_are_tried_a_few_times_from_a_network_and_no_more(stage: Stage, database: str) -> None:
    settings = stage.hub.settings.model_copy(update={"rate_tracking": 3, "rate_feedback": 2})
    made = await open_hub(settings, {reader: as_role(database, reader.value) for reader in READERS})
    strict = Stage(made, application(made), stage.place, stage.owner)
    try:
        guest = strict.visitor("10.7.7.7")
        found = []
        for _ in range(4):
            await guest.see("/suara/lacak")
            await guest.send("/suara/lacak", kode=tracking_code.fresh(stage.place.tenant.id).text)
            found.append(guest.here.status_code)
        assert found == [404, 404, 404, 429]
        assert int(guest.here.headers["retry-after"]) > 0
        await let(stage, everybody=True)
        sent = []
        for _ in range(3):
            await guest.see(f"/suara/kirim/{PLACE[0]}")
            await guest.send(f"/suara/kirim/{PLACE[0]}", kunci=key(guest), **{**WRITTEN, "judul": "Banjir kiriman"})
            sent.append(guest.here.status_code)
        assert sent == [200, 200, 429]
        assert len(await rows(stage, "Banjir kiriman")) == 2
    finally:
        await made.close()
