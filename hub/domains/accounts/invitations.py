"""Which invitations there are: of everybody who was invited the latest, and what became of it. No address, no token."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, select

from hub.domains.accounts import policy
from hub.domains.accounts.model import Account, Invitation, InvitationKind, InvitationState
from hub.kernel.errors import Forbidden
from hub.store.base import table
from hub.store.sql import Row
from hub.store.unit import Session
from hub.tenants.model import Grant, Principal

LISTED = 100

_ACCOUNT, _INVITATION, _PRINCIPAL, _GRANT = table(Account), table(Invitation), table(Principal), table(Grant)


async def listed(session: Session) -> list[dict[str, Any]]:
    """Those that wait first, then the latest."""
    if not policy.may_invite(session.scope):
        raise Forbidden
    here = policy.tenant(session.scope).id
    own, newer = _INVITATION.c, _INVITATION.alias("newer")
    replaced = exists().where(
        newer.c.tenant_id == here,
        newer.c.account_id == own.account_id,
        newer.c.kind == InvitationKind.JOIN.value,
        newer.c.id > own.id,
    )
    inviter = _PRINCIPAL.alias("inviter")
    role = (
        select(_GRANT.c.role)
        .where(_GRANT.c.tenant_id == here, _GRANT.c.principal_id == _ACCOUNT.c.principal_id)
        .order_by(_GRANT.c.id)
        .limit(1)
        .scalar_subquery()
    )
    waits = and_(own.ended_at.is_(None), own.expires_at > session.now.instant)
    statement = (
        select(own.asked_as, own.created_at, own.expires_at, own.ended_at, own.revoked_at, role.label("role"))
        .add_columns(_ACCOUNT.c.name.label("sign_in_name"), _PRINCIPAL.c.name, inviter.c.name.label("inviter"))
        .select_from(_INVITATION)
        .join(_ACCOUNT, and_(_ACCOUNT.c.tenant_id == here, _ACCOUNT.c.id == own.account_id))
        .join(_PRINCIPAL, and_(_PRINCIPAL.c.tenant_id == here, _PRINCIPAL.c.id == _ACCOUNT.c.principal_id))
        .outerjoin(inviter, and_(inviter.c.tenant_id == here, inviter.c.id == own.asked_by))
        .where(own.tenant_id == here, own.kind == InvitationKind.JOIN.value, ~replaced)
        .order_by(waits.desc(), own.id.desc())
        .limit(LISTED)
    )
    return [{**row, "state": _state(row, session.now.instant)} for row in await session.rows(statement)]


def _state(row: Row, now: datetime) -> InvitationState:
    if row["revoked_at"] is not None:
        return InvitationState.REVOKED
    if row["ended_at"] is not None:
        return InvitationState.USED
    return InvitationState.EXPIRED if row["expires_at"] <= now else InvitationState.OPEN
