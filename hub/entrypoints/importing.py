"""`hub import opensid`: a village's OpenSID workbook into the register; a bar, a report, the workbook handed back.

Exit codes: 0 when the file is in, 1 when rows were refused or wait for a word (the report says which), 2 when the file
was refused as a whole.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from hub.domains.imports.batches import village_for
from hub.domains.imports.known import SENSITIVE
from hub.domains.imports.model import RowAction
from hub.entrypoints import place
from hub.entrypoints.sealing import seal_waiting
from hub.entrypoints.voice import Voice, voice_of
from hub.integrations.opendk import receiving
from hub.integrations.opendk.receiving import Desk
from hub.integrations.opensid import report as reports
from hub.integrations.opensid.importing import Said, import_file
from hub.integrations.opensid.problems import Lang
from hub.integrations.opensid.report import CONFIRM_WORDS, Report, Step
from hub.kernel.clock import system_clock
from hub.kernel.errors import BadInput
from hub.kernel.region_code import RegionCode, RegionLevel
from hub.kernel.scope import Reader
from hub.means import load_keys
from hub.settings import Settings
from hub.store.pools import PoolOptions, open_pool
from hub.store.unit import reading
from hub.tenants import administration as admin

imports = typer.Typer(no_args_is_help=True)
PARTLY = 1
SHOWN = 20

STEPS = {
    Step.RESUMING: "Completing the interrupted import",
    Step.READING: "Reading the workbook",
    Step.APPLYING: "Writing the register",
    Step.HANDING_BACK: "Writing the workbook with the verdicts",
    Step.EXPORTING: "Writing the workbook",
}


class VillageNeeded(BadInput):
    """{given} is not the code of a village."""

    code = "VILLAGE_NEEDED"
    hint = "Give --village the whole code of the village, such as 63.01.01.2004."


class ActionUnknown(BadInput):
    """{given} is not something that waits for a word."""

    code = "ACTION_UNKNOWN"
    hint = "Write --confirm with one or more of: new, changed, died, moved, missing; with commas between."


class FieldUnknown(BadInput):
    """{given} is not a field of specific personal data."""

    code = "FIELD_UNKNOWN"
    hint = "Write --sensitive with one or more of: {known}; with commas between."


@imports.command(help="Import a village's OpenSID workbook.")
def opensid(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook (.xlsx).")],
    village: Annotated[str, typer.Option(help="Code of the village, such as 63.01.01.2004.")],
    *,
    confirm: Annotated[
        str, typer.Option(help="What to write of a later file: new, changed, died, moved, missing.")
    ] = "",
    sensitive: Annotated[
        str, typer.Option(help="Fields of specific personal data that there is a purpose for, with commas between.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the file for one faulty row.")] = False,
    hand_back: Annotated[
        Path | None, typer.Option(help="Where to write the workbook with the verdicts; else beside the file.")
    ] = None,
) -> None:
    """Import one file."""
    voice, code = voice_of(ctx), village_code(village)
    actions, fields = actions_of(confirm), fields_of(sensitive)
    settings, back = Settings(), hand_back or file.with_name(f"{file.stem}-hasil.xlsx")
    keys = load_keys(settings, system_clock)

    async def work(here: place.Place) -> Report:
        await place.check(here)
        async with place.owner(here) as owner:
            tenant = await admin.find_tenant(owner, str(code.parent))
        scope = admin.operator(tenant, lang=voice.lang, command="import")
        pool = await open_pool(here.dsn(Reader.API.value), PoolOptions(settings.pool_size, 0))
        try:
            with shown(voice) as tell:
                return await import_file(
                    pool,
                    scope,
                    keys,
                    system_clock,
                    file,
                    village=code,
                    dry_run=dry_run,
                    strict=strict,
                    handed_back=back,
                    progress=tell,
                    apply=actions,
                    sensitive=fields,
                )
        finally:
            await pool.close()
            await seal_waiting(here)

    with place.joined(settings) as here:
        outcome = asyncio.run(work(here))
    say(voice, outcome)
    if outcome.refused:
        raise typer.Exit(2)
    if outcome.refusals or outcome.waiting.total():
        raise typer.Exit(PARTLY)


@imports.command(help="Take over what waits of the last file that a village has sent by itself.")
def pushed(
    ctx: typer.Context,
    village: Annotated[str, typer.Argument(help="Code of the village, such as 63.01.01.2004.")],
    *,
    confirm: Annotated[str, typer.Option(help="What to write of it: new, changed, died, moved, missing.")] = "",
) -> None:
    """Without --confirm: only say what waits."""
    voice, code, actions = voice_of(ctx), village_code(village), actions_of(confirm)
    settings = Settings()
    keys = load_keys(settings, system_clock)

    async def work(here: place.Place) -> Report:
        await place.check(here)
        async with place.owner(here) as owner:
            tenant = await admin.find_tenant(owner, str(code.parent))
        scope = admin.operator(tenant, lang=voice.lang, command="import pushed")
        pool = await open_pool(here.dsn(Reader.API.value), PoolOptions(settings.pool_size, 0))
        try:
            async with reading(pool, scope, system_clock()) as session:
                own = await village_for(session, code)
            desk = Desk(pool, scope, keys, system_clock, own, code)
            return await receiving.confirm(desk, actions, dry_run=not actions)
        finally:
            await pool.close()
            await seal_waiting(here)

    with place.joined(settings) as here:
        outcome = asyncio.run(work(here))
    say(voice, outcome)
    if outcome.refusals or outcome.waiting.total():
        raise typer.Exit(PARTLY)


def village_code(text: str) -> RegionCode:
    """The code of a village as the operator wrote it."""
    code = RegionCode.parse(text)
    if code is None or code.level is not RegionLevel.VILLAGE or code.parent is None:
        raise VillageNeeded(given=text)
    return code


def say(voice: Voice, outcome: Report) -> None:
    """The report: sentences, then the first refused rows with what to do about them."""
    lang: Lang = "en" if voice.lang == "en" else "id"
    for line in outcome.messages(lang):
        voice.show(line)
    for each in outcome.refusals[:SHOWN]:
        voice.show(f"  {each.sentence(lang)}")
    if (more := len(outcome.refusals) - SHOWN) > 0:
        voice.show("  " + voice.say("… and {more} more; the handed-back workbook has them all.", more=more))


def fields_of(text: str) -> frozenset[str]:
    """The fields of specific personal data that the operator named."""
    wanted = frozenset(filter(None, text.lower().replace(" ", "").split(",")))
    for name in sorted(wanted - frozenset(SENSITIVE)):
        raise FieldUnknown(given=name, known=", ".join(SENSITIVE))
    return wanted


def actions_of(text: str) -> frozenset[RowAction]:
    """What the operator has confirmed."""
    wanted = [word for word in text.lower().replace(" ", "").split(",") if word]
    for word in wanted:
        if word not in CONFIRM_WORDS:
            raise ActionUnknown(given=word)
    return frozenset(CONFIRM_WORDS[word] for word in wanted)


@contextmanager
def shown(voice: Voice) -> Iterator[Said]:
    """Progress bars for the steps of an import."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    tasks: dict[Step, TaskID] = {}
    with Progress(*columns, console=voice.out) as bars:

        def tell(progress: reports.Progress) -> None:
            if progress.step not in tasks:
                tasks[progress.step] = bars.add_task(voice.say(STEPS[progress.step]), total=progress.total)
            bars.update(tasks[progress.step], completed=progress.done, total=progress.total)

        yield tell
