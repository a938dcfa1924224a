"""The way in over HTTP. One thin ASGI endpoint: credential, body, engine, bytes.

GraphQL over HTTP: POST with `application/json`, GET for queries; the answer is `application/graphql-response+json` for
clients that accept it, else `application/json`. Everything a credential gets is private and not stored.
"""

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
from hub.entrypoints.metrics import Metrics
from hub.graph.execution import Answer
from hub.graph.problems import shown
from hub.kernel.errors import HubError
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.kernel.texts import preferred
from hub.schema.build import schema
from hub.tenants.gate import Entry
from hub.wiring import Hub

log = structlog.get_logger()


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
        try:
            accept = answering.accepted(headers.get(b"accept", b""))
            visit = asking.visit_of(headers, request_id, lang, own_page=self.hub.settings.graphiql)
            entry = await self.hub.gate.enter(visit)
            limit = self.hub.engine.documents.limits.body_bytes
            question = await asking.question_of(scope, headers, receive, limit)
            text = await self.hub.trusted.text(entry.trust, question.query, question.document_id)
            question = replace(question, query=text, grants=entry.grants)
            answer = await self.hub.engine.answer(question, entry.scope)
        except HubError as refusal:
            accept = b"application/json" if isinstance(refusal, answering.NotAcceptable) else answering.lenient(headers)
            body = orjson.dumps({"errors": [shown(refusal, lang, request_id)]})
            answer = Answer(body, executed=False, path="refused", status=refusal.status)
        except Exception:
            log.exception("unexpected", request_id=request_id)
            accept = answering.lenient(headers)
            body = orjson.dumps({"errors": [shown(HubError(), lang, request_id)]})
            answer = Answer(body, executed=False, path="refused", status=500)
        status = answering.status_of(answer, accept)
        out = answering.headers_of(accept, entry, request_id, answer, status, lang)
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
        return PlainTextResponse(metrics.text(hub.engine.fallbacks))

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


def _wants_page(headers: Mapping[bytes, bytes], scope: Scope) -> bool:
    asked = b"query=" in scope["query_string"] or b"documentId=" in scope["query_string"]
    return b"text/html" in headers.get(b"accept", b"") and not asked
