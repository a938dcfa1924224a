"""The pages' one way to data: operations of their own, through the same engine as /graphql.

The same limits, the same points, the same journal; the scope is that of the grant chosen in the session. A page has
no other way to read or write a kecamatan's data.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from hub.graph.execution import Question
from hub.kernel.errors import HubError, TryLater
from hub.tenants.buckets import client_of
from hub.tenants.gate import Entry
from hub.wiring import Hub

_SPREAD = re.compile(r"\.\.\.(?!on\b)(\w+)", re.ASCII)  # as GraphQL's own formatter writes it


class NotAnswered(HubError):
    """The page could not be put together: {problem}"""

    code = "PAGE_NOT_ANSWERED"
    hint = "Load the page again; if that does not help, tell whoever runs the hub the code below it."


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks the graph in somebody's name."""

    hub: Hub
    entry: Entry
    address: str

    async def ask(self, operation: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of an operation of ours, `operations/<name>.graphql`; NotAnswered where it has errors, TryLater.

        A refusal of a mutation is no error: it stands in `userErrors`, and the page shows it.
        """
        client = client_of(self.entry.scope, self.address, self.hub.buckets.rates)
        question = Question(document(operation), variables=variables or {}, grants=self.entry.grants, client=client)
        answered = await self.hub.engine.answer(question, self.entry.scope)
        if answered.retry_after is not None:
            raise TryLater(seconds=answered.retry_after)
        answer = orjson.loads(answered.body)
        if errors := answer.get("errors"):
            first = errors[0]
            raise NotAnswered(problem=str(first["message"]), found=str(first.get("extensions", {}).get("code", "")))
        data: dict[str, Any] = answer["data"]
        return data


@cache
def document(name: str) -> str:
    """The text of an operation, with the fragments of `operations/fragments` that it spreads, and that those spread."""
    found = {name: _read(f"{name}.graphql")}
    waiting = list(found.values())
    while waiting:
        for each in _SPREAD.findall(waiting.pop()):
            if each not in found:
                found[each] = _read("fragments", f"{each}.graphql")
                waiting.append(found[each])
    return "\n".join(found.values())


def _read(*path: str) -> str:
    return (files("hub.pages") / "operations").joinpath(*path).read_text(encoding="utf-8")
