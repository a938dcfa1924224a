"""`hub doctor`: everything that is wrong with a hub, found before its users do."""

import asyncio

import typer

from hub.domains.webhooks import desk as webhooks
from hub.entrypoints import documents, files_examined, place, registry_examined
from hub.entrypoints.place import Place
from hub.entrypoints.upkeep import FOUND, held_keys
from hub.entrypoints.voice import voice_of
from hub.jobs import desk
from hub.kernel.clock import system_clock
from hub.means import READERS
from hub.settings import Settings
from hub.store import doctor as structure
from hub.store.findings import Fault, Finding
from hub.tenants import doctor as holdings

# Without these tables there is nothing to look into.
_UNMIGRATED = frozenset({Fault.REVISION, Fault.TABLE_MISSING})


def doctor(ctx: typer.Context) -> None:
    """Say each finding and what to do."""
    settings, voice = Settings(), voice_of(ctx)
    with place.joined(settings) as here:
        found = asyncio.run(examine(here, settings))
    for finding in found:
        voice.show(f"{finding.fault.value}  {finding.sentence(voice.lang)}")
        voice.show(f"    {finding.advice(voice.lang)}")
    if found:
        voice.tell("{number} findings.", number=len(found))
        raise typer.Exit(FOUND)
    voice.tell("Nothing is wrong.")


async def examine(here: Place, settings: Settings) -> list[Finding]:
    """All findings about a place and its settings."""
    ring, found = held_keys(settings)
    async with place.owner(here) as owner:
        found += await structure.examine(owner)
        if _UNMIGRATED & {finding.fault for finding in found}:
            return found
        setup = holdings.Setup(ring, settings.data / "anchors", len(READERS) * settings.pool_size, not settings.demo)
        found += await holdings.examine(owner, setup, now=system_clock().instant)
        found += await registry_examined.examine(owner, settings, ring)
        found += await desk.examine(owner, now=system_clock().instant)
        found += await webhooks.examine(owner, now=system_clock().instant)
        found += await files_examined.examine(owner, settings, now=system_clock().instant)
        return found + await documents.examine(owner, settings, now=system_clock().instant)
