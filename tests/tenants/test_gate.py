"""The gate over HTTP: which credential lets whom in, why another does not, and what a browser is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from hub.kernel.clock import system_clock
from hub.kernel.scope import TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import KeyKind, PrincipalKind, TenantKind, TenantStatus
from hub.tenants.permissions import Role
from tests.client import Client
from tests.tenants.test_tokens import STRANGER, IssuerSite, claims, token
from tests.world.build import SINCE, World

_WAITS = """
    select pid from pg_stat_activity
    where wait_event_type = 'Lock' and query like '%hub_find_key%' and datname = current_database()
"""
WHO = "{ viewer { role } }"
SITE = "https://desa.example"
ISSUER = "https://login.example.id"
DAY = timedelta(days=1)


@dataclass
class House:
    """A kecamatan of the gate's own, an issuer, and the owner's hand."""

    client: Client
    owner: asyncpg.Connection
    tenant: TenantRef
    site: IssuerSite

    async def grant(self, role: Role = Role.KEC_COUNTER, *, principal: UUID | None = None, **more: Any) -> UUID:
        """A grant, of a fresh machine unless a principal is named."""
        holder = principal or await self.principal()
        given = {"starts_on": SINCE, "reason": "SK 1", **more}
        return await admin.add_grant(self.owner, self.tenant, holder, role, **given)

    async def principal(self) -> UUID:
        """Somebody."""
        return await admin.add_principal(self.owner, self.tenant.id, kind=PrincipalKind.PERSON, name="x")

    async def key(self, grant: UUID | None = None, kind: KeyKind = KeyKind.SECRET, **more: Any) -> str:
        """A key, of a counter officer unless a grant is named."""
        of = grant or await self.grant()
        return await admin.create_key(self.owner, self.tenant.id, of, kind, label="x", **more)

    async def person(self, subject: str, *roles: Role) -> list[UUID]:
        """Grants of a person who signs in with the issuer."""
        holder = await self.principal()
        await admin.bind_identity(self.owner, self.tenant.id, holder, issuer=ISSUER, subject=subject)
        return [await self.grant(role, principal=holder) for role in roles]

    async def revoke(self, table: str) -> None:
        """Revoke the newest row of a table as of now."""
        async with admin.entered(self.owner, self.tenant.id):
            newest = f"select id from {table} order by id desc limit 1"
            await self.owner.execute(f"update {table} set revoked_at = now() where id = ({newest})")

    async def ask(self, key: str | None, **headers: str) -> httpx.Response:
        """Ask who one is."""
        return await self.client.post({"query": WHO}, key=key, **headers)


@pytest.fixture(scope="module")
async def house(client: Client, owner_dsn: str) -> AsyncIterator[House]:
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="32.01.33", name="Ciseeng", zone=Zone.WIB)
    site = IssuerSite()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    await admin.add_issuer(owner, tenant.id, url=ISSUER, audience="hub", algorithms=["ES256"], jwks_uri=site.uri)
    yield House(client, owner, tenant, site)
    server.close()
    await owner.close()


def signed(subject: str, **changes: object) -> str:
    """A token of the issuer for this person, good for five minutes from now."""
    now = int(system_clock().instant.timestamp())
    return token(claims(**{"sub": subject, "iat": now, "exp": now + 300, **changes}))


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal; a refusal carries no data."""
    body = response.json()
    assert list(body) == ["errors"]
    (error,) = body["errors"]
    assert error["extensions"]["hint"]
    return response.status_code, error["extensions"]["code"]


# Keys


async def test_a_key_acts_under_its_grant(house: House) -> None:
    response = await house.ask(await house.key())
    assert response.json()["data"] == {"viewer": {"role": "KEC_COUNTER"}}
    assert response.headers["cache-control"] == "private, no-store"


async def test_a_key_works_until_it_expires_and_not_after(house: House) -> None:
    now = system_clock().instant
    assert (await house.ask(await house.key(expires_at=now + DAY))).status_code == 200
    assert refused(await house.ask(await house.key(expires_at=now - DAY))) == (401, "KEY_EXPIRED")


async def test_a_revoked_key_is_refused(house: House) -> None:
    key = await house.key()
    await house.revoke("api_key")
    response = await house.ask(key)
    assert refused(response) == (401, "KEY_REVOKED")
    assert response.headers["www-authenticate"] == 'Bearer realm="kecamatan-hub", error="invalid_token"'


async def test_a_key_that_was_never_made_is_refused(house: House) -> None:
    key = await house.key()
    async with admin.entered(house.owner, house.tenant.id):
        await house.owner.execute("update api_key set sha256 = sha256(sha256)")
    assert refused(await house.ask(key)) == (401, "KEY_UNKNOWN")


@pytest.mark.parametrize("text", ["hub_sec_1_x", "hub_", "hub_pub_0_" + "a" * 49, "hub_sec_999999999_" + "0" * 49])
async def test_what_only_looks_like_a_key_is_refused_without_a_look_up(text: str, house: House) -> None:
    assert refused(await house.ask(text)) == (401, "KEY_MALFORMED")


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer ", "Bearer x", "hub_sec_1_x", "Bearer \x00"])
async def test_another_credential_is_refused_and_never_taken_for_none(header: str, client: Client) -> None:
    response = await client.http.post("/graphql", json={"query": WHO}, headers={"authorization": header})
    assert refused(response) == (401, "CREDENTIAL_UNKNOWN")


async def test_a_grant_holds_on_its_days_only(house: House) -> None:
    today = system_clock().today(Zone.WIB)
    days: tuple[tuple[date, date | None, int], ...] = (
        (today, today, 200),
        (today + DAY, None, 401),
        (today - DAY, today - DAY, 401),
    )
    for starts_on, ends_on, status in days:
        response = await house.ask(await house.key(await house.grant(starts_on=starts_on, ends_on=ends_on)))
        assert response.status_code == status
        assert status == 200 or refused(response) == (401, "GRANT_OVER")


async def test_a_revoked_grant_takes_its_keys_along(house: House) -> None:
    key = await house.key(await house.grant())
    await house.revoke("access_grant")
    assert refused(await house.ask(key)) == (401, "GRANT_OVER")


async def test_a_suspended_tenant_lets_nobody_in(client: Client, owner: asyncpg.Connection) -> None:
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="32.01.32", name="x", zone=Zone.WIB)
    house = House(client, owner, tenant, IssuerSite())
    key = await house.key()
    await admin.set_status(owner, "32.01.32", TenantStatus.SUSPENDED)
    assert refused(await house.ask(key)) == (403, "TENANT_SUSPENDED")
    assert refused(await house.ask(None, hub_tenant="32.01.32")) == (403, "TENANT_SUSPENDED")
    assert refused(await house.ask(signed("x"), hub_tenant="32.01.32")) == (403, "TENANT_SUSPENDED")


async def test_a_key_is_not_moved_by_a_header_that_names_another_tenant(house: House, world: World) -> None:
    query = {"query": "{ villages(first: 9) { nodes { code } } kecamatans(first: 9) { nodes { code } } }"}
    key = world.takisung.keys["CAMAT"]
    plain = await house.client.post(query, key=key)
    moved = await house.client.post(query, key=key, hub_tenant=world.halong.tenant.code)
    assert moved.json() == plain.json()
    assert "63.11" not in moved.text


# Browsers


async def test_a_secret_key_is_refused_to_a_browser(house: House) -> None:
    response = await house.ask(await house.key(), origin=SITE)
    assert refused(response) == (403, "KEY_FROM_BROWSER")
    assert response.headers["access-control-allow-origin"] == SITE  # its page may read why; there is no data


async def test_a_public_key_works_from_its_own_sites_and_from_apps(house: House) -> None:
    grant = await house.grant(Role.FRONT_END)
    key = await house.key(grant, KeyKind.PUBLIC, origins=(SITE,))
    own = await house.ask(key, origin=SITE)
    app = await house.ask(key)
    assert own.json()["data"] == app.json()["data"] == {"viewer": {"role": "FRONT_END"}}
    assert own.headers["access-control-allow-origin"] == SITE
    assert "Origin" in own.headers["vary"]
    assert "access-control-allow-origin" not in app.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://desa.example", "https://desa.example:8443", "https://x.desa.example", "null"],
)
async def test_a_public_key_is_refused_from_a_foreign_site(origin: str, house: House) -> None:
    key = await house.key(await house.grant(Role.FRONT_END), KeyKind.PUBLIC, origins=(SITE,))
    response = await house.ask(key, origin=origin)
    assert refused(response) == (403, "ORIGIN_NOT_ALLOWED")
    assert response.headers["access-control-allow-origin"] == origin  # its page may read why; there is no data
    assert list(response.json()) == ["errors"]


async def test_anybody_may_read_what_is_published_from_any_site(house: House, world: World) -> None:
    query = {"query": "{ villages(first: 1) { nodes { name } } }"}
    response = await house.client.post(query, hub_tenant=world.takisung.tenant.code, origin="https://any.example")
    assert response.json()["data"] == {"villages": {"nodes": [{"name": "Takisung 0"}]}}
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


async def test_a_preflight_is_answered_for_every_site_and_shows_nothing(client: Client) -> None:
    asked = {"origin": SITE, "access-control-request-method": "POST"}
    response = await client.http.options("/graphql", headers=asked)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == SITE
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert response.headers["vary"] == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    allowed = response.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "hub-tenant", "hub-grant", "hub-purpose"} <= set(allowed)
    assert "access-control-allow-credentials" not in response.headers


async def test_options_without_an_origin_names_the_methods(client: Client) -> None:
    response = await client.http.options("/graphql")
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


# Without a credential


@pytest.mark.parametrize("code", ["99.99.99", "63.01", "x", "'; drop table tenant --", "x" * 200, "63.11/DUKCAPIL"])
async def test_a_tenant_that_is_no_kecamatan_of_the_hub_is_not_found(code: str, client: Client, world: World) -> None:
    assert world.agency.code == "63.11/DUKCAPIL"
    assert refused(await client.post({"query": WHO}, hub_tenant=code)) == (404, "TENANT_UNKNOWN")


# Tokens


async def test_a_person_with_one_grant_signs_in(house: House) -> None:
    await house.person("seorang", Role.KEC_COUNTER)
    response = await house.ask(signed("seorang"), hub_tenant=house.tenant.code)
    assert response.json()["data"] == {"viewer": {"role": "KEC_COUNTER"}}


async def test_a_person_with_two_grants_chooses_one(house: House) -> None:
    counter, camat = await house.person("dua", Role.KEC_COUNTER, Role.CAMAT)
    bearer = signed("dua")
    assert refused(await house.ask(bearer, hub_tenant=house.tenant.code)) == (403, "GRANT_NEEDED")
    for grant, role in ((counter, "KEC_COUNTER"), (camat, "CAMAT")):
        response = await house.ask(bearer, hub_tenant=house.tenant.code, hub_grant=str(grant))
        assert response.json()["data"] == {"viewer": {"role": role}}


async def test_a_grant_of_somebody_else_is_no_choice(house: House) -> None:
    await house.person("ketiga", Role.KEC_COUNTER)
    (foreign,) = await house.person("keempat", Role.CAMAT)
    for grant in (str(foreign), "x", "00000000-0000-0000-0000-000000000000"):
        response = await house.ask(signed("ketiga"), hub_tenant=house.tenant.code, hub_grant=grant)
        assert refused(response) == (403, "NO_GRANT")


async def test_a_stranger_has_no_grant_and_a_role_in_a_claim_gives_none(house: House) -> None:
    response = await house.ask(signed("entah", role="CAMAT"), hub_tenant=house.tenant.code)
    assert refused(response) == (403, "NO_GRANT")


async def test_a_person_whose_only_grant_is_over_is_refused(house: House) -> None:
    holder = await house.principal()
    await admin.bind_identity(house.owner, house.tenant.id, holder, issuer=ISSUER, subject="bekas")
    await house.grant(principal=holder, ends_on=SINCE)
    assert refused(await house.ask(signed("bekas"), hub_tenant=house.tenant.code)) == (401, "GRANT_OVER")


async def test_a_token_says_in_which_tenant_it_is_meant(house: House, world: World) -> None:
    await house.person("pindah", Role.KEC_COUNTER)
    bearer = signed("pindah")
    assert refused(await house.ask(bearer)) == (404, "TENANT_UNKNOWN")
    assert refused(await house.ask(bearer, hub_tenant=world.takisung.tenant.code)) == (401, "TOKEN_INVALID")


async def test_a_bad_token_is_refused_without_a_reason(house: House) -> None:
    now = int(system_clock().instant.timestamp())
    await house.person("lewat", Role.KEC_COUNTER)
    good = claims(sub="lewat", iat=now, exp=now + 300)
    bad = {
        "expired": (signed("lewat", exp=now - 300), "TOKEN_EXPIRED"),
        "audience": (signed("lewat", aud="another"), "TOKEN_INVALID"),
        "issuer": (signed("lewat", iss="https://evil.example"), "TOKEN_INVALID"),
        "signature": (token(good, signer=STRANGER), "TOKEN_INVALID"),
        "algorithm": (token(good, algorithm="RS256"), "TOKEN_INVALID"),
        "cut": (signed("lewat")[:-10], "TOKEN_INVALID"),
        "none": ("eyJhbGciOiJub25lIn0.e30.", "TOKEN_INVALID"),
    }
    found = {name: refused(await house.ask(text, hub_tenant=house.tenant.code)) for name, (text, _) in bad.items()}
    assert found == {name: (401, code) for name, (_, code) in bad.items()}


async def test_a_look_up_that_is_cut_is_told_as_a_moment_to_wait(house: House, database: str) -> None:
    key = await house.key()
    holder, watcher = await asyncpg.connect(database), await asyncpg.connect(database)
    try:
        async with holder.transaction():
            await holder.execute("lock table api_key in access exclusive mode")
            asked = asyncio.create_task(house.client.post({"query": WHO}, key=key))
            async with asyncio.timeout(30):
                # Asked outside the transaction: inside one, PostgreSQL answers from its first look at the sessions.
                while (waiting := await watcher.fetchval(_WAITS)) is None:  # noqa: ASYNC110  # no event to await
                    await asyncio.sleep(0.02)
            await watcher.fetchval("select pg_cancel_backend($1)", waiting)
            response = await asyncio.wait_for(asked, 10)
    finally:
        await holder.close()
        await watcher.close()
    assert response.status_code == 503
    assert [each["extensions"]["code"] for each in response.json()["errors"]] == ["UNAVAILABLE"]
    assert (await house.client.ask(WHO, key=key))["data"] == {"viewer": {"role": "KEC_COUNTER"}}
