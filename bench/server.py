"""The measured process: three endpoints over one wired hub.

`/plan`, `/resolvers` and `/hand` all pass the same gate and enter the same scope; the last answers from SQL written by
hand. `python -m bench.server SETTINGS` with a JSON object: dsn, keys, port.
"""

import asyncio
import dataclasses
import logging
import sys
from pathlib import Path
from typing import Any

import orjson
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bench.operations import OPERATIONS, Operation
from hub.entrypoints.answering import GRAPHQL_RESPONSE, Asked, Manner, reply, send_reply
from hub.entrypoints.asgi import Receive, Scope, Send
from hub.entrypoints.asking import visit_of, whole_body
from hub.entrypoints.metrics import Metrics
from hub.entrypoints.web import GraphQLEndpoint
from hub.graph.declare import NODES
from hub.graph.execution import Answer
from hub.graph.plan.planner import Plans
from hub.graph.selecting import ordering
from hub.kernel import ids
from hub.kernel.ids import new_id
from hub.kernel.texts import preferred
from hub.settings import Settings
from hub.store.unit import answer, entering, settings_of
from hub.wiring import READERS, Hub, dsn_for, open_hub


class ByHand:
    """An endpoint without GraphQL: the operation's name chooses the statement."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.known = {each.query: each for each in OPERATIONS}
        self.tag = ordering(NODES["Citizen"], "Village.citizens", None, None).tag

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers, request_id = dict(scope["headers"]), new_id().hex
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        entry = await self.hub.gate.enter(visit_of(headers, request_id, lang))
        asked = orjson.loads(await whole_body(receive, headers, 100_000))
        operation = self.known[asked["query"]]
        data = await self._read(operation, asked["variables"], entry.scope)
        found = Answer(b'{"data":' + data + b"}", executed=True, path="hand")
        asked_how = Asked("POST", headers, request_id, lang)
        await send_reply(send, reply(found, GRAPHQL_RESPONSE, entry, asked_how, Manner()))

    async def _read(self, operation: Operation, variables: dict[str, Any], scope: Any) -> bytes:
        tenant = scope.tenant
        arguments = (
            tenant.id,
            ids.prefix("Village", tenant.id),
            ids.prefix("Citizen", tenant.id),
            self.tag + tenant.id.to_bytes(4, "big"),
            self.hub.engine.clock().today(tenant.zone),
            *variables.values(),
        )
        text = entering(scope, operation.by_hand, first=len(arguments) + 1)
        settings = tuple(value for _, value in settings_of(scope))
        found: bytes = await answer(self.hub.pools.of(scope.reader), text, (*arguments, *settings))
        return found


async def serve(dsn: str, keys: str, port: int) -> None:
    """Serve until killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    name = dsn.partition("?")[0].rpartition("/")[2]
    settings = Settings(keys_file=Path(keys), demo=True)
    hub = await open_hub(settings, {reader: dsn_for(dsn, reader.value, name) for reader in READERS})
    slow = dataclasses.replace(
        hub, engine=dataclasses.replace(hub.engine, planning=False, plans=Plans(hub.engine.schema))
    )
    app = Starlette(
        routes=[
            Route("/plan", GraphQLEndpoint(hub, Metrics.make(), ())),
            Route("/resolvers", GraphQLEndpoint(slow, Metrics.make(), ())),
            Route("/hand", ByHand(hub)),
        ]
    )
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    given = orjson.loads(sys.argv[1])
    asyncio.run(serve(given["dsn"], given["keys"], given["port"]))
