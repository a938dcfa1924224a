"""Who am I, what may I, how much may I ask for: the first query of every front end."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo
from sqlalchemy import any_, select

import hub
from hub.graph.context import Context
from hub.graph.declare import NODES, answered, answered_part, queries
from hub.graph.enums import exposed
from hub.graph.filters import MOST as MOST_VALUES
from hub.graph.identity import MOST_IDS
from hub.graph.resolving import load_row
from hub.graph.scalars import Date, DateTime
from hub.graph.selecting import PAGE
from hub.journal import idempotency
from hub.journal.model import KEY_LENGTH
from hub.schema.changes.queries import MOST as MOST_CHANGES
from hub.schema.partners.types import PartnerOrganization
from hub.schema.villages.types import Village
from hub.store.base import table
from hub.tenants.grants import GrantFacts
from hub.tenants.model import Tenant, TenantKind
from hub.tenants.permissions import ABOUT, ROLE_WORDS, Permission, Role

Info: TypeAlias = "GraphQLResolveInfo[Context]"

_KINDS: Mapping[TenantKind, tuple[str, str]] = {
    TenantKind.KECAMATAN: ("Kecamatan", "A kecamatan with its villages"),
    TenantKind.AGENCY: ("Dinas", "An agency of a district or province"),
    TenantKind.PLATFORM: ("Pengelola hub", "The operator of the hub"),
}

exposed(Role, labels=lambda role: (ROLE_WORDS[role].id, ROLE_WORDS[role].en))
exposed(Permission, labels=lambda permission: (ABOUT[permission].id, ABOUT[permission].en))
exposed(TenantKind, labels=lambda kind: _KINDS[kind])


def _grants(_viewer: object, info: Info) -> list[Mapping[str, Any]]:
    context: Context = info.context
    scope = context.given.scope
    return [
        {
            "facts": grant,
            "id": str(grant.id),
            "role": grant.role,
            "tenant": grant.tenant.code,
            "region": grant.region_code,
            "starts_on": grant.starts_on,
            "ends_on": grant.ends_on,
            "reason": grant.reason,
            "acting_for": grant.acting_for,
            "current": grant.id == scope.grant_id,
        }
        for grant in context.grants
    ]


async def _tenants(_viewer: object, info: Info) -> list[Mapping[str, Any]]:
    """The tenants of the scope with their names and today's date there, in the scope's order."""
    context: Context = info.context
    scope, own = context.given.scope, table(Tenant)
    binds = context.binds()
    rows = await context.rows(select(own.c.id, own.c.name, own.c.kind).where(own.c.id == any_(binds.tenants)), binds)
    found = {row["id"]: row for row in rows}
    return [
        {
            **found[tenant.id],
            "code": tenant.code,
            "time_zone": tenant.zone.value,
            "today": context.given.now.today(tenant.zone),
        }
        for tenant in scope.tenants
        if tenant.id in found
    ]


async def _villages(_viewer: object, info: Info) -> list[Any]:
    context: Context = info.context
    scope = context.given.scope
    tenant = scope.tenant.id if scope.tenant else 0
    found = [await each for each in [load_row(info, NODES["Village"], tenant, key) for key in scope.villages]]
    return [village for village in found if village is not None]


def _organization(_viewer: object, info: Info) -> Any:
    context: Context = info.context
    scope = context.given.scope
    if scope.party is None or scope.tenant is None:
        return None
    return load_row(info, NODES["PartnerOrganization"], scope.tenant.id, scope.party)


def _village_of(listed: Mapping[str, Any], info: Info) -> Any:
    grant: GrantFacts = listed["facts"]
    return load_row(info, NODES["Village"], grant.tenant.id, grant.village_id) if grant.village_id else None


def _organization_of(listed: Mapping[str, Any], info: Info) -> Any:
    grant: GrantFacts = listed["facts"]
    if grant.organization_id is None:
        return None
    return load_row(info, NODES["PartnerOrganization"], grant.tenant.id, grant.organization_id)


def _limits(_viewer: object, info: Info) -> Mapping[str, int]:
    context: Context = info.context
    limits = context.limits
    return {
        "body_bytes": limits.body_bytes,
        "tokens": limits.tokens,
        "depth": limits.depth,
        "aliases": limits.aliases,
        "root_fields": limits.root_fields,
        "fields": limits.fields,
        "nodes": limits.nodes,
        "cost": limits.cost,
        "variables": limits.variables,
        "variable_values": limits.variable_values,
        "json_depth": limits.json_depth,
        "page_size": PAGE,
        "ids": MOST_IDS,
        "filter_values": MOST_VALUES,
        "changes": MOST_CHANGES,
        "idempotency_key_length": KEY_LENGTH,
        "idempotency_days": idempotency.KEEP.days,
        "batch_idempotency_days": idempotency.KEEP_BATCH.days,
    }


def _viewer(_root: object, info: Info) -> Mapping[str, Any]:
    context: Context = info.context
    scope = context.given.scope
    return {
        "role": Role(scope.role),
        "permissions": [permission for permission in Permission if permission in scope.permissions],
        "reader": scope.reader.value,
        "grant_id": str(scope.grant_id) if scope.grant_id else None,
        "purpose": scope.purpose,
        "request_id": scope.request_id,
        "language": scope.lang,
        "now": context.given.now.instant,
        "hub_version": hub.__version__,
    }


@strawberry.type(description="A tenant of the scope: whose data is read.")
class ViewerTenant:
    """A tenant as its readers need it."""

    code: str = strawberry.field(description="Code (kode): the region code of a kecamatan, or an agency's own code.")
    name: str = strawberry.field(description="Name (nama).")
    kind: TenantKind = strawberry.field(description="What sort of owner of data it is.")
    time_zone: str = strawberry.field(description="Time zone by its IANA name, such as Asia/Makassar.")
    today: Date = strawberry.field(description="Today's date there; what `status` and the like are reckoned by.")


@strawberry.type(description="A grant (penugasan): a role on a target, from a day to a day, for a reason.")
class ViewerGrant:
    """One of the grants of the principal who asks."""

    id: str = strawberry.field(description="Its id; send it as the header `Hub-Grant` to act under this grant.")
    role: Role = strawberry.field(description="Role (peran).")
    tenant: str = strawberry.field(description="Code of its tenant; send it as the header `Hub-Tenant` with a token.")
    village: Village | None = answered_part("The village it is narrowed to.", _village_of)
    organization: PartnerOrganization | None = answered_part("The organization it stands for.", _organization_of)
    region: str | None = strawberry.field(description="Code of the region it reaches over.")
    starts_on: Date = strawberry.field(description="First day.")
    ends_on: Date | None = strawberry.field(description="Last day; null where it is open.")
    reason: str = strawberry.field(description="Why it was given: number of the decree (nomor SK) or the like.")
    acting_for: str | None = strawberry.field(description="For whom its holder acts (pelaksana tugas).")
    current: bool = strawberry.field(description="Whether this operation runs under it.")


@strawberry.type(description="How much may be asked at once; docs/limits.md explains each.")
class ViewerLimits:
    """The limits in force."""

    body_bytes: int = strawberry.field(description="Bytes of a request.")
    tokens: int = strawberry.field(description="Tokens of a document.")
    depth: int = strawberry.field(description="Levels of nesting.")
    aliases: int = strawberry.field(description="Aliases of an operation.")
    root_fields: int = strawberry.field(description="Root fields of an operation.")
    fields: int = strawberry.field(description="Fields of an operation after its fragments are spread.")
    nodes: int = strawberry.field(description="Nodes that an operation asks for, pages in full.")
    cost: int = strawberry.field(
        description="Points that an operation costs; answers tell theirs in `extensions.cost`."
    )
    variables: int = strawberry.field(description="Variables of a request.")
    variable_values: int = strawberry.field(description="Values inside the variables.")
    json_depth: int = strawberry.field(description="Levels of nesting in the JSON of a request.")
    page_size: int = strawberry.field(description="Items of a page, for `first` and `last`.")
    ids: int = strawberry.field(description="Ids in one `nodes(ids:)`.")
    filter_values: int = strawberry.field(description="Values or conditions in one list of a filter.")
    changes: int = strawberry.field(description="Changes in one page of `changes`.")
    idempotency_key_length: int = strawberry.field(description="Characters of an idempotency key.")
    idempotency_days: int = strawberry.field(description="Days for which an idempotency key is remembered.")
    batch_idempotency_days: int = strawberry.field(description="The same for mutations that take many rows.")


@strawberry.type(description="Who is asking, under which grant, with what rights.")
class Viewer:
    """The scope of the operation, as its client may know it."""

    role: Role = strawberry.field(description="Role (peran) of the grant in use.")
    permissions: list[Permission] = strawberry.field(description="What it may, in the order of the enum.")
    reader: str = strawberry.field(
        description="Class of reader: hub_api for officials, hub_outside for everybody else; decides which rows exist."
    )
    grant_id: str | None = strawberry.field(description="Id of the grant in use; null without a credential.")
    tenants: list[ViewerTenant] = answered_part("Whose data is read; empty where no kecamatan was named.", _tenants)
    villages: list[Village] = answered_part("Villages the grant is narrowed to; empty for all of them.", _villages)
    organization: PartnerOrganization | None = answered_part("The organization it stands for.", _organization)
    purpose: str | None = strawberry.field(description="What the request gave as its purpose (header `Hub-Purpose`).")
    request_id: str = strawberry.field(description="Id of this request; name it when you report a problem.")
    language: str = strawberry.field(description="Language of messages: id or en, by `Accept-Language`.")
    grants: list[ViewerGrant] = answered_part("All grants of whoever asks, past ones too.", _grants)
    limits: ViewerLimits = answered_part("How much may be asked at once.", _limits)
    now: DateTime = strawberry.field(description="The hub's clock.")
    hub_version: str = strawberry.field(description="Version of the hub.")


@queries
class ViewerQueries:
    """Root fields."""

    viewer: Viewer = answered("Who is asking, under which grant, with what rights and limits.", _viewer)
