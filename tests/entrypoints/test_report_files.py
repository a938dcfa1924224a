"""Keys that fetch the files of reports, as Excel sends them, and do nothing else."""

import base64
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from hub.domains.reports import counting
from hub.domains.reports.catalogue import REPORTS
from hub.entrypoints import logs
from hub.entrypoints.web import application
from hub.kernel.scope import Reader
from hub.store.unit import connected
from hub.tenants import administration as admin
from hub.tenants.acting import acting
from hub.tenants.model import KeyKind
from hub.wiring import Hub
from tests.pages.visitor import ORIGIN
from tests.world.build import Place, place

PLACE = ("32.15.25", "Kota Baru", ("32.15.25.2001", "32.15.25.2002"))
FILE = "/reports/R-01.csv"


@dataclass
class Sheet:
    """A spreadsheet with a key."""

    hub: Hub
    place: Place
    owner: asyncpg.Connection
    http: httpx.AsyncClient
    key: str
    grant: UUID

    async def made(self, ends: datetime | None = None) -> str:
        """Another key of the camat."""
        return await admin.create_key(
            self.owner, self.place.tenant.id, self.grant, KeyKind.REPORT, label="Excel", expires_at=ends
        )

    async def fetch(self, path: str = FILE, *, key: str | None = None, **headers: str) -> httpx.Response:
        """As Excel does: the key as a password."""
        told = base64.b64encode(f"excel:{self.key if key is None else key}".encode()).decode()
        return await self.http.get(path, headers={"authorization": f"Basic {told}", **headers})


@pytest.fixture(scope="module")
async def sheet(hub: Hub, owner_dsn: str) -> AsyncIterator[Sheet]:
    """A kecamatan with a counted report, and a key of its camat that fetches reports."""
    owner = await asyncpg.connect(owner_dsn)
    here = await place(hub, owner, *PLACE)
    tenant = here.tenant.id
    async with (
        connected(hub.pools.of(Reader.WORKER)) as connection,
        acting(connection, here.tenant, hub.engine.clock()) as unit,
    ):
        await counting.recount(unit, REPORTS["R-01"])
    async with admin.entered(owner, tenant):
        grant = await owner.fetchval("select id from access_grant where tenant_id = $1 and role = 'CAMAT'", tenant)
    key = await admin.create_key(owner, tenant, grant, KeyKind.REPORT, label="Excel")
    transport = httpx.ASGITransport(app=application(hub), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield Sheet(hub, here, owner, http, key, grant)
    await owner.close()


async def test_a_sheet_fetches_a_report_by_password_and_by_header(sheet: Sheet) -> None:
    by_password = await sheet.fetch()
    by_header = await sheet.http.get(FILE, headers={"authorization": f"Bearer {sheet.key}"})
    assert (by_password.status_code, by_header.status_code) == (200, 200), by_password.text
    assert by_password.content == by_header.content
    assert by_password.headers["hub-report-issue"] == by_header.headers["hub-report-issue"]


@pytest.mark.parametrize("query", ["a=1&" * 20, "period=1&period=2", "period=%00", "period=%ff"])
async def test_an_address_that_cannot_be_read_is_refused_with_a_sentence(sheet: Sheet, query: str) -> None:
    found = await sheet.fetch(f"{FILE}?{query}")
    assert (found.status_code, found.json()["code"]) == (400, "REPORT_ADDRESS_MALFORMED")


async def test_it_fetches_what_its_official_may_read(sheet: Sheet) -> None:
    assert (await sheet.fetch("/reports/R-15.csv")).status_code == 200
    assert (await sheet.fetch("/reports/R-99.csv")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/graphql"), ("GET", "/graphql?query={viewer{role}}"), ("POST", "/files/uploads"), ("GET", "/nowhere")],
)
async def test_it_opens_nothing_else(sheet: Sheet, method: str, path: str) -> None:
    headers = {"authorization": f"Bearer {sheet.key}", "tus-resumable": "1.0.0", "upload-length": "1"}
    content = {"query": "{ viewer { role } }"} if path == "/graphql" else None
    answer = await sheet.http.request(method, path, headers=headers, json=content)
    assert answer.status_code in (403, 404)
    assert "CAMAT" not in answer.text
    if path == "/graphql":
        assert "KEY_ONLY_REPORTS" in answer.text


async def test_nothing_but_such_a_key_is_taken_as_a_password(sheet: Sheet) -> None:
    assert (await sheet.fetch(key=sheet.place.keys["CAMAT"])).status_code == 401
    for bad in ("", "x", sheet.key[:-1]):
        assert (await sheet.fetch(key=bad)).status_code == 401
    assert (await sheet.http.get(FILE, headers={"authorization": "Basic !!"})).status_code == 401


async def test_a_web_page_cannot_use_it(sheet: Sheet) -> None:
    assert (await sheet.fetch(origin="https://elsewhere.example")).status_code == 403


async def test_it_ends_and_can_be_revoked(sheet: Sheet) -> None:
    over = await sheet.made(datetime.now(UTC) - timedelta(seconds=1))
    assert (await sheet.fetch(key=over)).json()["code"] == "KEY_EXPIRED"
    lost = await sheet.made()
    own = await admin.key_of(sheet.owner, sheet.place.tenant.id, lost)
    assert own is not None
    await admin.revoke_key(sheet.owner, sheet.place.tenant.id, own, now=datetime.now(UTC) - timedelta(seconds=1))
    assert (await sheet.fetch(key=lost)).json()["code"] == "KEY_REVOKED"
    listed = await admin.keys(sheet.owner, sheet.place.tenant.id)
    assert [each["kind"] for each in listed].count("REPORT") == 3


async def test_who_shows_nothing_is_asked_for_a_key_but_a_browser_is_not_asked_to_keep_one(sheet: Sheet) -> None:
    asked = await sheet.http.get(FILE)
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"] == 'Bearer, Basic realm="laporan", charset="UTF-8"'
    browser = await sheet.http.get(FILE, headers={"sec-fetch-mode": "navigate"})
    assert (browser.status_code, browser.headers["www-authenticate"]) == (401, "Bearer")


async def test_no_log_shows_the_key(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.SINK.flush()
    written = io.StringIO()
    monkeypatch.setattr(logs.SINK, "stream", written)
    await sheet.fetch()
    await sheet.fetch(key=sheet.key[:-1])
    logs.SINK.flush()
    assert '"path":"report"' in written.getvalue()
    assert sheet.key[:20] not in written.getvalue()
