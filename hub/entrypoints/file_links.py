"""GET /files/links/…: a link opens its file once. The token is the credential; nothing else is asked.

The file is handed out to be saved, never to be shown: a stranger's content runs nothing under the hub's name.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from urllib.parse import quote

import structlog

from hub.domains.files import actions, uploading
from hub.domains.files.errors import LinkGone
from hub.domains.files.model import FileKind, StoredFile
from hub.entrypoints import tus, uploads
from hub.entrypoints.answering import send_reply
from hub.entrypoints.asgi import Headers, Receive, Scope, Send
from hub.entrypoints.uploads import Sender
from hub.kernel.errors import HubError
from hub.kernel.ids import new_id
from hub.kernel.texts import preferred
from hub.store.unit import writing
from hub.tenants import links
from hub.wiring import Hub

PATH = "/files/links"
TYPES = {
    FileKind.PDF: b"application/pdf",
    FileKind.JPEG: b"image/jpeg",
    FileKind.PNG: b"image/png",
    FileKind.WEBP: b"image/webp",
    FileKind.XLSX: b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: b"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.CSV: b"text/csv; charset=utf-8",
    FileKind.TEXT: b"text/plain; charset=utf-8",
}
GUARDS: Headers = [
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_OK = 200
_PLAIN = re.compile(r"[^A-Za-z0-9 ._-]")

log = structlog.get_logger()


class FileLinkEndpoint:
    """An ASGI application: streams the file of a link, decrypted."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        headers = dict(scope["headers"])
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        sender = Sender(scope["method"], headers, receive, new_id().hex, lang)
        try:
            file, pieces = await self._open(sender, scope["path_params"]["token"])
        except HubError as refusal:
            await self._refuse(send, refusal, sender)
            uploads.note(sender, "file", refusal.status, started)
        except Exception:
            log.exception("unexpected", request_id=sender.request_id)
            await self._refuse(send, HubError(), sender)
            uploads.note(sender, "file", HubError.status, started)
        else:
            await _stream(send, file, pieces, sender.request_id)
            uploads.note(sender, "file", _OK, started)

    async def _open(self, sender: Sender, token: str) -> tuple[StoredFile, Iterator[bytes]]:
        """The file and its content. The first piece is read before the link is used up, so that a fault costs none."""
        if sender.method != "GET":
            raise tus.UploadMethodRefused  # a HEAD would use the link up
        hub = self.hub
        scope = await links.scope_of(hub.pools, hub.engine.clock, token, request_id=sender.request_id, lang=sender.lang)
        if scope is None or scope.tenant is None:
            raise LinkGone
        sender.scope = scope
        async with writing(hub.pools.of(scope.reader), scope, hub.engine.clock()) as unit:
            file = await actions.open_by(unit, actions.token_hash(token))
            secret = uploading.content_key(hub.services.keys, file)
            pieces = hub.blobs.read(file.tenant_id, file.digest or b"", secret)
            first = await asyncio.to_thread(next, pieces)
        hub.engine.committed()
        return file, _with_first(first, pieces)

    async def _refuse(self, send: Send, refusal: HubError, sender: Sender) -> None:
        reply = uploads.problem(refusal, sender)
        reply.headers += [*GUARDS, (b"x-request-id", sender.request_id.encode())]
        await send_reply(send, reply)


async def _stream(send: Send, file: StoredFile, pieces: Iterator[bytes], request_id: str) -> None:
    headers = [
        (b"content-type", TYPES[FileKind[file.kind or FileKind.TEXT.value]]),
        (b"content-length", b"%d" % file.size),
        (b"content-disposition", disposition(file.name)),
        (b"x-request-id", request_id.encode()),
        *GUARDS,
    ]
    await send({"type": "http.response.start", "status": _OK, "headers": headers})
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def disposition(name: str) -> bytes:
    """To be saved under its name: in plain letters for old programs, exactly for the others (RFC 6266)."""
    plain = _PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode("ascii")


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
