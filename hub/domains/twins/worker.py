"""How the worker stands in a tenant while it sees to twin cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.kernel.clock import Now
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.pools import Connection
from hub.store.unit import Unit, enter
from hub.tenants.permissions import Permission

_TENANT = "select id, code, zone from tenant where id = $1"


async def tenant_of(connection: Connection, key: int) -> TenantRef:
    """A tenant by its number."""
    row = await connection.fetchrow(_TENANT, key)
    assert row is not None  # noqa: S101  # tenants are suspended, never removed
    return TenantRef(row["id"], row["code"], Zone(row["zone"]))


@asynccontextmanager
async def acting(connection: Connection, tenant: TenantRef, now: Now) -> AsyncIterator[Unit]:
    """One transaction of the worker inside one tenant, with the right to end a record that was decided about."""
    may = frozenset({Permission.WRITE_REGISTER.value})
    scope = Scope(Reader.WORKER, "WORKER", may, (tenant,), request_id="worker")
    async with connection.transaction():
        await enter(connection, scope)
        yield Unit(connection, scope, now)
