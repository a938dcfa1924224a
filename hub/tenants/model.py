"""Tenants, principals, grants, keys and issuers as tables."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.kernel.scope import Zone
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    Rights,
    TenantRow,
    all_columns,
    belongs,
    describe,
    one_of,
    tenant_index,
    updating,
    utc_now,
)


class TenantKind(StrEnum):
    """What sort of owner of data a tenant is."""

    KECAMATAN = "KECAMATAN"
    AGENCY = "AGENCY"
    PLATFORM = "PLATFORM"


class TenantStatus(StrEnum):
    """Whether a tenant's keys work."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class PrincipalKind(StrEnum):
    """Who acts."""

    PERSON = "PERSON"
    MACHINE = "MACHINE"


class KeyKind(StrEnum):
    """Where a key may live: in a browser or app, on a server, or in a sheet that fetches the files of reports."""

    PUBLIC = "PUBLIC"
    SECRET = "SECRET"  # noqa: S105  # a word, not a password
    REPORT = "REPORT"


class DocumentMode(StrEnum):
    """What a key may send: free queries, both, or documents of its app only."""

    OFF = "OFF"
    ALLOW = "ALLOW"
    ONLY = "ONLY"


class Tenant(SQLModel, table=True):
    """An owner of data: a kecamatan, an agency, or the platform itself."""

    __tablename__ = "tenant"
    __table_args__ = (
        UniqueConstraint("code"),
        one_of("kind", TenantKind),
        one_of("status", TenantStatus),
        one_of("zone", Zone),
    )

    id: int = Field(primary_key=True)
    kind: str = Field(sa_type=C_TEXT)
    code: str = Field(sa_type=C_TEXT)
    name: str = Field(sa_type=Text)
    region_code: str | None = Field(default=None, sa_type=C_TEXT)
    zone: str = Field(sa_type=C_TEXT)
    status: str = Field(default=TenantStatus.ACTIVE.value, sa_type=C_TEXT)
    demo: bool = Field(default=False)
    created_at: datetime = Field(default_factory=utc_now, sa_type=MOMENT)


class Principal(TenantRow, table=True):
    """A person or a machine that holds grants."""

    __tablename__ = "principal"
    __table_args__ = (one_of("kind", PrincipalKind),)

    kind: str = Field(sa_type=C_TEXT)
    name: str = Field(sa_type=Text)


class Grant(TenantRow, table=True):
    """A role for a principal, on exactly one target, from a day to a day, for a stated reason."""

    __tablename__ = "access_grant"
    __table_args__ = (
        belongs("principal_id", "principal"),
        CheckConstraint("num_nonnulls(village_id, organization_id, region_code) <= 1", name="one_target"),
        tenant_index("principal_id"),
    )

    principal_id: UUID
    role: str = Field(sa_type=C_TEXT)
    village_id: UUID | None = None
    organization_id: UUID | None = None
    region_code: str | None = Field(default=None, sa_type=C_TEXT)
    starts_on: date
    ends_on: date | None = None
    reason: str = Field(sa_type=Text)
    acting_for: str | None = Field(default=None, sa_type=Text)
    revoked_at: datetime | None = Field(default=None, sa_type=MOMENT)


class ApiKey(TenantRow, table=True):
    """A key of a grant. Only the SHA-256 of its text is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        belongs("grant_id", "access_grant"),
        belongs("app_id", "client_app"),
        UniqueConstraint("tenant_id", "sha256"),
        one_of("kind", KeyKind),
        one_of("documents", DocumentMode),
        CheckConstraint("documents = 'OFF' or app_id is not null", name="documents_of_an_app"),
        tenant_index("grant_id"),
        tenant_index("app_id"),
    )

    grant_id: UUID
    kind: str = Field(sa_type=C_TEXT)
    label: str = Field(sa_type=Text)
    sha256: bytes = Field(sa_type=LargeBinary)
    origins: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    expires_at: datetime | None = Field(default=None, sa_type=MOMENT)
    revoked_at: datetime | None = Field(default=None, sa_type=MOMENT)
    app_id: UUID | None = None
    documents: str = Field(default=DocumentMode.OFF.value, sa_type=C_TEXT)


class ClientApp(TenantRow, table=True):
    """A program of others that asks the hub, by the name its documents are pushed under."""

    __tablename__ = "client_app"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: str = Field(sa_type=C_TEXT)


class AppManifest(TenantRow, table=True):
    """The documents of one version of an app. `number` is their order; from `ends_at` on they are not answered."""

    __tablename__ = "app_manifest"
    __table_args__ = (
        belongs("app_id", "client_app"),
        UniqueConstraint("tenant_id", "app_id", "number"),
        UniqueConstraint("tenant_id", "app_id", "label"),
    )

    app_id: UUID
    number: int
    label: str = Field(sa_type=C_TEXT)
    sha256: bytes = Field(sa_type=LargeBinary)  # of all ids and texts: an equal push is known by it
    ends_at: datetime | None = Field(default=None, sa_type=MOMENT)


class DocumentText(SQLModel, table=True):
    """A document's text, once, however many versions hold it."""

    __tablename__ = "document_text"

    tenant_id: int = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    text: str = Field(sa_type=Text)


class AppDocument(SQLModel, table=True):
    """A document of a version, under the id that clients send."""

    __tablename__ = "app_document"
    __table_args__ = (
        belongs("manifest_id", "app_manifest"),
        ForeignKeyConstraint(["tenant_id", "sha256"], ["document_text.tenant_id", "document_text.sha256"]),
        tenant_index("sha256", "manifest_id"),
    )

    tenant_id: int = Field(primary_key=True)
    manifest_id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=C_TEXT, primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary)


class Issuer(TenantRow, table=True):
    """An OpenID Connect issuer whose tokens a tenant accepts."""

    __tablename__ = "issuer"
    __table_args__ = (UniqueConstraint("tenant_id", "url"),)

    url: str = Field(sa_type=C_TEXT)
    audience: str = Field(sa_type=Text)
    algorithms: list[str] = Field(sa_type=ARRAY(String))
    jwks_uri: str = Field(sa_type=Text)
    client_id: str | None = Field(default=None, sa_type=Text)  # ours there; None where only tokens come from it
    label: str | None = Field(default=None, sa_type=Text)  # its name on the page


class Identity(TenantRow, table=True):
    """(issuer, subject) bound to a principal, once, by invitation."""

    __tablename__ = "identity"
    __table_args__ = (
        belongs("principal_id", "principal"),
        UniqueConstraint("tenant_id", "issuer", "subject"),
        tenant_index("principal_id"),
    )

    issuer: str = Field(sa_type=C_TEXT)
    subject: str = Field(sa_type=C_TEXT)
    principal_id: UUID


describe(Tenant, Kind.OWN, Retention.SECURITY, outside=("id", "kind", "code", "name", "zone", "status"))
_READ: Rights = {"hub_worker": ("SELECT",)}
describe(Principal, Kind.TENANT, Retention.SECURITY, subject="id", rights=_READ)
describe(Grant, Kind.TENANT, Retention.SECURITY, subject="principal_id", rights=_READ)
# An office makes keys for reports and ends them (a policy holds it to that kind); it never sees what a key is known by.
_OFFICE: Rights = {
    "hub_api": (
        "INSERT",
        *(f"SELECT({name})" for name in all_columns(ApiKey) if name != "sha256"),
        *updating("revoked_at", "version", "updated_at"),
    )
}
describe(ApiKey, Kind.TENANT, Retention.SECURITY, about=("grant_id<access_grant.id",), rights={**_READ, **_OFFICE})
describe(Issuer, Kind.TENANT, Retention.SECURITY, rights=_READ)
describe(Identity, Kind.TENANT, Retention.SECURITY, subject="principal_id", rights={"hub_worker": ("SELECT", "INSERT")})
# Documents are pushed and removed by the owner's commands; a request finds one by `hub_find_document`.
for _stored in (ClientApp, AppManifest, DocumentText, AppDocument):
    describe(_stored, Kind.TENANT, Retention.SECURITY, rights={"hub_api": ("SELECT",), "hub_worker": ()})
