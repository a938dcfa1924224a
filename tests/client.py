"""Asking the hub over HTTP, in the process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from hub.entrypoints.web import application
from hub.wiring import Hub


@dataclass
class Client:
    """A client without a key of its own."""

    http: httpx.AsyncClient

    async def ask(
        self, query: str, variables: Mapping[str, Any] | None = None, *, key: str | None = None, **headers: str
    ) -> dict[str, Any]:
        """The decoded answer to an operation, errors included; not what it cost."""
        response = await self.post({"query": query, "variables": variables}, key=key, **headers)
        return without_cost(response.json())

    async def data(self, query: str, variables: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """The data of an operation that must succeed."""
        answer = await self.ask(query, variables, key=key)
        assert "errors" not in answer, answer
        return answer["data"]

    async def post(self, body: Mapping[str, Any], *, key: str | None = None, **headers: str) -> httpx.Response:
        """The whole response to a POST."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["authorization"] = f"Bearer {key}"
        return await self.http.post("/graphql", json=body, headers=sent)


def without_cost(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer but for `extensions.cost`, which tests of other things do not speak of."""
    extensions = answer.get("extensions", {})
    extensions.pop("cost", None)
    return answer if extensions else {name: value for name, value in answer.items() if name != "extensions"}


@asynccontextmanager
async def client_of(hub: Hub) -> AsyncIterator[Client]:
    """A client of a wired hub."""
    transport = httpx.ASGITransport(app=application(hub), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
        yield Client(http)
