"""What of a row is told to the person it is about: everything that says something of them, and of nobody else.

Each column is told, opened and told, or left out for a reason; `treatment` says which, for every column there is. A
new column of bytes that it does not know is a Faulty declaration, and a test finds it.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, Column, LargeBinary, Table

from hub.domains.subjects.finding import PROOFS, Subject
from hub.journal.personal import reveal
from hub.kernel.errors import Faulty
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import LENGTH, mask
from hub.store import sql
from hub.store.base import MANIFEST, metadata
from hub.store.unit import Session

OTHER = "(orang lain)"  # in the place of another person's id or words
ERASED = "(telah dihapus)"  # in the place of values whose key was destroyed
_PARENTS = frozenset(("father_nik", "mother_nik"))
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Treatment(StrEnum):
    """What is done with a column."""

    TOLD = "TOLD"
    OPENED = "OPENED"  # sealed under the hub's key
    REVEALED = "REVEALED"  # sealed under the person's own
    MASKED = "MASKED"  # the number of another person: four digits of it
    APART = "APART"  # told only to the one whom the row names as its subject
    ACTOR = "ACTOR"  # who acted: an official's id, told to that official alone; the role stands beside it
    DERIVED = "DERIVED"  # made of a value that is told: an index, a digest, the digits of a mask
    KEY = "KEY"  # the key to a value, not a value
    TENANT = "TENANT"  # said once, for all


_LEFT_OUT = frozenset((Treatment.DERIVED, Treatment.KEY, Treatment.TENANT))
_ACTORS = frozenset(("principal_id", "grant_id"))
_DIGESTS = ("row_digest", "digest", "family", "former_family", "sha256", "token_hash", "input_sha256")
_BYTES = {
    **dict.fromkeys(_DIGESTS, Treatment.DERIVED),
    **dict.fromkeys(("content_key_sealed", "wrapped", "totp_sealed"), Treatment.KEY),
    **{f"{name}_sealed": Treatment.MASKED for name in _PARENTS},
    "personal": Treatment.REVEALED,
    "sealed": Treatment.OPENED,
}
_FIELDS = frozenset(("sealed", "told_sealed"))  # register fields by name: a staged row, somebody who arrives
_BYTES_BY_END = {"sealed": Treatment.OPENED, "bidx": Treatment.DERIVED}


@dataclass(slots=True)
class Told:
    """The rows of a table as they are told, and how often something was left out of them."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)


def treatment(column: Column[Any]) -> Treatment:
    """What is done with a column of a table that holds rows about persons. Faulty where nobody has said it."""
    there, name = column.table.name, column.name
    if isinstance(column.type, LargeBinary):
        return _of_bytes(there, name)
    if name == "tenant_id":
        return Treatment.TENANT
    if name in PROOFS:
        return Treatment.KEY
    if name in _ACTORS:
        return Treatment.ACTOR
    if name in MANIFEST[there].apart:
        return Treatment.APART
    return Treatment.DERIVED if name.endswith("_prefix") else Treatment.TOLD


def value_of(name: str) -> str:
    """The name under which a sealed column's value is told."""
    return name.removesuffix("_sealed")


async def tell(session: Session, keys: KeyRing, there: str, found: list[sql.Row], subject: Subject) -> Told:
    """The rows of a table, as they are told to the person. Other people's ids are still in them: see `masked`."""
    made, own = Told(), metadata.tables[there]
    for row in found:
        made.rows.append({str(name): value async for name, value in _values(session, keys, own, row, subject, made)})
    return made


async def _values(
    session: Session, keys: KeyRing, there: Table, row: sql.Row, subject: Subject, made: Told
) -> AsyncIterator[tuple[str, Any]]:
    whose = MANIFEST[there.name].subject
    own = whose is not None and row[whose] in subject.ids
    for column in there.columns:
        done = treatment(column)
        if done in _LEFT_OUT:
            continue
        value = row[column.name]
        if value is None:
            yield value_of(column.name), None
        elif done is Treatment.ACTOR and not (own and whose in _ACTORS):
            continue
        elif done is Treatment.APART and not own:
            made.withheld[column.name] += 1
            yield column.name, OTHER
        elif done is Treatment.REVEALED:
            yield column.name, await reveal(session, row, keys) or ERASED
        elif done in (Treatment.OPENED, Treatment.MASKED):
            yield value_of(column.name), _opened(keys, there, column.name, row, others=done is Treatment.MASKED)
        else:
            yield column.name, _plain(column, value)


def _of_bytes(there: str, name: str) -> Treatment:
    done = _BYTES.get(name) or _BYTES_BY_END.get(name.rpartition("_")[2])
    if done is None:
        raise Faulty(problem=f"nobody has said what of {there}.{name} is told to the person it is about")
    return done


def _opened(keys: KeyRing, there: Table, name: str, row: sql.Row, *, others: bool) -> Any:
    key = row["id"] if "id" in there.c else row[str(MANIFEST[there.name].subject)]
    plain = keys.open(row[name], tenant=row["tenant_id"], table=there.name, column=value_of(name), row=key)
    if name in _FIELDS:
        return orjson.loads(plain)
    return mask(plain.decode()) if others else plain.decode()


def _plain(column: Column[Any], value: Any) -> Any:
    return orjson.loads(value) if isinstance(column.type, JSON) and isinstance(value, str) else value


def mentioned(value: Any) -> Iterator[UUID]:
    """Every id in what is told, however deep, also within texts."""
    if isinstance(value, UUID):
        yield value
    elif isinstance(value, str):
        yield from (UUID(each) for each in _UUID.findall(value))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from mentioned(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from mentioned(each)


def masked(value: Any, others: frozenset[UUID], withheld: Counter[str], name: str = "") -> Any:
    """The same as plain JSON values, without the ids of other people and with their numbers masked."""
    if isinstance(value, Mapping):
        return {str(key): masked(each, others, withheld, str(key)) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(each, others, withheld, name) for each in value]
    if isinstance(value, str) and name in _PARENTS and len(value) == LENGTH and value.isdigit():
        return mask(value)
    if isinstance(value, (UUID, str)):
        return _without(str(value), others, withheld, name)
    return str(value) if isinstance(value, (date, datetime, Decimal)) else value


def _without(text: str, others: frozenset[UUID], withheld: Counter[str], name: str) -> str:
    for found in _UUID.findall(text):
        if UUID(found) in others:
            withheld[name] += 1
            text = text.replace(found, OTHER)
    return text
