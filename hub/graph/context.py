"""What travels with one operation on the resolver path."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql import GraphQLSchema
from sqlalchemy import Executable
from strawberry.dataloader import DataLoader

from hub.graph.binds import Binds, Given
from hub.graph.declare import NodeType
from hub.graph.limits import Limits
from hub.kernel import ids
from hub.kernel.errors import Forbidden
from hub.store import sql
from hub.store.unit import Session, Unit
from hub.tenants.grants import GrantFacts

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


class _Undone(Exception):  # a signal, not a refusal
    """Makes a transaction roll back."""


class _Over(Exception):  # a signal, not a refusal
    """Tells a batch that nobody waits for it any more."""


@dataclass(slots=True)
class Context:
    """One operation: its session, its binds, its loaders."""

    given: Given
    session: Session | None
    schema: GraphQLSchema
    limits: Limits = field(default_factory=Limits)
    grants: tuple[GrantFacts, ...] = ()  # all of the principal's; the scope was made from one of them
    services: Any = None  # what actions need; the graph does not look inside
    open_unit: Callable[[], AbstractAsyncContextManager[Unit]] | None = None  # a writing transaction, for mutations
    failed: bool = False  # the running mutation must not be committed
    _closing: AsyncExitStack | None = None
    loaders: dict[Any, Loader] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    request: "asyncio.Task[Any] | None" = field(default_factory=asyncio.current_task)

    async def begin(self) -> Unit:
        """Open the transaction of a root mutation field; all reading until `settle` goes through it."""
        if self.open_unit is None:
            raise Forbidden
        stack = AsyncExitStack()
        unit = await stack.enter_async_context(self.open_unit())
        self._closing, self.session = stack, unit
        return unit

    async def settle(self, error: BaseException | None = None) -> None:
        """Commit the root mutation field's transaction, or undo it where it failed."""
        stack, self._closing = self._closing, None
        failed, self.failed = self.failed, False
        self.loaders.clear()
        await self.end()
        if stack is None:
            return
        if error is None and not failed:
            await stack.aclose()
            return
        undone = error or _Undone()
        with suppress(_Undone):
            await stack.__aexit__(type(undone), undone, None)
            raise _Undone

    async def end(self) -> None:
        """Take the connection away, when the statement that may still run on it is done.

        An error that empties the answer ends the execution while batches of other fields are under way.
        """
        async with self.lock:
            self.session = None

    def binds(self) -> Binds:
        """Fresh binds for a statement under this scope."""
        return Binds.under(self.given.scope)

    async def rows(self, statement: Executable, binds: Binds) -> list[sql.Row]:
        """Run a statement on the operation's one connection, one at a time."""
        async with self.lock:
            if self.session is None:
                raise _Over
            return await self._whole(self.session.rows(statement, binds.values(self.given)))

    async def _whole(self, statement: Coroutine[Any, Any, list[sql.Row]]) -> list[sql.Row]:
        """Let a statement that has begun end, unless the request itself is called off.

        graphql-core cancels the neighbours of a field that fails; a statement that is cut ends the transaction in
        which all others read.
        """
        running = asyncio.ensure_future(statement)
        cancelled: asyncio.CancelledError | None = None
        while not running.done():
            try:
                await asyncio.wait((running,))
            except asyncio.CancelledError as reason:
                cancelled = reason
                if self.request is not None and self.request.cancelling():
                    running.cancel()
        if cancelled is None:
            return running.result()
        if not running.cancelled():
            running.exception()  # nobody will ask for it
        raise cancelled

    def loader(self, key: Any, load: Callable[[list[Any]], Awaitable[list[Any]]]) -> Loader:
        """The loader of this key, made on first use: one batch for each argument set."""
        found = self.loaders.get(key)
        if found is None:
            found = self.loaders[key] = DataLoader(load_fn=load)
        return found
