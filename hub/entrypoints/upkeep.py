"""`hub backup`, `hub restore`: all data in a file and back."""

import asyncio
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from hub.entrypoints import place
from hub.entrypoints.place import Place
from hub.entrypoints.voice import Voice, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import Faulty
from hub.kernel.keyring import KeyRing
from hub.means import files_path, keys_path, load_keys
from hub.settings import Settings
from hub.store import backup as backups
from hub.store.findings import Fault, Finding
from hub.tenants import restoring
from hub.tenants.restoring import Restored

FOUND = 1  # exit code where something is wrong


def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")]) -> None:
    """Write a backup."""

    async def work(here: Place) -> backups.Backup:
        async with place.connected(here.dsn("hub_backup")) as connection:
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
    voice.tell("Uploaded files are not in it: now copy the folder {files} as well.", files=str(files_path(Settings())))


def restore(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="File that `hub backup` wrote.")]) -> None:
    """Restore a backup and verify it."""
    settings, voice = Settings(), voice_of(ctx)
    backups.read(file)  # before anything is made
    ring, findings = held_keys(settings)
    with place.joined(settings) as here:
        restored = asyncio.run(_restored(here, file, ring))
    voice.tell(
        "{rows} rows are restored as of {moment}; the epoch is {epoch}.",
        rows=restored.backup.rows,
        moment=restored.backup.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        epoch=restored.epoch,
    )
    voice.tell("Put the copy of the uploaded files into {files}.", files=str(files_path(settings)))
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


def held_keys(settings: Settings) -> tuple[KeyRing | None, list[Finding]]:
    """The hub's keys, or a finding that says why there are none."""
    try:
        return load_keys(settings, system_clock), []
    except Faulty as fault:
        return None, [Finding(Fault.KEYS, str(keys_path(settings)), refusal=fault)]
