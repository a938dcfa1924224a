"""`hub doctor` on uploaded files: the folder, and contents that rows name."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg

from hub.entrypoints import files_examined
from hub.integrations.blobs import FolderBlobs
from hub.kernel.clock import system_clock
from hub.kernel.scope import Zone
from hub.settings import Settings
from hub.store.findings import Fault
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.wiring import Hub
from tests.world import make

CODE = "32.14.17"


async def test_contents_that_rows_name_and_the_folder_lacks_are_told(
    hub: Hub, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=CODE, name="Berkas", zone=Zone.WITA)
    key, kept, lost, swept = b"k" * 32, uuid4().bytes, uuid4().bytes, uuid4().bytes
    FolderBlobs(tmp_path / "files").put(tenant.id, kept, key, b"isi")
    rows = [
        make.stored_file(tenant, f"{digest!r}.pdf", digest=digest, content_key_sealed=sealed)
        for digest, sealed in ((kept, b"x"), (lost, b"x"), (swept, None))
    ]
    async with make.unit(hub, tenant) as unit:
        await unit.add_all(rows)
    settings, later = (
        Settings(data=tmp_path, database_url="postgresql:///x"),
        system_clock().instant + timedelta(hours=1),
    )

    found = await files_examined.examine(owner, settings, now=later)

    own = [each for each in found if each.where == CODE]
    assert [(each.fault, each.detail) for each in own] == [(Fault.FILE_MISSING, f"1/2: {rows[1].id}")]
    assert {each.fault for each in found} == {Fault.FILE_MISSING}


async def test_a_folder_that_others_read_or_that_lies_in_the_database_is_told(
    owner: asyncpg.Connection, tmp_path: Path
) -> None:
    now = system_clock().instant
    within, around, blocked = tmp_path / "postgres" / "files", tmp_path, tmp_path / "berkas.txt"
    _arrange(within, blocked)

    found = {
        path: {
            (each.fault, each.where)
            for each in await files_examined.examine(owner, Settings(data=tmp_path, files=path), now=now)
            if each.fault is not Fault.FILE_MISSING
        }
        for path in (within, around, blocked / "files", tmp_path / "files")
    }

    assert found == {
        within: {(Fault.FILES_PLACE, str(within)), (Fault.FILES_OPEN, str(within))},
        around: {(Fault.FILES_PLACE, str(around))},
        blocked / "files": {(Fault.FILES_FOLDER, str(blocked / "files"))},
        tmp_path / "files": set(),
    }


def _arrange(within: Path, blocked: Path) -> None:
    within.mkdir(parents=True, mode=0o755)
    blocked.parent.chmod(0o700)
    blocked.write_text("a file in the way")
