"""`hub`, the command line. Every refusal is one sentence, what to do about it, and exit code 2."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
import uvloop
from typer.core import TyperGroup

from hub.domains.regions import loader
from hub.entrypoints import access, contract, demo, documents, importing, logs, place, planning, serve, upkeep
from hub.entrypoints.voice import Voice, language, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import HubError, Unavailable
from hub.settings import Settings
from hub.store.roles import database_statements, role_statements
from hub.tenants import keyfile
from hub.wiring import open_hub

REFUSED, INTERRUPTED = 2, 130


class Unexpected(HubError):
    """The hub met a fault of its own ({kind})."""

    code = "UNEXPECTED"
    hint = "Run the same command with HUB_DEBUG=1 in front and send what it prints to the hub's developers."


class SettingsInvalid(HubError):
    """The setting {name} is not valid: {problem}"""

    code = "SETTINGS_INVALID"
    hint = "Correct the environment variable, or remove it to get the default."


class Polite(TyperGroup):
    """The commands in the operator's language, their refusals as sentences."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **others: Any) -> Any:
        """Take the language out of the arguments, wherever it stands."""
        lang, rest = language(sys.argv[1:] if args is None else args)
        translate(self, Voice(lang))
        return super().main(rest, *more, obj=Voice(lang), **others)

    def invoke(self, ctx: Any) -> Any:  # typer's own context class is private
        """Run the command; whatever goes wrong is said, never shown as a trace."""
        voice: Voice = ctx.obj
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, asyncio.CancelledError):
            voice.err.print(voice.say("Interrupted. The same command goes on from here."))
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if type(error).__module__.startswith("typer") or os.environ.get("HUB_DEBUG"):
                raise
            voice.refuse(_said(error))
            raise typer.Exit(REFUSED) from None


def _said(error: Exception) -> HubError:
    """Any error as a refusal."""
    if isinstance(error, HubError):
        return error
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.InvalidAuthorizationSpecificationError | OSError):
        return Unavailable()
    if isinstance(error, ValueError) and (problems := getattr(error, "errors", None)) is not None:
        first = problems()[0]
        return SettingsInvalid(name=f"HUB_{str(first['loc'][0]).upper()}", problem=str(first["msg"]))
    return Unexpected(kind=type(error).__name__)


def translate(command: Any, voice: Voice) -> None:
    """The help of a command, its options and those below it, in the operator's language.

    Typer's own "Show this message and exit." too.
    """
    for told in (command, *command.params):
        for name in ("help", "short_help"):
            if text := getattr(told, name, None):
                setattr(told, name, voice.say(" ".join(text.split())))
    for below in getattr(command, "commands", {}).values():
        translate(below, voice)


app = typer.Typer(
    cls=Polite,
    help="Kecamatan Hub: one graph over many kecamatan. `--lang en` or HUB_LANG=en for English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
secrets = typer.Typer(help="The hub's keys.", no_args_is_help=True)
regions = typer.Typer(help="The codes of Indonesia's regions.", no_args_is_help=True)
graph = typer.Typer(help="The graph's schema.", no_args_is_help=True)
app.add_typer(secrets, name="secrets")
app.add_typer(regions, name="regions")
app.add_typer(graph, name="schema")
access.register(app)
contract.register(graph)
documents.register(app)
importing.register(app)
upkeep.register(app, secrets)
planning.register(app)


@app.command("demo", help="Serve three demo kecamatan with GraphiQL and keys for trying.")
def demo_(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: Annotated[Path, typer.Option(help="Folder for the demo's data.")] = Path(".demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    *,
    people: Annotated[bool, typer.Option(help="With the village registers, which take a minute or two.")] = True,
) -> None:
    """Serve the demo."""
    demo.run(demo.Wish(data, host, port, people=people), voice_of(ctx))


@app.command("serve", help="Serve the hub. Settings come from HUB_… variables.")
def serve_(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else HUB_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; else HUB_PORT.")] = None,
) -> None:
    """Serve in production."""
    del ctx
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings().model_copy(update={"demo": False, **given})
    logs.configure()
    with serve.stoppable(), place.opened(settings) as here, serve.bind(settings.host, settings.port) as bound:

        async def work() -> None:
            serve.stop_on_signal()
            if here.cluster is not None and await place.fresh(here):
                await place.prepare(here)
            await place.check(here)
            await serve.refuse_demo(here)
            hub = await open_hub(settings, here.readers())
            try:
                await serve.serve(hub, here, bound, ready=lambda: serve.announce(settings))
            finally:
                await hub.close()

        uvloop.run(work())


@app.command(help="Prepare the database: roles, tables and region codes; run it after every update.")
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
        asyncio.run(place.prepare(here))
    voice.tell("The database is ready.")


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


@secrets.command("create", help="Make the file with the hub's keys (HUB_KEYS_FILE). Keep a copy where backups are not.")
def create_secrets(ctx: typer.Context) -> None:
    """A fresh key file, outside the data folder."""
    settings = Settings()
    path = settings.keys_file or Path("keys.json")
    if path.resolve().is_relative_to(settings.data.resolve()):
        raise keyfile.KeysMisplaced(place=str(path))
    keyfile.create(path, now=system_clock().instant)
    voice_of(ctx).tell("The keys are in {file}. Whoever loses them loses the data.", file=str(path))


@regions.command("load", help="Bring the region codes up to this release's list.")
def load_regions(ctx: typer.Context) -> None:
    """Load or renew the table of regions."""

    async def work(here: place.Place) -> int:
        async with place.owner(here) as owner:
            return await loader.load(owner)

    with place.joined(Settings()) as here:
        number = asyncio.run(work(here))
    voice_of(ctx).tell("{number} region codes are loaded.", number=number)
