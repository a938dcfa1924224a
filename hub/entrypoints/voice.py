"""How the command line speaks: sentences in the operator's language, refusals with what to do about them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import typer
from rich.console import Console

from hub.kernel.errors import HubError
from hub.kernel.texts import LANGUAGES, advice, say, sentence

OPTION = "--lang"


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language, on standard output; refusals go to standard error."""

    lang: str = "id"
    out: Console = field(default_factory=Console)
    err: Console = field(default_factory=lambda: Console(stderr=True))

    def say(self, text: str, **params: str | int) -> str:
        """A sentence of the catalogue in this language."""
        return say(text, self.lang, **params)

    def tell(self, text: str, **params: str | int) -> None:
        """Print a sentence of the catalogue."""
        self.show(self.say(text, **params))

    def show(self, text: str = "") -> None:
        """Print a text as it is: never wrapped, so that it can be copied."""
        self.out.print(text, markup=False, highlight=False, soft_wrap=True)

    def refuse(self, error: HubError) -> None:
        """Print what is wrong and what to do."""
        for line in (sentence(error, self.lang), advice(error, self.lang)):
            self.err.print(line, markup=False, highlight=False, soft_wrap=True)


def voice_of(ctx: typer.Context) -> Voice:
    """The voice of a running command."""
    found: Voice = ctx.find_root().obj
    return found


def language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> tuple[str, list[str]]:
    """The language asked for by `--lang` anywhere or by HUB_LANG, and the arguments without it."""
    rest, wanted, given = [], environment.get("HUB_LANG", ""), iter(arguments)
    for argument in given:
        if argument == OPTION:
            wanted = next(given, "")
        elif argument.startswith(f"{OPTION}="):
            wanted = argument.partition("=")[2]
        else:
            rest.append(argument)
    short = wanted.lower().replace("_", "-").split("-")[0]
    return (short if short in LANGUAGES else "id"), rest
