"""The split as both sides see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Uuid, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from hub.kernel.keyring import KeyRing
from hub.kernel.scope import TenantRef
from hub.store.unit import Unit

Row = dict[str, Any]  # a row by column
_SEALED, _BLIND = "_sealed", "_bidx"


@dataclass(frozen=True, slots=True)
class Pair:
    """A village: its record and code before, and after."""

    from_village: UUID
    to_village: UUID
    from_code: str
    to_code: str


@dataclass(frozen=True, slots=True)
class Going:
    """A split that is under way, or done."""

    id: UUID
    here: TenantRef
    there: TenantRef
    day: date
    decree: str

    def over(self, key: UUID) -> UUID:
        """The id under which a record goes on: the same whenever it is asked for."""
        return uuid5(self.id, key.hex)

    def move(self, household: UUID) -> UUID:
        """The id of a family's departure and arrival."""
        return uuid5(self.id, f"move {household.hex}")


def among(column: ColumnElement[UUID], keys: list[UUID]) -> ColumnElement[bool]:
    """That a column holds one of these, in a form that an index serves."""
    return column == any_(literal(keys, ARRAY(Uuid())))


def carried(unit: Unit, keys: KeyRing, going: Going, table: str, row: Row, **changes: Any) -> Row:
    """A row as it is to stand there: its own id, first version, numbers sealed and blinded for that tenant."""
    tenant, key = going.there.id, going.over(row["id"])
    found = {**row, "tenant_id": tenant, "id": key, "version": 1, **changes}
    found["created_at"] = found["updated_at"] = unit.now.instant
    for name in row:
        if name.endswith(_SEALED) and row[name] is not None:
            value = name.removesuffix(_SEALED)
            plain = keys.open(row[name], tenant=row["tenant_id"], table=table, column=value, row=row["id"])
            found[name] = keys.seal(plain, tenant=tenant, table=table, column=value, row=key)
            if value + _BLIND in row:
                found[value + _BLIND] = keys.blind(plain.decode(), tenant=tenant, kind=value)
    return found
