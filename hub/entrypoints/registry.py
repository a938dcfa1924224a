"""`hub registry status|rebuild|rotate`: which NIK lives where, kept by the worker under a key of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer

from hub.domains.registry import rebuilding, rotating
from hub.domains.registry.keeping import Keys
from hub.entrypoints import place
from hub.entrypoints.place import Place
from hub.entrypoints.voice import voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import Faulty
from hub.kernel.keyring import KeyState, Purpose
from hub.kernel.scope import Reader
from hub.means import hold_registry_keys, load_keys
from hub.settings import Settings
from hub.store.pools import Connection

T = TypeVar("T")
Work = Callable[[Connection, Path, Keys], Coroutine[Any, Any, T]]

registry = typer.Typer(no_args_is_help=True)


class RegistryKeysUnset(Faulty):
    """It is not said where the registry's key lies."""

    code = "REGISTRY_KEYS_UNSET"
    hint = "Set HUB_REGISTRY_KEYS_FILE; `hub secrets create --registry` makes the file where there is none yet."


@registry.command(help="Versions of the registry's key, and how many people are known under each.")
def status(ctx: typer.Context) -> None:
    """A line for each version that is held or met."""

    async def work(worker: Connection, _path: Path, keys: Keys) -> list[tuple[int, KeyState, int]]:
        ring, found = keys.registry, await rotating.versions(worker)
        held = {each.number for each in ring.versions}
        return [(each, ring.state(Purpose.REGISTRY, each), found.get(each, 0)) for each in sorted(held | found.keys())]

    for number, state, people in as_worker(work):
        voice_of(ctx).show(f"{Purpose.REGISTRY.value:10}{number:>4}  {state.value:8}{people:>12}")


@registry.command(help="Make the registry anew from all registers, while the hub serves.")
def rebuild(ctx: typer.Context) -> None:
    """After a loss, under another key, or to be sure; may be interrupted and run again."""
    voice = voice_of(ctx)
    with voice.err.status(voice.say("Reading the registers")) as shown:

        async def work(worker: Connection, _path: Path, keys: Keys) -> int:
            return await rebuilding.rebuild(
                worker, keys, clock=system_clock, told=lambda number: shown.update(f"{number}")
            )

        read = as_worker(work)
    voice.tell("The registry is made anew from {number} records.", number=read)


@registry.command(help="Change the registry's key: a new version, the registry anew under it, the old one retired.")
def rotate(ctx: typer.Context) -> None:
    """Takes a minute longer than `rebuild`; may be interrupted and run again."""
    voice = voice_of(ctx)
    with voice.err.status(voice.say("Waiting until every process knows the new keys.")) as shown:

        async def work(worker: Connection, path: Path, keys: Keys) -> int:
            return await rotating.rotate(
                worker, path, keys.shared, clock=system_clock, told=lambda number: shown.update(f"{number}")
            )

        read = as_worker(work)
    voice.tell("The registry is made anew from {number} records.", number=read)
    voice.tell("The former key is out of the file: destroy its copies, and keep a copy of the file as it is now.")


def as_worker(work: Work[T]) -> T:
    """Run something with a worker's connection and both keys, also beside a running hub."""
    settings = Settings()
    path, holder = settings.registry_keys_file, hold_registry_keys(settings, system_clock)
    if path is None or holder is None:
        raise RegistryKeysUnset
    keys = Keys(load_keys(settings, system_clock), holder.ring())

    async def inside(here: Place) -> T:
        await place.check(here)
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            return await work(worker, path, keys)

    with place.joined(settings) as here:
        return asyncio.run(inside(here))
