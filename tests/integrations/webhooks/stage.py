"""A real receiver on loopback, and a kecamatan whose changes it is told of."""

import asyncio
import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Self

import asyncpg
import orjson

from hub.integrations.webhooks import Sender
from hub.journal import sealer
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.store.pools import Connection
from hub.store.unit import connected
from hub.tenants.administration import entered
from hub.wiring import Hub
from tests.acting import key_of
from tests.schema.citizens.stage import Office

WEBHOOK = "id version url description types effects state stoppedFor awaitsRelease seq failingSince formerSecretUntil"
DELIVERY = "id messageId seq type effect state attempts nextAt lastStatus lastError"


@dataclass
class Got:
    """A request that came in."""

    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def told(self) -> Any:
        """The body's JSON."""
        return orjson.loads(self.body)

    def signed_by(self, secret: str) -> bool:
        """Whether one of the signatures is this secret's, as a receiver checks it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Answers what the test says, after what delay it says."""

    status: int = 200
    answer_headers: str = ""
    delay: float = 0
    got: list[Got] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    server: asyncio.Server | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/hook?from=hub"

    @property
    def places(self) -> list[int]:
        """Places in the feed of what came in."""
        return [each.told["data"]["seq"] for each in self.got]

    async def __aenter__(self) -> Self:
        """Listen."""
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hear nothing more, and let go of those who wait."""
        assert self.server is not None
        self.server.close()
        self.over.set()
        while self.at_once:  # noqa: ASYNC110  # Python 3.11 waits for no connection
            await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")[1:-2]
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.got.append(Got(headers, body, monotonic()))
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), self.delay)
            writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\n{self.answer_headers}\r\n".encode())
            await writer.drain()
        except OSError:
            pass
        finally:
            self.at_once -= 1
            writer.close()


@dataclass
class Stage:
    """The kecamatan and the means to look behind what it answers."""

    hub: Hub
    office: Office
    owner_dsn: str

    async def create(self, url: str, **more: Any) -> tuple[Any, str]:
        """A webhook and its secret."""
        query = (
            "mutation ($input: CreateWebhookEndpointInput!) { answer: createWebhookEndpoint(input: $input) "
            f"{{ webhookEndpoint {{ {WEBHOOK} }} secret userErrors {{ code path }} replayed }} }}"
        )
        found = await self.office.do(query, url=url, **more)
        assert found["userErrors"] == []
        return found["webhookEndpoint"], found["secret"]

    async def act(self, name: str, webhook: Any, tells: str = "", **more: Any) -> Any:
        """The payload of a mutation about a webhook."""
        query = (
            f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ answer: {name}(input: $input) "
            f"{{ webhookEndpoint {{ {WEBHOOK} }} {tells} userErrors {{ code path }} }} }}"
        )
        return await self.office.do(query, webhookEndpoint=webhook["id"], **more)

    async def read(self, webhook: Any) -> Any:
        """A webhook as it is now."""
        query = f"query ($id: ID!) {{ webhookEndpoint(id: $id) {{ {WEBHOOK} }} }}"
        return (await self.office.ask(query, {"id": webhook["id"]}))["webhookEndpoint"]

    async def deliveries(self, webhook: Any) -> list[Any]:
        """The messages to a webhook, by their place."""
        query = (
            f"query ($id: ID!) {{ webhookDeliveries(first: 100, filter: {{endpoint: {{eq: $id}}}}) "
            f"{{ nodes {{ {DELIVERY} }} }} }}"
        )
        found = (await self.office.ask(query, {"id": webhook["id"]}))["webhookDeliveries"]["nodes"]
        return sorted(found, key=lambda each: each["seq"] or 0)

    async def told(self, webhook: Any) -> list[str]:
        """What the journal heard of a webhook."""
        key = key_of(webhook["id"])
        rows = await self.rows("select kind from journal_entry where object_id = $1 order by id", key)
        return [row["kind"] for row in rows]

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """Rows as the owner sees them in this kecamatan."""
        owner = await asyncpg.connect(self.owner_dsn)
        try:
            async with entered(owner, self.office.tenant.id):
                return list(await owner.fetch(statement, *values))
        finally:
            await owner.close()

    async def forget(self) -> None:
        """Leave no webhook behind."""
        await self.rows("delete from webhook_delivery")
        await self.rows("delete from webhook_endpoint")

    async def hurry(self) -> None:
        """Let time pass: what waits is due, what was in hand is free."""
        await self.rows("update webhook_delivery set next_at = now() where state = 'WAITING'")
        await self.rows(
            "update webhook_endpoint set due_at = case when state = 'ACTIVE' then now() end, leased_until = null"
        )

    async def changed(self, number: int = 1) -> list[int]:
        """Some changes, sealed; their places."""
        before = await self.head()
        for _ in range(number):
            await self.office.household()
        async with self.worker() as worker:
            while await sealer.seal(worker, self.office.tenant.id, now=system_clock().instant):
                pass
        rows = await self.rows(
            "select seq from journal_change where seq > $1 and type_name = 'Household' order by seq", before
        )
        return [row["seq"] for row in rows]

    async def head(self) -> int:
        """The last sealed place."""
        async with self.worker() as worker:
            while await sealer.seal(worker, self.office.tenant.id, now=system_clock().instant):
                pass
        return int((await self.rows("select coalesce(max(seq), 0) as seq from journal_change"))[0]["seq"])

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Connection]:
        """A connection of the worker."""
        async with connected(self.hub.pools.of(Reader.WORKER)) as connection:
            yield connection

    @asynccontextmanager
    async def sending(self, **particulars: Any) -> AsyncIterator[Sender]:
        """A sender as long as the block."""
        sender = replace(
            self.hub.sender,
            outcomes=Counter(),
            news=set(),
            courses={},
            wake=asyncio.Event(),
            looked=None,
            stopping=False,
            **particulars,
        )
        stop = asyncio.Event()
        task = asyncio.create_task(sender.run(stop=stop))
        try:
            yield sender
        finally:
            stop.set()
            sender.wake.set()
            await asyncio.wait_for(task, 20)


async def until(true: Callable[[], Awaitable[Any] | Any], seconds: float = 15) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)
