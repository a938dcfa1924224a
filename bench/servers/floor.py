"""The floor: bare ASGI, no GraphQL, no limits, no log. It knows the caller by the key and enters the scope in the
statement that reads, as little as a careful person could do.
"""

import hashlib
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import orjson
import uvicorn

from bench.operations import EIGHT, STATEMENTS
from hub.store.pools import PoolOptions, open_pool

KEPT_SECONDS = 10
Message = dict[str, Any]


class Floor:
    """One process's pools and keys."""

    def __init__(self, api: str, outside: str) -> None:
        self.dsns = {"hub_api": api, "hub_outside": outside}
        self.pools: dict[str, asyncpg.Pool[asyncpg.Record]] = {}
        self.known: dict[bytes, tuple[float, str, str]] = {}
        self.texts = {name: _entering(name, text) for name, text in STATEMENTS.items()}

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        key = dict(scope["headers"])[b"authorization"].removeprefix(b"Bearer ")
        reader, tenants = await self._caller(key)
        asked = orjson.loads((await receive())["body"])
        found = await self.pools[reader].fetchval(self.texts[asked["operation"]], *asked["arguments"], tenants)
        answer = b'{"data":' + found + b"}"
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": answer})

    async def _caller(self, key: bytes) -> tuple[str, str]:
        digest, now = hashlib.sha256(key).digest(), time.monotonic()
        known = self.known.get(digest)
        if known is None or known[0] < now:
            tenant = int(key.split(b"_")[2])
            text = await self.pools["hub_outside"].fetchval("select hub_find_key($1, $2)", tenant, digest)
            grant = orjson.loads(text)["grant"]
            if grant["tenant"]["kind"] == "KECAMATAN":
                known = (now + KEPT_SECONDS, "hub_api", str(tenant))
            else:
                reach = ",".join(str(each["id"]) for each in grant["reach"])
                known = (now + KEPT_SECONDS, "hub_outside", f"{{{reach}}}")
            self.known[digest] = known
        return known[1], known[2]

    async def _live(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for reader, dsn in self.dsns.items():
                    self.pools[reader] = (await open_pool(dsn, PoolOptions())).driver
                await send({"type": "lifespan.startup.complete"})
            else:
                for pool in self.pools.values():
                    await pool.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _entering(name: str, text: str) -> str:
    setting = "hub.tenants" if name == EIGHT.name else "hub.tenant"
    last = max(int(part[0]) for part in text.split("$")[1:]) + 1
    return f"select case when set_config('{setting}', ${last}, true) is not null then ({text}) end"  # ours


if __name__ == "__main__":
    api, outside, port = sys.argv[1:]
    uvicorn.run(
        Floor(api, outside),
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )
