"""`hub doctor`, `hub backup`, `hub restore`, `hub secrets status|rotate|retire`: what keeps a hub in order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from hub.entrypoints import documents, place
from hub.entrypoints.place import Place
from hub.entrypoints.voice import Voice, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import Faulty
from hub.kernel.keyring import KeyRing, KeyStatus, Purpose
from hub.kernel.scope import Reader
from hub.settings import Settings
from hub.store import backup as backups
from hub.store import doctor as structure
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.tenants import doctor as holdings
from hub.tenants import restoring, rotation
from hub.tenants.restoring import Restored
from hub.tenants.rotation import Column, Walked
from hub.wiring import READERS, keys_path, load_keys

FOUND = 1  # exit code where something is wrong

# Without these tables there is nothing to look into.
_UNMIGRATED = frozenset({Fault.REVISION, Fault.TABLE_MISSING})


def register(app: typer.Typer, secrets: typer.Typer) -> None:
    """Add the commands."""
    app.command(help="Look for everything that is wrong; exit code 1 where something is.")(doctor)
    app.command(help="Write one file with all data, while the hub serves. Keys are not in it.")(backup)
    app.command(help="Put a backup into an empty database.")(restore)
    secrets.command("status", help="Versions of the keys, and how many values are under each.")(status)
    secrets.command("rotate", help="Begin or finish a change of keys, while the hub serves.")(rotate)
    secrets.command("retire", help="Take an old key that nothing needs any more out of the key file.")(retire)


# Doctor


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
    ring, found = _keys(settings)
    async with place.owner(here) as owner:
        found += await structure.examine(owner)
        if _UNMIGRATED & {finding.fault for finding in found}:
            return found
        setup = holdings.Setup(ring, settings.data / "anchors", len(READERS) * settings.pool_size, not settings.demo)
        found += await holdings.examine(owner, setup, now=system_clock().instant)
        return found + await documents.examine(owner, settings, now=system_clock().instant)


def _keys(settings: Settings) -> tuple[KeyRing | None, list[Finding]]:
    try:
        return load_keys(settings, system_clock), []
    except Faulty as fault:
        return None, [Finding(Fault.KEYS, str(keys_path(settings)), refusal=fault)]


# Backup


def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")]) -> None:
    """Write a backup."""

    async def work(here: Place) -> backups.Backup:
        async with _connected(here.dsn("hub_backup")) as connection:
            return await backups.dump(connection, file, now=system_clock().instant)

    voice = voice_of(ctx)
    with place.joined(Settings()) as here:
        made = asyncio.run(work(here))
    voice.tell(
        "{file}: {rows} rows of {tables} tables, revision {revision}.",
        file=str(file),
        rows=made.rows,
        tables=len(made.tables),
        revision=made.revision,
    )
    voice.tell("The keys are not in it: keep a copy of {keys} in another place.", keys=str(keys_path(Settings())))


def restore(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="File that `hub backup` wrote.")]) -> None:
    """Restore a backup and verify it."""
    settings, voice = Settings(), voice_of(ctx)
    backups.read(file)  # before anything is made
    ring, findings = _keys(settings)
    with place.joined(settings) as here:
        restored = asyncio.run(_restored(here, file, ring))
    voice.tell(
        "{rows} rows are restored as of {moment}; the epoch is {epoch}.",
        rows=restored.backup.rows,
        moment=restored.backup.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        epoch=restored.epoch,
    )
    voice.tell("Repeat the erasures of persons that were made after the backup; it still holds their keys.")
    for finding in findings:
        voice.show(finding.sentence(voice.lang))
    _say_unsound(voice, restored)
    if not restored.sound or findings:
        raise typer.Exit(FOUND)


async def _restored(here: Place, file: Path, ring: KeyRing | None) -> Restored:
    if here.administrator:
        await place.prepare_server(here, here.administrator)
    now = system_clock().instant
    return await restoring.restore(here.dsn("hub_owner"), here.dsn("hub_worker"), file, now=now, ring=ring)


def _say_unsound(voice: Voice, restored: Restored) -> None:
    for verdict in restored.verdicts:
        if verdict.fault is not None:
            said = {"tenant": verdict.tenant, "fault": verdict.fault.value, "seq": verdict.seq or 0}
            voice.tell("The journal of tenant {tenant} is not sound: {fault} at {seq}.", **said)
    for purpose, number in restored.missing:
        voice.tell("The key file lacks version {number} of the {purpose} key.", number=number, purpose=purpose.value)
    for column, number in restored.unreadable.items():
        voice.tell("{column}: {number} values of the sample do not open with these keys.", column=column, number=number)


# Keys


def status(ctx: typer.Context) -> None:
    """A line for each version of each key."""
    settings, voice = Settings(), voice_of(ctx)
    ring = load_keys(settings, system_clock)

    async def work(here: Place) -> Sequence[KeyStatus]:
        async with _connected(here.dsn(Reader.WORKER.value)) as worker:
            return await rotation.status(worker, ring)

    with place.joined(settings) as here:
        for line in asyncio.run(work(here)):
            values = "-" if line.values is None else str(line.values)
            mark = voice.say("can be retired") if line.retirable else ""
            voice.show(f"{line.purpose.value:10}{line.version:>4}  {line.state.value:8}{values:>12}  {mark}".rstrip())


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

            async with _connected(here.dsn(Reader.WORKER.value)) as worker:
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


def retire(
    ctx: typer.Context,
    purpose: Annotated[Purpose, typer.Argument(help="Which key: data, index or journal.")],
    version: Annotated[int, typer.Argument(help="The version, as `hub secrets status` shows it.")],
) -> None:
    """Retire a version for good."""
    settings, voice = Settings(), voice_of(ctx)

    async def work(here: Place) -> None:
        async with _connected(here.dsn(Reader.WORKER.value)) as worker:
            await rotation.retire(worker, keys_path(settings), purpose, version, clock=system_clock)

    with place.joined(settings) as here:
        asyncio.run(work(here))
    voice.tell("Version {version} of the {purpose} key is retired.", version=version, purpose=purpose.value)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
