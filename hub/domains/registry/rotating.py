"""Changing the registry's key: a new version in its own file, the registry made anew under it, the old one taken out.

A blind index cannot be turned into another, so nothing is converted: the registers are read again. Nothing is noted
down on the way. As long as the file holds more than one version a change is under way, and calling again finishes it.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from hub.domains.registry.keeping import Keys
from hub.domains.registry.rebuilding import BATCH, Told, rebuild, silent
from hub.kernel.clock import Clock
from hub.kernel.keyring import KeyRing, Purpose
from hub.store.pools import Connection
from hub.tenants import keyfile, rotation
from hub.tenants.rotation import DELAY

_COUNT = "select key_version, count(*) as number from person_key group by key_version"


async def rotate(
    connection: Connection,
    path: Path,
    shared: KeyRing,
    *,
    clock: Clock,
    after: timedelta = DELAY,
    batch: int = BATCH,
    told: Told = silent,
) -> int:
    """Change the key, or finish a change, as the worker; how many records were read.

    Waits `after` first, so that every process knows the new version. A person keeps being one in between, but between
    emptying and filling the registry is not whole: twin cases wait.
    """
    now = clock().instant
    ring = keyfile.load(path, now=now)
    if len(ring.live(Purpose.REGISTRY)) == 1:
        ring = keyfile.update(path, lambda held: held.rotated(Purpose.REGISTRY, now=now, after=after), now=now)
    await rotation.until_active(ring, (Purpose.REGISTRY,), clock)
    await rotation.settled(connection)  # nobody enters a person under the old version any more
    ring = ring.at(clock().instant)
    read = await rebuild(connection, Keys(shared, ring), clock=clock, batch=batch, told=told)
    for old in ring.live(Purpose.REGISTRY)[1:]:
        await _retire(connection, path, old, clock)
    return read


async def versions(connection: Connection) -> Mapping[int, int]:
    """How many people are known under each version of the key."""
    return {row["key_version"]: row["number"] for row in await connection.fetch(_COUNT)}


async def _retire(connection: Connection, path: Path, old: int, clock: Clock) -> None:
    remaining, now = (await versions(connection)).get(old, 0), clock().instant
    keyfile.update(path, lambda held: held.retired(Purpose.REGISTRY, old, remaining=remaining, now=now), now=now)
