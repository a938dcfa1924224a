"""`hub jobs`: those that are not done, and what becomes of the parked ones."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer

from hub.domains.imports import jobs as import_jobs
from hub.entrypoints import place
from hub.entrypoints.voice import Voice, voice_of
from hub.jobs import desk
from hub.jobs.desk import JobUnknown
from hub.jobs.model import JobState
from hub.jobs.running import GivenUp, TakenUp
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.settings import Settings
from hub.store.pools import Connection

MOST = 100
GIVEN_UP: Mapping[str, GivenUp] = {import_jobs.KIND: import_jobs.give_up}
TAKEN_UP: Mapping[str, TakenUp] = {import_jobs.KIND: import_jobs.take_up}
Found = TypeVar("Found")
jobs = typer.Typer(no_args_is_help=True)
Chosen = Annotated[str, typer.Argument(help="The job's id, as `hub jobs list` shows it.")]


@jobs.command("list", help="Show the jobs that are not done, the oldest first.")
def list_(ctx: typer.Context) -> None:
    """A line for each."""
    voice = voice_of(ctx)
    found = _as_worker(lambda worker: desk.listed(worker, limit=MOST))
    for job in found:
        voice.show("  ".join((str(job["id"]), job["kind"], _state(voice, job), job["reason"] or "-")))
    voice.tell("{number} jobs.", number=len(found))


@jobs.command(help="Show all that is known of a job.")
def show(ctx: typer.Context, job: Chosen) -> None:
    """Its row."""
    voice = voice_of(ctx)
    found = _as_worker(lambda worker: desk.found(worker, _id(job)))
    for name, value in found.items():
        voice.show(f"{name}: {'-' if value is None else value}")


@jobs.command(help="Let a parked job be tried again.")
def retry(ctx: typer.Context, job: Chosen) -> None:
    """As if for the first time."""
    _as_worker(lambda worker: desk.retry(worker, TAKEN_UP, _id(job), now=system_clock().instant))
    voice_of(ctx).tell("Job {job} will be tried again.", job=job)


@jobs.command(help="Give up a job that does not run.")
def drop(ctx: typer.Context, job: Chosen) -> None:
    """Whoever asked for it finds it given up."""
    _as_worker(lambda worker: desk.drop(worker, GIVEN_UP, _id(job), now=system_clock().instant))
    voice_of(ctx).tell("Job {job} is given up.", job=job)


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
        raise JobUnknown(job=text) from None


def _state(voice: Voice, job: Mapping[str, Any]) -> str:
    state = JobState[job["state"]]
    return state.label_en if voice.lang == "en" else state.label_id
