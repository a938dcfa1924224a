"""`hub agency`: the directory of agencies, with which commitments are made and to whom things are passed on."""

from datetime import date
from typing import Annotated

import typer

from hub.domains.agencies import directory
from hub.domains.agencies.model import Affair, Agency, AgencyKind
from hub.entrypoints.access import as_owner, day, show
from hub.entrypoints.voice import voice_of
from hub.kernel.clock import system_clock
from hub.kernel.scope import Zone
from hub.kernel.written import line
from hub.store import sql
from hub.store.pools import Connection

agency = typer.Typer(no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="Code of the agency, such as 63.11/DUKCAPIL.")]


@agency.command("set", help="Enter an agency into the directory, or change it: the code says its region.")
def enter(
    ctx: typer.Context,
    code: Code,
    name: Annotated[str, typer.Option(help='Name, such as "Dinas Sosial Kabupaten Balangan".')],
    kind: Annotated[AgencyKind, typer.Option(help="Kind of agency.")] = AgencyKind.DINAS,
    affair: Annotated[list[Affair] | None, typer.Option(help="An affair it serves; may be repeated.")] = None,
) -> None:
    """What is not said is emptied: say the whole of it."""
    made = Agency(
        code=code,
        name=line(name, "name"),
        kind=kind.value,
        region_code=code.partition("/")[0],
        affairs=sorted({each.value for each in affair or ()}),
    )

    async def work(owner: Connection) -> None:
        await directory.enter(owner, made)

    as_owner(work)
    voice_of(ctx).tell("The agency {code} stands in the directory.", code=code)


@agency.command("list", help="List agencies: code, kind, name, affairs, last day.")
def list_agencies(
    ctx: typer.Context,
    region: Annotated[str, typer.Option(help="Only of this region and below it, such as 63.11.")] = "",
) -> None:
    """By code."""

    async def work(owner: Connection) -> list[sql.Row]:
        return await directory.listed(owner, region)

    rows = as_owner(work)
    show(
        voice_of(ctx),
        [
            (row["code"], row["kind"], row["name"], " ".join(row["affairs"]) or "-", str(row["ended_on"] or "-"))
            for row in rows
        ],
    )


@agency.command("end", help="Say that an agency is no more.")
def end(
    ctx: typer.Context,
    code: Code,
    on: Annotated[str, typer.Option("--on", help="Its last day; else today.")] = "",
) -> None:
    """It stays in the directory, for what was made with it."""
    last: date = day(on) or system_clock().today(Zone.WIB)

    async def work(owner: Connection) -> None:
        await directory.end(owner, code, last)

    as_owner(work)
    voice_of(ctx).tell("The agency {code} ends on {day}.", code=code, day=str(last))
