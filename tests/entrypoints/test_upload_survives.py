"""A hub of its own is killed in the middle of an upload; what came is there when it serves again."""

import asyncio
import base64
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx

from hub.kernel.clock import system_clock
from hub.tenants import keyfile
from hub.wiring import Hub
from tests.served import Served, served
from tests.world.build import place

CODE = "32.01.18"
PIECE, PIECES = 65_536, 48
CONTENT = b"".join(b"%06d baris dari berkas yang panjang\n" % number for number in range(100_000))


class Killed(Exception):
    """The hub was killed on purpose."""


async def test_an_upload_goes_on_after_the_hub_was_killed(
    hub: Hub, database: str, owner_dsn: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keyfile.create(keys, now=system_clock().instant)
    owner = await asyncpg.connect(owner_dsn)
    key = (await place(hub, owner, CODE, "Tahan", (f"{CODE}.2001", f"{CODE}.2002"))).keys["CAMAT"]
    await owner.close()
    await asyncio.to_thread(killed_and_served_again, database, keys, tmp_path, key)


def killed_and_served_again(database: str, keys: Path, folder: Path, key: str) -> None:
    """The whole story."""
    headers = {"Authorization": f"Bearer {key}", "Tus-Resumable": "1.0.0"}

    with suppress(Killed), served(database, keys, folder) as first:
        at = begun(first, headers)
        send_most(first, at, headers)
        os.kill(first.process.pid, signal.SIGKILL)
        raise Killed

    with served(database, keys, folder) as second, httpx.Client(base_url=base(second), headers=headers) as http:
        offset = int(http.head(at).headers["upload-offset"])
        assert PIECE * PIECES - 1024 * 1024 - PIECE <= offset <= PIECE * PIECES
        sent = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        done = http.patch(at, content=CONTENT[offset:], headers=sent)
        assert done.status_code == 204, done.text
        query = "mutation ($input: FileLinkInput!) { fileLink(input: $input) { url } }"
        given = {"input": {"file": done.headers["hub-file"], "purpose": "Uji"}}
        url = http.post("/graphql", json={"query": query, "variables": given}).json()["data"]["fileLink"]["url"]
        assert httpx.get(base(second) + url).content == CONTENT


def base(hub: Served) -> str:
    """Its address."""
    return hub.url.removesuffix("/graphql")


def begun(hub: Served, headers: dict[str, str]) -> str:
    """A new upload's address."""
    name = base64.b64encode(b"panjang.txt").decode()
    sent = {**headers, "Upload-Length": str(len(CONTENT)), "Upload-Metadata": f"filename {name}"}
    found: str = httpx.post(f"{base(hub)}/files/uploads", headers=sent).headers["location"]
    return found


def send_most(hub: Served, at: str, headers: dict[str, str]) -> None:
    """Send a good part of it in a request that does not end, and wait until the hub has counted some of it."""
    wire = socket.create_connection(("127.0.0.1", hub.port))
    sent = {
        **headers,
        "Host": "hub",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(CONTENT)),
    }
    head = [f"PATCH {at} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    wire.sendall("\r\n".join(head).encode())
    for number in range(PIECES):
        wire.sendall(CONTENT[number * PIECE : (number + 1) * PIECE])
    wanted = PIECE * PIECES - 1024 * 1024 - PIECE
    for _ in range(600):
        if int(httpx.head(base(hub) + at, headers=headers).headers["upload-offset"]) >= wanted:
            break
        time.sleep(0.1)
