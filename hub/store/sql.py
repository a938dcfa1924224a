"""From a SQLAlchemy Core statement to the text and the positional arguments asyncpg takes.

The hub composes SQL with SQLAlchemy Core and runs it on plain asyncpg connections: one compiled text may be kept
and run many times with other values, which is what the plans of `hub.graph.plan` do.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # sqlalchemy leaves it untyped
DIALECT.supports_statement_cache = True

Arguments = tuple[Any, ...]  # asyncpg takes whatever its codecs take
Row = Mapping[str, Any]


class Runs(Protocol):
    """Something that runs one text with its arguments: an asyncpg connection or one that counts."""

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""


class Repeats(Protocol):
    """Something that runs one text for many rows of arguments in one round trip: an asyncpg connection."""

    async def executemany(self, command: str, args: Any) -> None:
        """All or none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement: its text, the order of its bind names, and what turns a value into asyncpg's."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    converters: Mapping[str, Callable[[Any], Any]]

    def arguments(self, values: Mapping[str, Any] | None = None) -> Arguments:
        """The positional arguments; `values` fills the named binds, constants the rest."""
        given = values or {}
        found = (given[name] if name in given else self.constants[name] for name in self.names)
        if not self.converters:
            return tuple(found)
        return tuple(
            convert(value) if value is not None and (convert := self.converters.get(name)) else value
            for name, value in zip(self.names, found, strict=True)
        )


def prepare(statement: Executable) -> Statement:
    """Compile a Core statement for asyncpg. Costs milliseconds for a large one: keep the result."""
    compiled = cast(
        "SQLCompiler", cast("ClauseElement", statement).compile(dialect=DIALECT)
    )  # Core statements are both; SQLAlchemy types them apart
    names = tuple(compiled.positiontup or ())
    converters = {
        name: cast("Callable[[Any], Any]", processor)
        for name, processor in compiled._bind_processors.items()  # noqa: SLF001  # no public access
        if name in set(names)
    }
    return Statement(
        text=str(compiled),
        names=names,
        constants=dict(compiled.construct_params(_check=False)),
        converters=converters,
    )


async def fetch(connection: Runs, statement: Executable, values: Mapping[str, Any] | None = None) -> list[Row]:
    """Compile and run in one go: for writes and for the resolver path."""
    prepared = prepare(statement)
    rows = await connection.fetch(prepared.text, *prepared.arguments(values))
    return cast("list[Row]", rows)


async def repeat(connection: Repeats, text: str, rows: Sequence[Arguments]) -> None:
    """Run a text for many rows. Whoever calls it off is let go when the rows have been sent and answered.

    asyncpg cannot be called off in the middle: it would wait for the server's answer, and the server for the rest of
    the rows, for ever.
    """
    sending = asyncio.ensure_future(connection.executemany(text, rows))
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        while not sending.done():
            await _ended(sending)
        raise


async def _ended(task: asyncio.Future[None]) -> None:
    """Wait for its end and be silent about it: who waits has been called off, again perhaps."""
    with suppress(asyncio.CancelledError):
        await asyncio.wait((task,))
    if task.done() and not task.cancelled():
        task.exception()  # or asyncio would complain that nobody asked
