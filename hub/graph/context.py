"""What travels with one operation on the resolver path."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql import GraphQLSchema
from sqlalchemy import Executable
from strawberry.dataloader import DataLoader

from hub.graph.binds import Binds, Given
from hub.graph.declare import NodeType
from hub.kernel import ids
from hub.store import sql
from hub.store.unit import Session

Loader = DataLoader[Any, Any]


@dataclass(slots=True)
class Row:
    """A row of a declared type as far as it was asked for; values by GraphQL name, keys by `$` and column."""

    node: NodeType
    tenant: int
    key: UUID | str
    values: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The global id."""
        return ids.GlobalId(self.node.name, self.tenant, self.key).encode()


@dataclass(slots=True)
class Context:
    """One operation: its session, its binds, its loaders."""

    given: Given
    session: Session
    schema: GraphQLSchema
    services: Any = None  # what mutations need; the graph does not look inside
    loaders: dict[Any, Loader] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def binds(self) -> Binds:
        """Fresh binds for a statement under this scope."""
        scope = self.given.scope
        return Binds(scope.reader, scope.permissions, single=scope.tenant is not None)

    async def rows(self, statement: Executable, binds: Binds) -> list[sql.Row]:
        """Run a statement on the operation's one connection, one at a time."""
        async with self.lock:
            return await self.session.rows(statement, binds.values(self.given))

    def loader(self, key: Any, load: Callable[[list[Any]], Awaitable[list[Any]]]) -> Loader:
        """The loader of this key, made on first use: one batch for each argument set."""
        found = self.loaders.get(key)
        if found is None:
            found = self.loaders[key] = DataLoader(load_fn=load)
        return found
