"""How a test walks pages in a real browser: the hub on loopback, forms filled, every page looked at and judged."""

import asyncio
import base64
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from hub.entrypoints.web import application
from hub.wiring import Hub
from tests.browser.accessibility import no_serious
from tests.browser.chromium import Page

FOCUS = (
    "(() => { const e = document.activeElement; return e === document.body ? 'body' : "
    "[e.tagName.toLowerCase(), e.id || e.name || e.textContent.trim()].join(' ') })()"
)


@asynccontextmanager
async def served(hub: Hub) -> AsyncIterator[str]:
    """The hub on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(application(hub), log_level="error", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


def chromium() -> str:
    """The browser, or the reason why there is none."""
    if program := shutil.which("chromium"):
        return program
    if os.environ.get("CI"):
        pytest.fail("chromium is missing: apt-get install chromium")
    pytest.skip("chromium is missing: apt-get install chromium")


async def looked_at(browser: Page, name: str) -> None:
    """No page is wider than the window, axe finds nothing grave. HUB_SHOTS names a folder for the pictures."""
    wide, window = await browser.value("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, name
    await no_serious(browser, name)
    if folder := os.environ.get("HUB_SHOTS"):
        shot = await browser.call("Page.captureScreenshot", captureBeyondViewport=True)
        await asyncio.to_thread(Path(folder, f"{name}.png").write_bytes, base64.b64decode(shot["data"]))


async def fill(browser: Page, **fields: str) -> None:
    """Write into fields, as a person would have."""
    for name, value in fields.items():
        await browser.value(f"document.querySelector('#{name}').value = {json.dumps(value)}, true")


async def submit(browser: Page, *, until: str) -> None:
    """Send the form of the page and wait for the next one."""
    await browser.value("document.querySelector('main form button').click(), true")
    await browser.wait(f"document.readyState === 'complete' && location.pathname === '{until}'")


async def order(browser: Page, steps: int) -> list[str]:
    """Where the focus goes, tab by tab."""
    found = []
    await browser.value("document.activeElement.blur(), true")
    for _ in range(steps):
        for kind in ("keyDown", "keyUp"):
            await browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        found.append(str(await browser.value(FOCUS)))
    return found
