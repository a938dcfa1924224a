"""Who stands in a village's register already, as an import needs to know it: little of each, all of who differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from hub.domains.citizens.model import (
    CardChange,
    Citizen,
    CitizenSensitive,
    EndReason,
    FormerCard,
    FormerNik,
    Household,
    NikStatus,
)
from hub.kernel.keyring import KeyRing
from hub.kernel.names import sort_key
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import FamilyRelation
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Session

HOME = ("address", "hamlet", "rw", "rt")
SENSITIVE = ("religion", "ethnicity", "blood_type", "disability", "contraception", "pregnant")
_PAGE = 5_000
_DEGREES = ("latitude", "longitude")

_CITIZEN, _HOME, _SENSITIVE = table(Citizen), table(Household), table(CitizenSensitive)
_FORMER, _CARD = table(FormerNik), table(FormerCard)
_NUMBERS = ("nik", "father_nik", "mother_nik")
_SPECIAL = {"tenant_id", "id", "version", "created_at", "updated_at", "village_id", "household_id"}
PLAIN = tuple(
    name
    for name in (column.name for column in _CITIZEN.columns)
    if name not in _SPECIAL
    and not name.endswith(("_sealed", "_bidx", "_prefix"))
    and name not in ("nik_status", "sort_key", "source", "row_digest", "ended_at", "end_reason")
)

Identity = tuple[str, str, date]
Telling = tuple[str, date | None]  # name and birth date, which must agree before a number of long ago names somebody


@dataclass(slots=True)
class Person:
    """A row of the register. `named`: the file has named them; `has_nik`: one of the registry, no temporary one."""

    id: UUID
    family: bytes | None
    digest: bytes | None
    living: bool
    head: bool
    has_nik: bool
    named: bool = False


@dataclass(slots=True)
class Register:
    """The village as it is, by everything a row of a file may name a person by."""

    keys: KeyRing
    tenant: int
    people: list[Person] = field(default_factory=list)
    by_nik: dict[bytes, Person] = field(default_factory=dict)
    by_former: dict[bytes, list[tuple[Person, Telling]]] = field(default_factory=dict)
    by_digest: dict[bytes, list[Person]] = field(default_factory=dict)
    by_identity: dict[Identity, list[Person]] = field(default_factory=dict)
    families: dict[bytes, UUID] = field(default_factory=dict)
    heads: dict[bytes, set[UUID]] = field(default_factory=dict)
    renumbered: dict[bytes, KkNumber] = field(default_factory=dict)  # former numbers of families, and the present one

    def __contains__(self, digits: object) -> bool:
        """Whether a living person has this NIK (sixteen clear digits)."""
        person = self.with_nik(str(digits))
        return person is not None and person.living

    def with_nik(self, digits: str) -> Person | None:
        """The person with this NIK; a living one before one whose row ended."""
        if not self.by_nik:
            return None
        blinds = self.keys.blinds(digits, tenant=self.tenant, kind="nik")
        return next((self.by_nik[blind] for blind in blinds if blind in self.by_nik), None)

    def with_former_nik(self, digits: str, name: str | None, born: date | None) -> Person | None:
        """The living person who had this NIK and has this name, and no other birth date; only one."""
        if not self.by_former or name is None:
            return None
        blinds = self.keys.blinds(digits, tenant=self.tenant, kind="nik")
        found = {
            person.id: person
            for blind in blinds
            for person, (told, day) in self.by_former.get(blind, ())
            if person.living and sort_key(told) == sort_key(name) and (day is None or born is None or day == born)
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def family(self, kk: KkNumber) -> bytes:
        """What the family with this card is known by: its stored blind index, else that of a new one."""
        blinds = self.keys.blinds(kk.digits, tenant=self.tenant, kind="kk")
        return next((blind for blind in blinds if blind in self.families), blinds[0])

    def present(self, kk: KkNumber | None) -> KkNumber | None:
        """The number that a family's card has now where the village still writes the one before."""
        if kk is None or not self.renumbered:
            return kk
        blinds = self.keys.blinds(kk.digits, tenant=self.tenant, kind="kk")
        if any(blind in self.families for blind in blinds):
            return kk
        return next((self.renumbered[blind] for blind in blinds if blind in self.renumbered), kk)


async def load(session: Session, keys: KeyRing, village: UUID) -> Register:
    """The whole village, in pages; about half a kilobyte per person."""
    tenant = session.scope.tenant
    register = Register(keys, tenant.id if tenant else 0)
    family_of: dict[UUID, bytes] = {}
    async for row in _pages(session, _HOME, village, ("id", "kk_bidx", "ended_at")):
        family_of[row["id"]] = row["kk_bidx"]
        if row["ended_at"] is None:
            register.families[row["kk_bidx"]] = row["id"]
    register.renumbered = await _renumbered(session, keys, register.tenant, village)
    columns = (
        "id",
        "household_id",
        "nik_bidx",
        "nik_status",
        "row_digest",
        "ended_at",
        "end_reason",
        "family_relation",
    )
    async for row in _pages(session, _CITIZEN, village, (*columns, "full_name", "birth_place", "birth_date")):
        if row["end_reason"] != EndReason.UNDONE.value:  # whom an undone import had made was never here
            _enter(register, row, family_of.get(row["household_id"]))
    await _enter_former(session, register, village)
    return register


async def _enter_former(session: Session, register: Register, village: UUID) -> None:
    """The numbers that people had before; few, so that their names are read only where there are any."""
    rows = [row async for row in _pages(session, _FORMER, village, ("id", "citizen_id", "nik_bidx"))]
    if not rows:
        return
    people = {person.id: person for person in register.people}
    told = {
        row["id"]: (row["full_name"], row["birth_date"])
        async for row in _pages(session, _CITIZEN, village, ("id", "full_name", "birth_date"))
    }
    for row in rows:
        whose = row["citizen_id"]
        if whose in people:
            register.by_former.setdefault(row["nik_bidx"], []).append((people[whose], told[whose]))


async def fields(session: Session, keys: KeyRing, people: Iterable[UUID]) -> dict[UUID, dict[str, object]]:
    """All that the register says of some people, by the names an import file's rows use; numbers in the clear."""
    tenant = session.scope.tenant
    values = {"tenant": tenant.id if tenant else 0, "people": list(people)}
    session.statements += 1
    rows = await session.connection.fetch(_FIELDS.text, *_FIELDS.arguments(values))
    return {row["id"]: _fields(keys, row) for row in rows}


def _fields_statement() -> sql.Statement:
    sealed = (*PLAIN, "tenant_id", "id", "household_id", *(f"{name}_sealed" for name in _NUMBERS))
    here = _CITIZEN.c.tenant_id == bindparam("tenant")
    return sql.prepare(
        select(
            *(_CITIZEN.c[name] for name in sealed),
            *(_HOME.c[name] for name in ("kk_sealed", *HOME)),
            *(_SENSITIVE.c[name] for name in SENSITIVE),
        )
        .select_from(_CITIZEN)
        .join(_HOME, (_HOME.c.tenant_id == bindparam("tenant")) & (_HOME.c.id == _CITIZEN.c.household_id))
        .outerjoin(_SENSITIVE, (_SENSITIVE.c.tenant_id == bindparam("tenant")) & (_SENSITIVE.c.id == _CITIZEN.c.id))
        .where(here, _CITIZEN.c.id == any_(bindparam("people", type_=ARRAY(Uuid()))))
    )


_FIELDS = _fields_statement()


def _fields(keys: KeyRing, row: sql.Row) -> dict[str, object]:
    tenant, person = row["tenant_id"], row["id"]
    found: dict[str, object] = {name: row[name] for name in (*PLAIN, *HOME, *SENSITIVE)}
    for name in _NUMBERS:
        sealed = row[f"{name}_sealed"]
        plain = sealed and keys.open(sealed, tenant=tenant, table="citizen", column=name, row=person)
        found[name] = Nik(plain.decode()) if plain else None
    kk = keys.open(row["kk_sealed"], tenant=tenant, table="household", column="kk", row=row["household_id"])
    found["kk_number"] = KkNumber(kk.decode())
    for name in _DEGREES:
        found[name] = None if row[name] is None else Decimal(row[name])
    return found


async def _renumbered(session: Session, keys: KeyRing, tenant: int, village: UUID) -> dict[bytes, KkNumber]:
    """Former numbers of cards that were issued anew, the last one deciding; a mistyped one was never the family's."""
    former, home = _CARD.c, _HOME.c
    rows = await session.rows(
        select(former.kk_bidx, home.id, home.kk_sealed)
        .select_from(_CARD.join(_HOME, (home.tenant_id == former.tenant_id) & (home.id == former.household_id)))
        .where(
            former.tenant_id == tenant,
            former.village_id == village,
            former.reason == CardChange.REISSUED.value,
            home.tenant_id == tenant,
            home.ended_at.is_(None),
        )
        .order_by(former.id)
    )
    return {
        row["kk_bidx"]: KkNumber(
            keys.open(row["kk_sealed"], tenant=tenant, table="household", column="kk", row=row["id"]).decode()
        )
        for row in rows
    }


async def _pages(session: Session, source: Any, village: UUID, columns: Sequence[str]) -> Any:
    tenant = session.scope.tenant
    last: UUID | None = None
    statement = (
        select(*(source.c[name] for name in columns))
        .where(
            source.c.tenant_id == (tenant.id if tenant else 0),
            source.c.village_id == village,
            source.c.id > bindparam("last", type_=Uuid()),
        )
        .order_by(source.c.id)
        .limit(literal_column(str(_PAGE)))
    )
    prepared = sql.prepare(statement)
    last = UUID(int=0)
    while True:
        session.statements += 1
        rows = await session.connection.fetch(prepared.text, *prepared.arguments({"last": last}))
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        last = rows[-1]["id"]


def _enter(register: Register, row: sql.Row, family: bytes | None) -> None:
    living = row["ended_at"] is None
    nik, digest = row["nik_bidx"], row["row_digest"]
    head = living and row["family_relation"] == FamilyRelation.HEAD.value
    has_nik = nik is not None and row["nik_status"] != NikStatus.TEMPORARY.value
    person = Person(row["id"], family, digest, living, head, has_nik)
    register.people.append(person)
    if nik is not None:
        held = register.by_nik.get(nik)
        if held is None or not held.living:
            register.by_nik[nik] = person
    elif digest is not None:
        register.by_digest.setdefault(digest, []).append(person)
    if head and family is not None:
        register.heads.setdefault(family, set()).add(person.id)
    if living and row["birth_place"] is not None and row["birth_date"] is not None:
        identity = (row["full_name"], row["birth_place"], row["birth_date"])
        register.by_identity.setdefault(identity, []).append(person)
