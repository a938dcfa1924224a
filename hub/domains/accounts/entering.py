"""Coming in: by an invitation, by passphrase and code, or from an issuer. Runs as the worker, for nobody is in yet.

Every step up gets a new token, so that one which was known before somebody signed in opens nothing afterwards.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import or_, select, update

from hub.domains.accounts import codes, events, tokens
from hub.domains.accounts.errors import CodeRefused, InvitationOver, IssuerRefused, SessionOver, SignInRefused
from hub.domains.accounts.model import Account, Invitation, Method, SignInSession, Stage
from hub.journal.record import record
from hub.kernel.clock import Now
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.base import table
from hub.store.pools import Connection, Pools
from hub.store.unit import Unit, looking_up
from hub.tenants.model import Identity, TenantStatus
from hub.tenants.sessions import COARSE, WHOLE, SessionFacts

CODE_LIVES = timedelta(minutes=5)
ENROL_LIVES = timedelta(minutes=30)
_FIND_ACCOUNT, _FIND_INVITATION = "select hub_find_account($1, $2)", "select hub_find_invitation($1, $2)"

_ACCOUNT, _INVITATION, _SESSION = table(Account), table(Invitation), table(SignInSession)
_IDENTITY = table(Identity)


@dataclass(frozen=True, slots=True)
class Known:
    """An account as whoever signs in names it. `passphrase` is None where nothing is kept, or it does not count."""

    id: UUID | None
    principal_id: UUID | None
    passphrase: str | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """An invitation that holds."""

    id: UUID
    account_id: UUID
    principal_id: UUID
    tenant: TenantRef
    tenant_name: str
    kind: str
    name: str
    sign_in_name: str


async def known(worker: Connection, tenant: int, name: str) -> Known:
    """The account of a name; one of nobody where there is none, for the same work is done with it."""
    text = await worker.fetchval(_FIND_ACCOUNT, tenant, name)
    if text is None:
        return Known(None, None, None)
    found = orjson.loads(text)
    passphrase = found["passphrase"] if found["activated_at"] else None
    return Known(UUID(found["id"]), UUID(found["principal_id"]), passphrase)


async def welcome(pools: Pools, token: str, now: Now) -> Welcome:
    """The invitation with this token; InvitationOver unless it holds."""
    parsed = tokens.parse(token)
    if parsed is None:
        raise InvitationOver
    with looking_up():
        text = await pools.of(Reader.OUTSIDE).fetchval(_FIND_INVITATION, parsed.tenant, parsed.digest)
    found: dict[str, Any] = orjson.loads(text) if text else {}
    if not found or found["ended_at"] or datetime.fromisoformat(found["expires_at"]) <= now.instant:
        raise InvitationOver
    tenant = found["tenant"]
    if tenant["status"] != TenantStatus.ACTIVE.value:
        raise InvitationOver
    return Welcome(
        id=UUID(found["id"]),
        account_id=UUID(found["account_id"]),
        principal_id=UUID(found["principal_id"]),
        tenant=TenantRef(tenant["id"], tenant["code"], Zone(tenant["zone"])),
        tenant_name=tenant["name"],
        kind=found["kind"],
        name=found["name"],
        sign_in_name=found["sign_in_name"],
    )


# By invitation


async def begin(unit: Unit, keys: KeyRing, invitation: Welcome, passphrase: str, *, agent: str) -> str:
    """Keep the passphrase's hash and a fresh secret for the codes; the token of a visitor who must show a code."""
    await _still(unit, invitation.id)
    secret = codes.new_secret().encode()
    done = await unit.rows(
        update(_ACCOUNT)
        .where(
            _ACCOUNT.c.tenant_id == unit.tenant.id,
            _ACCOUNT.c.id == invitation.account_id,
            _ACCOUNT.c.activated_at.is_(None),
        )
        .values(
            passphrase=passphrase,
            totp_sealed=keys.seal(secret, **_place(unit, invitation.account_id)),
            totp_step=None,
            **_now(unit),
        )
        .returning(_ACCOUNT.c.id)
    )
    if not done:
        raise InvitationOver
    return await _session(
        unit,
        invitation.account_id,
        Stage.ENROL,
        Method.PASSPHRASE,
        lives=ENROL_LIVES,
        agent=agent,
        invitation=invitation.id,
    )


async def secret_of(unit: Unit, keys: KeyRing, account: UUID) -> str:
    """The secret of somebody's codes; SessionOver where there is none (any more)."""
    sealed = await unit.value(
        select(_ACCOUNT.c.totp_sealed).where(_ACCOUNT.c.tenant_id == unit.tenant.id, _ACCOUNT.c.id == account)
    )
    if sealed is None:
        raise SessionOver
    return keys.open(sealed, **_place(unit, account)).decode()


async def complete(unit: Unit, keys: KeyRing, session: SessionFacts, code: str, *, agent: str) -> str:
    """Activate the account with its first code, use the invitation up, and sign in; the new token."""
    if session.invitation_id is None:
        raise SessionOver
    await _take_code(unit, keys, session.account_id, code)
    account = await _joined(unit, session.account_id, session.invitation_id)
    return await _signed_in(unit, session, account, Method.PASSPHRASE, agent=agent)


async def join_by_issuer(unit: Unit, invitation: Welcome, *, issuer: str, subject: str, agent: str) -> str:
    """Bind an issuer's account to an invited person, once, and sign in; the new token."""
    await _still(unit, invitation.id)
    own = _IDENTITY.c
    bound = await unit.value(
        select(own.principal_id).where(own.tenant_id == unit.tenant.id, own.issuer == issuer, own.subject == subject)
    )
    if bound is not None and bound != invitation.principal_id:
        raise IssuerRefused
    if bound is None:
        await unit.add(
            Identity(
                tenant_id=unit.tenant.id,
                issuer=issuer,
                subject=subject,
                principal_id=invitation.principal_id,
                **_times(unit),
            )
        )
    account = await _joined(unit, invitation.account_id, invitation.id)
    return await _opened(unit, account, Method.OIDC, agent=agent)


# By name, or from an issuer


async def half_way(unit: Unit, account: UUID, *, agent: str) -> str:
    """The passphrase was right: the token of a visitor who must show a code."""
    return await _session(unit, account, Stage.CODE, Method.PASSPHRASE, lives=CODE_LIVES, agent=agent)


async def show_code(unit: Unit, keys: KeyRing, session: SessionFacts, code: str, *, agent: str) -> str:
    """Sign in by a code that was not used yet; the new token."""
    await _take_code(unit, keys, session.account_id, code)
    account = await _account(unit, session.account_id)
    return await _signed_in(unit, session, account, Method.PASSPHRASE, agent=agent)


async def by_issuer(unit: Unit, *, issuer: str, subject: str, agent: str) -> str:
    """Sign in somebody whom an issuer names and who was bound to it by invitation; the new token."""
    own = _IDENTITY.c
    account = await unit.row(
        select(_ACCOUNT.c.id, _ACCOUNT.c.version, _ACCOUNT.c.principal_id)
        .join(_IDENTITY, (own.tenant_id == _ACCOUNT.c.tenant_id) & (own.principal_id == _ACCOUNT.c.principal_id))
        .where(
            own.tenant_id == unit.tenant.id,
            own.issuer == issuer,
            own.subject == subject,
            _ACCOUNT.c.activated_at.is_not(None),
        )
    )
    if account is None:
        raise IssuerRefused
    return await _opened(unit, account, Method.OIDC, agent=agent)


# Being in


async def choose(unit: Unit, session: SessionFacts, grant: UUID) -> str:
    """Work under another of one's grants from now on; the new token."""
    token, digest = tokens.mint(unit.tenant.id)
    changed = await unit.rows(
        update(_SESSION)
        .where(*_mine(unit, session.account_id), _SESSION.c.id == session.id)
        .values(grant_id=grant, token_hash=digest, **_now(unit))
        .returning(_SESSION.c.id)
    )
    if not changed:
        raise SessionOver
    return token


async def seen(unit: Unit, session: SessionFacts) -> None:
    """Note that it is in use, to five minutes."""
    await unit.rows(
        update(_SESSION)
        .where(*_mine(unit, session.account_id), _SESSION.c.id == session.id)
        .values(seen_at=unit.now.instant, **_now(unit))
    )


async def open_sessions(unit: Unit, account: UUID) -> list[SignInSession]:
    """Where somebody is signed in, the last used first."""
    own = _SESSION.c
    return await unit.all(
        select(_SESSION)
        .where(*_mine(unit, account), own.stage == Stage.OPEN.value, own.expires_at > unit.now.instant)
        .order_by(own.seen_at.desc(), own.id),
        SignInSession,
    )


async def end(unit: Unit, session: SessionFacts, only: UUID | None = None) -> list[bytes]:
    """End one of somebody's own sessions, or all but this one; the digests of those that were ended."""
    own = _SESSION.c
    which = own.id == only if only is not None else own.id != session.id
    ended = await unit.rows(
        update(_SESSION)
        .where(*_mine(unit, session.account_id), which)
        .values(ended_at=unit.now.instant, **_now(unit))
        .returning(own.token_hash)
    )
    if ended:
        account = await _account(unit, session.account_id)
        await record(unit, _about(events.SessionsEnded, account, changes={"count": (None, len(ended))}))
    return [row["token_hash"] for row in ended]


# Small helpers


def stale(session: SessionFacts, now: Now) -> bool:
    """Whether the time at which it was last seen should be noted anew."""
    return session.seen_at + COARSE <= now.instant


async def _take_code(unit: Unit, keys: KeyRing, account: UUID, code: str) -> None:
    """Use a code up; CodeRefused where it is wrong, or one as late was taken before."""
    own = _ACCOUNT.c
    step = codes.step_of(await secret_of(unit, keys, account), code, unit.now.instant)
    if step is None:
        raise CodeRefused
    taken = await unit.rows(
        update(_ACCOUNT)
        .where(own.tenant_id == unit.tenant.id, own.id == account, or_(own.totp_step.is_(None), own.totp_step < step))
        .values(totp_step=step)
        .returning(own.id)
    )
    if not taken:
        raise CodeRefused


async def _still(unit: Unit, invitation: UUID) -> None:
    """InvitationOver unless it still holds; locks it."""
    own = _INVITATION.c
    found = await unit.row(
        select(own.id)
        .where(
            own.tenant_id == unit.tenant.id,
            own.id == invitation,
            own.ended_at.is_(None),
            own.expires_at > unit.now.instant,
        )
        .with_for_update()
    )
    if found is None:
        raise InvitationOver


async def _joined(unit: Unit, account: UUID, invitation: UUID) -> dict[str, Any]:
    await _still(unit, invitation)
    own, there = _INVITATION.c, _ACCOUNT.c
    await unit.rows(
        update(_INVITATION)
        .where(own.tenant_id == unit.tenant.id, own.id == invitation)
        .values(ended_at=unit.now.instant, **_now(unit))
    )
    done = await unit.row(
        update(_ACCOUNT)
        .where(there.tenant_id == unit.tenant.id, there.id == account, there.activated_at.is_(None))
        .values(activated_at=unit.now.instant, version=there.version + 1, **_now(unit))
        .returning(there.id, there.version, there.principal_id)
    )
    if done is None:
        raise InvitationOver
    found = dict(done)
    await record(unit, _about(events.SignInSetUp, found))
    return found


async def _signed_in(unit: Unit, session: SessionFacts, account: Any, method: Method, *, agent: str) -> str:
    """The visitor's session ends here, a signed-in one begins."""
    ended = await unit.rows(
        update(_SESSION)
        .where(*_mine(unit, session.account_id), _SESSION.c.id == session.id, _SESSION.c.expires_at > unit.now.instant)
        .values(ended_at=unit.now.instant, **_now(unit))
        .returning(_SESSION.c.id)
    )
    if not ended:
        raise SessionOver
    return await _opened(unit, account, method, agent=agent)


async def _opened(unit: Unit, account: Any, method: Method, *, agent: str) -> str:
    token = await _session(unit, account["id"], Stage.OPEN, method, lives=WHOLE, agent=agent)
    await record(unit, _about(events.SignedIn, account))
    return token


async def _session(
    unit: Unit,
    account: UUID,
    stage: Stage,
    method: Method,
    *,
    lives: timedelta,
    agent: str,
    invitation: UUID | None = None,
) -> str:
    token, digest = tokens.mint(unit.tenant.id)
    await unit.add(
        SignInSession(
            tenant_id=unit.tenant.id,
            account_id=account,
            stage=stage.value,
            method=method.value,
            token_hash=digest,
            invitation_id=invitation,
            agent=agent,
            seen_at=unit.now.instant,
            expires_at=unit.now.instant + lives,
            **_times(unit),
        )
    )
    return token


async def _account(unit: Unit, key: UUID) -> Any:
    own = _ACCOUNT.c
    found = await unit.row(
        select(own.id, own.version, own.principal_id).where(
            own.tenant_id == unit.tenant.id, own.id == key, own.activated_at.is_not(None)
        )
    )
    if found is None:
        raise SignInRefused
    return found


def _place(unit: Unit, account: UUID) -> dict[str, Any]:
    return {"tenant": unit.tenant.id, "table": "sign_in_account", "column": "totp_sealed", "row": account}


def _about(kind: type[events.E], account: Any, **more: Any) -> events.E:
    return kind(type_name="Account", object_id=account["id"], version=account["version"], **more)


def _mine(unit: Unit, account: UUID) -> tuple[Any, ...]:
    own = _SESSION.c
    return own.tenant_id == unit.tenant.id, own.account_id == account, own.ended_at.is_(None)


def _now(unit: Unit) -> dict[str, Any]:
    return {"updated_at": unit.now.instant}


def _times(unit: Unit) -> dict[str, Any]:
    return {"created_at": unit.now.instant, "updated_at": unit.now.instant}
