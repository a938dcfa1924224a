"""One throwaway PostgreSQL per test run, shared by all workers of pytest-xdist.

The controller owns the cluster: `begin` from `pytest_configure`, `end` from `pytest_unconfigure`. A worker learns
its address from the environment. The server dies with the controller, however that ends; what a killed run has
left on the disk is cleared away by the next.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from hub.store import embedded

TEMPLATE = "hub_template"
_ADDRESS = "HUB_TEST_CLUSTER"  # set by the controller for its workers
_PREFIX = "hub-test-"
_running: list[embedded.Cluster] = []


def begin(config: pytest.Config) -> None:
    """Start the cluster ahead of the workers; a run without workers starts it when the first test needs it."""
    distributed = getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput")
    if distributed and not config.option.collectonly:
        throwaway_cluster()


def end() -> None:
    """Stop what this process has started."""
    while _running:
        cluster = _running.pop()
        cluster.stop()
        shutil.rmtree(cluster.data)
        del os.environ[_ADDRESS]


def throwaway_cluster() -> str:
    """The address of the run's cluster, as its superuser."""
    if _ADDRESS not in os.environ:
        _clear_leftovers()
        data = Path(tempfile.mkdtemp(prefix=_PREFIX))
        _running.append(embedded.start(data, throwaway=True))
        os.environ[_ADDRESS] = _running[-1].dsn()
    return os.environ[_ADDRESS]


async def database_for(worker: str, prepare: Callable[[str], None]) -> str:
    """A fresh database for one worker, cloned from a template that `prepare(dsn)` has filled once per run.

    `prepare` runs in a thread, without an event loop; nothing of it may stay connected. The template is made
    under another name and renamed when complete, so a failed `prepare` fails every worker alike.
    """
    admin = throwaway_cluster()
    database = f"hub_{worker}"
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute("select pg_advisory_lock(hashtext($1))", TEMPLATE)
        if not await connection.fetchval("select exists (select from pg_database where datname = $1)", TEMPLATE):
            await connection.execute(f"drop database if exists {TEMPLATE}_new")
            await connection.execute(f"create database {TEMPLATE}_new")
            await asyncio.to_thread(prepare, _address(f"{TEMPLATE}_new"))
            await connection.execute(f"alter database {TEMPLATE}_new rename to {TEMPLATE}")
        await connection.execute(f'drop database if exists "{database}" with (force)')
        await connection.execute(f'create database "{database}" template {TEMPLATE}')
    finally:
        await connection.close()
    return _address(database)


def _address(database: str) -> str:
    """The same server's address, another database."""
    return urlsplit(throwaway_cluster())._replace(path=f"/{database}").geturl()


def _clear_leftovers() -> None:
    """Remove the data of runs that were killed: those whose lock nobody holds."""
    for data in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), (data / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree((data / "socket").resolve(), ignore_errors=True)
            shutil.rmtree(data, ignore_errors=True)
