"""`hub migrate` and `hub regions load`: the database of this release, and the region codes in it."""

import asyncio
from typing import Annotated

import typer

from hub.domains.regions import loader
from hub.entrypoints import place
from hub.entrypoints.place import Place
from hub.entrypoints.voice import voice_of
from hub.settings import Settings
from hub.store import migrate as migrations
from hub.store.roles import database_statements, role_statements

regions = typer.Typer(no_args_is_help=True)
regions.callback()(lambda: None)  # keeps `load` a command of its own, though there is only one


def migrate(
    ctx: typer.Context,
    print_sql: Annotated[
        bool,
        typer.Option("--print-sql", help="Only print the SQL that an administrator has to run first."),
    ] = False,
) -> None:
    """Make roles where an administrator's address allows it, then migrate."""
    settings, voice = Settings(), voice_of(ctx)
    if print_sql:
        for line in administrators_sql(settings):
            voice.show(line)
        return
    with place.joined(settings) as here:
        asyncio.run(prepare(here))
    voice.tell("The database is ready.")


async def prepare(here: Place) -> None:
    """Roles, database and every migration, then the region codes where there are none."""
    if here.administrator:
        await place.prepare_server(here, here.administrator)
    async with place.owner(here) as connection:
        await migrations.upgrade(here.dsn(place.OWNER))
        if not await loader.count(connection):
            await loader.load(connection)


def administrators_sql(settings: Settings) -> list[str]:
    """What an administrator runs with psql; holds passwords where the server is reached over a network."""
    here = place.remote(settings, settings.database_url) if settings.database_url else None
    database = here.database if here else settings.database
    quoted = '"' + database.replace('"', '""') + '"'
    return [
        *(f"{each};" for each in role_statements(here.passwords() if here else None)),
        f"create database {quoted} owner hub_owner;",
        f"\\connect {quoted}",
        *(f"{each};" for each in database_statements(database)),
    ]


@regions.command("load", help="Bring the region codes up to this release's list.")
def load_regions(ctx: typer.Context) -> None:
    """Load or renew the table of regions."""

    async def work(here: Place) -> int:
        async with place.owner(here) as owner:
            return await loader.load(owner)

    with place.joined(Settings()) as here:
        number = asyncio.run(work(here))
    voice_of(ctx).tell("{number} region codes are loaded.", number=number)
