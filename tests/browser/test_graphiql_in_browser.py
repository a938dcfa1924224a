"""GraphiQL as a person meets it: a real Chromium that can reach this machine's loopback only.

Needs Debian's `chromium`. Without it the test fails in CI and is reported as skipped elsewhere.
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL

from hub.entrypoints import graphiql
from hub.entrypoints.examples import Example
from tests.browser.chromium import Page, opened

EXAMPLES = [
    Example("Who am I?", "clerk", "query WhoAmI { whoami }\n", {}, {"Authorization": "Bearer one"}),
    Example("Greeting", "public", "query Greet($to: String!) { greet(to: $to) }\n", {"to": "desa"}),
]
RESULT = "document.querySelector('.result-window')?.textContent"
QUERY_EDITOR = ".graphiql-query-editor .CodeMirror"


def whoami(info: strawberry.Info) -> str:
    """Tells whether the headers editor reached the request."""
    return str(info.context["request"].headers.get("authorization", "nobody"))


def greet(to: str) -> str:
    """Tells whether the variables editor reached the request."""
    return f"Halo, {to}!"


@strawberry.type
class Query:
    """A toy graph."""

    whoami: str = strawberry.field(resolver=whoami, description="The credential as it arrived.")
    greet: str = strawberry.field(resolver=greet)


async def page(request: Request) -> Response:
    return await graphiql.answer(request, examples=EXAMPLES)


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The toy hub on a free port of loopback; gives its address."""
    graph = GraphQL[None, None](strawberry.Schema(Query), graphql_ide=None)
    app = Starlette(
        routes=[
            Route("/graphql", page, methods=["GET"]),
            Route("/graphql", graph, methods=["POST"]),
            *graphiql.routes(),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


def chromium() -> str:
    if program := shutil.which("chromium"):
        return program
    if os.environ.get("CI"):
        pytest.fail("chromium is missing: apt-get install chromium")
    pytest.skip("chromium is missing: apt-get install chromium")


def operation_is(name: str) -> str:
    """True once GraphiQL has read the editor: it does so a moment after the last change."""
    return (
        f"Object.entries(sessionStorage).some(([name, text]) => name.endsWith(':operationName') && text === '{name}')"
    )


async def run(browser: Page, *, until: str) -> None:
    """Press the run button and wait for a text in the result."""
    await browser.click(".graphiql-execute-button")
    await browser.wait(f"{RESULT}.includes('{until}')")


async def test_examples_run_with_their_own_headers_and_variables_without_internet(
    tmp_path: Path,
) -> None:
    async with served() as address, opened(chromium(), tmp_path, lang="id") as browser:
        await browser.go(f"{address}/graphql")
        await browser.wait("document.querySelectorAll('.graphiql-tab').length === 2")
        bar = await browser.value("document.querySelector('#hub-reset').textContent")

        await run(browser, until="Bearer one")
        await browser.click(".graphiql-tab button", text="Greet")
        await browser.wait(operation_is("Greet"))
        await run(browser, until="Halo, desa!")

        assert bar == "Kembalikan contoh"
        assert browser.complaints == []
        assert [url for url in browser.requested if not url.startswith((address + "/", "data:"))] == []
        assert f"{address}/graphql" in browser.requested


async def test_typed_operations_run_and_the_docs_tell_the_schema(tmp_path: Path) -> None:
    async with served() as address, opened(chromium(), tmp_path, lang="en") as browser:
        await browser.go(f"{address}/graphql")
        await browser.wait(f"document.querySelector('{QUERY_EDITOR}')?.CodeMirror.getValue()")

        await browser.select_all(QUERY_EDITOR)
        await browser.type('query Typed { greet(to: "kecamatan") }')
        await browser.wait(operation_is("Typed"))
        await run(browser, until="Halo, kecamatan!")
        await browser.click("button[aria-label='Show Documentation Explorer']")
        await browser.click(".graphiql-doc-explorer-content a", text="Query")
        docs = await browser.wait(
            "document.querySelector('.graphiql-doc-explorer-content').innerText.includes('whoami')"
            " && document.querySelector('.graphiql-doc-explorer-content').innerText"
        )

        assert docs.split("\n") == [
            "Fields",
            "whoami: String!",
            "",
            "The credential as it arrived.",
            "",
            "greet(to: String!): String!",
        ]
        assert browser.complaints == []


async def test_a_reload_keeps_typed_work_and_its_key_and_a_reset_brings_the_examples_back(
    tmp_path: Path,
) -> None:
    saved = "Object.values(sessionStorage).some((each) => each.includes('Typed'))"
    text = f"document.querySelector('{QUERY_EDITOR}')?.CodeMirror.getValue()"
    async with served() as address, opened(chromium(), tmp_path) as browser:
        await browser.go(f"{address}/graphql")
        await browser.wait(text)
        await browser.select_all(QUERY_EDITOR)
        await browser.type("query Typed { whoami }")
        await browser.wait(saved)
        await asyncio.sleep(1)  # GraphiQL saves its tabs half a second after the last key

        await browser.call("Page.reload")
        await browser.wait(f"{text}?.includes('Typed')")
        await run(browser, until="Bearer one")
        tabs = await browser.value("document.querySelectorAll('.graphiql-tab').length")
        await browser.click("#hub-reset")
        await browser.wait(f"{text}?.includes('WhoAmI')")

        assert tabs == 2
        assert await browser.value(saved) is False
