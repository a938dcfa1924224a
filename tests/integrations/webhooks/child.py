"""A sender in a process of its own that is killed in the middle of a call."""

import asyncio
import sys
from pathlib import Path

from hub.means import READERS
from hub.settings import Settings
from hub.wiring import open_hub
from tests.conftest import as_role


async def work(dsn: str, keys: Path) -> None:
    """Send until it is killed."""
    settings = Settings(keys_file=keys, data=keys.parent / "data", demo=True, allow_loopback_webhooks=True)
    hub = await open_hub(settings, {reader: as_role(dsn, reader.value) for reader in READERS})
    await hub.sender.run(stop=asyncio.Event())


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
