"""`hub webhooks`: those that there are, their release after a restore, and sending again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from hub.domains.webhooks import desk
from hub.domains.webhooks.desk import WebhookUnknown
from hub.domains.webhooks.model import WebhookState, WebhookStop
from hub.entrypoints import place
from hub.entrypoints.voice import voice_of
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.kernel.words import Word
from hub.settings import Settings
from hub.store.pools import Connection

Found = TypeVar("Found")
webhooks = typer.Typer(no_args_is_help=True)
Tenant = Annotated[str | None, typer.Option(help="Only of this tenant, such as 63.01.01.")]


@webhooks.command("list", help="Show webhooks: tenant, id, state, place in the feed, when the next message is tried.")
def list_(ctx: typer.Context, tenant: Tenant = None) -> None:
    """A line for each."""
    voice = voice_of(ctx)

    def word(of: Word) -> str:
        return of.label_en if voice.lang == "en" else of.label_id

    found = _as_worker(lambda worker: desk.listed(worker, tenant))
    for row in found:
        state = [word(WebhookState[row["state"]])]
        if row["stopped_for"]:
            state.append(word(WebhookStop[row["stopped_for"]]))
        if row["held"]:
            state.append(voice.say("waits for a release"))
        due = row["due_at"].isoformat() if row["due_at"] else "-"
        voice.show("  ".join((row["tenant"], str(row["id"]), ", ".join(state), str(row["seq"]), due)))
    voice.tell("{number} webhooks.", number=len(found))


@webhooks.command(help="Let webhooks send again after a restore. Look first at what has been sent since the backup.")
def release(ctx: typer.Context, tenant: Tenant = None) -> None:
    """In the new epoch."""
    number = _as_worker(lambda worker: desk.release(worker, tenant))
    voice_of(ctx).tell("{number} webhooks are released.", number=number)


@webhooks.command(help="Send messages again: those that were given up, or everything from a place of the feed on.")
def replay(
    ctx: typer.Context,
    webhook: Annotated[str, typer.Argument(help="The webhook's id, as `hub webhooks list` shows it.")],
    since: Annotated[int | None, typer.Option(help="Place in the feed; without it what was given up.")] = None,
) -> None:
    """Under the same ids."""
    _as_worker(lambda worker: desk.replay(worker, _id(webhook), since=since, now=system_clock().instant))
    voice_of(ctx).tell("Messages of {webhook} will be sent again.", webhook=webhook)


def _as_worker(act: Callable[[Connection], Awaitable[Found]]) -> Found:
    async def work(here: place.Place) -> Found:
        await place.check(here)
        async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
            return await act(worker)

    with place.joined(Settings()) as here:
        return asyncio.run(work(here))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WebhookUnknown(webhook=text) from None
