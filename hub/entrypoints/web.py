"""The way in over HTTP. One thin ASGI endpoint: credential, body, engine, bytes.

GraphQL over HTTP: POST with `application/json`, GET for queries; the answer is `application/graphql-response+json` for
clients that accept it, else `application/json`. Everything a credential gets is private and not stored.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping

import orjson
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from strawberry.printer import print_schema

from hub.domains.webhooks import desk as webhook_desk
from hub.domains.webhooks.desk import Figures as Webhooks
from hub.entrypoints import answering, asking, file_links, graphiql, logs, opendk, packing, report_files, uploads
from hub.entrypoints.answering import Asked, Manner, Reply
from hub.entrypoints.asgi import Receive, Scope, Send
from hub.entrypoints.examples import Example
from hub.entrypoints.leaving import Watch
from hub.entrypoints.metrics import Metrics
from hub.graph.execution import Answer
from hub.graph.problems import shown
from hub.jobs import desk
from hub.jobs.desk import Figures
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.kernel.texts import preferred
from hub.pages import routes as pages
from hub.schema.build import schema
from hub.store.unit import connected
from hub.tenants.buckets import Client, client_of
from hub.tenants.gate import Entry
from hub.wiring import Hub

log = structlog.get_logger()
_GONE = Answer(b"", executed=False, path="gone", status=499)  # nobody is there to be told; for metrics and logs


class GraphQLEndpoint:
    """The endpoint; an ASGI application of its own."""

    def __init__(self, hub: Hub, metrics: Metrics, examples: tuple[Example, ...]) -> None:
        self.hub, self.metrics, self.examples = hub, metrics, examples
        self.manner = Manner(hub.settings.public_seconds, hub.settings.compress)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        headers = dict(scope["headers"])
        if scope["method"] == "GET" and self.hub.settings.graphiql and _wants_page(headers, scope):
            page = await graphiql.answer(Request(scope, receive), examples=self.examples)
            await page(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await answering.send_reply(send, Reply(204, answering.preflight(headers), b""))
            return
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        asked = Asked(scope["method"], headers, new_id().hex, lang)
        entry: Entry | None = None
        accept = b""
        client: Client | None = None
        watch: Watch | None = None
        try:
            if len(headers) != len(scope["headers"]):
                headers.update(asking.gathered(scope["headers"]))
            accept = answering.accepted(headers.get(b"accept", b""))
            visit = asking.visit_of(headers, asked.request_id, lang, own_page=self.hub.settings.graphiql)
            entry = await self.hub.gate.enter(visit)
            client = client_of(entry.scope, _address(scope), self.hub.buckets.rates)
            question = await asking.question_of(scope, headers, receive, self.hub.engine.documents.limits)
            question.query = await self.hub.trusted.text(entry.trust, question.query, question.document_id)
            question.grants, question.client = entry.grants, client
            watch = Watch(receive)
            answer = await self.hub.engine.answer(question, entry.scope)
        except asyncio.CancelledError:
            if watch is None or not watch.gone:
                raise
            self._note(asked, entry, _GONE.path, _GONE.status, time.perf_counter() - started)
            return
        except HubError as refusal:
            self.hub.engine.note(refusal)
            answer = _refused(refusal, asked)
        except Exception:
            log.exception("unexpected", request_id=asked.request_id)
            answer = _refused(HubError(), asked)
        finally:
            if watch is not None:
                watch.stop()
        standing = self.hub.buckets.standing(client) if client else None
        reply = answering.reply(answer, accept or answering.lenient(headers), entry, asked, self.manner, standing)
        await answering.send_reply(send, reply)
        self._note(asked, entry, answer.path, reply.status, time.perf_counter() - started)

    def _note(self, asked: Asked, entry: Entry | None, path: str, status: int, seconds: float) -> None:
        self.metrics.answered(path, status, seconds)
        who = entry.scope if entry else None
        logs.request(
            request_id=asked.request_id,
            method=asked.method,
            status=status,
            path=path,
            ms=round(seconds * 1000, 2),
            role=who.role if who else None,
            tenant=who.tenants[0].code if who and who.tenants else None,
        )


class Application:
    """The way of nearly all requests is short; the rest is Starlette's."""

    def __init__(self, endpoint: GraphQLEndpoint, villages: opendk.Endpoint, others: Starlette) -> None:
        self.endpoint, self.villages, self.others = endpoint, villages, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == graphiql.ENDPOINT:
            await self.endpoint(scope, receive, send)
        elif scope["type"] == "http" and (path := opendk.own_path(scope["path"])) is not None:
            await self.villages({**scope, "path": path}, receive, send)
        else:
            await self.others(scope, receive, send)


def application(hub: Hub, examples: Iterable[Example] = ()) -> Application:
    """The web application over a wired hub."""
    metrics = Metrics.make()
    endpoint = GraphQLEndpoint(hub, metrics, tuple(examples))
    contract = packing.Fixed(print_schema(schema()).encode(), "application/graphql; charset=utf-8")

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
        jobs, webhooks = await _figures(hub)
        called = hub.sender.outcomes
        return PlainTextResponse(metrics.text(hub.engine, hub.services.watch.raised, jobs, webhooks, called))

    uploading = uploads.UploadEndpoint(hub)
    routes: list[BaseRoute] = [
        Route("/healthz", health),
        Route("/readyz", ready),
        Route("/metrics", measured),
        Route("/schema.graphql", contract.answer),
        Route(uploads.PATH, uploading),
        Route(uploads.PATH + "/{upload}", uploading),
        Route(report_files.PATH + "/{name}", report_files.ReportFileEndpoint(hub)),
        Route(file_links.PATH + "/{token}", file_links.FileLinkEndpoint(hub)),
    ]
    routes.extend(pages.routes(hub))
    if hub.settings.graphiql:
        routes.extend(graphiql.routes())
    others = Starlette(routes=routes)
    others.router.redirect_slashes = False  # it would send people to whatever host their request names
    return Application(endpoint, opendk.Endpoint(hub, metrics), others)


async def _figures(hub: Hub) -> tuple[Figures | None, Webhooks | None]:
    now = hub.engine.clock().instant
    try:
        async with connected(hub.pools.of(Reader.WORKER)) as worker:
            return await desk.figures(worker, now=now), await webhook_desk.figures(worker, now=now)
    except Unavailable:
        return None, None  # the other figures are wanted most then


def _refused(refusal: HubError, asked: Asked) -> Answer:
    body = orjson.dumps({"errors": [shown(refusal, asked.lang, asked.request_id)]})
    return Answer(body, executed=False, path="refused", status=refusal.status)


def _address(scope: Scope) -> str:
    """Where a request comes from; uvicorn has looked at the headers of a trusted proxy."""
    found = scope.get("client")
    return str(found[0]) if found else ""


def _wants_page(headers: Mapping[bytes, bytes], scope: Scope) -> bool:
    asked = b"query=" in scope["query_string"] or b"documentId=" in scope["query_string"]
    return b"text/html" in headers.get(b"accept", b"") and not asked
