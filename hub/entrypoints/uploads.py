"""Uploads over HTTP by tus 1.0, at /files/uploads. What has come stays when a line is cut or the hub is killed.

The row says how much is safe: bytes are appended, brought to the disk and then counted, about every megabyte. One
request at a time holds an upload. Everything else about an upload is decided in `hub.domains.files`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from enum import Enum
from uuid import UUID

import orjson
import structlog

from hub.domains.files import judging, policy, uploading
from hub.domains.files.blobs import Draft
from hub.domains.files.errors import ContentRefused, OffsetWrong, UploadTooLarge
from hub.domains.files.model import StoredFile, Upload
from hub.entrypoints import asking, logs, tus
from hub.entrypoints.answering import Reply, send_reply
from hub.entrypoints.asgi import Headers, Receive, Send
from hub.entrypoints.asgi import Scope as Connection
from hub.graph.problems import shown
from hub.kernel.errors import Forbidden, HubError, NotFound, TryLater
from hub.kernel.ids import GlobalId, new_id
from hub.kernel.scope import Scope
from hub.kernel.texts import preferred
from hub.store.unit import Unit, writing
from hub.tenants.buckets import client_of
from hub.wiring import Hub

PATH = "/files/uploads"
SILENCE_SECONDS = 30
FOR_FEEDBACK = "feedback"  # what `for` in `Upload-Metadata` says
BEGIN_POINTS, OTHER_POINTS = 10, 1
_FRAME = 256 * 1024
_SAFE_EVERY = 1024 * 1024
_PROBLEM = b"application/problem+json; charset=utf-8"
_KNOWN = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})
_NO_CONTENT, _OK, _CREATED = 204, 200, 201
_VARY = b"Accept-Language, Authorization, Hub-Tenant, Origin"

log = structlog.get_logger()


@dataclass(slots=True)
class Sender:
    """A request: what it shows, and under which scope it runs."""

    method: str
    headers: Mapping[bytes, bytes]
    receive: Receive
    request_id: str
    lang: str
    scope: Scope | None = None
    told: Headers = field(default_factory=list)  # headers of the answer, be it a refusal

    @property
    def asked(self) -> Scope:
        """The scope, once the gate has given it."""
        if self.scope is None:
            raise Forbidden
        return self.scope


class UploadEndpoint:
    """An ASGI application: POST begins an upload; HEAD, PATCH and DELETE at its own address go on with it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._judging = asyncio.Semaphore(1)  # a content is held in memory while it is judged

    async def __call__(self, connection: Connection, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        headers = dict(connection["headers"])
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        sender = Sender(tus.method_of(connection["method"], headers), headers, receive, new_id().hex, lang)
        try:
            reply = await self._answer(sender, connection)
        except HubError as refusal:
            reply = problem(refusal, sender)
        except Exception:
            log.exception("unexpected", request_id=sender.request_id)
            reply = problem(HubError(), sender)
        reply.headers += self._common(sender)
        if sender.method == "HEAD":
            reply.body = b""
        await send_reply(send, reply)
        note(sender, "upload", reply.status, started)

    async def _answer(self, sender: Sender, connection: Connection) -> Reply:
        if sender.method == "OPTIONS":
            return Reply(_NO_CONTENT, [*tus.told(self.hub.room.workbook_bytes), *_preflight(sender.headers)], b"")
        sender.headers = asking.gathered(connection["headers"])
        entry = await self.hub.gate.enter(asking.visit_of(sender.headers, sender.request_id, sender.lang))
        if entry.allow_origin:
            sender.told.append((b"access-control-allow-origin", entry.allow_origin.encode("latin-1")))
            sender.told.append((b"access-control-expose-headers", tus.EXPOSED))
        sender.scope = entry.scope
        address = connection.get("client")
        client = client_of(entry.scope, str(address[0]) if address else "", self.hub.buckets.rates)
        await self.hub.buckets.draw(client, BEGIN_POINTS if sender.method == "POST" else OTHER_POINTS)
        tus.check_version(sender.headers)
        if not (policy.may_upload(entry.scope) or policy.may_send(entry.scope)):
            raise Forbidden
        name = connection.get("path_params", {}).get("upload")
        if name is None:
            return await self._begin(sender)
        return await self._go_on(sender, _key(name))

    async def _go_on(self, sender: Sender, key: UUID) -> Reply:
        if sender.method == "PATCH":
            return await self._grow(sender, key)
        if sender.method == "HEAD":
            return await self._tell(sender, key)
        if sender.method == "DELETE":
            return await self._abandon(sender, key)
        raise tus.UploadMethodRefused

    async def _begin(self, sender: Sender) -> Reply:
        """A new upload, and what came of it with the same request."""
        if sender.method != "POST":
            raise tus.UploadMethodRefused
        headers = sender.headers
        with_body = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
        if with_body:
            tus.check_body(headers)
        length, given = tus.number(headers, "Upload-Length"), tus.metadata(headers)
        checksum = tus.checksum(headers)
        async with self._unit(sender) as unit:
            keys = self.hub.services.keys
            made = await uploading.begin(
                unit,
                keys,
                name=given.get("filename", ""),
                length=length,
                room=self.hub.room,
                for_feedback=given.get("for") == FOR_FEEDBACK,
            )
            await asyncio.to_thread(self.hub.blobs.begin, made.tenant_id, made.id)
        sender.told.append((b"location", f"{PATH}/{made.id}".encode()))
        if with_body:
            async with self._held(sender, made.id) as (upload, draft):
                reply = await self._take_in(sender, upload, draft, checksum)
        else:
            reply = Reply(_CREATED, _state(made), b"")
        if reply.status == _NO_CONTENT:
            reply.status = _CREATED
        return reply

    async def _grow(self, sender: Sender, key: UUID) -> Reply:
        tus.check_body(sender.headers)
        offset, checksum = tus.number(sender.headers, "Upload-Offset"), tus.checksum(sender.headers)
        async with self._held(sender, key) as (upload, draft):
            if upload.received != offset:
                raise OffsetWrong(received=upload.received)
            return await self._take_in(sender, upload, draft, checksum)

    async def _tell(self, sender: Sender, key: UUID) -> Reply:
        """How much has come; an upload that was whole when the hub was killed becomes a file now."""
        async with self._unit(sender) as unit:
            upload = await uploading.own(unit, key)
        if upload.file_id is None and upload.received == upload.length:
            async with self._held(sender, key) as (held, draft):
                upload = await self._finish(sender, held, draft) if draft else held
        return Reply(_OK, [*_state(upload), (b"upload-length", b"%d" % upload.length)], b"")

    async def _abandon(self, sender: Sender, key: UUID) -> Reply:
        async with self._unit(sender) as unit:
            gone = await uploading.abandon(unit, key)
        await asyncio.to_thread(self.hub.blobs.drop_draft, gone.tenant_id, gone.id)
        return Reply(_NO_CONTENT, [], b"")

    # Taking in

    async def _take_in(
        self, sender: Sender, upload: Upload, draft: Draft | None, checksum: tus.Checksum | None
    ) -> Reply:
        """What the body holds; with a check sum all of it or nothing."""
        if draft is not None:
            upload = await self._receive(sender, upload, draft, checksum)
            if upload.received == upload.length:
                upload = await self._finish(sender, upload, draft)
        return Reply(_NO_CONTENT, _state(upload), b"")

    async def _receive(self, sender: Sender, upload: Upload, draft: Draft, checksum: tus.Checksum | None) -> Upload:
        declared = sender.headers.get(b"content-length", b"0")
        if declared.isdigit():
            _check_fits(upload, upload.received + int(declared[:20]))
        await asyncio.to_thread(draft.resume, upload.received)
        intake = _Intake(upload, draft, checksum, upload.received)
        end = _End.WHOLE
        try:
            async for piece in _pieces(sender.receive):
                await intake.take(piece)
                if intake.unsafe >= _SAFE_EVERY and checksum is None:
                    intake.upload = await self._safe(sender, intake)
        except TimeoutError:
            end = _End.SLOW
        except _Cut:
            end = _End.CUT
        if intake.may_stay(end):
            await intake.write()
            intake.upload = await self._safe(sender, intake)
        if end is _End.SLOW:
            raise asking.BodyTooSlow(seconds=SILENCE_SECONDS)
        return intake.upload

    async def _safe(self, sender: Sender, intake: "_Intake") -> Upload:
        """Bring what is written to the disk, then count it."""
        upload = intake.upload
        if intake.written == upload.received:
            return upload
        await asyncio.to_thread(intake.draft.keep)
        async with self._unit(sender) as unit:
            return await uploading.grown(unit, upload.id, since=upload.received, received=intake.written)

    async def _finish(self, sender: Sender, upload: Upload, draft: Draft) -> Upload:
        """Make a file of it. A content that is refused is noted, and its draft goes as well."""
        await asyncio.to_thread(draft.resume, upload.received)
        async with self._judging:
            file, refusal = await self._judged(sender, upload, draft)
        await asyncio.to_thread(self.hub.blobs.drop_draft, upload.tenant_id, upload.id)
        self.hub.engine.committed()
        finished = upload.model_copy(update={"file_id": file.id})
        if refusal is not None and sender.method != "HEAD":
            sender.told += _state(finished)
            raise refusal
        return finished

    async def _judged(self, sender: Sender, upload: Upload, draft: Draft) -> tuple[StoredFile, ContentRefused | None]:
        content = await asyncio.to_thread(draft.whole)
        try:
            judged = await asyncio.to_thread(
                judging.judge, content, workbook=upload.workbook, for_feedback=upload.for_feedback
            )
        except ContentRefused as refusal:
            async with self._unit(sender) as unit:
                return await uploading.refuse(unit, upload.id, refusal), refusal
        async with self._unit(sender) as unit:
            return await uploading.keep(unit, self.hub.services.keys, self.hub.blobs, upload.id, judged), None

    # Means

    @asynccontextmanager
    async def _unit(self, sender: Sender) -> AsyncIterator[Unit]:
        scope = sender.asked
        async with writing(self.hub.pools.of(scope.reader), scope, self.hub.engine.clock()) as unit:
            yield unit

    @asynccontextmanager
    async def _held(self, sender: Sender, key: UUID) -> AsyncIterator[tuple[Upload, Draft | None]]:
        """An upload and its draft, held against other requests; read again once it is held."""
        async with self._unit(sender) as unit:
            upload = await uploading.own(unit, key)
        if upload.file_id is not None:
            yield upload, None
            return
        secret = uploading.key_of(self.hub.services.keys, upload)
        draft = await asyncio.to_thread(self.hub.blobs.draft, upload.tenant_id, upload.id, secret)
        with draft:
            async with self._unit(sender) as unit:
                upload = await uploading.own(unit, key)
            yield upload, draft

    def _common(self, sender: Sender) -> Headers:
        return [
            (b"tus-resumable", tus.VERSION),
            (b"x-request-id", sender.request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
            (b"vary", _VARY),
            *sender.told,
        ]


def note(sender: Sender, path: str, status: int, started: float) -> None:
    """The log's line of a request; nothing that the client wrote."""
    who = sender.scope
    logs.request(
        request_id=sender.request_id,
        method=sender.method if sender.method in _KNOWN else "OTHER",
        status=status,
        path=path,
        ms=round((time.perf_counter() - started) * 1000, 2),
        role=who.role if who else None,
        tenant=who.tenants[0].code if who and who.tenants else None,
    )


def problem(refusal: HubError, sender: Sender) -> Reply:
    """A refusal as a problem (RFC 9457) with the hub's code, sentence and advice."""
    entry = shown(refusal, sender.lang, sender.request_id)
    said = entry["extensions"]
    body = orjson.dumps(
        {
            "type": "about:blank",
            "title": entry["message"],
            "detail": said["hint"],
            "status": refusal.status,
            "code": said["code"],
            "requestId": sender.request_id,
        }
    )
    headers: Headers = [
        (b"content-type", _PROBLEM),
        (b"content-language", sender.lang.encode()),
        (b"content-length", b"%d" % len(body)),
    ]
    if isinstance(refusal, TryLater):
        headers.append((b"retry-after", b"%d" % refusal.seconds))
    if isinstance(refusal, tus.VersionUnknown):
        headers.append((b"tus-version", tus.VERSION))
    if isinstance(refusal, tus.UploadMethodRefused):
        headers.append((b"allow", tus.METHODS))
    if sender.scope is None and b"origin" in sender.headers:
        headers.append((b"access-control-allow-origin", sender.headers[b"origin"]))
    return Reply(refusal.status, headers, body)


class _Cut(Exception):
    """The line was cut before the body's end."""


class _End(Enum):
    """How a body ended."""

    WHOLE = "whole"
    CUT = "cut"
    SLOW = "slow"


@dataclass(slots=True)
class _Intake:
    """What comes in a body: `written` bytes of the upload are in the draft, the latest pieces wait for a frame."""

    upload: Upload
    draft: Draft
    checksum: tus.Checksum | None
    written: int
    waiting: bytearray = field(default_factory=bytearray)

    @property
    def unsafe(self) -> int:
        """Bytes that are written and not yet counted."""
        return self.written - self.upload.received

    async def take(self, piece: bytes) -> None:
        """One more piece; UploadTooLarge where it is more than was announced."""
        _check_fits(self.upload, self.written + len(self.waiting) + len(piece))
        self.waiting += piece
        if self.checksum is not None:
            self.checksum.update(piece)
        if len(self.waiting) >= _FRAME:
            await self.write()

    async def write(self) -> None:
        """Write what waits."""
        await asyncio.to_thread(self.draft.append, bytes(self.waiting))
        self.written += len(self.waiting)
        self.waiting.clear()

    def may_stay(self, end: _End) -> bool:
        """Whether what came is kept. What cannot be checked is not: the next request cuts it off. ChecksumWrong."""
        if self.checksum is None:
            return True
        if end is _End.WHOLE and not self.checksum.holds():
            raise tus.ChecksumWrong
        return end is _End.WHOLE


def _check_fits(upload: Upload, reached: int) -> None:
    if reached > upload.length:
        raise UploadTooLarge(bytes=reached, allowed=upload.length)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it comes; TimeoutError when nothing comes for long."""
    while True:
        message = await asyncio.wait_for(receive(), SILENCE_SECONDS)
        if message["type"] == "http.disconnect":
            raise _Cut
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def _key(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise NotFound from None


def _state(upload: Upload) -> Headers:
    expires = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)
    found: Headers = [(b"upload-offset", b"%d" % upload.received), (b"upload-expires", expires.encode())]
    if upload.file_id is not None:
        found.append((b"hub-file", GlobalId("StoredFile", upload.tenant_id, upload.file_id).encode().encode()))
    return found


def _preflight(headers: Mapping[bytes, bytes]) -> Headers:
    if b"origin" not in headers:
        return [(b"allow", tus.METHODS)]
    return [
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"access-control-allow-methods", tus.METHODS),
        (b"access-control-allow-headers", tus.ALLOWED),
        (b"access-control-expose-headers", tus.EXPOSED),
        (b"access-control-max-age", b"600"),
    ]
