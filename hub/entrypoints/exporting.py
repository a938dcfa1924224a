"""`hub export opensid`: a village's register as a workbook that OpenSID's import takes; a bar, and what it lacks.

The file holds clear numbers of identity: it wants a purpose, which the journal keeps. Exit codes: 0 when it is written,
2 when it was refused.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from hub.entrypoints import place
from hub.entrypoints.importing import fields_of, shown, village_code
from hub.entrypoints.sealing import seal_waiting
from hub.entrypoints.voice import voice_of
from hub.integrations.opensid.exporting import Outcome, export_file
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.means import load_keys
from hub.settings import Settings
from hub.store.pools import PoolOptions, open_pool
from hub.tenants import administration as admin
from hub.tenants.permissions import Permission

exports = typer.Typer(no_args_is_help=True)
exports.callback()(lambda: None)  # keeps `opensid` a command of its own, though there is only one


@exports.command(help="Write a village's people as an OpenSID workbook, NIK and KK numbers in the clear.")
def opensid(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    village: Annotated[str, typer.Option(help="Code of the village, such as 63.01.01.2004.")],
    purpose: Annotated[str, typer.Option(help="What the file is needed for; the journal keeps it.")],
    *,
    as_labels: Annotated[bool, typer.Option("--as-labels", help="Codes in words instead of numbers.")] = False,
    with_ended: Annotated[
        bool, typer.Option("--with-ended", help="Also those who died, moved, left or are missing.")
    ] = False,
    sensitive: Annotated[
        str, typer.Option(help="Fields of specific personal data that there is a purpose for, with commas between.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that stands there.")] = False,
) -> None:
    """Export one village."""
    voice, code, fields = voice_of(ctx), village_code(village), fields_of(sensitive)
    settings = Settings()
    keys = load_keys(settings, system_clock)
    rights = {Permission.EXPORT_REGISTER, *([Permission.SEE_SENSITIVE] if fields else [])}

    async def work(here: place.Place) -> Outcome:
        await place.check(here)
        async with place.owner(here) as owner:
            tenant = await admin.find_tenant(owner, str(code.parent))
        scope = admin.operator(tenant, lang=voice.lang, command="export", also=rights, purpose=purpose)
        pool = await open_pool(here.dsn(Reader.API.value), PoolOptions(settings.pool_size, 0))
        try:
            with shown(voice) as tell:
                return await export_file(
                    pool,
                    scope,
                    keys,
                    system_clock,
                    file,
                    village=code,
                    purpose=purpose,
                    labels=as_labels,
                    with_ended=with_ended,
                    sensitive=fields,
                    force=force,
                    progress=tell,
                )
        finally:
            await pool.close()
            await seal_waiting(here)

    with place.joined(settings) as here:
        outcome = asyncio.run(work(here))
    for text in outcome.messages("en" if voice.lang == "en" else "id"):
        voice.show(text)
