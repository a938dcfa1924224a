"""Who asks, on whose behalf, under which right: one immutable value per operation.

A Scope is made only in `hub.tenants`; everything below trusts it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Reader(StrEnum):
    """The class of reader: the database role under which an operation runs."""

    API = "hub_api"
    OUTSIDE = "hub_outside"
    REPORT = "hub_report"
    WORKER = "hub_worker"
    OWNER = "hub_owner"


class Zone(StrEnum):
    """The three time zones of Indonesia, by their IANA names."""

    WIB = "Asia/Jakarta"
    WITA = "Asia/Makassar"
    WIT = "Asia/Jayapura"


@dataclass(frozen=True, slots=True)
class TenantRef:
    """What an operation needs to know of a tenant: number, region code and time zone."""

    id: int
    code: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class Scope:
    """One grant, one actor, one request.

    `tenants` are the tenants whose rows may be read: exactly one for an official, up to 64 for an agency.
    `tenant` is the one whose rows may be written, None where nothing may be.
    """

    reader: Reader
    role: str
    permissions: frozenset[str]
    tenants: tuple[TenantRef, ...] = ()
    principal_id: UUID | None = None
    grant_id: UUID | None = None
    villages: tuple[UUID, ...] = ()
    party: UUID | None = None
    subject: UUID | None = None
    agency: str | None = None  # whose routed rows are read, for an agency's analyst
    region: str | None = None  # whose twin cases are decided here, for a Disdukcapil in its own tenant
    oversees: str | None = None  # the region whose kecamatan a district's or an agency's office is set over
    figures: str | None = None  # the region whose published figures are read
    request_id: str = ""
    purpose: str | None = None
    lang: str = "id"
    tenant: TenantRef | None = field(init=False)  # the one tenant of an official's scope

    def __post_init__(self) -> None:
        """Asked for at every step, so it is worked out once."""
        object.__setattr__(self, "tenant", self.tenants[0] if len(self.tenants) == 1 else None)

    def may(self, permission: str) -> bool:
        """Whether the grant carries this permission."""
        return permission in self.permissions
