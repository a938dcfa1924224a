"""`hub tenant`, `hub village`, `hub grant` and `hub key`: who uses the hub, as what, with which key."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from sqlalchemy import select

from hub.domains.accounts.report_keys import LONGEST
from hub.domains.partners.model import PartnerOrganization
from hub.domains.villages.model import Village
from hub.entrypoints import onboarding, place
from hub.entrypoints.sealing import seal_waiting
from hub.entrypoints.voice import Voice, voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import BadInput, NotFound
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Zone
from hub.settings import Settings
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.tenants import administration as admin
from hub.tenants import api_keys, manifests
from hub.tenants.administration import On
from hub.tenants.model import DocumentMode, Grant, KeyKind, Principal, PrincipalKind, Tenant, TenantKind, TenantStatus
from hub.tenants.permissions import ROLES, Permission, Role

T = TypeVar("T")
MODES = "off: free queries; allow: also documents of the app; only: no free queries, which a public key gets."

village = typer.Typer(no_args_is_help=True)
tenant = typer.Typer(no_args_is_help=True)
key = typer.Typer(no_args_is_help=True)


class DateMalformed(BadInput):
    """{given} is not a date."""

    code = "DATE_MALFORMED"
    hint = "Write dates as year-month-day, such as 2026-12-31."


class OriginMalformed(BadInput):
    """{given} is not the address of a web site."""

    code = "ORIGIN_MALFORMED"
    hint = "Write it as browsers send it: https:// and the host, nothing after it, such as https://takisung.example."


class NotForPublicKey(BadInput):
    """A public key may carry published data only; the role {role} sees more."""

    code = "NOT_FOR_PUBLIC_KEY"
    hint = "Make a secret key for a server, or give the app the role FRONT_END."


class NoReports(BadInput):
    """The role {role} reads no reports, so a key of it would open nothing."""

    code = "ROLE_READS_NO_REPORTS"
    hint = "Name the grant of an official of the kecamatan; `hub grant` printed its id."


class VillageUnknown(NotFound):
    """The tenant has no village with the code {given}."""

    code = "VILLAGE_UNKNOWN"
    hint = "Write the whole region code of a village of this kecamatan, such as 63.01.01.2004."


class OrganizationUnknown(NotFound):
    """The tenant has no partner organization named {given}."""

    code = "ORGANIZATION_UNKNOWN"
    hint = "Write the name exactly as it is registered; the query `partnerOrganizations` lists them."


class GrantUnknown(NotFound):
    """The tenant has no grant with the id {given}."""

    code = "GRANT_UNKNOWN"
    hint = "Use the id that `hub grant` printed, or name a role with --role and let the key make its own grant."


class PrincipalUnknown(NotFound):
    """The tenant knows nobody with the id {given}."""

    code = "PRINCIPAL_UNKNOWN"
    hint = "Use an id that `hub grant` printed, or name a new person with --to."


class KeyNotThere(NotFound):
    """The tenant has no working key with the id {given}."""

    code = "KEY_NOT_THERE"
    hint = "List the keys with `hub key list`."


class AppMissing(BadInput):
    """A key takes documents of an app only, and none is named."""

    code = "APP_MISSING"
    hint = "Add --app with the name under which the documents were pushed, or --documents off for free queries."


class HolderMissing(BadInput):
    """A grant needs somebody who holds it, and a key needs a grant."""

    code = "HOLDER_MISSING"
    hint = "For a grant give --to or --principal; for a key give --grant or --role."


@dataclass(frozen=True, slots=True)
class Target:
    """What a grant is given on, as the operator wrote it."""

    village: str | None
    organization: str | None
    region: str | None


Code = Annotated[str, typer.Argument(help="Code of the tenant, such as 63.01.01 or 63.11/DUKCAPIL.")]
VillageOption = Annotated[str | None, typer.Option("--village", help="Only for this village: its region code.")]
OrganizationOption = Annotated[
    str | None, typer.Option("--organization", help="For this partner organization: its name.")
]
RegionOption = Annotated[str | None, typer.Option("--region", help="For this region: its code, such as 63.11.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Last day, as year-month-day.")]
AppOption = Annotated[
    str | None, typer.Option("--app", help="App whose documents the key may send; see `hub documents`.")
]
DocumentsOption = Annotated[
    DocumentMode | None,
    typer.Option(
        "--documents",
        case_sensitive=False,
        help=MODES,
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why: number of the decree or of the request.")]


# Tenants


@tenant.command("add", help="Add a kecamatan with its villages, or an agency.")
def add_tenant(
    ctx: typer.Context,
    code: Code,
    kind: Annotated[TenantKind, typer.Option(help="What it is.")] = TenantKind.KECAMATAN,
    name: Annotated[str | None, typer.Option(help="Name; a kecamatan's comes from the region codes.")] = None,
    zone: Annotated[Zone | None, typer.Option(help="Time zone; else that of the province.")] = None,
) -> None:
    """A kecamatan gets its office and the villages of its region."""

    async def work(owner: Connection) -> onboarding.Added:
        return await onboarding.add(owner, kind=kind, code=code, name=name, zone=zone, now=system_clock())

    added = as_owner(work)
    voice_of(ctx).tell(
        "Added {name} ({code}), time zone {zone}, with {villages} villages.",
        name=added.name,
        code=code,
        zone=added.zone.value,
        villages=added.villages,
    )


@tenant.command("list", help="List all tenants.")
def list_tenants(ctx: typer.Context) -> None:
    """Code, kind, status and name."""
    found = as_owner(admin.tenants)
    rows = [(each.code, each.kind, each.status, each.name + (" (demo)" if each.demo else "")) for each in found]
    show(voice_of(ctx), rows)


@tenant.command(help="Stop serving a tenant; its data stay.")
def suspend(ctx: typer.Context, code: Code) -> None:
    """Keys stop within ten seconds."""
    as_owner(lambda owner: admin.set_status(owner, code, TenantStatus.SUSPENDED))
    voice_of(ctx).tell("{code} is suspended; its keys stop working within ten seconds.", code=code)


@tenant.command(help="Serve a suspended tenant again.")
def resume(ctx: typer.Context, code: Code) -> None:
    """Keys work again within ten seconds."""
    as_owner(lambda owner: admin.set_status(owner, code, TenantStatus.ACTIVE))
    voice_of(ctx).tell("{code} is served again.", code=code)


# Villages


@village.command("list", help="List the villages of a kecamatan: code, name, other names.")
def list_villages(ctx: typer.Context, code: Code) -> None:
    """As the commands that take a village's code know them."""

    async def work(owner: Connection) -> Sequence[sql.Row]:
        found, own = await admin.find_tenant(owner, code), table(Village).c
        async with admin.entered(owner, found.id):
            return await sql.fetch(
                owner, select(own.code, own.name, own.aliases).where(own.tenant_id == found.id).order_by(own.code)
            )

    rows = [(each["code"], each["name"], ", ".join(each["aliases"])) for each in as_owner(work)]
    show(voice_of(ctx), rows)


# Grants


def grant(
    ctx: typer.Context,
    code: Code,
    role: Annotated[Role, typer.Argument(help="The role.")],
    reason: ReasonOption,
    to: Annotated[str | None, typer.Option("--to", help="Name of a person who is new to the tenant.")] = None,
    principal: Annotated[str | None, typer.Option(help="Id of a person or machine the tenant knows.")] = None,
    *,
    machine: Annotated[bool, typer.Option("--machine", help="The name is that of a machine.")] = False,
    village: VillageOption = None,
    organization: OrganizationOption = None,
    region: RegionOption = None,
    since: Annotated[str | None, typer.Option("--from", help="First day, as year-month-day; else today.")] = None,
    until: UntilOption = None,
    issuer: Annotated[str | None, typer.Option(help="Address of the OpenID Connect issuer who knows them.")] = None,
    subject: Annotated[str | None, typer.Option(help="Their `sub` at that issuer.")] = None,
) -> None:
    """Print the ids of principal and grant."""
    if not (to or principal):
        raise HolderMissing
    target = Target(village, organization, region)
    first, last = day(since) or datetime.now(UTC).date(), day(until)
    kind = PrincipalKind.MACHINE if machine else PrincipalKind.PERSON

    async def work(owner: Connection) -> tuple[UUID, UUID]:
        found = await admin.find_tenant(owner, code)
        async with owner.transaction():
            holder = await holder_of(owner, found, principal=principal, to=to, kind=kind)
            if issuer and subject:
                await admin.bind_identity(owner, found.id, holder, issuer=issuer, subject=subject)
            return holder, await give(owner, found, holder, role, target, first=first, last=last, reason=reason)

    holder, made = as_owner(work)
    voice = voice_of(ctx)
    voice.tell("{role} in {code} is given.", role=role.value, code=code)
    show(voice, [("principal", str(holder)), ("grant", str(made))])


async def holder_of(
    owner: Connection, tenant: Tenant, *, principal: str | None, to: str | None, kind: PrincipalKind
) -> UUID:
    """The id of the one who gets a grant."""
    if principal is None:
        return await admin.add_principal(owner, tenant.id, kind=kind, name=to or "")
    if (found := as_id(principal)) and await row_of(owner, tenant, Principal, found):
        return found
    raise PrincipalUnknown(given=principal)


async def give(
    owner: Connection,
    tenant: Tenant,
    holder: UUID,
    role: Role,
    target: Target,
    *,
    first: date,
    last: date | None,
    reason: str,
) -> UUID:
    """Add a grant on what the operator wrote."""
    on = await target_of(owner, tenant, target)
    return await admin.add_grant(
        owner, tenant, holder, role, starts_on=first, ends_on=last, reason=reason, on=on, kind=TenantKind(tenant.kind)
    )


async def target_of(owner: Connection, tenant: Tenant, target: Target) -> On:
    """The rows behind the names."""
    if target.village:
        code = RegionCode.parse(target.village)
        found = await named(owner, tenant, Village, "code", str(code))
        if found is None:
            raise VillageUnknown(given=target.village)
        return On(village_id=found)
    if target.organization:
        found = await named(owner, tenant, PartnerOrganization, "name", target.organization)
        if found is None:
            raise OrganizationUnknown(given=target.organization)
        return On(organization_id=found)
    if target.region:
        region = await onboarding.find_region(owner, target.region, on=datetime.now(UTC).date())
        return On(region_code=region["code"])
    return On()


# Keys


@key.command("create", help="Make an API key. It is shown once.")
def create_key(
    ctx: typer.Context,
    code: Code,
    label: Annotated[str, typer.Option(help="What the key is for.")],
    grant_id: Annotated[str | None, typer.Option("--grant", help="The grant it stands for.")] = None,
    role: Annotated[Role | None, typer.Option(help="Make a grant of this role for it.")] = None,
    reason: ReasonOption = "-",
    *,
    public: Annotated[bool, typer.Option("--public", help="For browsers and apps: published data only.")] = False,
    origin: Annotated[list[str] | None, typer.Option(help="A web site that may use it; can be repeated.")] = None,
    village: VillageOption = None,
    organization: OrganizationOption = None,
    region: RegionOption = None,
    until: UntilOption = None,
    app: AppOption = None,
    documents: DocumentsOption = None,
) -> None:
    """Make a key of a grant, or of a new grant of a role."""
    if not (grant_id or role):
        raise HolderMissing
    kind = KeyKind.PUBLIC if public else KeyKind.SECRET
    mode = mode_of(kind, app, documents, demo=Settings().demo)
    origins, target, last = (
        [an_origin(each) for each in origin or ()],
        Target(village, organization, region),
        day(until),
    )
    ends = end_of(last)

    async def work(owner: Connection) -> str:
        found = await admin.find_tenant(owner, code)
        async with owner.transaction():
            own = await manifests.find_app(owner, found.id, app) if app else None
            if role is not None:
                today = datetime.now(UTC).date()
                holder = await admin.add_principal(owner, found.id, kind=PrincipalKind.MACHINE, name=label)
                chosen = await give(owner, found, holder, role, target, first=today, last=last, reason=reason)
                check_public(kind, role)
            else:
                chosen, its_role = await grant_of(owner, found, grant_id or "")
                check_public(kind, its_role)
            return await admin.create_key(
                owner, found.id, chosen, kind, label=label, origins=origins, expires_at=ends, app=own, documents=mode
            )

    made, voice = as_owner(work), voice_of(ctx)
    voice.tell("Copy the key now; it is kept nowhere and never shown again:")
    voice.show(made)


@key.command("village", help="Make the key with which a village's OpenSID sends its data. It is shown once.")
def village_key(
    ctx: typer.Context,
    village: Annotated[str, typer.Argument(help="Code of the village, such as 63.01.01.2004.")],
    until: UntilOption = None,
    reason: ReasonOption = "OpenSID",
) -> None:
    """A secret key of the role VILLAGE_SYNC; several may work beside each other while one is exchanged."""
    code, last = RegionCode.parse(village), day(until)
    if code is None or code.parent is None:
        raise VillageUnknown(given=village)
    ends, first = end_of(last), datetime.now(UTC).date()

    async def work(owner: Connection) -> str:
        found = await admin.find_tenant(owner, str(code.parent))
        async with owner.transaction():
            label = f"OpenSID {code}"
            holder = await admin.add_principal(owner, found.id, kind=PrincipalKind.MACHINE, name=label)
            target = Target(str(code), None, None)
            chosen = await give(owner, found, holder, Role.VILLAGE_SYNC, target, first=first, last=last, reason=reason)
            return await admin.create_key(owner, found.id, chosen, KeyKind.SECRET, label=label, expires_at=ends)

    made, voice = as_owner(work), voice_of(ctx)
    voice.tell("Copy the key now; it is kept nowhere and never shown again:")
    voice.show(made)
    voice.tell("In OpenSID enter the hub's address as server and this key as password, then press Buat Key and Simpan.")


@key.command("reports", help="Make a key that opens reports' files and nothing else, for Excel. It is shown once.")
def reports_key(
    ctx: typer.Context,
    code: Code,
    grant_id: Annotated[str, typer.Option("--grant", help="The official's grant: the key reads what they may read.")],
    label: Annotated[str, typer.Option(help="What the key is for.")],
    until: UntilOption = None,
) -> None:
    """It ends by itself, at the latest after a year, and with the grant."""
    now = datetime.now(UTC)
    most = now + LONGEST
    ends = min(end_of(day(until)) or most, most)

    async def work(owner: Connection) -> str:
        found = await admin.find_tenant(owner, code)
        chosen, role = await grant_of(owner, found, grant_id)
        if Permission.READ_REPORTS not in ROLES[role]:
            raise NoReports(role=role.value)
        return await admin.create_key(owner, found.id, chosen, KeyKind.REPORT, label=label, expires_at=ends)

    made, voice = as_owner(work), voice_of(ctx)
    voice.tell("Copy the key now; it is kept nowhere and never shown again:")
    voice.show(made)
    voice.tell(
        "In Excel choose Data, From Web, the address of /reports/R-01.csv, then Basic: this key is the password."
    )


@key.command("list", help="List the keys of a tenant, without their texts.")
def list_keys(ctx: typer.Context, code: Code) -> None:
    """Id, kind, role, until when, app, what documents it takes, and label."""

    async def work(owner: Connection) -> Sequence[dict[str, Any]]:
        found = await admin.find_tenant(owner, code)
        return await admin.keys(owner, found.id)

    voice = voice_of(ctx)
    lines = [
        (str(e["id"]), e["kind"], e["role"], state(voice, e), e["app"] or "-", e["documents"].lower(), e["label"])
        for e in as_owner(work)
    ]
    show(voice, lines)


@key.command("revoke", help="Make a key stop working, within ten seconds and for good.")
def revoke_key(ctx: typer.Context, code: Code, key_id: Annotated[str, typer.Argument(help="Id of the key.")]) -> None:
    """Revoke one."""

    async def work(owner: Connection) -> bool:
        found, wanted = await admin.find_tenant(owner, code), as_id(key_id)
        return wanted is not None and await admin.revoke_key(owner, found.id, wanted, now=datetime.now(UTC))

    if not as_owner(work):
        raise KeyNotThere(given=key_id)
    voice_of(ctx).tell("The key is revoked.")


@key.command("bind", help="Bind a key to an app: which documents it may send.")
def bind_key(
    ctx: typer.Context,
    code: Code,
    key_id: Annotated[str, typer.Argument(help="Id of the key.")],
    app: Annotated[str, typer.Option("--app", help="Name of the app.")],
    documents: Annotated[DocumentMode, typer.Option("--documents", case_sensitive=False, help=MODES)],
) -> None:
    """Bind one; it keeps its text."""

    async def work(owner: Connection) -> bool:
        found, wanted = await admin.find_tenant(owner, code), as_id(key_id)
        own = await manifests.find_app(owner, found.id, app)
        return wanted is not None and await admin.bind_key(owner, found.id, wanted, app=own, documents=documents)

    if not as_owner(work):
        raise KeyNotThere(given=key_id)
    voice_of(ctx).tell("The key is bound to {app} ({mode}), within ten seconds.", app=app, mode=documents.value.lower())


def mode_of(kind: KeyKind, app: str | None, wanted: DocumentMode | None, *, demo: bool) -> DocumentMode:
    """What a new key may send. In production everybody can read a public key, so it sends its app's documents only.

    A public key for free queries must be asked for by that word.
    """
    if app is None:
        unsaid = wanted is None and kind is KeyKind.PUBLIC and not demo
        if unsaid or wanted not in (None, DocumentMode.OFF):
            raise AppMissing
        return DocumentMode.OFF
    if wanted is not None:
        return wanted
    return DocumentMode.ONLY if kind is KeyKind.PUBLIC and not demo else DocumentMode.ALLOW


async def grant_of(owner: Connection, tenant: Tenant, given: str) -> tuple[UUID, Role]:
    """A grant of the tenant and its role."""
    found = as_id(given)
    row = await row_of(owner, tenant, Grant, found) if found else None
    if row is None:
        raise GrantUnknown(given=given)
    return row["id"], Role(row["role"])


def check_public(kind: KeyKind, role: Role) -> None:
    """A public key is readable by everybody who opens the app."""
    if kind is KeyKind.PUBLIC and not ROLES[role] <= ROLES[Role.FRONT_END]:
        raise NotForPublicKey(role=role.value)


def state(voice: Voice, found: dict[str, Any]) -> str:
    """Until when a key works."""
    if found["revoked_at"]:
        return voice.say("revoked")
    return f"{found['expires_at']:%Y-%m-%d}" if found["expires_at"] else "-"


# Small helpers


def as_owner(work: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
    """Run something with a connection of `hub_owner`, also beside a running hub."""

    async def inside(here: place.Place) -> T:
        await place.check(here)
        async with place.owner(here) as owner:
            done = await work(owner)
        await seal_waiting(here)
        return done

    with place.joined(Settings()) as here:
        return asyncio.run(inside(here))


def show(voice: Voice, rows: Sequence[tuple[str, ...]]) -> None:
    """Rows in columns, the last one as long as it is."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]]
        voice.show("  ".join(cells).rstrip())


def day(text: str | None) -> date | None:
    """A date as the operator wrote it."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DateMalformed(given=text or "") from None


def end_of(last: date | None) -> datetime | None:
    """The last second of a day."""
    return datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC) if last else None


def an_origin(text: str) -> str:
    """An allowed origin as browsers spell it."""
    found = api_keys.origin_of(text)
    if found is None:
        raise OriginMalformed(given=text)
    return found


def as_id(text: str) -> UUID | None:
    """An id as the operator wrote it."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def row_of(owner: Connection, tenant: Tenant, model: type[Any], key: UUID) -> sql.Row | None:
    """One row of the tenant."""
    own = table(model)
    async with admin.entered(owner, tenant.id):
        found = await sql.fetch(owner, select(own).where(own.c.tenant_id == tenant.id, own.c.id == key))
    return found[0] if found else None


async def named(owner: Connection, tenant: Tenant, model: type[Any], column: str, name: str) -> UUID | None:
    """The id of the tenant's row with this name."""
    own = table(model)
    async with admin.entered(owner, tenant.id):
        found = await sql.fetch(owner, select(own.c.id).where(own.c.tenant_id == tenant.id, own.c[column] == name))
    return found[0]["id"] if found else None
