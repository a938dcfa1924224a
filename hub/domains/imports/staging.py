"""Rows on their way into the register: sealed when they are staged, gone when they are written.

The values of a row are one ciphertext that opens only as this row of this tenant; no NIK, KK number or name of a staged
person stands in the clear.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Integer, any_, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from hub.domains.imports.families import Link
from hub.domains.imports.model import ImportRow, RowAction
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber, Nik
from hub.store import sql
from hub.store.base import table
from hub.store.bulk import insert_many
from hub.store.unit import Session, Unit

Values = Mapping[str, Any]  # a register field -> Nik, KkNumber, date or text

_ROW = table(ImportRow)
_NIKS = frozenset(("nik", "father_nik", "mother_nik"))
_DATES = frozenset(("birth_date", "passport_expires_on", "married_on", "divorced_on"))
_PLACE = (_ROW.c.tenant_id == bindparam("tenant"), _ROW.c.batch_id == bindparam("batch"))
_TAKE = sql.prepare(
    delete(_ROW)
    .where(*_PLACE, _ROW.c.position == any_(bindparam("positions", type_=ARRAY(Integer))))
    .returning(_ROW.c.position, _ROW.c.action, _ROW.c.citizen_id, _ROW.c.digest, _ROW.c.family, _ROW.c.sealed)
)


@dataclass(frozen=True, slots=True)
class Staged:
    """One row as it is staged. `values`: all of a new person, only the differences of a known one."""

    position: int
    action: RowAction
    pending: bool
    row_number: int | None = None
    citizen_id: UUID | None = None
    digest: bytes | None = None
    family: bytes | None = None
    former_family: bytes | None = None
    values: Values | None = field(default=None, repr=False)
    problems: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One row as it is taken out to be written."""

    position: int
    action: RowAction
    citizen_id: UUID
    digest: bytes | None
    family: bytes | None
    values: Values = field(repr=False)


async def stage(unit: Unit, keys: KeyRing, rows: Iterable[Staged], *, batch: UUID, village: UUID) -> None:
    """Insert rows."""
    tenant = unit.tenant.id
    await insert_many(
        unit,
        ImportRow,
        [
            {
                "tenant_id": tenant,
                "batch_id": batch,
                "position": row.position,
                "village_id": village,
                "row_number": row.row_number,
                "action": row.action.value,
                "pending": row.pending,
                "citizen_id": row.citizen_id,
                "digest": row.digest,
                "family": row.family,
                "former_family": row.former_family,
                "sealed": _sealed(keys, tenant, row),
                "problems": list(row.problems) or None,
            }
            for row in rows
        ],
    )


async def reject(unit: Unit, batch: UUID, problems: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    """Turn staged rows, by position, into refused ones."""
    for position, found in problems.items():
        await unit.rows(
            update(_ROW)
            .where(_ROW.c.tenant_id == unit.tenant.id, _ROW.c.batch_id == batch, _ROW.c.position == position)
            .values(
                action=RowAction.REJECTED.value,
                pending=False,
                sealed=None,
                problems=list(found),
            )
        )


async def links(session: Session, batch: UUID) -> list[Link]:
    """What is still to be written, in order, with the families it touches."""
    tenant = session.scope.tenant
    rows = await session.rows(
        select(_ROW.c.position, _ROW.c.family, _ROW.c.former_family)
        .where(_ROW.c.tenant_id == (tenant.id if tenant else 0), _ROW.c.batch_id == batch, _ROW.c.pending)
        .order_by(_ROW.c.position)
    )
    return [(row["position"], row["family"], row["former_family"]) for row in rows]


async def only_new(session: Session, batch: UUID) -> bool:
    """Whether nobody who is registered is among what is still to be written."""
    tenant = session.scope.tenant
    others = exists().where(
        _ROW.c.tenant_id == (tenant.id if tenant else 0),
        _ROW.c.batch_id == batch,
        _ROW.c.pending,
        _ROW.c.action != RowAction.NEW.value,
    )
    return not await session.value(select(others))


async def take(unit: Unit, keys: KeyRing, batch: UUID, positions: Sequence[int]) -> list[Change]:
    """Delete rows and give what they hold, in order: writing them is the rest of this transaction."""
    tenant = unit.tenant.id
    values = {"tenant": tenant, "batch": batch, "positions": list(positions)}
    unit.statements += 1
    rows = await unit.connection.fetch(_TAKE.text, *_TAKE.arguments(values))
    return [
        Change(
            row["position"],
            RowAction[row["action"]],
            row["citizen_id"],
            row["digest"],
            row["family"],
            _opened(keys, tenant, row["citizen_id"], row["sealed"]),
        )
        for row in sorted(rows, key=lambda row: int(row["position"]))
    ]


def seal_values(keys: KeyRing, values: Values, *, tenant: int, table: str, row: UUID) -> bytes:
    """What a row of a file says, as one ciphertext for the column `sealed` of a row."""
    plain = orjson.dumps({name: _plain(value) for name, value in values.items() if value is not None})
    return keys.seal(plain, tenant=tenant, table=table, column="sealed", row=row)


def open_values(keys: KeyRing, sealed: bytes, *, tenant: int, table: str, row: UUID) -> dict[str, Any]:
    """The same, opened."""
    plain = keys.open(sealed, tenant=tenant, table=table, column="sealed", row=row)
    return {name: _value(name, text) for name, text in orjson.loads(plain).items()}


def _sealed(keys: KeyRing, tenant: int, row: Staged) -> bytes | None:
    if row.values is None or row.citizen_id is None or not row.pending:
        return None
    return seal_values(keys, row.values, tenant=tenant, table="import_row", row=row.citizen_id)


def _opened(keys: KeyRing, tenant: int, citizen: UUID, sealed: bytes | None) -> dict[str, Any]:
    if sealed is None:
        return {}
    return open_values(keys, sealed, tenant=tenant, table="import_row", row=citizen)


def _plain(value: Any) -> Any:
    if isinstance(value, (Nik, KkNumber)):
        return value.digits
    return str(value) if isinstance(value, Decimal) else value


def _value(name: str, text: str) -> Any:
    if name in _NIKS:
        return Nik(text)
    if name == "kk_number":
        return KkNumber(text)
    return date.fromisoformat(text) if name in _DATES else text
