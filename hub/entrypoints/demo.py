"""`hub demo`: the three demo kecamatan on this machine, with GraphiQL and keys for everybody to try."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from hub.demo import guests, load, months
from hub.demo import keys as demo_keys
from hub.demo.guests import Asked
from hub.demo.keys import DemoKey
from hub.domains.imports.model import RowAction
from hub.entrypoints import examples, logs, manifest_files, migrating, place, serve
from hub.entrypoints.place import Place
from hub.entrypoints.voice import Voice, voice_of
from hub.integrations.opensid.importing import import_file
from hub.kernel.clock import Clock, system_clock
from hub.kernel.keyring import REGISTRY_PURPOSES, KeyRing
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Scope
from hub.settings import Settings
from hub.store.pools import Connection, Pool
from hub.tenants import administration as admin
from hub.tenants import keyfile, manifests
from hub.tenants.keyfile import KeysExist
from hub.tenants.model import DocumentMode
from hub.wiring import open_hub

LOG = "hub.log"
REGISTRY_KEYS = "registry-keys.json"
STEPS = {
    load.REGIONS: "Loading the region codes of Indonesia",
    load.PLACES: "Setting up kecamatan and agencies",
    load.PEOPLE: "Importing the village registers",
}
ASKED = {
    "front-end": "Front-end app of Kecamatan Takisung (public key): villages and how to reach them",
    "dinas": "Dinas PMD of the province: the commitments of all its kecamatan, and who has not signed",
    "agency": "Public-works agency of the district: what kecamatan handed to it, to acknowledge and to answer",
    "partner": "Partner organization PKK of Takisung: its commitments",
}
QUERIES = {
    "front-end": '{ kecamatan(code: "63.01.01") { name } '
    "villages(first: 12) { nodes { name connectivity distanceKm } } }",
    "dinas": "{ commitments(first: 10) { nodes { title status plannedParties "
    "missingSignatures(first: 5) { nodes { party { ... on PartnerOrganization { name } } } } } } }",
    "agency": "{ agencyAssignments(first: 5) { nodes { kind state homeName subject dueOn overdue "
    "allowedActions { label disabledReason } } } }",
    "partner": "{ partnerOrganizations(first: 1, filter: { kind: { eq: PKK } }) "
    "{ nodes { name commitments(first: 5) { nodes { title status signedOn } } } } }",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the demo is to run."""

    data: Path
    host: str
    port: int
    people: bool = True


def demo(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: Annotated[Path, typer.Option(help="Folder for the demo's data.")] = Path(".demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    *,
    people: Annotated[bool, typer.Option(help="With the village registers, which take a minute or two.")] = True,
) -> None:
    """Serve the demo."""
    run(Wish(data, host, port, people=people), voice_of(ctx))


def run(wish: Wish, voice: Voice) -> None:
    """Serve the demo until a signal; the first start loads it, later ones take seconds."""
    settings = _settings(wish)
    voice.tell("Starting PostgreSQL in {folder} …", folder=str(wish.data))
    with serve.stoppable(), place.opened(settings) as here:
        bound = serve.bind(wish.host, wish.port)
        with bound, (wish.data / LOG).open("a", encoding="utf-8") as log:
            (wish.data / LOG).chmod(0o600)
            logs.configure(log)
            uvloop.run(_serve(settings, here, bound, voice, people=wish.people))
    voice.tell("Stopped. The data stay in {folder}.", folder=str(wish.data))


def _settings(wish: Wish) -> Settings:
    """The demo's own settings, whatever the environment says of production's."""
    return Settings(
        data=wish.data,
        database_url=None,
        keys_file=wish.data / "keys.json",
        registry_keys_file=wish.data / REGISTRY_KEYS,
        host=wish.host,
        port=wish.port,
        graphiql=True,
        introspection=True,
        demo=True,
    )


async def _serve(settings: Settings, here: Place, bound: socket.socket, voice: Voice, *, people: bool) -> None:
    serve.stop_on_signal()
    clock: Clock = system_clock
    with suppress(KeysExist):
        keyfile.create(settings.data / "keys.json", now=clock().instant)
    with suppress(KeysExist):
        keyfile.create(settings.data / REGISTRY_KEYS, now=clock().instant, purposes=REGISTRY_PURPOSES)
    await migrating.prepare(here)
    hub = await open_hub(settings, here.readers(), clock=clock)
    try:
        async with place.owner(here) as owner:
            with shown(voice) as progress:
                made = await load.load(
                    owner,
                    hub,
                    settings.data,
                    ring=hub.services.keys,
                    clock=clock,
                    progress=progress,
                    import_village=import_village if people else None,
                )
            await months.publish(hub, made, clock)
            await trust_examples(owner, made)
            hub.gate.keys.clear()
            asked = await guests.invite(owner, clock, lang=voice.lang)
        await serve.serve(hub, here, bound, examples=tabs(made), ready=lambda: welcome(voice, settings, made, asked))
    finally:
        await hub.close()


async def trust_examples(owner: Connection, made: list[DemoKey]) -> None:
    """The examples as the documents of each kecamatan's front-end app; free queries stay allowed, for trying."""
    with as_file(files("hub.schema") / "examples") as folder:
        entries = manifest_files.read(folder)
    for each in made:
        if each.audience == "front-end":
            tenant = await admin.find_tenant(owner, each.tenant)
            await manifests.push(owner, tenant.id, each.audience, entries)
            app = await manifests.find_app(owner, tenant.id, each.audience)
            if (key := await admin.key_of(owner, tenant.id, each.key)) is not None:
                await admin.bind_key(owner, tenant.id, key, app=app, documents=DocumentMode.ALLOW)


async def import_village(
    pool: Pool, scope: Scope, keys: KeyRing, clock: Clock, path: Path, *, village: RegionCode
) -> None:
    """A workbook into a village's register, by the importer that villages use. New people need no further word."""
    await import_file(pool, scope, keys, clock, path, village=village, apply=frozenset({RowAction.NEW}))


def tabs(made: list[DemoKey]) -> list[examples.Example]:
    """The examples with the demo's keys in their headers."""
    with as_file(files("hub.schema") / "examples") as folder:
        return examples.load(folder, keys=demo_keys.by_audience(made))


def address(settings: Settings) -> str:
    """Where a browser finds the hub."""
    anywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104  # compared, not bound
    host = "127.0.0.1" if anywhere else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/graphql"


def welcome(voice: Voice, settings: Settings, made: list[DemoKey], asked: Sequence[Asked]) -> None:
    """Where to look, and requests to paste."""
    url = address(settings)
    voice.show()
    voice.tell("The demo is ready. Open in a browser: {url}", url=url)
    voice.tell("Everybody in it is invented. Keys for trying: {file}", file=str(settings.data / demo_keys.FILE))
    chosen = demo_keys.by_audience(made)
    for audience, about in ASKED.items():
        voice.show()
        voice.tell(about)
        voice.show(curl(url, chosen[audience], QUERIES[audience]))
    voice.show()
    voice.tell("Pages for people. Accept an invitation once: a passphrase, and an authenticator app on a telephone.")
    for each in asked:
        voice.show()
        if each.joined:
            voice.tell("{name} signs in as {own}:", name=each.guest.name, own=each.guest.sign_in_name)
        else:
            voice.tell(
                "Invitation of {name}, who signs in as {own}:", name=each.guest.name, own=each.guest.sign_in_name
            )
        voice.show(url.removesuffix("/graphql") + each.path)
    voice.show()
    voice.tell("Ctrl+C stops it.")


def curl(url: str, key: str, query: str) -> str:
    """A request that a shell takes as it stands."""
    body = json.dumps({"query": query}).replace("'", "'\\''")
    return f"curl -sS {url} -H 'Content-Type: application/json' -H 'Authorization: Bearer {key}' -d '{body}'"


@contextmanager
def shown(voice: Voice) -> Iterator[load.Progress]:
    """Progress bars for the steps of loading, one below the other; in a log or a pipe a line as each begins."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TimeElapsedColumn(),
    )
    tasks: dict[str, TaskID] = {}
    watched = voice.out.is_terminal
    with Progress(*columns, console=voice.out, disable=not watched) as bars:

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(voice.say(STEPS[step]), total=total)
                if not watched:
                    voice.show(f"{voice.say(STEPS[step])} …")
            bars.update(tasks[step], completed=done, total=total)

        yield tell
