"""Debian's Chromium, driven over its debugging pipe: no driver program, no port, no package."""

import asyncio
import fcntl
import itertools
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",  # tests may run as root, who has no sandbox; only our own page is opened
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,850",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
FIRST_FREE = 10
"""Chromium wants 3 and 4; ours are kept above, so that no redirection treads on another."""


@asynccontextmanager
async def opened(program: str, profile: Path, *, lang: str = "id") -> AsyncIterator["Page"]:
    """A blank page of a fresh browser without internet; the browser ends with the block."""
    hears, tells = high_pipe()
    answers, says = high_pipe()
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f'exec "$0" "$@" 3<&{hears} 4>&{says}', program, *FLAGS),
        *(f"--user-data-dir={profile}", f"--accept-lang={lang}", "about:blank"),
        pass_fds=(hears, says),
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(hears)
    os.close(says)
    page = Page(tells)
    listening = asyncio.create_task(page.listen(answers))
    try:
        await page.attach()
        yield page
    finally:
        os.close(tells)  # the end of its pipe is what ends the browser
        await asyncio.wait_for(process.wait(), timeout=20)
        await listening


def high_pipe() -> tuple[int, int]:
    """A pipe whose two ends have numbers that no standard stream uses."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


class Refused(AssertionError):
    """The browser did not carry out a command."""


class Page:
    """One tab: evaluate, click, type, and what it asked of the network or complained of."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe
        self.session: dict[str, str] = {}
        self.workers: dict[str, dict[str, str]] = {}
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}  # CDP's replies are open JSON

    async def listen(self, pipe: int) -> None:
        """Read messages until the browser closes its end."""
        reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb", buffering=0))
        while not reader.at_eof():
            try:
                message = await reader.readuntil(b"\0")
            except asyncio.IncompleteReadError:
                return
            self._take(json.loads(message[:-1]))

    def _take(self, message: dict[str, Any]) -> None:
        if waiting := self._waiting.pop(message.get("id", 0), None):
            waiting.set_result(message)
            return

        told = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(told["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(told["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(told["exceptionDetails"]["text"])

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """One command; raises `Refused` when the browser will not or cannot."""
        number = next(self._numbers)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        command = {"id": number, "method": method, "params": params, **self.session}
        os.write(self.pipe, json.dumps(command).encode() + b"\0")
        reply: dict[str, Any] = await asyncio.wait_for(waiting, timeout=30)
        if "error" in reply:
            raise Refused(f"{method}: {reply['error']['message']}")
        result: dict[str, Any] = reply["result"]
        return result

    async def line(self, *, offline: bool = False, kilobits: int = 0, milliseconds: int = 0) -> None:
        """The line as a telephone has it, for tab and service workers alike; without figures as fast as it is."""
        rate = kilobits * 1024 // 8 if kilobits else -1
        speed = {"latency": milliseconds, "downloadThroughput": rate, "uploadThroughput": rate}
        targets = (await self.call("Target.getTargets"))["targetInfos"]
        workers = [each["targetId"] for each in targets if each["type"] == "service_worker"]
        own = self.session
        try:
            for worker in workers:
                if worker not in self.workers:  # a second session would not take back what the first has set
                    bound = await self.call("Target.attachToTarget", targetId=worker, flatten=True)
                    self.workers[worker] = {"sessionId": bound["sessionId"]}
                self.session = self.workers[worker]
                await self.call("Network.enable")
                await self.call("Network.emulateNetworkConditions", offline=offline, **speed)
        finally:
            self.session = own
        await self.call("Network.emulateNetworkConditions", offline=offline, **speed)

    async def attach(self) -> None:
        """Bind to the browser's first tab and hear what it asks for and complains of."""
        targets = (await self.call("Target.getTargets"))["targetInfos"]
        target = next(each["targetId"] for each in targets if each["type"] == "page")
        bound = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = {"sessionId": bound["sessionId"]}
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(f"{domain}.enable")

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=url)

    async def value(self, script: str) -> Any:  # whatever the script gives, as JSON
        """The value of a JavaScript expression."""
        reply = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in reply, f"{script}: {reply}"
        return reply["result"].get("value")

    async def wait(self, script: str) -> Any:  # as above
        """The first truthy value of an expression, looked at ten times a second for twenty seconds."""
        for _ in range(200):
            with suppress(Refused):  # the page is just being left; the next one is asked anew
                if found := await self.value(script):
                    return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"never true: {script}; the page complains: {self.complaints}")

    async def click(self, selector: str, *, text: str = "") -> None:
        """Click the first element that fits and holds the text."""
        await self.wait(
            f"(() => {{ const found = [...document.querySelectorAll({json.dumps(selector)})]"
            f".find((each) => each.textContent.includes({json.dumps(text)}));"
            # Later, for a click that leaves the page would take the answer with it.
            " if (found) setTimeout(() => found.click()); return Boolean(found) })()"
        )

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def select_all(self, selector: str) -> None:
        """Focus an editor and mark its text, so that typing replaces it."""
        editor = f"document.querySelector({json.dumps(selector)}).CodeMirror"
        await self.value(f"{editor}.focus(), {editor}.execCommand('selectAll'), true")
