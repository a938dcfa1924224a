"""The head of a request within bounds: uvicorn collects any number of bytes of it, for any time.

And how long a line may wait for its next request.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 30
# Proxies keep idle lines to us for a minute, as nginx does; whoever lets go first must be they, or what they send just
# then is lost, and a POST cannot be sent again.
KEEP_ALIVE_SECONDS = 75
_GOOD, _END = b"HTTP/1.1 2", b"\r\n\r\n"
_SENTENCE = b"The head of the request is larger than 64 KiB."
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(_SENTENCE), _SENTENCE)
)


class Joined:
    """A transport that sends the head of an answer together with what comes next: one system call, one packet."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport, self._head = transport, b""
        self.expected = False  # the next thing written may be a head
        self.is_closing = transport.is_closing  # asked for at every step

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write; a head waits for its body."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif self.expected and data.startswith(_GOOD) and data.endswith(_END):
            self._head = data
        else:
            self._transport.write(data)
        self.expected = False

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Send what waits, then close."""
        self.flush()
        self._transport.close()


class HeadTooLarge(Exception):
    """Ends the parsing of a head that is too large."""


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol, which refuses a head that is too large and hangs up on one that does not end."""

    heads = 0  # bytes that came since the last request ended; what came in one piece with its end is not counted
    most = 0  # bytes that a head which is complete by now can have
    in_head = True
    begun = False  # something of the next head has come
    too_large = False
    began = 0.0
    joined: Joined
    watch: asyncio.TimerHandle | None = None
    answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to watch."""
        self.joined = Joined(transport)
        super().connection_made(self.joined)  # type: ignore[arg-type]  # it does what a transport does
        self.began = self.loop.time()
        self.watch = self.loop.call_later(HEAD_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """End watching."""
        if self.watch is not None:
            self.watch.cancel()
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before a head is complete: the parser keeps an unfinished line to itself."""
        if self.transport.is_closing():
            return  # refused; what is still under way is not read
        self.heads += len(data)
        self.most = self.heads
        super().data_received(data)
        if self.in_head and self.heads > HEAD_BYTES and not self.transport.is_closing():
            self._refuse()
        self._wait_for_more()

    def _wait_for_more(self) -> None:
        """What came let go of the line's clock; where it began no request of its own, the clock runs anew.

        It is so with the rest of a body whose answer came early, and with the beginning of a head.
        """
        cycle: RequestResponseCycle | None = self.cycle
        idle = cycle is not None and cycle.response_complete and not self.pipeline
        if idle and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def eof_received(self) -> None:
        """Who stops speaking has left; nobody can tell it from one who still listens. Nothing more is written then."""
        self._leave()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Remember who is being answered: of several requests in a row, uvicorn knows the last one only."""
        self.answered, self.joined.expected = cycle, True
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """An answer ends; one to HEAD has nothing after its head."""
        self.joined.flush()
        super().on_response_complete()

    def _leave(self) -> None:
        for cycle in (self.cycle, self.answered):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self.in_head, self.begun, self.began = True, True, self.loop.time()

    def on_headers_complete(self) -> None:
        """A head ends; one that came in a single piece is measured here."""
        self.in_head = False
        if (
            self.most > HEAD_BYTES
            and len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES
        ):
            self.too_large = True
            raise HeadTooLarge
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next head may begin."""
        super().on_message_complete()
        self.in_head, self.begun, self.heads, self.began = True, False, 0, self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """431 where the size is what is wrong with it."""
        if self.too_large:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _refuse(self) -> None:
        self.transport.write(_TOO_LARGE)
        self.transport.close()

    def _look(self) -> None:
        """Hang up where the head has not ended in time; a request that is being answered has no head open.

        A line on which nothing of a head has come since an answer is left to the keep-alive.
        """
        cycle: RequestResponseCycle | None = self.cycle
        idle = cycle is None or cycle.response_complete
        waits = cycle is None or self.begun or self.heads
        if idle and waits and self.in_head and self.loop.time() - self.began >= HEAD_SECONDS:
            self.transport.close()
            return
        self.watch = self.loop.call_later(HEAD_SECONDS, self._look)
