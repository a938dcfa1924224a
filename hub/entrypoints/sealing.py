"""Sealing what a command has told the journal, where no hub serves that would do it within seconds."""

from contextlib import suppress

from hub.entrypoints import place
from hub.entrypoints.place import Place
from hub.journal.sealer import seal, waiting
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.store.pools import FAILURES


async def seal_waiting(here: Place) -> None:
    """Seal what waits. Where that fails the command has done its work all the same: the next sealer finds it."""
    with suppress(*FAILURES):
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            for tenant in await waiting(worker):
                while await seal(worker, tenant, now=system_clock().instant):
                    pass
