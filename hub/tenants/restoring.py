"""Restoring: a backup put back, a new epoch begun, and everything about it checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg

from hub.journal import epoch
from hub.journal.verify import Verdict, verify
from hub.kernel.keyring import KeyRing, KeyState, Purpose
from hub.store import backup
from hub.store.backup import Backup
from hub.store.pools import Connection
from hub.tenants import rotation


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. `missing` are key versions that values need, `unreadable` columns that do not open."""

    backup: Backup
    epoch: int
    verdicts: tuple[Verdict, ...]
    missing: tuple[tuple[Purpose, int], ...] = ()
    unreadable: Mapping[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether every chain is whole and every value of the samples opens."""
        return all(verdict.sound for verdict in self.verdicts) and not self.missing and not self.unreadable


async def restore(owner: str, worker: str, file: Path, *, now: datetime, ring: KeyRing | None) -> Restored:
    """Put a backup into an empty database and raise the epoch in the same transaction; then verify.

    Cursors of the feed from before are refused from then on. Erasures of persons made after the backup must be
    repeated: it still holds their keys. Without a `ring` sealed values are not looked at.
    """
    raised: list[int] = []

    async def begin_epoch(connection: Connection) -> None:
        raised.append(await epoch.advance(connection, now=now, reason="restored from a backup"))

    found = await backup.load(owner, file, inside=begin_epoch)
    connection = await asyncpg.connect(worker)
    try:
        tenants = [row["id"] for row in await connection.fetch("select id from tenant order by id")]
        verdicts = tuple([await verify(connection, tenant) for tenant in tenants])
        if ring is None:
            return Restored(found, raised[0], verdicts)
        counted = await rotation.count(connection)
        missing = [key for key, values in sorted(counted.items()) if values and _lacks(ring, *key)]
        return Restored(found, raised[0], verdicts, tuple(missing), await rotation.unreadable(connection, ring))
    finally:
        await connection.close()


def _lacks(ring: KeyRing, purpose: Purpose, number: int) -> bool:
    return not ring.holds(purpose) or ring.state(purpose, number) is KeyState.MISSING
