"""What a file would change in the register. Nothing here writes, and a file never overwrites by itself.

An empty cell says nothing about a field. A person whom the file does not name is listed as missing, never removed: a
file may hold one hamlet only. Fields that OpenSID's own import protects (family, place, base status) are marked, so
that a person decides on them.
"""

import dataclasses
import hashlib
import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.integrations.opensid.rows import CitizenRow
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import BaseStatus

Key = TypeVar("Key", bound=Hashable)
Fields = Mapping[str, object]

PROTECTED = frozenset(("base_status", "family_relation", "kk_number", "address", "hamlet", "rw", "rt"))
_GONE = frozenset((BaseStatus.MOVED, BaseStatus.LEFT, BaseStatus.MISSING))
_NAMES = tuple(entry.name for entry in dataclasses.fields(CitizenRow))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `protected`: an import may not change it without a person's decision."""

    field: str
    before: object
    after: object
    protected: bool


@dataclass(frozen=True, slots=True)
class Changes(Generic[Key]):
    """Every key of both sides stands in exactly one of these.

    `died` and `moved` (also: left, missing) are people who were living in the village by the register and no longer by
    the file; their other differences are listed with them.
    """

    new: tuple[Key, ...]
    changed: Mapping[Key, tuple[FieldChange, ...]]
    missing: tuple[Key, ...]
    moved: Mapping[Key, tuple[FieldChange, ...]]
    died: Mapping[Key, tuple[FieldChange, ...]]
    same: tuple[Key, ...]


def compare(existing: Mapping[Key, Fields], incoming: Mapping[Key, Fields]) -> Changes[Key]:
    """Sort the incoming people by what they mean for the register; the order of both sides is kept."""
    changed: dict[Key, tuple[FieldChange, ...]] = {}
    moved: dict[Key, tuple[FieldChange, ...]] = {}
    died: dict[Key, tuple[FieldChange, ...]] = {}
    same: list[Key] = []
    for key, fields in incoming.items():
        if key not in existing:
            continue
        differences = differing(existing[key], fields)
        status = next((change.after for change in differences if change.field == "base_status"), None)
        was_living = existing[key].get("base_status") in (None, BaseStatus.ALIVE)
        if not differences:
            same.append(key)
        elif was_living and status == BaseStatus.DEAD:
            died[key] = differences
        elif was_living and status in _GONE:
            moved[key] = differences
        else:
            changed[key] = differences
    new = tuple(key for key in incoming if key not in existing)
    missing = tuple(key for key in existing if key not in incoming)
    return Changes(new, changed, missing, moved, died, tuple(same))


def differing(before: Fields, after: Fields) -> tuple[FieldChange, ...]:
    """The fields of `after` that say something else than `before`; None says nothing."""
    return tuple(
        FieldChange(name, before.get(name), value, name in PROTECTED)
        for name, value in after.items()
        if value is not None and not (name == "base_status" and _alive(before, value)) and before.get(name) != value
    )


def fields_of(row: CitizenRow) -> dict[str, object]:
    """A row's fields by name."""
    return {name: getattr(row, name) for name in _NAMES}


def row_digest(row: CitizenRow, *, key: bytes) -> bytes:
    """Thirty-two bytes that are equal for equal rows: how a second import of the same file is recognised.

    Keyed (at most 64 bytes), because a plain digest of a NIK and a birth date falls to a dictionary in seconds.
    """
    filled = {name: _plain(value) for name, value in fields_of(row).items() if value is not None}
    text = json.dumps(filled, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), key=key, digest_size=32, person=b"hub-opensid-row").digest()


def _alive(before: Fields, value: object) -> bool:
    """Whether the file only says what an empty base status means anyway."""
    return before.get("base_status") is None and value == BaseStatus.ALIVE


def _plain(value: object) -> str:
    return value.digits if isinstance(value, (Nik, KkNumber)) else str(value)
