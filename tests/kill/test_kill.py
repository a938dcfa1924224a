"""Kill -9 of the hub and of PostgreSQL under load: what was acknowledged is there once and whole, the chain holds."""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from subprocess import Popen
from uuid import UUID

import asyncpg
import httpx
import openpyxl
import pytest

from hub.kernel.ids import GlobalId
from hub.kernel.scope import TenantRef, Zone
from hub.means import READERS
from hub.settings import Settings
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import open_hub
from tests.integrations.webhooks.stage import Receiver
from tests.kill.machine import Machine, Victim, machine
from tests.kill.proof import Proof
from tests.kill.stream import Stream, officer
from tests.world import make
from tests.world.build import key_for

SEED = 20261121
ROUNDS = [Victim.HUB] * 10 + [Victim.SERVER] * 7 + [Victim.SESSION] * 3
IMPORT_EVERY = 5  # rounds
DESKS = 4
FAMILIES, MEMBERS = 150, 4
KECAMATAN = "63.01.01"
VILLAGES = "select code from region where parent_code = $1 and level = 'DESA' order by code"


@dataclass(frozen=True, slots=True)
class Office:
    """The kecamatan where it happens: one village for the counters, the others for a file each."""

    tenant: TenantRef
    key: str
    office: str
    village: str
    empty: dict[str, UUID]


@dataclass
class Trial:
    """Everything a round needs."""

    machine: Machine
    office: Office
    stream: Stream
    proof: Proof
    file: Path
    receiver: Receiver
    interrupted: int = 0  # imports that died

    async def round(self, victim: Victim, chance: random.Random, *, importing: str | None) -> None:
        """Work, kill, look, start again, let everybody retry, and look again."""
        self.stream.up.set()
        self.stream.open.set()
        await self.stream.served(chance.randint(5, 40))
        child = await self.half_an_import(importing, chance) if importing else None
        await asyncio.sleep(chance.uniform(0, 0.03))
        self.stream.up.clear()
        await self.machine.kill(victim)
        if child is not None:
            self.interrupted += await self.machine.finish_import(child) != 0
        before = list(self.stream.done)

        await self.machine.recover(victim)
        await self.proof.nothing_lost(before)
        await self.proof.nothing_half()
        self.stream.up.set()
        await self.stream.settle()
        if importing is not None:
            await self.import_to_the_end(importing)
        await self.repeated(chance)

        await self.proof.nothing_lost(self.stream.done)
        await self.proof.nothing_half()
        await self.proof.nothing_twice(self.stream.done)
        await self.proof.chained(self.machine.dsn("hub_worker"))

    async def half_an_import(self, code: str, chance: random.Random) -> Popen[str]:
        """An import in the middle of one of its steps."""
        child = await self.machine.start_import({**self.order(code), "asking": "yes"})
        for _ in range(chance.randint(0, 1)):
            await self.machine.let_go(child)
        self.machine.nudge(child)
        return child

    async def import_to_the_end(self, code: str) -> None:
        """The operator imports the same file again."""
        child = await self.machine.start_import(self.order(code))
        assert await self.machine.finish_import(child) == 0
        await self.proof.imported(self.office.empty[code], people=FAMILIES * MEMBERS, homes=FAMILIES)

    async def repeated(self, chance: random.Random) -> None:
        """Old requests, sent once more, are answered from what was done then."""
        for each in chance.sample(self.stream.done, min(3, len(self.stream.done))):
            again = await self.stream.attempt(each.request)
            assert again == {**each.payload, "replayed": True}

    def order(self, code: str) -> dict[str, str]:
        """What the importing process is told."""
        return {
            "tenant": str(self.office.tenant.id),
            "code": self.office.tenant.code,
            "village": code,
            "dsn": self.machine.dsn("hub_api"),
            "keys": str(self.machine.keys),
            "file": str(self.file),
        }


def chance_of(number: int) -> random.Random:
    """The chance of a round, the same in every run."""
    return random.Random(SEED + number)  # noqa: S311  # a test's dice


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts on the kernel to end children with the test")
async def test_twenty_kills_under_load_lose_nothing_halve_nothing_and_double_nothing() -> None:
    began = time.monotonic()
    victims = chance_of(0).sample(ROUNDS, len(ROUNDS))
    note = "before the first round"
    try:
        async with machine() as made, trial_on(made) as trial:
            codes = iter(trial.office.empty)
            for number, victim in enumerate(victims):
                importing = next(codes) if number % IMPORT_EVERY == 0 else None
                note = f"round {number} of seed {SEED}: killing {victim.value}, importing into {importing}"
                await trial.round(victim, chance_of(number), importing=importing)
            note = "after the last round"
            messages = await trial.proof.delivered(trial.receiver)
    except BaseException as error:
        error.add_note(note)
        raise
    stream, seconds = trial.stream, time.monotonic() - began
    print(  # noqa: T201  # the figures, for whoever runs it with -s
        f"\n{len(victims)} rounds, {len(stream.done)} acknowledged, {stream.retried} retried, "
        f"{stream.replayed} replayed, {trial.interrupted} imports cut, "
        f"{messages} messages of webhooks, {seconds:.0f} s; {dict(stream.failures)}"
    )
    assert len(stream.done) > len(victims)
    assert stream.retried > 0
    assert stream.replayed > 0
    assert trial.interrupted > 0


@asynccontextmanager
async def trial_on(made: Machine) -> AsyncIterator[Trial]:
    """A hub with a tenant, and officers at their counters, waiting for the office to open."""
    office = await settle_in(made)
    file = made.folder / "desa.xlsx"
    write_people(file)
    made.start_hub()
    await made.ready()
    proof = Proof(made.base, office.tenant.id, list(office.empty.values()))
    headers = {"authorization": f"Bearer {office.key}"}
    limits = httpx.Limits(max_keepalive_connections=DESKS)
    async with (
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{made.port}", headers=headers, limits=limits, trust_env=False
        ) as http,
        Receiver() as receiver,
        asyncio.TaskGroup() as group,
    ):
        stream = Stream(http, chance_of(0))
        desks = [
            group.create_task(officer(stream, desk, office=office.office, village=office.village))
            for desk in range(1, DESKS + 1)
        ]
        stream.up.set()
        stream.open.set()
        await stream.ask("createWebhookEndpoint", url=receiver.url, types=["Feedback"])
        yield Trial(made, office, stream, proof, file, receiver)
        for each in desks:
            each.cancel()


async def settle_in(made: Machine) -> Office:
    """The tenant with its villages and the camat's key."""
    hub = await open_hub(
        Settings(keys_file=made.keys, data=made.data), {reader: made.dsn(reader.value) for reader in READERS}
    )
    owner = await asyncpg.connect(made.dsn("hub_owner"))
    try:
        tenant = await admin.add_tenant(
            owner, kind=TenantKind.KECAMATAN, code=KECAMATAN, name="Takisung", zone=Zone.WITA
        )
        office = make.office(tenant, "Takisung")
        codes = [row["code"] for row in await owner.fetch(VILLAGES, KECAMATAN)]
        villages = [make.village(tenant, code, f"Desa {code}") for code in codes]
        async with make.unit(hub, tenant) as unit:
            await unit.add(office)
            await unit.add_all(villages)
        key = await key_for(owner, tenant, Role.CAMAT)
    finally:
        await owner.close()
        await hub.close()
    counters, *empty = villages
    return Office(
        tenant,
        key,
        GlobalId("Kecamatan", tenant.id, office.id).encode(),
        GlobalId("Village", tenant.id, counters.id).encode(),
        {village.code: village.id for village in empty},
    )


def write_people(path: Path) -> None:
    """A village's workbook: families of four."""
    made = openpyxl.Workbook(write_only=True)
    page = made.create_sheet("Data Penduduk")
    page.append(
        ["alamat", "dusun", "rw", "rt", "nama", "no_kk", "nik", "sex", "tempatlahir", "tanggallahir", "kk_level"]
    )
    for number in range(FAMILIES * MEMBERS):
        family, member = divmod(number, MEMBERS)
        place = ("Jl. Contoh No. 1", "Dusun Satu", "002", "001")
        numbers = (f"63010202022{family:05d}", f"630102050790{number:04d}")
        page.append([*place, "Contoh Warga", *numbers, 1, "Pelaihari", date(1990, 7, 5), 4 if member else 1])
    made.save(path)
