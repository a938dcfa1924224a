"""The worker in a tenant: there alone, with the permissions it was given, and gone when the transaction ends."""

import pytest
from sqlalchemy import select

from hub.domains.villages.model import Village
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.store.base import table
from hub.store.unit import connected
from hub.tenants.acting import acting, tenant_of
from hub.tenants.permissions import Permission
from hub.wiring import Hub
from tests.world.build import World

NAMES = "select count(*) from village"


async def test_the_worker_acts_in_one_tenant_and_is_out_of_it_afterwards(hub: Hub, world: World) -> None:
    place = world.takisung
    async with connected(hub.pools.of(Reader.WORKER)) as connection:
        tenant = await tenant_of(connection, place.tenant.id)
        async with acting(connection, tenant, system_clock()) as unit:
            seen = await unit.rows(select(table(Village).c.tenant_id).distinct())
            scope = unit.scope
        after = await connection.fetchval(NAMES)
    assert tenant == place.tenant
    assert [row["tenant_id"] for row in seen] == [tenant.id]
    assert (scope.reader, scope.role, scope.permissions, scope.purpose) == (Reader.WORKER, "WORKER", frozenset(), None)
    assert after == 0


async def test_it_may_what_it_is_given_and_says_why(hub: Hub, world: World) -> None:
    may = frozenset({Permission.WRITE_REGISTER})
    async with (
        connected(hub.pools.of(Reader.WORKER)) as connection,
        acting(
            connection, world.takisung.tenant, system_clock(), may=may, request_id="hub tenant split", purpose="Perda 1"
        ) as unit,
    ):
        scope = unit.scope
    assert scope.permissions == {Permission.WRITE_REGISTER.value}
    assert (scope.request_id, scope.purpose) == ("hub tenant split", "Perda 1")


async def test_what_fails_leaves_nothing_behind(hub: Hub, world: World) -> None:
    async with connected(hub.pools.of(Reader.WORKER)) as connection:
        with pytest.raises(ZeroDivisionError):
            async with acting(connection, world.takisung.tenant, system_clock()):
                raise ZeroDivisionError
        assert not connection.is_in_transaction()
        assert await connection.fetchval(NAMES) == 0
