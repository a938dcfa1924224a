"""How the worker acts in a tenant: one at a time, one transaction each; nobody is named as the actor unless said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from hub.kernel.clock import Now
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.pools import Connection
from hub.store.unit import Unit, enter
from hub.tenants.permissions import Permission

ROLE = "WORKER"
_TENANT = "select id, code, zone from tenant where id = $1"


async def tenant_of(connection: Connection, key: int) -> TenantRef:
    """A tenant by its number."""
    row = await connection.fetchrow(_TENANT, key)
    assert row is not None  # noqa: S101  # tenants are suspended, never removed
    return TenantRef(row["id"], row["code"], Zone(row["zone"]))


@asynccontextmanager
async def acting(
    connection: Connection,
    tenant: TenantRef,
    now: Now,
    *,
    may: frozenset[Permission] = frozenset(),
    request_id: str = "worker",
    purpose: str | None = None,
    principal: UUID | None = None,
) -> AsyncIterator[Unit]:
    """One transaction of the worker inside one tenant, with the permissions that its actions ask for."""
    permissions = frozenset(each.value for each in may)
    scope = Scope(
        Reader.WORKER, ROLE, permissions, (tenant,), principal_id=principal, request_id=request_id, purpose=purpose
    )
    async with connection.transaction():
        await enter(connection, scope)
        yield Unit(connection, scope, now)
