"""Rotating keys while serving: killed in the middle and run again, everybody is found and every value opens."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from sqlmodel import SQLModel

from hub.domains.citizens.model import Citizen, Household
from hub.domains.shelf import SHELF
from hub.journal.personal import key_for
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyInUse, Purpose
from hub.kernel.scope import TenantRef, Zone
from hub.means import READERS
from hub.settings import Settings
from hub.store.base import MANIFEST, metadata
from hub.store.pools import Connection
from hub.tenants import administration as admin
from hub.tenants import keyfile, rotation
from hub.tenants.model import TenantKind
from hub.tenants.rotation import TooSoon, WorkUnderWay
from hub.wiring import Hub, open_hub
from tests import cluster
from tests.conftest import as_role, prepare
from tests.world import make

PEOPLE = 25  # in each of two tenants
QUERIES = {
    "nik": "select id from citizen where tenant_id = $1 and nik_bidx = any($2)",
    "kk": "select id from household where tenant_id = $1 and kk_bidx = any($2)",
}
CHILD = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
import asyncpg
from hub.domains import shelf
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.tenants import rotation

async def main():
    worker = await asyncpg.connect(sys.argv[1])
    await rotation.rotate(worker, Path(sys.argv[2]), clock=system_clock, after=timedelta(seconds=float(sys.argv[3])),
                          batch=7, progress=lambda column, changed: print(column, changed, flush=True))

asyncio.run(main())
"""


@dataclass
class Register:
    """A database of our own with two tenants full of sealed values, and the hub that serves it."""

    hub: Hub
    dsn: str
    keys: Path
    tenants: list[TenantRef]
    niks: dict[tuple[int, str], UUID]
    kks: dict[tuple[int, str], UUID]

    async def found(self) -> int:
        """How many look-ups by NIK or card number find exactly their row, with the keys of the running hub."""
        return sum(
            [
                await self._finds("nik", self.niks),
                await self._finds("kk", self.kks),
            ]
        )

    async def _finds(self, kind: str, wanted: dict[tuple[int, str], UUID]) -> int:
        api = await asyncpg.connect(as_role(self.dsn, "hub_api"))
        good = 0
        for (tenant, number), row in wanted.items():
            await api.execute("select set_config('hub.tenant', $1, false)", str(tenant))
            blinds = self.hub.services.keys.blinds(number, tenant=tenant, kind=kind)
            query = QUERIES[kind]
            good += [each["id"] for each in await api.fetch(query, tenant, list(blinds))] == [row]
        await api.close()
        return good


@pytest.fixture
async def register(database: str, tmp_path: Path) -> AsyncIterator[Register]:
    del database  # only so that the server is prepared
    name = f"rotation_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    dsn = await cluster.database_for(name, prepare)
    keys = tmp_path / "keys.json"
    keyfile.create(keys, now=system_clock().instant)
    hub = await open_hub(
        Settings(keys_file=keys, demo=True), {reader: as_role(dsn, reader.value) for reader in READERS}
    )
    made = Register(hub, dsn, keys, [], {}, {})
    owner = await asyncpg.connect(as_role(dsn, "hub_owner"))
    for code in ("63.01.01", "63.11.02"):
        tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WITA)
        made.tenants.append(tenant)
        await _fill(made, tenant)
    await owner.close()
    yield made
    await hub.close()


@pytest.fixture
async def worker(register: Register) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(as_role(register.dsn, "hub_worker"))
    yield connection
    await connection.close()


async def _fill(made: Register, tenant: TenantRef) -> None:
    ring = made.hub.services.keys
    village = make.village(tenant, f"{tenant.code}.2001", "A")
    official = make.official(tenant, village, "Kades")
    official.phone_sealed = ring.seal(
        b"+62811", tenant=tenant.id, table="village_official", column="phone", row=official.id
    )
    partner = make.partner(tenant, "PKK")
    partner.phone_sealed = ring.seal(
        b"+62812", tenant=tenant.id, table="partner_organization", column="phone", row=partner.id
    )
    rows: list[SQLModel] = [village, official, partner]
    for number in range(PEOPLE):
        home = make.household(made.hub, tenant, village.id)
        nik = f"6399{tenant.id:04d}{number:08d}"
        citizen, *more = make.citizen(made.hub, tenant, home, f"Orang {number}", nik=nik)
        assert isinstance(citizen, Citizen)
        citizen.father_nik_sealed = ring.seal(
            nik.encode(), tenant=tenant.id, table="citizen", column="father_nik", row=citizen.id
        )
        citizen.father_nik_prefix = nik[:4]
        rows += [home, citizen, *more]
        made.niks[tenant.id, nik] = citizen.id
        made.kks[tenant.id, _kk(made, home)] = home.id
    async with make.unit(made.hub, tenant) as unit:
        for row in rows:
            await unit.add(row)
        for row in rows:
            if isinstance(row, Citizen):
                await key_for(unit, row.id, ring)


def _kk(made: Register, home: Household) -> str:
    place = {"tenant": home.tenant_id, "table": "household", "column": "kk", "row": home.id}
    return made.hub.services.keys.open(home.kk_sealed, **place).decode()  # type: ignore[arg-type]


async def child(register: Register, *, delay: float = 0) -> asyncio.subprocess.Process:
    """`hub secrets rotate` in a process of its own; it says a line after every batch."""
    dsn = as_role(register.dsn, "hub_worker")
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, dsn, str(register.keys), str(delay), stdout=asyncio.subprocess.PIPE
    )


def test_every_binary_column_is_either_rotated_or_known_to_need_no_key() -> None:
    assert SHELF
    binary = {
        f"{name}.{column.name}"
        for name in MANIFEST
        for column in metadata.tables[name].c
        if type(column.type).__name__ == "LargeBinary"
    }

    assert binary - {str(column) for column in rotation.columns()} == NO_KEY


NO_KEY = {
    "survey_invitation.code_sha256",
    "api_key.sha256",
    "app_document.sha256",
    "app_manifest.sha256",
    "document_text.sha256",
    "chain_head.hash",
    "before_import.digest",
    "citizen.row_digest",
    "idempotency.input_sha256",
    "import_batch.file_sha256",
    "import_row.digest",
    "import_row.family",  # a blind index for one batch; staged rows go as they are written
    "import_row.former_family",
    "proposed_event.digest",
    "person_key.bidx",  # under the registry's own key: a rebuild makes it anew
    "journal_anchor.hash",
    "journal_anchor.signature",  # verified by the public halves of retired keys
    "journal_change.hash",
    "journal_entry.personal",  # under the person's own key, which is what is wrapped
    "rate_bucket.key",  # a digest of who asks
    "file_link.token_hash",
    "sign_in_invitation.token_hash",
    "sign_in_session.token_hash",
    "stored_file.digest",  # a name on the disk, never made again from an old key; the content's own key is sealed
}


async def test_killed_in_the_middle_and_run_again_everything_is_found_and_opens(
    register: Register, worker: Connection
) -> None:
    everyone = 4 * PEOPLE
    assert await register.found() == everyone

    first = await child(register)
    assert first.stdout is not None
    for _ in range(20):
        assert await first.stdout.readline()
    first.send_signal(signal.SIGKILL)
    await first.wait()
    await asyncio.sleep(keyfile.LOOK_SECONDS)
    midway = await rotation.count(worker)
    assert midway[Purpose.DATA, 1] > 0
    assert midway[Purpose.DATA, 2] > 0
    assert await register.found() == everyone

    second = await child(register)
    assert await second.wait() == 0

    assert await rotation.count(worker) == {
        (Purpose.DATA, 2): 2 * (3 * PEOPLE + 2),
        (Purpose.INDEX, 2): 2 * 2 * PEOPLE,
        (Purpose.JOURNAL, 2): 2 * PEOPLE,
    }
    assert await register.found() == everyone
    ring = keyfile.load(register.keys, now=system_clock().instant)
    assert [v.number for v in ring.versions if v.purpose is Purpose.DATA] == [1, 2]
    assert await rotation.unreadable(worker, ring, sample=10_000) == {}


async def test_retiring_loses_nothing(register: Register, worker: Connection) -> None:
    await rotation.rotate(worker, register.keys, clock=system_clock, after=timedelta(0))

    for purpose in rotation.PURPOSES:
        await rotation.retire(worker, register.keys, purpose, 1, clock=system_clock, grace=timedelta(0))

    ring = keyfile.load(register.keys, now=system_clock().instant)
    assert {ring.live(purpose) for purpose in rotation.PURPOSES} == {(2,)}
    assert await rotation.unreadable(worker, ring, sample=10_000) == {}
    await asyncio.sleep(keyfile.LOOK_SECONDS)
    assert await register.found() == 4 * PEOPLE
    assert [(each.purpose, each.version, each.values) for each in await rotation.status(worker, ring)] == [
        (Purpose.DATA, 2, 2 * (3 * PEOPLE + 2)),
        (Purpose.DATABASE, 1, None),
        (Purpose.INDEX, 2, 4 * PEOPLE),
        (Purpose.JOURNAL, 2, 2 * PEOPLE),
    ]


async def test_a_version_with_values_is_not_retired(register: Register, worker: Connection) -> None:
    now = system_clock().instant
    keyfile.update(register.keys, lambda ring: ring.rotated(Purpose.DATA, now=now), now=now)

    with pytest.raises(KeyInUse):
        await rotation.retire(worker, register.keys, Purpose.DATA, 1, clock=system_clock, grace=timedelta(0))

    assert keyfile.load(register.keys, now=now).live(Purpose.DATA) == (2, 1)


async def test_a_version_that_was_in_use_a_moment_ago_is_not_retired(register: Register, worker: Connection) -> None:
    await rotation.rotate(worker, register.keys, clock=system_clock, after=timedelta(0))

    with pytest.raises(TooSoon):
        await rotation.retire(worker, register.keys, Purpose.DATA, 1, clock=system_clock)


async def test_a_version_is_not_retired_while_older_work_is_still_writing(
    register: Register, worker: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rotation.rotate(worker, register.keys, clock=system_clock, after=timedelta(0))
    monkeypatch.setattr(rotation, "_PATIENCE", 2)
    busy = await asyncpg.connect(as_role(register.dsn, "hub_api"))
    writing = busy.transaction()
    await writing.start()
    await busy.fetchval("select 1")  # it has written nothing yet, and may do so

    with pytest.raises(WorkUnderWay):
        await rotation.retire(worker, register.keys, Purpose.DATA, 1, clock=system_clock, grace=timedelta(0))

    await writing.rollback()
    await busy.close()
    await rotation.retire(worker, register.keys, Purpose.DATA, 1, clock=system_clock, grace=timedelta(0))


async def test_a_row_in_use_is_come_back_to(register: Register, worker: Connection) -> None:
    tenant = register.tenants[0]
    busy = await asyncpg.connect(as_role(register.dsn, "hub_api"))
    writing = busy.transaction()
    await writing.start()
    await busy.execute("select set_config('hub.tenant', $1, true)", str(tenant.id))
    await busy.execute("select 1 from citizen where tenant_id = $1 limit 3 for update", tenant.id)

    walking = asyncio.create_task(rotation.rotate(worker, register.keys, clock=system_clock, after=timedelta(0)))
    await asyncio.sleep(0.6)
    assert not walking.done()
    await writing.rollback()
    await busy.close()

    walked = await walking
    assert (walked.changed, walked.left()) == (2 * (6 * PEOPLE + 2), 0)


async def test_a_person_entered_twice_meanwhile_is_reported_and_the_rest_is_done(
    register: Register, worker: Connection
) -> None:
    now = system_clock().instant
    ring = keyfile.update(register.keys, lambda held: held.rotated(Purpose.INDEX, now=now), now=now)
    (tenant, nik), first = next(iter(register.niks.items()))
    await _enter_again(register, tenant, first, ring.blind(nik, tenant=tenant, kind="nik"))

    walked = await rotation.walk(worker, ring, purposes=(Purpose.INDEX,))

    assert walked.clashing == {"citizen.nik_bidx": [first]}
    assert (await rotation.count(worker))[Purpose.INDEX, 1] == 1


async def test_a_value_that_does_not_open_is_reported_and_left(register: Register, worker: Connection) -> None:
    (tenant, _), row = next(iter(register.niks.items()))
    broken = await asyncpg.connect(register.dsn)
    await broken.execute("update citizen set nik_sealed = set_byte(nik_sealed, 20, 7) where id = $1", row)
    await broken.execute("update citizen set nik_sealed = set_byte(nik_sealed, 21, 7) where id = $1", row)
    await broken.close()

    walked = await rotation.rotate(worker, register.keys, clock=system_clock, after=timedelta(0))

    assert walked.unreadable == {"citizen.nik_sealed": [row], "citizen.nik_bidx": [row]}
    ring = keyfile.load(register.keys, now=system_clock().instant)
    assert await rotation.unreadable(worker, ring) == {"citizen.nik_sealed": 1}
    assert tenant == register.tenants[0].id


async def test_an_unfinished_rotation_is_finished_before_another_begins(register: Register, worker: Connection) -> None:
    now = system_clock().instant
    keyfile.update(register.keys, lambda ring: ring.rotated(Purpose.DATA, now=now), now=now)

    await rotation.rotate(worker, register.keys, clock=system_clock, purposes=(Purpose.DATA,), after=timedelta(0))
    assert keyfile.load(register.keys, now=now).live(Purpose.DATA) == (2, 1)

    await rotation.rotate(worker, register.keys, clock=system_clock, purposes=(Purpose.DATA,), after=timedelta(0))
    assert keyfile.load(register.keys, now=system_clock().instant).live(Purpose.DATA) == (3, 2, 1)


async def _enter_again(register: Register, tenant: int, citizen: UUID, blind: bytes) -> None:
    """The same person once more, as a process does that already writes under the new version."""
    owner = await asyncpg.connect(register.dsn)
    async with owner.transaction():
        await owner.execute("create temp table again on commit drop as select * from citizen where id = $1", citizen)
        await owner.execute("update again set id = $1, nik_bidx = $2", new_id(), blind)
        await owner.execute("insert into citizen select * from again where tenant_id = $1", tenant)
    await owner.close()
