"""What a batch has changed, as it was before: kept sealed while the batch can be undone.

Of whom a batch has made, only that is kept: taking them back needs no past. Of whom it has changed, the fields that
differ; numbers stand in the clear within the ciphertext, so that a key may be rotated and retired meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import TypeEngine

from hub.domains.citizens import vault
from hub.domains.citizens.model import Citizen, Household
from hub.domains.imports.known import SENSITIVE
from hub.domains.imports.model import BeforeImport
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.store import sql
from hub.store.base import table
from hub.store.unit import Unit

Row = Mapping[str, Any]

_BEFORE = table(BeforeImport)
_NUMBERS = ("nik", "father_nik", "mother_nik")
_APART = frozenset(("tenant_id", "id", "version", "created_at", "updated_at", "village_id", "row_digest"))
_SEALED_WITH = ("_sealed", "_bidx", "_prefix")
_TYPES: Mapping[str, TypeEngine[Any]] = {
    column.name: column.type
    for model in (Household, Citizen)
    for column in table(model).columns
    if column.name not in _APART and not column.name.endswith(_SEALED_WITH)
}


@dataclass(frozen=True, slots=True)
class Trace:
    """One row that a batch has written. `version`: the one written; `past`: the fields that differ, as they were."""

    key: UUID
    version: int
    person: bool
    fresh: bool = False
    digest: bytes | None = None
    past: Row = field(default_factory=dict, repr=False)


def of_person(keys: KeyRing, before: Row, after: Row, sensitive: Row) -> Trace:
    """A person who was changed; `sensitive` are fields of the specific data as they were."""
    past = _past(before, after)
    for name in _NUMBERS:
        if before[f"{name}_sealed"] != after[f"{name}_sealed"]:
            past[name] = _opened(keys, before, name)
    return Trace(before["id"], after["version"], person=True, digest=before["row_digest"], past={**past, **sensitive})


def of_home(before: Row, after: Row) -> Trace:
    """A family that was there before; also one of which only the members changed."""
    return Trace(before["id"], after["version"], person=False, past=_past(before, after))


async def keep(unit: Unit, keys: KeyRing, batch: UUID, village: UUID, traces: Sequence[Trace]) -> None:
    """Keep them; of a row that the batch wrote before, the past of then."""
    if not traces:
        return
    tenant = unit.tenant.id
    unit.statements += 1
    values: dict[str, list[Any]] = {
        "tenant_id": [tenant] * len(traces),
        "batch_id": [batch] * len(traces),
        "village_id": [village] * len(traces),
        "id": [each.key for each in traces],
        "citizen_id": [each.key if each.person else None for each in traces],
        "version": [each.version for each in traces],
        "fresh": [each.fresh for each in traces],
        "digest": [each.digest for each in traces],
        "sealed": [_sealed(keys, tenant, each) for each in traces],
    }
    await unit.connection.fetch(_KEEP.text, *_KEEP.arguments(values))


def opened(keys: KeyRing, row: Row) -> Trace:
    """A kept row; its past as values of columns, numbers as a Nik or None."""
    past: dict[str, Any] = {}
    if row["sealed"] is not None:
        plain = keys.open(row["sealed"], tenant=row["tenant_id"], table=_BEFORE.name, column="sealed", row=row["id"])
        past = {name: _value(name, told) for name, told in orjson.loads(plain).items()}
    return Trace(row["id"], row["version"], row["citizen_id"] is not None, row["fresh"], row["digest"], past)


def columns_of(keys: KeyRing, past: Row, person: Row) -> dict[str, Any]:
    """The columns of a person's row that the past gives back, numbers sealed anew."""
    found = {name: value for name, value in past.items() if name not in _NUMBERS and name not in SENSITIVE}
    place: dict[str, Any] = {"tenant": person["tenant_id"], "citizen": person["id"]}
    if "nik" in past:
        born, sex = ({**person, **found}[name] for name in ("birth_date", "sex"))
        found |= vault.nik_columns(keys, past["nik"], birth_date=born, sex=sex, **place)
    if "father_nik" in past:
        found |= vault.father_columns(keys, past["father_nik"], **place)
    if "mother_nik" in past:
        found |= vault.mother_columns(keys, past["mother_nik"], **place)
    return found


def _past(before: Row, after: Row) -> dict[str, Any]:
    return {name: before[name] for name in _TYPES if name in before and before[name] != after[name]}


def _opened(keys: KeyRing, row: Row, name: str) -> str | None:
    sealed: bytes | None = row[f"{name}_sealed"]
    if sealed is None:
        return None
    return keys.open(sealed, tenant=row["tenant_id"], table="citizen", column=name, row=row["id"]).decode()


def _sealed(keys: KeyRing, tenant: int, trace: Trace) -> bytes | None:
    if not trace.past:
        return None
    return keys.seal(
        orjson.dumps(trace.past, default=str), tenant=tenant, table=_BEFORE.name, column="sealed", row=trace.key
    )


def _value(name: str, told: Any) -> Any:
    if told is None or name in SENSITIVE:
        return told
    if name in _NUMBERS:
        return Nik(told)
    kind = _TYPES[name]
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(told)
    if isinstance(kind, Date):
        return date.fromisoformat(told)
    return UUID(told) if isinstance(kind, Uuid) else told


_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "tenant_id": Integer(),
    "batch_id": Uuid(),
    "id": Uuid(),
    "village_id": Uuid(),
    "citizen_id": Uuid(),
    "version": Integer(),
    "fresh": Boolean(),
    "digest": LargeBinary(),
    "sealed": LargeBinary(),
}


def _keeping() -> sql.Statement:
    given = (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _COLUMNS.items()))
        .table_valued(*_COLUMNS)
        .render_derived("given")
    )
    kept = insert(_BEFORE).from_select(list(_COLUMNS), select(*(given.c[name] for name in _COLUMNS)))
    again = {"version": kept.excluded.version}
    return sql.prepare(kept.on_conflict_do_update(index_elements=["tenant_id", "batch_id", "id"], set_=again))


_KEEP = _keeping()
