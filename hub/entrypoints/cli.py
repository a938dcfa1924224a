"""`hub`, the command line. Every refusal is one sentence, what to do about it, and exit code 2."""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

import asyncpg
import typer

from hub.entrypoints.lazy import Later, LazyGroup
from hub.entrypoints.voice import Voice, language
from hub.kernel.errors import HubError, Unavailable

REFUSED, INTERRUPTED = 2, 130
COMMANDS = {
    "grant": Later("access:grant", "Give somebody a role in a tenant."),
    "invite": Later(
        "inviting:invite", "Invite a person to sign in, with a role; prints an address that is shown once."
    ),
    "issuer": Later("inviting:issuer", "Sign-in services (OpenID Connect) that a tenant accepts."),
    "doctor": Later("examining:doctor", "Look for everything that is wrong; exit code 1 where something is."),
    "backup": Later("upkeep:backup", "Write one file with all data, while the hub serves. Keys are not in it."),
    "restore": Later("upkeep:restore", "Put a backup into an empty database."),
    "plan": Later("planning:plan", "Show how an operation would be answered for a role: its plan, its SQL, its costs."),
    "demo": Later("demo:demo", "Serve three demo kecamatan with GraphiQL and keys for trying."),
    "serve": Later("serving:serve", "Serve the hub. Settings come from HUB_… variables."),
    "worker": Later("alone:worker", "Carry out jobs without serving, for a process of its own."),
    "jobs": Later("jobs:jobs", "Jobs: what is to be done, and what could not be."),
    "webhooks": Later("webhooks:webhooks", "Webhooks: which there are, their release after a restore, sending again."),
    "migrate": Later(
        "migrating:migrate", "Prepare the database: roles, tables and region codes; run it after every update."
    ),
    "secrets": Later("secret_keys:secrets", "The hub's keys."),
    "registry": Later("registry:registry", "The registry of persons: which NIK is registered in several kecamatan."),
    "regions": Later("migrating:regions", "The codes of Indonesia's regions."),
    "schema": Later("contract:graph", "The graph's schema."),
    "tenant": Later("splitting:tenant", "Kecamatan and agencies that use the hub."),
    "agency": Later("agencies:agency", "The directory of agencies (perangkat daerah)."),
    "village": Later("access:village", "The villages of a kecamatan."),
    "agreement": Later(
        "agreements:agreement", "Agreements on the use of population data: what comes from SIAK leaves by them alone."
    ),
    "key": Later("access:key", "API keys of apps and machines."),
    "documents": Later("documents:documents", "Trusted documents: the operations that an app may send."),
    "import": Later("importing:imports", "Import population files into the register."),
    "export": Later("exporting:exports", "Take the people of a village out as a file."),
    "reports": Later("reports:reports", "Reports: count them anew, verify them, publish a month."),
    "subject": Later("subjects:subjects", "The rights of a person whose data the hub holds."),
}


class Unexpected(HubError):
    """The hub met a fault of its own ({kind})."""

    code = "UNEXPECTED"
    hint = "Run the same command with HUB_DEBUG=1 in front and send what it prints to the hub's developers."


class SettingsInvalid(HubError):
    """The setting {name} is not valid: {problem}"""

    code = "SETTINGS_INVALID"
    hint = "Correct the environment variable, or remove it to get the default."


class Polite(LazyGroup):
    """The commands in the operator's language, their refusals as sentences."""

    table = COMMANDS

    def main(self, args: Sequence[str] | None = None, *more: Any, **others: Any) -> Any:
        """Take the language out of the arguments, wherever it stands."""
        lang, rest = language(sys.argv[1:] if args is None else args)
        translate(self, Voice(lang))
        return super().main(rest, *more, obj=Voice(lang), **others)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command in the operator's language."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            translate(command, ctx.obj)
        return name, command, rest

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


@app.callback()
def hub() -> None:
    """Nothing of its own: it tells typer that there are commands."""
