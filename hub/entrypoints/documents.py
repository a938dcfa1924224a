"""`hub documents`: the operations that an app may send, pushed by its makers, listed, ended, and what they use."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLSchema, parse

from hub.entrypoints import manifest_files
from hub.entrypoints.access import as_owner, day, show
from hub.entrypoints.voice import Voice, voice_of
from hub.graph.documents import Documents
from hub.graph.judging import Refused, judge
from hub.graph.limits import Limits
from hub.graph.problems import discreet
from hub.graph.registry import core_of
from hub.graph.uses import check_coordinate, touches, uses
from hub.kernel.clock import system_clock
from hub.kernel.errors import BadInput
from hub.kernel.texts import sentence
from hub.schema.build import schema
from hub.settings import Settings
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.tenants import administration as admin
from hub.tenants import manifests as keeping
from hub.tenants.manifests import NoSuchDocument, Pushed, Stored, Version
from hub.tenants.model import Tenant

documents = typer.Typer(no_args_is_help=True)

TenantOption = Annotated[str, typer.Option("--tenant", help="Code of the tenant, such as 63.01.01.")]
AppOption = Annotated[str, typer.Option("--app", help="Name of the app.")]
AnyAppOption = Annotated[str | None, typer.Option("--app", help="Only this app.")]


class DocumentsRefused(BadInput):
    """{number} documents do not fit the schema or its limits; nothing was stored."""

    code = "DOCUMENTS_REFUSED"
    hint = "Correct the documents named above and push again."


@documents.command(help="Store the documents of a version of an app, all or none, and put it in force.")
def push(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="Folder of .graphql files, one such file, or a manifest in JSON.")],
    tenant: TenantOption,
    app: AppOption,
    version: Annotated[str | None, typer.Option("--version", help="Name of the version; else the next number.")] = None,
) -> None:
    """Judge, then store."""
    voice, entries = voice_of(ctx), manifest_files.read(path)
    keeping.check(entries)
    refuse(voice, judge(reader(Settings()), entries))

    async def work(owner: Connection) -> Pushed:
        found = await admin.find_tenant(owner, tenant)
        return await keeping.push(owner, found.id, app, entries, label=version)

    done = as_owner(work)
    if not done.changed:
        voice.tell(
            "Version {version} of {app} has these documents already; nothing changed.", version=done.label, app=app
        )
        return
    voice.tell(
        "Version {version} of {app} is in force with {number} documents.",
        version=done.label,
        app=app,
        number=done.documents,
    )


@documents.command("list", help="List the versions of a tenant's apps, newest first.")
def list_versions(ctx: typer.Context, tenant: TenantOption, app: AnyAppOption = None) -> None:
    """App, version, number of documents, when pushed, until when."""

    async def work(owner: Connection) -> list[Version]:
        found = await admin.find_tenant(owner, tenant)
        return await keeping.versions(owner, found.id, app=app)

    voice, now = voice_of(ctx), system_clock().instant
    found = as_owner(work)
    if not found:
        voice.tell("There are no versions yet.")
        return
    show(voice, [_line(voice, each, now) for each in found])


@documents.command("show", help="List the documents of an app that are in force, or print one.")
def show_documents(
    ctx: typer.Context,
    tenant: TenantOption,
    app: AppOption,
    document_id: Annotated[str | None, typer.Argument(metavar="ID", help="Id of a document: prints its text.")] = None,
) -> None:
    """What a request would get."""
    found = _stored(tenant, app)
    voice = voice_of(ctx)
    if document_id is None:
        for each in found:
            voice.show(f"{each.label}  {each.name}")
        return
    chosen = next((each for each in found if document_id in (each.name, each.id)), None)
    if chosen is None:
        raise NoSuchDocument(given=document_id[:200])
    voice.show(chosen.text)


@documents.command(help="End a version: its documents are not answered any more, within ten seconds.")
def remove(
    ctx: typer.Context,
    tenant: TenantOption,
    app: AppOption,
    version: Annotated[str, typer.Option("--version", help="Name of the version.")],
    after: Annotated[
        str | None, typer.Option("--after", help="Last day in force, as year-month-day; else now.")
    ] = None,
) -> None:
    """End one now or later."""
    last, now = day(after), system_clock().instant

    async def work(owner: Connection) -> None:
        found = await admin.find_tenant(owner, tenant)
        await keeping.end(owner, found.id, app, version, at=_end_of(last) if last else now)

    as_owner(work)
    voice = voice_of(ctx)
    if last:
        voice.tell("Version {version} of {app} ends after {day}.", version=version, app=app, day=last.isoformat())
    else:
        voice.tell("Version {version} of {app} ends within ten seconds.", version=version, app=app)


@documents.command(help="Make an earlier version the newest again: later ones end within ten seconds.")
def rollback(
    ctx: typer.Context,
    tenant: TenantOption,
    app: AppOption,
    to: Annotated[str, typer.Option("--to", help="Name of the version.")],
) -> None:
    """End all later versions and put this one in force."""

    async def work(owner: Connection) -> list[str]:
        found = await admin.find_tenant(owner, tenant)
        return await keeping.roll_back(owner, found.id, app, to, now=system_clock().instant)

    ended, voice = as_owner(work), voice_of(ctx)
    voice.tell(
        "Version {version} of {app} is the newest again; ended: {ended}.", version=to, app=app, ended=_list(ended)
    )


@documents.command("uses", help="Which documents in force use a part of the schema, such as Village.name.")
def list_uses(
    ctx: typer.Context,
    coordinate: Annotated[
        str,
        typer.Argument(help="Type, Type.field, 'Type.field(argument:)', Input.field, Enum.VALUE or @directive."),
    ],
    tenant: Annotated[str | None, typer.Option("--tenant", help="Only this tenant.")] = None,
) -> None:
    """Exit code 0 either way: what to do about it is for people."""
    core = core_of(schema())
    check_coordinate(core, coordinate)
    found = using(core, _stored(tenant, None), coordinate)
    voice = voice_of(ctx)
    for each in found:
        voice.show(each.place)
    if not found:
        voice.tell("No document in force uses {coordinate}.", coordinate=coordinate)


def using(core: GraphQLSchema, stored: Sequence[Stored], coordinate: str) -> list[Stored]:
    """The documents that use a coordinate or something below it."""
    known = {text: uses(core, parse(text)) for text in {each.text for each in stored}}
    return [each for each in stored if touches(coordinate, known[each.text])]


async def examine(owner: Connection, settings: Settings, *, now: datetime) -> list[Finding]:
    """A finding for each document in force that no longer fits the schema or its limits."""
    judged, found = reader(settings), []
    for each in await keeping.stored(owner, now=now):
        for refused in judge(judged, {each.name: each.text}):
            line = f"{refused.line}: " if refused.line else ""
            found.append(Finding(Fault.DOCUMENT_STALE, each.place, line + discreet(sentence(refused.reason, "en"))))
    return found


def reader(settings: Settings) -> Documents:
    """Reads documents as the endpoint would."""
    return Documents(core_of(schema()), Limits(), introspection=settings.introspection or settings.demo)


def refuse(voice: Voice, refused: Sequence[Refused]) -> None:
    """Name every refused document; DocumentsRefused if there is one."""
    for each in refused:
        line = f":{each.line}" if each.line else ""
        voice.err.print(
            f"{each.name}{line}  {sentence(each.reason, voice.lang)}", markup=False, highlight=False, soft_wrap=True
        )
    if refused:
        raise DocumentsRefused(number=len(refused))


def _stored(tenant: str | None, app: str | None) -> list[Stored]:
    async def work(owner: Connection) -> list[Stored]:
        found: Tenant | None = await admin.find_tenant(owner, tenant) if tenant else None
        return await keeping.stored(owner, now=system_clock().instant, tenant=found, app=app)

    return as_owner(work)


def _line(voice: Voice, version: Version, now: datetime) -> tuple[str, ...]:
    if version.ends_at is None:
        until = voice.say("in force")
    elif version.ends_at > now:
        until = voice.say("until {day}", day=f"{version.ends_at:%Y-%m-%d %H:%M} UTC")
    else:
        until = voice.say("ended")
    return version.app, version.label, str(version.documents), f"{version.pushed_at:%Y-%m-%d %H:%M} UTC", until


def _list(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "-"


def _end_of(last: date) -> datetime:
    return datetime.combine(last + timedelta(days=1), time(), UTC)
