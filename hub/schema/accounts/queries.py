"""Keys for reports and invitations in the graph: which there are, never what they read like."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo

from hub.domains.accounts import invitations, policy, report_keys
from hub.domains.accounts.model import InvitationState
from hub.graph.context import Context
from hub.graph.declare import answered, queries
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.tenants.permissions import Permission, Role

exposed(InvitationState)
Info: TypeAlias = "GraphQLResolveInfo[Context]"


async def _keys(_root: object, info: Info) -> list[Mapping[str, Any]]:
    context: Context = info.context
    if not policy.may_make_report_keys(context.given.scope):
        return []
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        found = await report_keys.listed(context.session)
    return [{**each, "id": str(each["id"]), "ended_at": each["revoked_at"], "active": each["open"]} for each in found]


async def _invitations(_root: object, info: Info) -> list[Mapping[str, Any]]:
    context: Context = info.context
    if not policy.may_invite(context.given.scope):
        return []
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        found = await invitations.listed(context.session)
    return [
        {
            **each,
            "role": Role(each["role"]) if each["role"] else None,
            "invited_by": each["inviter"],
            "invited_as": Role(each["asked_as"]),
        }
        for each in found
    ]


@strawberry.type(description="An invitation to work here (undangan): the latest of a person, without its address.")
class SignInInvitation:
    """An invitation as an official sees it."""

    sign_in_name: str = strawberry.field(description="Name for signing in.")
    name: str = strawberry.field(description="Full name (nama lengkap).")
    role: Role | None = strawberry.field(description="Role that was given with it (peran).")
    invited_by: str | None = strawberry.field(description="Who invited; null where it was done at the command line.")
    invited_as: Role = strawberry.field(description="In which role they did.")
    state: InvitationState = strawberry.field(description="What became of it (keadaan).")
    created_at: DateTime = strawberry.field(description="When it was made.")
    expires_at: DateTime = strawberry.field(description="Until when it holds or held.")


@strawberry.type(
    description="A key by which a sheet fetches the files of reports (kunci laporan) and which opens nothing else. It "
    "reads what the grant reads that it was made under."
)
class ReportKey:
    """A key, without its text."""

    id: str = strawberry.field(description="Its id, for `endReportKey`.")
    label: str = strawberry.field(description="What it is for.")
    holder: str = strawberry.field(description="Who made it.")
    mine: bool = strawberry.field(description="Whether that is who asks.")
    created_at: DateTime = strawberry.field(description="When it was made.")
    expires_at: DateTime | None = strawberry.field(description="When it ends by itself.")
    ended_at: DateTime | None = strawberry.field(description="When it was ended; null where it was not.")
    active: bool = strawberry.field(description="Whether it opens reports now; not where the grant is over either.")


@queries
class AccountQueries:
    """Root fields."""

    report_keys: list[ReportKey] | None = answered(
        f"Keys for reports, the newest {report_keys.LISTED}: your own, or those of everybody here if you manage keys.",
        _keys,
        guard=Permission.READ_REPORTS,
    )
    sign_in_invitations: list[SignInInvitation] | None = answered(
        f"Invitations to work here, of each person the latest: those that wait first, {invitations.LISTED} at most.",
        _invitations,
        guard=Permission.MANAGE_GRANTS,
    )
