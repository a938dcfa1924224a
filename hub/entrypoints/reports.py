"""`hub reports verify|recount|publish`: whether figures are those of the base tables, counting anew, publishing."""

import asyncio
import re
from typing import Annotated

import typer

from hub.domains.publications import publishing
from hub.domains.publications.errors import PeriodMalformed
from hub.domains.publications.publishing import Outcomes
from hub.domains.reports import carrying
from hub.domains.reports.counting import Difference
from hub.domains.reports.errors import ReportUnknown
from hub.entrypoints import place
from hub.entrypoints.access import Code
from hub.entrypoints.place import Place
from hub.entrypoints.voice import Voice, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.settings import Settings
from hub.tenants import administration as admin
from hub.tenants.acting import tenant_of

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
FOUND = 1  # exit code where something differs

reports = typer.Typer(no_args_is_help=True)
Only = Annotated[list[str] | None, typer.Option("--report", help="Only this report, such as R-01; may be repeated.")]


@reports.command(help="Count the reports of a kecamatan and name each figure that stands otherwise; changes nothing.")
def verify(ctx: typer.Context, code: Code, only: Only = None) -> None:
    """A change of the last seconds is no fault: run it again."""
    voice, found = voice_of(ctx), _counted(code, only, write=False)
    _say(voice, found)
    if any(found.values()):
        raise typer.Exit(FOUND)
    voice.tell("{number} reports: all figures are those of the base tables.", number=len(found))


@reports.command(help="Count the reports of a kecamatan anew, and say which figures were otherwise.")
def recount(ctx: typer.Context, code: Code, only: Only = None) -> None:
    """The worker does the same by itself: after changes within seconds, and once a day."""
    voice, found = voice_of(ctx), _counted(code, only, write=True)
    _say(voice, found)
    voice.tell(
        "{number} reports are counted anew; {changed} figures were otherwise.",
        number=len(found),
        changed=sum(len(each) for each in found.values()),
    )


@reports.command(help="Publish a month of a district from what its kecamatan confirmed, though some have not.")
def publish(
    ctx: typer.Context,
    region: Annotated[str, typer.Option("--region", help="Code of the district, such as 63.11.")],
    period: Annotated[str, typer.Option("--period", help="The month, such as 2026-11.")],
) -> None:
    """The worker does it by itself once all have confirmed, or on the day of HUB_PUBLISH_DAY. Run again it stands."""
    settings, voice = Settings(), voice_of(ctx)
    if not _MONTH.fullmatch(period):
        raise PeriodMalformed(given=period)

    async def work(here: Place) -> Outcomes:
        await place.check(here)
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            await publishing.open_periods(worker, system_clock(), region=region)
            day = settings.publish_day
            return await publishing.publish(worker, region, period, clock=system_clock, day=day, at_once=True)

    with place.joined(settings) as here:
        found = asyncio.run(work(here))
    if found.made:
        voice.tell("{number} is published.", number=found.number or "")
    else:
        voice.tell("{number} stands; nothing was confirmed since.", number=found.number or "")


def _counted(code: str, only: list[str] | None, *, write: bool) -> dict[str, list[Difference]]:
    if {each.upper() for each in only or ()} - set(carrying.COUNTED):
        raise ReportUnknown
    settings = Settings()

    async def work(here: Place) -> dict[str, list[Difference]]:
        await place.check(here)
        async with place.owner(here) as owner:
            found = await admin.find_tenant(owner, code)
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            tenant = await tenant_of(worker, found.id)
            codes = [each.upper() for each in only or ()]
            return await carrying.recount_all(worker, tenant, system_clock(), write=write, codes=codes)

    with place.joined(settings) as here:
        return asyncio.run(work(here))


def _say(voice: Voice, found: dict[str, list[Difference]]) -> None:
    for code, differences in found.items():
        for each in differences:
            figure, village, *dimensions = each.key
            where = " ".join(str(part) for part in (village or "-", *dimensions) if part)
            voice.show(f"{code} {figure} {where}: {_parts(each, stood=True)} -> {_parts(each, stood=False)}")


def _parts(difference: Difference, *, stood: bool) -> str:
    told = difference.stood if stood else difference.counted
    return "-" if told is None else f"{told.numerator}/{told.denominator}"
