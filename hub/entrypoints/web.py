"""The way in over HTTP. One thin ASGI endpoint: credential, body, engine, bytes.

GraphQL over HTTP: POST with `application/json`, GET for queries; the answer is `application/graphql-response+json` for
clients that accept it, else `application/json`. Everything a credential gets is private and not stored.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from strawberry.printer import print_schema

from hub.entrypoints import graphiql
from hub.entrypoints.examples import Example
from hub.graph.execution import INVALID, Answer, Question
from hub.graph.limits import BodyTooLarge
from hub.graph.problems import shown
from hub.kernel.errors import BadInput, HubError
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.kernel.texts import preferred
from hub.schema.build import schema
from hub.tenants.gate import Entry, Visit
from hub.wiring import Hub

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

GRAPHQL_RESPONSE = b"application/graphql-response+json"
_METHODS = b"GET, POST, OPTIONS"
PURPOSE = 200  # characters kept of what a request gives as its purpose


class BodyMalformed(BadInput):
    """The request body is not a JSON object with a `query`: {problem}"""

    code = "BODY_MALFORMED"
    hint = 'Send JSON such as {"query": "{ villages(first: 5) { nodes { name } } }"}.'


class ContentTypeRefused(BadInput):
    """The content type of a POST must be application/json."""

    code = "CONTENT_TYPE"
    hint = "Send the header Content-Type: application/json."
    status = 415


class MethodRefused(BadInput):
    """This address takes GET and POST."""

    code = "METHOD_NOT_ALLOWED"
    hint = "Send the operation by POST."
    status = 405


class NotAcceptable(BadInput):
    """The answer is JSON, which this client does not accept."""

    code = "NOT_ACCEPTABLE"
    hint = "Send Accept: application/graphql-response+json."
    status = 406


@dataclass(slots=True)
class Metrics:
    """What /metrics shows."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram

    @classmethod
    def make(cls) -> "Metrics":
        """Fresh counters."""
        registry = CollectorRegistry()
        return cls(
            registry,
            Counter("hub_requests", "Requests by path and status", ("path", "status"), registry=registry),
            Histogram("hub_request_seconds", "Seconds to answer", ("path",), registry=registry),
        )


class GraphQLEndpoint:
    """The endpoint; an ASGI application of its own."""

    def __init__(self, hub: Hub, metrics: Metrics, examples: tuple[Example, ...]) -> None:
        self.hub, self.metrics, self.examples = hub, metrics, examples

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        headers = dict(scope["headers"])
        request_id = new_id().hex
        if scope["method"] == "GET" and self.hub.settings.graphiql and _wants_page(headers, scope):
            page = await graphiql.answer(Request(scope, receive), examples=self.examples)
            await page(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await _send(send, 204, _preflight(headers), b"")
            return
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        entry: Entry | None = None
        try:
            accept = _accepted(headers.get(b"accept", b""))
            visit = _visit(headers, request_id, lang, own_page=self.hub.settings.graphiql)
            entry = await self.hub.gate.enter(visit)
            question = replace(await self._question(scope, headers, receive), grants=entry.grants)
            answer = await self.hub.engine.answer(question, entry.scope)
        except HubError as refusal:
            accept = b"application/json" if isinstance(refusal, NotAcceptable) else _lenient(headers)
            body = orjson.dumps({"errors": [shown(refusal, lang, request_id)]})
            answer = Answer(body, executed=False, path="refused", status=refusal.status)
        except Exception:
            log.exception("unexpected", request_id=request_id)
            accept = _lenient(headers)
            body = orjson.dumps({"errors": [shown(HubError(), lang, request_id)]})
            answer = Answer(body, executed=False, path="refused", status=500)
        status = _status(answer, accept)
        await _send(send, status, _answer_headers(accept, entry, request_id, answer, status, lang), answer.body)
        self._note(scope, entry, request_id, answer, status, time.perf_counter() - started)

    async def _question(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Question:
        if scope["method"] == "GET":
            return _from_query(scope["query_string"])
        if scope["method"] != "POST":
            raise MethodRefused
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != b"application/json":
            raise ContentTypeRefused
        limit = self.hub.engine.documents.limits.body_bytes
        return _from_body(await _body(receive, headers, limit))

    def _note(
        self, scope: Scope, entry: Entry | None, request_id: str, answer: Answer, status: int, seconds: float
    ) -> None:
        self.metrics.requests.labels(answer.path, str(status)).inc()
        self.metrics.seconds.labels(answer.path).observe(seconds)
        who = entry.scope if entry else None
        log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            status=status,
            path=answer.path,
            ms=round(seconds * 1000, 2),
            role=who.role if who else None,
            tenant=who.tenants[0].code if who and who.tenants else None,
        )


def application(hub: Hub, examples: Iterable[Example] = ()) -> Starlette:
    """The web application over a wired hub."""
    metrics = Metrics.make()
    endpoint = GraphQLEndpoint(hub, metrics, tuple(examples))
    text = print_schema(schema())

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        try:
            await hub.pools.of(Reader.OUTSIDE).fetchval("select number from epoch", timeout=2)
        except Exception as error:  # noqa: BLE001  # whatever it is, the hub is not ready
            log.warning("not ready", reason=type(error).__name__)
            return JSONResponse({"ready": False, "database": "unreachable"}, status_code=503)
        return JSONResponse({"ready": True})

    async def measured(_request: Request) -> Response:
        lines = generate_latest(metrics.registry).decode()
        reasons = "".join(
            f'hub_fallbacks_total{{reason="{_label(reason)}"}} {number}\n'
            for reason, number in sorted(hub.engine.fallbacks.items())
        )
        heading = "# HELP hub_fallbacks_total Queries answered by resolvers, by reason\n"
        return PlainTextResponse(lines + heading + "# TYPE hub_fallbacks_total counter\n" + reasons)

    async def contract(_request: Request) -> Response:
        return PlainTextResponse(text)

    routes: list[BaseRoute] = [
        Route("/graphql", endpoint),
        Route("/healthz", health),
        Route("/readyz", ready),
        Route("/metrics", measured),
        Route("/schema.graphql", contract),
    ]
    if hub.settings.graphiql:
        routes.extend(graphiql.routes())
    return Starlette(routes=routes)


# Requests


def _visit(headers: Mapping[bytes, bytes], request_id: str, lang: str, *, own_page: bool = False) -> Visit:
    """What a request shows. GraphiQL is the hub's own page, no foreign site: whoever types a key there holds it."""

    def text(name: bytes) -> str | None:
        found = headers.get(name)
        return found.decode("latin-1") if found else None

    return Visit(
        authorization=text(b"authorization") or "",
        origin=None if own_page and _same_origin(headers) else text(b"origin"),
        tenant_code=text(b"hub-tenant"),
        grant_id=text(b"hub-grant"),
        request_id=request_id,
        lang=lang,
        purpose=(text(b"hub-purpose") or "")[:PURPOSE] or None,
    )


def _same_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the page that asks came from the address that it asks."""
    scheme, _, host = headers.get(b"origin", b"").partition(b"://")
    return scheme in (b"http", b"https") and bool(host) and host == headers.get(b"host")


async def _body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge(allowed=limit)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyMalformed(problem="the connection was cut")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLarge(allowed=limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _from_body(raw: bytes) -> Question:
    if b"\\u0000" in raw:
        raise BodyMalformed(problem="it holds the character NUL")
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BodyMalformed(problem="it is not JSON") from None
    if not isinstance(found, dict):
        raise BodyMalformed(problem="it is not an object; batches are not taken")
    return _question_of(found)


def _from_query(raw: bytes) -> Question:
    found: dict[str, Any] = dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))
    if any("\x00" in value or "\\u0000" in value for value in found.values()):
        raise BodyMalformed(problem="it holds the character NUL")
    for name in ("variables", "extensions"):
        if name in found:
            try:
                found[name] = orjson.loads(found[name]) if found[name] else None
            except orjson.JSONDecodeError:
                raise BodyMalformed(problem=f"`{name}` is not JSON") from None
    return _question_of(found, by_get=True)


def _question_of(found: Mapping[str, Any], *, by_get: bool = False) -> Question:
    query, name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    if not isinstance(query, str) or not query:
        raise BodyMalformed(problem="`query` is missing or no text")
    if name is not None and not isinstance(name, str):
        raise BodyMalformed(problem="`operationName` is no text")
    for label, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BodyMalformed(problem=f"`{label}` is no object")
    return Question(query, name or None, variables or {}, by_get)


# Answers


def _accepted(accept: bytes) -> bytes:
    """The content type of the answer."""
    if not accept:
        return b"application/json"
    found = [part.split(b";")[0].strip().lower() for part in accept.split(b",")]
    if GRAPHQL_RESPONSE in found:
        return GRAPHQL_RESPONSE
    if any(each in (b"application/json", b"*/*", b"application/*") for each in found):
        return b"application/json"
    raise NotAcceptable


def _lenient(headers: Mapping[bytes, bytes]) -> bytes:
    try:
        return _accepted(headers.get(b"accept", b""))
    except NotAcceptable:
        return b"application/json"


def _status(answer: Answer, accept: bytes) -> int:
    """Refusals of the request itself: their own status; for plain JSON, GraphQL's own refusals are 200."""
    plain = accept == b"application/json"
    if answer.executed or (plain and answer.path == INVALID and answer.status == BadInput.status):
        return 200
    return answer.status


def _answer_headers(
    accept: bytes, entry: Entry | None, request_id: str, answer: Answer, status: int, lang: str
) -> Headers:
    found: Headers = [
        (b"content-type", accept + b"; charset=utf-8"),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-request-id", request_id.encode()),
        (b"cache-control", b"private, no-store"),
        (b"content-language", lang.encode()),
        (b"vary", b"Origin, Accept, Accept-Language, Authorization, Hub-Tenant"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if entry is not None and entry.allow_origin:
        found.append((b"access-control-allow-origin", entry.allow_origin.encode("latin-1")))
        found.append((b"access-control-expose-headers", b"X-Request-Id, Retry-After"))
    if status == 401:  # noqa: PLR2004  # HTTP
        found.append((b"www-authenticate", b"Bearer"))
    if status == 405:  # noqa: PLR2004  # HTTP
        found.append((b"allow", _METHODS))
    return found


def _preflight(headers: Mapping[bytes, bytes]) -> Headers:
    """A preflight shows no key yet, so it promises nothing: the answer itself names the origin or does not."""
    if b"origin" not in headers:
        return [(b"allow", _METHODS)]
    return [
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"access-control-allow-methods", _METHODS),
        (
            b"access-control-allow-headers",
            b"Authorization, Content-Type, Accept-Language, Hub-Tenant, Hub-Grant, Hub-Purpose",
        ),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin"),
    ]


def _wants_page(headers: Mapping[bytes, bytes], scope: Scope) -> bool:
    return b"text/html" in headers.get(b"accept", b"") and b"query=" not in scope["query_string"]


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
