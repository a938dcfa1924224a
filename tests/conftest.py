"""Fixtures for everybody: one throwaway cluster per run, one database per worker, one read-only world in it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from hub.kernel.clock import system_clock
from hub.means import READERS, dsn_for
from hub.settings import Settings
from hub.store import migrate
from hub.tenants import keyfile
from hub.wiring import Hub, open_hub
from tests import cluster
from tests.client import Client, client_of
from tests.noon import at_noon
from tests.world.build import Place, World, build_world
from tests.world.regions import load_regions
from tests.world.rich import build_rich

OWN_SERVER = (
    "kill/",
    "crowd/",
    "entrypoints/test_demo.py",
    "entrypoints/test_serve.py",
    "fuzz/",
    "browser/",
    "test_cluster.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the cluster. A background job ignores Ctrl-C, which our children must not inherit."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cluster.begin(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that bring a server of their own and take long come first: nobody else's database hears of them.

    The others follow by their number of tests, as xdist would have it.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    tests = Path(__file__).parent

    def place(path: Path) -> tuple[int, int]:
        name = path.relative_to(tests).as_posix()
        rank = next((number for number, own in enumerate(OWN_SERVER) if name.startswith(own)), len(OWN_SERVER))
        return rank, -len(files[path])

    items[:] = [item for path in sorted(files, key=place) for item in files[path]]


def pytest_unconfigure() -> None:
    """And stops it."""
    cluster.end()


def prepare(dsn: str) -> None:
    """Fill the template: roles, every migration, the regions the tests speak of."""

    async def fill() -> None:
        name = dsn.partition("?")[0].rpartition("/")[2]
        await migrate.prepare_server(dsn, name)
        owner = dsn_for(dsn, "hub_owner", name)
        await migrate.upgrade(owner)
        await load_regions(owner)

    asyncio.run(fill())


@pytest.fixture(scope="session")
async def database() -> str:
    """This worker's own migrated database, as the superuser's address."""
    return await cluster.database_for(os.environ.get("PYTEST_XDIST_WORKER", "main"), prepare)


@pytest.fixture(scope="session")
async def owner_dsn(database: str) -> str:
    """The owner's address of this worker's database."""
    return as_role(database, "hub_owner")


@pytest.fixture
async def owner(owner_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of hub_owner."""
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def hub(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A wired hub over this worker's database."""
    async with hub_over(database, tmp_path_factory.mktemp("keys")) as made:
        yield made


@asynccontextmanager
async def hub_over(database: str, folder: Path) -> AsyncIterator[Hub]:
    """A wired hub over a database at a superuser's address, with keys of its own in the folder."""
    keys = folder / "keys.json"
    keyfile.create(keys, now=system_clock().instant)
    settings = Settings(
        keys_file=keys,
        data=keys.parent / "data",
        introspection=True,
        demo=True,
        allow_loopback_issuers=True,
        allow_loopback_webhooks=True,
    )
    # the suite asks more in a minute than any client in a day; tests of these limits set their own
    shares = (
        "anonymous",
        "public",
        "client",
        "identity",
        "sensitive",
        "files",
        "feedback",
        "tracking",
        "survey",
        "sign_in",
        "sign_in_network",
        "invitations",
        "report_keys",
    )
    for name in shares:
        setattr(settings, f"rate_{name}", 10**9)
    dsns = {reader: as_role(database, reader.value) for reader in READERS}
    made = await open_hub(settings, dsns)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def world(hub: Hub, owner_dsn: str) -> World:
    """Two kecamatan and an agency with one of everything, and a key for every role. Only read it."""
    return await build_world(hub, owner_dsn)


@pytest.fixture(scope="session")
async def client(hub: Hub) -> AsyncIterator[Client]:
    """A client over HTTP, in the process."""
    async with client_of(hub) as made:
        yield made


@pytest.fixture(scope="session")
async def hub_at_noon(hub: Hub) -> Hub:
    """The same hub by a clock whose day does not end: for tests that say what day it is, by `tests.noon.TODAY`."""
    return at_noon(hub)


@pytest.fixture(scope="session")
async def client_at_noon(hub_at_noon: Hub) -> AsyncIterator[Client]:
    """A client of that hub."""
    async with client_of(hub_at_noon) as made:
        yield made


@pytest.fixture(scope="session")
async def rich(hub: Hub, owner_dsn: str) -> Place:
    """A kecamatan with awkward rows: nulls, ties, long and odd texts. Only read it."""
    return await build_rich(hub, owner_dsn)


def as_role(dsn: str, role: str) -> str:
    """The same database as another role."""
    return dsn_for(dsn, role, dsn.partition("?")[0].rpartition("/")[2])
