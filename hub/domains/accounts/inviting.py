"""What officials do: invite people, renew invitations, help back whoever has lost their proofs, end sessions.

Runs as the office (`hub_api`), which can neither read a passphrase nor the secret of the codes; a reset empties them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from hub.domains.accounts import events, policy, report_keys, tokens
from hub.domains.accounts.errors import (
    AlreadyJoined,
    NobodySignsInSo,
    NoResetAsked,
    NotYetJoined,
    ResetByTheSame,
    RoleNotGivable,
    SignInNameTaken,
)
from hub.domains.accounts.model import OPEN_COLUMNS, Account, Invitation, InvitationKind, SignInSession
from hub.journal.model import Effect
from hub.journal.record import record
from hub.kernel.errors import Forbidden
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit, built
from hub.tenants.administration import NotGrantable, On
from hub.tenants.model import Grant, Principal, PrincipalKind, TenantKind
from hub.tenants.permissions import Role, grantable

INVITATION_LIVES = timedelta(days=7)
ASKED_LIVES = timedelta(days=3)
CONSTRAINTS = {"uq_sign_in_account_tenant_id_name": SignInNameTaken}

_WHOLE = On()
_ACCOUNT, _INVITATION, _SESSION = table(Account), table(Invitation), table(SignInSession)


@dataclass(frozen=True, slots=True)
class Invited:
    """What is shown once: the token, and until when it holds."""

    token: str
    ends: datetime


async def invite(
    unit: Unit,
    *,
    name: str,
    sign_in_name: str,
    role: Role,
    reason: str,
    on: On = _WHOLE,
    ends_on: date | None = None,
    kind: TenantKind = TenantKind.KECAMATAN,
) -> Invited:
    """A person with one grant from today on, and the token by which they set up their account."""
    if not policy.may_invite(unit.scope):
        raise Forbidden
    if not policy.may_give(unit.scope, role):
        raise RoleNotGivable(path=("role",))
    if not grantable(role, on.target(kind)):
        raise NotGrantable(role=role.value, path=("role",))
    principal = Principal(tenant_id=unit.tenant.id, kind=PrincipalKind.PERSON.value, name=name, **_now(unit))
    account = Account(tenant_id=unit.tenant.id, principal_id=principal.id, name=sign_in_name, **_now(unit))
    grant = Grant(
        tenant_id=unit.tenant.id,
        principal_id=principal.id,
        role=role.value,
        village_id=on.village_id,
        organization_id=on.organization_id,
        region_code=on.region_code,
        starts_on=unit.now.today(unit.tenant.zone),
        ends_on=ends_on,
        reason=reason,
        **_now(unit),
    )
    await unit.add(principal)
    with translating(CONSTRAINTS, path=("signInName",)):
        await unit.add(account)
    await unit.add(grant)
    changes = {"role": (None, role.value), "grant": (None, grant.id), "reason": (None, reason)}
    await record(unit, events.of(events.PersonInvited, account, effect=Effect.CREATED, changes=changes))
    return await _token(unit, account)


async def renew(unit: Unit, name: str) -> Invited:
    """A new token for somebody who has not joined yet; the old one counts no more."""
    if not policy.may_invite(unit.scope):
        raise Forbidden
    account = await named(unit, name)
    if account.activated_at is not None:
        raise AlreadyJoined(path=("signInName",))
    await _end_invitations(unit, account)
    await record(unit, events.of(events.InvitationRenewed, account))
    return await _token(unit, account)


async def revoke(unit: Unit, name: str) -> None:
    """Take back an invitation that nobody has used: its address opens nothing more. Where none is open, nothing."""
    if not policy.may_invite(unit.scope):
        raise Forbidden
    account = await named(unit, name)
    if account.activated_at is not None:
        raise AlreadyJoined(path=("signInName",))
    own = _INVITATION.c
    ended = await unit.rows(
        update(_INVITATION)
        .where(
            own.tenant_id == unit.tenant.id,
            own.account_id == account.id,
            own.kind == InvitationKind.JOIN.value,
            own.ended_at.is_(None),
        )
        .values(ended_at=unit.now.instant, revoked_at=unit.now.instant, updated_at=unit.now.instant)
        .returning(own.id)
    )
    if ended:
        await record(unit, events.of(events.InvitationRevoked, account))


async def ask_reset(unit: Unit, name: str, reason: str) -> None:
    """The first of two: nothing changes for the person yet."""
    if not policy.may_recover(unit.scope):
        raise Forbidden
    account, me = await named(unit, name), policy.actor(unit.scope)
    if account.activated_at is None:
        raise NotYetJoined(path=("signInName",))
    if account.principal_id == me:
        raise ResetByTheSame
    await _end_invitations(unit, account)
    asked = Invitation(
        tenant_id=unit.tenant.id,
        account_id=account.id,
        kind=InvitationKind.RESET.value,
        reason=reason,
        asked_by=me,
        asked_as=unit.scope.role,
        expires_at=unit.now.instant + ASKED_LIVES,
        **_now(unit),
    )
    await unit.add(asked)
    await record(unit, events.of(events.ResetAsked, account))


async def approve_reset(unit: Unit, name: str) -> Invited:
    """The second: from now on the old proofs count no more, sessions and keys for reports end, a token sets up anew."""
    if not policy.may_recover(unit.scope):
        raise Forbidden
    account, me = await named(unit, name), policy.actor(unit.scope)
    asked = await unit.row(
        select(_INVITATION)
        .where(
            _INVITATION.c.tenant_id == unit.tenant.id,
            _INVITATION.c.account_id == account.id,
            _INVITATION.c.kind == InvitationKind.RESET.value,
            _INVITATION.c.approved_by.is_(None),
            _INVITATION.c.ended_at.is_(None),
            _INVITATION.c.expires_at > unit.now.instant,
        )
        .with_for_update()
    )
    if asked is None:
        raise NoResetAsked(path=("signInName",))
    if me in (asked["asked_by"], account.principal_id) or not policy.two_enough(asked["asked_as"], unit.scope.role):
        raise ResetByTheSame
    token, digest = tokens.mint(unit.tenant.id)
    ends = unit.now.instant + INVITATION_LIVES
    await unit.change(built(Invitation, asked), approved_by=me, token_hash=digest, expires_at=ends)
    after = await unit.change(account, passphrase=None, totp_sealed=None, totp_step=None, activated_at=None)
    await _end_open(unit, after)
    await report_keys.end_all_of(unit, after.principal_id)
    await record(unit, events.of(events.ResetApproved, after))
    return Invited(token, ends)


async def end_sessions(unit: Unit, name: str) -> int:
    """Sign somebody out everywhere, within ten seconds; how many sessions that were."""
    if not policy.may_invite(unit.scope):
        raise Forbidden
    account = await named(unit, name)
    ended = await _end_open(unit, account)
    await record(unit, events.of(events.SessionsEnded, account, changes={"count": (None, ended)}))
    return ended


async def named(unit: Unit, name: str) -> Account:
    """The account of this name, locked, without its proofs; NobodySignsInSo."""
    columns = [_ACCOUNT.c[each] for each in OPEN_COLUMNS]
    found = await unit.first(
        select(*columns)
        .where(_ACCOUNT.c.tenant_id == unit.tenant.id, _ACCOUNT.c.name == policy.sign_in_name(name, "signInName"))
        .with_for_update(),
        Account,
    )
    if found is None:
        raise NobodySignsInSo(path=("signInName",))
    return found


async def _token(unit: Unit, account: Account) -> Invited:
    token, digest = tokens.mint(unit.tenant.id)
    ends = unit.now.instant + INVITATION_LIVES
    made = Invitation(
        tenant_id=unit.tenant.id,
        account_id=account.id,
        kind=InvitationKind.JOIN.value,
        token_hash=digest,
        asked_by=unit.scope.principal_id,
        asked_as=unit.scope.role,
        expires_at=ends,
        **_now(unit),
    )
    await unit.add(made)
    return Invited(token, ends)


async def _end_invitations(unit: Unit, account: Account) -> None:
    own = _INVITATION.c
    await unit.rows(
        update(_INVITATION)
        .where(own.tenant_id == unit.tenant.id, own.account_id == account.id, own.ended_at.is_(None))
        .values(ended_at=unit.now.instant, updated_at=unit.now.instant)
    )


async def _end_open(unit: Unit, account: Account) -> int:
    own = _SESSION.c
    ended = await unit.rows(
        update(_SESSION)
        .where(own.tenant_id == unit.tenant.id, own.account_id == account.id, own.ended_at.is_(None))
        .values(ended_at=unit.now.instant, updated_at=unit.now.instant)
        .returning(own.id)
    )
    return len(ended)


def _now(unit: Unit) -> Mapping[str, Any]:
    return {"created_at": unit.now.instant, "updated_at": unit.now.instant}
