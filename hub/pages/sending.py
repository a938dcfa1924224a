"""A file from a plain form, straight into the file pipeline: as tus uploads are, encrypted as it comes.

The form is read as a stream and its file stands last: what the fields say is judged before the first byte of the file
is taken, and the bytes need no place of their own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from hub.domains.accounts.errors import FormMalformed
from hub.domains.files import judging, uploading
from hub.domains.files.blobs import Draft
from hub.domains.files.errors import ContentRefused, FileEmpty
from hub.domains.files.model import StoredFile, Upload
from hub.kernel.ids import GlobalId
from hub.kernel.scope import Scope
from hub.pages.visiting import Visit, check_form
from hub.store.unit import Unit, writing
from hub.tenants.buckets import client_of
from hub.wiring import Hub

POINTS = 10  # what beginning an upload by tus costs
SILENCE_SECONDS = 30
_FRAME = 256 * 1024
_SAFE_EVERY = 1024 * 1024
_TEXT = 4 * 1024  # of a field
_FIELDS = 10
_judging = asyncio.Semaphore(1)  # a content is held in memory while it is judged


async def received(visit: Visit, scope: Scope, *, for_feedback: bool = False) -> str:
    """Take in the form's file; its global id. The fields are the visit's form from then on.

    FormMalformed, FormForged before a byte is taken; what the file pipeline refuses of the file.
    """
    parts = Parts(_boundary(visit.request))
    body = _pieces(visit.request)
    async for piece in body:
        parts.feed(piece)
        if parts.file is not None:
            break
    if parts.file is None:
        raise FormMalformed
    visit.form = parts.fields
    check_form(visit)
    hub = visit.hub
    await hub.buckets.draw(client_of(scope, visit.address, hub.buckets.rates), POINTS)
    upload = await _begun(visit, scope, parts.file, for_feedback=for_feedback)
    secret = uploading.key_of(hub.services.keys, upload)
    with await asyncio.to_thread(hub.blobs.draft, upload.tenant_id, upload.id, secret) as draft:
        await asyncio.to_thread(draft.resume, 0)
        intake = _Intake(hub, scope, upload, draft)
        await _taken_in(intake, parts, body)
        file = await _kept(intake)
    hub.engine.committed()
    return GlobalId("StoredFile", file.tenant_id, file.id).encode()


async def _begun(visit: Visit, scope: Scope, name: str, *, for_feedback: bool) -> Upload:
    """An upload as long as the request at most; how long the file is shows at its end."""
    hub = visit.hub
    length = int(visit.request.headers.get("content-length", "0")[:20] or 0)
    async with _unit(hub, scope) as unit:
        made = await uploading.begin(
            unit, hub.services.keys, name=name, length=length, room=hub.room, for_feedback=for_feedback
        )
        await asyncio.to_thread(hub.blobs.begin, made.tenant_id, made.id)
    return made


async def _taken_in(intake: "_Intake", parts: "Parts", body: AsyncIterator[bytes]) -> None:
    """The rest of the body. A form that is cut leaves an upload that nobody goes on with, which runs out."""
    await intake.take(parts.taken())
    async for piece in body:
        parts.feed(piece)
        await intake.take(parts.taken())
    if not parts.ended:
        raise FormMalformed
    await intake.write()
    await intake.keep()
    if intake.written == 0:
        raise FileEmpty


async def _kept(intake: "_Intake") -> StoredFile:
    """A file of the whole draft; a content that is refused is noted, and the draft goes in any case."""
    hub, upload = intake.hub, intake.upload
    async with _judging:
        content = await asyncio.to_thread(intake.draft.whole)
        try:
            judged = await asyncio.to_thread(
                judging.judge, content, workbook=upload.workbook, for_feedback=upload.for_feedback
            )
        except ContentRefused as refusal:
            async with _unit(hub, intake.scope) as unit:
                await _measured(unit, intake)
                await uploading.refuse(unit, upload.id, refusal)
            raise
        else:
            async with _unit(hub, intake.scope) as unit:
                await _measured(unit, intake)
                return await uploading.keep(unit, hub.services.keys, hub.blobs, upload.id, judged)
        finally:
            await asyncio.to_thread(hub.blobs.drop_draft, upload.tenant_id, upload.id)


async def _measured(unit: Unit, intake: "_Intake") -> None:
    """How long the file is, now that it is known."""
    own = await uploading.own(unit, intake.upload.id)
    await unit.change(own, length=intake.written)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise FormMalformed
    return options[b"boundary"]


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes, never more than was announced; FormMalformed where it stops coming."""
    stream = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream, None), SILENCE_SECONDS)
        except (TimeoutError, ClientDisconnect):
            raise FormMalformed from None
        if piece is None:
            return
        yield piece


@asynccontextmanager
async def _unit(hub: Hub, scope: Scope) -> AsyncIterator[Unit]:
    async with writing(hub.pools.of(scope.reader), scope, hub.engine.clock()) as unit:
        yield unit


class Parts:
    """A form as it comes in: its fields, then the pieces of its one file."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.file: str | None = None  # its name, once it has begun
        self.pieces: list[bytes] = []
        self.ended = False
        self._name = b""
        self._header, self._value, self._text = bytearray(), bytearray(), bytearray()
        self._disposition = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._header_ended,
                "on_headers_finished": self._headers_ended,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    def feed(self, piece: bytes) -> None:
        """More of the body; FormMalformed."""
        try:
            self._parser.write(piece)
        except ValueError as fault:  # the library's errors are such
            raise FormMalformed from fault

    def taken(self) -> list[bytes]:
        """The file's pieces since the last time."""
        found, self.pieces = self.pieces, []
        return found

    def _begin(self) -> None:
        if self.file is not None or len(self.fields) >= _FIELDS:
            raise FormMalformed
        self._disposition = b""
        self._text.clear()

    def _header_ended(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_ended(self) -> None:
        said = Message()
        try:
            said["content-disposition"] = self._disposition.decode("utf-8")
        except ValueError:
            raise FormMalformed from None
        self._name = str(said.get_param("name", "", header="content-disposition")).encode()
        named = said.get_param("filename", header="content-disposition")
        if named is not None:
            self.file = str(named)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.file is not None:
            self.pieces.append(data[start:end])
            return
        self._text.extend(data[start:end])
        if len(self._text) > _TEXT:
            raise FormMalformed

    def _end(self) -> None:
        if self.file is not None:
            return
        try:
            self.fields[self._name.decode()] = self._text.decode("utf-8")
        except ValueError:
            raise FormMalformed from None

    def _finish(self) -> None:
        self.ended = True


@dataclass(slots=True)
class _Intake:
    """Bytes on their way into a draft, in frames; `written` of them are in it."""

    hub: Hub
    scope: Scope
    upload: Upload
    draft: Draft
    written: int = 0
    waiting: bytearray = field(default_factory=bytearray)

    async def take(self, pieces: list[bytes]) -> None:
        """More of the file."""
        for each in pieces:
            self.waiting += each
        if len(self.waiting) >= _FRAME:
            await self.write()
        if self.written - self.upload.received >= _SAFE_EVERY:
            await self.keep()

    async def write(self) -> None:
        """Write what waits."""
        await asyncio.to_thread(self.draft.append, bytes(self.waiting))
        self.written += len(self.waiting)
        self.waiting.clear()

    async def keep(self) -> None:
        """Bring what is written to the disk, then count it."""
        await asyncio.to_thread(self.draft.keep)
        async with _unit(self.hub, self.scope) as unit:
            since = self.upload.received
            self.upload = await uploading.grown(unit, self.upload.id, since=since, received=self.written)
