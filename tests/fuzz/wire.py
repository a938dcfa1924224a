"""Bytes to a server and back, without a client's good manners."""

import asyncio
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_BODILESS = (204, 304)
QUIET = 0.1  # seconds of silence after which no further answer is expected
PATIENCE = 90.0  # seconds for an answer to a request that is whole; a busy machine may stand still for a while


@dataclass(frozen=True, slots=True)
class Case:
    """What is sent: in pieces, with a pause between them."""

    kind: str
    pieces: tuple[bytes, ...]
    whole: bool = True  # one complete request: exactly one answer is due, and the connection may be used again
    head: bool = False  # asks by HEAD
    half_close: bool = False
    pause: float = 0.0
    due: bool = True  # some answer must come; not to a request that was cut


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Unreadable(Exception):
    """What came back is no HTTP."""


@dataclass(slots=True)
class Line:
    """A connection that is opened again whenever the other side has closed it."""

    port: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    opened: int = field(default=0)

    async def send(self, case: Case) -> list[Reply]:
        """The answers to a case."""
        if not case.whole:
            return await _alone(self.port, case)
        for _ in range(3):  # the server may close a kept connection just when it is used again
            reader, writer = await self._open()
            try:
                await _write(writer, case)
                found = await asyncio.wait_for(_one(reader, head=case.head), PATIENCE)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.close()
                continue
            if found.headers.get(b"connection", b"").lower() == b"close":
                await self.close()
            return [found]
        raise Unreadable(case)

    async def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.reader is None or self.writer is None or self.writer.is_closing() or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
            self.opened += 1
        return self.reader, self.writer


async def _write(writer: asyncio.StreamWriter, case: Case) -> None:
    for piece in case.pieces:
        writer.write(piece)
        await writer.drain()
        if case.pause:
            await asyncio.sleep(case.pause)


async def _one(reader: asyncio.StreamReader, *, head: bool) -> Reply:
    block = await reader.readuntil(b"\r\n\r\n")
    status, headers = _head(block)
    if head or status in _BODILESS:
        return Reply(status, headers, b"")
    return Reply(status, headers, await reader.readexactly(int(headers[b"content-length"])))


async def _alone(port: int, case: Case) -> list[Reply]:
    """All answers on a connection of its own, until the server closes it or falls silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = b""
    try:
        await _write(writer, case)
        if case.half_close and writer.can_write_eof():
            writer.write_eof()
        while more := await asyncio.wait_for(reader.read(65_536), PATIENCE if case.due and not data else QUIET):
            data += more
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    if case.due and not data:
        raise Unreadable("no answer came")
    return list(_all(data))


def _all(data: bytes) -> Iterator[Reply]:
    """The answers in what was read; the last may be cut."""
    while data:
        block, end, data = data.partition(b"\r\n\r\n")
        status, headers = _head(block + end)
        length = 0 if status in _BODILESS or status < 200 else int(headers.get(b"content-length", b"0"))
        if length and data.startswith(b"HTTP/1."):
            length = 0  # the answer to a HEAD
        yield Reply(status, headers, data[:length])
        data = data[length:]


def _head(block: bytes) -> tuple[int, dict[bytes, bytes]]:
    found = _STATUS.match(block)
    if found is None:
        raise Unreadable(block[:200])
    lines = block.split(b"\r\n")[1:]
    pairs = (line.partition(b":") for line in lines if line)
    return int(found[1]), {name.lower(): value.strip() for name, _, value in pairs}


def text_of(reply: Reply) -> bytes:
    """The body, unpacked."""
    if reply.headers.get(b"content-encoding") == b"gzip" and reply.body:
        return gzip.decompress(reply.body)
    return reply.body
