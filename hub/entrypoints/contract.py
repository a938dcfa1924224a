"""`hub schema print|check|release`: the contract with clients, and whether it may become what it is about to be."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLError, build_schema, parse
from strawberry.printer import print_schema

from hub.entrypoints.voice import Voice, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import Faulty
from hub.kernel.scope import Zone
from hub.schema.build import schema
from hub.schema.evolution import releases
from hub.schema.evolution.changes import Weight
from hub.schema.evolution.releases import Release, UnknownRelease
from hub.schema.evolution.verdict import Judged, breaking, judge

graph = typer.Typer(no_args_is_help=True)

BREAKS = 1  # exit code where a change stands in the way


class BadDocument(Faulty):
    """The stored document {file} cannot be read: {problem}"""

    code = "BAD_DOCUMENT"
    hint = "Correct the file, or take it out of the folder of documents."


@graph.command("print", help="Print the schema as GraphQL.")
def print_(ctx: typer.Context) -> None:
    """The schema, as committed in hub/schema/schema.graphql."""
    voice_of(ctx).show(print_schema(schema()))


@graph.command(help="Compare the schema with a released one; exit code 1 where it breaks clients.")
def check(
    ctx: typer.Context,
    against: Annotated[str | None, typer.Option(help="Version to compare with; else the newest.")] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Folder of stored documents (.graphql) that must go on working.")
    ] = None,
    released: Annotated[Path, typer.Option(help="Folder of the released schemas.")] = releases.FOLDER,
) -> None:
    """Say every change and what to do about it."""
    voice, today = voice_of(ctx), _today()
    history = releases.load(released)
    former = _former(history, against)
    found = judge(
        history,
        build_schema(print_schema(schema())),
        against=former,
        today=today,
        documents=[*stored(documents)] if documents else (),
    )
    for line in table(found, voice):
        voice.show(line)
    number = Counter(each.change.weight for each in found)
    voice.tell(
        "Since {version} of {day}: {breaking} breaking, {dangerous} dangerous, {safe} safe.",
        version=former.name,
        day=former.on.isoformat(),
        **{weight.value: number[weight] for weight in Weight},
    )
    if breaking(found):
        raise typer.Exit(BREAKS)


@graph.command(help="Keep the schema as released under a version.")
def release(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument(help="Version, such as 1.2.0.")],
    released: Annotated[Path, typer.Option(help="Folder of the released schemas.")] = releases.FOLDER,
) -> None:
    """Write the file of a new release; `check` first."""
    file = releases.write(print_schema(schema()), version, on=_today(), folder=released)
    voice_of(ctx).tell("The schema is kept as {version} in {file}.", version=version, file=str(file))


def stored(folder: Path) -> Iterator[str]:
    """The texts of all documents of a folder and below. BadDocument where one is not GraphQL."""
    for file in sorted(folder.rglob("*.graphql")):
        text = file.read_text(encoding="utf-8")
        try:
            parse(text)
        except GraphQLError as error:
            raise BadDocument(file=file.name, problem=error.message) from error
        yield text


def table(found: list[Judged], voice: Voice) -> Iterator[str]:
    """A line for each change, the heaviest first, and below it what to do."""
    words = {weight: voice.say(weight.value) for weight in Weight}
    first = max(map(len, words.values()))
    second = max((len(each.change.place) for each in found), default=0)
    order = list(Weight)
    for each in sorted(found, key=lambda judged: order.index(judged.change.weight)):
        yield f"{words[each.change.weight]:{first}}  {each.change.place:{second}}  {each.change.what}"
        if each.advice:
            yield f"{'':{first}}  {'':{second}}  {voice.say(each.advice.value, **each.params)}"


def _former(history: list[Release], against: str | None) -> Release:
    if against is not None:
        return releases.pick(history, against)
    if not history:
        raise UnknownRelease(version="0.1.0")
    return history[-1]


def _today() -> date:
    """Where the hub is made and released."""
    return system_clock().today(Zone.WIB)
