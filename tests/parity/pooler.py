"""A transaction pooler in small: each transaction of a client runs on the next of two servers, as PgBouncer may do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

BACKENDS = 2
_PARSE, _TERMINATE, _READY = b"P", b"X", b"Z"
_CANCEL = 80877102


@dataclass
class Pooler:
    """What went through."""

    server: Path  # socket of the real server
    prepared: list[str] = field(default_factory=list)  # the name in each Parse message; "" is the unnamed statement
    transactions: int = 0
    switches: int = 0  # transactions that ran on another server than the client's last

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes."""
        head = await reader.readexactly(4)
        start = head + await reader.readexactly(int.from_bytes(head, "big") - 4)
        if int.from_bytes(start[4:8], "big") == _CANCEL:
            writer.close()
            return
        client = _Client(self, reader, writer)
        try:
            await client.open(start)
            await client.talk()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            await client.close()


class _Client:
    """A client with its servers; one of them has its running transaction."""

    def __init__(self, pooler: Pooler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pooler, self.reader, self.writer = pooler, reader, writer
        self.servers: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.last, self.busy = -1, False
        self.pumps: list[asyncio.Task[None]] = []

    async def open(self, start: bytes) -> None:
        """The same start-up for every server; the client sees the first one's answer."""
        for index in range(BACKENDS):
            server = await asyncio.open_unix_connection(str(self.pooler.server))
            server[1].write(start)
            kind = b""
            while kind != _READY:
                kind, message = await _message(server[0])
                if index == 0:
                    self.writer.write(message)
            self.servers.append(server)
        self.pumps = [asyncio.create_task(self._pump(reader)) for reader, _ in self.servers]

    async def talk(self) -> None:
        """The client's messages, each to the server that has its transaction."""
        while True:
            kind, message = await _message(self.reader)
            if kind == _TERMINATE:
                return
            if kind == _PARSE:
                self.pooler.prepared.append(message[5:].partition(b"\x00")[0].decode())
            if not self.busy:
                chosen = self.pooler.transactions % BACKENDS
                self.pooler.transactions += 1
                self.pooler.switches += self.last not in (-1, chosen)
                self.last, self.busy = chosen, True
            self.servers[self.last][1].write(message)

    async def _pump(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                kind, message = await _message(reader)
                if kind == _READY and message[5:] == b"I":
                    self.busy = False
                self.writer.write(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def close(self) -> None:
        """Everybody hangs up."""
        for pump in self.pumps:
            pump.cancel()
        for writer in (*(each for _, each in self.servers), self.writer):
            writer.close()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)


@asynccontextmanager
async def pooling(dsn: str, folder: Path) -> AsyncIterator[tuple[Pooler, str]]:
    """A pooler before the server of a socket's address, and the address through it."""
    parts = urlsplit(dsn)
    real = Path(parse_qs(parts.query)["host"][0])
    port = parse_qs(parts.query).get("port", ["5432"])[0]
    pooler = Pooler(real / f".s.PGSQL.{port}")
    serving = await asyncio.start_unix_server(pooler.serve, str(folder / f".s.PGSQL.{port}"))
    async with serving:
        yield pooler, dsn.replace(f"host={real}", f"host={folder}").replace(quote(str(real), safe="/"), str(folder))
