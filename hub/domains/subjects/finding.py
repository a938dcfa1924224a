"""Which rows are about a person: found by the manifest, so that a table which says whose its rows are is never missed.

A row is a person's when the table's subject column names them, or when its `about` leads there from rows that are
theirs: their family by the household of their record, an event by their part in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

from hub.domains.citizens import vault
from hub.domains.citizens.model import Citizen
from hub.domains.subjects.errors import NobodyHere
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.store import sql
from hub.store.base import MANIFEST, Entry, metadata, table
from hub.store.unit import Session, built
from hub.tenants.model import ApiKey

_CITIZEN = table(Citizen)
_IDS = ARRAY(Uuid())
PROOFS = frozenset(("passphrase", "totp_sealed", "totp_step"))  # what proves somebody: in no file
_DIGEST_OF_KEY = table(ApiKey).c.sha256  # an office does not even read it


@dataclass(frozen=True, slots=True)
class Subject:
    """A person: the ids of their records, the table these stand in, and the latest record's village and version."""

    ids: tuple[UUID, ...]
    table: str
    village: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class Way:
    """How rows of a table are reached from rows that are a person's already."""

    column: str
    source: str
    source_column: str


def ways(entry: Entry) -> tuple[Way, ...]:
    """The manifest's `about`, parsed."""
    return tuple(
        Way(own, *there.split(".", 1))
        for own, there in (each.split("<", 1) for each in entry.about)  # fixed texts
    )


def tables() -> list[str]:
    """Every table that holds rows about persons, those that are found by themselves first."""
    named = [str(name) for name, entry in MANIFEST.items() if entry.subject]
    return sorted(named) + sorted(str(name) for name, entry in MANIFEST.items() if entry.about and not entry.subject)


async def by_nik(session: Session, keys: KeyRing, nik: Nik) -> Subject:
    """The person with this NIK, with all records of the kecamatan that carry it; NobodyHere."""
    own = _CITIZEN.c
    blinds = list(vault.blinds_of(keys, nik, tenant=tenant_of(session)))
    rows = await session.rows(
        select(own.id, own.village_id, own.version)
        .where(own.tenant_id == tenant_of(session), own.nik_bidx == any_(bindparam("blinds", type_=ARRAY(BYTEA))))
        .order_by(own.ended_at.is_(None), own.id),
        {"blinds": blinds},
    )
    if not rows:
        raise NobodyHere
    return Subject(tuple(row["id"] for row in rows), _CITIZEN.name, rows[-1]["village_id"], rows[-1]["version"])


async def by_id(session: Session, keys: KeyRing, key: UUID) -> Subject:
    """Whoever has this id: a person of the register, with their other records, or an official or a principal."""
    own = _CITIZEN.c
    row = await session.row(select(_CITIZEN).where(own.tenant_id == tenant_of(session), own.id == key))
    if row is not None:
        nik = vault.open_nik(keys, built(Citizen, row))
        if nik is not None:
            return await by_nik(session, keys, nik)
        return Subject((key,), _CITIZEN.name, row["village_id"], row["version"])
    for name in (each for each in tables() if MANIFEST[each].subject == "id"):
        there = metadata.tables[name]
        row = await session.row(select(there).where(there.c.tenant_id == tenant_of(session), there.c.id == key))
        if row is not None:
            return Subject((key,), name, row.get("village_id"), row["version"])
    raise NobodyHere


async def rows(session: Session, subject: Subject) -> dict[str, list[sql.Row]]:
    """Every row about a person, by table; a table with none has an empty list."""
    found: dict[str, list[sql.Row]] = {}
    for name in (each for each in tables() if MANIFEST[each].subject):
        found[name] = await _by_subject(session, metadata.tables[name], subject.ids)
    theirs = {name: list(rows) for name, rows in found.items()}  # what others are reached from: their own rows alone
    for name in tables():
        there = metadata.tables[name]
        for way in ways(MANIFEST[name]):
            more = await _by_column(session, there, way.column, _values(theirs[way.source], way))
            found[name] = _united(there, [*found.get(name, []), *more])
    return found


async def others(session: Session, ids: Iterable[UUID], subject: Subject) -> frozenset[UUID]:
    """Which of some ids are those of other people of the register."""
    own = _CITIZEN.c
    asked = list(set(ids) - set(subject.ids))
    mentioned = await session.rows(
        select(own.id).where(own.tenant_id == tenant_of(session), own.id == any_(bindparam("ids", type_=_IDS))),
        {"ids": asked},
    )
    return frozenset(row["id"] for row in mentioned)


def tenant_of(session: Session) -> int:
    """The number of the session's one tenant."""
    return session.scope.tenant.id if session.scope.tenant else 0


async def _by_subject(session: Session, there: Table, ids: Sequence[UUID]) -> list[sql.Row]:
    return await _by_column(session, there, str(MANIFEST[there.name].subject), ids)


async def _by_column(session: Session, there: Table, column: str, values: Sequence[UUID]) -> list[sql.Row]:
    if not values:
        return []
    statement = (
        select(*(each for each in there.columns if each.name not in PROOFS and each is not _DIGEST_OF_KEY))
        .where(there.c.tenant_id == tenant_of(session), there.c[column] == any_(bindparam("ids", type_=_IDS)))
        .order_by(*there.primary_key.columns)
    )
    return await session.rows(statement, {"ids": list(values)})


def _values(found: Sequence[sql.Row], way: Way) -> list[UUID]:
    return sorted({row[way.source_column] for row in found if row[way.source_column] is not None})


def _united(there: Table, found: Sequence[sql.Row]) -> list[sql.Row]:
    """Each row once, in the order of its key."""
    once: Mapping[tuple[object, ...], sql.Row] = {tuple(_key(there, row)): row for row in found}
    return [row for _, row in sorted(once.items(), key=lambda each: [str(part) for part in each[0]])]


def _key(there: Table, row: sql.Row) -> Iterator[object]:
    return (row[column.name] for column in there.primary_key.columns)
