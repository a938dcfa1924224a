"""What time removes from the folder of files, and what it must not."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.domains.feedback import attaching
from hub.domains.files import actions, uploading
from hub.domains.files.judging import Judged
from hub.domains.files.model import FileKind, FileState, StoredFile
from hub.domains.files.sweeping import Swept, sweep
from hub.domains.files.uploading import Room
from hub.integrations.blobs import FolderBlobs
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.unit import writing
from hub.tenants import administration as admin
from hub.tenants.administration import entered
from hub.tenants.model import TenantKind
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.conftest import as_role
from tests.world import make

MONTH = timedelta(days=31)


@dataclass
class Store:
    """A kecamatan with an empty folder of its own."""

    hub: Hub
    blobs: FolderBlobs
    tenant: TenantRef
    worker: asyncpg.Connection
    owner: asyncpg.Connection

    @property
    def scope(self) -> Scope:
        """The camat's."""
        role, someone = Role.CAMAT, UUID(int=5)
        return Scope(
            Reader.API,
            role.value,
            frozenset(ROLES[role]),
            (self.tenant,),
            principal_id=someone,
            grant_id=someone,
        )

    async def begun(self, *, for_feedback: bool = False) -> UUID:
        """An upload under way."""
        async with writing(self.hub.pools.of(Reader.API), self.scope, system_clock()) as unit:
            keys = self.hub.services.keys
            made = await uploading.begin(unit, keys, name="a.txt", length=4, room=Room(), for_feedback=for_feedback)
        self.blobs.begin(self.tenant.id, made.id)
        return made.id

    async def kept(self, content: bytes, *, for_feedback: bool = False) -> StoredFile:
        """A file."""
        upload, judged = (
            await self.begun(for_feedback=for_feedback),
            Judged(FileKind.TEXT, FileState.UNSCANNED, content),
        )
        async with writing(self.hub.pools.of(Reader.API), self.scope, system_clock()) as unit:
            await uploading.grown(unit, upload, since=0, received=4)
            return await uploading.keep(unit, self.hub.services.keys, self.blobs, upload, judged)

    async def end(self, file: StoredFile) -> None:
        """End a file."""
        async with writing(self.hub.pools.of(Reader.API), self.scope, system_clock()) as unit:
            await actions.end(unit, file.id, expected=1, reason="Uji")

    async def sweep(self, *, after: timedelta = timedelta(0)) -> Swept:
        """Sweep, later."""
        return await sweep(self.worker, self.blobs, now=system_clock().instant + after)

    def contents(self) -> list[Path]:
        """What lies in the folder."""
        return sorted(self.blobs.folder.glob("blobs/*/*/*"))


@pytest.fixture
async def store(hub: Hub, database: str, owner: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Store]:
    """A store."""
    code = f"UJI.{uuid4().hex[:8]}"
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name="Sapu", zone=Zone.WITA)
    worker = await asyncpg.connect(as_role(database, "hub_worker"))
    yield Store(hub, FolderBlobs(tmp_path / "files"), tenant, worker, owner)
    await worker.close()


def aged(path: Path, by: timedelta) -> None:
    """Make a file look older."""
    moment = datetime.now().timestamp() - by.total_seconds()  # noqa: DTZ005  # the clock of the file system
    os.utime(path, (moment, moment))


async def test_what_is_in_use_stays(store: Store) -> None:
    upload = await store.begun()
    await store.kept(b"isi 1")
    for path in [*store.contents(), *store.blobs.folder.glob("drafts/*/*")]:
        aged(path, 2 * MONTH if "blobs" in path.parts else timedelta(hours=2))
    swept = await store.sweep()
    assert (swept.contents, len(store.contents())) == (0, 1)
    assert store.blobs.drafts(store.tenant.id, before=datetime.now().astimezone() + MONTH) == [upload]


async def test_uploads_that_were_left_alone_go(store: Store) -> None:
    await store.begun()
    assert (await store.sweep(after=timedelta(hours=73))).drafts == 1
    await store.sweep(after=timedelta(hours=97))
    async with entered(store.owner, store.tenant.id):
        assert await store.owner.fetchval("select count(*) from upload") == 0


async def test_the_content_of_a_file_goes_a_month_after_its_end(store: Store) -> None:
    file = await store.kept(b"isi 2")
    await store.end(file)
    assert ((await store.sweep(after=timedelta(days=29))).contents, len(store.contents())) == (0, 1)
    assert ((await store.sweep(after=MONTH)).contents, store.contents()) == (1, [])
    async with entered(store.owner, store.tenant.id):
        row = await store.owner.fetchrow("select content_key_sealed, digest, ended_at from stored_file")
    assert row is not None
    assert (row["content_key_sealed"], row["digest"]) == (None, None)
    assert row["ended_at"] is not None


async def test_a_content_that_another_file_has_too_stays(store: Store) -> None:
    first, second = await store.kept(b"isi 3"), await store.kept(b"isi 3")
    assert len(store.contents()) == 1
    await store.end(first)
    assert (await store.sweep(after=MONTH)).contents == 0
    secret = uploading.content_key(store.hub.services.keys, second)
    assert b"".join(store.blobs.read(store.tenant.id, second.digest or b"", secret)) == b"isi 3"


async def test_a_content_without_a_row_goes_when_it_is_a_month_old(store: Store) -> None:
    store.blobs.put(store.tenant.id, bytes(18), bytes(32), b"yatim")
    assert (await store.sweep()).contents == 0
    aged(store.contents()[0], MONTH)
    assert ((await store.sweep()).contents, store.contents()) == (1, [])


async def test_a_content_that_was_removed_can_come_back(store: Store) -> None:
    await store.end(await store.kept(b"isi 4"))
    await store.sweep(after=MONTH)
    again = await store.kept(b"isi 4")
    secret = uploading.content_key(store.hub.services.keys, again)
    assert b"".join(store.blobs.read(store.tenant.id, again.digest or b"", secret)) == b"isi 4"


async def test_what_came_for_feedback_and_was_not_attached_goes_and_what_was_attached_stays(store: Store) -> None:
    left, taken = await store.kept(b"isi 4", for_feedback=True), await store.kept(b"isi 4", for_feedback=True)
    assert len(store.contents()) == 2
    said = make.feedback(store.tenant)
    async with make.unit(store.hub, store.tenant) as unit:
        await unit.add(said)
        await attaching.attach(replace(unit, scope=store.scope), said, [taken.id])
    await store.sweep(after=timedelta(hours=73))
    async with entered(store.owner, store.tenant.id):
        rows = await store.owner.fetch("select id, name, content_key_sealed, ended_at, principal_id from stored_file")
    found = {row["id"]: row for row in rows}
    assert (found[left.id]["name"], found[left.id]["content_key_sealed"]) == ("lampiran", None)
    assert found[left.id]["ended_at"] is not None
    kept = found[taken.id]
    assert (kept["name"], kept["ended_at"], kept["principal_id"]) == ("lampiran-1.txt", None, None)
    assert ((await store.sweep(after=MONTH)).contents, len(store.contents())) == (1, 1)
