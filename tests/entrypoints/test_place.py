"""A PostgreSQL of one's own, reached over the network with passwords: what an operator does with it, in order."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner

from hub.entrypoints import cli, place
from hub.kernel.clock import system_clock
from hub.store import binaries
from hub.store.account import unprivileged
from hub.store.roles import ROLES
from hub.tenants import keyfile
from tests import cluster

ROOT = Path(__file__).resolve().parents[2]
HUB = [sys.executable, "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")']
PASSWORD = "a/b@c:d%e f"  # everything that has to be written as %XX
LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that asks everybody for a password, and the hub's keys for it."""

    port: int
    keys: Path

    def administrator(self, database: str = "hub", password: str = PASSWORD) -> str:
        """An address as an administrator writes it."""
        return f"postgresql://postgres:{quote(password, safe='')}@{LOCAL}:{self.port}/{database}"

    def everyday(self, database: str = "hub") -> str:
        """An address without a user: the hub's own accounts are meant."""
        return f"postgresql://{LOCAL}:{self.port}/{database}"

    def told(self, address: str) -> dict[str, str]:
        """The settings of a command."""
        return {"HUB_DATABASE_URL": address, "HUB_KEYS_FILE": str(self.keys), "HUB_LANG": "en", "COLUMNS": "300"}

    async def hub(self, address: str, *arguments: str, **more: str) -> tuple[int, list[str]]:
        """Exit code and lines of a command."""
        told = {**self.told(address), **more}
        result = await asyncio.to_thread(CliRunner().invoke, cli.app, arguments, env=told)
        return result.exit_code, result.output.strip().splitlines()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A throw-away server on the loopback interface; as root it runs under an account that may do less."""
    folder = Path(tempfile.mkdtemp(prefix="hub-tcp-"))
    data, account = folder / "data", unprivileged(folder / "none")
    programs = binaries.find(None, account)
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    if account:
        for path in (folder, folder / "password"):
            os.chown(path, account.uid, account.gid)
    user, group = (account.uid, account.gid) if account else (None, None)
    made = [str(programs.initdb), "-D", str(data), "-U", "postgres", "-N", "--encoding=UTF8", "--locale=C"]
    made += ["--auth-local=reject", "--auth-host=scram-sha-256", f"--pwfile={folder / 'password'}"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user, group=group)  # noqa: S603
    with socket.socket() as free:
        free.bind((LOCAL, 0))
        port = int(free.getsockname()[1])
    options = ["-c", f"listen_addresses={LOCAL}", "-c", f"port={port}", "-c", "unix_socket_directories="]
    log = (folder / "log").open("wb")
    running = subprocess.Popen(  # noqa: S603  # the path comes from `binaries`
        [str(programs.postgres), "-D", str(data), *options], stderr=log, cwd=folder, user=user, group=group
    )
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    keyfile.create(keys, now=system_clock().instant)
    try:
        found = Server(port, keys)
        listening(port)
        yield found
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)
        log.close()
        shutil.rmtree(folder)


def listening(port: int, *, within: float = 60) -> None:
    """Wait for whoever starts to listen."""
    patience = time.monotonic() + within
    while time.monotonic() < patience:
        with socket.socket() as probe:
            if probe.connect_ex((LOCAL, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture(scope="module")
async def ready(server: Server) -> Server:
    """The same, migrated with an administrator's address, once it answers."""
    for _ in range(100):
        found = await server.hub(server.administrator(), "migrate")
        if not found[1][0].startswith("No PostgreSQL"):
            break
        await asyncio.sleep(0.1)
    assert found == (0, ["The database is ready."])
    return server


@pytest.mark.slow
async def test_every_role_enters_with_its_derived_password_and_no_other(ready: Server) -> None:
    ring = keyfile.load(ready.keys, now=system_clock().instant)
    for role in ROLES:
        connection = await asyncpg.connect(ready.everyday(), user=role, password=ring.password(role))
        assert await connection.fetchval("select current_user") == role
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(ready.everyday(), user=role, password="hub")


@pytest.mark.slow
async def test_commands_need_no_administrator_any_more(ready: Server) -> None:
    everyday = ready.everyday()

    assert await ready.hub(everyday, "migrate") == (0, ["The database is ready."])
    assert (await ready.hub(everyday, "tenant", "add", "63.01.01"))[0] == 0
    assert await ready.hub(everyday, "tenant", "list") == (0, ["63.01.01  KECAMATAN  ACTIVE  Takisung"])
    assert await ready.hub(everyday, "doctor") == (0, ["Nothing is wrong."])


@pytest.mark.slow
async def test_the_hub_serves_over_the_network(ready: Server, tmp_path: Path) -> None:
    await ready.hub(ready.everyday(), "tenant", "add", "63.01.02")
    made = await ready.hub(ready.everyday(), "key", "create", "63.01.02", "--label", "x", "--role", "CAMAT")
    with socket.socket() as free:
        free.bind((LOCAL, 0))
        port = int(free.getsockname()[1])
    told = {**os.environ, **ready.told(ready.everyday()), "HUB_DATA": str(tmp_path)}
    command = [*HUB, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=told, cwd=ROOT, stdout=subprocess.DEVNULL) as serving:  # noqa: S603, ASYNC220
        try:
            await asyncio.to_thread(listening, port)
            async with httpx.AsyncClient(base_url=f"http://{LOCAL}:{port}") as client:
                answer = await client.post(
                    "/graphql",
                    json={"query": "{ villages(first: 1) { totalCount } changes(first: 100) { more } }"},
                    headers={"authorization": f"Bearer {made[1][1]}"},
                )
                health = await client.get("/readyz")
        finally:
            serving.terminate()
            serving.wait(30)
    assert answer.json()["data"] == {"villages": {"totalCount": 11}, "changes": {"more": False}}
    assert health.status_code == 200


@pytest.mark.slow
async def test_the_administrators_sql_is_enough(ready: Server) -> None:
    address = ready.everyday("by_hand")
    code, lines = await ready.hub(address, "migrate", "--print-sql")
    border = lines.index('\\connect "by_hand"')

    for database, statements in (("postgres", lines[:border]), ("by_hand", lines[border + 1 :])):
        administrator = await asyncpg.connect(ready.administrator(database))
        for statement in statements:
            await administrator.execute(statement)
        await administrator.close()

    assert code == 0
    assert await ready.hub(address, "migrate") == (0, ["The database is ready."])


@pytest.mark.slow
async def test_who_is_not_let_in_or_not_answered_is_told_why(ready: Server, tmp_path: Path) -> None:
    other, quiet = tmp_path / "keys.json", "postgresql://postgres:x@127.0.0.1:1/hub"
    keyfile.create(other, now=system_clock().instant)
    roles = "The database server does not let the hub's roles in, or does not know them."
    account = "The database server does not let the account in HUB_DATABASE_URL in."
    silence = "No PostgreSQL server answers at the address in HUB_DATABASE_URL."

    async def said(address: str, command: str, *more: str, **told: str) -> tuple[int, str]:
        code, lines = await ready.hub(address, command, *more, **told)
        return code, lines[0]

    assert await said(ready.everyday("not_there"), "migrate") == (2, roles)
    assert await said(ready.everyday(), "tenant", "list", HUB_KEYS_FILE=str(other)) == (2, roles)
    assert await said(ready.administrator(password="wrong"), "migrate") == (2, account)
    assert await said(quiet, "migrate") == (2, silence)
    assert await said(quiet.replace("postgres:x@", ""), "doctor") == (2, silence)


async def test_a_server_without_the_hubs_database_is_fresh(owner_dsn: str) -> None:
    assert await place.fresh(place.Place(cluster.throwaway_cluster(), "not_there"))
    assert not await place.fresh(place.Place(owner_dsn, owner_dsn.partition("?")[0].rpartition("/")[2]))
