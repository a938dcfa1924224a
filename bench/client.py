"""The load, in a process of its own: keep-alive connections over loopback that ask one request after the other.

Reads one JSON object per line: `{"port", "requests" (base64), "connections", "seconds"}` or, instead of seconds,
`"times"`; answers each with `{"count", "seconds", "p50", "p99"}` in milliseconds and leaves the last answer's body in
the file named by `"keep"`. Ends when its standard input ends.
"""

import asyncio
import base64
import itertools
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import orjson
import uvloop

PATIENCE_SECONDS = 60


class Asking(asyncio.Protocol):
    """One connection; asks again as soon as it is answered, until told to stop."""

    def __init__(self, requests: Iterator[bytes], until: "Until", done: asyncio.Future[None]) -> None:
        self.requests, self.until, self.done = requests, until, done
        self.kept, self.wanted, self.body_at = bytearray(), 0, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own, with that interface
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Collect one answer, note its time, ask again."""
        self.kept += data
        if not self.wanted:
            end = self.kept.find(b"\r\n\r\n")
            if end < 0:
                return
            self.body_at, self.wanted = end + 4, end + 4 + self._length(bytes(self.kept[:end]).lower())
        if len(self.kept) < self.wanted:
            return
        self.until.note(time.perf_counter() - self.asked)
        if self.until.over():
            self.until.last = bytes(self.kept[self.body_at :])
            self.transport.close()
            return
        self.kept.clear()
        self.wanted = 0
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, expected or not."""
        if not self.done.done():
            self.done.set_exception(exc) if exc else self.done.set_result(None)

    def _ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(next(self.requests))

    def _length(self, head: bytes) -> int:
        if not head.startswith(b"http/1.1 200") or b"content-length: " not in head:
            error = RuntimeError(bytes(self.kept).decode(errors="replace")[:2_000])
            self.done.set_exception(error)
            raise error
        return int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


class Until:
    """When to stop, and what was measured."""

    def __init__(self, seconds: float | None, times: int | None) -> None:
        self.began = time.perf_counter()
        self.ends = self.began + seconds if seconds else None
        self.left = times or 0
        self.latencies: list[float] = []
        self.last = b""

    def note(self, seconds: float) -> None:
        """One more answer."""
        self.latencies.append(seconds)
        self.left -= 1

    def over(self) -> bool:
        """Whether the asker shall stop."""
        return time.perf_counter() >= self.ends if self.ends else self.left <= 0

    def report(self) -> dict[str, Any]:
        """The figures."""
        took, sorted_ = time.perf_counter() - self.began, sorted(self.latencies)

        def at(share: float) -> float:
            return 1000 * sorted_[min(len(sorted_) - 1, int(share * len(sorted_)))]

        return {"count": len(sorted_), "seconds": took, "p50": at(0.5), "p99": at(0.99)}


async def run(told: dict[str, Any]) -> Until:
    """One job."""
    loop = asyncio.get_running_loop()
    requests = itertools.cycle([base64.b64decode(each) for each in told["requests"]])
    until = Until(told.get("seconds"), told.get("times"))
    ends = [loop.create_future() for _ in range(told["connections"])]
    for done in ends:
        await loop.create_connection(partial(Asking, requests, until, done), "127.0.0.1", told["port"])
    patience = PATIENCE_SECONDS + told.get("seconds", 0) + 0.2 * told.get("times", 0)
    await asyncio.wait_for(asyncio.gather(*ends), patience)
    return until


def main() -> None:
    """Job after job."""
    for line in sys.stdin.buffer:
        told = orjson.loads(line)
        until = uvloop.run(run(told))
        Path(told["keep"]).write_bytes(until.last)
        sys.stdout.buffer.write(orjson.dumps(until.report()) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
