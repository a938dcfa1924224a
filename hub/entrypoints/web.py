"""The way in over HTTP. One thin ASGI endpoint: credential, body, engine, bytes.

GraphQL over HTTP: POST with `application/json`, GET for queries; the answer is `application/graphql-response+json` for
clients that accept it, else `application/json`. Everything a credential gets is private and not stored.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from strawberry.printer import print_schema

from hub.entrypoints import answering, asking, graphiql
from hub.entrypoints.asgi import Receive, Scope, Send
from hub.entrypoints.examples import Example
from hub.entrypoints.leaving import Watch
from hub.entrypoints.metrics import Metrics
from hub.graph.execution import Answer
from hub.graph.problems import shown
from hub.kernel.errors import HubError
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.kernel.texts import preferred
from hub.schema.build import schema
from hub.tenants.buckets import Client, client_of
from hub.tenants.gate import Entry
from hub.wiring import Hub

log = structlog.get_logger()
_GONE = Answer(b"", executed=False, path="gone", status=499)  # nobody is there to be told; for metrics and logs


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
            await answering.send_answer(send, 204, answering.preflight(headers), b"")
            return
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        entry: Entry | None = None
        client: Client | None = None
        watch: Watch | None = None
        try:
            accept = answering.accepted(headers.get(b"accept", b""))
            visit = asking.visit_of(headers, request_id, lang, own_page=self.hub.settings.graphiql)
            entry = await self.hub.gate.enter(visit)
            client = client_of(entry.scope, _address(scope), self.hub.buckets.rates)
            limit = self.hub.engine.documents.limits.body_bytes
            asked = await asking.question_of(scope, headers, receive, limit)
            watch = Watch(receive)
            answer = await self.hub.engine.answer(replace(asked, grants=entry.grants, client=client), entry.scope)
        except asyncio.CancelledError:
            if watch is None or not watch.gone:
                raise
            self._note(scope, entry, request_id, _GONE, _GONE.status, time.perf_counter() - started)
            return
        except HubError as refusal:
            self.hub.engine.note(refusal)
            accept = b"application/json" if isinstance(refusal, answering.NotAcceptable) else answering.lenient(headers)
            body = orjson.dumps({"errors": [shown(refusal, lang, request_id)]})
            answer = Answer(body, executed=False, path="refused", status=refusal.status)
        except Exception:
            log.exception("unexpected", request_id=request_id)
            accept = answering.lenient(headers)
            body = orjson.dumps({"errors": [shown(HubError(), lang, request_id)]})
            answer = Answer(body, executed=False, path="refused", status=500)
        finally:
            if watch is not None:
                watch.stop()
        status = answering.status_of(answer, accept)
        standing = self.hub.buckets.standing(client) if client else None
        out = answering.headers_of(accept, entry, request_id, answer, status, lang, standing)
        await answering.send_answer(send, status, out, answer.body)
        self._note(scope, entry, request_id, answer, status, time.perf_counter() - started)

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
        return PlainTextResponse(metrics.text(hub.engine))

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


def _address(scope: Scope) -> str:
    """Where a request comes from; uvicorn has looked at the headers of a trusted proxy."""
    found = scope.get("client")
    return str(found[0]) if found else ""


def _wants_page(headers: Mapping[bytes, bytes], scope: Scope) -> bool:
    return b"text/html" in headers.get(b"accept", b"") and b"query=" not in scope["query_string"]
