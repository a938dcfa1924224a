"""A backup is put into an empty database: everything is there, verifies and opens, and old cursors are refused."""

import json
import os
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from hub.domains.shelf import SHELF
from hub.journal import feed
from hub.journal.feed import ResyncRequired
from hub.journal.sealer import seal
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing, Purpose
from hub.kernel.scope import Reader
from hub.means import READERS, dsn_for
from hub.settings import Settings
from hub.store import backup, doctor, migrate
from hub.store.backup import Backup, BackupDamaged, BackupExists, BackupNewer, NoBackup, NotEmpty
from hub.store.unit import reading
from hub.tenants import keyfile, rotation
from hub.tenants.restoring import Restored, restore
from hub.wiring import Hub, open_hub
from tests import cluster
from tests.conftest import as_role, prepare
from tests.journal.stage import CommitmentSigned, say
from tests.world import make
from tests.world.build import World, build_world

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@dataclass
class Saved:
    """A hub with a world and a journal in a database of its own, its backup, and a cursor given out before."""

    hub: Hub
    world: World
    dsn: str
    keys: Path
    file: Path
    backup: Backup
    cursor: feed.Cursor


@pytest.fixture(scope="module")
async def saved(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Saved]:
    del database  # only so that the server is prepared
    folder = tmp_path_factory.mktemp("backup")
    dsn = await cluster.database_for(f"saved_{WORKER}", prepare)
    keys = folder / "keys.json"
    keyfile.create(keys, now=system_clock().instant)
    hub = await open_hub(
        Settings(keys_file=keys, demo=True), {reader: as_role(dsn, reader.value) for reader in READERS}
    )
    world = await build_world(hub, as_role(dsn, "hub_owner"))
    cursor = await _journal(hub, world, dsn)
    made = await _dumped(dsn, folder / "hub.zip")
    yield Saved(hub, world, dsn, keys, folder / "hub.zip", made, cursor)
    await hub.close()


@pytest.fixture
async def empty(saved: Saved) -> str:
    """A database without a table, on the same server."""
    return await _empty_database(saved.dsn, f"empty_{WORKER}")


async def _journal(hub: Hub, world: World, dsn: str) -> feed.Cursor:
    """Three sealed events in each kecamatan, one that waits; the cursor of now."""
    ring, api = hub.services.keys, hub.pools.of(Reader.API)
    worker = await asyncpg.connect(as_role(dsn, "hub_worker"))
    for place in (world.takisung, world.halong):
        citizen = place.rows["Citizen"][0].id
        for _ in range(3):
            event = CommitmentSigned(object_id=new_id(), subject_id=citizen, personal={"name": ("A", "B")})
            await say(api, event, under=make.camat(place.tenant), keys=ring)  # type: ignore[arg-type]
        assert await seal(worker, place.tenant.id, now=system_clock().instant) == 3
    await worker.close()
    await say(api, CommitmentSigned(object_id=new_id()), under=make.camat(world.takisung.tenant))
    async with reading(api, make.camat(world.takisung.tenant), system_clock()) as session:
        return await feed.here(session)


async def _dumped(dsn: str, file: Path) -> Backup:
    connection = await asyncpg.connect(as_role(dsn, "hub_backup"))
    try:
        return await backup.dump(connection, file, now=system_clock().instant)
    finally:
        await connection.close()


async def _empty_database(dsn: str, name: str) -> str:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f'drop database if exists "{name}" with (force)')
    await connection.close()
    administrator = dsn_for(dsn, "hub_admin", "postgres")
    await migrate.prepare_server(administrator, name)
    return dsn_for(dsn, "hub_admin", name)


async def _restored(dsn: str, file: Path, ring: KeyRing | None = None) -> Restored:
    now = system_clock().instant
    return await restore(as_role(dsn, "hub_owner"), as_role(dsn, "hub_worker"), file, now=now, ring=ring)


async def _counts(dsn: str) -> dict[str, int]:
    connection = await asyncpg.connect(dsn)
    try:
        names = await connection.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        )
        return {row["relname"]: await connection.fetchval(f"select count(*) from {row['relname']}") for row in names}
    finally:
        await connection.close()


async def test_everything_is_there_verifies_and_opens(saved: Saved, empty: str) -> None:
    assert SHELF
    ring = saved.hub.services.keys

    restored = await _restored(empty, saved.file, ring)

    assert restored.sound
    assert [(each.tenant, each.checked) for each in restored.verdicts] == [(1, 3), (2, 3), (3, 0)]
    assert await _counts(empty) == await _counts(saved.dsn)
    assert restored.backup == saved.backup
    worker = await asyncpg.connect(as_role(empty, "hub_worker"))
    assert await rotation.unreadable(worker, ring, sample=10_000) == {}
    assert (await rotation.count(worker))[Purpose.DATA, 1] == 66
    await worker.close()


async def test_rows_are_the_same_to_the_byte(saved: Saved, empty: str, tmp_path: Path) -> None:
    await _restored(empty, saved.file)

    again = await _dumped(empty, tmp_path / "again.zip")

    before = {member.table: member.sha256 for member in saved.backup.tables if member.table != "epoch"}
    after = {member.table: member.sha256 for member in again.tables if member.table != "epoch"}
    assert after == before


async def test_the_restored_database_is_as_protected_as_the_first(saved: Saved, empty: str) -> None:
    await _restored(empty, saved.file)

    owner = await asyncpg.connect(as_role(empty, "hub_owner"))
    assert await doctor.examine(owner) == []
    await owner.close()


async def test_an_old_cursor_is_refused_and_the_restored_hub_goes_on(saved: Saved, empty: str) -> None:
    restored = await _restored(empty, saved.file)
    hub = await open_hub(saved.hub.settings, {reader: as_role(empty, reader.value) for reader in READERS})
    api, scope = hub.pools.of(Reader.API), make.camat(saved.world.takisung.tenant)

    async with reading(api, scope, system_clock()) as session:
        with pytest.raises(ResyncRequired):
            await feed.changes(session, saved.cursor, 10)
        page = await feed.changes(session, None, 10)

    assert restored.epoch > saved.backup.epoch
    assert [entry.seq for entry in page.entries] == [1, 2, 3]
    worker = await asyncpg.connect(as_role(empty, "hub_worker"))
    assert await seal(worker, scope.tenants[0].id, now=system_clock().instant) == 1  # what waited is sealed now
    await worker.close()
    await hub.close()


async def test_two_restores_of_one_backup_are_different_epochs(saved: Saved, empty: str) -> None:
    first = await _restored(empty, saved.file)
    other = await _empty_database(saved.dsn, f"other_{WORKER}")

    now = system_clock().instant + timedelta(seconds=1)
    second = await restore(as_role(other, "hub_owner"), as_role(other, "hub_worker"), saved.file, now=now, ring=None)

    assert second.epoch > first.epoch


async def test_other_keys_are_told_apart_from_the_right_ones(saved: Saved, empty: str, tmp_path: Path) -> None:
    now = system_clock().instant
    stranger = keyfile.create(tmp_path / "other.json", now=now)
    stranger = stranger.rotated(Purpose.DATA, now=now).retired(Purpose.DATA, 1, remaining=0, now=now)

    restored = await _restored(empty, saved.file, stranger)

    assert not restored.sound
    assert restored.missing == ((Purpose.DATA, 1),)
    assert restored.unreadable == {
        "arrival_person.told_sealed": 16,
        "citizen.nik_sealed": 8,
        "former_nik.nik_sealed": 8,
        "former_card.kk_sealed": 8,
        "household.kk_sealed": 8,
        "subject_key.wrapped": 2,
        "village_sync_file.sealed": 4,
        "vulnerability.detail_sealed": 8,
        "webhook_endpoint.former_secret_sealed": 2,
        "webhook_endpoint.secret_sealed": 4,
    }


async def test_a_filled_database_is_refused_and_left_as_it_is(saved: Saved) -> None:
    before = await _counts(saved.dsn)

    with pytest.raises(NotEmpty):
        await _restored(saved.dsn, saved.file)

    assert await _counts(saved.dsn) == before
    owner = await asyncpg.connect(as_role(saved.dsn, "hub_owner"))
    forced = "select bool_and(relforcerowsecurity) from pg_class where relname in ('citizen', 'village')"
    assert await owner.fetchval(forced) is True
    await owner.close()


async def test_somebody_elses_database_is_refused(saved: Saved, empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute("create table theirs (id int)")
    await connection.close()

    with pytest.raises(NotEmpty) as refusal:
        await _restored(empty, saved.file)

    assert refusal.value.params["problem"] == "theirs"


async def test_a_restore_that_failed_half_way_can_be_repeated(saved: Saved, empty: str) -> None:
    class Broken(Exception):
        """Planted."""

    async def breaks(_: object) -> None:
        raise Broken

    with pytest.raises(Broken):
        await backup.load(as_role(empty, "hub_owner"), saved.file, inside=breaks)
    assert (await _counts(empty))["citizen"] == 0

    assert (await _restored(empty, saved.file)).backup.rows == saved.backup.rows


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9, 0.999])
async def test_a_flipped_byte_is_found_before_anything_is_changed(
    saved: Saved, empty: str, tmp_path: Path, place: float
) -> None:
    raw = bytearray(saved.file.read_bytes())
    with zipfile.ZipFile(saved.file) as parts:  # within what it holds: a member's own date is nobody's data
        large = max(parts.infolist(), key=lambda each: each.compress_size)
    begin = large.header_offset + 30 + len(large.filename)
    raw[begin + int(large.compress_size * place)] ^= 0xFF
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(raw)

    with pytest.raises(BackupDamaged):
        await _restored(empty, damaged)

    assert await _counts(empty) == {}


async def test_a_file_cut_short_is_found(saved: Saved, empty: str, tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(saved.file.read_bytes()[:-2_000])

    with pytest.raises(BackupDamaged):
        await _restored(empty, cut)


async def test_a_member_that_was_exchanged_is_found(saved: Saved, empty: str, tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged) as refusal:
        await _restored(empty, _changed(saved.file, tmp_path, {"tables/village.copy": b""}))

    assert refusal.value.params["problem"] == "tables/village.copy"


async def test_a_backup_of_a_newer_hub_is_refused(saved: Saved, empty: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved.file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    newer = json.dumps({**manifest, "revision": "9999"}).encode()

    with pytest.raises(BackupNewer):
        await _restored(empty, _changed(saved.file, tmp_path, {"manifest.json": newer}))

    assert await _counts(empty) == {}


async def test_a_missing_file_is_said_to_be_missing(empty: str, tmp_path: Path) -> None:
    with pytest.raises(NoBackup):
        await _restored(empty, tmp_path / "nothing.zip")


async def test_a_backup_is_never_overwritten_and_leaves_no_draft(saved: Saved) -> None:
    before = saved.file.read_bytes()

    with pytest.raises(BackupExists):
        await _dumped(saved.dsn, saved.file)

    assert saved.file.read_bytes() == before
    assert sorted(path.name for path in saved.file.parent.iterdir() if "part" in path.name) == []
    assert saved.file.stat().st_mode & 0o777 == 0o600


async def test_a_backup_holds_no_key(saved: Saved) -> None:
    secrets = [entry["secret"] for entry in json.loads(saved.keys.read_text())["keys"]]

    with zipfile.ZipFile(saved.file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())

    assert b"citizen" in content
    assert not any(secret.encode() in content for secret in secrets)


def _changed(file: Path, folder: Path, members: dict[str, bytes]) -> Path:
    """A copy of an archive, complete in itself, with other members."""
    made = folder / "changed.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, members.get(name, source.read(name)))
    return made
