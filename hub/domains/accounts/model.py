"""People who sign in: their accounts, the invitations that open them, and the sessions they have open.

What proves a person (passphrase, secret of the codes) is read and written by the worker's role alone. An official who
invites somebody sees the account, never these.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    one_of,
    tenant_index,
    updating,
)

SECRETS = frozenset({"passphrase", "totp_sealed", "totp_step"})


class InvitationKind(StrEnum):
    """What an invitation is for."""

    JOIN = "JOIN"
    RESET = "RESET"


class InvitationState(Word):
    """What became of an invitation (keadaan undangan)."""

    OPEN = "OPEN", "Menunggu", "Waiting"
    USED = "USED", "Sudah dipakai", "Used"
    EXPIRED = "EXPIRED", "Kedaluwarsa", "Run out"
    REVOKED = "REVOKED", "Ditarik", "Withdrawn"


class Stage(StrEnum):
    """How far a visitor has come."""

    ENROL = "ENROL"  # holds an invitation, has chosen a passphrase
    CODE = "CODE"  # the passphrase was right
    OPEN = "OPEN"  # signed in


class Method(StrEnum):
    """By what somebody signed in."""

    PASSPHRASE = "PASSPHRASE"  # noqa: S105  # a word, not a password
    OIDC = "OIDC"


class Account(TenantRow, table=True):
    """A person of a tenant who signs in, under a name of their own. Nobody signs in before `activated_at` is set."""

    __tablename__ = "sign_in_account"
    __table_args__ = (
        belongs("principal_id", "principal"),
        UniqueConstraint("tenant_id", "name"),
        UniqueConstraint("tenant_id", "principal_id"),
    )

    principal_id: UUID
    name: str = Field(sa_type=C_TEXT)
    passphrase: str | None = Field(default=None, sa_type=Text)  # as Argon2 writes it: parameters, salt, hash
    totp_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    totp_step: int | None = Field(default=None, sa_type=BigInteger)  # that of the last code that was taken
    activated_at: datetime | None = Field(default=None, sa_type=MOMENT)


class Invitation(TenantRow, table=True):
    """A right to set up an account once. A reset has no token before somebody else has approved it."""

    __tablename__ = "sign_in_invitation"
    __table_args__ = (
        belongs("account_id", "sign_in_account"),
        UniqueConstraint("tenant_id", "token_hash"),
        one_of("kind", InvitationKind),
        CheckConstraint("kind = 'JOIN' or reason is not null", name="reset_for_a_reason"),
        CheckConstraint("kind = 'JOIN' or asked_by is not null", name="reset_by_somebody"),
        CheckConstraint("kind = 'JOIN' or (approved_by is null) = (token_hash is null)", name="reset_by_two"),
        CheckConstraint("approved_by <> asked_by", name="two_persons"),
        tenant_index("account_id"),
        tenant_index("expires_at"),
    )

    account_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    token_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    reason: str | None = Field(default=None, sa_type=Text)
    asked_by: UUID | None = None  # principals; nobody for the command line
    asked_as: str = Field(sa_type=C_TEXT)
    approved_by: UUID | None = None
    expires_at: datetime = Field(sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)  # used, replaced, or revoked
    revoked_at: datetime | None = Field(default=None, sa_type=MOMENT)


class SignInSession(TenantRow, table=True):
    """A browser in which somebody is signed in, or about to be. Only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        belongs("account_id", "sign_in_account"),
        belongs("grant_id", "access_grant"),
        belongs("invitation_id", "sign_in_invitation"),
        UniqueConstraint("tenant_id", "token_hash"),
        one_of("stage", Stage),
        one_of("method", Method),
        tenant_index("account_id"),
        tenant_index("grant_id"),
        tenant_index("invitation_id"),
        tenant_index("expires_at"),
    )

    account_id: UUID
    stage: str = Field(sa_type=C_TEXT)
    method: str = Field(sa_type=C_TEXT)
    token_hash: bytes = Field(sa_type=LargeBinary)
    grant_id: UUID | None = None  # the one of the person's grants that is worked under
    invitation_id: UUID | None = None
    agent: str = Field(sa_type=Text)  # kind of browser and system, no versions
    seen_at: datetime = Field(sa_type=MOMENT)  # to five minutes
    expires_at: datetime = Field(sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)


OPEN_COLUMNS = tuple(name for name in all_columns(Account) if name not in SECRETS)
_OFFICE = (
    "INSERT",
    *(f"SELECT({name})" for name in OPEN_COLUMNS),
    *updating("passphrase", "totp_sealed", "totp_step", "activated_at", "version", "updated_at"),
)
_OWNS = "account_id<sign_in_account.id"

describe(Account, Kind.TENANT, Retention.SECURITY, subject="principal_id", rights={"hub_api": _OFFICE})
describe(Invitation, Kind.TENANT, Retention.SECURITY, about=(_OWNS,))
describe(
    SignInSession,
    Kind.TENANT,
    Retention.TRANSIENT,
    about=(_OWNS,),
    rights={"hub_worker": ("SELECT", "INSERT", "UPDATE", "DELETE")},
)
