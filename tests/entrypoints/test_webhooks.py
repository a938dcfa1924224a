"""`hub webhooks`: what an operator sees and does."""

import os

import asyncpg
import pytest

from hub.kernel.ids import new_id
from hub.kernel.scope import TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from tests import cluster
from tests.conftest import as_role, prepare
from tests.entrypoints.test_upkeep import Operator

SERVER = f"operator_webhooks_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
ENDPOINT = """
insert into webhook_endpoint (tenant_id, id, version, created_at, updated_at, url, types, effects, state, stopped_for,
    secret_sealed, principal_id, grant_id, seq, released_epoch, slow)
values ($1, $2, 1, now(), now(), 'https://receiver.example', '{}', '{}', $3, $4, '', $2, $2, 7, 0, false)
"""


@pytest.fixture
async def webhooks(database: str) -> tuple[str, list[str]]:
    """A database with two webhooks that wait for a release, and their ids."""
    del database  # only so that the server is prepared
    dsn = await cluster.database_for(SERVER, prepare)
    owner = await asyncpg.connect(as_role(dsn, "hub_owner"))
    found = []
    for code, state, why in (("32.15.15", "ACTIVE", None), ("32.15.16", "PAUSED", "FAILING")):
        tenant: TenantRef = await admin.add_tenant(
            owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WIB
        )
        async with admin.entered(owner, tenant.id):
            key = new_id()
            await owner.execute(ENDPOINT, tenant.id, key, state, why)
            found.append(str(key))
    await owner.close()
    return dsn, found


@pytest.fixture
def operator(webhooks: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Somebody at the command line."""
    monkeypatch.setenv("HUB_DATABASE_URL", webhooks[0])
    return Operator(monkeypatch)


def test_webhooks_are_listed_released_and_sent_again(operator: Operator, webhooks: tuple[str, list[str]]) -> None:
    active, paused = webhooks[1]
    assert operator.runs("webhooks", "list") == [
        f"32.15.15  {active}  Active, waits for a release  7  -",
        f"32.15.16  {paused}  Paused, Failed for days, waits for a release  7  -",
        "2 webhooks.",
    ]
    assert operator.runs("webhooks", "release", "--tenant", "32.15.16") == ["1 webhooks are released."]
    assert operator.runs("webhooks", "list", "--tenant", "32.15.16")[0] == (
        f"32.15.16  {paused}  Paused, Failed for days  7  -"
    )
    assert operator.runs("webhooks", "release") == ["1 webhooks are released."]
    assert operator.runs("webhooks", "replay", active, "--since", "3") == [f"Messages of {active} will be sent again."]
    line = operator.runs("webhooks", "list", "--tenant", "32.15.15")[0].split("  ")
    assert line[:4] == ["32.15.15", active, "Active", "2"]
    assert line[4] != "-"

    ahead = operator.tries("webhooks", "replay", active, "--since", "9")
    unknown = operator.tries("webhooks", "replay", "nothing")
    assert (ahead.exit_code, unknown.exit_code) == (2, 2)
    assert "The webhook has come as far as 2" in ahead.output
    assert "There is no webhook nothing." in unknown.output
