"""`hub tenant split`: villages go to another kecamatan under a decree, with everybody who lives there."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hub.domains.splits import carrying
from hub.domains.splits.carrying import Standing
from hub.domains.splits.going import Going, Pair
from hub.entrypoints import new_regions, place
from hub.entrypoints.access import Code, day, tenant
from hub.entrypoints.new_regions import SplitIncomplete, Wish
from hub.entrypoints.place import Place
from hub.entrypoints.sealing import seal_waiting
from hub.entrypoints.voice import Voice, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.means import load_keys
from hub.settings import Settings
from hub.store.pools import Connection
from hub.tenants.acting import acting

__all__ = ["tenant"]  # the commands of `hub tenant`, this one with them

LEFT = 1  # exit code where families could not be brought


@dataclass(slots=True)
class Done:
    """What a run did with one split."""

    going: Going
    standing: Standing
    carried: bool  # not where it was only looked at, or where its day has not come
    clashing: Sequence[UUID] = ()
    stays: dict[str, int] = field(default_factory=dict)


@tenant.command("split", help="Carry villages over to another kecamatan (pemekaran): codes, families, houses.")
def split(
    ctx: typer.Context,
    code: Code,
    into: Annotated[str | None, typer.Option("--into", help="Code of the kecamatan they come to.")] = None,
    villages: Annotated[str, typer.Option("--villages", help="Former and new codes: old=new, commas between.")] = "",
    name: Annotated[str | None, typer.Option("--name", help="Name of the new kecamatan.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day of the new codes, as year-month-day.")] = None,
    decree: Annotated[str | None, typer.Option("--decree", help="Number and year of the regulation.")] = None,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what was begun; needs no other option.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """May be interrupted anywhere; the same command goes on."""
    settings, voice = Settings(), voice_of(ctx)
    wish = None if resume else wish_from(code, into, villages, name, day(since), decree)
    keys = load_keys(settings, system_clock)

    async def work(here: Place) -> list[Done]:
        await place.check(here)
        async with place.owner(here) as owner:
            if dry_run:
                return await _looked(owner, voice, code, wish)
            begun = await _begun(owner, code, wish)
            try:
                return [await _carried(here, owner, voice, keys, *each) for each in begun]
            finally:
                await seal_waiting(here)

    with place.joined(settings) as here:
        done = asyncio.run(work(here))
    for each in done:
        _say(voice, each)
    if any(each.clashing for each in done):
        raise typer.Exit(LEFT)


def wish_from(
    code: str, into: str | None, villages: str, name: str | None, first: date | None, decree: str | None
) -> Wish:
    """What the options say; SplitIncomplete where one of those that are needed is missing."""
    if into is None:
        raise SplitIncomplete(missing="--into")
    if first is None:
        raise SplitIncomplete(missing="--from")
    if not decree:
        raise SplitIncomplete(missing="--decree")
    return new_regions.wish_of(code, there=into, name=name, day=first, decree=decree, villages=villages)


async def _begun(owner: Connection, code: str, wish: Wish | None) -> list[tuple[Going, list[Pair]]]:
    """The splits to carry, each with its codes, kecamatan and villages in place."""
    if wish is None:
        return await new_regions.unfinished(owner, code)
    known = await new_regions.begun(owner, wish)
    return [known or await new_regions.prepare(owner, await new_regions.check(owner, wish), system_clock())]


async def _looked(owner: Connection, voice: Voice, code: str, wish: Wish | None) -> list[Done]:
    """Say what would happen; nothing is written."""
    if wish is None:
        found = await new_regions.unfinished(owner, code)
        return [Done(going, await _standing(owner, going, pairs), carried=False) for going, pairs in found]
    checked = await new_regions.check(owner, wish)
    there = await new_regions.there_already(owner, wish)
    going = new_regions.imagined(checked)
    pairs = [
        Pair(each.id, each.id, str(old), str(new))
        for each, (old, new) in zip(checked.villages, wish.villages, strict=True)
    ]
    voice.tell("Dry run: nothing is written.")
    if not there:
        voice.tell("{name} ({code}) would be a new kecamatan.", name=checked.name, code=str(wish.there))
    for each, pair in zip(checked.villages, pairs, strict=True):
        voice.show(f"  {pair.from_code} -> {pair.to_code}  {each.name}")
    return [Done(going, await _standing(owner, going, pairs), carried=False)]


async def _standing(owner: Connection, going: Going, pairs: Sequence[Pair]) -> Standing:
    async with acting(owner, going.here, system_clock()) as unit:
        return await carrying.standing(unit, pairs)


async def _carried(
    here: Place, owner: Connection, voice: Voice, keys: KeyRing, going: Going, pairs: Sequence[Pair]
) -> Done:
    """Carry a split whose day has come."""
    before = await _standing(owner, going, pairs)
    if system_clock().today(going.here.zone) < going.day:
        return Done(going, before, carried=False)
    async with place.connected(here.dsn(Reader.WORKER.value)) as worker:
        with _bar(voice) as bar:
            task = bar.add_task(voice.say("Carrying people over"), total=before.living + before.waiting)
            clashing = await carrying.carry(
                worker, going, pairs, keys, clock=system_clock, told=lambda more: bar.advance(task, more)
            )
    after = await _standing(owner, going, pairs)
    stays = await new_regions.staying(owner, going, pairs)
    return Done(going, after, carried=True, clashing=clashing, stays=stays)


def _say(voice: Voice, done: Done) -> None:
    going, now = done.going, done.standing
    if not done.carried:
        voice.tell(
            "{people} people live in the villages. They are carried over by this command, from {day} on.",
            people=now.living + now.waiting,
            day=going.day.isoformat(),
        )
    else:
        voice.tell(
            "{families} families with {people} people went from {here} to {there} as of {day}.",
            families=now.families,
            people=now.people,
            here=going.here.code,
            there=going.there.code,
            day=going.day.isoformat(),
        )
    if done.clashing:
        voice.tell(
            "{number} families are on the way still: a NIK or card number of theirs is registered there already. End "
            "what is doubled there, then run this again:",
            number=len(done.clashing),
        )
        for each in done.clashing:
            voice.show(f"  {each}")
    if done.stays:
        voice.tell("Stays with the former villages, as history or until somebody makes it anew:")
        for table_name, number in done.stays.items():
            voice.show(f"  {table_name:24}{number:>9}")
    if done.carried:
        there = going.there.code
        voice.tell("Grants and keys of villages do not go with them: give them anew in {there}.", there=there)


def _bar(voice: Voice) -> AbstractContextManager[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=voice.out)
