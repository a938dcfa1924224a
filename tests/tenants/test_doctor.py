"""The doctor on what a hub holds and how it is run: a sound one gives nothing, every planted fault its own."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import asyncpg
import pytest

from hub.journal.anchor import anchor
from hub.journal.sealer import seal
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.kernel.keyring import Purpose
from hub.kernel.scope import Reader
from hub.means import READERS
from hub.settings import Settings
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.tenants import keyfile
from hub.tenants.doctor import Setup, examine
from hub.wiring import Hub, open_hub
from tests import cluster
from tests.conftest import as_role, prepare
from tests.journal.stage import CommitmentSigned, say
from tests.world import make
from tests.world.build import World, build_world


@dataclass
class Ward:
    """A hub in a database of its own, with two sealed entries in each kecamatan."""

    hub: Hub
    world: World
    dsn: str
    setup: Setup


@pytest.fixture(scope="module")
async def ward(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    del database  # only so that the server is prepared
    folder = tmp_path_factory.mktemp("ward")
    dsn = await cluster.database_for(f"ward_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", prepare)
    keyfile.create(folder / "keys.json", now=system_clock().instant)
    settings = Settings(keys_file=folder / "keys.json", demo=True)
    hub = await open_hub(settings, {reader: as_role(dsn, reader.value) for reader in READERS})
    world = await build_world(hub, as_role(dsn, "hub_owner"))
    worker = await asyncpg.connect(as_role(dsn, "hub_worker"))
    for place in (world.takisung, world.halong):
        events = [CommitmentSigned(object_id=new_id()) for _ in range(2)]
        await say(hub.pools.of(Reader.API), *events, under=make.camat(place.tenant))
        await seal(worker, place.tenant.id, now=system_clock().instant)
    await worker.close()
    yield Ward(hub, world, dsn, Setup(hub.services.keys, folder / "anchors", 12, production=False))
    await hub.close()


@pytest.fixture
async def owner(ward: Ward) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(as_role(ward.dsn, "hub_owner"))
    yield connection
    await connection.close()


async def test_a_sound_hub_has_no_findings(ward: Ward, owner: Connection) -> None:
    assert await examine(owner, ward.setup, now=system_clock().instant) == []


async def test_an_altered_entry_is_found(ward: Ward) -> None:
    administrator = await asyncpg.connect(ward.dsn)
    tenant = ward.world.takisung.tenant
    entry = await administrator.fetchval(
        "select entry_id from journal_change where tenant_id = $1 and seq = 2", tenant.id
    )
    await administrator.execute("update journal_entry set role = 'X' where id = $1", entry)
    owner = await asyncpg.connect(as_role(ward.dsn, "hub_owner"))

    found = await examine(owner, ward.setup, now=system_clock().instant)

    await administrator.execute("update journal_entry set role = 'CAMAT' where id = $1", entry)
    await administrator.close()
    await owner.close()
    assert found == [Finding(Fault.CHAIN, "63.01.01", "ALTERED 2")]


async def test_a_rewritten_chain_is_found_by_its_anchor(ward: Ward, owner: Connection) -> None:
    tenant, now = ward.world.halong.tenant.id, system_clock()
    worker = await asyncpg.connect(as_role(ward.dsn, "hub_worker"))
    ring = ward.hub.services.keys
    await anchor(worker, tenant, day=now.instant.date(), signer=ring, folder=ward.setup.anchors)
    await worker.close()
    assert await examine(owner, ward.setup, now=now.instant) == []

    administrator = await asyncpg.connect(ward.dsn)
    await administrator.execute(
        "create table kept as select * from journal_change where tenant_id = $1 and seq = 2", tenant
    )
    await administrator.execute("delete from journal_change where tenant_id = $1 and seq = 2", tenant)
    await administrator.execute(
        "update chain_head set seq = 1, hash = (select hash from journal_change where tenant_id = $1 and seq = 1) "
        "where tenant_id = $1",
        tenant,
    )
    found = await examine(owner, ward.setup, now=now.instant)
    await administrator.execute("insert into journal_change select * from kept")
    await administrator.execute(
        "update chain_head set seq = 2, hash = (select hash from kept) where tenant_id = $1", tenant
    )
    await administrator.execute("drop table kept")
    await administrator.close()

    assert found == [Finding(Fault.CHAIN, "63.11.02", "ANCHOR 2")]


async def test_an_entry_that_waits_too_long_is_found(ward: Ward, owner: Connection) -> None:
    tenant = ward.world.takisung.tenant
    await say(ward.hub.pools.of(Reader.API), CommitmentSigned(object_id=new_id()), under=make.camat(tenant))
    late = system_clock().instant + timedelta(days=400)

    found = await examine(owner, ward.setup, now=late)

    worker = await asyncpg.connect(as_role(ward.dsn, "hub_worker"))
    await seal(worker, tenant.id, now=system_clock().instant)
    await worker.close()
    assert [(each.fault, each.where) for each in found] == [(Fault.SEALER_LAG, "63.01.01")]


async def test_a_key_version_that_is_missing_is_found(ward: Ward, owner: Connection) -> None:
    now = system_clock().instant
    ring = ward.hub.services.keys.rotated(Purpose.DATA, now=now).retired(Purpose.DATA, 1, remaining=0, now=now)

    found = await examine(owner, replace(ward.setup, ring=ring), now=now)

    assert found == [Finding(Fault.KEY_VERSION, "data 1", "66")]


async def test_a_demo_tenant_and_a_careless_server_are_found_in_production(ward: Ward, owner: Connection) -> None:
    administrator = await asyncpg.connect(ward.dsn)
    await administrator.execute("update tenant set demo = true where code = '63.11.02'")

    found = await examine(owner, replace(ward.setup, production=True), now=system_clock().instant)

    await administrator.execute("update tenant set demo = false")
    await administrator.close()
    assert found == [
        Finding(Fault.DEMO_TENANT, "63.11.02"),
        Finding(Fault.NOT_DURABLE, "fsync", "off"),
        Finding(Fault.NOT_DURABLE, "full_page_writes", "off"),
        Finding(Fault.NOT_DURABLE, "synchronous_commit", "off"),
    ]


async def test_pools_larger_than_the_server_are_found(ward: Ward, owner: Connection) -> None:
    found = await examine(owner, replace(ward.setup, connections=96), now=system_clock().instant)

    assert found == [Finding(Fault.POOL_SIZE, "HUB_POOL_SIZE", "96 + 5 > 97")]
