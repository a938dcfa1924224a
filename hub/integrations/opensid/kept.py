"""Files that villages have sent and that wait for a word: what they say of one person."""

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hub.domains.imports.model import VillageSyncFile
from hub.integrations.opensid.cells import clean
from hub.integrations.opensid.columns import find_header
from hub.integrations.opensid.errors import FileRefused
from hub.integrations.opensid.workbook import open_workbook
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.store.base import table
from hub.store.unit import Session

_FILE = table(VillageSyncFile)


async def rows_about(session: Session, keys: KeyRing, nik: Nik) -> list[dict[str, Any]]:
    """The rows with this NIK in every kept file of the tenant: the village, and cells by the register's fields.

    Reads each file whole; a few seconds for one of 40,000 rows.
    """
    tenant = session.scope.tenant.id if session.scope.tenant else 0
    found: list[dict[str, Any]] = []
    for kept in await session.rows(select(_FILE).where(_FILE.c.tenant_id == tenant).order_by(_FILE.c.village_id)):
        plain = keys.open(kept["sealed"], tenant=tenant, table=_FILE.name, column="sealed", row=kept["id"])
        try:
            found += [{"village_id": kept["village_id"], **cells} for cells in _matching(plain, nik)]
        except FileRefused as refusal:  # said, for the whole of it was not looked into
            found.append({"village_id": kept["village_id"], "unreadable": refusal.code})
    return found


def _matching(workbook: bytes, nik: Nik) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="hub-kept-") as folder:
        path = Path(folder) / "desa.xlsx"
        path.write_bytes(workbook)
        with open_workbook(path) as book:
            header = find_header(book)
            own = next(index for index, column in header.columns.items() if column.field == "nik")
            return [
                {column.field: clean(row.cells.get(index)) for index, column in header.columns.items()}
                for row in book.rows(header.sheet)
                if row.number != header.row_number and Nik.parse(clean(row.cells.get(own))) == nik
            ]
