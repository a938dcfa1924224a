"""Entering the database under a scope: the one place that knows how.

Three ways in: `answer` runs one statement that enters and selects at once (plans), `reading` is a consistent snapshot
for the resolver path, `Unit` is one transaction for writing. All set the same `hub.*` settings, which row-level
security reads; none outlives its transaction.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
from sqlalchemy import Executable, Select, insert, literal, select, update
from sqlalchemy.orm import class_mapper
from sqlmodel import SQLModel

from hub.kernel.clock import Now
from hub.kernel.errors import Conflict, NotFound, Unavailable
from hub.kernel.scope import Reader, Scope, TenantRef
from hub.store import sql
from hub.store.base import TenantRow, table
from hub.store.pools import Connection, Pool
from hub.store.rls import readable_outside

Settings = tuple[tuple[str, str], ...]
Model = TypeVar("Model", bound=SQLModel)
TModel = TypeVar("TModel", bound=TenantRow)


class StaleVersion(Conflict):
    """Someone changed this record since you read it; it is now at version {current}."""

    code = "STALE_VERSION"
    hint = "Read the record again, check what changed, and send your change with the new version."


def settings_of(scope: Scope) -> Settings:
    """The settings a scope puts into force, in a fixed order: those that the policies for its reader look at."""
    found: list[tuple[str, str]] = []
    if scope.tenant is not None:
        found.append(("hub.tenant", str(scope.tenant.id)))
    if scope.reader is Reader.OUTSIDE and scope.tenants:
        found.append(("hub.tenants", _array(str(tenant.id) for tenant in scope.tenants)))
    if scope.villages:
        found.append(("hub.villages", _array(str(village) for village in scope.villages)))
    if scope.party is not None:
        found.append(("hub.party", str(scope.party)))
    if scope.subject is not None:
        found.append(("hub.subject", str(scope.subject)))
    if scope.region is not None:
        found.append(("hub.region", scope.region))
    if scope.agency is not None:
        found.append(("hub.agency", scope.agency))
    if scope.oversees is not None:
        found.append(("hub.oversees", scope.oversees))
    if scope.reader is Reader.REPORT and scope.figures is not None:
        found.append(("hub.figures", scope.figures))
    return tuple(found)


def entering(scope: Scope, body: str, *, first: int) -> str:
    """`body` (a select of one value) wrapped so that it runs inside the scope, in one statement.

    The settings' values are the positional arguments from `first` on, in the order of `settings_of`. The CASE is
    what makes PostgreSQL set before it reads; see docs/adr. Never use it inside a transaction.
    """
    names = [name for name, _ in settings_of(scope)]
    if not names:
        return f"select ({body})"  # body is a compiled statement
    sets = " and ".join(f"set_config('{name}', ${first + index}, true) is not null" for index, name in enumerate(names))
    return f"select case when {sets} then ({body}) end"  # compiled statement, fixed names


@dataclass(slots=True)
class Session:
    """An entered connection inside a transaction; counts its statements."""

    connection: sql.Runs
    scope: Scope
    now: Now
    statements: int = 0

    async def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> list[sql.Row]:
        """All rows of a Core statement."""
        self.statements += 1
        return await sql.fetch(self.connection, statement, values)

    async def row(self, statement: Executable) -> sql.Row | None:
        """The first row, if any."""
        found = await self.rows(statement)
        return found[0] if found else None

    async def value(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        found = await self.row(statement)
        return None if found is None else next(iter(found.values()))


@dataclass(slots=True)
class Unit(Session):
    """One writing transaction bound to one scope. Actions change and record through it; they never commit."""

    after_commit: list[str] = field(default_factory=list)
    kept: bool = False

    async def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> list[sql.Row]:
        """All rows of a Core statement; one that fails after `keep` undoes nothing."""
        try:
            return await Session.rows(self, statement, values)
        except asyncpg.PostgresError:
            connection = cast("Connection", self.connection)
            if self.kept and not connection.is_closed():
                await connection.execute("rollback to savepoint kept")
            raise

    async def keep(self) -> None:
        """What was written so far stays, even if a statement that only reads fails afterwards.

        Without it PostgreSQL would give up the transaction for that statement and answer the COMMIT with a rollback,
        which nobody is told of: the caller would hear of a success that never was.
        """
        self.statements += 1
        await cast("Connection", self.connection).execute("savepoint kept")
        self.kept = True

    @property
    def tenant(self) -> TenantRef:
        """The tenant whose rows may be written."""
        if self.scope.tenant is None:
            raise NotFound
        return self.scope.tenant

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone when it raises, and only that."""
        connection = cast("Connection", self.connection)
        async with connection.transaction():
            yield

    async def add(self, row: SQLModel) -> None:
        """Insert one row."""
        await self.add_all([row])

    async def add_all(self, rows: Sequence[SQLModel]) -> None:
        """Insert rows of one table; one statement, executed for each row in one round trip."""
        if not rows:
            return
        model = type(rows[0])
        self.statements += 1
        prepared = sql.prepare(insert(table(model)))
        connection = cast("Connection", self.connection)
        values = [prepared.arguments(row.model_dump()) for row in rows]
        if len(values) == 1:
            await connection.execute(prepared.text, *values[0])
        else:
            await sql.repeat(connection, prepared.text, values)

    async def find(self, model: type[TModel], key: UUID, *, path: tuple[str, ...] = ()) -> TModel:
        """The row with this id in the unit's tenant, locked; NotFound where there is none to see.

        `path` names the input field that gave the id, so that a missing row answers like a foreign one.
        """
        found = await self.first(self.own(model, key).with_for_update(), model)
        if found is None:
            raise NotFound(path=path)
        return found

    async def see(self, model: type[TModel], key: UUID, *, path: tuple[str, ...] = ()) -> TModel:
        """The same without a lock: for what is only referred to, or may be read but not changed."""
        found = await self.first(self.own(model, key), model)
        if found is None:
            raise NotFound(path=path)
        return found

    def own(self, model: type[TModel], key: UUID | None = None) -> Select[Any]:
        """A select of the columns that the reader may read, in the unit's tenant, of one row or of all."""
        rows = table(model)
        outside = self.scope.reader is Reader.OUTSIDE
        columns = [column for column in rows.c if not outside or column.name in readable_outside(rows.name)]
        statement = select(*columns).where(rows.c.tenant_id == self.tenant.id)
        return statement if key is None else statement.where(rows.c.id == key)

    async def first(self, statement: Select[Any], model: type[Model]) -> Model | None:
        """The first row of a select over a model's table, as that model."""
        found = await self.row(statement)
        return None if found is None else built(model, found)

    async def all(self, statement: Select[Any], model: type[Model]) -> list[Model]:
        """All rows of a select over a model's table, as that model."""
        return [built(model, row) for row in await self.rows(statement)]

    async def change(self, row: TModel, *, expected: int | None = None, **values: Any) -> TModel:
        """Update some columns, raise the version; StaleVersion where `expected` is not the present one.

        Conflict where row security does not let this reader change the row.
        """
        if expected is not None and expected != row.version:
            raise StaleVersion(current=row.version, path=("expectedVersion",))
        fresh = {**values, "version": row.version + 1, "updated_at": self.now.instant}
        own = table(type(row))
        changed = await self.rows(
            update(own)
            .where(own.c.tenant_id == self.tenant.id, own.c.id == row.id)
            .values(**fresh)
            .returning(literal(1))
        )
        if not changed:
            raise Conflict
        return built(type(row), {**row.model_dump(), **fresh})


def built(model: type[Model], row: sql.Row) -> Model:
    """A model from a row of its own table; the database has checked it already."""
    class_mapper(model)  # attributes can be read only once SQLAlchemy has set the class up, which `__init__` would do
    return cast("Model", model.model_construct(**dict(row)))


async def answer(pool: Pool, text: str, arguments: Sequence[Any]) -> Any:
    """The one value of a statement made by `entering`.

    After an error the connection is reset: one that the driver raised before sending leaves the server waiting in the
    middle of an exchange, and whoever gets the connection next would be told of it.
    """
    with available():
        connection = await pool.take()
        try:
            found = await connection.fetchval(text, *arguments)
        except Exception:
            try:
                await connection.reset()
            finally:
                await pool.mend(connection)
            raise
        except BaseException:
            await pool.mend(connection)
            raise
        await pool.give(connection)
        return found


@asynccontextmanager
async def reading(pool: Pool, scope: Scope, now: Now) -> AsyncIterator[Session]:
    """A consistent, read-only snapshot under a scope."""
    async with (
        connected(pool) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await enter(connection, scope)
        yield Session(connection, scope, now)


@asynccontextmanager
async def writing(pool: Pool, scope: Scope, now: Now) -> AsyncIterator[Unit]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    async with connected(pool) as connection, connection.transaction():
        await enter(connection, scope)
        yield Unit(connection, scope, now)


@asynccontextmanager
async def connected(pool: Pool) -> AsyncIterator[Connection]:
    """A connection; a lost or exhausted database is `Unavailable`, never a driver's error."""
    with available():
        async with pool.connection() as connection:
            yield connection


async def enter(connection: Connection, scope: Scope) -> None:
    """Put a scope's settings into force for the running transaction."""
    settings = settings_of(scope)
    if not settings:
        return
    calls = ", ".join(f"set_config(${2 * index + 1}, ${2 * index + 2}, true)" for index in range(len(settings)))
    await connection.execute(f"select {calls}", *(text for pair in settings for text in pair))


class _Available:
    """Translates failures of the database's machine; see `available`."""

    def __init__(self, failures: tuple[type[BaseException], ...]) -> None:
        self.failures = failures

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, self.failures):
            raise Unavailable from error


_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says when the server's farewell is still unread
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


def available() -> _Available:
    """A context in which a lost connection becomes `Unavailable`."""
    return _Available(_LOST)


def looking_up() -> _Available:
    """The same for a statement that comes before a request's own: one that was cut is no limit of the request's.

    It is cut when the server is too busy for it, or by a cancellation that was meant for the connection's last user.
    """
    return _Available((*_LOST, asyncpg.QueryCanceledError))


def _array(items: Iterator[str]) -> str:
    return "{" + ",".join(items) + "}"
