"""The key file: who may read it, where it may lie, and that it is replaced whole."""

import json
import os
import stat
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from hub.kernel.clock import Now
from hub.kernel.keyring import REGISTRY_PURPOSES, KeyAbsent, KeyInUse, Purpose
from hub.tenants import keyfile
from hub.tenants.keyfile import (
    LOOK_SECONDS,
    KeyHolder,
    KeysDamaged,
    KeysExist,
    KeysExposed,
    KeysMisplaced,
    KeysMissing,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ROW = UUID("01900000-0000-7000-8000-000000000001")


def entry_with(secret: str) -> dict[str, object]:
    """A key file of one entry."""
    moment = NOW.isoformat()
    entry = {"purpose": "data", "version": 1, "created_at": moment, "active_from": moment}
    return {"format": 1, "keys": [{**entry, "secret": secret}], "former_signers": {}}


def test_a_created_file_loads_as_the_same_ring(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "keys.json"

    created = keyfile.create(path, now=NOW)
    loaded = keyfile.load(path, now=NOW)

    sealed = created.seal(b"0812", tenant=1, table="citizen", column="phone", row=ROW)
    assert loaded.versions == created.versions
    assert loaded.open(sealed, tenant=1, table="citizen", column="phone", row=ROW) == b"0812"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert repr(loaded) == "KeyRing(data:1, database:1, index:1, journal:1)"


def test_the_mode_is_0600_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = os.umask(0)

    try:
        keyfile.create(path, now=NOW)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_creating_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keyfile.create(path, now=NOW)
    before = path.read_bytes()

    with pytest.raises(KeysExist) as refusal:
        keyfile.create(path, now=NOW)

    assert refusal.value.params == {"place": str(path)}
    assert path.read_bytes() == before


def test_the_registry_secret_lies_in_a_file_of_its_own(tmp_path: Path) -> None:
    shared, registry = tmp_path / "keys.json", tmp_path / "registry.json"
    keyfile.create(shared, now=NOW)
    keyfile.create(registry, now=NOW, purposes=REGISTRY_PURPOSES)

    web = keyfile.load(shared, now=NOW)
    worker = keyfile.load(shared, registry, now=NOW)

    assert not web.holds(Purpose.REGISTRY)
    assert worker.holds(Purpose.REGISTRY)
    with pytest.raises(KeyAbsent):
        web.registry_blind("6301010101900001", kind="nik")
    assert len(worker.registry_blind("6301010101900001", kind="nik")) == 18


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_file_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    keyfile.create(path, now=NOW)
    path.chmod(mode)

    with pytest.raises(KeysExposed):
        keyfile.load(path, now=NOW)


def test_a_file_inside_the_data_folder_is_refused_even_through_a_link(tmp_path: Path) -> None:
    data = tmp_path / "data"
    inside = data / "deep" / "keys.json"
    keyfile.create(inside, now=NOW)
    link = tmp_path / "keys.json"
    link.symlink_to(inside)

    for path in (inside, link, data / ".." / "data" / "deep" / "keys.json"):
        with pytest.raises(KeysMisplaced):
            keyfile.load(path, now=NOW, outside=data)
    assert keyfile.load(inside, now=NOW).holds(Purpose.DATA)


def test_a_missing_file_says_where_it_was_sought(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.json"

    with pytest.raises(KeysMissing) as refusal:
        keyfile.load(path, now=NOW)

    assert refusal.value.params == {"place": str(path)}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "keys": [], "former_signers": {}}',
        '{"format": 1, "keys": [{}], "former_signers": {}}',
        json.dumps(entry_with("c2hvcnQtc2VjcmV0")),
        json.dumps(entry_with("!secret!")),
    ],
)
def test_a_damaged_file_is_refused_without_quoting_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeysDamaged) as refusal:
        keyfile.load(path, now=NOW)

    printed = "".join(traceback.format_exception(refusal.value)) + str(refusal.value.params)
    assert "c2hvcnQtc2VjcmV0" not in printed
    assert "!secret!" not in printed


def test_rotation_and_retirement_survive_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = keyfile.create(path, now=NOW)
    signature = first.sign(b"head")
    seen = keyfile.stamp(path)

    keyfile.update(path, lambda ring: ring.rotated(Purpose.JOURNAL, now=NOW), now=NOW)
    changed = keyfile.stamp(path)
    keyfile.update(path, lambda ring: ring.retired(Purpose.JOURNAL, 1, remaining=0, now=NOW), now=NOW)

    loaded = keyfile.load(path, now=NOW)
    assert loaded.live(Purpose.JOURNAL) == (2,)
    assert loaded.verifies(signature, b"head")
    assert seen != changed != keyfile.stamp(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == [".keys.json.lock", "keys.json"]


def test_a_failed_change_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keyfile.create(path, now=NOW)
    before = path.read_bytes()

    with pytest.raises(KeyInUse):
        keyfile.update(path, lambda ring: ring.retired(Purpose.DATA, 1, remaining=0, now=NOW), now=NOW)

    assert path.read_bytes() == before


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> Now:
        return Now(NOW + timedelta(seconds=self.passed))

    def monotonic(self) -> float:
        return self.passed


def held(path: Path, time: Time) -> KeyHolder:
    return KeyHolder(path, clock=time.now, monotonic=time.monotonic)


def test_a_running_process_sees_a_rotation_within_two_seconds(tmp_path: Path) -> None:
    path, time = tmp_path / "keys.json", Time()
    keyfile.create(path, now=NOW)
    holder = held(path, time)

    keyfile.update(path, lambda ring: ring.rotated(Purpose.DATA, now=NOW), now=NOW)
    at_once = holder.ring().current(Purpose.DATA)
    time.passed += LOOK_SECONDS
    later = holder.ring().current(Purpose.DATA)

    assert (at_once, later) == (1, 2)


def test_a_pending_version_becomes_current_in_a_running_process_when_its_time_comes(tmp_path: Path) -> None:
    path, time = tmp_path / "keys.json", Time()
    keyfile.create(path, now=NOW)
    keyfile.update(path, lambda r: r.rotated(Purpose.DATA, now=NOW, after=timedelta(seconds=60)), now=NOW)
    holder = held(path, time)

    time.passed = 59
    before = holder.ring()
    time.passed = 62
    after = holder.ring()

    assert (before.current(Purpose.DATA), before.live(Purpose.DATA)) == (1, (1, 2))
    assert after.current(Purpose.DATA) == 2


def test_a_lost_or_damaged_file_leaves_the_last_good_keys_in_use(tmp_path: Path) -> None:
    path, time = tmp_path / "keys.json", Time()
    ring = keyfile.create(path, now=NOW)
    good = path.read_bytes()
    sealed = ring.seal(b"0812", tenant=1, table="citizen", column="phone", row=ROW)
    holder = held(path, time)

    path.unlink()
    time.passed += LOOK_SECONDS
    without = holder.ring()
    path.write_text("{}")
    path.chmod(0o600)
    time.passed += LOOK_SECONDS
    damaged = holder.ring()
    path.write_bytes(good)
    time.passed += LOOK_SECONDS

    for kept in (without, damaged, holder.ring()):
        assert kept.open(sealed, tenant=1, table="citizen", column="phone", row=ROW) == b"0812"
