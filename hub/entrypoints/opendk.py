"""Where villages that already push come in: the paths of OpenDK's REST v1 below /api/v1, and nothing else there.

Whoever comes shows a village's key (role VILLAGE_SYNC), which opens no other door. Requests are read whole before
anything happens, so one that is cut leaves nothing. A file is taken in by a thread with connections of its own, one at
a time: judging thousands of rows must not keep the requests of others waiting.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import IO
from uuid import UUID

import orjson
import structlog
from starlette.datastructures import FormData, UploadFile
from starlette.datastructures import Headers as FormHeaders
from starlette.formparsers import MultiPartException, MultiPartParser

from hub.domains.imports import syncing
from hub.domains.imports.model import SyncState
from hub.entrypoints import logs
from hub.entrypoints.asgi import Receive, Scope, Send
from hub.entrypoints.metrics import Metrics
from hub.integrations.opendk import answers, asked, receiving
from hub.integrations.opendk.answers import DANGER, EMPTY, OK, UNPROCESSABLE, UNSUPPORTED, Manner, Said
from hub.integrations.opendk.asked import FieldsWrong
from hub.integrations.opendk.errors import Busy, PushCut, PushMalformed, PushTooLarge
from hub.integrations.opendk.package import MEGABYTE
from hub.integrations.opendk.receiving import Desk
from hub.kernel import scope as kernel
from hub.kernel.errors import Forbidden, HubError, NotFound, Unauthenticated
from hub.kernel.ids import new_id
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Reader
from hub.store.pools import PoolOptions, open_pool
from hub.store.unit import reading, writing
from hub.tenants.gate import Visit
from hub.wiring import Hub

PREFIX = "/api/v1/"
FILE_MEGABYTES, TEXT_MEGABYTES = 64, 16
MOST_FILES = 8  # that come or wait at once
IDLE_SECONDS, LONGEST_SECONDS = 60, 1_800  # a village's line is slow
_FIELDS, _FIELD_BYTES = 8, 64 * 1024
LOGIN = ("POST", "auth/login")
_YEAR_MINUTES = 525_600  # what OpenSID expects to read at a login, and ignores

log = structlog.get_logger()


class Endpoint:
    """The receiver; an ASGI application of its own."""

    def __init__(self, hub: Hub, metrics: Metrics) -> None:
        self.hub, self.metrics = hub, metrics
        self.turn = asyncio.Semaphore(1)
        self.sending: set[UUID] = set()
        self.handlers: Mapping[tuple[str, str], Callable[[Call], Awaitable[Said]]] = {
            ("POST", "penduduk/storedata"): self.people,
            ("POST", "penduduk"): self.removals,
            ("POST", "identitas-desa"): self.identity,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        call = Call(scope, receive)
        if call.method == "OPTIONS":
            await _send(send, 204, b"", _CORS if call.tail == LOGIN[1] else [])
            return
        said = await self.answer(call)
        body = orjson.dumps(said.body)
        await _send(send, said.status, body, _CORS if call.tail == LOGIN[1] else [])
        seconds = time.perf_counter() - started
        self.metrics.answered("opendk", said.status, seconds)
        who = call.who
        logs.request(
            request_id=call.request_id,
            method=call.method,
            status=said.status,
            path="opendk",
            ms=round(seconds * 1000, 2),
            role=who.role if who else None,
            tenant=who.tenants[0].code if who and who.tenants else None,
        )

    async def answer(self, call: "Call") -> Said:
        """The answer, in the manner in which OpenSID shows it; never a redirect, never a 5xx."""
        manner = UNSUPPORTED.get(call.asks)
        try:
            return await self._answer(call, manner)
        except (Unauthenticated, Forbidden):
            await call.drain()
            return answers.no_key(manner)
        except FieldsWrong as wrong:
            return Said(UNPROCESSABLE, wrong.body)
        except HubError as refusal:
            return answers.refused(manner or Manner.BOX, answers.said_of(refusal))
        except Exception:
            log.exception("unexpected", request_id=call.request_id)
            return answers.refused(manner or Manner.BOX, answers.said_of(HubError()))

    async def _answer(self, call: "Call", manner: Manner | None) -> Said:
        if call.asks == LOGIN:
            return await self.login(call)
        call.who = await self._enter(call, call.headers.get("authorization", ""))
        handler = self.handlers.get(call.asks)
        if handler is not None:
            return await handler(call)
        await call.drain()
        if manner is not None:
            return answers.refused(manner, answers.NOT_TAKEN)
        if call.asks in EMPTY:
            return Said(OK, EMPTY[call.asks])
        known = {tail for _, tail in (LOGIN, *UNSUPPORTED, *EMPTY, *self.handlers)}
        status = 405 if call.tail in known else NotFound.status
        return Said(status, {"status": DANGER, "message": answers.NOT_TAKEN, "errors": {}})

    async def login(self, call: "Call") -> Said:
        """OpenSID's button "Buat Key": the key comes back as it was typed, if it is one."""
        try:
            key = asked.password_of(await call.text())
        except FieldsWrong as wrong:
            return Said(UNPROCESSABLE, wrong.body)
        try:
            call.who = await self._enter(call, f"Bearer {key}")
        except (Unauthenticated, Forbidden):
            return Said(401, {"message": "Pengguna tidak dikenali"})
        return Said(OK, {"access_token": key, "token_type": "Bearer", "expires_in": _YEAR_MINUTES})

    async def people(self, call: "Call") -> Said:
        """The first call of a population sending: the ZIP. OpenSID looks at no answer to it."""
        try:
            found = await self._file(call)
        except (Busy, PushMalformed, PushTooLarge) as refusal:
            async with writing(self.hub.pools.of(Reader.API), call.scope, self.hub.services.clock()) as unit:
                await syncing.refuse(unit, call.village, answers.refusal_of(refusal))
            raise
        self.hub.engine.committed()
        status = DANGER if found.state in (SyncState.REFUSED, SyncState.FAILED) else answers.SUCCESS
        return Said(OK, {"status": status, "message": found.message})

    async def _file(self, call: "Call") -> syncing.Outcome:
        """Taken in, one at a time, and one of a village."""
        if call.village in self.sending or len(self.sending) >= MOST_FILES:
            await call.drain()
            raise Busy
        self.sending.add(call.village)
        try:
            async with call.file() as zipped, self.turn:
                return await asyncio.to_thread(self._take_in, call, await self._code(call), zipped)
        finally:
            self.sending.discard(call.village)

    async def removals(self, call: "Call") -> Said:
        """The second call: the list of deleted people, and the only answer that a village sees."""
        raw, village = await call.text(), call.village
        count = asked.removals_of(raw, await self._code(call))
        async with writing(self.hub.pools.of(Reader.API), call.scope, self.hub.services.clock()) as unit:
            found = await syncing.tell(unit, village, removals=count)
        return answers.told(found, count)

    async def identity(self, call: "Call") -> Said:
        """What the village is called, and its web site."""
        raw = await call.text()
        found = asked.identity_of(raw, await self._code(call))
        async with writing(self.hub.pools.of(Reader.API), call.scope, self.hub.services.clock()) as unit:
            await syncing.identify(unit, call.village, website=found.website, term=found.term)
        return Said(OK, {"status": answers.SUCCESS, "message": answers.IDENTIFIED})

    async def _enter(self, call: "Call", authorization: str) -> kernel.Scope:
        """The scope of a village's key. OpenSID's servers send no Origin, and at a login a person types the key."""
        if not authorization.strip():
            raise Unauthenticated
        visit = Visit(authorization=authorization, request_id=call.request_id, pushing=True)
        return (await self.hub.gate.enter(visit)).scope

    async def _code(self, call: "Call") -> RegionCode:
        async with reading(self.hub.pools.of(Reader.API), call.scope, self.hub.services.clock()) as session:
            return await syncing.code_of(session, call.village)

    def _take_in(self, call: "Call", code: RegionCode, zipped: IO[bytes]) -> syncing.Outcome:
        """In a thread: a loop and two connections of its own."""
        keys, clock = self.hub.services.keys, self.hub.services.clock

        async def work() -> syncing.Outcome:
            pool = await open_pool(self.hub.dsns[Reader.API], PoolOptions(2, 0, self.hub.settings.named_statements))
            try:
                return await receiving.receive(Desk(pool, call.scope, keys, clock, call.village, code), zipped)
            finally:
                await pool.close()

        return asyncio.run(work())


class Call:
    """One request: where it goes, its body within bounds, and who it turned out to be."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.tail = str(scope["path"]).removeprefix(PREFIX).strip("/")
        self.asks = (self.method, self.tail)
        self.headers = FormHeaders(scope=scope)
        self.request_id = new_id().hex
        self.who: kernel.Scope | None = None
        self._receive, self._ended = receive, False

    @property
    def scope(self) -> kernel.Scope:
        """The scope that was entered."""
        if self.who is None:
            raise Unauthenticated
        return self.who

    @property
    def village(self) -> UUID:
        """The one village of the key."""
        return self.scope.villages[0]

    async def text(self) -> bytes:
        """The whole body of a small request."""
        return b"".join([piece async for piece in self.pieces(TEXT_MEGABYTES)])

    async def drain(self) -> None:
        """Let a sender finish that nobody listens to: it reads no answer before."""
        try:
            async for _ in self.pieces(FILE_MEGABYTES):
                pass
        except HubError:
            return

    @asynccontextmanager
    async def file(self) -> AsyncGenerator[IO[bytes], None]:
        """The file of a multipart form; gone from the disk afterwards."""
        form = await self._form()
        try:
            found = form.get("file")
            if not isinstance(found, UploadFile):
                raise PushMalformed(problem="it holds no file")
            yield found.file
        finally:
            await form.close()

    async def _form(self) -> FormData:
        kind = self.headers.get("content-type", "")
        if not kind.lower().startswith("multipart/form-data"):
            raise PushMalformed(problem="it is not multipart/form-data")
        parser = MultiPartParser(
            self.headers,
            self.pieces(FILE_MEGABYTES),
            max_files=1,
            max_fields=_FIELDS,
            max_part_size=_FIELD_BYTES,
        )
        try:
            return await parser.parse()
        except MultiPartException:
            raise PushMalformed(problem="its form cannot be read") from None

    async def pieces(self, megabytes: int) -> AsyncGenerator[bytes, None]:
        """The body as it comes; PushTooLarge, or PushCut where it breaks off or stands still."""
        size, started = 0, time.monotonic()
        while not self._ended:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    message = await self._receive()
            except TimeoutError:
                raise PushCut from None
            if message["type"] == "http.disconnect" or time.monotonic() - started > LONGEST_SECONDS:
                raise PushCut
            piece = message.get("body", b"")
            self._ended = not message.get("more_body")
            size += len(piece)
            if size > megabytes * MEGABYTE:
                raise PushTooLarge(limit=megabytes)
            yield piece


def own_path(path: str) -> str | None:
    """The path of a request that is for the receiver, slashes as they were meant; else None.

    OpenSID glues its address and the path together, so that a slash at the end of the address comes twice.
    """
    if "//" in path:
        path = "/" + "/".join(part for part in path.split("/") if part)
    return path if path.startswith(PREFIX) else None


_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type, Accept, X-Requested-With"),
    (b"access-control-max-age", b"600"),
]


async def _send(send: Send, status: int, body: bytes, more: list[tuple[bytes, bytes]]) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
