"""Signing in by an office's own issuer: code, PKCE, state, nonce, and an identity bound once by invitation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from hub.tenants import administration as admin
from hub.tenants.administration import entered
from tests.client import Client
from tests.pages import issuer
from tests.pages.conftest import Stage
from tests.pages.issuer import Office
from tests.pages.visitor import Visitor, invited

PLACE = ("32.13.23", "Serangpanjang", ("32.13.23.2001", "32.13.23.2002"))
CLIENT = "kecamatan-hub-pages"
REFUSED = "Layanan masuk tidak mengizinkan Anda"


@dataclass
class Door:
    """The kecamatan with its issuer."""

    stage: Stage
    office: Office
    service: str

    async def there(self, visitor: Visitor, url: str | None = None) -> dict[str, str]:
        """Follow the button; what the hub asks of the issuer."""
        path = f"{url or '/masuk'}/penyedia/{self.service}" + ("" if url else f"?kecamatan={PLACE[0]}")
        answer = await visitor.http.get(path)
        assert answer.status_code == 303, answer.text
        there = urlsplit(answer.headers["location"])
        assert f"{there.scheme}://{there.netloc}{there.path}" == f"{self.office.url}/authorize"
        return dict(parse_qsl(there.query))

    async def back(self, visitor: Visitor, asked: dict[str, str], subject: str, **changed: str) -> httpx.Response:
        """Come back from the issuer as somebody."""
        given = {"code": self.office.let_in(asked, subject), "state": asked["state"], **changed}
        return await visitor.see(f"/masuk/kembali?{httpx.QueryParams(given)}")

    async def joined(self, name: str, subject: str) -> Visitor:
        """Somebody who was invited and has accepted by the issuer."""
        visitor = self.stage.visitor()
        asked = await self.there(visitor, await invited(self.stage.app, self.stage.place, name))
        await self.back(visitor, asked, subject)
        return visitor


@pytest.fixture(scope="module")
async def door(stage: Stage) -> AsyncIterator[Door]:
    """An issuer with which the hub has a client."""
    async with issuer.opened() as office:
        tenant = stage.place.tenant.id
        named = {"url": office.url, "jwks_uri": f"{office.url}/jwks", "label": "Akun Kabupaten"}
        await admin.add_issuer(stage.owner, tenant, audience="hub", algorithms=["Ed25519"], client_id=CLIENT, **named)
        async with entered(stage.owner, tenant):
            key = await stage.owner.fetchval("select id::text from issuer where tenant_id = $1", tenant)
        yield Door(stage, office, key)


async def test_the_page_names_the_service(door: Door) -> None:
    visitor = door.stage.visitor()
    await visitor.see(f"/masuk?kecamatan={PLACE[0]}")
    assert "Akun Kabupaten" in visitor.text
    await visitor.see("/masuk?kecamatan=32.13.99")
    assert "Akun Kabupaten" not in visitor.text


async def test_what_is_asked_of_the_issuer(door: Door) -> None:
    asked = await door.there(door.stage.visitor())
    again = await door.there(door.stage.visitor())
    secret = ("state", "nonce", "code_challenge")
    assert all(asked[name] != again[name] and len(asked[name]) >= 43 for name in secret)
    assert {name: value for name, value in asked.items() if name not in secret} == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": "https://hub.test/masuk/kembali",
        "scope": "openid",
        "code_challenge_method": "S256",
        "ui_locales": "id",
    }


async def test_an_invitation_binds_an_identity_which_then_signs_in(door: Door) -> None:
    first = await door.joined("lewat.kabupaten", "sub-1")
    assert (first.here.url.path, "Warga lewat.kabupaten" in first.text) == ("/meja", True)
    second = door.stage.visitor()
    await door.back(second, await door.there(second), "sub-1")
    assert (second.here.url.path, "Warga lewat.kabupaten" in second.text) == ("/meja", True)
    assert first.cookie != second.cookie
    assert "__Host-hub-oidc" not in second.http.cookies


async def test_who_was_not_invited_is_refused(door: Door) -> None:
    visitor = door.stage.visitor()
    await door.back(visitor, await door.there(visitor), "sub-unknown")
    assert (visitor.here.status_code, REFUSED in visitor.text) == (401, True)


async def test_an_identity_is_bound_to_one_person_only(door: Door) -> None:
    await door.joined("satu", "sub-satu")
    other = await door.joined("dua", "sub-satu")
    assert (other.here.status_code, REFUSED in other.text) == (401, True)


async def test_an_invitation_binds_once(door: Door) -> None:
    visitor = door.stage.visitor()
    url = await invited(door.stage.app, door.stage.place, "sekali.saja")
    asked = await door.there(visitor, url)
    late = door.stage.visitor()
    asked_late = await door.there(late, url)
    await door.back(visitor, asked, "sub-sekali")
    await door.back(late, asked_late, "sub-lain")
    assert (late.here.status_code, "INVITATION_OVER" in late.text) == (404, True)


@pytest.mark.parametrize("changed", [{"state": "x" * 43}, {"state": ""}, {"code": "wrong"}, {"code": ""}])
async def test_another_state_or_code_is_refused(door: Door, changed: dict[str, str]) -> None:
    visitor = door.stage.visitor()
    await door.back(visitor, await door.there(visitor), "sub-1", **changed)
    assert (visitor.here.status_code, REFUSED in visitor.text) == (401, True)


async def test_what_was_asked_in_one_browser_counts_in_no_other(door: Door) -> None:
    mine, other = door.stage.visitor(), door.stage.visitor()
    asked = await door.there(mine)
    await door.back(other, asked, "sub-1")
    assert other.here.status_code == 401
    await door.there(other)
    await door.back(other, asked, "sub-1")
    assert other.here.status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "hub"},
        {"aud": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"azp": "another"},
        {"exp": 1},
        {"sub": ""},
    ],
)
async def test_an_id_token_that_is_not_ours_is_refused(door: Door, claims: dict[str, Any]) -> None:
    visitor = door.stage.visitor()
    asked = await door.there(visitor)
    door.office.claims = claims
    try:
        await door.back(visitor, asked, "sub-1")
    finally:
        door.office.claims = {}
    assert visitor.here.status_code == 401
    assert visitor.here.url.path == "/masuk/kembali"


async def test_an_id_token_opens_no_graph(door: Door) -> None:
    visitor = await door.joined("grafik", "sub-grafik")
    asked = await door.there(visitor)
    code = door.office.let_in(asked, "sub-grafik")
    token = door.office.id_token(door.office.asked[code])
    await visitor.see(f"/masuk/kembali?{httpx.QueryParams(code=code, state=asked['state'])}")
    assert visitor.here.url.path == "/meja"
    asking = Client(visitor.http)
    answer = await asking.post({"query": "{ viewer { role } }"}, key=token, Hub_Tenant=PLACE[0])
    assert answer.status_code == 401
