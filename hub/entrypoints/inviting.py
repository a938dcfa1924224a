"""`hub invite`: the first people of an office, who then invite the others in the graph; and `hub issuer`."""

from typing import Annotated

import typer

from hub.domains.accounts import inviting, policy
from hub.domains.accounts.inviting import Invited
from hub.entrypoints.access import (
    Code,
    OrganizationOption,
    ReasonOption,
    RegionOption,
    Target,
    UntilOption,
    VillageOption,
    as_owner,
    day,
    target_of,
)
from hub.entrypoints.voice import voice_of
from hub.kernel.clock import system_clock
from hub.kernel.written import address, line
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Permission, Role
from hub.tenants.tokens import ALGORITHMS

PAGE = "/undangan/"

issuer = typer.Typer(no_args_is_help=True)


def invite(
    ctx: typer.Context,
    code: Code,
    role: Annotated[Role, typer.Argument(help="The role.")],
    to: Annotated[str, typer.Option("--to", help="Full name of the person.")],
    name: Annotated[str, typer.Option("--as", help="Name for signing in, such as siti.aminah.")],
    reason: ReasonOption,
    *,
    village: VillageOption = None,
    organization: OrganizationOption = None,
    region: RegionOption = None,
    until: UntilOption = None,
    again: Annotated[
        bool, typer.Option("--again", help="Replace a lost invitation of somebody invited before.")
    ] = False,
) -> None:
    """Print the path of the page; it is shown once."""
    full, own, last = line(to, "to"), policy.sign_in_name(name, "as"), day(until)

    async def work(owner: Connection) -> Invited:
        tenant = await admin.find_tenant(owner, code)
        on = await target_of(owner, tenant, Target(village, organization, region))
        also = (Permission.MANAGE_GRANTS,)
        scope = admin.operator(tenant, lang=voice_of(ctx).lang, command="invite", also=also, purpose=reason)
        async with admin.entered(owner, tenant.id):
            unit = Unit(owner, scope, system_clock())
            if again:
                return await inviting.renew(unit, own)
            return await inviting.invite(
                unit,
                name=full,
                sign_in_name=own,
                role=role,
                reason=reason,
                on=on,
                ends_on=last,
                kind=TenantKind(tenant.kind),
            )

    made = as_owner(work)
    voice = voice_of(ctx)
    voice.tell("{name} is invited. Give this address of your hub to nobody else; it is shown once:", name=full)
    voice.show(PAGE + made.token)


@issuer.command(
    "add", help="Accept an OpenID Connect issuer in a tenant: its tokens, and with --client people's sign-in."
)
def add_issuer(
    ctx: typer.Context,
    code: Code,
    url: Annotated[str, typer.Argument(help="Address of the issuer, exactly as it stands in its tokens.")],
    jwks: Annotated[str, typer.Option(help="Address of its keys (jwks_uri).")],
    audience: Annotated[str, typer.Option(help="Audience of access tokens for this hub.")],
    algorithm: Annotated[list[str] | None, typer.Option(help="Algorithm of its signatures; can be repeated.")] = None,
    client: Annotated[str | None, typer.Option(help="Id of the hub's client there, for signing in to pages.")] = None,
    label: Annotated[str | None, typer.Option(help="Its name on the page.")] = None,
) -> None:
    """The client is a public one (PKCE, no secret), its redirect address /masuk/kembali of this hub."""
    there, keys = address(url, "url"), address(jwks, "jwks")
    chosen = algorithm or ["RS256"]
    if not set(chosen) <= ALGORITHMS:
        raise typer.BadParameter(", ".join(sorted(ALGORITHMS)))

    async def work(owner: Connection) -> None:
        tenant = await admin.find_tenant(owner, code)
        await admin.add_issuer(
            owner,
            tenant.id,
            url=there,
            audience=audience,
            algorithms=chosen,
            jwks_uri=keys,
            client_id=client,
            label=label,
        )

    as_owner(work)
    voice_of(ctx).tell("{url} is accepted in {code}.", url=there, code=code)
