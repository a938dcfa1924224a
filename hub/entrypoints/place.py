"""The database that a command works on: the embedded server of a data folder, or the one HUB_DATABASE_URL names."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg

from hub.kernel.clock import system_clock
from hub.kernel.errors import Faulty, Unavailable
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.means import READERS, dsn_for, load_keys
from hub.settings import Settings
from hub.store import embedded, migrate
from hub.store.embedded import AlreadyRunning, Cluster
from hub.store.pools import Connection
from hub.store.roles import ROLES

OWNER = "hub_owner"
UNKNOWN = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)  # the login or the database
SILENT = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)
_SCHEMES = ("postgresql", "postgres")


class AddressMalformed(Faulty):
    """HUB_DATABASE_URL is not the address of a PostgreSQL server."""

    code = "DATABASE_ADDRESS"
    hint = "Write it like postgresql://user:password@host:5432/hub, special characters of the password as %XX."


class NotMigrated(Faulty):
    """The database is at revision {found}; this hub needs {wanted}."""

    code = "NOT_MIGRATED"
    hint = "Make a backup, then run `hub migrate`."


class NewerData(Faulty):
    """The database is at revision {found}, which this hub does not know; it knows up to {wanted}."""

    code = "DATABASE_NEWER"
    hint = "Start the newer hub that made it, or restore a backup of the older one."


class RolesMissing(Faulty):
    """The database server does not let the hub's roles in, or does not know them."""

    code = "ROLES_MISSING"
    hint = (
        "Run `hub migrate` with an administrator's HUB_DATABASE_URL, or let one run the SQL of "
        "`hub migrate --print-sql`."
    )


class NotAdministrator(Faulty):
    """The account in HUB_DATABASE_URL may not make roles and databases."""

    code = "NOT_ADMINISTRATOR"
    hint = "Use a superuser's address, or let an administrator run the SQL of `hub migrate --print-sql`."


class AdministratorUnknown(Faulty):
    """The database server does not let the account in HUB_DATABASE_URL in."""

    code = "ADMINISTRATOR_UNKNOWN"
    hint = "Check its name and password, special characters of the password as %XX, and pg_hba.conf on the server."


class NoServer(Unavailable):
    """No PostgreSQL server answers at the address in HUB_DATABASE_URL."""

    code = "NO_SERVER"
    hint = "Check host and port, and whether the server runs and listens there."


@dataclass(frozen=True, slots=True)
class Place:
    """A server and the hub's database on it. `administrator` is a superuser's address, where we have one."""

    base: str
    database: str
    ring: KeyRing | None = None
    administrator: str | None = None
    cluster: Cluster | None = None

    def dsn(self, role: str) -> str:
        """The address for one role; over a network its password is derived from the keys."""
        return dsn_for(self.base, role, self.database, self.passwords().get(role))

    def readers(self) -> dict[Reader, str]:
        """The addresses of the pools."""
        return {reader: self.dsn(reader.value) for reader in READERS}

    def passwords(self) -> Mapping[str, str]:
        """The roles' passwords; none where a socket's folder is the lock."""
        return {role: self.ring.password(role) for role in ROLES} if self.ring else {}


@contextmanager
def opened(settings: Settings) -> Iterator[Place]:
    """The place to serve from: the embedded server runs as long as the block, and is ours alone."""
    if settings.database_url:
        yield remote(settings, settings.database_url)
        return
    with embedded.start(settings.data, bin_dir=settings.pg_bin) as cluster:
        yield Place(cluster.dsn(), settings.database, administrator=cluster.dsn(), cluster=cluster)


@contextmanager
def joined(settings: Settings) -> Iterator[Place]:
    """The place for a short command: also beside a hub that runs in the same data folder."""
    with ExitStack() as held:
        try:
            place = held.enter_context(opened(settings))
        except AlreadyRunning:
            address = running(settings.data)
            if address is None:
                raise
            place = Place(address, settings.database, administrator=address)
        yield place


def running(data: Path) -> str | None:
    """The address of the server that another process runs for a data folder."""
    link = data / "socket"
    if not link.is_symlink():
        return None
    return f"postgresql://{embedded.SUPERUSER}@/postgres?host={quote(str(link.readlink()), safe='/')}"


def remote(settings: Settings, address: str) -> Place:
    """A server of its own. An address with a user other than ours is taken for an administrator's."""
    try:
        parts = urlsplit(address)
        user, path, _ = parts.username, parts.path.strip("/"), parts.port
    except ValueError:
        raise AddressMalformed from None
    local = not parts.hostname and parse_qs(parts.query).get("host", [""])[0].startswith("/")
    if parts.scheme not in _SCHEMES or not (parts.hostname or local):
        raise AddressMalformed
    ring = None if local else load_keys(settings, system_clock)
    database = path if path not in ("", "postgres") else settings.database
    return Place(address, database, ring, address if user and user not in ROLES else None)


async def prepare_server(place: Place, administrator: str) -> None:
    """Roles and database, by a superuser's address."""
    try:
        await migrate.prepare_server(administrator, place.database, place.passwords())
    except asyncpg.InsufficientPrivilegeError:
        raise NotAdministrator from None
    except asyncpg.InvalidAuthorizationSpecificationError:
        raise AdministratorUnknown from None
    except SILENT as error:
        raise NoServer from error


async def fresh(place: Place) -> bool:
    """Whether the server has no database of ours yet, or one that was never migrated."""
    try:
        return await migrate.current(place.dsn(OWNER)) is None
    except UNKNOWN:
        return True


async def check(place: Place) -> None:
    """NotMigrated or NewerData unless the database is at this hub's revision."""
    async with owner(place):
        found, wanted = await migrate.current(place.dsn(OWNER)), migrate.head()
    if found == wanted:
        return
    known = found is None or found < wanted  # revisions are numbered
    raise (NotMigrated if known else NewerData)(found=found or "0", wanted=wanted)


@asynccontextmanager
async def owner(place: Place) -> AsyncIterator[Connection]:
    """A connection of `hub_owner`."""
    try:
        connection = await asyncpg.connect(place.dsn(OWNER))
    except UNKNOWN:
        raise RolesMissing from None
    except SILENT as error:
        raise NoServer from error
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """A connection of whoever the address names."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
