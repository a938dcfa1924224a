"""Asking over loopback, and the processor time of the processes that answer."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import orjson

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time for one request."""

    server: float
    database: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.server + self.database


def request(path: str, query: str, variables: object, key: str) -> bytes:
    """An HTTP/1.1 request as bytes."""
    body = orjson.dumps({"query": query, "variables": variables})
    head = (
        f"POST {path} HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"accept: application/graphql-response+json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(port: int, sent: bytes, times: int) -> bytes:
    """The last answer's body; all on one connection, one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b""
    for _ in range(times):
        writer.write(sent)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(size)
    writer.close()
    await writer.wait_closed()
    return body


async def cost(port: int, sent: bytes, times: int, server: int, postmaster: int) -> Cost:
    """The processor time of `times` requests over two connections, for each."""
    before = _spent(server), sum(_spent(each) for each in backends(postmaster))
    await asyncio.gather(*(ask(port, sent, times // 2) for _ in range(2)))
    after = _spent(server), sum(_spent(each) for each in backends(postmaster))
    return Cost(*((late - early) / (times // 2 * 2) for early, late in zip(before, after, strict=True)))


def backends(postmaster: int) -> list[int]:
    """The processes of a PostgreSQL server, itself included."""
    found = [postmaster]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == postmaster:
            found.append(int(stat.parent.name))
    return found


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK
