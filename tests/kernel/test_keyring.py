"""The key ring: what opens, what does not, and what a rotation leaves readable."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hub.kernel import keyring
from hub.kernel.errors import Faulty
from hub.kernel.keyring import (
    BLIND_BYTES,
    REGISTRY_PURPOSES,
    KeyAbsent,
    KeyInUse,
    KeyRing,
    KeyState,
    KeyStatus,
    Purpose,
    Undecipherable,
    Version,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
ROW = UUID("01900000-0000-7000-8000-000000000001")
OTHER_ROW = UUID("01900000-0000-7000-8000-000000000002")
NIK = "6301010101900001"


def ring_of(*purposes: Purpose) -> KeyRing:
    return keyring.fresh(now=NOW, purposes=purposes or keyring.SHARED_PURPOSES)


def sealed_nik(ring: KeyRing) -> bytes:
    return ring.seal(NIK.encode(), tenant=7, table="citizen", column="nik", row=ROW)


def opened_nik(ring: KeyRing, sealed: bytes) -> bytes:
    return ring.open(sealed, tenant=7, table="citizen", column="nik", row=ROW)


def test_a_sealed_value_opens_in_its_place() -> None:
    ring = ring_of()

    sealed = sealed_nik(ring)

    assert opened_nik(ring, sealed) == NIK.encode()
    assert NIK.encode() not in sealed
    assert len(sealed) == 1 + 2 + 12 + 16 + 16


def test_the_same_value_sealed_twice_looks_different() -> None:
    ring = ring_of()

    assert sealed_nik(ring) != sealed_nik(ring)


@pytest.mark.parametrize(
    ("tenant", "table", "column", "row"),
    [
        (8, "citizen", "nik", ROW),
        (7, "household", "nik", ROW),
        (7, "citizen", "kk", ROW),
        (7, "citizen", "nik", OTHER_ROW),
        (7, "citizenn", "ik", ROW),
        (7, "citize", "nnik", ROW),
    ],
)
def test_a_sealed_value_opens_nowhere_else(tenant: int, table: str, column: str, row: UUID) -> None:
    ring = ring_of()
    sealed = sealed_nik(ring)

    with pytest.raises(Undecipherable):
        ring.open(sealed, tenant=tenant, table=table, column=column, row=row)


def test_a_changed_byte_anywhere_is_undecipherable() -> None:
    ring = ring_of()
    sealed = sealed_nik(ring)

    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(Undecipherable):
            opened_nik(ring, bytes(broken))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00\x01" + bytes(27), NIK.encode() * 4])
def test_what_was_never_sealed_is_undecipherable(sealed: bytes) -> None:
    with pytest.raises(Undecipherable):
        opened_nik(ring_of(), sealed)


def test_another_ring_of_the_same_version_opens_nothing() -> None:
    sealed = sealed_nik(ring_of())

    with pytest.raises(Undecipherable):
        opened_nik(ring_of(), sealed)


def test_blind_indexes_agree_within_a_tenant_and_kind_only() -> None:
    ring = ring_of()

    blind = ring.blind(NIK, tenant=7, kind="nik")

    assert blind == ring.blind(NIK, tenant=7, kind="nik")
    assert len(blind) == BLIND_BYTES
    others = {
        ring.blind(NIK, tenant=8, kind="nik"),
        ring.blind(NIK, tenant=7, kind="kk"),
        ring.blind("6301010101900002", tenant=7, kind="nik"),
        ring_of().blind(NIK, tenant=7, kind="nik"),
    }
    assert blind not in others
    assert len(others) == 4


def test_only_the_workers_ring_makes_registry_blinds() -> None:
    shared = ring_of()
    registry = ring_of(*REGISTRY_PURPOSES)

    worker = shared.merged(registry, now=NOW)

    with pytest.raises(KeyAbsent) as refusal:
        shared.registry_blind(NIK, kind="nik")
    assert refusal.value.params == {"purpose": "registry"}
    assert worker.registry_blind(NIK, kind="nik") == registry.registry_blind(NIK, kind="nik")
    assert worker.registry_blinds(NIK, kind="nik") == (worker.registry_blind(NIK, kind="nik"),)
    assert worker.blind(NIK, tenant=0, kind="nik") != worker.registry_blind(NIK, kind="nik")


def test_after_rotation_old_values_open_and_are_stale() -> None:
    before = ring_of()
    old = sealed_nik(before)

    after = before.rotated(Purpose.DATA, now=NOW)

    assert opened_nik(after, old) == NIK.encode()
    assert (before.stale(old), after.stale(old)) == (False, True)
    assert (after.version_of(old), after.version_of(sealed_nik(after))) == (1, 2)
    with pytest.raises(Undecipherable):
        opened_nik(before, sealed_nik(after))


def test_a_pending_version_reads_but_does_not_write_before_its_time() -> None:
    pending = ring_of().rotated(Purpose.DATA, now=NOW, after=timedelta(minutes=5))

    active = pending.at(LATER)

    assert pending.version_of(sealed_nik(pending)) == 1
    assert active.version_of(sealed_nik(active)) == 2
    assert opened_nik(pending, sealed_nik(active)) == NIK.encode()
    assert pending.at(NOW) is pending
    assert active.at(LATER) is active


def test_reseal_moves_a_stale_value_to_the_current_key() -> None:
    before = ring_of()
    old = sealed_nik(before)
    after = before.rotated(Purpose.DATA, now=NOW)

    moved = keyring.reseal(after, old, tenant=7, table="citizen", column="nik", row=ROW)

    assert moved is not None
    assert after.version_of(moved) == 2
    assert opened_nik(after, moved) == NIK.encode()
    assert keyring.reseal(after, moved, tenant=7, table="citizen", column="nik", row=ROW) is None


def test_look_ups_during_a_rotation_search_every_live_version_current_first() -> None:
    before = ring_of()
    old = before.blind(NIK, tenant=7, kind="nik")

    after = before.rotated(Purpose.INDEX, now=NOW)
    pending = before.rotated(Purpose.INDEX, now=NOW, after=timedelta(minutes=5))

    new = after.blind(NIK, tenant=7, kind="nik")
    assert after.blinds(NIK, tenant=7, kind="nik") == (new, old)
    assert (after.stale_blind(old), after.stale_blind(new)) == (True, False)
    assert keyring.blind_version(new) == 2
    assert pending.blinds(NIK, tenant=7, kind="nik")[0] == old
    assert len(pending.blinds(NIK, tenant=7, kind="nik")) == 2


def test_a_version_in_use_or_current_is_not_retired() -> None:
    ring = ring_of().rotated(Purpose.DATA, now=NOW)

    for number, remaining in [(1, 3), (2, 0), (9, 0)]:
        with pytest.raises(KeyInUse):
            ring.retired(Purpose.DATA, number, remaining=remaining, now=NOW)
    retired = ring.retired(Purpose.DATA, 1, remaining=0, now=NOW)

    assert retired.live(Purpose.DATA) == (2,)
    assert ring.live(Purpose.DATA) == (2, 1)


def test_a_retired_version_opens_nothing() -> None:
    before = ring_of()
    old = sealed_nik(before)
    ring = before.rotated(Purpose.DATA, now=NOW)

    retired = ring.retired(Purpose.DATA, 1, remaining=0, now=NOW)

    with pytest.raises(Undecipherable):
        opened_nik(retired, old)


def test_version_numbers_are_not_reused_after_retirement() -> None:
    ring = ring_of().rotated(Purpose.DATA, now=NOW)
    retired = ring.retired(Purpose.DATA, 1, remaining=0, now=NOW)

    assert retired.rotated(Purpose.DATA, now=NOW).live(Purpose.DATA) == (3, 2)


def test_a_persons_journal_key_unwraps_for_that_person_only() -> None:
    ring = ring_of()
    data_key = bytes(range(32))

    wrapped = ring.wrap(data_key, tenant=7, person=ROW)

    assert ring.unwrap(wrapped, tenant=7, person=ROW) == data_key
    for tenant, person in [(8, ROW), (7, OTHER_ROW)]:
        with pytest.raises(Undecipherable):
            ring.unwrap(wrapped, tenant=tenant, person=person)
    rotated = ring.rotated(Purpose.JOURNAL, now=NOW)
    assert (ring.stale_wrap(wrapped), rotated.stale_wrap(wrapped)) == (False, True)
    assert rotated.unwrap(wrapped, tenant=7, person=ROW) == data_key


def test_daily_heads_verify_after_rotation_and_even_after_retirement() -> None:
    first = ring_of()
    signature = first.sign(b"head of 2026-11-20")
    rotated = first.rotated(Purpose.JOURNAL, now=NOW)

    retired = rotated.retired(Purpose.JOURNAL, 1, remaining=0, now=NOW)

    for ring in (first, rotated, retired):
        assert ring.verifies(signature, b"head of 2026-11-20")
        assert not ring.verifies(signature, b"head of 2026-11-21")
    assert sorted(retired.signers()) == [1, 2]
    assert keyring.signed_by(retired.signers()[1], signature, b"head of 2026-11-20")
    assert not ring_of().verifies(signature, b"head of 2026-11-20")
    assert not first.verifies(b"", b"head of 2026-11-20")
    assert not first.verifies(b"\x00\x01junk", b"head of 2026-11-20")


def test_role_passwords_are_stable_different_and_change_by_rotation() -> None:
    ring = ring_of()

    passwords = [ring.password(role) for role in ("hub_api", "hub_api", "hub_worker")]

    assert passwords[0] == passwords[1] != passwords[2]
    assert len(passwords[0]) == 43
    rotated = ring.rotated(Purpose.DATABASE, now=NOW)
    assert rotated.password("hub_api") != passwords[0]


def test_status_names_current_pending_old_and_missing_versions() -> None:
    ring = ring_of(Purpose.DATA, Purpose.INDEX).rotated(Purpose.DATA, now=NOW)
    ring = ring.rotated(Purpose.INDEX, now=NOW, after=timedelta(hours=1))

    rows = keyring.status(
        ring,
        {(Purpose.DATA, 2): 12, (Purpose.DATA, 5): 1, (Purpose.DATA, 6): 0},
        counted=[Purpose.DATA],
    )

    assert rows == (
        KeyStatus(Purpose.DATA, 1, KeyState.OLD, NOW, 0),
        KeyStatus(Purpose.DATA, 2, KeyState.CURRENT, NOW, 12),
        KeyStatus(Purpose.DATA, 5, KeyState.MISSING, None, 1),
        KeyStatus(Purpose.INDEX, 1, KeyState.CURRENT, NOW, None),
        KeyStatus(Purpose.INDEX, 2, KeyState.PENDING, NOW, None),
    )
    assert [row.retirable for row in rows] == [True, False, False, False, False]


def test_printing_a_ring_or_a_version_shows_no_secret() -> None:
    ring = ring_of(Purpose.DATA)
    secret = ring.versions[0].secret

    printed = f"{ring!r} {ring} {ring.versions!r}"

    assert repr(ring) == "KeyRing(data:1)"
    assert repr(secret) not in printed
    assert secret.hex() not in printed


@pytest.mark.parametrize(
    "versions",
    [
        [Version(Purpose.DATA, 1, NOW, NOW, bytes(31))],
        [Version(Purpose.DATA, 0, NOW, NOW, bytes(32))],
        [Version(Purpose.DATA, 65536, NOW, NOW, bytes(32))],
        [
            Version(Purpose.DATA, 1, NOW, NOW, bytes(32)),
            Version(Purpose.INDEX, 1, NOW, NOW, bytes(32)),
        ],
        [
            Version(Purpose.DATA, 1, NOW, NOW, bytes(32)),
            Version(Purpose.DATA, 1, NOW, NOW, bytes([1]) * 32),
        ],
    ],
)
def test_a_faulty_ring_is_refused(versions: list[Version]) -> None:
    with pytest.raises(Faulty):
        KeyRing(versions, now=NOW)
