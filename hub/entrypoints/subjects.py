"""`hub subject export`: everything the hub holds about one person, for that person, as JSON and as a sheet to read.

Whom: an id, or their NIK, which is asked on the terminal and never stands among the arguments, where every account of
the machine could read it. Exit codes: 0 when it is written, 2 when it was refused.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from hub.domains.subjects import actions, policy
from hub.domains.subjects.actions import Dossier
from hub.entrypoints import place, subject_sheet
from hub.entrypoints.sealing import seal_waiting
from hub.entrypoints.voice import voice_of
from hub.integrations import private_files
from hub.integrations.opensid import kept
from hub.kernel import ids
from hub.kernel.clock import system_clock
from hub.kernel.errors import BadInput
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.kernel.scope import Reader
from hub.means import load_keys
from hub.settings import Settings
from hub.store.pools import PoolOptions, open_pool
from hub.store.unit import Session
from hub.tenants import administration as admin
from hub.tenants.model import Tenant

subjects = typer.Typer(no_args_is_help=True)
subjects.callback()(lambda: None)  # keeps `export` a command of its own, though there is only one


class NikNeeded(BadInput):
    """That is not a NIK."""

    code = "NIK_NEEDED"
    hint = "Type all 16 digits; nothing is shown while you type."


class IdUnknownForm(BadInput):
    """{given} is not an id."""

    code = "ID_FORM"
    hint = "Give the id as the graph shows it, or leave --id out: the NIK is asked then."


class SheetName(BadInput):
    """The file must not end in .txt: the sheet to read is written under that name beside it."""

    code = "SHEET_NAME"
    hint = "Name the file so that it ends in .json."


@subjects.command(help="Write everything the hub holds about one person into a file that only you may read.")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write (.json); a sheet to read comes beside it (.txt).")],
    tenant: Annotated[str, typer.Option(help="Code of the kecamatan, such as 63.01.01.")],
    purpose: Annotated[str, typer.Option(help="What the file is needed for; the journal keeps it.")],
    *,
    subject_id: Annotated[
        str, typer.Option("--id", help="Id of the person. Without it the NIK is asked, and not shown.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that stands there.")] = False,
) -> None:
    """Export one person."""
    voice, settings = voice_of(ctx), Settings()
    sheet = file.with_suffix(".txt")
    if sheet == file:
        raise SheetName
    for target in (file, sheet):
        private_files.refuse_place(target, force=force)
    whom = _id(subject_id) if subject_id else _nik(typer.prompt("NIK", hide_input=True))
    keys = load_keys(settings, system_clock)

    async def work(here: place.Place) -> tuple[Tenant, Dossier]:
        await place.check(here)
        async with place.owner(here) as owner:
            found = await admin.find_tenant(owner, tenant)
        scope = admin.operator(found, lang=voice.lang, command="subject export", also=policy.NEEDED, purpose=purpose)
        pool = await open_pool(here.dsn(Reader.API.value), PoolOptions(settings.pool_size, 0))
        try:
            look = _waiting(keys)
            made = await actions.export(pool, scope, keys, system_clock, whom=whom, purpose=purpose, waiting=look)
        finally:
            await pool.close()
            await seal_waiting(here)
        return found, made

    with place.joined(settings) as here:
        owner_of, made = asyncio.run(work(here))
    told = document(owner_of, made)
    private_files.write(file, orjson.dumps(told, option=orjson.OPT_INDENT_2), force=force)
    private_files.write(sheet, subject_sheet.text(told).encode(), force=force)
    voice.tell(
        "Written: {rows} rows about one person to {file} and {sheet}. Hand them to that person only, and delete them "
        "after use.",
        rows=made.rows,
        file=str(file.absolute()),
        sheet=sheet.name,
    )


def document(tenant: Tenant, made: Dossier) -> dict[str, Any]:
    """The file's content."""
    return {
        "format": actions.FORMAT,
        "tenant": {"code": tenant.code, "name": tenant.name},
        "madeAt": made.made_at.isoformat(),
        "purpose": made.purpose,
        "records": [str(each) for each in made.subject.ids],
        "tables": {name: rows for name, rows in made.tables.items() if rows},
        "waitingFiles": made.waiting,
        "searched": made.searched,
        "withheld": made.withheld,
    }


def _waiting(keys: KeyRing) -> actions.Waiting:
    async def look(session: Session, nik: Nik) -> list[dict[str, Any]]:
        return await kept.rows_about(session, keys, nik)

    return look


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        found = ids.decode(text)
    if found is None or not isinstance(found.key, UUID):
        raise IdUnknownForm(given=text)
    return found.key


def _nik(text: str) -> Nik:
    found = Nik.parse(text)
    if found is None:
        raise NikNeeded
    return found
