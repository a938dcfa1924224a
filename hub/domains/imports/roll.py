"""The people of a village in the order of a list: families together, as the register says them.

The order follows from what is said, not from ids: the same people make the same list in any tenant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, or_, select

from hub.domains.citizens.model import Citizen, EndReason, Household
from hub.domains.imports import known
from hub.kernel.keyring import KeyRing
from hub.kernel.register_codes import CODE_LISTS
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Session

CHUNK = 1_000
_CITIZEN, _HOME = table(Citizen), table(Household)
_RELATIONS = {code.name: code.number for code in CODE_LISTS["family_relation"].codes}
_TENANT = bindparam("tenant", type_=Integer())
_VILLAGE = bindparam("village", type_=Uuid())

_HOMES = sql.prepare(
    select(*(_HOME.c[name] for name in ("id", "kk_sealed", "hamlet", "rw", "rt", "ended_at"))).where(
        _HOME.c.tenant_id == _TENANT, _HOME.c.village_id == _VILLAGE
    )
)
_ORDERED = (
    "id",
    "household_id",
    "nik_sealed",
    "full_name",
    "birth_place",
    "birth_date",
    "family_relation",
    "ended_at",
)
_REAL = or_(_CITIZEN.c.end_reason.is_(None), _CITIZEN.c.end_reason != EndReason.UNDONE.value)
_PEOPLE = sql.prepare(
    select(*(_CITIZEN.c[name] for name in _ORDERED), _CITIZEN.c.phone_sealed.is_not(None).label("has_phone")).where(
        _CITIZEN.c.tenant_id == _TENANT, _CITIZEN.c.village_id == _VILLAGE, _REAL
    )
)
_COUNT = sql.prepare(
    select(
        func.count().filter(_CITIZEN.c.ended_at.is_(None)).label("living"),
        func.count().filter(_CITIZEN.c.ended_at.is_not(None)).label("ended"),
    )
    .select_from(_CITIZEN)
    .where(_CITIZEN.c.tenant_id == _TENANT, _CITIZEN.c.village_id == _VILLAGE, _REAL)
)


@dataclass(slots=True)
class Roll:
    """Who stands on the list.

    `ended`: records that ended and were not asked for. `earlier`: ended records whose NIK a later record carries; a
    list knows a NIK once. `phones`: how many of the listed have a telephone number.
    """

    people: list[UUID] = field(default_factory=list)
    ended: int = 0
    earlier: int = 0
    phones: int = 0


async def count(session: Session, village: UUID) -> tuple[int, int]:
    """How many records of a village are living, and how many ended."""
    (row,) = await _fetch(session, _COUNT, village)
    return int(row["living"]), int(row["ended"])


async def call(session: Session, keys: KeyRing, village: UUID, *, with_ended: bool) -> Roll:
    """Put the village's people in order; about half a kilobyte each."""
    tenant = _tenant(session)
    homes: dict[UUID, tuple[Any, ...]] = {}
    for row in await _fetch(session, _HOMES, village):
        kk = keys.open(row["kk_sealed"], tenant=tenant, table="household", column="kk", row=row["id"])
        homes[row["id"]] = (*(row[name] or "" for name in ("hamlet", "rw", "rt")), kk, row["ended_at"] is not None)

    made = Roll()
    listed: list[tuple[tuple[Any, ...], UUID, bool]] = []
    latest: dict[bytes, tuple[bool, float, int]] = {}  # NIK -> the record that carries it
    for row in await _fetch(session, _PEOPLE, village):
        if row["ended_at"] is not None and not with_ended:
            made.ended += 1
            continue
        nik = _nik(keys, tenant, row)
        if nik and not _carries(latest, nik, row["ended_at"], len(listed)):
            made.earlier += 1
            continue
        listed.append((_place(row, homes[row["household_id"]], nik), row["id"], row["has_phone"]))
    kept = [each for number, each in enumerate(listed) if _kept(latest, number, each)]
    made.earlier += len(listed) - len(kept)
    kept.sort(key=lambda each: (each[0], each[1]))
    made.people = [key for _, key, _ in kept]
    made.phones = sum(has_phone for _, _, has_phone in kept)
    return made


async def told(session: Session, keys: KeyRing, people: Sequence[UUID]) -> list[dict[str, object]]:
    """All that the register says of some people, in their order; numbers in the clear."""
    found = await known.fields(session, keys, people)
    return [found[key] for key in people]


def chunks(people: Sequence[UUID], size: int = CHUNK) -> Iterator[list[UUID]]:
    """A list in pieces."""
    rest = iter(people)
    while piece := list(islice(rest, size)):
        yield piece


def _place(row: sql.Row, home: tuple[Any, ...], nik: bytes) -> tuple[Any, ...]:
    """Families by where they live and their card; who lives there first, the head before all."""
    relation = _RELATIONS.get(row["family_relation"], len(_RELATIONS))
    born = row["birth_date"] or date.max
    return (*home, row["ended_at"] is not None, relation, born, row["full_name"], row["birth_place"] or "", nik)


def _carries(latest: dict[bytes, tuple[bool, float, int]], nik: bytes, ended: Any, number: int) -> bool:
    """Whether this record carries the NIK, as far as is known by now: a living one, else the last that ended."""
    rank = (ended is None, ended.timestamp() if ended else 0.0)
    held = latest.get(nik)
    if held is not None and held[:2] >= rank:
        return False
    latest[nik] = (*rank, number)
    return True


def _kept(latest: dict[bytes, tuple[bool, float, int]], number: int, each: tuple[tuple[Any, ...], UUID, bool]) -> bool:
    nik: bytes = each[0][-1]
    return not nik or latest[nik][2] == number


def _nik(keys: KeyRing, tenant: int, row: sql.Row) -> bytes:
    sealed: bytes | None = row["nik_sealed"]
    return keys.open(sealed, tenant=tenant, table="citizen", column="nik", row=row["id"]) if sealed else b""


def _tenant(session: Session) -> int:
    return session.scope.tenant.id if session.scope.tenant else 0


async def _fetch(session: Session, statement: sql.Statement, village: UUID) -> list[Any]:
    session.statements += 1
    values = {"tenant": _tenant(session), "village": village}
    return await session.connection.fetch(statement.text, *statement.arguments(values))
