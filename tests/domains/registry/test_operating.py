"""The registry's key is changed wherever that is killed, commands make it anew, and the doctor says what is amiss."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
from typer.testing import CliRunner

from hub.domains.registry import rotating
from hub.domains.registry.keeping import KIND, Keys
from hub.domains.registry.rebuilding import rebuild
from hub.entrypoints import cli, registry_examined
from hub.kernel.clock import system_clock
from hub.kernel.keyring import REGISTRY_PURPOSES, Purpose
from hub.settings import Settings
from hub.store.findings import Fault
from hub.store.pools import Connection
from hub.tenants import keyfile
from hub.wiring import Hub
from tests.relay import Died, Mortal, Worker
from tests.schema.citizens.stage import Office

Offices = tuple[Office, Office]
_numbers = count(1)
HERE = "select distinct key_version from person_key"


@dataclass
class File:
    """A registry made with the key of a file of its own."""

    path: Path
    nik: str
    database: str
    keys_file: str

    def settings(self, **other: Any) -> Settings:
        given = {"registry_keys_file": self.path, "data": self.path.parent / "data", "database_url": "postgresql:///x"}
        return Settings(**{**given, **other})

    async def run(self, *words: str) -> tuple[int, list[str]]:
        """A command, in English."""
        told = {
            "HUB_DATABASE_URL": self.database,
            "HUB_KEYS_FILE": self.keys_file,
            "HUB_REGISTRY_KEYS_FILE": str(self.path),
            "HUB_LANG": "en",
            "COLUMNS": "300",
        }
        done = await asyncio.to_thread(CliRunner().invoke, cli.app, words, env=told)
        return done.exit_code, done.stdout.splitlines()


@pytest.fixture
async def file(offices: Offices, worker: Worker, hub: Hub, database: str, tmp_path: Path) -> File:
    """Somebody of both kecamatan, entered under version 1."""
    nik = f"631102560590{next(_numbers):04d}"
    for each in offices:
        await each.citizen(await each.household(), nik=nik)
    path = tmp_path / "registry.json"
    ring = keyfile.create(path, now=system_clock().instant, purposes=REGISTRY_PURPOSES)
    async with worker.connected() as connection:
        await rebuild(connection, Keys(worker.keys.shared, ring), clock=system_clock)
    return File(path, nik, database, str(hub.settings.keys_file))


async def homes(admin: asyncpg.Connection, file: File) -> int:
    """In how many registers the person lives by the key that is in the file now."""
    ring = keyfile.load(file.path, now=system_clock().instant)
    found: int = await admin.fetchval(
        "select count(*) from person_home join person_key using (person_id) where living and bidx = $1",
        ring.registry_blind(file.nik, kind=KIND),
    )
    return found


async def test_the_key_is_changed_wherever_the_command_is_killed(
    file: File, worker: Worker, admin: asyncpg.Connection
) -> None:
    deaths = 0
    while True:
        async with worker.connected() as connection:
            mortal = cast("Connection", Mortal(connection, dies_at=deaths + 1))
            try:
                await rotating.rotate(
                    mortal, file.path, worker.keys.shared, clock=system_clock, after=timedelta(0), batch=50
                )
                break
            except (Died, asyncpg.InterfaceError):
                deaths += 1

    ring = keyfile.load(file.path, now=system_clock().instant)
    assert deaths > 15
    assert ring.live(Purpose.REGISTRY) == (2,)
    assert [row["key_version"] for row in await admin.fetch(HERE)] == [2]
    assert await homes(admin, file) == 2


async def test_commands_show_rebuild_and_need_the_file(file: File, admin: asyncpg.Connection) -> None:
    people = await admin.fetchval("select count(*) from person")
    await admin.execute("delete from person_home")

    read = await admin.fetchval("select count(*) from citizen")
    assert await file.run("registry", "status") == (0, [f"registry     1  current {people:>12}"])
    assert await file.run("registry", "rebuild") == (0, [f"The registry is made anew from {read} records."])
    assert await homes(admin, file) == 2
    file.path.unlink()
    assert (await file.run("registry", "rebuild"))[0] == 2


async def test_the_doctor_finds_what_is_wrong_with_the_key_file(
    file: File, hub: Hub, owner: asyncpg.Connection
) -> None:
    shared = hub.services.keys

    async def found(**other: Any) -> list[tuple[Fault, str]]:
        rows = await registry_examined.examine(owner, file.settings(**other), shared)
        return [(each.fault, each.where) for each in rows]

    sound, unset = await found(), await found(registry_keys_file=None)
    within = await found(data=file.path.parent)
    file.path.chmod(0o644)
    exposed = await found()
    file.path.chmod(0o600)
    file.path.write_text("{}")
    damaged = await found()
    file.path.unlink()
    missing = await found()
    keyfile.create(file.path, now=system_clock().instant, purposes=REGISTRY_PURPOSES)
    other = await found()

    where = str(file.path)
    assert sound == []
    assert unset == [(Fault.REGISTRY_KEYS_UNSET, "HUB_REGISTRY_KEYS_FILE")]
    assert within == [(Fault.REGISTRY_KEYS_PLACE, where)]
    assert exposed == [(Fault.REGISTRY_KEYS_EXPOSED, where)]
    assert damaged == [(Fault.REGISTRY_KEYS_UNREADABLE, where)]
    assert missing == [(Fault.REGISTRY_KEYS_MISSING, where)]
    assert other == [(Fault.REGISTRY_OTHER_KEY, where)]
