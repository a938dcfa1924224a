"""Heads of requests at a real server: bounded in size, bounded in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from hub.entrypoints import heads
from hub.entrypoints.asgi import Receive, Scope, Send
from hub.entrypoints.heads import HEAD_BYTES, KEEP_ALIVE_SECONDS, BoundedHeads
from hub.entrypoints.serve import bind

ANSWER = b"well"
LIKE_A_HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, unless it is not wanted, then say so."""
    while scope["path"] != "/early" and (await receive()).get("more_body"):
        pass
    if scope["path"] == "/echo":
        size = b"%d" % (2 * len(LIKE_A_HEAD))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", size)]})
        for more in (True, False):
            await send({"type": "http.response.body", "body": LIKE_A_HEAD, "more_body": more})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": ANSWER})


@asynccontextmanager
async def serving(keep_alive: float) -> AsyncIterator[int]:
    """A server of this protocol; its port."""
    config = uvicorn.Config(answer, http=BoundedHeads, ws="none", lifespan="off", log_config=None, access_log=False)
    config.timeout_keep_alive = keep_alive  # type: ignore[assignment]  # seconds, of which it only asks that they pass
    server = uvicorn.Server(config)
    with bind("127.0.0.1", 0) as bound:
        running = asyncio.create_task(server._serve(sockets=[bound]))
        while not server.started:  # noqa: ASYNC110  # uvicorn tells no other way
            await asyncio.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await running


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server that lets nobody go who is idle."""
    async with serving(KEEP_ALIVE_SECONDS) as found:
        yield found


async def said(port: int, *pieces: bytes, half_close: bool = False) -> bytes:
    """All that comes back until the server hangs up; a client that is refused may not get to send all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if half_close:
            writer.write_eof()
        found = await asyncio.wait_for(reader.read(), 30)
    except ConnectionError:
        pass
    finally:
        writer.close()
    return found


def head(size: int) -> bytes:
    """A head whose target, names and values have so many bytes."""
    return b"GET / HTTP/1.1\r\nconnection: close\r\nx: " + b"y" * (size - 1 - len("connectionclose") - 1) + b"\r\n\r\n"


async def test_head_and_body_of_an_answer_come_together(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(20):
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        first = await asyncio.wait_for(reader.read(65_536), 30)
        assert first.startswith(b"HTTP/1.1 200 OK\r\n")
        assert first.endswith(b"\r\n\r\n" + ANSWER)
    writer.close()


async def test_an_answer_to_head_and_one_that_looks_like_a_head_arrive(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"HEAD / HTTP/1.1\r\n\r\n")
    found = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    assert found.startswith(b"HTTP/1.1 200 OK\r\n")
    writer.write(b"POST /echo HTTP/1.1\r\ncontent-length: 19\r\n\r\n" + LIKE_A_HEAD)
    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    assert await asyncio.wait_for(reader.readexactly(2 * len(LIKE_A_HEAD)), 30) == LIKE_A_HEAD * 2
    writer.close()


async def test_a_head_may_have_64_kib_and_no_byte_more(port: int) -> None:
    assert (await said(port, head(HEAD_BYTES))).endswith(ANSWER)
    refused = await said(port, head(HEAD_BYTES + 1))
    assert refused.startswith(b"HTTP/1.1 431 ")
    assert refused.endswith(b"The head of the request is larger than 64 KiB.")


async def test_a_head_without_end_is_refused_before_it_ends(port: int) -> None:
    found = await said(port, b"GET / HTTP/1.1\r\nx: ", *(b"y" * 30_000 for _ in range(3)))
    assert found.startswith(b"HTTP/1.1 431 ")


async def test_a_long_body_is_no_long_head(port: int) -> None:
    sized = b"POST / HTTP/1.1\r\nconnection: close\r\ncontent-length: 300000\r\n\r\n"
    assert (await said(port, sized, *(b"x" * 30_000 for _ in range(10)))).endswith(ANSWER)


async def test_each_of_several_requests_on_a_line_has_its_own_bound(port: int) -> None:
    one = b"GET / HTTP/1.1\r\nx: " + b"y" * 40_000 + b"\r\n\r\n"
    found = await said(port, one, one, head(100))
    assert found.count(ANSWER) == 3


async def test_who_stops_speaking_has_left(port: int) -> None:
    found = await said(port, b"POST / HTTP/1.1\r\ncontent-length: 200\r\n\r\n{}", half_close=True)
    assert found == b""


async def test_a_head_that_does_not_end_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.05)
    for pieces in ((), (b"GET / HT",), (b"GET / HTTP/1.1\r\nhost: h\r\n",)):
        assert await said(port, *pieces) == b""


async def test_a_line_that_waits_for_its_next_request_has_no_head_open(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(ANSWER), 30)).endswith(ANSWER)
        await asyncio.sleep(0.3)
    writer.close()


@pytest.mark.parametrize("piece", [b"\r\n", b"GET / HT"])
async def test_what_comes_after_an_answer_and_does_not_go_on_is_hung_up_on(
    piece: bytes, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert (await asyncio.wait_for(reader.readuntil(ANSWER), 30)).endswith(ANSWER)
    writer.write(piece)
    assert await asyncio.wait_for(reader.read(), 30) == b""
    writer.close()


async def test_a_head_that_begins_with_the_end_of_a_request_and_does_not_go_on_is_hung_up_on(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.05)
    assert (await said(port, b"GET / HTTP/1.1\r\n\r\nGET / HT")).endswith(ANSWER)


async def test_an_idle_line_is_let_go_of_when_its_time_is_over() -> None:
    async with serving(0.1) as port:
        assert (await said(port, b"GET / HTTP/1.1\r\n\r\n")).endswith(ANSWER)


@pytest.mark.parametrize("pieces", [(b"12",), (b"12", b"34"), (b"1234GET /early HT",)])
async def test_a_line_that_goes_idle_after_the_body_of_an_early_answer_is_let_go_of_too(
    pieces: tuple[bytes, ...],
) -> None:
    async with serving(0.1) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /early HTTP/1.1\r\ncontent-length: 4\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(ANSWER), 30)).endswith(ANSWER)
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()


async def test_after_an_early_answer_and_the_rest_of_its_body_the_line_serves_the_next_request(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(b"POST /early HTTP/1.1\r\ncontent-length: 4\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(ANSWER), 30)).endswith(ANSWER)
        writer.write(b"1234")
    writer.close()
