"""The relay beside a serving hub: told by the sealer, it carries moves; what fails is tried again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from hub.entrypoints.relaying import Holders, Relay
from hub.journal import sealer
from hub.kernel.clock import system_clock
from hub.kernel.keyring import REGISTRY_PURPOSES
from hub.tenants import keyfile
from hub.tenants.keyfile import KeyHolder
from hub.wiring import Hub
from tests.apart import apart
from tests.client import Client
from tests.relay import worker_of
from tests.schema.citizens.stage import open_office
from tests.schema.moves.stage import Moving, a_nik

LOOKS = 300
# of its own: a first round looks at every kecamatan that other tests have left
database, owner_dsn, hub, client = apart("relaying")


@asynccontextmanager
async def relaying(hub: Hub, keys: Path) -> AsyncIterator[None]:
    """Sealer and relay as `hub serve` runs them."""
    keyfile.create(keys, now=system_clock().instant, purposes=REGISTRY_PURPOSES)
    registry = KeyHolder(keys, clock=system_clock, monotonic=asyncio.get_running_loop().time)
    relay = Relay(hub.pools, Holders(hub.services.holder, registry), system_clock)
    stop, wake = asyncio.Event(), asyncio.Event()
    tasks = [
        asyncio.create_task(sealer.run(hub.pools, stop=stop, wake=wake, sealed=relay.tell)),
        asyncio.create_task(relay.run(stop=stop)),
    ]
    try:
        yield
    finally:
        stop.set()
        wake.set()
        relay.wake.set()
        await asyncio.gather(*tasks)


async def becomes(wanted: object, look: Callable[[], Awaitable[object]]) -> None:
    """Look until it is so."""
    for _ in range(LOOKS):
        if await look() == wanted:
            return
        await asyncio.sleep(0.1)
    assert await look() == wanted


async def test_a_move_crosses_a_twin_is_noticed_and_reports_are_counted_without_a_word_from_anybody(
    hub: Hub, client: Client, owner_dsn: str, database: str, tmp_path: Path
) -> None:
    owner = await asyncpg.connect(owner_dsn)
    try:
        one, two = [await open_office(hub, client, owner, code) for code in ("32.15.11", "32.15.12")]
    finally:
        await owner.close()
    moving = Moving(one, two, worker_of(hub, database), database)
    nik = a_nik()

    async with relaying(hub, tmp_path / "registry-keys.json"):
        going = await one.household()
        await one.citizen(going, "HEAD", "Pergi")
        for office in (one, two):
            await office.citizen(await office.household(), "HEAD", "Kembar", nik=nik)
        sent = await moving.send(household=going)

        async def state() -> object:
            return (await moving.departure(sent))["state"]

        async def twins() -> object:
            return [(await each.ask("{ twinCases(first: 1) { totalCount } }"))["twinCases"] for each in (one, two)]

        await becomes("OFFERED", state)

        async def counted() -> object:
            return (await one.ask('{ report(code: "R-33") { waiting tenantsIncluded { code } } }'))["report"]

        await becomes([{"totalCount": 1}] * 2, twins)
        await becomes({"waiting": False, "tenantsIncluded": [{"code": "32.15.11"}]}, counted)
