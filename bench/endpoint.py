"""What the endpoint itself costs: the processor time of a request whose answer is already there. No database.

`python -m bench.endpoint` prints microseconds per request: the whole web application around an engine that gives fixed
bytes, its log line included (written to a file, as in earnest).
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from hub.entrypoints import logs
from hub.entrypoints.web import application
from hub.graph.documents import Documents
from hub.graph.execution import Answer, Question
from hub.graph.limits import Limits
from hub.graph.registry import core_of
from hub.kernel.clock import system_clock
from hub.kernel.scope import Scope
from hub.schema.build import schema
from hub.settings import Settings
from hub.tenants.gate import Gate
from hub.wiring import Hub

ROUNDS, TIMES = 7, 5_000
TINY = b'{"query":"{ __typename }"}'
USUAL = orjson.dumps(
    {
        "query": "query Villages($first: Int!) { villages(first: $first) { nodes { id name code } } }",
        "operationName": "Villages",
        "variables": {"first": 20},
    }
)
ROW = b'{"id":"AbCdEfGhIjKlMnOp","name":"Takisung","code":"63.01.01.2004"},'


@dataclass
class Still:
    """An engine that knows the answer."""

    documents: Documents
    body: bytes

    async def answer(self, _question: Question, _scope: Scope) -> Answer:
        """The same bytes for everybody."""
        return Answer(self.body, executed=True, path="plan")


def hub_of(body: bytes) -> Hub:
    """A hub without a database; anonymous requests that name no kecamatan need none."""
    nothing: Any = None  # never touched by these requests
    engine: Any = Still(Documents(core_of(schema()), Limits()), body)
    gate = Gate(nothing, system_clock, time.monotonic, nothing)
    parts = dict.fromkeys(
        ("pools", "dsns", "services", "key_sets", "trusted", "buckets", "blobs", "room", "kinds"), nothing
    )
    return Hub(settings=Settings(), gate=gate, engine=engine, **parts)


def scope_of(body: bytes, **headers: str) -> dict[str, Any]:
    """An ASGI scope of a POST as uvicorn makes it."""
    given = {
        "host": "hub.test",
        "user-agent": "bench",
        "content-type": "application/json",
        "accept": "application/graphql-response+json",
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }


async def cost(app: Any, body: bytes, **headers: str) -> float:
    """Microseconds of processor time per request, the best of the rounds."""
    message = {"type": "http.request", "body": body, "more_body": False}

    async def receive() -> dict[str, Any]:
        return message

    async def send(_message: Any) -> None:
        return None

    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            await app(scope_of(body, **headers), receive, send)
        best = min(best, (time.process_time() - began) / TIMES * 1e6)
    return best


def line_cost() -> float:
    """Microseconds of one log line like a request's."""
    log = structlog.get_logger()

    def write() -> None:
        log.info(
            "request",
            request_id="019aa7d2b3c47b1e8f00aa11bb22cc33",
            method="POST",
            status=200,
            path="plan",
            ms=1.23,
            role="CAMAT",
            tenant="63.01.01",
        )

    return best_of(write)


def best_of(act: Callable[[], object]) -> float:
    """Microseconds of processor time per call."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            act()
        best = min(best, (time.process_time() - began) / TIMES * 1e6)
    return best


async def main() -> None:
    """Measure and print."""
    big = b'{"data":{"villages":{"nodes":[' + ROW * 1_000 + b"null]}}}"
    with tempfile.TemporaryFile("w") as file:
        logs.configure(file)
        small, large = application(hub_of(b'{"data":{"__typename":"Query"}}')), application(hub_of(big))
        print(f"log line                      {line_cost():7.1f} µs")
        print(f"empty scope (to subtract)     {best_of(lambda: scope_of(TINY)):7.1f} µs")
        print(f"tiny query                    {await cost(small, TINY):7.1f} µs")
        print(f"usual query with variables    {await cost(small, USUAL):7.1f} µs")
        print(f"answer of {len(big):6} bytes        {await cost(large, USUAL):7.1f} µs")
        print(f"the same, gzip accepted       {await cost(large, USUAL, accept_encoding='gzip, br'):7.1f} µs")


if __name__ == "__main__":
    asyncio.run(main())
