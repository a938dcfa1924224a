"""Where the floors are put together: settings to pools, keys, gate and engine."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from hub.graph.documents import Documents
from hub.graph.execution import Engine
from hub.graph.limits import Limits
from hub.graph.plan.planner import Plans
from hub.graph.registry import core_of
from hub.integrations.http import GuardedClient
from hub.kernel.clock import Clock, system_clock
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.schema.build import schema
from hub.settings import Settings
from hub.store.pools import PoolOptions, Pools, open_pools
from hub.tenants import keyfile
from hub.tenants.gate import Gate
from hub.tenants.jwks import KeySets
from hub.tenants.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class Services:
    """What actions are given beside their unit of work."""

    keys: KeyRing
    clock: Clock


@dataclass(slots=True)
class Hub:
    """A wired hub: open pools, a gate and an engine."""

    settings: Settings
    pools: Pools
    gate: Gate
    engine: Engine
    services: Services
    key_sets: KeySets

    async def close(self) -> None:
        """Close what was opened."""
        await self.key_sets.close()
        await self.pools.close()


async def open_hub(settings: Settings, dsns: Mapping[Reader, str], *, clock: Clock = system_clock) -> Hub:
    """Open pools for the readers in `dsns` and put a hub together."""
    keys = load_keys(settings, clock)
    options = PoolOptions(settings.pool_size, settings.statement_timeout_ms, settings.named_statements)
    pools = await open_pools(dsns, options)
    core = core_of(schema())
    client = GuardedClient(allow_loopback=settings.allow_loopback_issuers)
    key_sets = KeySets(client.fetch, clock=time.monotonic)
    gate = Gate(pools, clock, time.monotonic, TokenVerifier(key_sets))
    services = Services(keys, clock)
    engine = Engine(
        core,
        pools,
        Documents(core, Limits(), introspection=settings.introspection),
        Plans(core),
        clock,
        services,
        planning=settings.planning,
    )
    return Hub(settings, pools, gate, engine, services, key_sets)


def load_keys(settings: Settings, clock: Clock) -> KeyRing:
    """The hub's keys; KeysMissing says how to make them."""
    path = settings.keys_file or Path("keys.json")
    outside = None if settings.demo else settings.data
    return keyfile.load(path, now=clock().instant, outside=outside)


def dsn_for(base: str, role: str, database: str, password: str | None = None) -> str:
    """The address of a role's login on a server given by any of its addresses."""
    parts = urlsplit(base)
    host = parts.netloc.rpartition("@")[2]
    user = f"{role}:{quote(password, safe='')}" if password else role
    return urlunsplit((parts.scheme, f"{user}@{host}", f"/{database}", parts.query, ""))


READERS = (Reader.API, Reader.OUTSIDE, Reader.WORKER)
