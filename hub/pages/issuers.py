"""Signing in with an office's own account: OpenID Connect, authorization code with PKCE, state and nonce.

The way there is remembered in a sealed cookie of ten minutes, so that an answer counts only in the browser that asked.
What the issuer says proves an identity and nothing else; who that is here was settled once, by an invitation.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from starlette.responses import RedirectResponse, Response

from hub.domains.accounts import entering
from hub.domains.accounts.errors import IssuerRefused
from hub.kernel.errors import NotFound
from hub.kernel.keyring import Undecipherable
from hub.kernel.scope import TenantRef
from hub.pages.visiting import Visit, bare, cookie_name
from hub.tenants.gate import SignInService
from hub.tenants.tokens import Identity, TokenInvalid, TokenVerifier
from hub.wiring import Hub

BACK = "/masuk/kembali"
LIVES_SECONDS = 600
_OK = 200
_MOST_TEXT = 4_096
_PLACE: Mapping[str, Any] = {"table": "page", "column": "issuer", "row": UUID(int=0)}


async def offered(hub: Hub, tenant: TenantRef) -> Sequence[SignInService]:
    """The services by which people of a tenant sign in."""
    return await hub.gate.sign_in_services(tenant.id)


async def go_there(visit: Visit) -> Response:
    """On to the issuer. Asked for by a link; nothing is settled by following it."""
    await visit.throttle("", None)
    token = visit.request.path_params.get("token")
    if token is not None:
        tenant = (await entering.welcome(visit.hub.pools, token, visit.hub.engine.clock())).tenant
    else:
        tenant, _, _ = await visit.hub.gate.tenant(visit.request.query_params.get("kecamatan", ""))
    service = await _service(visit.hub, tenant, visit.request.path_params["issuer"])
    there = (await _discovered(visit.hub, service))["authorization_endpoint"]
    if not there.startswith("https://") and not visit.hub.settings.allow_loopback_issuers:
        raise IssuerRefused
    way = {
        "service": str(service.id),
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
        "ends": int(visit.hub.engine.clock().instant.timestamp()) + LIVES_SECONDS,
        "invitation": token,
        "onward": visit.onward(),
        "code": tenant.code,
    }
    asked = {
        "response_type": "code",
        "client_id": service.client_id,
        "redirect_uri": _back(visit),
        "scope": "openid",
        "state": way["state"],
        "nonce": way["nonce"],
        "code_challenge": _challenge(str(way["verifier"])),
        "code_challenge_method": "S256",
        "ui_locales": visit.lang,
    }
    response = RedirectResponse(f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", status_code=303)
    sealed = visit.hub.services.keys.seal(orjson.dumps(way), tenant=tenant.id, **_PLACE)
    _remember(visit, response, f"{tenant.id}.{base64.urlsafe_b64encode(sealed).decode()}")
    return response


async def came_back(visit: Visit) -> tuple[str, str]:
    """The token of whom the issuer names, and where they wanted to go; IssuerRefused."""
    tenant_id, way = _way(visit)
    tenant, _, _ = await visit.hub.gate.tenant(way["code"])
    given = visit.request.query_params
    now = visit.hub.engine.clock()
    timely = tenant.id == tenant_id and way["ends"] > now.instant.timestamp()
    if not timely or not hmac.compare_digest(given.get("state", "").encode(), way["state"].encode()):
        raise IssuerRefused
    service = await _service(visit.hub, tenant, UUID(way["service"]))
    identity = await _identity(visit, service, way, given.get("code", ""), tenant)
    async with visit.acting(tenant) as unit:
        told = {"issuer": identity.issuer, "subject": identity.subject, "agent": visit.agent}
        if way["invitation"] is None:
            return await entering.by_issuer(unit, **told), way["onward"]
        found = await entering.welcome(visit.hub.pools, way["invitation"], now)
        return await entering.join_by_issuer(unit, found, **told), way["onward"]


def forget_way(visit: Visit, response: Response) -> None:
    """The way was gone."""
    _remember(visit, response, "")


async def _identity(
    visit: Visit, service: SignInService, way: Mapping[str, Any], code: str, tenant: TenantRef
) -> Identity:
    """Who it is: the code against an ID token, at the issuer's own address."""
    there = (await _discovered(visit.hub, service))["token_endpoint"]
    body = {
        "grant_type": "authorization_code",
        "code": code[:_MOST_TEXT],
        "redirect_uri": _back(visit),
        "client_id": service.client_id,
        "code_verifier": way["verifier"],
    }
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    reply = await visit.hub.client.call("POST", there, body=urlencode(body).encode(), headers=headers)
    token = _json(reply.body).get("id_token") if reply.status == _OK else None
    if not isinstance(token, str):
        raise IssuerRefused
    # A verifier of its own: what it remembers must not let an ID token pass for an access token elsewhere.
    verifier = TokenVerifier(visit.hub.key_sets)
    try:
        found = await verifier.verify(
            token, issuers={service.url: [service.issuer(tenant.id)]}, now=visit.hub.engine.clock().instant
        )
    except TokenInvalid:
        raise IssuerRefused from None
    if found.claims.get("nonce") != way["nonce"] or found.claims.get("azp", service.client_id) != service.client_id:
        raise IssuerRefused
    return found


async def _service(hub: Hub, tenant: TenantRef, key: UUID) -> SignInService:
    found = next((each for each in await offered(hub, tenant) if each.id == key), None)
    if found is None:
        raise NotFound
    return found


async def _discovered(hub: Hub, service: SignInService) -> dict[str, str]:
    """The issuer's addresses, as it publishes them; the keys are those of the allow-list all the same."""
    found = _json(await hub.client.fetch(service.url.rstrip("/") + "/.well-known/openid-configuration"))
    named = {name: found.get(name) for name in ("authorization_endpoint", "token_endpoint")}
    if found.get("issuer") != service.url or not all(isinstance(each, str) for each in named.values()):
        raise IssuerRefused
    return {name: str(each) for name, each in named.items()}


def _way(visit: Visit) -> tuple[int, dict[str, Any]]:
    text, _, sealed = visit.request.cookies.get(_name(visit), "").partition(".")
    try:
        tenant = int(text)
        found = visit.hub.services.keys.open(base64.urlsafe_b64decode(sealed), tenant=tenant, **_PLACE)
    except (ValueError, Undecipherable):
        raise IssuerRefused from None
    return tenant, orjson.loads(found)


def _remember(visit: Visit, response: Response, value: str) -> None:
    response.set_cookie(
        _name(visit),
        value,
        max_age=LIVES_SECONDS if value else 0,
        path="/",
        secure=not bare(visit.hub, visit.request),
        httponly=True,
        samesite="lax",
    )


def _name(visit: Visit) -> str:
    return cookie_name(visit.hub, visit.request) + "-oidc"


def _back(visit: Visit) -> str:
    return f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}{BACK}"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise IssuerRefused from None
    if not isinstance(found, dict):
        raise IssuerRefused
    return found
