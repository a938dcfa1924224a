"""`hub secrets create|status|rotate|retire`: the hub's keys, made, looked at and changed."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub.entrypoints import place
from hub.entrypoints.place import Place
from hub.entrypoints.upkeep import FOUND
from hub.entrypoints.voice import voice_of
from hub.kernel.clock import system_clock
from hub.kernel.keyring import REGISTRY_PURPOSES, SHARED_PURPOSES, KeyStatus, Purpose
from hub.kernel.scope import Reader
from hub.means import keys_path, load_keys
from hub.settings import Settings
from hub.tenants import keyfile, rotation
from hub.tenants.rotation import Column, Walked

secrets = typer.Typer(no_args_is_help=True)


@secrets.command(help="Versions of the keys, and how many values are under each.")
def status(ctx: typer.Context) -> None:
    """A line for each version of each key."""
    settings, voice = Settings(), voice_of(ctx)
    ring = load_keys(settings, system_clock)

    async def work(here: Place) -> Sequence[KeyStatus]:
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            return await rotation.status(worker, ring)

    with place.joined(settings) as here:
        for line in asyncio.run(work(here)):
            values = "-" if line.values is None else str(line.values)
            mark = voice.say("can be retired") if line.retirable else ""
            voice.show(f"{line.purpose.value:10}{line.version:>4}  {line.state.value:8}{values:>12}  {mark}".rstrip())


@secrets.command(help="Begin or finish a change of keys, while the hub serves.")
def rotate(
    ctx: typer.Context,
    purpose: Annotated[list[Purpose] | None, typer.Option(help="Only this key: data, index or journal.")] = None,
    *,
    anew: Annotated[bool, typer.Option("--anew", help="A new version even where an earlier change left rows.")] = False,
) -> None:
    """Rotate; may be interrupted and run again."""
    settings, voice = Settings(), voice_of(ctx)
    chosen = tuple(each for each in rotation.PURPOSES if not purpose or each in purpose)
    path = keys_path(settings)

    async def work(here: Place) -> Walked:
        with voice.err.status(voice.say("Waiting until every process knows the new keys.")) as shown:

            def progress(column: Column, changed: int) -> None:
                shown.update(f"{column} +{changed}")

            async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
                return await rotation.rotate(
                    worker, path, clock=system_clock, purposes=chosen, anew=anew, progress=progress
                )

    with place.joined(settings) as here:
        walked = asyncio.run(work(here))
    voice.tell("{number} values are under the new keys.", number=walked.changed)
    for column, rows in walked.clashing.items():
        voice.tell(
            "{column}: {number} persons are entered twice; merge them, then run this again:",
            column=column,
            number=len(rows),
        )
        voice.show("    " + " ".join(map(str, rows)))
    for column, rows in walked.unreadable.items():
        voice.tell(
            "{column}: {number} values do not open; restore the key they were made with:",
            column=column,
            number=len(rows),
        )
        voice.show("    " + " ".join(map(str, rows)))
    if walked.left():
        raise typer.Exit(FOUND)
    voice.tell("Retire the old versions with `hub secrets retire` once `hub secrets status` says so.")


@secrets.command(help="Take an old key that nothing needs any more out of the key file.")
def retire(
    ctx: typer.Context,
    purpose: Annotated[Purpose, typer.Argument(help="Which key: data, index or journal.")],
    version: Annotated[int, typer.Argument(help="The version, as `hub secrets status` shows it.")],
) -> None:
    """Retire a version for good."""
    settings, voice = Settings(), voice_of(ctx)

    async def work(here: Place) -> None:
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            await rotation.retire(worker, keys_path(settings), purpose, version, clock=system_clock)

    with place.joined(settings) as here:
        asyncio.run(work(here))
    voice.tell("Version {version} of the {purpose} key is retired.", version=version, purpose=purpose.value)


@secrets.command("create", help="Make the file with the hub's keys (HUB_KEYS_FILE). Keep a copy where backups are not.")
def create_secrets(
    ctx: typer.Context,
    *,
    registry: Annotated[
        bool, typer.Option("--registry", help="The registry's key instead (HUB_REGISTRY_KEYS_FILE).")
    ] = False,
) -> None:
    """A fresh key file, outside the data folder."""
    settings = Settings()
    path = settings.keys_file or Path("keys.json")
    if registry:
        path = settings.registry_keys_file or Path("registry-keys.json")
    if path.resolve().is_relative_to(settings.data.resolve()):
        raise keyfile.KeysMisplaced(place=str(path))
    purposes = REGISTRY_PURPOSES if registry else SHARED_PURPOSES
    keyfile.create(path, now=system_clock().instant, purposes=purposes)
    voice_of(ctx).tell("The keys are in {file}. Whoever loses them loses the data.", file=str(path))
