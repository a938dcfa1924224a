"""A new tenant comes with its rows, and its journal tells them."""

import asyncpg
import pytest

from hub.entrypoints import onboarding
from hub.entrypoints.onboarding import Added
from hub.journal import sealer
from hub.journal.verify import verify
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.unit import connected
from hub.tenants import administration as admin
from hub.tenants.administration import TenantExists
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.world.build import key_for

PARINGIN = "63.11.06"  # of this file only
FEED = """{
    changes(first: 500) { more entries { kind effect type id village { code } version fields } }
    kecamatan(code: "63.11.06") { id name }
    villages(first: 100, orderBy: CODE) { nodes { id code } }
}"""
OFFICE = ["code", "name", "public_feedback", "slug", "time_zone"]
VILLAGE = ["aliases", "code", "kind", "name", "terrain"]


async def added(owner: asyncpg.Connection) -> Added:
    """What `hub tenant add` does."""
    return await onboarding.add(
        owner, kind=TenantKind.KECAMATAN, code=PARINGIN, name=None, zone=None, now=system_clock()
    )


async def counted(database: str) -> list[int]:
    """Rows that a kecamatan brings, of all tenants, as the superuser sees them."""
    names = ("tenant", "kecamatan", "village", "journal_entry", "journal_pending")
    connection = await asyncpg.connect(database)
    try:
        return [await connection.fetchval(f"select count(*) from {name}") for name in names]
    finally:
        await connection.close()


async def test_the_feed_of_a_new_kecamatan_tells_its_office_and_its_villages_and_the_chain_is_sound(
    hub: Hub, client: Client, owner: asyncpg.Connection
) -> None:
    made = await added(owner)
    tenant = await admin.find_tenant(owner, PARINGIN)
    async with connected(hub.pools.of(Reader.WORKER)) as worker:
        sealed = await sealer.seal(worker, tenant.id, now=system_clock().instant)
        verdict = await verify(worker, tenant.id)

    key = await key_for(owner, TenantRef(tenant.id, tenant.code, Zone(tenant.zone)), Role.KEC_SECRETARY)
    found = await client.data(FEED, key=key)

    villages, office = found["villages"]["nodes"], found["kecamatan"]
    assert (sealed, verdict.checked, verdict.sound) == (1 + made.villages, 1 + made.villages, True)
    assert len(villages) == made.villages > 10
    assert found["changes"] == {
        "more": False,
        "entries": [
            {
                "kind": "KECAMATAN_ADDED", "effect": "CREATED", "type": "Kecamatan", "id": office["id"],
                "village": None, "version": 1, "fields": OFFICE,
            },
            *(
                {
                    "kind": "VILLAGE_ADDED", "effect": "CREATED", "type": "Village", "id": each["id"],
                    "village": {"code": each["code"]}, "version": 1, "fields": VILLAGE,
                }
                for each in villages
            ),
        ],
    }  # fmt: skip


async def test_the_journal_says_that_the_command_line_did_it(owner: asyncpg.Connection) -> None:
    tenant = await admin.find_tenant(owner, PARINGIN)
    async with admin.entered(owner, tenant.id):
        rows = await owner.fetch(
            "select distinct principal_id, role, request_id, channel from journal_entry where tenant_id = $1", tenant.id
        )
    assert [tuple(row) for row in rows] == [(None, "INTEGRATION", "hub tenant add", "CLI")]


async def test_what_is_not_added_is_not_told(owner: asyncpg.Connection, database: str) -> None:
    before = await counted(database)
    with pytest.raises(TenantExists):
        await added(owner)
    assert await counted(database) == before
