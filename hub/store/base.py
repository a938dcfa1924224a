"""What every table of the hub has in common, and the manifest that says what each table is.

A table of a tenant derives from `TenantRow`: `tenant_id` stands first in its key and is never updated. The manifest
(`describe`) is data for tests, `hub doctor`, the grants of `hub_outside`, backups and subject rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Table, Text
from sqlmodel import Field, SQLModel

from hub.kernel.ids import new_id

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

C_TEXT = Text(collation="C")  # ordered by code point everywhere, and its operators are leakproof
MOMENT = DateTime(timezone=True)


class Kind(StrEnum):
    """Whose rows a table holds."""

    TENANT = "TENANT"  # one tenant's rows, kept apart by row-level security
    PERSON = "PERSON"  # a tenant's rows about persons: narrowed to villages too, closed to hub_outside
    REFERENCE = "REFERENCE"  # the same for all: region codes, code lists
    OWN = "OWN"  # the hub's own: tenants, epoch


class Retention(StrEnum):
    """How long rows stay; only retention deletes."""

    REFERENCE = "REFERENCE"
    REGISTER = "REGISTER"  # as long as the population register is kept
    ARCHIVE = "ARCHIVE"  # civic acts: kept
    SECURITY = "SECURITY"  # journal, keys, grants: longer than what they speak of
    TRANSIENT = "TRANSIENT"  # days: idempotency, staging


Rights = Mapping[str, tuple[str, ...]]

_OFFICES = ("SELECT", "INSERT", "UPDATE")
_DEFAULT_RIGHTS: Mapping[Kind, Rights] = {
    Kind.TENANT: {"hub_api": _OFFICES, "hub_worker": _OFFICES},
    Kind.PERSON: {"hub_api": _OFFICES, "hub_worker": _OFFICES},
    Kind.REFERENCE: {"hub_api": ("SELECT",), "hub_worker": ("SELECT",)},
    Kind.OWN: {"hub_api": ("SELECT",), "hub_worker": ("SELECT",)},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A table in the manifest."""

    kind: Kind
    retention: Retention
    subject: str | None = None  # the column that names the person a row is about
    about: tuple[str, ...] = ()  # whom else: "own_column<table.column", by what the person's rows there say
    apart: tuple[str, ...] = ()  # columns that are told to the one whom `subject` names alone
    nobody: str | None = None  # why a table that might speak of persons names none
    outside: tuple[str, ...] = ()  # columns hub_outside may read
    published: str | None = None  # SQL condition on a row for hub_outside; None: no row
    rights: Rights = field(default_factory=dict)  # role -> privileges, where they are not those of the kind
    across: tuple[str, ...] = ()  # roles that a policy lets read the rows of all tenants

    def expected(self) -> frozenset[tuple[str, str]]:
        """Every (role, privilege) on the table; a privilege on one column is written `SELECT(column)`."""
        given = {
            (role, right) for role, rights in {**_DEFAULT_RIGHTS[self.kind], **self.rights}.items() for right in rights
        }
        return frozenset(given | {("hub_outside", f"SELECT({column})") for column in self.outside})


MANIFEST: dict[str, Entry] = {}


def describe(
    model: type[SQLModel],
    kind: Kind,
    retention: Retention,
    *,
    subject: str | None = None,
    about: tuple[str, ...] = (),
    apart: tuple[str, ...] = (),
    nobody: str | None = None,
    outside: tuple[str, ...] = (),
    published: str | None = None,
    rights: Rights | None = None,
    across: tuple[str, ...] = (),
) -> None:
    """Enter a table into the manifest. `rights` of a role replace those that its kind of table gives to it.

    A table that may hold something about a person says by `subject` and `about` whose a row is, or by `nobody` why it
    is nobody's: `hub subject export` finds by it, and a test refuses a table that says neither.
    """
    MANIFEST[table(model).name] = Entry(
        kind, retention, subject, about, apart, nobody, outside, published, rights or {}, across
    )


def updating(*columns: str) -> tuple[str, ...]:
    """For `rights`: UPDATE of these columns only."""
    return tuple(f"UPDATE({column})" for column in columns)


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel on table=True
    return found


def all_columns(model: type[SQLModel]) -> tuple[str, ...]:
    """The names of a model's columns."""
    return tuple(table(model).columns.keys())


def utc_now() -> datetime:
    """Only for column defaults; actions take time as a value."""
    return datetime.now(UTC)


class TenantRow(SQLModel):
    """Key, version and times of every row that belongs to a tenant."""

    tenant_id: int = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1)
    created_at: datetime = Field(default_factory=utc_now, sa_type=MOMENT)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=MOMENT)


def belongs(column: str, to: str) -> ForeignKeyConstraint:
    """A foreign key inside the tenant: (tenant_id, column) -> (tenant_id, id)."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"])


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """Codes are text with a CHECK: comparison of PostgreSQL's own enums is not leakproof."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_known")


def some_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The same for a set of codes."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} <@ ARRAY[{allowed}]::text[]", name=f"{column}_known")


def exactly_one(*columns: str) -> CheckConstraint:
    """An exclusive arc: exactly one of the columns is set."""
    return CheckConstraint(f"num_nonnulls({', '.join(columns)}) = 1", name="arc")


def tenant_index(*columns: str, **options: Any) -> Index:
    """An index led by the tenant, so that a single-tenant plan prunes."""
    return Index(None, "tenant_id", *columns, **options)
