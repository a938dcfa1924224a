"""The pages of reports: what is read, by whom, and that nothing unknown is shown as zero."""

import io
import re
from html import unescape

import httpx
import openpyxl
import pytest

from hub.domains.reports import counting
from hub.domains.reports.catalogue import REPORTS
from hub.kernel.scope import Reader
from hub.pages import shell
from hub.store.unit import connected
from hub.tenants.acting import acting
from hub.tenants.administration import entered
from tests.pages.conftest import Stage
from tests.pages.visitor import Visitor

VILLAGES = tuple(f"32.15.23.20{number:02}" for number in range(1, 8))
SILENT = "32.15.23.2003"
PLACE = ("32.15.23", "Cilamaya Kulon", VILLAGES)
MOST = 100 * 1024
SHA = re.compile(r"[0-9a-f]{64}")
FIGURE = re.compile(r'href="(/laporan/R-07/penjelasan[^"]+)"')
KEY = re.compile(r'name="kunci" value="([^"]+)"')


async def recount(stage: Stage, *codes: str) -> None:
    """Count reports, as the worker does."""
    now = stage.hub.engine.clock()
    async with (
        connected(stage.hub.pools.of(Reader.WORKER)) as connection,
        acting(connection, stage.place.tenant, now) as unit,
    ):
        for code in codes:
            await counting.recount(unit, REPORTS[code])


@pytest.fixture(scope="module")
async def counted(stage: Stage) -> Stage:
    """The kecamatan with its reports counted."""
    await recount(stage, *(code for code, each in REPORTS.items() if each.not_kept is None))
    tenant = stage.place.tenant.id
    async with entered(stage.owner, tenant):  # as if one village had nothing to count
        of_silent = "where tenant_id = $1 and report = 'R-01' and village_id = (select id from village where code = $2)"
        await stage.owner.execute(f"delete from report_count {of_silent}", tenant, SILENT)
        await stage.owner.execute(f"update report_village set reporting = false {of_silent}", tenant, SILENT)
    return stage


@pytest.fixture(scope="module")
async def head(counted: Stage) -> Visitor:
    """A section head who is signed in."""
    return await counted.member("kasi", role="KEC_SECTION_HEAD")


async def taken(visitor: Visitor, code: str, suffix: str) -> httpx.Response:
    """A file by the button of the report's page."""
    page = await visitor.see(f"/laporan/{code}")
    key = KEY.search(page.text)
    assert key is not None
    return await visitor.send(f"/laporan/{code}/unduh.{suffix}", kunci=key[1])


async def test_the_catalogue_says_what_is_read_and_what_has_no_source(head: Visitor) -> None:
    page = (await head.see("/laporan")).text
    assert page.count("<h1>") == 1
    assert '<a href="/laporan/R-01">R-01 Cakupan IMB/PBG</a>' in page
    assert "<dt>R-08 Lengkap pada pemeriksaan pertama</dt>" in page
    assert 'href="/laporan/R-08"' not in page


@pytest.mark.parametrize("code", sorted(REPORTS))
async def test_every_report_is_a_page_of_at_most_100_kb(code: str, head: Visitor) -> None:
    page = await head.see(f"/laporan/{code}")
    style = await head.http.get(shell.style_address())
    assert page.status_code == 200, page.text
    assert len(page.content) + len(style.content) < MOST
    assert f"<h1>{code} " in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_a_village_without_data_is_named_and_is_no_zero(head: Visitor) -> None:
    page = (await head.see("/laporan/R-01")).text
    row = page.partition("<small>32.15.23.2003</small>")[2].partition("</tr>")[0]
    assert '<td class="figure unknown">tidak ada data</td>' in row
    assert "0,00" not in row
    assert "Tidak ada data dari:" in page


async def test_a_kecamatan_whose_borders_are_not_known_has_a_chart_and_no_map(head: Visitor) -> None:
    page = (await head.see("/laporan/R-01")).text
    assert '<svg class="chart"' in page
    assert '<div class="map">' not in page


async def test_a_figure_is_explained(head: Visitor) -> None:
    link = FIGURE.search((await head.see("/laporan/R-07?kolom=unknown&bagian=KTP_EL")).text)
    assert link is not None
    page = (await head.see(unescape(link[1]))).text
    assert "<h1>Penjelasan angka</h1>" in page
    assert "<dt>Rumus</dt><dd>Pemilik dokumen ÷ Wajib memiliki × 100</dd>" in page
    assert "Register desa di hub" in page


async def test_a_cell_that_is_not_there_is_a_page_that_says_so(head: Visitor) -> None:
    page = await head.see("/laporan/R-07/penjelasan?kolom=none")
    assert page.status_code == 404
    assert "REPORT_CELL_UNKNOWN" in page.text


async def test_whoever_may_not_read_of_persons_gets_neither_page_nor_file(counted: Stage) -> None:
    counter = await counted.member("loket", role="KEC_COUNTER")
    assert (await counter.see("/laporan/R-15")).status_code == 403
    assert (await counter.send("/laporan/R-15/unduh.xlsx")).status_code == 403
    assert "Untuk peran lain" in (await counter.see("/laporan")).text


async def test_who_is_not_signed_in_is_led_to_signing_in_and_back(stage: Stage) -> None:
    page = await stage.visitor().see("/laporan/R-01")
    assert page.url.path == "/masuk"
    assert 'name="lanjut" value="/laporan/R-01"' in page.text


async def test_an_unknown_report_is_not_there(head: Visitor) -> None:
    assert (await head.see("/laporan/R-99")).status_code == 404


async def test_a_workbook_is_taken_with_a_number_and_journaled(head: Visitor, counted: Stage) -> None:
    answer = await taken(head, "R-01", "xlsx")
    assert answer.status_code == 200, answer.text
    assert re.fullmatch(
        r'attachment; filename="R-01_32\.15\.23_2\d{3}-\d\d-\d\d_r\d+\.xlsx"', answer.headers["content-disposition"]
    )
    number = answer.headers["hub-report-issue"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    told = {str(row[0].value): row[1].value for row in book["Metadata"].iter_rows()}
    assert told["Nomor verifikasi"] == number
    assert told["SHA-256 angka"] == answer.headers["hub-report-digest"]
    rows = [row for row in book["R-01"].iter_rows(min_row=2, values_only=True) if row[0] == "ROW"]
    assert [row[1] for row in rows] == list(VILLAGES)
    again = await taken(head, "R-01", "xlsx")
    assert again.headers["hub-report-issue"] == number
    async with entered(counted.owner, counted.place.tenant.id):
        told_of = await counted.owner.fetchval(
            "select count(*) from journal_entry where kind = 'REPORT_ISSUED' and payload::text like $1", f"%{number}%"
        )
    assert told_of == 1


@pytest.mark.parametrize(
    ("suffix", "media"), [("csv", "text/csv"), ("excel.csv", "text/csv"), ("json", "application/json")]
)
async def test_the_other_forms_are_taken_likewise(suffix: str, media: str, head: Visitor) -> None:
    answer = await taken(head, "R-01", suffix)
    assert answer.headers["content-type"].startswith(media)
    assert answer.headers["cache-control"] == "private, no-store"


async def test_the_cookie_opens_neither_the_graph_nor_the_files(head: Visitor) -> None:
    assert (await head.http.get("/reports/R-01.csv")).status_code == 401
    asked = await head.http.post("/graphql", json={"query": "{ viewer { role } }"})
    assert asked.json()["data"]["viewer"]["role"] == "ANONYMOUS"


async def test_a_file_is_taken_by_a_form_of_ours_only(head: Visitor) -> None:
    assert (await head.http.get("/laporan/R-01/unduh.xlsx")).status_code == 405
    assert (await head.post("/laporan/R-01/unduh.xlsx", {"csrf": "x"})).status_code == 403


async def test_a_print_bears_its_number_and_anybody_verifies_it(head: Visitor, counted: Stage) -> None:
    await head.see("/laporan/R-01")
    page = await head.send("/laporan/R-01/terbitkan")
    assert page.url.path == "/laporan/R-01/cetak"
    number, sha = page.url.params["nomor"], SHA.findall(page.text)[0]
    assert f'<dd class="code">{number}</dd>' in page.text
    assert f"https://hub.test/laporan/verifikasi/{number}" in page.text
    stranger = counted.visitor(address="203.0.113.7")
    told = (await stranger.see(f"/laporan/verifikasi/{number.lower()}")).text
    assert "Nomor ini diterbitkan oleh Kecamatan Cilamaya Kulon." in told
    assert sha in told
    assert "Angkanya belum berubah sesudah itu." in told
    assert "Warga kasi" not in told
    same = (await stranger.see(f"/laporan/verifikasi?nomor={number}&sha256={sha.upper()}")).text
    assert "SHA-256 yang Anda masukkan sama" in same
    other = (await stranger.see(f"/laporan/verifikasi?nomor={number}&sha256={'0' * 64}")).text
    assert "SHA-256 yang Anda masukkan berbeda" in other


@pytest.mark.parametrize("number", ["x", "2-ABCDE-FGHJKM", "R-01/32.15.23", "%00"])
async def test_what_is_no_number_is_answered_alike(number: str, counted: Stage) -> None:
    page = await counted.visitor(address="203.0.113.8").see(f"/laporan/verifikasi?nomor={number}")
    assert page.status_code == 404
    assert "Tidak ada laporan yang terbit dengan nomor ini." in page.text


async def test_a_number_stays_verifiable_when_the_figures_have_changed(head: Visitor, counted: Stage) -> None:
    await head.see("/laporan/R-03")
    page = await head.send("/laporan/R-03/terbitkan")
    number = page.url.params["nomor"]
    tenant = counted.place.tenant.id
    async with entered(counted.owner, tenant):  # as if somebody had come
        own = "where tenant_id = $1 and report = 'R-03'"
        await counted.owner.execute(f"update report_count set numerator = numerator + 1 {own}", tenant)
        await counted.owner.execute(f"update report_state set revision = revision + 1 {own}", tenant)
    assert (await head.see(f"/laporan/R-03/cetak?nomor={number}")).status_code == 409
    told = (await counted.visitor(address="203.0.113.9").see(f"/laporan/verifikasi/{number}")).text
    assert "ada revisi yang lebih baru" in told


async def test_a_village_takes_its_own_lines_and_the_paper_says_so(counted: Stage) -> None:
    villager = await counted.member("kades", role="VILLAGE_HEAD", village=counted.place.id("Village"))
    page = (await villager.see("/laporan/R-01")).text
    assert len(set(re.findall(r"<small>(32\.15\.23\.20\d\d)</small>", page))) == 1
    printed = await villager.send("/laporan/R-01/terbitkan")
    assert "Hanya memuat sebagian desa di kecamatan." in printed.text


async def test_english_is_spoken_where_it_is_asked_for(counted: Stage) -> None:
    page = (await counted.visitor(lang="en").see("/laporan/verifikasi")).text
    assert "<h1>Verify a report</h1>" in page
