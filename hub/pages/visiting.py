"""A visit to a page: its cookie, its form, who is signed in, and how a refusal is shown.

The cookie is for pages alone; /graphql never looks at it. A form counts only from this hub's own pages: the browser
says where it comes from (Origin), and it carries a value that follows from the cookie, which no other site can know.
"""

import asyncio
import base64
import hmac
import ipaddress
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from urllib.parse import parse_qsl, quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from hub.domains.accounts import entering, tokens
from hub.domains.accounts.errors import FormForged, FormMalformed, SessionOver
from hub.domains.accounts.model import Stage
from hub.kernel.errors import HubError, TryLater
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader, TenantRef
from hub.kernel.texts import advice, preferred, sentence
from hub.pages import shell
from hub.pages.asking import Ask
from hub.store.unit import Unit, connected
from hub.tenants.acting import acting
from hub.tenants.buckets import entrance_of, network
from hub.tenants.grants import NoGrant
from hub.tenants.sessions import SessionFacts
from hub.wiring import Hub

COOKIE, DEMO_COOKIE = "__Host-hub", "hub-demo"
SIGN_IN, ROLES, HOME = "/masuk", "/masuk/peran", "/sesi"
FORM_BYTES = 16 * 1024
FORM_SECONDS = 30
SPEAKER = "hub-suara"  # whose offline queue it is, for the script of /suara; opens nothing
_FORM = "application/x-www-form-urlencoded"
_ONWARD = re.compile(r"/(?:laporan|suara|meja|sesi)(?:/[A-Za-z0-9_./-]*)?", re.ASCII)
_COOKIE = re.compile(r"(?:0|[1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}", re.ASCII)
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")

log = structlog.get_logger()


class Elsewhere(Exception):  # no refusal, a way
    """Go to another page instead."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


@dataclass(frozen=True, slots=True)
class Room:
    """How large a form may be."""

    bytes: int = FORM_BYTES
    fields: int = 30


SMALL = Room()


@dataclass(slots=True)
class Visit:
    """One request of a browser."""

    request: Request
    hub: Hub
    lang: str
    request_id: str
    token: str
    form: Mapping[str, str] = field(default_factory=dict)
    fresh: str | None = None  # a new cookie to be set; "" takes it away

    @property
    def address(self) -> str:
        """Where it comes from; uvicorn has looked at the headers of a trusted proxy."""
        return self.request.client.host if self.request.client else ""

    @property
    def agent(self) -> str:
        """The kind of browser and system: enough to know one's own again, no more."""
        sent = self.request.headers.get("user-agent", "")
        browser = next((name for mark, name in _BROWSERS if mark in sent), "?")
        system = next((name for name in _SYSTEMS if name in sent), "?")
        return f"{browser}, {system}"

    @property
    def csrf(self) -> str:
        """What a form of this browser must carry."""
        made = hmac.digest(self.token.encode(), b"kecamatan-hub form", "sha256")
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def onward(self) -> str:
        """Where to go after signing in: a page of this hub; an empty text: no page was asked for."""
        wanted = self.form.get("lanjut") or self.request.query_params.get("lanjut") or ""
        return wanted if _ONWARD.fullmatch(wanted) else ""

    async def session(self, stage: Stage = Stage.OPEN) -> SessionFacts:
        """The session of the cookie, which must hold at this stage; SessionOver."""
        parsed = tokens.parse(self.token)
        found = await self.hub.sessions.find(parsed.tenant, parsed.digest) if parsed else None
        now = self.hub.engine.clock()
        if found is None or not found.holds(now, stage.value):
            raise SessionOver
        if stage is Stage.OPEN and parsed is not None and entering.stale(found, now):
            async with self.acting(found.tenant, found) as unit:
                await entering.seen(unit, found)
            self.hub.sessions.forget(parsed.digest)
        return found

    async def asking(self, session: SessionFacts) -> Ask:
        """The graph under the session's chosen grant; to the choice where none is chosen."""
        try:
            entry = session.entry(self.hub.engine.clock(), request_id=self.request_id, lang=self.lang)
        except NoGrant:
            raise Elsewhere(ROLES) from None
        return Ask(self.hub, entry, self.address)

    @asynccontextmanager
    async def acting(self, tenant: TenantRef, session: SessionFacts | None = None) -> AsyncIterator[Unit]:
        """One transaction of the worker in a tenant, in the name of whoever is signed in."""
        who = session.principal_id if session else None
        now = self.hub.engine.clock()
        async with (
            connected(self.hub.pools.of(Reader.WORKER)) as connection,
            acting(connection, tenant, now, request_id=self.request_id, principal=who) as unit,
        ):
            yield unit
        self.hub.engine.committed()

    async def throttle(self, tenant: str, name: str | None) -> None:
        """Count a try; RateLimited where there were too many, whether or not there is such a name."""
        rates, buckets, near = self.hub.buckets.rates, self.hub.buckets, network(self.address)
        await buckets.draw(entrance_of("sign-in-network", rates, near), 1)
        if name is not None:
            await buckets.draw(entrance_of("sign-in", rates, tenant, name, near), 1)
            await buckets.draw(entrance_of("sign-in-name", rates, tenant, name), 1)

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page."""
        return shell.page(template, lang=self.lang, csrf=self.csrf, status=status, **values)

    def go(self, to: str) -> Response:
        """See another page (303: by GET)."""
        return RedirectResponse(to, status_code=303)


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def visited(hub: Hub, handler: Handler, room: Room = SMALL, *, streams: bool = False) -> Endpoint:
    """A handler as an endpoint: the form judged, the cookie set, refusals shown as pages.

    One that `streams` reads and judges its form itself.
    """

    @wraps(handler)
    async def answer(request: Request) -> Response:
        started = time.perf_counter()
        visit = visit_of(hub, request)
        try:
            if request.method == "POST" and not streams:
                visit.form = await form_of(request, room)
                check_form(visit)
            response = await handler(visit)
        except Elsewhere as way:
            response = visit.go(way.to)
        except SessionOver:
            response = visit.go(f"{SIGN_IN}?lanjut={quote(request.url.path)}" if wanted(request) else SIGN_IN)
        except HubError as refusal:
            response = refused(visit, refusal)
        except Exception:
            log.exception("unexpected", request_id=visit.request_id)
            response = refused(visit, HubError())
        keep(visit, response)
        ms = round((time.perf_counter() - started) * 1000, 2)
        log.info("page", request_id=visit.request_id, page=handler.__name__, status=response.status_code, ms=ms)
        return response

    return answer


def visit_of(hub: Hub, request: Request) -> Visit:
    """A visit; a browser without a cookie gets one, which opens nothing, so that its forms can be known again."""
    lang = preferred(request.headers.get("accept-language", ""))
    sent = request.cookies.get(cookie_name(hub, request), "")
    known = _COOKIE.fullmatch(sent) is not None
    token = sent if known else f"0.{secrets.token_urlsafe(32)}"
    return Visit(
        hub=hub, request=request, lang=lang, request_id=new_id().hex, token=token, fresh=None if known else token
    )


def cookie_name(hub: Hub, request: Request) -> str:
    """`__Host-` keeps a cookie to https and this very host; only a demo on this machine does without."""
    return DEMO_COOKIE if bare(hub, request) else COOKIE


def bare(hub: Hub, request: Request) -> bool:
    """Whether this is the demo, asked over plain HTTP on the machine itself."""
    here = request.client is not None and _loopback(request.client.host)
    return hub.settings.demo and request.url.scheme == "http" and here


def keep(visit: Visit, response: Response) -> None:
    """Set or take away the cookie, and what every page says of itself."""
    for name, value in shell.GUARDS.items():
        response.headers.setdefault(name, value)
    response.headers["x-request-id"] = visit.request_id
    if visit.fresh is None:
        return
    if not visit.fresh.startswith("0."):  # in, or out: the next one at this telephone may be somebody else
        response.delete_cookie(SPEAKER, path="/suara")
    response.set_cookie(
        cookie_name(visit.hub, visit.request),
        visit.fresh,
        max_age=None if visit.fresh else 0,
        path="/",
        secure=not bare(visit.hub, visit.request),
        httponly=True,
        samesite="lax",
    )


async def form_of(request: Request, room: Room = SMALL) -> Mapping[str, str]:
    """The fields of a form, each once; FormMalformed where it is too large, too slow or none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise FormMalformed
    try:
        async with asyncio.timeout(FORM_SECONDS):
            body = await _body(request, room.bytes)
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=room.fields,
        )
    except (TimeoutError, ValueError, ClientDisconnect):
        raise FormMalformed from None
    found = dict(pairs)
    if len(found) != len(pairs) or any("\x00" in value for value in found.values()):
        raise FormMalformed
    return found


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise FormMalformed
    return bytes(body)


def check_form(visit: Visit) -> None:
    """FormForged unless the form came from a page of ours that this very browser was given."""
    headers = visit.request.headers
    scheme, _, host = headers.get("origin", "").partition("://")
    ours = scheme in ("http", "https") and bool(host) and host == headers.get("host")
    site = headers.get("sec-fetch-site", "same-origin")
    given = visit.form.get("csrf", "")
    known = visit.fresh is None and hmac.compare_digest(given.encode(), visit.csrf.encode())
    if not (ours and known and site == "same-origin"):
        raise FormForged


def refused(visit: Visit, refusal: HubError) -> Response:
    """A refusal as a page of its own."""
    response = visit.page("refused.html", refusal.status, error=shown(visit, refusal), request_id=visit.request_id)
    if isinstance(refusal, TryLater):
        response.headers["retry-after"] = str(refusal.seconds)
    return response


def shown(visit: Visit, refusal: HubError) -> Mapping[str, str]:
    """A refusal's two sentences."""
    return {"code": refusal.code, "sentence": sentence(refusal, visit.lang), "advice": advice(refusal, visit.lang)}


def wanted(request: Request) -> bool:
    """Whether a page that needs signing in is one to come back to."""
    return request.method == "GET" and _ONWARD.fullmatch(request.url.path) is not None


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
