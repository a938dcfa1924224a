"""The pairs of before and after that an event tells, taken from the rows themselves."""

from collections.abc import Iterable
from typing import Any

from hub.journal.record import Changes
from hub.store.base import TenantRow

_SILENT = frozenset({"tenant_id", "id", "version", "created_at", "updated_at"})


def told(after: TenantRow, before: TenantRow | None = None, *, wordless: Iterable[str] = ()) -> Changes:
    """What differs between two states of a row, or all of a new one.

    `wordless` columns hold what people wrote or who they are: they are told as changed, never with their content.
    Bytes (sealed values) are wordless always.
    """
    old = before.model_dump() if before else {}
    hidden = frozenset(wordless)
    found: dict[str, Any] = {}
    for name, value in after.model_dump().items():
        if name in _SILENT or value == old.get(name):
            continue
        secret = name in hidden or isinstance(value, bytes) or isinstance(old.get(name), bytes)
        found[name] = (None, None) if secret else (old.get(name), value)
    return found
